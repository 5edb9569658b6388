/* The paths of an oblivious routing as a set. */
#include "te/trees/routes.h"
#include "te/trees/raecke.h"
#include <stdlib.h>

static lead_status take_largest(const lead_raecke *raecke, const double *wanted, int n, int count,
                                lead_path_set *set) {
    enum { ROOM = LEAD_WAYS_MAX };
    lead_path *paths = NULL;
    int *links = NULL, found;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(ROOM, sizeof *paths, &paths));
    LEAD_TRY_FREE(lead_calloc((size_t)ROOM * (size_t)n, sizeof *links, &links));
    for (int od = 0; od < n * n; od++) {
        found = 0;
        if (od / n != od % n && wanted[od] > 0)
            lead_raecke_pair(raecke, od / n, od % n, ROOM, paths, links, &found);
        for (int i = 0; i < found && i < count; i++)
            LEAD_TRY_FREE(lead_path_set_add(set, paths[i].links, paths[i].length));
        lead_path_set_close(set, od);
    }
fail:
    free(paths);
    free(links);
    return status;
}

lead_status lead_oblivious_paths(const lead_topology *topology, const double *wanted, int count,
                                 uint64_t seed, double deadline, lead_path_set *set) {
    int n = lead_topology_node_count(topology);
    lead_raecke *raecke = NULL;
    LEAD_TRY(lead_path_set_begin(n * n, set));
    lead_status status = lead_raecke_alloc(topology, seed, deadline, &raecke);
    if (status == LEAD_OK)
        status = take_largest(raecke, wanted, n, count, set);
    lead_raecke_free(raecke);
    if (status != LEAD_OK)
        lead_path_set_free(set);
    return status;
}
