/* Nodes and edges with their attributes. */
#include "formats/networks/graph_file.h"
#include "base/array.h"
#include <lead/net.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void clear_item(lead_graph_item *item) {
    for (int i = 0; i < item->count; i++) {
        free(item->attributes[i].key);
        free(item->attributes[i].value);
    }
    free(item->attributes);
}

void lead_graph_file_clear(lead_graph_file *file) {
    for (int i = 0; i < file->node_count; i++)
        clear_item(&file->nodes[i]);
    for (int i = 0; i < file->edge_count; i++)
        clear_item(&file->edges[i]);
    clear_item(&file->graph);
    free(file->nodes);
    free(file->edges);
    *file = (lead_graph_file){0};
}

static lead_status add_item(lead_graph_item **items, int *count, int *room, long line,
                            lead_graph_item **out) {
    LEAD_TRY(lead_grow(items, sizeof **items, *count, 1, room));
    *out = &(*items)[(*count)++];
    **out = (lead_graph_item){.line = line};
    return LEAD_OK;
}

lead_status lead_graph_file_node(lead_graph_file *file, long line, lead_graph_item **out) {
    return add_item(&file->nodes, &file->node_count, &file->node_room, line, out);
}

lead_status lead_graph_file_edge(lead_graph_file *file, long line, lead_graph_item **out) {
    LEAD_TRY(add_item(&file->edges, &file->edge_count, &file->edge_room, line, out));
    (*out)->directed = file->directed;
    return LEAD_OK;
}

lead_status lead_graph_item_set(lead_graph_item *item, const char *key, const char *value) {
    lead_attribute made = {NULL, NULL};
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_grow(&item->attributes, sizeof made, item->count, 1, &item->room));
    LEAD_TRY_FREE(lead_string_copy(key, &made.key));
    LEAD_TRY_FREE(lead_string_copy(value, &made.value));
    item->attributes[item->count++] = made;
    return LEAD_OK;
fail:
    free(made.key);
    return status;
}

lead_status lead_graph_file_fail(const lead_graph_file *file, long line, lead_status status,
                                 const char *format, ...) {
    char text[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return lead_fail(status, "%s:%ld: %s", file->path, line > 0 ? line : 1, text);
}

/* The value under a key of that length. */
static lead_status get_one(const lead_graph_file *file, const lead_graph_item *item,
                           const char *key, size_t length, const char **value) {
    *value = NULL;
    for (int i = 0; i < item->count; i++) {
        const lead_attribute *at = &item->attributes[i];
        if (strlen(at->key) != length || strncasecmp(at->key, key, length) != 0 || !*at->value)
            continue;
        if (*value && strcmp(*value, at->value) != 0)
            return lead_graph_file_fail(file, item->line, LEAD_FORMAT,
                                        "%s is there twice: \"%.60s\" and \"%.60s\"", at->key,
                                        *value, at->value);
        *value = at->value;
    }
    return LEAD_OK;
}

lead_status lead_graph_item_get(const lead_graph_file *file, const lead_graph_item *item,
                                const char *keys, const char **value) {
    for (*value = NULL; *keys && !*value; keys += strspn(keys, ",")) {
        size_t length = strcspn(keys, ",");
        LEAD_TRY(get_one(file, item, keys, length, value));
        keys += length;
    }
    return LEAD_OK;
}

static lead_status end_of(const lead_graph_file *file, const lead_topology *ids,
                          const lead_graph_item *edge, const char *which, int *node) {
    const char *id;
    LEAD_TRY(lead_graph_item_get(file, edge, which, &id));
    if (!id)
        return lead_graph_file_fail(file, edge->line, LEAD_FORMAT, "the edge has no %s", which);
    *node = lead_topology_find_node(ids, id);
    return *node >= 0 ? LEAD_OK
                      : lead_graph_file_fail(file, edge->line, LEAD_FORMAT,
                                             "the edge's %s \"%.60s\" is no node", which, id);
}

static lead_status add_id(const lead_graph_file *file, const lead_graph_item *node,
                          lead_topology *ids) {
    const char *id;
    LEAD_TRY(lead_graph_item_get(file, node, "id", &id));
    if (!id)
        return lead_graph_file_fail(file, node->line, LEAD_FORMAT, "the node has no id");
    lead_status status = lead_topology_add_node(ids, id, NULL);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s:%ld", file->path, node->line);
}

/* A network without links knows nodes by their name, here their id. */
lead_status lead_graph_file_link(lead_graph_file *file) {
    lead_topology *ids = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_topology_alloc(&ids));
    for (int i = 0; i < file->node_count; i++)
        LEAD_TRY_FREE(add_id(file, &file->nodes[i], ids));
    for (int i = 0; i < file->edge_count; i++) {
        LEAD_TRY_FREE(end_of(file, ids, &file->edges[i], "source", &file->edges[i].source));
        LEAD_TRY_FREE(end_of(file, ids, &file->edges[i], "target", &file->edges[i].target));
    }
fail:
    lead_topology_free(ids);
    return status;
}
