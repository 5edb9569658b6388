/* Our own topology files: nodes with places, links with capacity, delay and weight, in YAML. */
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include "formats/text/yaml.h"
#include <limits.h>
#include <math.h>
#include <string.h>

typedef struct yaml_node_entry {
    char *name;
    double *longitude, *latitude;
} yaml_node_entry;

typedef struct yaml_link_entry {
    char *from, *to, *name, *capacity, *delay;
    double *weight, *probability;
    unsigned risk_group;
    bool both; /* one entry for both directions */
} yaml_link_entry;

typedef struct yaml_topology {
    char *name;
    yaml_node_entry *nodes;
    unsigned nodes_count;
    yaml_link_entry *links;
    unsigned links_count;
} yaml_topology;

static const cyaml_schema_field_t node_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, yaml_node_entry, name, 1, CYAML_UNLIMITED),
    CYAML_FIELD_FLOAT_PTR("longitude", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_node_entry,
                          longitude),
    CYAML_FIELD_FLOAT_PTR("latitude", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_node_entry,
                          latitude),
    CYAML_FIELD_END};
static const cyaml_schema_value_t node_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_node_entry, node_fields)};

static const cyaml_schema_field_t link_fields[] = {
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, yaml_link_entry, from, 1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("to", CYAML_FLAG_POINTER, yaml_link_entry, to, 1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_link_entry, name,
                           1, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("capacity", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_link_entry,
                           capacity, 1, 60),
    CYAML_FIELD_STRING_PTR("delay", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_link_entry,
                           delay, 1, 60),
    CYAML_FIELD_FLOAT_PTR("weight", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_link_entry,
                          weight),
    CYAML_FIELD_UINT("risk_group", CYAML_FLAG_OPTIONAL, yaml_link_entry, risk_group),
    CYAML_FIELD_FLOAT_PTR("probability", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_link_entry,
                          probability),
    CYAML_FIELD_BOOL("both", CYAML_FLAG_OPTIONAL, yaml_link_entry, both),
    CYAML_FIELD_END};
static const cyaml_schema_value_t link_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_link_entry, link_fields)};

static const cyaml_schema_field_t topology_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_topology, name, 0,
                           255),
    CYAML_FIELD_SEQUENCE("nodes", CYAML_FLAG_POINTER, yaml_topology, nodes, &node_value, 1, 46340),
    CYAML_FIELD_SEQUENCE("links", CYAML_FLAG_POINTER, yaml_topology, links, &link_value, 0,
                         1 << 24),
    CYAML_FIELD_END};
static const cyaml_schema_value_t topology_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, yaml_topology, topology_fields)};

static lead_status add_nodes(const char *path, const yaml_topology *file, lead_topology *topology) {
    for (unsigned i = 0; i < file->nodes_count; i++) {
        const yaml_node_entry *entry = &file->nodes[i];
        char key[40];
        int index;
        snprintf(key, sizeof key, "nodes[%u]", i);
        lead_status status = lead_topology_add_node(topology, entry->name, &index);
        if (status != LEAD_OK)
            return lead_yaml_fail_within(path, key, status);
        if (!entry->longitude != !entry->latitude)
            return lead_yaml_fail(path, key, LEAD_FORMAT, "longitude and latitude go together");
        if (!entry->longitude)
            continue;
        status = lead_topology_place_node(topology, index, *entry->longitude, *entry->latitude);
        if (status != LEAD_OK)
            return lead_yaml_fail_within(path, key, status);
    }
    return LEAD_OK;
}

/* One entry's link without its line and key. */
static lead_status make_link(const yaml_link_entry *entry, double default_capacity,
                             const lead_topology *topology, lead_link *link) {
    *link = (lead_link){.source = lead_topology_find_node(topology, entry->from),
                        .destination = lead_topology_find_node(topology, entry->to),
                        .up = true};
    if (link->source < 0 || link->destination < 0)
        return lead_fail(LEAD_FORMAT, "node \"%s\" is not known",
                         link->source < 0 ? entry->from : entry->to);
    if (!entry->capacity && default_capacity <= 0)
        return lead_fail(LEAD_FORMAT,
                         "link %s-%s has no capacity (state one for such links: capacity: 10 "
                         "Gbit/s)",
                         entry->from, entry->to);
    if (entry->weight && !(*entry->weight > 0))
        return lead_fail(LEAD_FORMAT, "weight %g is not positive", *entry->weight);
    if (entry->risk_group > INT_MAX)
        return lead_fail(LEAD_FORMAT, "risk group %u is more than %d", entry->risk_group, INT_MAX);
    link->risk_group = (int)entry->risk_group;
    link->capacity = default_capacity;
    link->weight = entry->weight ? *entry->weight : 0;
    if (entry->capacity)
        LEAD_TRY(lead_quantity_parse(entry->capacity, LEAD_QUANTITY_RATE, &link->capacity));
    if (entry->delay)
        return lead_quantity_parse(entry->delay, LEAD_QUANTITY_TIME, &link->delay);
    link->delay = lead_delay_between(topology, link->source, link->destination);
    return LEAD_OK;
}

static lead_status add_link(const char *path, const char *key, const yaml_link_entry *entry,
                            double default_capacity, lead_topology *topology) {
    lead_link link, back;
    char place[400];
    LEAD_TRY(make_link(entry, default_capacity, topology, &link));
    snprintf(place, sizeof place, "%.350s: %s", path, key);
    if (lead_leaves_out(place, topology, &link))
        return LEAD_OK;
    back = link;
    back.source = link.destination;
    back.destination = link.source;
    LEAD_TRY(lead_check_parallel(topology, &link, entry->name));
    if (entry->both)
        LEAD_TRY(lead_check_parallel(topology, &back, entry->name));
    int before = lead_topology_link_count(topology);
    LEAD_TRY(lead_add_labelled(topology, link, entry->name));
    if (entry->both)
        LEAD_TRY(lead_add_labelled(topology, back, entry->name));
    return entry->probability ? lead_set_probabilities(topology, before, *entry->probability)
                              : LEAD_OK;
}

lead_status lead_topology_yaml_read(const char *path, const lead_topology_reading *reading,
                                    lead_topology **out) {
    yaml_topology *file = NULL;
    lead_topology *topology = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_yaml_read(path, &topology_value, &file));
    LEAD_TRY_FREE(lead_topology_alloc(&topology));
    LEAD_TRY_FREE(add_nodes(path, file, topology));
    for (unsigned i = 0; i < file->links_count; i++) {
        char key[40];
        snprintf(key, sizeof key, "links[%u]", i);
        status = add_link(path, key, &file->links[i], reading->capacity, topology);
        if (status != LEAD_OK) {
            status = lead_yaml_fail_within(path, key, status);
            goto fail;
        }
    }
    *out = topology;
    topology = NULL;
fail:
    lead_topology_free(topology);
    lead_yaml_free(&topology_value, file);
    return status;
}

lead_status lead_topology_yaml_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "nodes:\n");
    for (int i = 0; i < lead_topology_node_count(topology); i++) {
        double x, y;
        lead_topology_node_place(topology, i, &x, &y);
        lead_file_printf(writer, "  - { name: ");
        lead_yaml_print(writer, lead_topology_node_name(topology, i));
        if (isfinite(x) && isfinite(y))
            lead_file_printf(writer, ", longitude: %s, latitude: %s", LEAD_NUMBER(x),
                             LEAD_NUMBER(y));
        lead_file_printf(writer, " }\n");
    }
    lead_file_printf(writer, "links:%s\n", lead_topology_link_count(topology) ? "" : " []");
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        char text[160];
        const char *name = lead_parallel_name(topology, i, text);
        lead_file_printf(writer, "  - { from: ");
        lead_yaml_print(writer, lead_topology_node_name(topology, link->source));
        lead_file_printf(writer, ", to: ");
        lead_yaml_print(writer, lead_topology_node_name(topology, link->destination));
        if (*name) {
            lead_file_printf(writer, ", name: ");
            lead_yaml_print(writer, name);
        }
        lead_file_printf(writer, ", capacity: %s bit/s, delay: %s s", LEAD_NUMBER(link->capacity),
                         LEAD_NUMBER(link->delay));
        if (link->weight > 0)
            lead_file_printf(writer, ", weight: %s", LEAD_NUMBER(link->weight));
        if (link->risk_group > 0)
            lead_file_printf(writer, ", risk_group: %d", link->risk_group);
        if (lead_topology_link_probability(topology, i) > 0)
            lead_file_printf(writer, ", probability: %s",
                             LEAD_NUMBER(lead_topology_link_probability(topology, i)));
        lead_file_printf(writer, " }\n");
    }
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    return status;
}
