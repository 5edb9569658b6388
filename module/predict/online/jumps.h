/* By what factor OD pairs changed together from one TM to the next. */
#ifndef LEAD_PREDICT_ONLINE_JUMPS_H
#define LEAD_PREDICT_ONLINE_JUMPS_H

#include <lead/net.h>

/* What was worked out for the last TMs, so that each is looked at once. */
typedef struct lead_jumps lead_jumps;

/* Keeps up to `rooms` TMs of n nodes, `step` s apart. O(rooms n) memory. */
lead_status lead_jumps_alloc(int node_count, int64_t step, int rooms, lead_jumps **out);
void lead_jumps_free(lead_jumps *self);

/* [1 + n] logarithms, borrowed until the next call: of the factor between the TM of that row and
 * the one before it, over all pairs, and over the pairs of each node as source or destination,
 * there without what all pairs have. A factor is the weighted median of the pairs' own; a pair
 * weighs the fourth root of the product of both its rates (the root of their geometric mean), so
 * that neither the largest pair decides alone nor the many smallest. The TM before is the last one,
 * at most 4 steps back, that has traffic and is no copy of its predecessor. NAN where there is
 * none; 0 where the TM itself has no traffic, and where fewer than half of the pairs that have
 * traffic in one of the two have it in both. O(n^2 + 3200 n) for a TM that is new, else O(n^2). */
const double *lead_jumps_of(lead_jumps *self, const lead_tm_series *history, int row);

/* The same of any two TMs with traffic, rows of the history; all 0 where too few pairs have it in
 * both. O(n^2 + 3200 n). */
const double *lead_jumps_between(lead_jumps *self, const lead_tm_series *history, int before,
                                 int row);

#endif
