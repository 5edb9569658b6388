/* The true next TMs: `oracle`, the upper bound of what a forecast is worth, and `noisy-oracle`, the
 * same with the errors of the last TM around them. A plan for the latter's samples knows all but
 * which of them comes true: what it loses is the plan's doing, not the forecast's. */
#include "predict/classical/classical.h"
#include "predict/types.h"
#include <string.h>

/* The true TMs after `now`, as a point forecast; after the last one that there is, that one. */
static lead_status look_ahead(const lead_predictor_options *options, const lead_tm_series *history,
                              int now, double *point) {
    const size_t pairs = (size_t)options->node_count * (size_t)options->node_count;
    const int last = lead_tm_series_length(options->truth) - 1;
    for (int h = 0; h < options->horizon; h++) {
        int64_t time = lead_tm_series_time(history, now) + (h + 1) * options->step;
        int row = lead_tm_series_find(options->truth, time);
        char text[LEAD_TIME_LENGTH + 1];
        lead_time_format(time, text);
        if (row < 0 && h > 0 && time > lead_tm_series_time(options->truth, last))
            row = last;
        if (row < 0)
            return lead_fail(LEAD_INVALID, "oracle: there is no TM of %s", text);
        memcpy(point + (size_t)h * pairs, lead_tm_series_tm(options->truth, row),
               pairs * sizeof *point);
    }
    return LEAD_OK;
}

static lead_status check_truth(const lead_predictor_options *options) {
    if (!options->truth)
        return lead_fail(LEAD_INVALID, "oracle: the true TMs are not known here");
    return LEAD_OK;
}

typedef struct oracle {
    lead_predictor_options options;
} oracle;

static lead_status oracle_alloc(void *state, const lead_predictor_options *options) {
    ((oracle *)state)->options = *options;
    return check_truth(options);
}

static lead_status oracle_forecast(void *state, const lead_tm_series *history, int now,
                                   uint64_t draw, double *samples) {
    const lead_predictor_options *options = &((oracle *)state)->options;
    const size_t cells =
        (size_t)options->horizon * (size_t)options->node_count * (size_t)options->node_count;
    (void)draw;
    LEAD_TRY(look_ahead(options, history, now, samples));
    for (int k = 1; k < options->samples; k++)
        memcpy(samples + (size_t)k * cells, samples, cells * sizeof *samples);
    return LEAD_OK;
}

static void oracle_free(void *state) {
    (void)state;
}

static lead_status true_point(const lead_classical *self, const lead_tm_series *history, int now,
                              double *point) {
    return look_ahead(&self->options, history, now, point);
}

static lead_status noisy_alloc(void *state, const lead_predictor_options *options) {
    lead_classical *self = state;
    LEAD_TRY(check_truth(options));
    LEAD_TRY(lead_classical_alloc(self, "noisy-oracle", options, lead_last_point, NULL));
    self->point = true_point; /* the errors are the last TM's, and are fitted by now */
    return LEAD_OK;
}

const lead_predictor_type lead_predictor_oracle = {
    .name = "oracle",
    .summary = "the true next TM (upper bound)",
    .size = sizeof(oracle),
    .alloc = oracle_alloc,
    .forecast = oracle_forecast,
    .knows_truth = true,
    .free = oracle_free,
};

const lead_predictor_type lead_predictor_noisy_oracle = {
    .name = "noisy-oracle",
    .summary = "the true next TM with the last TM's errors around it (what a plan is at fault for)",
    .size = sizeof(lead_classical),
    .alloc = noisy_alloc,
    .forecast = lead_classical_forecast,
    .forecast_joint = lead_classical_forecast_joint,
    .point = lead_classical_last_point,
    .even = true,
    .knows_truth = true,
    .free = lead_classical_free,
};
