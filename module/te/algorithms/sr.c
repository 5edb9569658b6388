/* Two-segment routing: every OD pair's traffic goes by ECMP to an intermediate node and on from
 * there, shared among few such nodes (Bhatia et al. 2015) or all by one (`method: search`).
 * Installed as explicit paths. */
#include "te/common/demand.h"
#include "te/sr/program.h"
#include "te/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct sr {
    const lead_topology *topology;
    lead_te_options options;
    double *tm, *weights;
} sr;

static void sr_free(void *state) {
    sr *self = state;
    free(self->tm);
    free(self->weights);
}

static lead_status sr_alloc(void *state, const lead_topology *topology,
                            const lead_te_options *options) {
    sr *self = state;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    *self = (sr){.topology = topology, .options = *options};
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->tm));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->weights));
    LEAD_TRY_FREE(lead_link_weights(topology, options->weight_rule, self->weights));
    return LEAD_OK;
fail:
    sr_free(self);
    return status;
}

static lead_status make_routing(const lead_segments *segments, const lead_sr_ways *ways,
                                lead_routing **out) {
    lead_routing *routing;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_routing_copy(segments->ecmp, &routing));
    for (int od = 0; ways->ways && od < segments->n * segments->n; od++)
        if (ways->first[od + 1] > ways->first[od])
            LEAD_TRY_FREE(lead_segments_set_paths(segments, od / segments->n, od % segments->n,
                                                  ways->ways + ways->first[od],
                                                  ways->first[od + 1] - ways->first[od], routing));
    *out = routing;
    return LEAD_OK;
fail:
    lead_routing_free(routing);
    return status;
}

static lead_status sr_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    sr *self = state;
    lead_segments segments;
    lead_sr_ways ways = {0};
    double limit = self->options.time_limit, begun = limit > 0 ? lead_clock_seconds() : 0;
    lead_status status = LEAD_OK;
    lead_te_mean_tm(demand, lead_topology_node_count(self->topology), self->tm);
    LEAD_TRY(lead_segments_alloc(self->topology, self->weights, &segments));
    if (limit > 0) /* what is left of it */
        limit = fmax(1e-6, begun + limit - lead_clock_seconds());
    LEAD_TRY_FREE(self->options.method == LEAD_TE_METHOD_SEARCH
                      ? lead_sr_search(&segments, self->tm, limit, self->options.evaluation_limit,
                                       self->options.seed, &ways)
                      : lead_sr_solve(&segments, self->tm, limit, &ways));
    LEAD_TRY_FREE(make_routing(&segments, &ways, &plan->routing));
    plan->evaluations = ways.evaluations;
fail:
    lead_sr_ways_free(&ways);
    lead_segments_free(&segments);
    return status;
}

const lead_te_type lead_te_sr = {
    .name = "sr",
    .summary = "two-segment routing, least MLU (linear program or local search)",
    .needs_demand = true,
    .size = sizeof(sr),
    .alloc = sr_alloc,
    .plan = sr_plan,
    .free = sr_free,
};
