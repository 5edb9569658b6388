/* A graph file as it stands there: nodes and edges with their attributes as text, before anything
 * is made of them. What GML and GraphML have in common. */
#ifndef LEAD_FORMATS_NETWORKS_GRAPH_FILE_H
#define LEAD_FORMATS_NETWORKS_GRAPH_FILE_H

#include <lead/base.h>

typedef struct lead_attribute {
    char *key, *value;
} lead_attribute;

/* A node, an edge, or the graph itself. */
typedef struct lead_graph_item {
    lead_attribute *attributes;
    int count, room;
    long line;
    bool directed;      /* of an edge */
    int source, target; /* of an edge: indices of nodes, after lead_graph_file_link */
} lead_graph_item;

typedef struct lead_graph_file {
    const char *path; /* borrowed */
    bool directed;
    lead_graph_item graph, *nodes, *edges;
    int node_count, node_room, edge_count, edge_room;
} lead_graph_file;

void lead_graph_file_clear(lead_graph_file *file);
/* One more node or edge; *out is valid until the next one. */
lead_status lead_graph_file_node(lead_graph_file *file, long line, lead_graph_item **out);
lead_status lead_graph_file_edge(lead_graph_file *file, long line, lead_graph_item **out);
/* Sets an attribute (copied). */
lead_status lead_graph_item_set(lead_graph_item *item, const char *key, const char *value);
/* The value of the first attribute with one of the keys ("lon,lng": in that order, letter case
 * aside) that is not empty, in *value; NULL when there is none. LEAD_FORMAT when the item has two
 * different values under one key. */
lead_status lead_graph_item_get(const lead_graph_file *file, const lead_graph_item *item,
                                const char *keys, const char **value);
/* Turns the edges' attributes `source` and `target`, which are ids, into indices. */
lead_status lead_graph_file_link(lead_graph_file *file);
/* "file:line: ...". */
lead_status lead_graph_file_fail(const lead_graph_file *file, long line, lead_status status,
                                 const char *format, ...) LEAD_PRINTF(4, 5);

/* Fill `file` from the text of a file; `file` is cleared by the caller, also after a failure. */
lead_status lead_gml_parse(const char *text, lead_graph_file *file);
lead_status lead_graphml_parse(const char *text, size_t length, lead_graph_file *file);
/* The same from the file itself. */
lead_status lead_node_link_parse(lead_graph_file *file);

#endif
