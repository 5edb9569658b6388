/* Predictors compared window by window; see against.h. */
#include "run/evaluate/against.h"
#include "base/expects.h"
#include <lead/compare.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lead_evaluate_kept {
    int predictors, horizons, windows;
    lead_evaluate_windows_sums *each; /* [predictors][horizons] */
};

void lead_evaluate_kept_free(lead_evaluate_kept *self) {
    if (!self)
        return;
    for (int i = 0; self->each && i < self->predictors * self->horizons; i++)
        free(self->each[i].sums);
    free(self->each);
    free(self);
}

lead_status lead_evaluate_kept_alloc(const lead_evaluate_options *options, int windows,
                                     lead_evaluate_kept **out) {
    lead_evaluate_kept *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->predictors = options->predictor_count;
    self->horizons = options->horizon_count;
    self->windows = windows;
    size_t count = (size_t)self->predictors * (size_t)self->horizons;
    LEAD_TRY_FREE(lead_calloc(count, sizeof *self->each, &self->each));
    for (size_t i = 0; i < count; i++)
        LEAD_TRY_FREE(
            lead_calloc((size_t)windows, sizeof *self->each[i].sums, &self->each[i].sums));
    *out = self;
    return LEAD_OK;
fail:
    lead_evaluate_kept_free(self);
    return status;
}

lead_evaluate_windows_sums *lead_evaluate_kept_of(lead_evaluate_kept *self, int predictor) {
    return self->each + (size_t)predictor * (size_t)self->horizons;
}

static int place_of(const lead_evaluate_options *options, const char *predictor) {
    for (int i = 0; i < options->predictor_count; i++)
        if (strcmp(options->predictors[i], predictor) == 0)
            return i;
    return -1;
}

/* "\"lst\", to be compared with, is none of the predictors that are scored: last, ewma: did you
 * mean last?" */
static lead_status fail_against(const lead_evaluate_options *options) {
    char list[400] = "";
    lead_nearest nearest = {.word = options->against};
    for (int i = 0; i < options->predictor_count; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%.80s", i > 0 ? ", " : "",
                 options->predictors[i]);
        lead_nearest_offer(&nearest, options->predictors[i]);
    }
    return lead_fail(LEAD_INVALID,
                     "\"%.80s\", to be compared with, is none of the predictors that are scored: "
                     "%s%s",
                     options->against, list, lead_nearest_hint(&nearest));
}

lead_status lead_evaluate_check_against(const lead_evaluate_options *options) {
    if (!options->against || place_of(options, options->against) >= 0)
        return LEAD_OK;
    return fail_against(options);
}

/* --- one score -------------------------------------------------------------------------------- */

/* What window w added, over the mean of what windows are over: their mean is the score, or its
 * square. */
static void spread_out(const lead_evaluate_windows_sums *from, lead_score score, double *to) {
    double over = from->sums[from->count - 1].over[score] / from->count, before = 0;
    for (int w = 0; w < from->count; w++) {
        double now = from->sums[w].of[score];
        to[w] = (now - before) / over;
        before = now;
    }
}

/* A relative difference of squares as that of the roots. */
static double of_roots(double difference) {
    return difference <= -1 ? -1 : sqrt(1 + difference) - 1; /* NaN, of no interval, stays */
}

static void to_roots(lead_evaluate_difference *told) {
    told->own = sqrt(told->own);
    told->other = sqrt(told->other);
    told->difference = of_roots(told->difference);
    told->low = of_roots(told->low);
    told->high = of_roots(told->high);
}

static lead_status estimate(const double *other, const double *own, int count,
                            lead_evaluate_difference *told) {
    const lead_compare_stretch stretch = {.a = other, .b = own, .seeds = 1, .epochs = count};
    const lead_compare_options options = lead_compare_defaults();
    lead_compare_estimate found;
    LEAD_TRY(lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_MEAN, lead_score_name(told->score),
                                      &options, &found));
    told->own = found.b;
    told->other = found.a;
    told->difference = found.difference / found.a;
    told->low = found.low / found.a;
    told->high = found.high / found.a;
    if (lead_score_is_root(told->score))
        to_roots(told);
    return LEAD_OK;
}

static bool has_score(const lead_evaluate_windows_sums *windows, lead_score score) {
    return windows->count > 0 && windows->sums[windows->count - 1].over[score] > 0;
}

static lead_status compare_score(const lead_evaluate_options *options,
                                 const lead_evaluate_windows_sums *own,
                                 const lead_evaluate_windows_sums *other,
                                 lead_evaluate_difference *told) {
    double *values;
    if (!has_score(own, told->score) || !has_score(other, told->score))
        return LEAD_OK;
    LEAD_TRY(lead_calloc(2 * (size_t)own->count, sizeof *values, &values));
    spread_out(own, told->score, values);
    spread_out(other, told->score, values + own->count);
    lead_status status = estimate(values + own->count, values, own->count, told);
    if (status == LEAD_OK && isfinite(told->difference))
        options->difference(told, options->data);
    free(values);
    return status;
}

/* --- all -------------------------------------------------------------------------------------- */

static lead_status compare_predictor(const lead_evaluate_options *options,
                                     const lead_evaluate_kept *kept, int predictor, int against) {
    for (int h = 0; h < kept->horizons; h++)
        for (int score = 0; score < LEAD_SCORE_COUNT; score++) {
            lead_evaluate_difference told = {.predictor = options->predictors[predictor],
                                             .against = options->against,
                                             .horizon = options->horizons[h],
                                             .score = (lead_score)score};
            LEAD_TRY(compare_score(options, &kept->each[predictor * kept->horizons + h],
                                   &kept->each[against * kept->horizons + h], &told));
        }
    return LEAD_OK;
}

lead_status lead_evaluate_compare(const lead_evaluate_options *options,
                                  const lead_evaluate_kept *kept) {
    LEAD_EXPECTS(options && kept);
    if (!options->against || !options->difference)
        return LEAD_OK;
    int against = place_of(options, options->against);
    for (int i = 0; i < options->predictor_count; i++)
        if (i != against)
            LEAD_TRY(compare_predictor(options, kept, i, against));
    return LEAD_OK;
}
