/* NLinear with daily lags: besides the last 16 TMs, yesterday's 7 around the target's time of day,
 * less the last value like them. At long horizons the day matters: GEANT at 20 steps is 5 hours
 * ahead. Where one of yesterday's TMs is missing, the forecast is nlinear's. */
#include "predict/classical/linear.h"
#include "predict/types.h"
#include <stdlib.h>

/* own: the weights of nlinear, then those with the day */
static lead_status nlinear_day_point(const lead_classical *self, const lead_tm_series *history,
                                     int now, double *point) {
    const lead_predictor_options *options = &self->options;
    const double *plain = self->own, *daily = plain + lead_linear_weight_count(options, 0);
    if (!lead_history_is_whole(history, now, LEAD_LINEAR_LAGS, options->step))
        return lead_fail(LEAD_INVALID, "nlinear-day: the last %d TMs are not all there",
                         LEAD_LINEAR_LAGS);
    if (!lead_linear_point(options, (int)(86400 / options->step), daily, history, now, point))
        lead_linear_point(options, 0, plain, history, now, point);
    return LEAD_OK;
}

static lead_status nlinear_day_alloc(void *state, const lead_predictor_options *options) {
    double *weights;
    int day = (int)(86400 / options->step);
    if (86400 % options->step != 0 || day < LEAD_LINEAR_DAY)
        return lead_fail(LEAD_INVALID,
                         "nlinear-day: a day is no multiple of the step, %lld s, or less "
                         "than %d of them",
                         (long long)options->step, LEAD_LINEAR_DAY);
    size_t plain = lead_linear_weight_count(options, 0);
    LEAD_TRY(
        lead_calloc(plain + lead_linear_weight_count(options, day), sizeof *weights, &weights));
    lead_status status = lead_linear_fit("nlinear-day", options, 0, weights);
    if (status == LEAD_OK)
        status = lead_linear_fit("nlinear-day", options, day, weights + plain);
    if (status == LEAD_OK)
        return lead_classical_alloc(state, "nlinear-day", options, nlinear_day_point, weights);
    free(weights);
    return status;
}

const lead_predictor_type lead_predictor_nlinear_day = {
    .name = "nlinear-day",
    .summary = "nlinear that also sees yesterday's TMs around the target's time of day",
    .size = sizeof(lead_classical),
    .alloc = nlinear_day_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .point = lead_classical_last_point,
    .even = true,
    .free = lead_classical_free,
};
