/* Samples around a point forecast from the quantiles of its own relative residuals. */
#include "predict/classical.h"
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool lead_history_is_whole(const lead_tm_series *history, int now, int length, int64_t step) {
    int first = now - length + 1;
    return first >= 0 && lead_tm_series_time(history, now) - lead_tm_series_time(history, first) ==
                             (length - 1) * step;
}

static size_t pairs_of(const lead_classical *self) {
    return (size_t)self->options.node_count * (size_t)self->options.node_count;
}

static lead_status fit_floor(lead_classical *self) {
    const lead_tm_series *fit = self->options.fit;
    int length = lead_tm_series_length(fit);
    LEAD_TRY(lead_calloc(pairs_of(self), sizeof(double), &self->floor));
    for (int i = 0; i < length; i++)
        for (size_t od = 0; od < pairs_of(self); od++)
            self->floor[od] += 0.1 / length * lead_tm_series_tm(fit, i)[od];
    return LEAD_OK;
}

static double scale_of(const lead_classical *self, double forecast, size_t od) {
    return fmax(forecast, self->floor[od]);
}

/* The relative residuals of the point forecast at `now` that self->forecast holds, as entry
 * `window` of self->vectors or of residuals[slot][od][room]. */
static void keep_residuals(const lead_classical *self, int now, int window, double *residuals,
                           int room) {
    size_t pairs = pairs_of(self), cells = (size_t)self->options.horizon * pairs;
    for (size_t cell = 0; cell < cells; cell++) {
        size_t od = cell % pairs;
        const double *truth = lead_tm_series_tm(self->options.fit, now + 1 + (int)(cell / pairs));
        double forecast = self->forecast[cell], scale = scale_of(self, forecast, od),
               residual = scale > 0 ? (truth[od] - forecast) / scale : 0;
        if (self->vectors)
            self->vectors[(size_t)window * cells + cell] = (float)residual;
        else
            residuals[cell * (size_t)room + (size_t)window] = residual;
    }
}

/* Keeps the relative residuals of the windows that end at the last rows of the fitting TMs; their
 * number. Windows that the point forecast cannot serve, or whose truth is missing, are left out. */
static int collect(lead_classical *self, double *residuals, int room) {
    const lead_tm_series *fit = self->options.fit;
    int length = lead_tm_series_length(fit), horizon = self->options.horizon, count = 0;
    for (int now = length - 1 - horizon; now >= 0 && count < room; now--) {
        if (lead_tm_series_time(fit, now + horizon) - lead_tm_series_time(fit, now) !=
            horizon * self->options.step)
            continue;
        if (self->point(self, fit, now, self->forecast) != LEAD_OK)
            continue;
        keep_residuals(self, now, count++, residuals, room);
    }
    return count;
}

/* Quantiles of every cell's residuals; *windows: how many they come from. */
static lead_status fit_quantiles(lead_classical *self, int room, int *windows) {
    size_t cells = (size_t)self->options.horizon * pairs_of(self);
    double *residuals;
    LEAD_TRY(lead_calloc(cells * LEAD_RESIDUAL_QUANTILES, sizeof(double), &self->quantiles));
    LEAD_TRY(lead_calloc(cells * (size_t)room, sizeof *residuals, &residuals));
    int count = collect(self, residuals, room);
    for (size_t cell = 0; cell < cells && count > 0; cell++) {
        double *of_cell = residuals + cell * (size_t)room;
        gsl_sort(of_cell, 1, (size_t)count);
        for (int q = 0; q < LEAD_RESIDUAL_QUANTILES; q++)
            self->quantiles[cell * LEAD_RESIDUAL_QUANTILES + (size_t)q] =
                gsl_stats_quantile_from_sorted_data(of_cell, 1, (size_t)count,
                                                    (double)q / (LEAD_RESIDUAL_QUANTILES - 1));
    }
    free(residuals);
    *windows = count;
    return LEAD_OK;
}

static lead_status fit_vectors(lead_classical *self, int room) {
    size_t cells = (size_t)self->options.horizon * pairs_of(self);
    LEAD_TRY(lead_calloc((size_t)room * cells, sizeof(float), &self->vectors));
    self->vector_count = collect(self, NULL, room);
    free(self->shuffled);
    self->shuffled = NULL;
    return lead_calloc((size_t)self->vector_count, sizeof(int), &self->shuffled);
}

static lead_status fit_residuals(lead_classical *self) {
    int length = lead_tm_series_length(self->options.fit), windows = 0;
    int room = length < LEAD_RESIDUAL_WINDOWS ? length : LEAD_RESIDUAL_WINDOWS;
    LEAD_TRY(fit_floor(self));
    if (self->options.joint)
        LEAD_TRY(fit_vectors(self, room));
    else
        LEAD_TRY(fit_quantiles(self, room, &windows));
    if (self->vector_count + windows == 0)
        return lead_fail(LEAD_INVALID, "%s: %d TMs are too few to fit the spread of %d samples on",
                         self->name, length, self->options.samples);
    return LEAD_OK;
}

lead_status lead_classical_alloc(lead_classical *self, const char *name,
                                 const lead_predictor_options *options, lead_point_forecast point,
                                 void *own) {
    *self = (lead_classical){.options = *options, .point = point, .own = own, .name = name};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(
        lead_calloc((size_t)options->horizon * pairs_of(self), sizeof(double), &self->forecast));
    LEAD_TRY_FREE(lead_calloc((size_t)options->samples, sizeof(int), &self->shuffled));
    if (options->samples > 1 && (!options->fit || lead_tm_series_length(options->fit) == 0)) {
        status = lead_fail(LEAD_INVALID, "%s: %d samples need TMs to fit their spread on", name,
                           options->samples);
        goto fail;
    }
    if (options->samples > 1)
        LEAD_TRY_FREE(fit_residuals(self));
    return LEAD_OK;
fail:
    lead_classical_free(self);
    return status;
}

void lead_classical_free(void *state) {
    lead_classical *self = state;
    free(self->quantiles);
    free(self->vectors);
    free(self->floor);
    free(self->forecast);
    free(self->shuffled);
    free(self->own);
    *self = (lead_classical){0};
}

static double quantile_at(const double *quantiles, double u) {
    double at = u * (LEAD_RESIDUAL_QUANTILES - 1);
    int below = (int)at;
    if (below >= LEAD_RESIDUAL_QUANTILES - 1)
        return quantiles[LEAD_RESIDUAL_QUANTILES - 1];
    return quantiles[below] + (at - below) * (quantiles[below + 1] - quantiles[below]);
}

static void spread(lead_classical *self, gsl_rng *random, double *samples) {
    size_t pairs = pairs_of(self), cells = (size_t)self->options.horizon * pairs;
    int count = self->options.samples;
    for (size_t cell = 0; cell < cells; cell++) {
        double forecast = self->forecast[cell], scale = scale_of(self, forecast, cell % pairs);
        for (int k = 0; k < count; k++)
            self->shuffled[k] = k;
        gsl_ran_shuffle(random, self->shuffled, (size_t)count, sizeof(int));
        for (int k = 0; k < count; k++) {
            double residual = quantile_at(self->quantiles + cell * LEAD_RESIDUAL_QUANTILES,
                                          (self->shuffled[k] + 0.5) / count);
            samples[(size_t)k * cells + cell] = fmax(0, forecast + scale * residual);
        }
    }
}

/* Sample k takes the residuals of the k-th window of a random order, which starts over when there
 * are more samples than windows. */
static void spread_jointly(lead_classical *self, gsl_rng *random, double *samples) {
    size_t pairs = pairs_of(self), cells = (size_t)self->options.horizon * pairs;
    for (int i = 0; i < self->vector_count; i++)
        self->shuffled[i] = i;
    gsl_ran_shuffle(random, self->shuffled, (size_t)self->vector_count, sizeof(int));
    for (int k = 0; k < self->options.samples; k++) {
        int window = self->shuffled[k % self->vector_count];
        const float *residual = self->vectors + (size_t)window * cells;
        for (size_t cell = 0; cell < cells; cell++) {
            double forecast = self->forecast[cell];
            samples[(size_t)k * cells + cell] =
                fmax(0, forecast + scale_of(self, forecast, cell % pairs) * (double)residual[cell]);
        }
    }
}

lead_status lead_classical_forecast(void *state, const lead_tm_series *history, int now,
                                    uint64_t draw, double *samples) {
    lead_classical *self = state;
    LEAD_TRY(self->point(self, history, now, self->forecast));
    if (self->options.samples == 1) {
        memcpy(samples, self->forecast,
               (size_t)self->options.horizon * pairs_of(self) * sizeof(double));
        return LEAD_OK;
    }
    gsl_rng *random;
    LEAD_TRY(
        lead_random_alloc(self->options.seed + draw * 0x9e3779b97f4a7c15u, self->name, &random));
    if (self->options.joint)
        spread_jointly(self, random, samples);
    else
        spread(self, random, samples);
    gsl_rng_free(random);
    return LEAD_OK;
}

bool lead_predictor_is_marginal(const lead_predictor_type *type) {
    return type->forecast == lead_classical_forecast;
}
