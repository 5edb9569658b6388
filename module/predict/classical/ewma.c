/* Exponentially weighted moving average of the past TMs (Brown 1956), each step ahead with a
 * smoothing factor of its own. */
#include "predict/classical/classical.h"
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

/* own: the smoothing factor of every step. */
static lead_status ewma_point(const lead_classical *self, const lead_tm_series *history, int now,
                              double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    const double *alpha = self->own;
    for (int h = 0; h < self->options.horizon; h++) {
        double *mean = point + (size_t)h * pairs;
        if (h > 0 && alpha[h] == alpha[h - 1])
            memcpy(mean, mean - pairs, pairs * sizeof *mean);
        else
            average(history, now, alpha[h], pairs, mean);
    }
    return LEAD_OK;
}

static double squared_distance(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* error[horizon] = squared error of one alpha at every step ahead on the last fitting TMs, by the
 * recursion. */
static void errors_of(const lead_tm_series *fit, double alpha, int horizon, size_t pairs,
                      double *mean, double *error) {
    int length = lead_tm_series_length(fit), first = length > CHOICE_TMS ? length - CHOICE_TMS : 0;
    memcpy(mean, lead_tm_series_tm(fit, first), pairs * sizeof *mean);
    memset(error, 0, (size_t)horizon * sizeof *error);
    for (int i = first; i + horizon < length; i++) {
        const double *now = lead_tm_series_tm(fit, i);
        for (size_t od = 0; od < pairs; od++)
            mean[od] += alpha * (now[od] - mean[od]);
        for (int h = 0; h < horizon; h++)
            error[h] += squared_distance(mean, lead_tm_series_tm(fit, i + h + 1), pairs);
    }
}

/* alpha[horizon] of the least squared error; 0.5 without enough TMs to choose on. O(10 CHOICE_TMS
 * horizon pairs). */
static lead_status choose_alpha(const lead_predictor_options *options, double *alpha) {
    size_t pairs = (size_t)options->node_count * (size_t)options->node_count,
           steps = (size_t)options->horizon;
    double *room, *error, *least;
    for (size_t h = 0; h < steps; h++)
        alpha[h] = 0.5;
    if (!options->fit || lead_tm_series_length(options->fit) <= options->horizon)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(pairs + 2 * steps, sizeof *room, &room));
    error = room + pairs;
    least = error + steps;
    for (int tenth = 1; tenth <= 10; tenth++) {
        errors_of(options->fit, tenth / 10.0, options->horizon, pairs, room, error);
        for (size_t h = 0; h < steps; h++)
            if (tenth == 1 || error[h] < least[h]) {
                least[h] = error[h];
                alpha[h] = tenth / 10.0;
            }
    }
    free(room);
    return LEAD_OK;
}

static lead_status ewma_alloc(void *state, const lead_predictor_options *options) {
    double *alpha;
    lead_status status = LEAD_OK;
    if (options->alpha < 0 || options->alpha > 1)
        return lead_fail(LEAD_INVALID, "ewma: alpha %g is not in (0, 1]", options->alpha);
    LEAD_TRY(lead_calloc((size_t)options->horizon, sizeof *alpha, &alpha));
    for (int h = 0; h < options->horizon; h++)
        alpha[h] = options->alpha;
    if (options->alpha == 0)
        status = choose_alpha(options, alpha);
    if (status == LEAD_OK)
        return lead_classical_alloc(state, "ewma", options, ewma_point, alpha);
    free(alpha);
    return status;
}

const lead_predictor_type lead_predictor_ewma = {
    .name = "ewma",
    .summary = "exponentially weighted moving average (alpha given, or fitted for each step)",
    .size = sizeof(lead_classical),
    .alloc = ewma_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .point = lead_classical_last_point,
    .even = true,
    .free = lead_classical_free,
};
