/* Paths of OD pairs that somebody else chose. */
#include "te/paths/candidates.h"
#include "te/paths/finder.h"
#include <math.h>
#include <stdlib.h>

static bool is_whole(const lead_topology *topology, const lead_path *path) {
    for (int i = 0; i < path->length; i++)
        if (!lead_topology_link(topology, path->links[i])->up)
            return false;
    return true;
}

/* Adds those of a pair; how many they are. */
static lead_status add_given(const lead_topology *topology, const lead_routing *given, int source,
                             int destination, int most, lead_path_set *set, int *added) {
    const lead_path *paths;
    const int count = lead_routing_paths(given, source, destination, &paths);
    *added = 0;
    for (int i = 0; i < count && *added < most; i++) {
        if (!is_whole(topology, &paths[i]))
            continue;
        LEAD_TRY(lead_path_set_add(set, paths[i].links, paths[i].length));
        (*added)++;
    }
    return LEAD_OK;
}

static lead_status add_shortest(const lead_path_finder *finder, int source, int destination,
                                lead_path_set *set, int *without) {
    LEAD_TRY(lead_distances_to(finder->topology, finder->weights, destination, finder->distance));
    if (!isfinite(finder->distance[source]))
        return LEAD_OK;
    (*without)++;
    return lead_k_shortest(finder, source, destination, set);
}

lead_status lead_path_set_given(const lead_topology *topology, const double *weights,
                                const double *wanted, const lead_routing *given, int count,
                                lead_path_set *set, int *without) {
    const int n = lead_topology_node_count(topology);
    lead_path_finder finder = {topology, weights, 1, NULL};
    lead_status status = LEAD_OK;
    *without = 0;
    LEAD_TRY_FREE(lead_path_set_begin(n * n, set));
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof(double), &finder.distance));
    for (int od = 0; od < n * n; od++) {
        int added = 0;
        if (od / n != od % n && wanted[od] > 0) {
            LEAD_TRY_FREE(add_given(topology, given, od / n, od % n, count, set, &added));
            if (added == 0)
                LEAD_TRY_FREE(add_shortest(&finder, od / n, od % n, set, without));
        }
        lead_path_set_close(set, od);
    }
fail:
    free(finder.distance);
    if (status != LEAD_OK)
        lead_path_set_free(set);
    return status;
}
