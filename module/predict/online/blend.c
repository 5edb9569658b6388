/* blend: see blend.h. */
#include "predict/online/blend.h"
#include <stdlib.h>
#include <string.h>

enum { DAYS = 7, FEW_DAYS = 2, DAY = 86400, SIX_HOURS = 6 * 3600, LONGEST = 4096 };
enum { JUDGED = 12, LEAST_JUDGED = 6, NEIGHBOURS = 3 };        /* moments, steps around */
static const char *const kinds[] = {"nlinear-day", "nlinear"}; /* the better one first */
static const double parts[] = {0, 0.25, 0.5, 0.75};
enum { KINDS = sizeof kinds / sizeof *kinds, PARTS = sizeof parts / sizeof *parts };

typedef struct ranked {
    double value;
    int sample;
} ranked;

struct lead_blending {
    bool asked, said;               /* for it, by the user; that it is not possible */
    lead_predictor_options options; /* of the linear forecast */
    size_t pairs;
    int64_t until; /* end of the days; INT64_MIN: none were looked at */
    int first;     /* row of the history that the days begin at */
    lead_tm_series *days;
    lead_predictor *linear;  /* NULL: too few TMs */
    size_t kind;             /* of `kinds` */
    double *part;            /* [horizon] */
    double *loss;            /* [horizon][PARTS] */
    int *judged;             /* [horizon] */
    double *samples, *other; /* [samples][horizon][pairs]: of the predictor, of the linear one */
    double *own, *theirs;    /* [samples][pairs] of a step, each pair's sorted */
    double *sorted;          /* [samples] */
    ranked *order;           /* [samples] */
};

void lead_blending_free(lead_blending *self) {
    if (!self)
        return;
    double *const rows[] = {self->part, self->loss,   self->samples, self->other,
                            self->own,  self->theirs, self->sorted};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        free(rows[i]);
    free(self->judged);
    free(self->order);
    lead_predictor_free(self->linear);
    lead_tm_series_free(self->days);
    free(self);
}

static size_t cells_of(const lead_blending *self) {
    return (size_t)self->options.horizon * self->pairs;
}

lead_status lead_blending_alloc(const lead_predictor_options *options, bool heeds_level_shifts,
                                lead_blending **out) {
    lead_blending *self = NULL;
    lead_status status = LEAD_OK;
    size_t samples = (size_t)options->samples, steps = (size_t)options->horizon,
           n = (size_t)options->node_count, pairs = n * n;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->options = (lead_predictor_options){
        .node_count = options->node_count,
        .horizon = options->horizon,
        .samples = options->samples,
        .step = options->step,
        .seed = options->seed,
        .level_shifts = heeds_level_shifts ? LEAD_LEVEL_SHIFTS_HEED : LEAD_LEVEL_SHIFTS_IGNORE};
    self->asked = options->blend == LEAD_BLEND_LINEAR;
    self->pairs = pairs;
    self->until = INT64_MIN;
    LEAD_TRY_FREE(lead_calloc(steps, sizeof(double), &self->part));
    LEAD_TRY_FREE(lead_calloc(steps * PARTS, sizeof(double), &self->loss));
    LEAD_TRY_FREE(lead_calloc(steps, sizeof(int), &self->judged));
    LEAD_TRY_FREE(lead_calloc(samples * cells_of(self), sizeof(double), &self->samples));
    LEAD_TRY_FREE(lead_calloc(samples * cells_of(self), sizeof(double), &self->other));
    LEAD_TRY_FREE(lead_calloc(samples * pairs, sizeof(double), &self->own));
    LEAD_TRY_FREE(lead_calloc(samples * pairs, sizeof(double), &self->theirs));
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

/* The first of `kinds`, from one on, that the TMs are enough for; NULL: none. */
static lead_status fit(lead_blending *self, const lead_tm_series *tms, size_t from) {
    lead_status status = LEAD_INVALID;
    lead_predictor_free(self->linear);
    self->linear = NULL;
    self->options.fit = tms;
    for (size_t i = from; i < KINDS && status == LEAD_INVALID; i++) {
        status = lead_predictor_alloc(lead_predictor_find(kinds[i]), &self->options, &self->linear);
        self->kind = i;
    }
    return status == LEAD_INVALID ? LEAD_OK : status;
}

/* self->days: history's TMs of the week before `until`. */
static lead_status copy_days(lead_blending *self, const lead_tm_series *history, int now) {
    int64_t since = self->until - DAYS * (int64_t)DAY;
    int row = now, last;
    lead_tm_series_free(self->days);
    self->days = NULL;
    while (row >= 0 && lead_tm_series_time(history, row) >= self->until)
        row--;
    last = row;
    while (row > last - LONGEST && row >= 0 && lead_tm_series_time(history, row) >= since)
        row--;
    self->first = row + 1;
    return lead_tm_series_slice(history, self->first, last - row, &self->days);
}

/* --- how far to go ------------------------------------------------------------------------------
 */

/* to[samples][pairs]: a step of samples[samples][horizon][pairs], each pair's sorted. */
static void sort_step(lead_blending *self, const double *samples, size_t step, double *to) {
    size_t count = (size_t)self->options.samples, cells = cells_of(self);
    for (size_t od = 0; od < self->pairs; od++) {
        for (size_t k = 0; k < count; k++)
            self->sorted[k] = samples[k * cells + step * self->pairs + od];
        lead_sort(self->sorted, count);
        for (size_t k = 0; k < count; k++)
            to[k * self->pairs + od] = self->sorted[k];
    }
}

/* CRPS of all OD pairs, `part` of the way. */
static double crps_of(lead_blending *self, const lead_reforecaster *own, double part,
                      const double *truth) {
    size_t count = (size_t)self->options.samples, n = (size_t)self->options.node_count;
    double crps = 0;
    for (size_t od = 0; od < self->pairs; od++) {
        if (od / n == od % n)
            continue;
        for (size_t k = 0; k < count; k++) {
            size_t at = k * self->pairs + od;
            self->sorted[k] = (1 - part) * self->own[at] + part * self->theirs[at];
        }
        crps += own->crps(own->predictor, self->sorted, self->options.samples, truth[od]);
    }
    return crps;
}

/* Adds the CRPS of every part of the way to the losses of a step. */
static void judge_step(lead_blending *self, const lead_reforecaster *own, size_t step,
                       const double *truth) {
    sort_step(self, self->samples, step, self->own);
    sort_step(self, self->other, step, self->theirs);
    for (size_t p = 0; p < PARTS; p++)
        self->loss[step * PARTS + p] += crps_of(self, own, parts[p], truth);
    self->judged[step]++;
}

/* Both forecasts from a row of the days, against what came within the days. */
static lead_status judge(lead_blending *self, const lead_reforecaster *own,
                         const lead_tm_series *history, int row) {
    int64_t time = lead_tm_series_time(self->days, row);
    uint64_t draw = (uint64_t)(time / self->options.step);
    lead_status status = lead_predictor_forecast(self->linear, self->days, row, draw, self->other);
    if (status == LEAD_OK)
        status = own->forecast(own->predictor, history, self->first + row, draw, self->samples);
    if (status != LEAD_OK)
        return status == LEAD_INVALID ? LEAD_OK : status;
    for (int step = 0; step < self->options.horizon; step++) {
        int came = lead_tm_series_find(self->days, time + (step + 1) * self->options.step);
        if (came >= 0)
            judge_step(self, own, (size_t)step, lead_tm_series_tm(self->days, came));
    }
    return LEAD_OK;
}

/* Of a step and those around it, which are too few moments each to tell by chance from worth. */
static double best_part(const lead_blending *self, int step) {
    double loss[PARTS] = {0};
    size_t best = 0;
    for (int near = step - NEIGHBOURS; near <= step + NEIGHBOURS; near++)
        for (size_t p = 0; p < PARTS && near >= 0 && near < self->options.horizon; p++)
            loss[p] += self->loss[(size_t)near * PARTS + p];
    for (size_t p = 1; p < PARTS; p++)
        best = loss[p] < loss[best] ? p : best;
    return parts[best];
}

/* self->part, by the last third of the days. */
static lead_status choose(lead_blending *self, const lead_reforecaster *own,
                          const lead_tm_series *history) {
    size_t steps = (size_t)self->options.horizon;
    int length = lead_tm_series_length(self->days), early = length * 2 / 3,
        room = length - 1 - self->options.horizon - early; /* a forecast's truths are there, too */
    lead_tm_series *fitted;
    memset(self->part, 0, steps * sizeof(double));
    memset(self->loss, 0, steps * PARTS * sizeof(double));
    memset(self->judged, 0, steps * sizeof(int));
    if (room < JUDGED)
        return LEAD_OK;
    LEAD_TRY(lead_tm_series_slice(self->days, 0, early, &fitted));
    lead_status status = fit(self, fitted, 0);
    for (int i = 0; i < JUDGED && self->linear && status == LEAD_OK; i++)
        status = judge(self, own, history, early + i * room / (JUDGED - 1));
    for (int step = 0; step < self->options.horizon; step++)
        if (self->judged[step] >= LEAST_JUDGED)
            self->part[step] = best_part(self, step);
    lead_tm_series_free(fitted);
    return status;
}

/* A midnight; in a network's first days every six hours count. */
static int64_t end_of_days(const lead_tm_series *history, int now) {
    int64_t time = lead_tm_series_time(history, now), midnight = time - (time % DAY + DAY) % DAY;
    bool young = midnight - lead_tm_series_time(history, 0) < FEW_DAYS * (int64_t)DAY;
    return young ? time - (time % SIX_HOURS + SIX_HOURS) % SIX_HOURS : midnight;
}

static void say(lead_blending *self, const char *name) {
    if (!self->asked || self->said)
        return;
    lead_log(
        LEAD_LOG_WARNING,
        "%s: `blend: linear` wants TMs of the last days to fit a linear forecast on (some 100, "
        "and three times %d steps); until they are there its samples stay as they are",
        name, self->options.horizon);
    self->said = true;
}

static lead_status learn(lead_blending *self, const lead_reforecaster *own,
                         const lead_tm_series *history, int now) {
    int64_t until = end_of_days(history, now);
    if (until == self->until)
        return LEAD_OK;
    lead_predictor_free(self->linear);
    self->linear = NULL;
    self->until = until;
    lead_status status = copy_days(self, history, now);
    if (status == LEAD_OK)
        status = choose(self, own, history);
    if (status == LEAD_OK && self->linear)
        status = fit(self, self->days, self->kind); /* what was judged */
    if (status != LEAD_OK)
        self->until = INT64_MIN; /* from the start, next time */
    return status;
}

/* --- going there --------------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b) {
    const ranked *left = a, *right = b;
    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    return left->sample - right->sample;
}

static void move_cell(lead_blending *self, size_t cell, double part, double *samples) {
    size_t count = (size_t)self->options.samples, cells = cells_of(self);
    for (size_t k = 0; k < count; k++) {
        self->sorted[k] = self->other[k * cells + cell];
        self->order[k] = (ranked){samples[k * cells + cell], (int)k};
    }
    lead_sort(self->sorted, count);
    qsort(self->order, count, sizeof *self->order, compare);
    for (size_t k = 0; k < count; k++) {
        double *value = &samples[(size_t)self->order[k].sample * cells + cell];
        *value = (1 - part) * *value + part * self->sorted[k];
    }
}

lead_status lead_blending_apply(lead_blending *self, const lead_reforecaster *own,
                                const lead_tm_series *history, int now, uint64_t draw,
                                double *samples) {
    LEAD_TRY(learn(self, own, history, now));
    if (!self->linear) {
        say(self, own->name);
        return LEAD_OK;
    }
    lead_status status = lead_predictor_forecast(self->linear, history, now, draw, self->other);
    if (status == LEAD_INVALID) /* a gap in the last TMs */
        return LEAD_OK;
    LEAD_TRY(status);
    for (size_t cell = 0; cell < cells_of(self); cell++)
        if (self->part[cell / self->pairs] > 0)
            move_cell(self, cell, self->part[cell / self->pairs], samples);
    return LEAD_OK;
}
