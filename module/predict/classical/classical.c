/* Samples around a point forecast from the quantiles of its own relative residuals. */
#include "predict/classical/classical.h"
#include "base/numbers/random.h"
#include <gsl/gsl_statistics_double.h>
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

/* Of finite numbers; fmax is a call. */
static double larger(double a, double b) {
    return a > b ? a : b;
}

static double scale_of(const lead_classical *self, double forecast, size_t od) {
    return larger(forecast, self->floor[od]);
}

/* The relative residuals of the point forecast at `now` that self->forecast holds. */
static void keep_residuals(const lead_classical *self, int now, double *residuals) {
    size_t pairs = pairs_of(self), cells = (size_t)self->options.horizon * pairs;
    for (size_t cell = 0; cell < cells; cell++) {
        size_t od = cell % pairs;
        const double *truth = lead_tm_series_tm(self->options.fit, now + 1 + (int)(cell / pairs));
        double forecast = self->forecast[cell], scale = scale_of(self, forecast, od);
        residuals[cell] = scale > 0 ? (truth[od] - forecast) / scale : 0;
    }
}

/* Keeps the relative residuals of the windows that end at the last rows of the fitting TMs.
 * Windows that the point forecast cannot serve, or whose truth is missing, are left out. */
static void collect(lead_classical *self, int room) {
    const lead_tm_series *fit = self->options.fit;
    int length = lead_tm_series_length(fit), horizon = self->options.horizon;
    size_t cells = (size_t)horizon * pairs_of(self);
    for (int now = length - 1 - horizon; now >= 0 && self->vector_count < room; now--) {
        if (lead_tm_series_time(fit, now + horizon) - lead_tm_series_time(fit, now) !=
            horizon * self->options.step)
            continue;
        if (self->point(self, fit, now, self->forecast) != LEAD_OK)
            continue;
        keep_residuals(self, now, self->vectors + (size_t)self->vector_count++ * cells);
    }
}

static void fit_quantiles_of(lead_classical *self, size_t cell, double *residuals) {
    size_t cells = (size_t)self->options.horizon * pairs_of(self),
           count = (size_t)self->vector_count;
    for (size_t window = 0; window < count; window++)
        residuals[window] = self->vectors[window * cells + cell];
    lead_sort(residuals, count);
    for (int q = 0; q < LEAD_RESIDUAL_QUANTILES; q++)
        self->quantiles[cell * LEAD_RESIDUAL_QUANTILES + (size_t)q] =
            gsl_stats_quantile_from_sorted_data(residuals, 1, count,
                                                (double)q / (LEAD_RESIDUAL_QUANTILES - 1));
}

static lead_status fit_quantiles(lead_classical *self) {
    size_t cells = (size_t)self->options.horizon * pairs_of(self);
    double *residuals;
    LEAD_TRY(lead_calloc(cells * LEAD_RESIDUAL_QUANTILES, sizeof(double), &self->quantiles));
    LEAD_TRY(lead_calloc((size_t)self->vector_count, sizeof *residuals, &residuals));
    for (size_t cell = 0; cell < cells; cell++)
        fit_quantiles_of(self, cell, residuals);
    free(residuals);
    return LEAD_OK;
}

static lead_status fit_residuals(lead_classical *self) {
    int length = lead_tm_series_length(self->options.fit);
    int room = length < LEAD_RESIDUAL_WINDOWS ? length : LEAD_RESIDUAL_WINDOWS;
    size_t cells = (size_t)self->options.horizon * pairs_of(self);
    LEAD_TRY(fit_floor(self));
    LEAD_TRY(lead_calloc((size_t)room * cells, sizeof(double), &self->vectors));
    collect(self, room);
    if (self->vector_count == 0)
        return lead_fail(LEAD_INVALID, "%s: %d TMs are too few to fit the spread of %d samples on",
                         self->name, length, self->options.samples);
    LEAD_TRY(fit_quantiles(self));
    if (self->options.joint)
        return lead_calloc((size_t)self->vector_count, sizeof(int), &self->order);
    free(self->vectors);
    self->vectors = NULL;
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
    free(self->order);
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

/* 0 .. count - 1 in a random order, as gsl_ran_shuffle has it, which moves bytes. */
static void shuffle(gsl_rng *random, int *order, int count) {
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int i = count - 1; i > 0; i--) {
        unsigned long other = gsl_rng_uniform_int(random, (unsigned long)i + 1);
        int swap = order[i];
        order[i] = order[other];
        order[other] = swap;
    }
}

static void spread(lead_classical *self, gsl_rng *random, double *samples) {
    size_t pairs = pairs_of(self), cells = (size_t)self->options.horizon * pairs;
    int count = self->options.samples;
    for (size_t cell = 0; cell < cells; cell++) {
        double forecast = self->forecast[cell], scale = scale_of(self, forecast, cell % pairs);
        shuffle(random, self->shuffled, count);
        for (int k = 0; k < count; k++) {
            double residual = quantile_at(self->quantiles + cell * LEAD_RESIDUAL_QUANTILES,
                                          (self->shuffled[k] + 0.5) / count);
            samples[(size_t)k * cells + cell] = larger(0, forecast + scale * residual);
        }
    }
}

/* Sample k takes the residuals of the k-th window of a random order, which starts over when there
 * are more samples than windows. */
static void spread_jointly(lead_classical *self, gsl_rng *random, double *samples) {
    size_t pairs = pairs_of(self), cells = (size_t)self->options.horizon * pairs;
    shuffle(random, self->order, self->vector_count);
    for (int k = 0; k < self->options.samples; k++) {
        int window = self->order[k % self->vector_count];
        const double *residual = self->vectors + (size_t)window * cells;
        for (size_t cell = 0; cell < cells; cell++) {
            double forecast = self->forecast[cell];
            samples[(size_t)k * cells + cell] =
                larger(0, forecast + scale_of(self, forecast, cell % pairs) * residual[cell]);
        }
    }
}

typedef void (*spreading)(lead_classical *self, gsl_rng *random, double *samples);

static lead_status forecast(lead_classical *self, const lead_tm_series *history, int now,
                            uint64_t draw, spreading how, double *samples) {
    LEAD_TRY(self->point(self, history, now, self->forecast));
    if (self->options.samples == 1) {
        memcpy(samples, self->forecast,
               (size_t)self->options.horizon * pairs_of(self) * sizeof(double));
        return LEAD_OK;
    }
    gsl_rng *random;
    LEAD_TRY(
        lead_random_alloc(self->options.seed + draw * 0x9e3779b97f4a7c15u, self->name, &random));
    how(self, random, samples);
    gsl_rng_free(random);
    return LEAD_OK;
}

lead_status lead_classical_forecast(void *state, const lead_tm_series *history, int now,
                                    uint64_t draw, double *samples) {
    return forecast(state, history, now, draw, spread, samples);
}

lead_status lead_classical_forecast_joint(void *state, const lead_tm_series *history, int now,
                                          uint64_t draw, double *samples) {
    return forecast(state, history, now, draw, spread_jointly, samples);
}

const double *lead_classical_last_point(const void *state) {
    return ((const lead_classical *)state)->forecast;
}
