/* A routing as CSV: explicit paths of OD pairs, and splits where a node's traffic for a destination
 * leaves it. Links by their index in the topology too, since parallel ones have the same ends. */
#include "formats/text.h"

static const char header[] = "kind,source,destination,share,path,links";

static void write_path(lead_file_writer *writer, const lead_topology *topology,
                       const lead_path *path) {
    for (int i = 0; i < path->length; i++) {
        const int node = lead_topology_link(topology, path->links[i])->destination;
        lead_file_printf(writer, ">%s", lead_topology_node_name(topology, node));
    }
    for (int i = 0; i < path->length; i++)
        lead_file_printf(writer, "%c%d", i ? ' ' : ',', path->links[i]);
    lead_file_printf(writer, "\n");
}

static void write_row(lead_file_writer *writer, const lead_topology *topology, const char *kind,
                      int source, int destination, const lead_path *path) {
    const char *from = lead_topology_node_name(topology, source),
               *to = lead_topology_node_name(topology, destination);
    if (path->share <= 0)
        return;
    lead_file_printf(writer, "%s,%s,%s,%.17g,%s", kind, from, to, path->share, from);
    write_path(writer, topology, path);
}

static void write_pair(lead_file_writer *writer, const lead_topology *topology,
                       const lead_routing *routing, int source, int destination) {
    const lead_path *paths;
    int count = lead_routing_paths(routing, source, destination, &paths);
    for (int i = 0; i < count; i++)
        write_row(writer, topology, "path", source, destination, &paths[i]);
}

static void write_splits(lead_file_writer *writer, const lead_topology *topology,
                         const lead_routing *routing, int source, int destination) {
    const double *splits = lead_routing_splits(routing, destination);
    int count;
    const int *links = lead_topology_links_out(topology, source, &count);
    for (int i = 0; i < count && source != destination; i++)
        write_row(writer, topology, "split", source, destination,
                  &(lead_path){splits[links[i]], 1, &links[i]});
}

lead_status lead_routing_write(const lead_routing *routing, const lead_topology *topology,
                               const char *path) {
    const int n = lead_topology_node_count(topology);
    lead_file_writer *writer = NULL;
    for (int v = 0; v < n; v++)
        LEAD_TRY(lead_csv_check_name(path, lead_topology_node_name(topology, v), ">"));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s\n", header);
    for (int od = 0; od < n * n; od++)
        write_pair(writer, topology, routing, od / n, od % n);
    for (int od = 0; od < n * n; od++)
        write_splits(writer, topology, routing, od / n, od % n);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
