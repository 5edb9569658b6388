/* Exponentially weighted moving average of the past TMs, the same for every step ahead (Brown
 * 1956). */
#include "predict/classical.h"
#include "predict/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHOICE_TMS = 2016, LONGEST = 512 };

/* Weighted mean of rows now, now - 1, ... with weights alpha (1 - alpha)^k, cut where they fall
 * below 1e-6. */
static void average(const lead_tm_series *history, int now, double alpha, size_t pairs,
                    double *mean) {
    double weight = alpha, sum = 0;
    memset(mean, 0, pairs * sizeof *mean);
    for (int k = 0; k <= now && k < LONGEST && weight > 1e-6 * alpha; k++, weight *= 1 - alpha) {
        const double *tm = lead_tm_series_tm(history, now - k);
        for (size_t od = 0; od < pairs; od++)
            mean[od] += weight * tm[od];
        sum += weight;
    }
    for (size_t od = 0; od < pairs; od++)
        mean[od] /= sum;
}

static lead_status ewma_point(const lead_classical *self, const lead_tm_series *history, int now,
                              double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    average(history, now, *(const double *)self->own, pairs, point);
    for (int h = 1; h < self->options.horizon; h++)
        memcpy(point + (size_t)h * pairs, point, pairs * sizeof *point);
    return LEAD_OK;
}

/* Squared error at the last step of the horizon of one alpha on the last fitting TMs, by the
 * recursion. */
static double error_of(const lead_tm_series *fit, double alpha, int horizon, size_t pairs,
                       double *mean) {
    int length = lead_tm_series_length(fit), first = length > CHOICE_TMS ? length - CHOICE_TMS : 0;
    double error = 0;
    memcpy(mean, lead_tm_series_tm(fit, first), pairs * sizeof *mean);
    for (int i = first; i + horizon < length; i++) {
        const double *now = lead_tm_series_tm(fit, i),
                     *target = lead_tm_series_tm(fit, i + horizon);
        for (size_t od = 0; od < pairs; od++) {
            mean[od] += alpha * (now[od] - mean[od]);
            error += (target[od] - mean[od]) * (target[od] - mean[od]);
        }
    }
    return error;
}

static lead_status choose_alpha(const lead_predictor_options *options, double *alpha) {
    size_t pairs = (size_t)options->node_count * (size_t)options->node_count;
    double *mean, least = INFINITY;
    *alpha = 0.5;
    if (!options->fit || lead_tm_series_length(options->fit) <= options->horizon)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(pairs, sizeof *mean, &mean));
    for (int tenth = 1; tenth <= 10; tenth++) {
        double error = error_of(options->fit, tenth / 10.0, options->horizon, pairs, mean);
        if (error < least) {
            least = error;
            *alpha = tenth / 10.0;
        }
    }
    free(mean);
    return LEAD_OK;
}

static lead_status ewma_alloc(void *state, const lead_predictor_options *options) {
    double *alpha;
    if (options->alpha < 0 || options->alpha > 1)
        return lead_fail(LEAD_INVALID, "ewma: alpha %g is not in (0, 1]", options->alpha);
    LEAD_TRY(lead_calloc(1, sizeof *alpha, &alpha));
    *alpha = options->alpha;
    lead_status status = *alpha > 0 ? LEAD_OK : choose_alpha(options, alpha);
    if (status == LEAD_OK)
        return lead_classical_alloc(state, "ewma", options, ewma_point, alpha);
    free(alpha);
    return status;
}

const lead_predictor_type lead_predictor_ewma = {
    .name = "ewma",
    .summary = "exponentially weighted moving average (alpha given or fitted)",
    .size = sizeof(lead_classical),
    .alloc = ewma_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .even = true,
    .free = lead_classical_free,
};
