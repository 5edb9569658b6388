/* One plan over paths for all samples of a forecast: least expectation or conditional value at risk
 * of the MLU (Rockafellar and Uryasev 2000), with a price or a bound on what moves. `plan_for:
 * mean` is the nominal plan. */
#include "te/algorithms/tunnels.h"
#include "te/types.h"

static lead_status robust_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    lead_path_planner *self = state;
    return lead_path_planner_plan(self, demand,
                                  lead_te_plans_for_samples(&lead_te_robust, &self->options), plan);
}

const lead_te_type lead_te_robust = {
    .name = "robust",
    .summary = "least mean or CVaR of the MLU over the samples, shares of paths (linear program)",
    .needs_demand = true,
    .plans_for_samples = true,
    .size = sizeof(lead_path_planner),
    .alloc = lead_tunnels_alloc,
    .plan = robust_plan,
    .free = lead_path_planner_free,
};
