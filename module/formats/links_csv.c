/* Links as CSV: one directed link a row, src,dst,capacity_kbps[,igp_weight[,delay_s[,risk_group]]].
 */
#include "formats/text.h"
#include <limits.h>
#include <math.h>
#include <string.h>

static const char header[] = "src,dst,capacity_kbps,igp_weight,delay_s,risk_group";

static int node_of(lead_topology *topology, const char *name, lead_status *status) {
    int node = lead_topology_find_node(topology, name);
    if (node < 0 && *status == LEAD_OK)
        *status = lead_topology_add_node(topology, name, &node);
    return node;
}

/* A field that must be a number; `fallback` where the row leaves it empty or ends before it. */
static lead_status number_field(const lead_lines *lines, char **rest, const char *what,
                                double fallback, double *value) {
    char *field = lead_field_next(rest, ',');
    *value = fallback;
    if (!field || !*field)
        return LEAD_OK;
    if (!lead_number_parse(field, value))
        return lead_lines_fail(lines, LEAD_FORMAT, "%s \"%.40s\" is not a number", what, field);
    return LEAD_OK;
}

static lead_status read_link(const lead_lines *lines, char *text, double default_capacity,
                             lead_topology *topology) {
    char *rest = text, *from = lead_field_next(&rest, ','), *to = lead_field_next(&rest, ',');
    lead_link link = {.up = true};
    double group;
    lead_status status = LEAD_OK;
    if (!from || !to || !*from || !*to)
        return lead_lines_fail(lines, LEAD_FORMAT, "a link needs src,dst,capacity_kbps");
    LEAD_TRY(number_field(lines, &rest, "capacity", default_capacity / 1e3, &link.capacity));
    LEAD_TRY(number_field(lines, &rest, "weight", 0, &link.weight));
    LEAD_TRY(number_field(lines, &rest, "delay", 0, &link.delay));
    LEAD_TRY(number_field(lines, &rest, "risk group", 0, &group));
    if (!(group >= 0 && group <= INT_MAX && group == floor(group)))
        return lead_lines_fail(lines, LEAD_FORMAT, "risk group %g is not a whole number from 1 on",
                               group);
    link.risk_group = (int)group;
    if (link.capacity == 0)
        return lead_lines_fail(lines, LEAD_FORMAT, "link %s-%s has no capacity", from, to);
    if (rest)
        return lead_lines_fail(lines, LEAD_FORMAT, "more fields than %s", header);
    link.capacity *= 1e3;
    link.source = node_of(topology, from, &status);
    link.destination = node_of(topology, to, &status);
    if (status == LEAD_OK && lead_topology_find_link(topology, link.source, link.destination) >= 0)
        return lead_lines_fail(lines, LEAD_FORMAT, "link %s-%s is there twice", from, to);
    if (status == LEAD_OK)
        status = lead_topology_add_link(topology, link, NULL);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(lines, status);
}

lead_status lead_links_csv_read(const char *path, double default_capacity, lead_topology **out) {
    lead_lines *lines = NULL;
    lead_topology *topology = NULL;
    char *text;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_lines_alloc(path, &lines));
    LEAD_TRY_FREE(lead_topology_alloc(&topology));
    LEAD_TRY_FREE(lead_lines_next(lines, &text));
    if (!text || strncmp(text, "src,dst,capacity_kbps", 21) != 0 ||
        strncmp(header, text, strlen(text)) != 0) {
        status = lead_lines_fail(lines, LEAD_FORMAT,
                                 "the first line is not src,dst,capacity_kbps[,igp_weight[,delay_s"
                                 "[,risk_group]]]");
        goto fail;
    }
    for (;;) {
        LEAD_TRY_FREE(lead_lines_next(lines, &text));
        if (!text)
            break;
        if (*text)
            LEAD_TRY_FREE(read_link(lines, text, default_capacity, topology));
    }
    *out = topology;
    topology = NULL;
fail:
    lead_topology_free(topology);
    lead_lines_free(lines);
    return status;
}

/* The format knows nodes by their links alone. */
static lead_status check_node(const lead_topology *topology, int node, const char *path) {
    const char *name = lead_topology_node_name(topology, node);
    int out, in;
    lead_topology_links_out(topology, node, &out);
    lead_topology_links_in(topology, node, &in);
    if (out + in == 0)
        return lead_fail(LEAD_UNAVAILABLE, "%s: node \"%s\" has no link and would be lost", path,
                         name);
    return lead_csv_check_name(path, name, "");
}

lead_status lead_links_csv_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        LEAD_TRY(check_node(topology, i, path));
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s\n", header);
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        lead_file_printf(writer, "%s,%s,%.17g,", lead_topology_node_name(topology, link->source),
                         lead_topology_node_name(topology, link->destination),
                         link->capacity / 1e3);
        if (link->weight > 0)
            lead_file_printf(writer, "%.17g", link->weight);
        lead_file_printf(writer, ",%.17g,", link->delay);
        if (link->risk_group > 0)
            lead_file_printf(writer, "%d", link->risk_group);
        lead_file_printf(writer, "\n");
    }
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    return status;
}
