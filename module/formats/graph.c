/* GraphML and GML through igraph: the Internet Topology Zoo (Knight et al. 2011) and graphs from
 * elsewhere. */
#include "formats/text.h"
#include <igraph/igraph.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* igraph tells an error to its handler only; this keeps what it said for the call that failed. */
static _Thread_local char igraph_said[400];

static void keep_error(const char *reason, const char *file, int line, igraph_error_t code) {
    (void)file, (void)line, (void)code;
    snprintf(igraph_said, sizeof igraph_said, "%.*s", (int)strcspn(reason, "\n"), reason);
    IGRAPH_FINALLY_FREE();
}

static void drop_warning(const char *reason, const char *file, int line) {
    (void)reason, (void)file, (void)line;
}

static bool ends_with(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

/* What igraph works with while it is ours: by default it aborts on an error. */
typedef struct manners {
    igraph_error_handler_t *error;
    igraph_warning_handler_t *warning;
    igraph_attribute_table_t *attributes;
} manners;

static manners take_over(void) {
    igraph_said[0] = '\0';
    return (manners){igraph_set_error_handler(keep_error), igraph_set_warning_handler(drop_warning),
                     igraph_set_attribute_table(&igraph_cattribute_table)};
}

static void give_back(manners before) {
    igraph_set_error_handler(before.error);
    igraph_set_warning_handler(before.warning);
    igraph_set_attribute_table(before.attributes);
}

/* What igraph said, as a failure in that file. */
static lead_status failed(igraph_error_t code, const char *path) {
    const char *line = strstr(igraph_said, "line ");
    int number = line ? atoi(line + 5) : 1;
    return lead_fail(code == IGRAPH_ENOMEM ? LEAD_MEMORY : LEAD_FORMAT, "%s:%d: %s", path,
                     number > 0 ? number : 1, igraph_said[0] ? igraph_said : igraph_strerror(code));
}

static igraph_error_t read_graphml(igraph_t *graph, FILE *file) {
    return igraph_read_graph_graphml(graph, file, 0);
}

static igraph_error_t read_gml(igraph_t *graph, FILE *file) {
    return igraph_read_graph_gml(graph, file);
}

static igraph_error_t write_graphml(igraph_t *graph, FILE *file) {
    return igraph_write_graph_graphml(graph, file, true);
}

static igraph_error_t write_gml(igraph_t *graph, FILE *file) {
    return igraph_write_graph_gml(graph, file, IGRAPH_WRITE_GML_DEFAULT_SW, NULL, "ns3-lead");
}

/* The attributes that are looked at, and as what the graph keeps them (UNSPECIFIED: not there). */
typedef struct attribute {
    const char *name;
    igraph_attribute_type_t type;
} attribute;

typedef struct attributes {
    attribute label, name, id, longitude, latitude;    /* of nodes */
    attribute capacity, link_speed_raw, delay, weight; /* of edges */
} attributes;

static void find_type(const igraph_strvector_t *names, const igraph_vector_int_t *types,
                      attribute *wanted) {
    for (igraph_integer_t i = 0; i < igraph_strvector_size(names); i++)
        if (strcmp(igraph_strvector_get(names, i), wanted->name) == 0)
            wanted->type = (igraph_attribute_type_t)VECTOR(*types)[i];
}

static lead_status find_attributes(const igraph_t *graph, attributes *found) {
    *found = (attributes){{"label", 0},        {"name", 0},     {"id", 0},
                          {"Longitude", 0},    {"Latitude", 0}, {"capacity", 0},
                          {"LinkSpeedRaw", 0}, {"delay", 0},    {"weight", 0}};
    igraph_strvector_t graph_names, node_names, edge_names;
    igraph_vector_int_t graph_types, node_types, edge_types;
    igraph_strvector_init(&graph_names, 0);
    igraph_strvector_init(&node_names, 0);
    igraph_strvector_init(&edge_names, 0);
    igraph_vector_int_init(&graph_types, 0);
    igraph_vector_int_init(&node_types, 0);
    igraph_vector_int_init(&edge_types, 0);
    igraph_error_t code = igraph_cattribute_list(graph, &graph_names, &graph_types, &node_names,
                                                 &node_types, &edge_names, &edge_types);
    attribute *of_nodes[] = {&found->label, &found->name, &found->id, &found->longitude,
                             &found->latitude};
    attribute *of_edges[] = {&found->capacity, &found->link_speed_raw, &found->delay,
                             &found->weight};
    for (size_t i = 0; i < sizeof of_nodes / sizeof *of_nodes && code == IGRAPH_SUCCESS; i++)
        find_type(&node_names, &node_types, of_nodes[i]);
    for (size_t i = 0; i < sizeof of_edges / sizeof *of_edges && code == IGRAPH_SUCCESS; i++)
        find_type(&edge_names, &edge_types, of_edges[i]);
    igraph_strvector_destroy(&graph_names);
    igraph_strvector_destroy(&node_names);
    igraph_strvector_destroy(&edge_names);
    igraph_vector_int_destroy(&graph_types);
    igraph_vector_int_destroy(&node_types);
    igraph_vector_int_destroy(&edge_types);
    return code == IGRAPH_SUCCESS ? LEAD_OK
                                  : lead_fail(LEAD_MEMORY, "no memory for the graph's attributes");
}

static double parsed(const char *text) {
    double value;
    return lead_number_parse(text, &value) ? value : NAN;
}

/* A number of a node or an edge, whether the graph keeps it as a number or as text; NaN when there
 * is none. */
static double node_number(const igraph_t *graph, attribute about, igraph_integer_t node) {
    if (about.type == IGRAPH_ATTRIBUTE_NUMERIC)
        return igraph_cattribute_VAN(graph, about.name, node);
    return about.type == IGRAPH_ATTRIBUTE_STRING
               ? parsed(igraph_cattribute_VAS(graph, about.name, node))
               : NAN;
}

static double edge_number(const igraph_t *graph, attribute about, igraph_integer_t edge) {
    if (about.type == IGRAPH_ATTRIBUTE_NUMERIC)
        return igraph_cattribute_EAN(graph, about.name, edge);
    return about.type == IGRAPH_ATTRIBUTE_STRING
               ? parsed(igraph_cattribute_EAS(graph, about.name, edge))
               : NAN;
}

/* The node's label, name or id, whichever the graph has and is not empty and not taken yet; else
 * its number. */
static void name_of(const igraph_t *graph, const attributes *about, igraph_integer_t node,
                    const lead_topology *topology, char *name, size_t room) {
    const attribute keys[] = {about->label, about->name, about->id};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].type != IGRAPH_ATTRIBUTE_STRING)
            continue;
        snprintf(name, room, "%s", igraph_cattribute_VAS(graph, keys[i].name, node));
        if (*name && lead_topology_find_node(topology, name) < 0)
            return;
    }
    snprintf(name, room, "n%lld", (long long)node);
}

static lead_status add_nodes(const igraph_t *graph, const attributes *about,
                             lead_topology *topology) {
    for (igraph_integer_t i = 0; i < igraph_vcount(graph); i++) {
        char name[256];
        int index;
        name_of(graph, about, i, topology, name, sizeof name);
        LEAD_TRY(lead_topology_add_node(topology, name, &index));
        LEAD_TRY(lead_topology_place_node(topology, index, node_number(graph, about->longitude, i),
                                          node_number(graph, about->latitude, i)));
    }
    return LEAD_OK;
}

static lead_status edge_values(const igraph_t *graph, const attributes *about,
                               igraph_integer_t edge, double default_capacity,
                               const lead_topology *topology, lead_link *link) {
    double capacity = edge_number(graph, about->capacity, edge);
    double delay = edge_number(graph, about->delay, edge);
    double weight = edge_number(graph, about->weight, edge);
    if (isnan(capacity))
        capacity = edge_number(graph, about->link_speed_raw, edge);
    if (isnan(capacity))
        capacity = default_capacity;
    if (capacity == 0)
        return lead_fail(LEAD_FORMAT,
                         "edge %lld (%s-%s) has no LinkSpeedRaw and no capacity (state one: "
                         "capacity: 10 Gbit/s)",
                         (long long)edge, lead_topology_node_name(topology, link->source),
                         lead_topology_node_name(topology, link->destination));
    link->capacity = capacity;
    link->weight = isnan(weight) ? 0 : weight;
    link->delay =
        isnan(delay) ? lead_delay_between(topology, link->source, link->destination) : delay;
    return LEAD_OK;
}

/* The Zoo's own files call their graphs directed but draw each cable once: a graph in which no edge
 * has its reverse is taken for undirected. */
static bool both_ways(const igraph_t *graph) {
    igraph_real_t reciprocity = 0;
    return !igraph_is_directed(graph) ||
           (igraph_reciprocity(graph, &reciprocity, true, IGRAPH_RECIPROCITY_DEFAULT) ==
                IGRAPH_SUCCESS &&
            !(reciprocity > 0));
}

static lead_status add_links(const igraph_t *graph, const attributes *about,
                             double default_capacity, lead_topology *topology) {
    bool both = both_ways(graph);
    for (igraph_integer_t i = 0; i < igraph_ecount(graph); i++) {
        lead_link link = {.source = (int)IGRAPH_FROM(graph, i),
                          .destination = (int)IGRAPH_TO(graph, i),
                          .up = true};
        if (link.source == link.destination)
            continue; /* the Zoo has a few; nothing is ever routed over them */
        LEAD_TRY(edge_values(graph, about, i, default_capacity, topology, &link));
        LEAD_TRY(lead_topology_add_link(topology, link, NULL));
        if (!both)
            continue;
        lead_link back = link;
        back.source = link.destination;
        back.destination = link.source;
        LEAD_TRY(lead_topology_add_link(topology, back, NULL));
    }
    return LEAD_OK;
}

static lead_status parse(const char *path, const char *text, size_t length, igraph_t *graph) {
    FILE *file = length > 0 ? fmemopen((void *)(uintptr_t)text, length, "r") : NULL;
    if (!file)
        return lead_fail(LEAD_FORMAT, "%s:1: the file is empty", path);
    igraph_error_t code =
        ends_with(path, ".gml") ? read_gml(graph, file) : read_graphml(graph, file);
    fclose(file);
    return code == IGRAPH_SUCCESS ? LEAD_OK : failed(code, path);
}

static lead_status to_topology(const igraph_t *graph, double default_capacity,
                               lead_topology **out) {
    attributes about;
    lead_topology *topology = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(find_attributes(graph, &about));
    LEAD_TRY_FREE(lead_topology_alloc(&topology));
    LEAD_TRY_FREE(add_nodes(graph, &about, topology));
    LEAD_TRY_FREE(add_links(graph, &about, default_capacity, topology));
    *out = topology;
    return LEAD_OK;
fail:
    lead_topology_free(topology);
    return status;
}

lead_status lead_graph_read(const char *path, double default_capacity, lead_topology **out) {
    igraph_t graph;
    char *text;
    size_t length;
    LEAD_TRY(lead_file_read(path, 1 << 28, &text, &length));
    manners before = take_over();
    lead_status status = parse(path, text, length, &graph);
    free(text);
    if (status == LEAD_OK) {
        status = to_topology(&graph, default_capacity, out);
        igraph_destroy(&graph);
        if (status != LEAD_OK)
            lead_fail_within(status, "%s:1", path);
    }
    give_back(before);
    return status;
}

/* All at once: one by one igraph needs the square of their number. */
static igraph_error_t add_edges(const lead_topology *topology, igraph_t *graph) {
    int m = lead_topology_link_count(topology);
    igraph_vector_int_t ends;
    igraph_error_t code = igraph_vector_int_init(&ends, 2 * (igraph_integer_t)m);
    if (code != IGRAPH_SUCCESS)
        return code;
    for (int i = 0; i < m; i++) {
        VECTOR(ends)[2 * (igraph_integer_t)i] = lead_topology_link(topology, i)->source;
        VECTOR(ends)[2 * (igraph_integer_t)i + 1] = lead_topology_link(topology, i)->destination;
    }
    code = igraph_add_edges(graph, &ends, NULL);
    igraph_vector_int_destroy(&ends);
    return code;
}

static lead_status fill_graph(const lead_topology *topology, igraph_t *graph) {
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    for (int i = 0; i < n; i++) {
        double x, y;
        lead_topology_node_place(topology, i, &x, &y);
        igraph_cattribute_VAS_set(graph, "label", i, lead_topology_node_name(topology, i));
        if (isfinite(x) && isfinite(y)) {
            igraph_cattribute_VAN_set(graph, "Longitude", i, x);
            igraph_cattribute_VAN_set(graph, "Latitude", i, y);
        }
    }
    if (add_edges(topology, graph) != IGRAPH_SUCCESS)
        return lead_fail(LEAD_MEMORY, "no memory for %d edges", m);
    for (int i = 0; i < m; i++) {
        const lead_link *link = lead_topology_link(topology, i);
        igraph_cattribute_EAN_set(graph, "capacity", i, link->capacity);
        igraph_cattribute_EAN_set(graph, "delay", i, link->delay);
        if (link->weight > 0)
            igraph_cattribute_EAN_set(graph, "weight", i, link->weight);
    }
    return LEAD_OK;
}

lead_status lead_graph_write(const lead_topology *topology, const char *path) {
    igraph_t graph;
    char *text = NULL;
    size_t length = 0;
    lead_file_writer *writer = NULL;
    manners before = take_over();
    igraph_error_t code = igraph_empty(&graph, lead_topology_node_count(topology), true);
    if (code != IGRAPH_SUCCESS) {
        give_back(before);
        return failed(code, path);
    }
    FILE *memory = open_memstream(&text, &length);
    lead_status status =
        memory ? LEAD_OK : lead_fail(LEAD_MEMORY, "%s: no memory for its text", path);
    if (status != LEAD_OK)
        goto fail;
    LEAD_TRY_FREE(fill_graph(topology, &graph));
    code = ends_with(path, ".gml") ? write_gml(&graph, memory) : write_graphml(&graph, memory);
    if (code != IGRAPH_SUCCESS) {
        status = failed(code, path);
        goto fail;
    }
    fflush(memory);
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s", text);
    status = lead_file_writer_finish(writer);
fail:
    if (memory)
        fclose(memory);
    free(text);
    lead_file_writer_free(writer);
    igraph_destroy(&graph);
    give_back(before);
    return status;
}
