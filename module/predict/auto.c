/* auto: online choice among predictors by Hedge (Freund and Schapire 1997), with losses that fade
 * as old ones tell less. An expert's loss for a step ahead is the CRPS of its forecasts that came
 * true, over the mean of all experts'; its weight is exp(-RATE times the faded sum). Every step
 * ahead has weights of its own. Sample k is that of the expert in whose part of the weights (k +
 * 1/2) / samples falls: whole samples, so that what OD pairs have in common stays. */
#include "predict/scores.h"
#include "predict/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double RATE = 2, FADING = 0.98;

/* A forecast of all experts that has not wholly come true yet. */
typedef struct waiting {
    int64_t time;
    int scored;            /* steps ahead that are done */
    double **samples;      /* [experts][sample][step][n*n] */
    unsigned char *failed; /* [experts] */
} waiting;

typedef struct auto_state {
    lead_predictor_options options;
    int experts, pairs, waiting_count;
    lead_predictor **predictors; /* [experts] */
    waiting *forecasts;          /* [horizon + 1], oldest first */
    double *loss;                /* [horizon][experts] */
    double *crps, *weight;       /* [experts] */
    double *values;              /* [samples] */
} auto_state;

static void waiting_free(const auto_state *self, waiting *forecast) {
    for (int i = 0; forecast->samples && i < self->experts; i++)
        free(forecast->samples[i]);
    free(forecast->samples);
    free(forecast->failed);
    *forecast = (waiting){0};
}

static void auto_free(void *state) {
    auto_state *self = state;
    for (int i = 0; self->forecasts && i <= self->options.horizon; i++)
        waiting_free(self, &self->forecasts[i]);
    for (int i = 0; self->predictors && i < self->experts; i++)
        lead_predictor_free(self->predictors[i]);
    free(self->predictors);
    free(self->forecasts);
    free(self->loss);
    free(self->crps);
    free(self->weight);
    free(self->values);
}

static lead_status waiting_alloc(const auto_state *self, waiting *forecast) {
    size_t size =
        (size_t)self->options.samples * (size_t)self->options.horizon * (size_t)self->pairs;
    LEAD_TRY(lead_calloc((size_t)self->experts, sizeof *forecast->samples, &forecast->samples));
    LEAD_TRY(lead_calloc((size_t)self->experts, 1, &forecast->failed));
    for (int i = 0; i < self->experts; i++)
        LEAD_TRY(lead_calloc(size, sizeof(double), &forecast->samples[i]));
    return LEAD_OK;
}

static lead_status make_expert(auto_state *self, int index) {
    const lead_predictor_expert *expert = &self->options.experts[index];
    lead_predictor_options options = expert->options;
    options.node_count = self->options.node_count;
    options.horizon = self->options.horizon;
    options.samples = self->options.samples;
    options.step = self->options.step;
    options.joint = true;
    return lead_predictor_alloc(expert->type, &options, &self->predictors[index]);
}

static lead_status auto_alloc(void *state, const lead_predictor_options *options) {
    auto_state *self = state;
    size_t count = (size_t)options->expert_count, steps = (size_t)options->horizon;
    lead_status status = LEAD_OK;
    *self = (auto_state){.options = *options,
                         .experts = options->expert_count,
                         .pairs = options->node_count * options->node_count};
    if (options->expert_count < 1)
        return lead_fail(LEAD_INVALID, "auto chooses among the predictors of a scenario's other "
                                       "policies (oracles left out), and there are none");
    LEAD_TRY_FREE(lead_calloc(count, sizeof *self->predictors, &self->predictors));
    LEAD_TRY_FREE(lead_calloc(steps + 1, sizeof *self->forecasts, &self->forecasts));
    LEAD_TRY_FREE(lead_calloc(steps * count, sizeof(double), &self->loss));
    LEAD_TRY_FREE(lead_calloc(count, sizeof(double), &self->crps));
    LEAD_TRY_FREE(lead_calloc(count, sizeof(double), &self->weight));
    LEAD_TRY_FREE(lead_calloc((size_t)options->samples, sizeof(double), &self->values));
    for (int i = 0; i < self->experts; i++)
        LEAD_TRY_FREE(make_expert(self, i));
    return LEAD_OK;
fail:
    auto_free(self);
    return status;
}

/* --- what came true --------------------------------------------------------------------------- */

/* CRPS of an expert's samples of one step, summed over OD pairs. */
static double crps_of(auto_state *self, const waiting *forecast, int expert, int step,
                      const double *truth) {
    lead_scores scores = {0};
    const double *samples = forecast->samples[expert];
    int count = self->options.samples, n = self->options.node_count;
    size_t stride = (size_t)self->options.horizon * (size_t)self->pairs;
    bool even = lead_predictor_is_even(self->predictors[expert]) &&
                !self->options.experts[expert].type->forecast_joint;
    for (int od = 0; od < self->pairs; od++) {
        if (od / n == od % n)
            continue;
        for (int k = 0; k < count; k++)
            self->values[k] = samples[(size_t)k * stride + (size_t)(step * self->pairs + od)];
        lead_scores_add_pair(&scores, self->values, count, NULL, truth[od], even);
    }
    return scores.crps;
}

/* One step of one forecast. Experts that failed then lose like the worst. */
static void learn_step(auto_state *self, const waiting *forecast, int step, const double *truth) {
    double sum = 0, worst = 0, *loss = self->loss + (size_t)(step * self->experts);
    int served = 0;
    for (int i = 0; i < self->experts; i++) {
        self->crps[i] = forecast->failed[i] ? 0 : crps_of(self, forecast, i, step, truth);
        sum += self->crps[i];
        worst = fmax(worst, self->crps[i]);
        served += !forecast->failed[i];
    }
    if (sum <= 0)
        return;
    for (int i = 0; i < self->experts; i++)
        loss[i] = FADING * loss[i] + (forecast->failed[i] ? worst : self->crps[i]) * served / sum;
}

/* Takes in all steps of a forecast that have come true by `now`; whether it is done. */
static bool learn(auto_state *self, waiting *forecast, const lead_tm_series *history, int now) {
    int64_t latest = lead_tm_series_time(history, now);
    for (; forecast->scored < self->options.horizon; forecast->scored++) {
        int64_t time = forecast->time + (forecast->scored + 1) * self->options.step;
        if (time > latest)
            return false;
        int row = lead_tm_series_find(history, time);
        if (row >= 0)
            learn_step(self, forecast, forecast->scored, lead_tm_series_tm(history, row));
    }
    return true;
}

/* Drops a forecast; its room goes to the end of the line. */
static void drop(auto_state *self, int index) {
    waiting gone = self->forecasts[index];
    int after = self->options.horizon - index;
    memmove(self->forecasts + index, self->forecasts + index + 1,
            (size_t)after * sizeof *self->forecasts);
    self->forecasts[self->options.horizon] = gone;
    self->waiting_count--;
}

static void learn_all(auto_state *self, const lead_tm_series *history, int now) {
    for (int i = 0; i < self->waiting_count;)
        if (learn(self, &self->forecasts[i], history, now))
            drop(self, i);
        else
            i++;
}

/* --- a forecast ---------------------------------------------------------------------------------
 */

/* weight[experts] of a step, sum 1 over those that did not fail. */
static void weigh(auto_state *self, const waiting *forecast, int step) {
    const double *loss = self->loss + (size_t)(step * self->experts);
    double least = INFINITY, sum = 0;
    for (int i = 0; i < self->experts; i++)
        if (!forecast->failed[i])
            least = fmin(least, loss[i]);
    for (int i = 0; i < self->experts; i++) {
        self->weight[i] = forecast->failed[i] ? 0 : exp(-RATE * (loss[i] - least));
        sum += self->weight[i];
    }
    for (int i = 0; i < self->experts; i++)
        self->weight[i] /= sum;
}

static void mix_step(auto_state *self, const waiting *forecast, int step, double *samples) {
    size_t stride = (size_t)self->options.horizon * (size_t)self->pairs,
           at = (size_t)(step * self->pairs);
    double until = 0;
    int expert = -1;
    weigh(self, forecast, step);
    for (int k = 0; k < self->options.samples; k++) {
        while (expert + 1 < self->experts && (k + 0.5) / self->options.samples >= until)
            until += self->weight[++expert];
        while (forecast->failed[expert]) /* rounding at the end */
            expert--;
        memcpy(samples + (size_t)k * stride + at,
               forecast->samples[expert] + (size_t)k * stride + at,
               (size_t)self->pairs * sizeof *samples);
    }
}

static lead_status ask_experts(auto_state *self, const lead_tm_series *history, int now,
                               uint64_t draw, waiting *forecast) {
    int failed = 0;
    for (int i = 0; i < self->experts; i++) {
        lead_status status = lead_predictor_forecast_joint(self->predictors[i], history, now, draw,
                                                           forecast->samples[i]);
        forecast->failed[i] = status != LEAD_OK;
        failed += forecast->failed[i];
        if (failed == self->experts)
            return lead_fail_within(status, "auto: no expert can forecast, the last one says");
    }
    return LEAD_OK;
}

static lead_status auto_forecast(void *state, const lead_tm_series *history, int now, uint64_t draw,
                                 double *samples) {
    auto_state *self = state;
    learn_all(self, history, now);
    if (self->waiting_count > self->options.horizon)
        drop(self, 0);
    waiting *forecast = &self->forecasts[self->waiting_count];
    if (!forecast->samples)
        LEAD_TRY(waiting_alloc(self, forecast));
    forecast->time = lead_tm_series_time(history, now);
    forecast->scored = 0;
    LEAD_TRY(ask_experts(self, history, now, draw, forecast));
    self->waiting_count++;
    for (int step = 0; step < self->options.horizon; step++)
        mix_step(self, forecast, step, samples);
    return LEAD_OK;
}

static bool auto_has_seen(const void *state, int64_t time) {
    const auto_state *self = state;
    for (int i = 0; i < self->experts; i++)
        if (lead_predictor_has_seen(self->predictors[i], time))
            return true;
    return false;
}

const lead_predictor_type lead_predictor_auto = {
    .usual_samples = 20,
    .chooses = true,
    .name = "auto",
    .summary = "online choice among a scenario's other predictors (Hedge)",
    .size = sizeof(auto_state),
    .alloc = auto_alloc,
    .forecast = auto_forecast,
    .free = auto_free,
    .has_seen = auto_has_seen,
};
