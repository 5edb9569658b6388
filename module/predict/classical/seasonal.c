/* Seasonal naive: the TM of the same time a season (a day) before; where that is missing, a week
 * before; else the last one. */
#include "predict/classical/classical.h"
#include "predict/types.h"
#include <math.h>
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
             "seasonal: at %s there is no TM of a %s or a week before what is forecast: the last "
             "TM stands in for it (give it a %s of history)",
             text, self->options.season > 0 ? "season" : "day",
             self->options.season > 0 ? "season" : "day");
    memory->has_warned = true;
}

enum { DAY = 86400, WEEK = 604800 };

static int64_t season_of(const lead_predictor_options *options) {
    return options->season > 0 ? (int64_t)options->season : DAY;
}

static lead_status seasonal_point(const lead_classical *self, const lead_tm_series *history,
                                  int now, double *point) {
    size_t pairs = (size_t)self->options.node_count * (size_t)self->options.node_count;
    int64_t step = self->options.step, season = season_of(&self->options);
    int steps = (int)(season / step);
    for (int h = 0; h < self->options.horizon; h++) {
        int lag = (steps - (h + 1) % steps) % steps, /* 0: a season ahead, the last TM itself */
            row = lead_history_find(history, now, lag, step);
        if (row < 0 && WEEK % season == 0)
            row = lead_history_find(history, now, lag + (int)((WEEK - season) / step), step);
        if (row < 0)
            warn(self, history, now);
        memcpy(point + (size_t)h * pairs, lead_tm_series_tm(history, row < 0 ? now : row),
               pairs * sizeof *point);
    }
    return LEAD_OK;
}

static lead_status seasonal_alloc(void *state, const lead_predictor_options *options) {
    int64_t season = season_of(options);
    if (2 * options->step > season)
        return lead_fail(LEAD_INVALID, "seasonal: a %s has no two steps of %lld s",
                         options->season > 0 ? "season" : "day", (long long)options->step);
    if (options->season != floor(options->season) || season % options->step != 0)
        return lead_fail(LEAD_INVALID, "seasonal: a %s is no multiple of the step, %lld s",
                         options->season > 0 ? "season" : "day", (long long)options->step);
    seasonal_memory *memory;
    LEAD_TRY(lead_calloc(1, sizeof *memory, &memory));
    return lead_classical_alloc(state, "seasonal", options, seasonal_point, memory);
}

const lead_predictor_type lead_predictor_seasonal = {
    .name = "seasonal",
    .summary = "the TM of the same time yesterday, or a season ago",
    .size = sizeof(lead_classical),
    .alloc = seasonal_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .point = lead_classical_last_point,
    .even = true,
    .free = lead_classical_free,
};
