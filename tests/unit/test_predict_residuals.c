/* predict: the spread of the classical forecasts' samples is relative where errors grow with the
 * traffic, and absolute where they do not. */
#include "support.h"
#include <lead/predict.h>

enum {
    STEP = 300,
    BLOCK = 100,
    LENGTH = 4000,
    SAMPLES = 101,
    LOW = 100,
    HIGH = 1000,
    WHOLE = 1600
};

static int level(int i) {
    return i / BLOCK % 2 ? HIGH : LOW;
}

/* -1 .. 1 */
static double noise(int i) {
    unsigned x = (unsigned)i * 2654435761u;
    x = (x ^ (x >> 15)) * 2246822519u;
    x ^= x >> 13;
    return 2 * ((x % 100003) / 100003.0) - 1;
}

static double grows(int i) {
    return level(i) * (1 + 0.2 * noise(i));
}

static double stays(int i) {
    return level(i) + 50 * noise(i);
}

/* Without gaps, or with one after each TM but the first WHOLE. */
static int64_t time_of(int i, bool gaps) {
    int extra = gaps && i >= WHOLE ? i - WHOLE + 1 : 0;
    return (int64_t)STEP * (i + extra);
}

static lead_tm_series *make_series(double (*value)(int), bool gaps) {
    lead_tm_series *series;
    assert_ok(lead_tm_series_alloc(2, NULL, &series));
    for (int i = 0; i < LENGTH; i++) {
        double tm[4] = {0, value(i), value(i), 0};
        assert_ok(lead_tm_series_append(series, time_of(i, gaps), tm));
    }
    return series;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far the quartiles of pair 1's samples lie apart, made at row `now`. */
static double width_at(lead_predictor *predictor, const lead_tm_series *series, int now) {
    static double samples[SAMPLES * 4], values[SAMPLES];
    assert_ok(lead_predictor_forecast(predictor, series, now, 0, samples));
    for (int k = 0; k < SAMPLES; k++)
        values[k] = samples[k * 4 + 1];
    qsort(values, SAMPLES, sizeof *values, by_size);
    return values[3 * SAMPLES / 4] - values[SAMPLES / 4];
}

/* The width at a high level over that at a low one. */
static double ratio_of(double (*value)(int), bool joint, bool gaps) {
    lead_tm_series *series = make_series(value, gaps);
    lead_predictor_options options = {.node_count = 2,
                                      .horizon = 1,
                                      .samples = SAMPLES,
                                      .step = STEP,
                                      .seed = 1,
                                      .joint = joint,
                                      .fit = series};
    lead_predictor *predictor;
    assert_ok(lead_predictor_alloc(lead_predictor_find("last"), &options, &predictor));
    double high = width_at(predictor, series, 19 * BLOCK + BLOCK / 2),
           low = width_at(predictor, series, 20 * BLOCK + BLOCK / 2);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
    return high / low;
}

static void assert_within(double value, double least, double most) {
    if (value < least || value > most)
        fail_msg("%g is not within %g to %g", value, least, most);
}

static void relative_where_errors_grow(void **state) {
    (void)state;
    for (int joint = 0; joint < 2; joint++)
        assert_within(ratio_of(grows, joint, false), 7, 13);
}

static void absolute_where_they_stay(void **state) {
    (void)state;
    for (int joint = 0; joint < 2; joint++)
        assert_within(ratio_of(stays, joint, false), 0.7, 1.4);
}

/* Windows without a gap are looked for as far back as there are TMs. */
static void chosen_from_behind_gaps(void **state) {
    (void)state;
    for (int joint = 0; joint < 2; joint++)
        assert_within(ratio_of(stays, joint, true), 0.7, 1.4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relative_where_errors_grow),
        cmocka_unit_test(absolute_where_they_stay),
        cmocka_unit_test(chosen_from_behind_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
