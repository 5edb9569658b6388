/* More paths for a set, where those that it has leave something to be wished for. */
#ifndef LEAD_TE_PATHS_PROGRAM_GENERATION_H
#define LEAD_TE_PATHS_PROGRAM_GENERATION_H

#include "te/paths/program/program.h"

/* Gives every pair of the set, for every failure that takes all its paths, the shortest path under
 * weights[m] > 0 without that failure, where there is one. O(pairs failures (n + paths)) and a
 * search of shortest paths for each that is added. */
lead_status lead_path_set_protect(const lead_topology *topology, const double *weights,
                                  const lead_failures *failures, lead_path_set *set);

/* Column generation (Ford and Fulkerson 1958): `more` receives the set with, for every pair, the
 * path that betters the program of tm[n*n] most under its prices, found by shortest paths, where
 * any does by more than `least_gain` of the program's units. *gain: the sum of what they would
 * better it by at most, so (with failures of single cables) a bound on how far the plan is from the
 * optimum. O(pairs m log n). */
lead_status lead_path_set_extend(const lead_topology *topology, const double *tm,
                                 const lead_failures *failures, const lead_path_prices *prices,
                                 double least_gain, const lead_path_set *set, lead_path_set *more,
                                 double *gain);

#endif
