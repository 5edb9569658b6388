#include "te/algorithms/tunnels.h"
#include "base/expects.h"
#include "te/trees/routes.h"
#include "te/types.h"

/* Paths that were given are of this network, and the only choice. */
static lead_status check_given(const lead_topology *topology, const lead_te_options *options) {
    const int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    if (options->path_choice != LEAD_TE_PATHS_SHORTEST)
        return lead_fail(LEAD_INVALID, "tunnels are the paths: leave path_choice out");
    if (lead_routing_node_count(options->tunnels) == n &&
        lead_routing_link_count(options->tunnels) == m)
        return LEAD_OK;
    return lead_fail(
        LEAD_INVALID, "tunnels of %d nodes and %d links, where the network has %d and %d",
        lead_routing_node_count(options->tunnels), lead_routing_link_count(options->tunnels), n, m);
}

lead_status lead_tunnels_alloc(void *state, const lead_topology *topology,
                               const lead_te_options *options) {
    lead_path_planner *planner = state;
    if (options->tunnels)
        LEAD_TRY(check_given(topology, options));
    LEAD_TRY(lead_path_planner_alloc(planner, topology, options));
    planner->oblivious = lead_oblivious_paths;
    planner->given = options->tunnels;
    if (planner->given && options->paths == 0)
        planner->options.paths = LEAD_WAYS_MAX;
    return LEAD_OK;
}

lead_status lead_te_paths_of(const lead_topology *topology, const lead_te_options *options,
                             lead_routing **out) {
    LEAD_EXPECTS(topology && options && out);
    lead_path_planner planner = {0};
    LEAD_TRY(lead_te_check(&lead_te_paths, options));
    LEAD_TRY(lead_tunnels_alloc(&planner, topology, options));
    lead_status status = lead_path_planner_paths(&planner, out);
    lead_path_planner_free(&planner);
    return status;
}
