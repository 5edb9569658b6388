/* The last TM again (persistence): what every forecast must beat. */
#include "predict/classical/classical.h"
#include "predict/types.h"
#include <string.h>

lead_status lead_last_point(const lead_classical *self, const lead_tm_series *history, int now,
                            double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    for (int h = 0; h < self->options.horizon; h++)
        memcpy(point + (size_t)h * pairs, lead_tm_series_tm(history, now), pairs * sizeof *point);
    return LEAD_OK;
}

static lead_status last_alloc(void *state, const lead_predictor_options *options) {
    return lead_classical_alloc(state, "last", options, lead_last_point, NULL);
}

const lead_predictor_type lead_predictor_last = {
    .name = "last",
    .summary = "the last TM",
    .size = sizeof(lead_classical),
    .alloc = last_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .point = lead_classical_last_point,
    .even = true,
    .free = lead_classical_free,
};
