/* Least MLU of the mean TM over shares of few paths of every OD pair, as tunnel-based TE has it
 * (B4, Jain et al. 2013; SWAN, Hong et al. 2013); with a cap on each share no pair hangs on one
 * path (hedging), and when a path fails its traffic goes to the pair's others in proportion. */
#include "te/algorithms/tunnels.h"
#include "te/types.h"

static lead_status paths_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    return lead_path_planner_plan(state, demand, false, plan);
}

const lead_te_type lead_te_paths = {
    .name = "paths",
    .summary = "least MLU over shares of few paths an OD pair (linear program)",
    .needs_demand = true,
    .size = sizeof(lead_path_planner),
    .alloc = lead_tunnels_alloc,
    .plan = paths_plan,
    .free = lead_path_planner_free,
};
