/* Seasonal naive: the TM of the same time a day before; where that is missing, a week before; else
 * the last one. */
#include "predict/classical.h"
#include "predict/types.h"
#include <string.h>

static lead_status seasonal_point(const lead_classical *self, const lead_tm_series *history,
                                  int now, double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    int day = (int)(86400 / self->options.step);
    for (int h = 0; h < self->options.horizon; h++) {
        int lag = (day - (h + 1) % day) % day, /* 0: a day ahead, the last TM itself */
            row = lead_history_find(history, now, lag, self->options.step);
        if (row < 0)
            row = lead_history_find(history, now, lag + 6 * day, self->options.step);
        memcpy(point + (size_t)h * pairs, lead_tm_series_tm(history, row < 0 ? now : row),
               pairs * sizeof *point);
    }
    return LEAD_OK;
}

static lead_status seasonal_alloc(void *state, const lead_predictor_options *options) {
    if (options->step > 43200 || 86400 % options->step != 0)
        return lead_fail(LEAD_INVALID, "seasonal: a day is no multiple of the step, %lld s",
                         (long long)options->step);
    return lead_classical_alloc(state, "seasonal", options, seasonal_point, NULL);
}

const lead_predictor_type lead_predictor_seasonal = {
    .name = "seasonal",
    .summary = "the TM of the same time yesterday",
    .heeds = "fit",
    .size = sizeof(lead_classical),
    .alloc = seasonal_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .even = true,
    .free = lead_classical_free,
};
