/* The predictors by name. To add one: its file, a line in predict/types.h and a row here. */
#include "base/table.h"
#include "base/expects.h"
#include "options/predict_options.h"
#include "predict/online/blend.h"
#include "predict/online/level.h"
#include "predict/online/recalibrate.h"
#include "predict/scores.h"
#include "predict/types.h"
#include <stdlib.h>
#include <string.h>

static const void *const table[] = {
    &lead_predictor_last,     &lead_predictor_mean,         &lead_predictor_ewma,
    &lead_predictor_seasonal, &lead_predictor_nlinear,      &lead_predictor_nlinear_day,
    &lead_predictor_oracle,   &lead_predictor_noisy_oracle, &lead_predictor_auto,
    &lead_predictor_lead,     &lead_predictor_torchscript,
};

enum { COUNT = sizeof table / sizeof *table };

struct lead_predictor {
    const lead_predictor_type *type;
    lead_predictor_options options;
    lead_level *level;                 /* NULL: changes of level are not heeded */
    uint64_t stream;                   /* of what the level draws */
    lead_blending *blending;           /* NULL: none */
    lead_recalibration *recalibration; /* NULL: none */
    int steps;                         /* of diffusion, of the last forecast that was asked for */
    bool shifted;                      /* the last forecast is at another level than usual */
    double *point; /* [horizon][n*n] of the one that was asked for; NULL: the type has none */
    bool pointed;  /* its samples are spread around it */
    void *state;
};

const lead_predictor_type *lead_predictor_find(const char *name) {
    LEAD_EXPECTS(name);
    return lead_table_find(table, COUNT, name);
}

const char *lead_predictor_names(void) {
    static _Thread_local char names[256];
    return lead_table_names(table, COUNT, names, sizeof names);
}

static lead_status check_whole(const char *what, int64_t value, int64_t least, int64_t most) {
    if (value < least || value > most)
        return lead_fail(LEAD_INVALID, "%s of %lld is not in %lld..%lld", what, (long long)value,
                         (long long)least, (long long)most);
    return LEAD_OK;
}

static lead_status check_options(const lead_predictor_type *type,
                                 const lead_predictor_options *options) {
    LEAD_TRY(lead_options_check(&lead_predict_section, type->name, options));
    LEAD_TRY(check_whole("node_count", options->node_count, 1, 46340));
    LEAD_TRY(check_whole("horizon", options->horizon, 1, 1000000));
    LEAD_TRY(check_whole("samples", options->samples, 1, 1000000));
    LEAD_TRY(check_whole("step", options->step, 1, INT32_MAX));
    LEAD_TRY(check_whole("expert_count", options->expert_count, 0, options->experts ? 1000 : 0));
    if (options->fit && lead_tm_series_node_count(options->fit) != options->node_count)
        return lead_fail(LEAD_INVALID, "the TMs to fit on have %d nodes, the network %d",
                         lead_tm_series_node_count(options->fit), options->node_count);
    if (options->truth && lead_tm_series_node_count(options->truth) != options->node_count)
        return lead_fail(LEAD_INVALID, "the true TMs have %d nodes, the network %d",
                         lead_tm_series_node_count(options->truth), options->node_count);
    return LEAD_OK;
}

static bool heeds_level_shifts(const lead_predictor_type *type,
                               const lead_predictor_options *options) {
    bool usual = options->level_shifts == LEAD_LEVEL_SHIFTS_DEFAULT;
    return !type->knows_truth && !type->chooses &&
           (usual ? type->heeds_level_shifts : options->level_shifts == LEAD_LEVEL_SHIFTS_HEED);
}

void lead_predictor_options_hurry(lead_predictor_options *options) {
    LEAD_EXPECTS(options);
    if (options->recalibrate == LEAD_RECALIBRATE_DEFAULT)
        options->recalibrate = LEAD_RECALIBRATE_NEVER;
}

/* Blending and recalibrating at once only where that is asked for: every forecast that is made
 * again is blended. */
static bool recalibrates(const lead_predictor *self) {
    const lead_predictor_type *type = self->type;
    lead_recalibrate asked = self->options.recalibrate;
    bool own = type->recalibrates && type->recalibrates(self->state) && !self->blending;
    return !type->knows_truth && !type->chooses &&
           (asked == LEAD_RECALIBRATE_DEFAULT ? own : asked == LEAD_RECALIBRATE_DAILY);
}

static bool blends(const lead_predictor_type *type, const lead_predictor_options *options,
                   const void *state) {
    bool own = type->blends && type->blends(state);
    bool asked = options->blend == LEAD_BLEND_DEFAULT ? own : options->blend == LEAD_BLEND_LINEAR;
    return !type->knows_truth && !type->chooses && asked;
}

static size_t point_size(const lead_predictor_options *options) {
    return (size_t)options->horizon * (size_t)options->node_count * (size_t)options->node_count;
}

lead_status lead_predictor_alloc(const lead_predictor_type *type,
                                 const lead_predictor_options *options, lead_predictor **out) {
    LEAD_EXPECTS(type && options && out);
    lead_predictor *predictor = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(check_options(type, options));
    LEAD_TRY(lead_calloc(1, sizeof *predictor, &predictor));
    predictor->options = *options;
    LEAD_TRY_FREE(lead_calloc(1, type->size, &predictor->state));
    LEAD_TRY_FREE(type->alloc(predictor->state, options));
    predictor->type = type;
    predictor->stream = lead_random_seed(options->seed, "level");
    if (type->point)
        LEAD_TRY_FREE(lead_calloc(point_size(options), sizeof(double), &predictor->point));
    if (heeds_level_shifts(type, options))
        LEAD_TRY_FREE(lead_level_alloc(options, &predictor->level));
    if (blends(type, options, predictor->state))
        LEAD_TRY_FREE(
            lead_blending_alloc(options, heeds_level_shifts(type, options), &predictor->blending));
    if (recalibrates(predictor))
        LEAD_TRY_FREE(lead_recalibration_alloc(options, &predictor->recalibration));
    *out = predictor;
    return LEAD_OK;
fail:
    lead_predictor_free(predictor);
    return status;
}

void lead_predictor_free(lead_predictor *predictor) {
    if (!predictor)
        return;
    if (predictor->type)
        predictor->type->free(predictor->state);
    lead_level_free(predictor->level);
    lead_blending_free(predictor->blending);
    lead_recalibration_free(predictor->recalibration);
    free(predictor->state);
    free(predictor->point);
    free(predictor);
}

int lead_predictor_get_steps(const lead_predictor *predictor) {
    LEAD_EXPECTS(predictor);
    return predictor->steps;
}

const double *lead_predictor_point(const lead_predictor *predictor) {
    LEAD_EXPECTS(predictor);
    return predictor->pointed ? predictor->point : NULL;
}

bool lead_predictor_is_even(const lead_predictor *predictor) {
    LEAD_EXPECTS(predictor);
    const lead_predictor_type *type = predictor->type;
    return type->is_even ? type->is_even(predictor->state) : type->even;
}

int lead_predictor_looks_back(const lead_predictor *predictor) {
    LEAD_EXPECTS(predictor);
    return predictor->type->looks_back ? predictor->type->looks_back(predictor->state) : 0;
}

bool lead_predictor_has_seen(const lead_predictor *predictor, int64_t time) {
    LEAD_EXPECTS(predictor);
    return predictor->type->has_seen && predictor->type->has_seen(predictor->state, time);
}

typedef lead_status (*forecasting)(void *state, const lead_tm_series *history, int now,
                                   uint64_t draw, double *samples);

/* The forecast of a past at the usual level, at the present one. */
static lead_status forecast_at_level(lead_predictor *predictor, forecasting how,
                                     const lead_tm_series *history, int now, uint64_t draw,
                                     double *samples) {
    lead_tm_series *usual = NULL;
    if (predictor->level)
        LEAD_TRY(lead_level_find(predictor->level, history, now, &usual));
    predictor->shifted = usual && !lead_level_is_usual(predictor->level);
    if (!usual)
        return how(predictor->state, history, now, draw, samples);
    lead_status status =
        how(predictor->state, usual, lead_tm_series_length(usual) - 1, draw, samples);
    lead_tm_series_free(usual);
    if (status == LEAD_OK)
        lead_level_restore(predictor->level, predictor->options.horizon, predictor->stream + draw,
                           samples);
    return status;
}

static lead_status forecast_alone(void *data, const lead_tm_series *history, int now, uint64_t draw,
                                  double *samples) {
    lead_predictor *predictor = data;
    return forecast_at_level(predictor, predictor->type->forecast, history, now, draw, samples);
}

static double crps_of(const void *data, const double *x, int count, double truth) {
    bool even = lead_predictor_is_even(data);
    return lead_crps_of_sorted(x, count, truth, even ? LEAD_EVEN : LEAD_RANDOM);
}

/* The same, blended and checked. */
static lead_status forecast_checked(lead_predictor *predictor, forecasting how,
                                    const lead_tm_series *history, int now, uint64_t draw,
                                    double *samples) {
    const lead_predictor_options *options = &predictor->options;
    size_t n = (size_t)options->node_count,
           tms = (size_t)options->samples * (size_t)options->horizon;
    const lead_reforecaster own = {forecast_alone, crps_of, predictor, predictor->type->name};
    LEAD_TRY(forecast_at_level(predictor, how, history, now, draw, samples));
    predictor->steps = predictor->type->steps ? predictor->type->steps(predictor->state) : 0;
    if (predictor->blending)
        LEAD_TRY(lead_blending_apply(predictor->blending, &own, history, now, draw, samples));
    for (size_t k = 0; k < tms; k++)
        for (size_t v = 0; v < n; v++)
            samples[k * n * n + v * n + v] = 0;
    return lead_tm_check(predictor->type->name, samples, tms, options->node_count);
}

static lead_status forecast_again(void *data, const lead_tm_series *history, int now, uint64_t draw,
                                  double *samples) {
    lead_predictor *predictor = data;
    return forecast_checked(predictor, predictor->type->forecast, history, now, draw, samples);
}

static void keep_point(lead_predictor *predictor) {
    size_t n = (size_t)predictor->options.node_count, size = point_size(&predictor->options);
    predictor->pointed = predictor->point && !predictor->shifted && !predictor->blending;
    if (!predictor->pointed)
        return;
    memcpy(predictor->point, predictor->type->point(predictor->state), size * sizeof(double));
    for (size_t step = 0; step < size; step += n * n)
        for (size_t v = 0; v < n; v++)
            predictor->point[step + v * n + v] = 0;
}

static lead_status forecast(lead_predictor *predictor, forecasting how,
                            const lead_tm_series *history, int now, uint64_t draw,
                            double *samples) {
    const lead_reforecaster own = {forecast_again, crps_of, predictor, predictor->type->name};
    if (now < 0 || now >= lead_tm_series_length(history) ||
        lead_tm_series_node_count(history) != predictor->options.node_count)
        return lead_fail(LEAD_INVALID, "%s: no TM %d in a history of %d", predictor->type->name,
                         now, lead_tm_series_length(history));
    LEAD_TRY(forecast_checked(predictor, how, history, now, draw, samples));
    keep_point(predictor);
    if (!predictor->recalibration)
        return LEAD_OK;
    int steps = predictor->steps;
    LEAD_TRY(lead_recalibration_apply(predictor->recalibration, &own, history, now, samples));
    predictor->steps = steps; /* not of what was forecast again */
    return lead_tm_check(predictor->type->name, samples,
                         (size_t)predictor->options.samples * (size_t)predictor->options.horizon,
                         predictor->options.node_count);
}

lead_status lead_predictor_forecast(lead_predictor *predictor, const lead_tm_series *history,
                                    int now, uint64_t draw, double *samples) {
    LEAD_EXPECTS(predictor && history && samples);
    return forecast(predictor, predictor->type->forecast, history, now, draw, samples);
}

lead_status lead_predictor_forecast_joint(lead_predictor *predictor, const lead_tm_series *history,
                                          int now, uint64_t draw, double *samples) {
    LEAD_EXPECTS(predictor && history && samples);
    const lead_predictor_type *type = predictor->type;
    if (!predictor->options.joint)
        return lead_fail(LEAD_INVALID, "%s: made without options.joint", type->name);
    return forecast(predictor, type->forecast_joint ? type->forecast_joint : type->forecast,
                    history, now, draw, samples);
}

int lead_history_find(const lead_tm_series *history, int now, int lag, int64_t step) {
    LEAD_EXPECTS(history);
    int64_t wanted = lead_tm_series_time(history, now) - lag * step;
    int guess = now - lag; /* on a series without gaps */
    if (guess >= 0 && lead_tm_series_time(history, guess) == wanted)
        return guess;
    int found = lead_tm_series_find(history, wanted);
    return found <= now ? found : -1;
}
