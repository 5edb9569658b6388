/* What an epoch that was not expected is put down to: the shortest description (MDL). */
#ifndef LEAD_DETECT_EXPLAIN_H
#define LEAD_DETECT_EXPLAIN_H

#include "detect/scoring.h"

/* Sets cause, node, link, pairs, size and explained of *out, and *gain: how much better the epoch
 * is described by it than by no cause, in nats. `routing` NULL: no cause is a link. LEAD_MEMORY.
 * O(n^2 (n + m)). */
lead_status lead_explain(const lead_scoring *scoring, const lead_routing *routing,
                         lead_anomaly *out, double *gain);

#endif
