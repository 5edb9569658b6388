/* A routing that knows no demand and is near the best for the worst of them: the paths of Raecke's
 * trees with the trees' shares. */
#include "te/trees/raecke.h"
#include "te/types.h"
#include <stdlib.h>

enum { PATHS_MAX = LEAD_WAYS_MAX };

typedef struct oblivious {
    const lead_topology *topology;
    lead_te_options options;
    double *weights;
} oblivious;

static lead_status oblivious_alloc(void *state, const lead_topology *topology,
                                   const lead_te_options *options) {
    oblivious *self = state;
    *self = (oblivious){.topology = topology, .options = *options};
    LEAD_TRY(lead_calloc((size_t)lead_topology_link_count(topology), sizeof *self->weights,
                         &self->weights));
    lead_status status = lead_link_weights(topology, options->weight_rule, self->weights);
    if (status != LEAD_OK)
        free(self->weights);
    return status;
}

/* The paths of largest share, at most `most` a pair: the routing shares a pair among those it has.
 */
static lead_status set_paths(const lead_raecke *raecke, int n, int most, lead_routing *routing) {
    lead_path *paths = NULL;
    int *links = NULL, count;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(PATHS_MAX, sizeof *paths, &paths));
    LEAD_TRY_FREE(lead_calloc((size_t)PATHS_MAX * (size_t)n, sizeof *links, &links));
    for (int od = 0; od < n * n; od++) {
        if (od / n == od % n)
            continue;
        lead_raecke_pair(raecke, od / n, od % n, PATHS_MAX, paths, links, &count);
        if (count > 0)
            LEAD_TRY_FREE(lead_routing_set_paths(routing, od / n, od % n, paths,
                                                 count < most ? count : most));
    }
fail:
    free(paths);
    free(links);
    return status;
}

static lead_status oblivious_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    const oblivious *self = state;
    lead_raecke *raecke = NULL;
    lead_status status = LEAD_OK;
    double limit = self->options.time_limit,
           deadline = limit > 0 ? lead_clock_seconds() + limit : 0;
    (void)demand;
    LEAD_TRY_FREE(lead_raecke_alloc(self->topology, self->options.seed, deadline, &raecke));
    LEAD_TRY_FREE(lead_routing_from_weights(self->topology, self->weights, &plan->routing));
    LEAD_TRY_FREE(set_paths(raecke, lead_topology_node_count(self->topology),
                            self->options.paths > 0 ? self->options.paths : PATHS_MAX,
                            plan->routing));
    plan->evaluations = 1;
fail:
    lead_raecke_free(raecke);
    return status;
}

static void oblivious_free(void *state) {
    free(((oblivious *)state)->weights);
}

const lead_te_type lead_te_oblivious = {
    .name = "oblivious",
    .summary = "near the best routing for the worst demand (Raecke's trees)",
    .needs_demand = false,
    .size = sizeof(oblivious),
    .alloc = oblivious_alloc,
    .plan = oblivious_plan,
    .free = oblivious_free,
};
