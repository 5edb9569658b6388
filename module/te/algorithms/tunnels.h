/* What the algorithms over few paths of an OD pair have in common. */
#ifndef LEAD_TE_ALGORITHMS_TUNNELS_H
#define LEAD_TE_ALGORITHMS_TUNNELS_H

#include "te/paths/planner.h"

/* A lead_path_planner that knows all choices of paths, the oblivious routing's too. */
lead_status lead_tunnels_alloc(void *state, const lead_topology *topology,
                               const lead_te_options *options);

#endif
