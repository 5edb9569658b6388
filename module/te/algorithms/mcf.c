/* Least MLU, Phi or both of all routings (te/mcf), or of all paths where failures are to be
 * survived (te/paths).
 *
 * Splits alone cannot be planned for failures by a linear program: what a node does with the
 * traffic of a failed link, by its other splits, is no linear function of them. Over paths it can,
 * and here over all there are. */
#include "te/mcf/planner.h"
#include "te/paths/planner.h"
#include "te/types.h"

typedef struct mcf {
    bool survives;
    lead_mcf_planner planner;
    lead_path_planner survivor; /* plans in its place where failures are to be survived */
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
    LEAD_TRY(lead_path_planner_alloc(&self->survivor, topology, &own));
    self->survivor.generates = true;
    return LEAD_OK;
}

static lead_status mcf_alloc(void *state, const lead_topology *topology,
                             const lead_te_options *options) {
    mcf *self = state;
    *self = (mcf){.survives = options->survive != LEAD_TE_SURVIVE_NOTHING};
    return self->survives ? survivor_alloc(self, topology, options)
                          : lead_mcf_planner_alloc(&self->planner, topology, options);
}

static lead_status mcf_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    mcf *self = state;
    return self->survives ? lead_path_planner_plan(&self->survivor, demand, false, plan)
                          : lead_mcf_planner_plan(&self->planner, demand, plan);
}

static void mcf_free(void *state) {
    mcf *self = state;
    lead_mcf_planner_free(&self->planner);
    lead_path_planner_free(&self->survivor);
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
