/* A routing as CSV: explicit paths of OD pairs, and splits where a node's traffic for a destination
 * leaves it. Links by their index in the topology too, since parallel ones have the same ends. */
#include "formats/traffic/routing_csv.h"
#include "base/expects.h"
#include "formats/text/decimal.h"
#include <stdlib.h>
#include <string.h>

/* "A>B>C" in a new string. */
static lead_status path_text(const lead_topology *topology, const char *from, const lead_path *path,
                             char **out) {
    size_t room = strlen(from) + 1, used;
    for (int i = 0; i < path->length; i++)
        room += 1 + strlen(lead_topology_node_name(
                        topology, lead_topology_link(topology, path->links[i])->destination));
    LEAD_TRY(lead_calloc(room, 1, out));
    used = (size_t)snprintf(*out, room, "%s", from);
    for (int i = 0; i < path->length; i++) {
        const int node = lead_topology_link(topology, path->links[i])->destination;
        used += (size_t)snprintf(*out + used, room - used, ">%s",
                                 lead_topology_node_name(topology, node));
    }
    return LEAD_OK;
}

static lead_status write_row(lead_file_writer *writer, const lead_topology *topology,
                             const char *kind, int source, int destination, const lead_path *path) {
    const char *from = lead_topology_node_name(topology, source),
               *to = lead_topology_node_name(topology, destination);
    char *text;
    if (path->share <= 0)
        return LEAD_OK;
    LEAD_TRY(path_text(topology, from, path, &text));
    lead_file_printf(writer, "%s,", kind);
    lead_csv_print(writer, from);
    lead_file_printf(writer, ",");
    lead_csv_print(writer, to);
    lead_file_printf(writer, ",%s,", LEAD_NUMBER(path->share));
    lead_csv_print(writer, text);
    for (int i = 0; i < path->length; i++)
        lead_file_printf(writer, "%c%d", i ? ' ' : ',', path->links[i]);
    lead_file_printf(writer, "\n");
    free(text);
    return LEAD_OK;
}

static lead_status write_pair(lead_file_writer *writer, const lead_topology *topology,
                              const lead_routing *routing, int source, int destination) {
    const lead_path *paths;
    int count = lead_routing_paths(routing, source, destination, &paths);
    for (int i = 0; i < count; i++)
        LEAD_TRY(write_row(writer, topology, "path", source, destination, &paths[i]));
    return LEAD_OK;
}

static lead_status write_splits(lead_file_writer *writer, const lead_topology *topology,
                                const lead_routing *routing, int source, int destination) {
    const double *splits = lead_routing_splits(routing, destination);
    int count;
    const int *links = lead_topology_links_out(topology, source, &count);
    for (int i = 0; i < count && source != destination; i++)
        LEAD_TRY(write_row(writer, topology, "split", source, destination,
                           &(lead_path){splits[links[i]], 1, &links[i]}));
    return LEAD_OK;
}

lead_status lead_routing_check_names(const lead_topology *topology, const char *path) {
    for (int v = 0; v < lead_topology_node_count(topology); v++)
        LEAD_TRY(lead_csv_check_name(path, lead_topology_node_name(topology, v), ">"));
    return LEAD_OK;
}

lead_status lead_routing_print(lead_file_writer *writer, const lead_routing *routing,
                               const lead_topology *topology) {
    const int n = lead_topology_node_count(topology);
    for (int od = 0; od < n * n; od++)
        LEAD_TRY(write_pair(writer, topology, routing, od / n, od % n));
    for (int od = 0; od < n * n; od++)
        LEAD_TRY(write_splits(writer, topology, routing, od / n, od % n));
    return LEAD_OK;
}

lead_status lead_routing_write(const lead_routing *routing, const lead_topology *topology,
                               const char *path) {
    LEAD_EXPECTS(routing && topology && path);
    lead_file_writer *writer;
    LEAD_TRY(lead_routing_check_names(topology, path));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s\n", LEAD_ROUTING_HEADER);
    lead_status status = lead_routing_print(writer, routing, topology);
    if (status == LEAD_OK)
        status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
