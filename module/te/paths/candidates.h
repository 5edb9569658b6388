/* Which paths OD pairs may take, by length. */
#ifndef LEAD_TE_PATHS_CANDIDATES_H
#define LEAD_TE_PATHS_CANDIDATES_H

#include "te/common/path_set.h"

/* Up to `count` paths without loops over links that are up, for every OD pair with wanted[od] > 0:
 * the shortest under weights[m] > 0 (Yen 1971 with Lawler's (1972) deviations, spurs found by A*
 * with exact distances), or `count` that share no link of least total length (successive shortest
 * augmenting paths, Suurballe 1974). Ties go to the lower link index.
 * Past the deadline (of lead_clock_seconds(); 0: none) a pair gets one path.
 * O(pairs count n m) at worst, mostly far less; memory is the paths' own. */
lead_status lead_path_set_alloc(const lead_topology *topology, const double *weights,
                                const double *wanted, int count, lead_te_path_choice choice,
                                double deadline, lead_path_set *set);

/* The first `count` paths of `given` whose links are up, for every OD pair with wanted[od] > 0; the
 * shortest path under weights[m] for those that have none: *without of them. Pairs that no path
 * joins get none. O(total length + pairs without m log n). */
lead_status lead_path_set_given(const lead_topology *topology, const double *weights,
                                const double *wanted, const lead_routing *given, int count,
                                lead_path_set *set, int *without);

#endif
