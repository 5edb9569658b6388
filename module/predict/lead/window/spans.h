/* spans: mean TMs over spans of the past, and their quadratic means: what a window knows of longer
 * times than its frames. The twin of models/lead/spans.py. */
#ifndef LEAD_PREDICT_LEAD_WINDOW_SPANS_H
#define LEAD_PREDICT_LEAD_WINDOW_SPANS_H

#include "predict/lead/checkpoint/manifest.h"

#include <lead/net.h>

typedef struct lead_span {
    int from, until; /* steps before the newest TM, the end left out */
    int power;       /* 1: the mean; 2: the quadratic mean */
} lead_span;

/* The spans of a rule for TMs `step` seconds apart, spans[*count]: for every day the blocks of the
 * targets' times of day and the one before them, then the levels, then the bursts. To be freed. */
lead_status lead_spans_of(const lead_span_rule *rule, int64_t step, int horizon, lead_span **spans,
                          int *count);

/* The mean of the powers of the TMs that lie span->from..until - 1 steps of `step` seconds before
 * history's `now`, to 1 / power: out[n * n] in bit/s, in the history's order of nodes, 0 where
 * there is none. Returns how many are there. O(length of the span n * n). */
int lead_span_read(const lead_span *span, const lead_tm_series *history, int now, int64_t step,
                   double *out);

#endif
