/* NLinear (Zeng et al. 2023): per OD pair, the change from the last value as a linear function of
 * the last 16 values less the last one; fitted by ridge regression, directly for each step ahead.
 */
#include "predict/classical/linear.h"
#include "predict/types.h"
#include <stdlib.h>

/* own: the weights */
static lead_status nlinear_point(const lead_classical *self, const lead_tm_series *history, int now,
                                 double *point) {
    if (!lead_history_is_whole(history, now, LEAD_LINEAR_LAGS, self->options.step))
        return lead_fail(LEAD_INVALID, "nlinear: the last %d TMs are not all there",
                         LEAD_LINEAR_LAGS);
    lead_linear_point(&self->options, 0, self->own, history, now, point);
    return LEAD_OK;
}

static lead_status nlinear_alloc(void *state, const lead_predictor_options *options) {
    double *weights;
    LEAD_TRY(lead_calloc(lead_linear_weight_count(options, 0), sizeof *weights, &weights));
    lead_status status = lead_linear_fit("nlinear", options, 0, weights);
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
    .point = lead_classical_last_point,
    .even = true,
    .free = lead_classical_free,
};
