/* Where traffic goes as long as nothing fails, within what is reserved for failures. */
#ifndef LEAD_TE_PATHS_PROGRAM_SETTLE_H
#define LEAD_TE_PATHS_PROGRAM_SETTLE_H

#include "te/common/path_set.h"

/* reserve[path_count] of a program with failures to survive (path_program.h); share[path_count]
 * receives shares that sum to 1 and, renormalised over the paths that any failure leaves, never
 * exceed reserve. This holds for reserve in proportion and for a path that has all of its pair
 * reserved, so for every mixture of these; pair by pair the one is taken that lowers the sum of the
 * links' utilisations of tm[n*n] to the 16th power most, until none does. O(passes * paths^2 of
 * pairs * length). */
lead_status lead_path_settle(const lead_topology *topology, const lead_path_set *set,
                             const double *tm, const double *reserve, double *share);

#endif
