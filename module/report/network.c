/* The network, and CSV files as they are. */
#include "formats/text/columns.h"
#include "formats/text/json.h"
#include "report/parts.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- a network -------------------------------------------------------------------------------- */

static json_t *node_of(const lead_topology *topology, int index) {
    double longitude, latitude;
    json_t *node = json_object();
    lead_topology_node_place(topology, index, &longitude, &latitude);
    json_object_set_new(node, "name", lead_page_text(lead_topology_node_name(topology, index)));
    json_object_set_new(node, "longitude", lead_json_number(longitude));
    json_object_set_new(node, "latitude", lead_json_number(latitude));
    return node;
}

static json_t *link_of(const lead_topology *topology, int index) {
    const lead_link *link = lead_topology_link(topology, index);
    const char *label = lead_topology_link_label(topology, index);
    json_t *object = json_object();
    json_object_set_new(object, "source", json_integer(link->source));
    json_object_set_new(object, "destination", json_integer(link->destination));
    json_object_set_new(object, "capacity", json_real(link->capacity));
    if (link->risk_group > 0)
        json_object_set_new(object, "risk_group", json_integer(link->risk_group));
    if (label)
        json_object_set_new(object, "label", lead_page_text(label));
    return object;
}

json_t *lead_report_network(const lead_topology *topology) {
    json_t *network = json_object(), *nodes = json_array(), *links = json_array();
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        json_array_append_new(nodes, node_of(topology, i));
    for (int e = 0; e < lead_topology_link_count(topology); e++)
        json_array_append_new(links, link_of(topology, e));
    json_object_set_new(network, "nodes", nodes);
    json_object_set_new(network, "links", links);
    return network;
}

static lead_status node_named(lead_topology *topology, const char *name, int *index) {
    *index = lead_topology_find_node(topology, name);
    return *index >= 0 ? LEAD_OK : lead_topology_add_node(topology, name, index);
}

enum { EPOCH, SOURCE, DESTINATION, CAPACITY, COLUMNS };

static lead_status add_link(lead_topology *topology, char *const *fields) {
    lead_link link = {.up = true};
    LEAD_TRY(node_named(topology, fields[SOURCE], &link.source));
    LEAD_TRY(node_named(topology, fields[DESTINATION], &link.destination));
    if (!lead_number_parse(fields[CAPACITY], &link.capacity))
        return lead_fail(LEAD_FORMAT, "capacity_bps: \"%.40s\" is not a number", fields[CAPACITY]);
    return lead_topology_add_link(topology, link, NULL);
}

static lead_status add_first_epoch(lead_columns *rows, lead_topology *topology) {
    char first[32] = "";
    for (;;) {
        bool there;
        LEAD_TRY(lead_columns_next(rows, &there));
        if (!there || (*first && strcmp(first, rows->fields[EPOCH]) != 0))
            return LEAD_OK;
        snprintf(first, sizeof first, "%s", rows->fields[EPOCH]);
        lead_status status = add_link(topology, rows->fields);
        if (status != LEAD_OK)
            return lead_lines_fail_within(rows->lines, status);
    }
}

lead_status lead_report_network_of(const char *path, lead_topology **out) {
    static const char *const names[COLUMNS] = {"epoch", "src", "dst", "capacity_bps"};
    lead_columns rows = {0};
    lead_topology *topology;
    LEAD_TRY(lead_topology_alloc(&topology));
    lead_status status = lead_columns_open(path, names, COLUMNS, "links.csv of a run", &rows);
    if (status == LEAD_OK)
        status = add_first_epoch(&rows, topology);
    lead_columns_close(&rows);
    if (status == LEAD_OK)
        *out = topology;
    else
        lead_topology_free(topology);
    return status;
}

/* --- tables ----------------------------------------------------------------------------------- */

static lead_status fields_of(lead_lines *lines, char *text, json_t *to) {
    for (;;) {
        char *field;
        LEAD_TRY(lead_csv_next(lines, &text, &field));
        if (!field)
            return LEAD_OK;
        json_array_append_new(to, lead_page_text(field));
    }
}

static lead_status read_table(lead_lines *lines, json_t *table) {
    json_t *columns = json_array(), *rows = json_array();
    size_t most;
    char *text;
    json_object_set_new(table, "columns", columns);
    json_object_set_new(table, "rows", rows);
    LEAD_TRY(lead_csv_header(lines, &text, &most));
    LEAD_TRY(fields_of(lines, text, columns));
    for (;;) {
        LEAD_TRY(lead_lines_next(lines, &text));
        if (!text)
            return LEAD_OK;
        if (lead_csv_is_blank(lines, text))
            continue;
        json_t *row = json_array();
        json_array_append_new(rows, row);
        LEAD_TRY(fields_of(lines, text, row));
        if (json_array_size(row) != json_array_size(columns))
            return lead_lines_fail(lines, LEAD_FORMAT, "%zu fields for %zu columns",
                                   json_array_size(row), json_array_size(columns));
    }
}

lead_status lead_report_table(const char *path, json_t **table) {
    lead_lines *lines;
    *table = NULL;
    if (access(path, F_OK) != 0) {
        *table = json_null();
        return LEAD_OK;
    }
    LEAD_TRY(lead_lines_alloc(path, &lines));
    *table = json_object();
    lead_status status = read_table(lines, *table);
    lead_lines_free(lines);
    if (status != LEAD_OK) {
        json_decref(*table);
        *table = NULL;
    }
    return status;
}
