/* Least MLU, Phi or both of all routings (te/mcf), or of all paths where failures are to be
 * survived (te/paths).
 *
 * Splits alone cannot be planned for failures by a linear program: what a node does with the
 * traffic of a failed link, by its other splits, is no linear function of them. Over paths it can,
 * and here over all there are. */
#include "te/common/demand.h"
#include "te/mcf/planner.h"
#include "te/paths/planner.h"
#include "te/types.h"
#include <stdlib.h>

/* Paths of a pair that a smooth plan may take: with so many the least MLU is missed by less than
 * the tolerance, as a rule. */
enum { SMOOTH_PATHS = 16 };

typedef struct mcf {
    bool survives, is_smooth, has_warned;
    const lead_topology *topology;
    lead_mcf_planner planner;
    lead_path_planner over_paths; /* plans in its place where failures are to be survived, or after
                                     it the smooth plan */
    double *mean, *loads;         /* [n*n], [m] */
} mcf;

static lead_status survivor_alloc(mcf *self, const lead_topology *topology,
                                  const lead_te_options *options) {
    lead_te_options own = {.survive = options->survive,
                           .time_limit = options->time_limit,
                           .gap = options->gap,
                           .weight_rule = LEAD_WEIGHTS_INVERSE_CAPACITY,
                           .path_choice = LEAD_TE_PATHS_DISJOINT,
                           .paths = 4};
    if (options->objective == LEAD_TE_OBJECTIVE_PHI ||
        options->objective == LEAD_TE_OBJECTIVE_MLU_PHI)
        return lead_fail(LEAD_INVALID, "mcf: survive is for the least MLU, not for Phi");
    LEAD_TRY(lead_path_planner_alloc(&self->over_paths, topology, &own));
    self->over_paths.generates = true;
    return LEAD_OK;
}

/* Not unless it is asked for: mcf is what the exact optimum, with its proof, is asked of. */
static bool is_smooth(const lead_te_options *options) {
    return (options->tie_break == LEAD_TE_TIE_BREAK_SMOOTH ||
            options->tie_break == LEAD_TE_TIE_BREAK_SPREAD) &&
           options->survive == LEAD_TE_SURVIVE_NOTHING &&
           options->objective != LEAD_TE_OBJECTIVE_PHI &&
           options->objective != LEAD_TE_OBJECTIVE_MLU_PHI;
}

static void mcf_free(void *state) {
    mcf *self = state;
    lead_mcf_planner_free(&self->planner);
    lead_path_planner_free(&self->over_paths);
    free(self->mean);
    free(self->loads);
    self->mean = self->loads = NULL;
}

/* Each of the two programs gets half of the time. */
static lead_status smooth_alloc(mcf *self, const lead_topology *topology,
                                const lead_te_options *options) {
    const size_t n = (size_t)lead_topology_node_count(topology);
    lead_te_options first = *options, own = {.time_limit = options->time_limit / 2,
                                             .weight_rule = LEAD_WEIGHTS_INVERSE_CAPACITY,
                                             .paths = SMOOTH_PATHS,
                                             .tie_break = options->tie_break};
    lead_status status = LEAD_OK;
    first.time_limit = options->time_limit / 2;
    LEAD_TRY_FREE(lead_mcf_planner_alloc(&self->planner, topology, &first));
    LEAD_TRY_FREE(lead_path_planner_alloc(&self->over_paths, topology, &own));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->mean));
    LEAD_TRY_FREE(
        lead_calloc((size_t)lead_topology_link_count(topology), sizeof(double), &self->loads));
    return LEAD_OK;
fail:
    mcf_free(self);
    return status;
}

static lead_status mcf_alloc(void *state, const lead_topology *topology,
                             const lead_te_options *options) {
    mcf *self = state;
    *self = (mcf){.survives = options->survive != LEAD_TE_SURVIVE_NOTHING,
                  .is_smooth = is_smooth(options),
                  .topology = topology};
    if (self->is_smooth)
        return smooth_alloc(self, topology, options);
    return self->survives ? survivor_alloc(self, topology, options)
                          : lead_mcf_planner_alloc(&self->planner, topology, options);
}

/* Puts the smooth plan in the place of the exact one if it is about as good. */
static lead_status take_smooth(mcf *self, const lead_te_demand *demand, lead_te_plan *smooth,
                               lead_te_plan *plan) {
    lead_te_mean_tm(demand, lead_topology_node_count(self->topology), self->mean);
    LEAD_TRY(lead_routing_loads(smooth->routing, self->mean, self->loads));
    const double mlu = lead_mlu(self->topology, self->loads);
    if (!smooth->smooth || mlu > plan->mlu * (1 + LEAD_SMOOTH_TOLERANCE)) {
        if (!self->has_warned)
            lead_log(
                LEAD_LOG_WARNING,
                "mcf: this plan is a vertex, not smooth: over %d paths a pair the MLU is %g, the "
                "least one %g; its splits may be quite others after a small change of the TM, or "
                "on another machine; said once",
                SMOOTH_PATHS, mlu, plan->mlu);
        self->has_warned = true;
        return LEAD_OK;
    }
    lead_routing *exact = plan->routing;
    plan->routing = smooth->routing;
    smooth->routing = exact;
    plan->optimal = plan->optimal && mlu <= plan->mlu * (1 + 1e-6);
    plan->mlu = mlu;
    plan->smooth = true;
    return LEAD_OK;
}

static lead_status smoothen(mcf *self, const lead_te_demand *demand, lead_te_plan *plan) {
    lead_te_plan smooth = {0};
    lead_status status = lead_path_planner_plan(&self->over_paths, demand, false, &smooth);
    if (status == LEAD_OK)
        status = take_smooth(self, demand, &smooth, plan);
    plan->evaluations += smooth.evaluations;
    lead_te_plan_clear(&smooth);
    return status;
}

static lead_status mcf_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    mcf *self = state;
    if (self->survives)
        return lead_path_planner_plan(&self->over_paths, demand, false, plan);
    LEAD_TRY(lead_mcf_planner_plan(&self->planner, demand, plan));
    return self->is_smooth ? smoothen(self, demand, plan) : LEAD_OK;
}

const lead_te_type lead_te_mcf = {
    .name = "mcf",
    .summary = "multicommodity flow of least MLU, Phi or both, exact or to within a proven gap",
    .needs_demand = true,
    .size = sizeof(mcf),
    .alloc = mcf_alloc,
    .plan = mcf_plan,
    .free = mcf_free,
};
