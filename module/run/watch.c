/* watch: see watch.h. */
#include "run/watch.h"
#include "base/array.h"
#include <math.h>
#include <stdlib.h>

lead_status lead_watch_alloc(const lead_timeline *timeline, int node_count, lead_recorder *recorder,
                             lead_watch *out) {
    size_t n = (size_t)node_count;
    *out = (lead_watch){.timeline = timeline, .recorder = recorder, .n = node_count};
    LEAD_TRY(lead_calloc(n * n, sizeof *out->pairs, &out->pairs));
    out->count = lead_timeline_burst_pairs(timeline, out->pairs);
    if (out->count == 0)
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)out->count, sizeof *out->rows, &out->rows));
    return lead_recorder_watch(recorder);
}

void lead_watch_free(lead_watch *watch) {
    free(watch->pairs);
    free(watch->rows);
    free(watch->values);
    *watch = (lead_watch){0};
}

static void fill_forecast(lead_watch *self, int od, const lead_decision *decision,
                          lead_pair_record *row) {
    size_t pairs = (size_t)self->n * (size_t)self->n, count = (size_t)decision->sample_count;
    row->forecast = row->low = row->high = NAN;
    if (!decision->samples || count == 0)
        return;
    for (size_t k = 0; k < count; k++)
        self->values[k] = decision->samples[k * pairs + (size_t)od];
    row->forecast = lead_sum(self->values, count) / (double)count;
    row->low = lead_quantile(self->values, count, 0.05);
    row->high = lead_quantile(self->values, count, 0.95);
}

lead_status lead_watch_add(lead_watch *watch, int epoch, const double *tm,
                           const lead_decision *decision) {
    if (watch->count == 0)
        return LEAD_OK;
    LEAD_TRY(
        lead_grow(&watch->values, sizeof *watch->values, 0, decision->sample_count, &watch->room));
    for (int i = 0; i < watch->count; i++) {
        int od = watch->pairs[i];
        lead_pair_record *row = &watch->rows[i];
        row->source = od / watch->n;
        row->destination = od % watch->n;
        row->rate = tm[od];
        row->without = lead_timeline_without_bursts(watch->timeline, epoch, i);
        fill_forecast(watch, od, decision, row);
    }
    return lead_recorder_add_pairs(watch->recorder, epoch, watch->rows, watch->count);
}
