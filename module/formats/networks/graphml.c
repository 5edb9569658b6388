/* GraphML (Brandes et al. 2002): keys, and a graph whose nodes and edges have data under them. */
#include "base/array.h"
#include "formats/networks/graph_file.h"
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include "formats/text/xml.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A <key>: what data under its id means. yEd has keys without a name, for what it draws. */
typedef struct key {
    char *id, *name, *domain, *fallback, *drawing;
} key;

typedef struct reader {
    lead_graph_file *file;
    key *keys;
    int key_count, key_room;
} reader;

static lead_status read_key(const char *path, xmlNode *at, key *out) {
    xmlNode *fallback = lead_xml_child(at, "default");
    LEAD_TRY(lead_xml_attribute(at, "id", &out->id));
    LEAD_TRY(lead_xml_attribute(at, "attr.name", &out->name));
    LEAD_TRY(lead_xml_attribute(at, "for", &out->domain));
    LEAD_TRY(lead_xml_attribute(at, "yfiles.type", &out->drawing));
    if (!out->id)
        return lead_xml_fail(path, at, "<key> has no id");
    return fallback ? lead_xml_text(fallback, &out->fallback) : LEAD_OK;
}

static lead_status read_keys(reader *in, xmlNode *root) {
    for (xmlNode *at = lead_xml_child(root, "key"); at; at = lead_xml_element(at->next, "key")) {
        LEAD_TRY(lead_grow(&in->keys, sizeof *in->keys, in->key_count, 1, &in->key_room));
        key *made = &in->keys[in->key_count++];
        *made = (key){0};
        LEAD_TRY(read_key(in->file->path, at, made));
    }
    return LEAD_OK;
}

static const key *find_key(const reader *in, const char *id) {
    for (int i = 0; i < in->key_count; i++)
        if (strcmp(in->keys[i].id, id) == 0)
            return &in->keys[i];
    return NULL;
}

/* The words of a text, one blank between them. */
static void fold_blanks(char *text) {
    static const char blanks[] = " \t\r\n";
    char *to = text;
    for (const char *from = text + strspn(text, blanks); *from;) {
        size_t length = strcspn(from, blanks), gap = strspn(from + length, blanks);
        memmove(to, from, length);
        to += length;
        from += length + gap;
        if (*from)
            *to++ = ' ';
    }
    *to = '\0';
}

/* The element after `at` in the order of the file, within `top`; NULL at the end. */
static xmlNode *next_within(xmlNode *at, const xmlNode *top) {
    if (at->children && at->type == XML_ELEMENT_NODE)
        return at->children;
    while (at != top && !at->next)
        at = at->parent;
    return at == top ? NULL : at->next;
}

/* Whether it is that element of yEd's, its prefix declared or not. */
static bool is_drawn(const xmlNode *at, const char *element) {
    if (at->type != XML_ELEMENT_NODE)
        return false;
    const char *colon = strchr((const char *)at->name, ':');
    return strcmp(colon ? colon + 1 : (const char *)at->name, element) == 0;
}

/* yEd's drawing of a node or an edge: the first label that is not blank is set under `name`. */
static lead_status read_drawn(xmlNode *data, const char *element, const char *name,
                              lead_graph_item *item) {
    for (xmlNode *at = next_within(data, data); at; at = next_within(at, data)) {
        char *text;
        if (!is_drawn(at, element))
            continue;
        LEAD_TRY(lead_xml_text(at, &text));
        fold_blanks(text);
        bool found = *text;
        lead_status status = found ? lead_graph_item_set(item, name, text) : LEAD_OK;
        free(text);
        if (found || status != LEAD_OK)
            return status;
    }
    return LEAD_OK;
}

/* What of yEd's drawings has text; under which attribute it is kept. */
static const struct {
    const char *drawing, *element, *name;
} drawn[] = {{"nodegraphics", "NodeLabel", "y:NodeLabel"},
             {"edgegraphics", "EdgeLabel", "y:EdgeLabel"}};

static lead_status read_drawing(xmlNode *data, const key *of, lead_graph_item *item) {
    for (size_t i = 0; of->drawing && i < sizeof drawn / sizeof *drawn; i++)
        if (strcmp(of->drawing, drawn[i].drawing) == 0)
            return read_drawn(data, drawn[i].element, drawn[i].name, item);
    return LEAD_OK;
}

static lead_status read_one(const reader *in, xmlNode *at, lead_graph_item *item) {
    char *id = NULL, *text = NULL;
    const key *found = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_xml_attribute(at, "key", &id));
    found = id ? find_key(in, id) : NULL;
    if (!found) {
        status = lead_xml_fail(in->file->path, at,
                               "<data> has the key \"%.60s\", which no <key> is", id ? id : "");
        goto fail;
    }
    if (!found->name) {
        status = read_drawing(at, found, item);
        goto fail;
    }
    LEAD_TRY_FREE(lead_xml_text(at, &text));
    status = lead_graph_item_set(item, found->name, text);
fail:
    free(id);
    free(text);
    return status;
}

static bool has(const lead_graph_item *item, const char *name) {
    for (int i = 0; i < item->count; i++)
        if (strcmp(item->attributes[i].key, name) == 0)
            return true;
    return false;
}

/* The data of a node, an edge or the graph, then the defaults of what it has none of. */
static lead_status read_data(const reader *in, xmlNode *of, const char *domain,
                             lead_graph_item *item) {
    for (xmlNode *at = lead_xml_child(of, "data"); at; at = lead_xml_element(at->next, "data"))
        LEAD_TRY(read_one(in, at, item));
    for (int i = 0; i < in->key_count; i++) {
        const key *at = &in->keys[i];
        bool meant =
            !at->domain || strcmp(at->domain, "all") == 0 || strcmp(at->domain, domain) == 0;
        if (at->fallback && at->name && meant && !has(item, at->name))
            LEAD_TRY(lead_graph_item_set(item, at->name, at->fallback));
    }
    return LEAD_OK;
}

/* An attribute of the element under the same name. */
static lead_status copy_attribute(xmlNode *at, const char *name, lead_graph_item *item) {
    char *text;
    LEAD_TRY(lead_xml_attribute(at, name, &text));
    lead_status status = text ? lead_graph_item_set(item, name, text) : LEAD_OK;
    free(text);
    return status;
}

static lead_status read_node(const reader *in, xmlNode *at) {
    lead_graph_item *node;
    if (lead_xml_child(at, "graph"))
        return lead_xml_fail(in->file->path, at, "a graph within a node is not read");
    LEAD_TRY(lead_graph_file_node(in->file, xmlGetLineNo(at), &node));
    LEAD_TRY(copy_attribute(at, "id", node));
    return read_data(in, at, "node", node);
}

static lead_status read_edge(const reader *in, xmlNode *at) {
    lead_graph_item *edge;
    char *text = NULL;
    LEAD_TRY(lead_graph_file_edge(in->file, xmlGetLineNo(at), &edge));
    LEAD_TRY(copy_attribute(at, "source", edge));
    LEAD_TRY(copy_attribute(at, "target", edge));
    LEAD_TRY(lead_xml_attribute(at, "directed", &text));
    if (text)
        edge->directed = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    bool known = !text || edge->directed || strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
    lead_status status = known
                             ? LEAD_OK
                             : lead_xml_fail(in->file->path, at,
                                             "directed \"%.40s\" is neither true nor false", text);
    free(text);
    LEAD_TRY(status);
    return read_data(in, at, "edge", edge);
}

static lead_status read_graph(const reader *in, xmlNode *graph) {
    const char *path = in->file->path;
    char *text;
    LEAD_TRY(lead_xml_attribute(graph, "edgedefault", &text));
    in->file->directed = text && strcmp(text, "directed") == 0;
    bool known = !text || in->file->directed || strcmp(text, "undirected") == 0;
    free(text);
    if (!known)
        return lead_xml_fail(path, graph, "edgedefault is neither directed nor undirected");
    LEAD_TRY(read_data(in, graph, "graph", &in->file->graph));
    for (xmlNode *at = lead_xml_element(graph->children, NULL); at;
         at = lead_xml_element(at->next, NULL)) {
        const char *name = (const char *)at->name;
        if (strcmp(name, "node") == 0)
            LEAD_TRY(read_node(in, at));
        else if (strcmp(name, "edge") == 0)
            LEAD_TRY(read_edge(in, at));
        else if (strcmp(name, "hyperedge") == 0)
            return lead_xml_fail(path, at, "a hyperedge is not read");
    }
    return lead_graph_file_link(in->file);
}

lead_status lead_graphml_parse(const char *text, size_t length, lead_graph_file *file) {
    reader in = {.file = file};
    xmlDoc *document = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_xml_parse(file->path, text, length, "graphml", &document));
    xmlNode *root = xmlDocGetRootElement(document), *graph = lead_xml_child(root, "graph");
    if (!graph || lead_xml_element(graph->next, "graph")) {
        status = lead_xml_fail(file->path, root, "<graphml> has %s <graph>",
                               graph ? "more than one" : "no");
        goto fail;
    }
    LEAD_TRY_FREE(read_keys(&in, root));
    status = read_graph(&in, graph);
fail:
    for (int i = 0; i < in.key_count; i++) {
        free(in.keys[i].id);
        free(in.keys[i].name);
        free(in.keys[i].domain);
        free(in.keys[i].fallback);
        free(in.keys[i].drawing);
    }
    free(in.keys);
    xmlFreeDoc(document);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void print_text(lead_file_writer *writer, const char *id, const char *text) {
    lead_file_printf(writer, "<data key=\"%s\">", id);
    lead_xml_print(writer, text);
    lead_file_printf(writer, "</data>");
}

static void print_number(lead_file_writer *writer, const char *id, double value) {
    lead_file_printf(writer, "<data key=\"%s\">%s</data>", id, LEAD_NUMBER(value));
}

static void print_node(lead_file_writer *writer, const lead_topology *topology, int node) {
    double x, y;
    lead_topology_node_place(topology, node, &x, &y);
    lead_file_printf(writer, "    <node id=\"n%d\">", node);
    print_text(writer, "label", lead_topology_node_name(topology, node));
    if (isfinite(x) && isfinite(y)) {
        print_number(writer, "longitude", x);
        print_number(writer, "latitude", y);
    }
    lead_file_printf(writer, "</node>\n");
}

static void print_edge(lead_file_writer *writer, const lead_topology *topology, int index) {
    const lead_link *link = lead_topology_link(topology, index);
    const char *label = lead_topology_link_label(topology, index);
    lead_file_printf(writer, "    <edge source=\"n%d\" target=\"n%d\">", link->source,
                     link->destination);
    print_number(writer, "capacity", link->capacity);
    print_number(writer, "delay", link->delay);
    if (link->weight > 0)
        print_number(writer, "weight", link->weight);
    if (link->risk_group > 0)
        print_number(writer, "group", link->risk_group);
    if (label)
        print_text(writer, "name", label);
    lead_file_printf(writer, "</edge>\n");
}

lead_status lead_graphml_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        LEAD_TRY(lead_xml_check(path, lead_topology_node_name(topology, i)));
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (lead_topology_link_label(topology, i))
            LEAD_TRY(lead_xml_check(path, lead_topology_link_label(topology, i)));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(
        writer,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
        "  <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
        "  <key id=\"longitude\" for=\"node\" attr.name=\"Longitude\" attr.type=\"double\"/>\n"
        "  <key id=\"latitude\" for=\"node\" attr.name=\"Latitude\" attr.type=\"double\"/>\n"
        "  <key id=\"capacity\" for=\"edge\" attr.name=\"capacity\" attr.type=\"double\"/>\n"
        "  <key id=\"delay\" for=\"edge\" attr.name=\"delay\" attr.type=\"double\"/>\n"
        "  <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n"
        "  <key id=\"group\" for=\"edge\" attr.name=\"risk_group\" attr.type=\"int\"/>\n"
        "  <key id=\"name\" for=\"edge\" attr.name=\"name\" attr.type=\"string\"/>\n"
        "  <graph edgedefault=\"directed\">\n");
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        print_node(writer, topology, i);
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        print_edge(writer, topology, i);
    lead_file_printf(writer, "  </graph>\n</graphml>\n");
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
