/* blend: see blend.h. Half of each: other weights were worse, or no better, on the 50 to 80 % of
 * Abilene (results/any.md says what it is worth on the last 20 %). */
#include "predict/online/blend.h"
#include <stdlib.h>

enum { DAYS = 7, DAY = 86400, OFTEN = 6 * 3600, LONGEST = 4096 };
static const char *const kinds[] = {"nlinear-day", "nlinear"}; /* the better one first */

typedef struct ranked {
    double value;
    int sample;
} ranked;

struct lead_blending {
    lead_predictor_options options;
    lead_tm_series *days;
    lead_predictor *linear; /* NULL: too few TMs */
    int64_t until;          /* of the days; INT64_MIN: never fitted */
    double *other;          /* [samples][horizon][n*n] */
    double *sorted;         /* [samples] */
    ranked *order;          /* [samples] */
};

void lead_blending_free(lead_blending *self) {
    if (!self)
        return;
    lead_predictor_free(self->linear);
    lead_tm_series_free(self->days);
    free(self->other);
    free(self->sorted);
    free(self->order);
    free(self);
}

static size_t cells_of(const lead_blending *self) {
    size_t n = (size_t)self->options.node_count;
    return (size_t)self->options.horizon * n * n;
}

lead_status lead_blending_alloc(const lead_predictor_options *options, lead_blending **out) {
    lead_blending *self = NULL;
    lead_status status = LEAD_OK;
    size_t samples = (size_t)options->samples;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->options = (lead_predictor_options){.node_count = options->node_count,
                                             .horizon = options->horizon,
                                             .samples = options->samples,
                                             .step = options->step,
                                             .seed = options->seed};
    self->until = INT64_MIN;
    LEAD_TRY_FREE(lead_calloc(samples * cells_of(self), sizeof(double), &self->other));
    LEAD_TRY_FREE(lead_calloc(samples, sizeof(double), &self->sorted));
    LEAD_TRY_FREE(lead_calloc(samples, sizeof(ranked), &self->order));
    *out = self;
    return LEAD_OK;
fail:
    lead_blending_free(self);
    return status;
}

/* --- the linear forecast ------------------------------------------------------------------------
 */

/* self->days: history's TMs of [until - DAYS, until). */
static lead_status copy_days(lead_blending *self, const lead_tm_series *history, int now) {
    int row = now, last;
    lead_tm_series_free(self->days);
    self->days = NULL;
    while (row >= 0 && lead_tm_series_time(history, row) >= self->until)
        row--;
    last = row;
    while (row > last - LONGEST && row >= 0 &&
           lead_tm_series_time(history, row) >= self->until - DAYS * (int64_t)DAY)
        row--;
    return lead_tm_series_slice(history, row + 1, last - row, &self->days);
}

/* The first of `kinds` that the days are enough for. */
static lead_status fit(lead_blending *self) {
    lead_status status = LEAD_INVALID;
    lead_predictor_free(self->linear);
    self->linear = NULL;
    self->options.fit = self->days;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && status == LEAD_INVALID; i++)
        status = lead_predictor_alloc(lead_predictor_find(kinds[i]), &self->options, &self->linear);
    return status == LEAD_INVALID ? LEAD_OK : status;
}

static lead_status fit_again(lead_blending *self, const lead_tm_series *history, int now) {
    int64_t time = lead_tm_series_time(history, now);
    int64_t until = time - (time % OFTEN + OFTEN) % OFTEN;
    if (until == self->until)
        return LEAD_OK;
    self->until = until;
    LEAD_TRY(copy_days(self, history, now));
    return fit(self);
}

/* --- half of the way ----------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b) {
    const ranked *left = a, *right = b;
    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    return left->sample - right->sample;
}

static void blend_cell(lead_blending *self, size_t cell, double *samples) {
    size_t count = (size_t)self->options.samples, cells = cells_of(self);
    for (size_t k = 0; k < count; k++) {
        self->sorted[k] = self->other[k * cells + cell];
        self->order[k] = (ranked){samples[k * cells + cell], (int)k};
    }
    lead_sort(self->sorted, count);
    qsort(self->order, count, sizeof *self->order, compare);
    for (size_t k = 0; k < count; k++) {
        double *value = &samples[(size_t)self->order[k].sample * cells + cell];
        *value = 0.5 * (*value + self->sorted[k]);
    }
}

lead_status lead_blending_apply(lead_blending *self, const lead_tm_series *history, int now,
                                uint64_t draw, double *samples) {
    LEAD_TRY(fit_again(self, history, now));
    if (!self->linear)
        return LEAD_OK;
    lead_status status = lead_predictor_forecast(self->linear, history, now, draw, self->other);
    if (status == LEAD_INVALID) /* a gap in the last TMs */
        return LEAD_OK;
    LEAD_TRY(status);
    for (size_t cell = 0; cell < cells_of(self); cell++)
        blend_cell(self, cell, samples);
    return LEAD_OK;
}
