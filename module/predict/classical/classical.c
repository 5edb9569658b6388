/* Samples around a point forecast from the quantiles of its own relative residuals. */
#include "base/numbers/random.h"
#include "predict/classical/residuals.h"
#include <stdlib.h>
#include <string.h>

bool lead_history_is_whole(const lead_tm_series *history, int now, int length, int64_t step) {
    int first = now - length + 1;
    return first >= 0 && lead_tm_series_time(history, now) - lead_tm_series_time(history, first) ==
                             (length - 1) * step;
}

/* Of finite numbers; fmax is a call. */
static double larger(double a, double b) {
    return a > b ? a : b;
}

lead_status lead_classical_alloc(lead_classical *self, const char *name,
                                 const lead_predictor_options *options, lead_point_forecast point,
                                 void *own) {
    *self = (lead_classical){.options = *options, .point = point, .own = own, .name = name};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(lead_classical_cells(self), sizeof(double), &self->forecast));
    LEAD_TRY_FREE(lead_calloc((size_t)options->samples, sizeof(int), &self->shuffled));
    if (options->samples > 1 && (!options->fit || lead_tm_series_length(options->fit) == 0)) {
        status = lead_fail(LEAD_INVALID, "%s: %d samples need TMs to fit their spread on", name,
                           options->samples);
        goto fail;
    }
    if (options->samples > 1)
        LEAD_TRY_FREE(lead_residuals_fit(self));
    if (self->vectors)
        LEAD_TRY_FREE(lead_calloc((size_t)self->vector_count, sizeof(int), &self->order));
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
    size_t pairs = lead_classical_pairs(self), cells = (size_t)self->options.horizon * pairs;
    int count = self->options.samples;
    for (size_t cell = 0; cell < cells; cell++) {
        double forecast = self->forecast[cell], scale = lead_classical_scale(self, forecast, cell);
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
    size_t pairs = lead_classical_pairs(self), cells = (size_t)self->options.horizon * pairs;
    shuffle(random, self->order, self->vector_count);
    for (int k = 0; k < self->options.samples; k++) {
        int window = self->order[k % self->vector_count];
        const double *residual = self->vectors + (size_t)window * cells;
        for (size_t cell = 0; cell < cells; cell++) {
            double forecast = self->forecast[cell];
            samples[(size_t)k * cells + cell] =
                larger(0, forecast + lead_classical_scale(self, forecast, cell) * residual[cell]);
        }
    }
}

typedef void (*spreading)(lead_classical *self, gsl_rng *random, double *samples);

static lead_status forecast(lead_classical *self, const lead_tm_series *history, int now,
                            uint64_t draw, spreading how, double *samples) {
    LEAD_TRY(self->point(self, history, now, self->forecast));
    if (self->options.samples == 1) {
        memcpy(samples, self->forecast,
               (size_t)self->options.horizon * lead_classical_pairs(self) * sizeof(double));
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
