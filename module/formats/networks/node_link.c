/* Node-link JSON (networkx.node_link_data, topohub): nodes and edges as lists of objects. JSON is
 * read as the YAML that it is, for the lines. */
#include "formats/networks/graph_file.h"
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include "formats/text/tree.h"
#include "formats/text/yaml.h"
#include <math.h>
#include <string.h>

typedef struct reader {
    lead_graph_file *file;
    const lead_tree *tree; /* of the list at hand */
} reader;

/* pos: [longitude, latitude], as topohub has it. */
static lead_status set_place(const reader *in, const lead_tree_node *pos, lead_graph_item *item) {
    static const char *const keys[] = {"Longitude", "Latitude"};
    const lead_tree_node *at = NULL;
    if (pos->kind != LEAD_TREE_SEQUENCE || pos->count != 2)
        return lead_graph_file_fail(in->file, pos->line, LEAD_FORMAT,
                                    "pos is no list of two numbers: [longitude, latitude]");
    for (int i = 0; i < 2; i++) {
        at = lead_tree_next(in->tree, pos, at);
        if (at->kind != LEAD_TREE_SCALAR || !at->text)
            return lead_graph_file_fail(in->file, pos->line, LEAD_FORMAT, "pos has no number");
        LEAD_TRY(lead_graph_item_set(item, keys[i], at->text));
    }
    return LEAD_OK;
}

/* What is a list or an object has a name and no value: it is told of where it sounds like ours. */
static lead_status set_attributes(const reader *in, const lead_tree_node *of,
                                  lead_graph_item *item) {
    if (of->kind != LEAD_TREE_MAPPING)
        return lead_graph_file_fail(in->file, of->line, LEAD_FORMAT, "this is no object");
    for (const lead_tree_node *at = lead_tree_next(in->tree, of, NULL); at;
         at = lead_tree_next(in->tree, of, at)) {
        if (strcmp(at->key, "pos") == 0)
            LEAD_TRY(set_place(in, at, item));
        else if (at->kind == LEAD_TREE_SCALAR && at->text)
            LEAD_TRY(lead_graph_item_set(item, at->key, at->text));
    }
    return LEAD_OK;
}

static lead_status add_items(const reader *in, const char *name,
                             lead_status (*add)(lead_graph_file *, long, lead_graph_item **)) {
    const lead_tree_node *list = &in->tree->nodes[0];
    if (list->kind != LEAD_TREE_SEQUENCE)
        return lead_graph_file_fail(in->file, list->line, LEAD_FORMAT, "%s is no list", name);
    for (const lead_tree_node *at = lead_tree_next(in->tree, list, NULL); at;
         at = lead_tree_next(in->tree, list, at)) {
        lead_graph_item *item;
        LEAD_TRY(add(in->file, at->line, &item));
        LEAD_TRY(set_attributes(in, at, item));
    }
    return LEAD_OK;
}

/* The list under the first of the names that the file has. */
static lead_status read_list(lead_graph_file *file, const char *const names[2],
                             lead_status (*add)(lead_graph_file *, long, lead_graph_item **)) {
    for (int i = 0; i < 2 && names[i]; i++) {
        lead_tree *tree;
        LEAD_TRY(lead_tree_read(file->path, names[i], &tree));
        if (!tree)
            continue;
        reader in = {file, tree};
        lead_status status = add_items(&in, names[i], add);
        lead_tree_free(tree);
        return status;
    }
    return lead_fail(LEAD_FORMAT,
                     "%s:1: there is no list \"%s\": this is no node-link JSON of a network",
                     file->path, names[0]);
}

static lead_status read_directed(lead_graph_file *file) {
    lead_tree *tree;
    LEAD_TRY(lead_tree_read(file->path, "directed", &tree));
    const char *text = tree ? tree->nodes[0].text : NULL;
    file->directed = text && strcmp(text, "true") == 0;
    lead_status status = !tree || (text && (file->directed || strcmp(text, "false") == 0))
                             ? LEAD_OK
                             : lead_graph_file_fail(file, tree->nodes[0].line, LEAD_FORMAT,
                                                    "directed is neither true nor false");
    lead_tree_free(tree);
    return status;
}

/* Scalars of "graph" are attributes of the graph: "capacity_unit". */
static lead_status read_graph(lead_graph_file *file) {
    lead_tree *tree;
    LEAD_TRY(lead_tree_read(file->path, "graph", &tree));
    if (!tree)
        return LEAD_OK;
    reader in = {file, tree};
    lead_status status = set_attributes(&in, &tree->nodes[0], &file->graph);
    lead_tree_free(tree);
    return status;
}

lead_status lead_node_link_parse(lead_graph_file *file) {
    static const char *const nodes[] = {"nodes", NULL}, *const edges[] = {"edges", "links"};
    LEAD_TRY(read_directed(file));
    LEAD_TRY(read_graph(file));
    LEAD_TRY(read_list(file, nodes, lead_graph_file_node));
    LEAD_TRY(read_list(file, edges, lead_graph_file_edge));
    return lead_graph_file_link(file);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void print_node(lead_file_writer *writer, const lead_topology *topology, int node) {
    double x, y;
    lead_topology_node_place(topology, node, &x, &y);
    lead_file_printf(writer, "%s\n  {\"id\": %d, \"name\": ", node > 0 ? "," : "", node);
    lead_yaml_print(writer, lead_topology_node_name(topology, node));
    if (isfinite(x) && isfinite(y))
        lead_file_printf(writer, ", \"pos\": [%s, %s]", LEAD_NUMBER(x), LEAD_NUMBER(y));
    lead_file_printf(writer, "}");
}

static void print_edge(lead_file_writer *writer, const lead_topology *topology, int index) {
    const lead_link *link = lead_topology_link(topology, index);
    const char *label = lead_topology_link_label(topology, index);
    lead_file_printf(writer,
                     "%s\n  {\"source\": %d, \"target\": %d, \"capacity\": %s, \"delay\": %s",
                     index > 0 ? "," : "", link->source, link->destination,
                     LEAD_NUMBER(link->capacity), LEAD_NUMBER(link->delay));
    if (link->weight > 0)
        lead_file_printf(writer, ", \"weight\": %s", LEAD_NUMBER(link->weight));
    if (link->risk_group > 0)
        lead_file_printf(writer, ", \"risk_group\": %d", link->risk_group);
    if (label) {
        lead_file_printf(writer, ", \"name\": ");
        lead_yaml_print(writer, label);
    }
    lead_file_printf(writer, "}");
}

lead_status lead_node_link_write(const lead_topology *topology, const char *path) {
    return lead_node_link_write_as(topology, "edges", path);
}

lead_status lead_node_link_write_as(const lead_topology *topology, const char *edges,
                                    const char *path) {
    lead_file_writer *writer = NULL;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer,
                     "{\"directed\": true, \"multigraph\": %s, \"graph\": {},\n\"nodes\": [",
                     lead_has_parallel_links(topology) ? "true" : "false");
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        print_node(writer, topology, i);
    lead_file_printf(writer, "],\n\"%s\": [", edges);
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        print_edge(writer, topology, i);
    lead_file_printf(writer, "]}\n");
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
