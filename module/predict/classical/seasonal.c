/* Seasonal naive: the TM of the same time a day before; where that is missing, a week before; else
 * the last one. */
#include "predict/classical/classical.h"
#include "predict/types.h"
#include <string.h>

/* Whether it was said that the last TM stands in for a day's. */
typedef struct seasonal_memory {
    bool has_warned;
} seasonal_memory;

static void warn(const lead_classical *self, const lead_tm_series *history, int now) {
    seasonal_memory *memory = self->own;
    char text[LEAD_TIME_LENGTH + 1];
    if (memory->has_warned || history == self->options.fit) /* fitting looks at its first day */
        return;
    lead_time_format(lead_tm_series_time(history, now), text);
    lead_log(LEAD_LOG_WARNING,
             "seasonal: at %s there is no TM of a day or a week before what is forecast: the last "
             "TM stands in for it (give it a day of history)",
             text);
    memory->has_warned = true;
}

static lead_status seasonal_point(const lead_classical *self, const lead_tm_series *history,
                                  int now, double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    int day = (int)(86400 / self->options.step);
    for (int h = 0; h < self->options.horizon; h++) {
        int lag = (day - (h + 1) % day) % day, /* 0: a day ahead, the last TM itself */
            row = lead_history_find(history, now, lag, self->options.step);
        if (row < 0)
            row = lead_history_find(history, now, lag + 6 * day, self->options.step);
        if (row < 0)
            warn(self, history, now);
        memcpy(point + (size_t)h * pairs, lead_tm_series_tm(history, row < 0 ? now : row),
               pairs * sizeof *point);
    }
    return LEAD_OK;
}

static lead_status seasonal_alloc(void *state, const lead_predictor_options *options) {
    if (options->step > 43200 || 86400 % options->step != 0)
        return lead_fail(LEAD_INVALID, "seasonal: a day is no multiple of the step, %lld s",
                         (long long)options->step);
    seasonal_memory *memory;
    LEAD_TRY(lead_calloc(1, sizeof *memory, &memory));
    return lead_classical_alloc(state, "seasonal", options, seasonal_point, memory);
}

const lead_predictor_type lead_predictor_seasonal = {
    .name = "seasonal",
    .summary = "the TM of the same time yesterday",
    .size = sizeof(lead_classical),
    .alloc = seasonal_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .even = true,
    .free = lead_classical_free,
};
