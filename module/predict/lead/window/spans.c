/* spans: see spans.h. */
#include "predict/lead/window/spans.h"

#include <math.h>
#include <string.h>

#define DAY 86400
#define HOUR 3600

static int larger(int64_t a, int64_t b) {
    return (int)(a > b ? a : b);
}

static void add_hours(const lead_list *hours, int power, int64_t step, lead_span *spans,
                      int *count) {
    for (int i = 0; i < hours->count; i++)
        spans[(*count)++] = (lead_span){0, larger(hours->values[i] * HOUR / step, 1), power};
}

lead_status lead_spans_of(const lead_span_rule *rule, int64_t step, int horizon, lead_span **spans,
                          int *count) {
    const int blocks = (horizon + rule->block - 1) / rule->block + 1;
    const int most = rule->days.count * blocks + rule->levels.count + rule->bursts.count;
    *count = 0;
    LEAD_TRY(lead_calloc((size_t)most, sizeof **spans, spans));
    for (int i = 0; i < rule->days.count; i++)
        for (int block = 0; block < blocks; block++) {
            const int64_t last = (int64_t)rule->days.values[i] * DAY / step - block * rule->block;
            (*spans)[(*count)++] = (lead_span){larger(last, 0), larger(last + rule->block, 1), 1};
        }
    add_hours(&rule->levels, 1, step, *spans, count);
    add_hours(&rule->bursts, 2, step, *spans, count);
    return LEAD_OK;
}

static void add(const double *tm, int power, double *sum, size_t count) {
    for (size_t i = 0; i < count; i++)
        sum[i] += power == 1 ? tm[i] : tm[i] * tm[i];
}

int lead_span_read(const lead_span *span, const lead_tm_series *history, int now, int64_t step,
                   double *out) {
    const size_t n = (size_t)lead_tm_series_node_count(history), p = n * n;
    const int64_t time = lead_tm_series_time(history, now);
    int present = 0;
    memset(out, 0, p * sizeof *out);
    for (int lag = span->from; lag < span->until; lag++) {
        const int row = lead_tm_series_find(history, time - lag * step);
        if (row < 0)
            continue;
        add(lead_tm_series_tm(history, row), span->power, out, p);
        present++;
    }
    for (size_t i = 0; present > 0 && i < p; i++) {
        out[i] /= present;
        out[i] = span->power == 1 ? out[i] : sqrt(out[i]);
    }
    return present;
}
