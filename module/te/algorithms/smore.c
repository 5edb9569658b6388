/* SMORE (Kumar, Yuan, Yu, Foster, Kleinberg, Lapukhov, Lim and Soule 2018): the oblivious routing's
 * paths of largest share, their rates by a linear program. */
#include "te/algorithms/tunnels.h"
#include "te/types.h"

static lead_status smore_alloc(void *state, const lead_topology *topology,
                               const lead_te_options *options) {
    lead_te_options own = *options;
    own.path_choice = LEAD_TE_PATHS_OBLIVIOUS;
    own.tunnels = NULL;
    return lead_tunnels_alloc(state, topology, &own);
}

static lead_status smore_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    return lead_path_planner_plan(state, demand, false, plan);
}

const lead_te_type lead_te_smore = {
    .name = "smore",
    .summary = "least MLU over shares of an oblivious routing's paths (linear program)",
    .needs_demand = true,
    .size = sizeof(lead_path_planner),
    .alloc = smore_alloc,
    .plan = smore_plan,
    .free = lead_path_planner_free,
};
