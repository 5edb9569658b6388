/* blend: linear: a part of the way to the linear forecast of the network's own last days. */
#include "support.h"
#include <lead/predict.h>

enum { STEP = 300, DAY = 288, SIX_HOURS = 72, N = 3, PAIRS = N * N, SAMPLES = 9, HORIZON = 4 };
enum { CELLS = HORIZON * PAIRS, VALUES = SAMPLES * CELLS };

static double value_at(int i, int od) {
    uint32_t words[4];
    lead_philox(3, (uint64_t)i * PAIRS + (uint64_t)od, words);
    return 100.0 * (1 + od) * (1 + 0.3 * sin(2 * M_PI * i / DAY) + 0.2 * (words[0] / 4294967296.0));
}

/* Once in a while the level changes, and nothing else does: nobody beats the last value. */
static double steps_at(int i, int od) {
    uint32_t words[4];
    lead_philox(4, (uint64_t)(i / 40) * PAIRS + (uint64_t)od, words);
    return 100.0 * (1 + od) * (1 + words[0] / 4294967296.0) + 1e-3 * value_at(i, od);
}

static lead_tm_series *make_series(int length, double (*value)(int, int)) {
    lead_tm_series *series;
    double tm[PAIRS];
    assert_ok(lead_tm_series_alloc(N, NULL, &series));
    for (int i = 0; i < length; i++) {
        for (int od = 0; od < PAIRS; od++)
            tm[od] = od / N == od % N ? 0 : value(i, od);
        assert_ok(lead_tm_series_append(series, (int64_t)STEP * i, tm));
    }
    return series;
}

static lead_predictor *make(const char *name, lead_blend blend, const lead_tm_series *fit) {
    lead_predictor *predictor;
    lead_predictor_options options = {.node_count = N,
                                      .horizon = HORIZON,
                                      .samples = SAMPLES,
                                      .step = STEP,
                                      .seed = 1,
                                      .fit = fit,
                                      .blend = blend};
    assert_ok(lead_predictor_alloc(lead_predictor_find(name), &options, &predictor));
    return predictor;
}

static void forecast(const char *name, lead_blend blend, const lead_tm_series *fit,
                     const lead_tm_series *history, int now, double *samples) {
    lead_predictor *predictor = make(name, blend, fit);
    assert_ok(lead_predictor_forecast(predictor, history, now, 5, samples));
    lead_predictor_free(predictor);
}

/* How many of a cell's samples are smaller than sample k. */
static int rank_of(const double *samples, int cell, int k) {
    int rank = 0;
    for (int other = 0; other < SAMPLES; other++)
        rank += samples[other * CELLS + cell] < samples[k * CELLS + cell];
    return rank;
}

static double value_of_rank(const double *samples, int cell, int rank) {
    for (int k = 0; k < SAMPLES; k++)
        if (rank_of(samples, cell, k) == rank)
            return samples[k * CELLS + cell];
    fail_msg("two samples are equal");
    return 0;
}

/* Rank by rank a part of the way from `own` to `other`. */
static void go(const double *own, const double *other, double part, double *out) {
    for (int cell = 0; cell < CELLS; cell++)
        for (int k = 0; k < SAMPLES; k++) {
            int at = k * CELLS + cell;
            bool diagonal = cell % PAIRS / N == cell % PAIRS % N;
            double there = diagonal ? 0 : value_of_rank(other, cell, rank_of(own, cell, k));
            out[at] = (1 - part) * own[at] + part * there;
        }
}

static const double parts[] = {0, 0.25, 0.5, 0.75};

/* Adds to loss[HORIZON][4] the CRPS of all parts of the way, of forecasts from a row. */
static void judge(const lead_tm_series *series, const char *linear, const lead_tm_series *early,
                  int row, double loss[HORIZON][4]) {
    double own[VALUES], other[VALUES], both[VALUES], step[SAMPLES * PAIRS];
    lead_predictor *predictor = make("last", LEAD_BLEND_NEVER, series);
    uint64_t draw = (uint64_t)(lead_tm_series_time(series, row) / STEP);
    assert_ok(lead_predictor_forecast(predictor, series, row, draw, own));
    lead_predictor_free(predictor);
    predictor = make(linear, LEAD_BLEND_NEVER, early);
    assert_ok(lead_predictor_forecast(predictor, series, row, draw, other));
    lead_predictor_free(predictor);
    for (int p = 0; p < 4; p++) {
        go(own, other, parts[p], both);
        for (int h = 0; h < HORIZON; h++) {
            lead_scores scores = {0};
            for (int k = 0; k < SAMPLES; k++)
                memcpy(step + k * PAIRS, both + k * CELLS + h * PAIRS, PAIRS * sizeof *step);
            assert_ok(
                lead_scores_add(&scores, step, SAMPLES, lead_tm_series_tm(series, row + 1 + h), N));
            loss[h][p] += scores.crps;
        }
    }
}

/* The part of least CRPS of all steps (there are no more than four) over 12 moments of the last
 * third of [first, until). */
static double best_part(const lead_tm_series *series, const char *linear, int first, int until) {
    double loss[HORIZON][4] = {{0}}, all[4] = {0};
    int early = (until - first) * 2 / 3, room = until - first - 1 - HORIZON - early, best = 0;
    lead_tm_series *fitted;
    assert_ok(lead_tm_series_slice(series, first, early, &fitted));
    for (int i = 0; i < 12; i++)
        judge(series, linear, fitted, first + early + i * room / 11, loss);
    for (int p = 0; p < 4; p++)
        for (int h = 0; h < HORIZON; h++)
            all[p] += loss[h][p];
    for (int p = 1; p < 4; p++)
        best = all[p] < all[best] ? p : best;
    lead_tm_series_free(fitted);
    return parts[best];
}

/* `last` at `now`, blended, is that part of the way to `linear` fitted on the TMs [first, until).
 * The part. */
static double assert_blended(const lead_tm_series *series, int now, const char *linear, int first,
                             int until) {
    double alone[VALUES], own[VALUES], both[VALUES], wanted[VALUES],
        part = best_part(series, linear, first, until);
    lead_tm_series *days;
    assert_ok(lead_tm_series_slice(series, first, until - first, &days));
    forecast("last", LEAD_BLEND_DEFAULT, series, series, now, alone);
    forecast("last", LEAD_BLEND_LINEAR, series, series, now, both);
    forecast(linear, LEAD_BLEND_DEFAULT, days, series, now, own);
    go(alone, own, part, wanted);
    for (int i = 0; i < VALUES; i++)
        assert_near(both[i], wanted[i], 1e-9);
    lead_tm_series_free(days);
    return part;
}

static void samples_go_as_far_as_has_paid(void **state) {
    (void)state;
    lead_tm_series *series = make_series(10 * DAY, value_at);
    double week = assert_blended(series, 8 * DAY + 50, "nlinear-day", DAY, 8 * DAY);
    double midnight = assert_blended(series, 8 * DAY, "nlinear-day", DAY, 8 * DAY);
    double hours = assert_blended(series, DAY + SIX_HOURS + 5, "nlinear", 0, DAY + SIX_HOURS);
    assert_true(week > 0 && midnight > 0 && hours > 0);
    lead_tm_series_free(series);
}

static void assert_same(const lead_tm_series *series, const char *name, int now) {
    double alone[VALUES], both[VALUES];
    forecast(name, LEAD_BLEND_NEVER, series, series, now, alone);
    forecast(name, LEAD_BLEND_LINEAR, series, series, now, both);
    assert_memory_equal(alone, both, sizeof alone);
}

static void what_does_not_pay_changes_no_byte(void **state) {
    (void)state;
    lead_tm_series *series = make_series(10 * DAY, steps_at);
    for (int now = 8 * DAY; now < 8 * DAY + 40; now += 13)
        assert_same(series, "last", now);
    lead_tm_series_free(series);
}

static void without_enough_tms_samples_stay(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY, value_at), *gap;
    int64_t missing = (int64_t)STEP * (2 * DAY + 3);
    assert_same(series, "last", 20); /* no six hours are full */
    assert_ok(lead_tm_series_without(series, &missing, 1, &gap));
    assert_same(gap, "last", 2 * DAY + 5); /* one of the last 16 is not there */
    lead_tm_series_free(gap);
    lead_tm_series_free(series);
}

/* Of a predictor that is asked in any order, and of whatever came since the last full six hours and
 * is no input of the linear forecast. */
static void the_past_alone_decides(void **state) {
    (void)state;
    lead_tm_series *series = make_series(5 * DAY, value_at);
    const int now = 4 * DAY + 30, other = 3 * DAY + 100; /* of other days */
    double first[VALUES], again[VALUES], tm[PAIRS] = {0};
    lead_predictor *predictor = make("last", LEAD_BLEND_LINEAR, series);
    assert_ok(lead_predictor_forecast(predictor, series, now, 5, first));
    assert_ok(lead_predictor_forecast(predictor, series, other, 5, again));
    assert_ok(lead_tm_series_replace(series, now - 20, tm));
    assert_ok(lead_tm_series_replace(series, now + 1, tm));
    assert_ok(lead_predictor_forecast(predictor, series, now, 5, again));
    assert_memory_equal(first, again, sizeof first);
    forecast("last", LEAD_BLEND_NEVER, series, series, now, again);
    assert_memory_not_equal(first, again, sizeof first);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_go_as_far_as_has_paid),
                                       cmocka_unit_test(what_does_not_pay_changes_no_byte),
                                       cmocka_unit_test(without_enough_tms_samples_stay),
                                       cmocka_unit_test(the_past_alone_decides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
