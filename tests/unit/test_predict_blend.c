/* blend: linear: half of the way to the linear forecast of the network's own last days. */
#include "support.h"
#include <lead/predict.h>

enum { STEP = 300, DAY = 288, SIX_HOURS = 72, N = 3, PAIRS = N * N, SAMPLES = 9, HORIZON = 4 };
enum { CELLS = HORIZON * PAIRS, VALUES = SAMPLES * CELLS };

static double value_at(int i, int od) {
    uint32_t words[4];
    lead_philox(3, (uint64_t)i * PAIRS + (uint64_t)od, words);
    return 100.0 * (1 + od) * (1 + 0.3 * sin(2 * M_PI * i / DAY) + 0.2 * (words[0] / 4294967296.0));
}

static lead_tm_series *make_series(int length) {
    lead_tm_series *series;
    double tm[PAIRS];
    assert_ok(lead_tm_series_alloc(N, NULL, &series));
    for (int i = 0; i < length; i++) {
        for (int od = 0; od < PAIRS; od++)
            tm[od] = od / N == od % N ? 0 : value_at(i, od);
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

/* `last` at `now`, blended, is rank by rank the mean of itself and of `linear` fitted on the TMs
 * [first, until). */
static void assert_blended(const lead_tm_series *series, int now, const char *linear, int first,
                           int until) {
    double alone[VALUES], own[VALUES], both[VALUES];
    lead_tm_series *days;
    assert_ok(lead_tm_series_slice(series, first, until - first, &days));
    forecast("last", LEAD_BLEND_DEFAULT, series, series, now, alone);
    forecast("last", LEAD_BLEND_LINEAR, series, series, now, both);
    forecast(linear, LEAD_BLEND_DEFAULT, days, series, now, own);
    for (int cell = 0; cell < CELLS; cell++) {
        if (cell % PAIRS / N == cell % PAIRS % N)
            continue;
        for (int k = 0; k < SAMPLES; k++) {
            double wanted = value_of_rank(own, cell, rank_of(alone, cell, k));
            assert_near(both[k * CELLS + cell], (alone[k * CELLS + cell] + wanted) / 2, 1e-9);
        }
    }
    lead_tm_series_free(days);
}

static void samples_go_half_of_the_way(void **state) {
    (void)state;
    lead_tm_series *series = make_series(10 * DAY);
    int until = 8 * DAY + SIX_HOURS;
    assert_blended(series, until + 50, "nlinear-day", until - 7 * DAY, until);
    assert_blended(series, until, "nlinear-day", until - 7 * DAY, until);
    assert_blended(series, DAY - 1, "nlinear", 0, DAY - SIX_HOURS);
    lead_tm_series_free(series);
}

static void assert_same(const lead_tm_series *series, const char *name, int now) {
    double alone[VALUES], both[VALUES];
    forecast(name, LEAD_BLEND_NEVER, series, series, now, alone);
    forecast(name, LEAD_BLEND_LINEAR, series, series, now, both);
    assert_memory_equal(alone, both, sizeof alone);
}

static void without_enough_tms_samples_stay(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY), *gap;
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
    lead_tm_series *series = make_series(5 * DAY);
    const int now = 4 * DAY + 30, other = 3 * DAY + 100;
    double first[VALUES], again[VALUES], tm[PAIRS] = {0};
    lead_predictor *predictor = make("last", LEAD_BLEND_LINEAR, series);
    assert_ok(lead_predictor_forecast(predictor, series, now, 5, first));
    assert_ok(lead_predictor_forecast(predictor, series, other, 5, again));
    assert_ok(lead_tm_series_replace(series, now - 20, tm));
    assert_ok(lead_tm_series_replace(series, now + 1, tm));
    assert_ok(lead_predictor_forecast(predictor, series, now, 5, again));
    assert_memory_equal(first, again, sizeof first);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_go_half_of_the_way),
                                       cmocka_unit_test(without_enough_tms_samples_stay),
                                       cmocka_unit_test(the_past_alone_decides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
