/* blend: linear: a part of the way to the linear forecast of the network's own last days. */
#include "series.h"
#include <lead/predict.h>

enum { STEP = 300, DAY = 288, SIX_HOURS = 72, N = 3, PAIRS = N * N, SAMPLES = 9, HORIZON = 10 };
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

static double short_steps_at(int i, int od) {
    return steps_at(2 * i, od); /* a new level every twenty */
}

static lead_tm_series *make_series(int length, double (*value)(int, int)) {
    return series_of(N, STEP, length, value);
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
    assert_true((lead_predictor_point(predictor) == NULL) == (blend == LEAD_BLEND_LINEAR));
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

/* Rank by rank a part of the way from `own` to `other`, part[HORIZON]. */
static void go(const double *own, const double *other, const double *part, double *out) {
    for (int cell = 0; cell < CELLS; cell++)
        for (int k = 0; k < SAMPLES; k++) {
            int at = k * CELLS + cell;
            bool diagonal = cell % PAIRS / N == cell % PAIRS % N;
            double there = diagonal ? 0 : value_of_rank(other, cell, rank_of(own, cell, k));
            out[at] = (1 - part[cell / PAIRS]) * own[at] + part[cell / PAIRS] * there;
        }
}

static const double parts[] = {0, 0.25, 0.5, 0.75};

/* CRPS of one pair's even samples: E|X - y| - E|X - X'| / 2. */
static double crps(const double *both, int cell, double truth) {
    double sum = 0;
    for (int k = 0; k < SAMPLES; k++) {
        sum += fabs(both[k * CELLS + cell] - truth) / SAMPLES;
        for (int other = 0; other < k; other++)
            sum -= fabs(both[k * CELLS + cell] - both[other * CELLS + cell]) / SAMPLES / SAMPLES;
    }
    return sum;
}

/* Adds to loss[HORIZON][4] the CRPS of all parts of the way, of forecasts from a row. */
static void judge(const lead_tm_series *series, const char *linear, const lead_tm_series *early,
                  int row, double loss[HORIZON][4]) {
    double own[VALUES], other[VALUES], both[VALUES], part[HORIZON];
    lead_predictor *predictor = make("last", LEAD_BLEND_NEVER, series);
    uint64_t draw = (uint64_t)(lead_tm_series_time(series, row) / STEP);
    assert_ok(lead_predictor_forecast(predictor, series, row, draw, own));
    lead_predictor_free(predictor);
    predictor = make(linear, LEAD_BLEND_NEVER, early);
    assert_ok(lead_predictor_forecast(predictor, series, row, draw, other));
    lead_predictor_free(predictor);
    for (int p = 0; p < 4; p++) {
        for (int h = 0; h < HORIZON; h++)
            part[h] = parts[p];
        go(own, other, part, both);
        for (int cell = 0; cell < CELLS; cell++)
            if (cell % PAIRS / N != cell % PAIRS % N)
                loss[cell / PAIRS][p] += crps(
                    both, cell, lead_tm_series_tm(series, row + 1 + cell / PAIRS)[cell % PAIRS]);
    }
}

/* part[HORIZON]: of the least CRPS of a step and the three before and after it, over 12 moments of
 * the last third of [first, until). */
static void best_parts(const lead_tm_series *series, const char *linear, int first, int until,
                       double *part) {
    double loss[HORIZON][4] = {{0}};
    int early = (until - first) * 2 / 3, room = until - first - 1 - HORIZON - early;
    lead_tm_series *fitted;
    assert_ok(lead_tm_series_slice(series, first, early, &fitted));
    for (int i = 0; i < 12; i++)
        judge(series, linear, fitted, first + early + i * room / 11, loss);
    for (int h = 0; h < HORIZON; h++) {
        double near[4] = {0};
        int best = 0;
        for (int p = 0; p < 4; p++)
            for (int k = h < 3 ? 0 : h - 3; k <= h + 3 && k < HORIZON; k++)
                near[p] += loss[k][p];
        for (int p = 1; p < 4; p++)
            best = near[p] < near[best] ? p : best;
        part[h] = parts[best];
    }
    lead_tm_series_free(fitted);
}

/* `last` at `now`, blended, is part[HORIZON] of the way to `linear` fitted on the TMs [first,
 * until). */
static void assert_blended(const lead_tm_series *series, int now, const char *linear, int first,
                           int until, double *part) {
    double alone[VALUES], own[VALUES], both[VALUES], wanted[VALUES];
    lead_tm_series *days;
    best_parts(series, linear, first, until, part);
    assert_ok(lead_tm_series_slice(series, first, until - first, &days));
    forecast("last", LEAD_BLEND_DEFAULT, series, series, now, alone);
    forecast("last", LEAD_BLEND_LINEAR, series, series, now, both);
    forecast(linear, LEAD_BLEND_DEFAULT, days, series, now, own);
    go(alone, own, part, wanted);
    for (int i = 0; i < VALUES; i++)
        assert_near(both[i], wanted[i], 1e-9);
    lead_tm_series_free(days);
}

static void samples_go_as_far_as_has_paid(void **state) {
    (void)state;
    lead_tm_series *series = make_series(10 * DAY, value_at);
    double part[HORIZON];
    assert_blended(series, 8 * DAY + 50, "nlinear-day", DAY, 8 * DAY, part);
    assert_true(part[0] > 0 && part[HORIZON - 1] > 0);
    assert_blended(series, 8 * DAY, "nlinear-day", DAY, 8 * DAY, part);
    assert_blended(series, DAY + SIX_HOURS + 5, "nlinear", 0, DAY + SIX_HOURS, part);
    assert_true(part[0] > 0);
    lead_tm_series_free(series);
}

/* Levels that last twenty steps and then are new: the last value is right for the next steps, a
 * mean for those far ahead. */
static void steps_ahead_go_their_own_way(void **state) {
    (void)state;
    lead_tm_series *series = make_series(10 * DAY, short_steps_at);
    double part[HORIZON];
    assert_blended(series, 8 * DAY + 50, "nlinear-day", DAY, 8 * DAY, part);
    assert_true(part[0] < part[HORIZON - 1]);
    lead_tm_series_free(series);
}

/* The end of the days never goes back, whenever counters began. */
static void two_days_are_over_at_a_midnight(void **state) {
    (void)state;
    const int ten = 120; /* o'clock */
    lead_tm_series *whole = make_series(6 * DAY, value_at), *series;
    double part[HORIZON];
    assert_ok(lead_tm_series_slice(whole, ten, 5 * DAY, &series));
    for (int now = 2 * DAY + 110; now < 2 * DAY + 130;
         now += 19) /* 9:10 and 10:45 of the third day */
        assert_blended(series, now - ten, "nlinear-day", 0, 2 * DAY + SIX_HOURS - ten, part);
    assert_blended(series, 3 * DAY + 40 - ten, "nlinear-day", 0, 3 * DAY - ten, part);
    lead_tm_series_free(series);
    lead_tm_series_free(whole);
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
                                       cmocka_unit_test(steps_ahead_go_their_own_way),
                                       cmocka_unit_test(two_days_are_over_at_a_midnight),
                                       cmocka_unit_test(what_does_not_pay_changes_no_byte),
                                       cmocka_unit_test(without_enough_tms_samples_stay),
                                       cmocka_unit_test(the_past_alone_decides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
