/* NLinear (Zeng et al. 2023): per OD pair, the change from the last value as a linear function of
 * the last 16 values less the last one; fitted by ridge regression, directly for each step ahead.
 */
#include "predict/classical.h"
#include "predict/types.h"
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

enum { LAGS = 16, FEATURES = LAGS }; /* 15 differences to the last value, and a constant */

static const double ridge = 1e-3; /* of the features' mean square */

/* own: weights [horizon][n*n][FEATURES] */
static void features_of(const lead_tm_series *history, int now, size_t od, double *feature) {
    double last = lead_tm_series_tm(history, now)[od];
    for (int k = 1; k < LAGS; k++)
        feature[k - 1] = lead_tm_series_tm(history, now - k)[od] - last;
    feature[LAGS - 1] = 0; /* the constant is set by the caller, in the pair's own scale */
}

static lead_status nlinear_point(const lead_classical *self, const lead_tm_series *history, int now,
                                 double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    const double *weights = self->own;
    if (!lead_history_is_whole(history, now, LAGS, self->options.step))
        return lead_fail(LEAD_INVALID, "nlinear: the last %d TMs are not all there", LAGS);
    for (size_t od = 0; od < pairs; od++) {
        double feature[FEATURES];
        features_of(history, now, od, feature);
        feature[LAGS - 1] = 1;
        for (size_t h = 0; h < (size_t)self->options.horizon; h++) {
            double change = 0;
            for (int k = 0; k < FEATURES; k++)
                change += weights[(h * pairs + od) * FEATURES + (size_t)k] * feature[k];
            point[h * pairs + od] = fmax(0, lead_tm_series_tm(history, now)[od] + change);
        }
    }
    return LEAD_OK;
}

/* The normal equations of one OD pair: gram[FEATURES][FEATURES] and, for each step ahead,
 * moments[horizon][FEATURES], from values in units of `scale`. */
typedef struct equations {
    gsl_matrix *gram, *moments;
    gsl_vector *solution;
} equations;

static int accumulate(const lead_predictor_options *options, size_t od, double scale,
                      equations *sums) {
    const lead_tm_series *fit = options->fit;
    int count = 0, horizon = options->horizon;
    gsl_matrix_set_zero(sums->gram);
    gsl_matrix_set_zero(sums->moments);
    for (int now = LAGS - 1; now + horizon < lead_tm_series_length(fit); now++) {
        double feature[FEATURES], last = lead_tm_series_tm(fit, now)[od];
        if (!lead_history_is_whole(fit, now + horizon, LAGS + horizon, options->step))
            continue;
        features_of(fit, now, od, feature);
        for (int k = 0; k < LAGS - 1; k++)
            feature[k] /= scale;
        feature[LAGS - 1] = 1;
        for (size_t a = 0; a < FEATURES; a++)
            for (size_t b = 0; b <= a; b++)
                *gsl_matrix_ptr(sums->gram, a, b) += feature[a] * feature[b];
        for (size_t h = 0; h < (size_t)horizon; h++) {
            double change = (lead_tm_series_tm(fit, now + 1 + (int)h)[od] - last) / scale;
            for (size_t a = 0; a < FEATURES; a++)
                *gsl_matrix_ptr(sums->moments, h, a) += change * feature[a];
        }
        count++;
    }
    return count;
}

static void add_ridge(gsl_matrix *gram, int count) {
    double trace = 0;
    for (size_t a = 0; a + 1 < FEATURES; a++)
        trace += gsl_matrix_get(gram, a, a);
    for (size_t a = 0; a < FEATURES; a++)
        *gsl_matrix_ptr(gram, a, a) += ridge * trace / (FEATURES - 1) + 1e-12 * count;
}

static void solve_pair(const lead_predictor_options *options, size_t od, double scale,
                       equations *sums, int count, double *weights) {
    size_t pairs = (size_t)options->node_count * (size_t)options->node_count;
    add_ridge(sums->gram, count);
    gsl_linalg_cholesky_decomp1(sums->gram);
    for (size_t h = 0; h < (size_t)options->horizon; h++) {
        gsl_vector_view moments = gsl_matrix_row(sums->moments, h);
        gsl_linalg_cholesky_solve(sums->gram, &moments.vector, sums->solution);
        for (size_t k = 0; k < FEATURES; k++) {
            double unit = k == LAGS - 1 ? scale : 1;
            weights[(h * pairs + od) * FEATURES + k] = gsl_vector_get(sums->solution, k) * unit;
        }
    }
}

static double mean_of(const lead_tm_series *fit, size_t od) {
    double sum = 0;
    for (int i = 0; i < lead_tm_series_length(fit); i++)
        sum += lead_tm_series_tm(fit, i)[od];
    return sum / lead_tm_series_length(fit);
}

static lead_status fit_weights(const lead_predictor_options *options, double *weights) {
    equations sums = {gsl_matrix_alloc(FEATURES, FEATURES),
                      gsl_matrix_alloc((size_t)options->horizon, FEATURES),
                      gsl_vector_alloc(FEATURES)};
    size_t pairs = (size_t)options->node_count * (size_t)options->node_count;
    lead_status status = sums.gram && sums.moments && sums.solution
                             ? LEAD_OK
                             : lead_fail(LEAD_MEMORY, "nlinear: no memory");
    for (size_t od = 0; od < pairs && status == LEAD_OK; od++) {
        double scale = mean_of(options->fit, od);
        if (scale <= 0)
            continue; /* a pair without traffic: the weights stay 0 */
        int count = accumulate(options, od, scale, &sums);
        if (count < 2 * FEATURES)
            status =
                lead_fail(LEAD_INVALID, "nlinear: %d whole windows of %d TMs are too few to fit on",
                          count, LAGS + options->horizon);
        else
            solve_pair(options, od, scale, &sums, count, weights);
    }
    gsl_matrix_free(sums.gram);
    gsl_matrix_free(sums.moments);
    gsl_vector_free(sums.solution);
    return status;
}

static lead_status nlinear_alloc(void *state, const lead_predictor_options *options) {
    size_t pairs = (size_t)options->node_count * (size_t)options->node_count;
    double *weights;
    if (!options->fit)
        return lead_fail(LEAD_INVALID, "nlinear: there are no TMs to fit on");
    LEAD_TRY(lead_calloc((size_t)options->horizon * pairs * FEATURES, sizeof *weights, &weights));
    lead_status status = fit_weights(options, weights);
    if (status == LEAD_OK)
        return lead_classical_alloc(state, "nlinear", options, nlinear_point, weights);
    free(weights);
    return status;
}

const lead_predictor_type lead_predictor_nlinear = {
    .name = "nlinear",
    .summary = "ridge regression on the last 16 TMs, per OD pair (NLinear)",
    .size = sizeof(lead_classical),
    .alloc = nlinear_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .free = lead_classical_free,
};
