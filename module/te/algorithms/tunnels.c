#include "te/algorithms/tunnels.h"
#include "te/trees/routes.h"

lead_status lead_tunnels_alloc(void *state, const lead_topology *topology,
                               const lead_te_options *options) {
    lead_path_planner *planner = state;
    LEAD_TRY(lead_path_planner_alloc(planner, topology, options));
    planner->oblivious = lead_oblivious_paths;
    return LEAD_OK;
}
