/* The paths of an oblivious routing as a set. */
#ifndef LEAD_TE_TREES_ROUTES_H
#define LEAD_TE_TREES_ROUTES_H

#include "te/common/path_set.h"

/* For every OD pair with wanted[od] > 0 the `count` paths of largest share of an oblivious routing
 * (raecke.h), in that order. A lead_path_source. */
lead_status lead_oblivious_paths(const lead_topology *topology, const double *wanted, int count,
                                 uint64_t seed, double deadline, lead_path_set *set);

#endif
