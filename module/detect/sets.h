/* Sets of pairs that stand out together, and what an epoch that was not expected is put down to:
 * the set with the shortest description (MDL).
 *
 * A set says whose demands were other ones than forecast, all by one factor. What it is worth is
 * how much likelier that makes the errors of its pairs, which have the tails that were learnt; what
 * it costs is its description: the log of the number of such sets, and something for the factor.
 * Where pairs are named one by one, each is a set. */
#ifndef LEAD_DETECT_SETS_H
#define LEAD_DETECT_SETS_H

#include "detect/scoring.h"

/* The worth less the cost, in nats, of the pair that stands out most, of the best set of a node,
 * and of all pairs. There is a judged pair. O(n^2). */
void lead_sets_scan(lead_scoring *scoring, double gains[LEAD_KINDS]);
/* Sets cause, node, link, pairs, size and explained of *out, and *gain: worth less cost. `routing`
 * NULL: no cause is a link. LEAD_MEMORY. O(n^2 (n + m)). */
lead_status lead_sets_explain(lead_scoring *scoring, const lead_routing *routing, lead_anomaly *out,
                              double *gain);

#endif
