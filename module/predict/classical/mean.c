/* The mean of the last few TMs (moving average). */
#include "predict/classical/classical.h"
#include "predict/types.h"
#include <string.h>

enum { DEFAULT_WINDOW = 3 };

static lead_status mean_point(const lead_classical *self, const lead_tm_series *history, int now,
                              double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    int wanted = self->options.window > 0 ? self->options.window : DEFAULT_WINDOW,
        count = now + 1 < wanted ? now + 1 : wanted;
    memset(point, 0, pairs * sizeof *point);
    for (int k = 0; k < count; k++)
        for (size_t od = 0; od < pairs; od++)
            point[od] += lead_tm_series_tm(history, now - k)[od] / count;
    for (int h = 1; h < self->options.horizon; h++)
        memcpy(point + (size_t)h * pairs, point, pairs * sizeof *point);
    return LEAD_OK;
}

static lead_status mean_alloc(void *state, const lead_predictor_options *options) {
    return lead_classical_alloc(state, "mean", options, mean_point, NULL);
}

const lead_predictor_type lead_predictor_mean = {
    .name = "mean",
    .summary = "the mean of the last TMs",
    .size = sizeof(lead_classical),
    .alloc = mean_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .point = lead_classical_last_point,
    .even = true,
    .free = lead_classical_free,
};
