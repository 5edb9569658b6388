/* The true next TMs: the upper bound of what a forecast is worth. */
#include "predict/types.h"
#include <string.h>

typedef struct oracle {
    lead_predictor_options options;
} oracle;

static lead_status oracle_alloc(void *state, const lead_predictor_options *options) {
    if (!options->truth)
        return lead_fail(LEAD_INVALID, "oracle: the true TMs are not known here");
    ((oracle *)state)->options = *options;
    return LEAD_OK;
}

static lead_status oracle_forecast(void *state, const lead_tm_series *history, int now,
                                   uint64_t draw, double *samples) {
    const lead_predictor_options *options = &((oracle *)state)->options;
    size_t pairs = (size_t)options->node_count * (size_t)options->node_count;
    (void)draw;
    for (int h = 0; h < options->horizon; h++) {
        int64_t time = lead_tm_series_time(history, now) + (h + 1) * options->step;
        int row = lead_tm_series_find(options->truth, time);
        char text[LEAD_TIME_LENGTH + 1];
        lead_time_format(time, text);
        if (row < 0)
            return lead_fail(LEAD_INVALID, "oracle: there is no TM of %s", text);
        for (int k = 0; k < options->samples; k++)
            memcpy(samples + (size_t)(k * options->horizon + h) * pairs,
                   lead_tm_series_tm(options->truth, row), pairs * sizeof *samples);
    }
    return LEAD_OK;
}

static void oracle_free(void *state) {
    (void)state;
}

const lead_predictor_type lead_predictor_oracle = {
    .name = "oracle",
    .summary = "the true next TM (upper bound)",
    .size = sizeof(oracle),
    .alloc = oracle_alloc,
    .forecast = oracle_forecast,
    .free = oracle_free,
};
