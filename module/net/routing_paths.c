/* The explicit paths of OD pairs. */
#include "base/expects.h"
#include "net/routing.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double smallest_share = 1e-9;

bool lead_routing_has_paths(const lead_routing *routing) {
    LEAD_EXPECTS(routing);
    return routing->pairs != NULL;
}

int lead_routing_paths(const lead_routing *routing, int source, int destination,
                       const lead_path **paths) {
    LEAD_EXPECTS(routing && paths);
    *paths = NULL;
    if (!routing->pairs)
        return 0;
    const lead_pair_paths *pair =
        &routing->pairs[source * lead_routing_node_count(routing) + destination];
    *paths = pair->paths;
    return pair->count;
}

static lead_status fail_path(const lead_topology *topology, int source, int destination, int path,
                             const char *what) {
    return lead_fail(LEAD_INVALID, "path %d from %s to %s %s", path,
                     lead_topology_node_name(topology, source),
                     lead_topology_node_name(topology, destination), what);
}

/* seen[n] holds the number of the last path that met a node. */
static lead_status check_path(const lead_topology *topology, int source, int destination,
                              const lead_path *path, int number, int *seen) {
    int at = source;
    if (!isfinite(path->share) || path->share < 0)
        return lead_fail(LEAD_NUMERIC, "path %d from %s to %s: share %g is not a fraction", number,
                         lead_topology_node_name(topology, source),
                         lead_topology_node_name(topology, destination), path->share);
    seen[at] = number + 1;
    for (int i = 0; i < path->length; i++) {
        int e = path->links[i];
        if (e < 0 || e >= lead_topology_link_count(topology) ||
            lead_topology_link(topology, e)->source != at)
            return fail_path(topology, source, destination, number, "is broken");
        at = lead_topology_link(topology, e)->destination;
        if (seen[at] == number + 1)
            return fail_path(topology, source, destination, number, "meets a node twice");
        seen[at] = number + 1;
    }
    return at == destination
               ? LEAD_OK
               : fail_path(topology, source, destination, number, "does not end there");
}

static lead_status check_paths(const lead_routing *routing, int source, int destination,
                               const lead_path *paths, int count) {
    int n = lead_routing_node_count(routing), *seen;
    double sum = 0;
    lead_status status = LEAD_OK;
    if (source < 0 || source >= n || destination < 0 || destination >= n || source == destination)
        return lead_fail(LEAD_INVALID, "%d to %d is no OD pair of %d nodes", source, destination,
                         n);
    LEAD_TRY(lead_calloc((size_t)n, sizeof *seen, &seen));
    for (int i = 0; i < count && status == LEAD_OK; i++) {
        status = check_path(routing->topology, source, destination, &paths[i], i, seen);
        sum += paths[i].share;
    }
    free(seen);
    if (status == LEAD_OK && count > 0 && sum <= 0)
        return fail_path(routing->topology, source, destination, 0, "and all others have no share");
    return status;
}

/* Copies the paths that have a share. */
static lead_status keep(const lead_path *paths, int count, lead_pair_paths *pair) {
    int links = 0, at = 0;
    double sum = 0;
    lead_status status = LEAD_OK;
    for (int i = 0; i < count; i++) {
        links += paths[i].length;
        sum += paths[i].share;
    }
    LEAD_TRY_FREE(lead_calloc((size_t)count, sizeof *pair->paths, &pair->paths));
    LEAD_TRY_FREE(lead_calloc((size_t)links, sizeof *pair->links, &pair->links));
    for (int i = 0; i < count; i++) {
        if (paths[i].share < smallest_share * sum)
            continue;
        memcpy(pair->links + at, paths[i].links, (size_t)paths[i].length * sizeof *pair->links);
        pair->paths[pair->count++] = (lead_path){paths[i].share, paths[i].length, pair->links + at};
        at += paths[i].length;
    }
    sum = 0;
    for (int i = 0; i < pair->count; i++)
        sum += pair->paths[i].share;
    for (int i = 0; i < pair->count; i++)
        pair->paths[i].share /= sum;
    return LEAD_OK;
fail:
    lead_pair_paths_clear(pair);
    return status;
}

lead_status lead_routing_set_paths(lead_routing *routing, int source, int destination,
                                   const lead_path *paths, int count) {
    LEAD_EXPECTS(routing);
    size_t n = (size_t)lead_routing_node_count(routing);
    lead_pair_paths made = {0};
    LEAD_TRY(check_paths(routing, source, destination, paths, count));
    if (!routing->pairs)
        LEAD_TRY(lead_calloc(n * n, sizeof *routing->pairs, &routing->pairs));
    if (count > 0)
        LEAD_TRY(keep(paths, count, &made));
    lead_pair_paths *pair = &routing->pairs[(size_t)source * n + (size_t)destination];
    lead_pair_paths_clear(pair);
    *pair = made;
    return LEAD_OK;
}
