/* From a flow for one destination to split ratios. */
#ifndef LEAD_TE_COMMON_FLOW_TO_SPLITS_H
#define LEAD_TE_COMMON_FLOW_TO_SPLITS_H

#include <lead/net.h>

/* Turns flow[m] >= 0 (for `destination` on each link, in any unit; changed: flow that runs in
 * circles or ends elsewhere is taken out) into splits[m]. Nodes without flow take the shortest path
 * under weights[m] as far as a node with flow or the destination. O(m (n + m)) for the circles, as
 * a rule O(m). */
lead_status lead_te_flow_to_splits(const lead_topology *topology, const double *weights,
                                   int destination, double *flow, double *splits);

#endif
