/* predict/online/recalibrate on series whose answer is known. */
#include "online_support.h"

static double wide(int i, int od) {
    return 100.0 * (1 + od) * noise(i, od, 0.2);
}

static double narrow(int i, int od) {
    return 100.0 * (1 + od) * noise(i + 100000, od, 0.12);
}

static double rising(int i, int od) {
    return 100.0 * (1 + od) * (noise(i + 200000, od, 0.12) + 0.00025 * i);
}

enum { SAMPLES = 40, H = 3, SIZE = SAMPLES * H * PAIRS };

static lead_predictor_options daily(const lead_tm_series *fit, bool recalibrate) {
    return (lead_predictor_options){.horizon = H,
                                    .samples = SAMPLES,
                                    .window = 400,
                                    .fit = fit,
                                    .recalibrate = recalibrate ? LEAD_RECALIBRATE_DAILY
                                                               : LEAD_RECALIBRATE_NEVER};
}

/* Mean and width of a cell's samples. */
static void describe(const double *samples, int cell, double *mean, double *width) {
    double low = INFINITY, high = -INFINITY;
    *mean = 0;
    for (int k = 0; k < SAMPLES; k++) {
        double value = samples[k * H * PAIRS + cell];
        *mean += value / SAMPLES;
        low = fmin(low, value);
        high = fmax(high, value);
    }
    *width = high - low;
}

/* Of the cells of one to H steps ahead, in the mean: how much wider samples are with recalibration,
 * and by how much of a pair's usual rate they have moved. The order of every cell's samples stays.
 */
static void compare(double (*value)(int, int), double *wider, double *moved) {
    lead_tm_series *series = make_series(6 * DAY, value), *fit = make_series(3 * DAY, narrow);
    double *before = calloc(SIZE, sizeof *before), *after = calloc(SIZE, sizeof *after);
    int cells = H * N * (N - 1);
    *wider = *moved = 0;
    forecast("mean", daily(fit, false), series, 5 * DAY + 100, before);
    forecast("mean", daily(fit, true), series, 5 * DAY + 100, after);
    for (int cell = 0; cell < H * PAIRS; cell++) {
        int od = cell % PAIRS;
        double mean, width, mean_after, width_after;
        if (od / N == od % N)
            continue;
        describe(before, cell, &mean, &width);
        describe(after, cell, &mean_after, &width_after);
        *wider += width_after / width / cells;
        *moved += (mean_after - mean) / (100 * (1 + od)) / cells;
        for (int k = 1; k < SAMPLES; k++)
            assert_true((before[k * H * PAIRS + cell] < before[cell]) ==
                        (after[k * H * PAIRS + cell] < after[cell]));
    }
    free(before);
    free(after);
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
}

/* Fitted on 0.12 around the mean, the truth goes 0.2 around it: samples get 5 / 3 as wide, but for
 * what is taken for chance. */
static void samples_get_as_wide_as_errors(void **state) {
    (void)state;
    double wider, moved;
    compare(wide, &wider, &moved);
    assert_near(wider, 5.0 / 3, 0.2);
    assert_near(moved, 0, 0.01);
}

static void what_is_right_stays(void **state) {
    (void)state;
    double wider, moved;
    compare(narrow, &wider, &moved);
    assert_near(wider, 1, 0.05);
    assert_near(moved, 0, 0.01);
}

/* A mean of 400 TMs lags by 200 behind what rises by 0.00025 a TM: by 0.05, and truths lie 0.12
 * around that. In spreads of s = 0.68 * 0.12, from 0.05 / s - 0.12 / s to 0.05 / s + 0.12 / s, cut
 * at 1, their mean is ((1 - low^2) / 2 - (1 - 1) / 2 + high - 1) / (high - low). */
static void samples_move_to_where_truths_are(void **state) {
    (void)state;
    double wider, moved, s = 0.68 * 0.12, low = (0.05 - 0.12) / s, high = (0.05 + 0.12) / s,
                         mean = ((1 - low * low) / 2 + high - 1) / (high - low);
    compare(rising, &wider, &moved);
    assert_near(moved, s * mean, 0.25 * s * mean);
    assert_near(wider, 1, 0.35); /* errors are as far again from where the samples were */
}

/* Neither what comes after midnight, but for what the forecast itself sees, nor an earlier forecast
 * of the day decides anything. */
static void the_days_before_midnight_decide(void **state) {
    (void)state;
    lead_tm_series *series = make_series(6 * DAY, wide), *fit = make_series(3 * DAY, narrow),
                   *other;
    double *one = calloc(SIZE, sizeof *one), *two = calloc(SIZE, sizeof *two);
    lead_predictor_options options = daily(fit, true);
    options.window = 1;
    assert_ok(lead_tm_series_slice(series, 0, 6 * DAY, &other));
    burst(other, 5 * DAY + 1, 5 * DAY + 100, -1, 9);
    burst(other, 5 * DAY + 101, 6 * DAY, -1, 9);
    forecast("mean", options, series, 5 * DAY + 100, one);
    forecast("mean", options, other, 5 * DAY + 100, two);
    assert_memory_equal(one, two, SIZE * sizeof *one);
    lead_predictor *predictor = make("mean", options);
    assert_ok(lead_predictor_forecast(predictor, series, 4 * DAY + 7, 5, two));
    assert_ok(lead_predictor_forecast(predictor, series, 5 * DAY + 7, 5, two));
    assert_ok(lead_predictor_forecast(predictor, series, 5 * DAY + 100, 5, two));
    assert_memory_equal(one, two, SIZE * sizeof *one);
    lead_predictor_free(predictor);
    free(one);
    free(two);
    lead_tm_series_free(series);
    lead_tm_series_free(other);
    lead_tm_series_free(fit);
}

static void count_lines(lead_log_level level, const char *line, void *data) {
    *(int *)data += level == LEAD_LOG_WARNING && strstr(line, "recalibrate") != NULL;
}

/* A type that counts its forecasts, of the last TM; its state is its options. */
static int counted;

static lead_status count_alloc(void *self, const lead_predictor_options *options) {
    *(lead_predictor_options *)self = *options;
    return LEAD_OK;
}

static lead_status count_forecast(void *self, const lead_tm_series *history, int now, uint64_t draw,
                                  double *samples) {
    const lead_predictor_options *options = self;
    (void)draw;
    counted++;
    for (int k = 0; k < options->samples * options->horizon; k++)
        memcpy(samples + k * PAIRS, lead_tm_series_tm(history, now), PAIRS * sizeof *samples);
    return LEAD_OK;
}

static void count_free(void *self) {
    (void)self;
}

static bool count_always(const void *self) {
    (void)self;
    return true;
}

/* Forecasts that the first one of each of these days takes. */
static void count_days(lead_predictor_type type, lead_predictor_options options, const int days[4],
                       int of[4]) {
    lead_tm_series *series = make_series(8 * DAY, wide);
    static double samples[SIZE];
    lead_predictor *predictor;
    options.horizon = H;
    options.samples = SAMPLES;
    options.node_count = N;
    options.step = STEP;
    assert_ok(lead_predictor_alloc(&type, &options, &predictor));
    for (int i = 0; i < 4; i++) {
        counted = 0;
        assert_ok(lead_predictor_forecast(predictor, series, days[i] * DAY + 7, 5, samples));
        of[i] = counted;
    }
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

/* The days 0 to 2 come before the midnight of day 3; before day 0 there is nothing to forecast
 * from, so nothing is forecast again. */
static void a_day_is_looked_at_once(void **state) {
    lead_predictor_type type = {.name = "last",
                                .size = sizeof(lead_predictor_options),
                                .alloc = count_alloc,
                                .forecast = count_forecast,
                                .free = count_free};
    static const int days[4] = {3, 4, 5, 7}, once[4] = {1, 1, 1, 1},
                     again[4] = {1, 1 + 72, 1 + 24, 1 + 48};
    lead_predictor_options options = {.recalibrate = LEAD_RECALIBRATE_DEFAULT};
    int of[4], said = 0;
    (void)state;
    lead_log_set_sink(count_lines, &said);
    count_days(type, options, days, of);
    assert_memory_equal(of, once, sizeof of); /* the type's own default: never */
    type.recalibrates = count_always;
    count_days(type, options, days, of);
    assert_memory_equal(of, again, sizeof of);
    assert_int_equal(said, 0); /* nobody asked */
    options.recalibrate = LEAD_RECALIBRATE_NEVER;
    count_days(type, options, days, of);
    assert_memory_equal(of, once, sizeof of);
    type.recalibrates = NULL;
    options.recalibrate = LEAD_RECALIBRATE_DAILY;
    count_days(type, options, days, of);
    assert_memory_equal(of, again, sizeof of);
    assert_int_equal(said, 1);
    lead_log_set_sink(NULL, NULL);
}

static void without_three_days_it_says_so_once(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY, wide), *fit = make_series(3 * DAY, narrow);
    double *with = calloc(SIZE, sizeof *with), *without = calloc(SIZE, sizeof *without);
    int said = 0;
    lead_predictor_options options = daily(fit, true);
    options.window = 3;
    lead_predictor *predictor = make("mean", options);
    lead_log_set_sink(count_lines, &said);
    assert_ok(lead_predictor_forecast(predictor, series, DAY + 5, 5, with));
    assert_int_equal(said, 1);
    assert_ok(lead_predictor_forecast(predictor, series, 2 * DAY + 5, 5, with));
    assert_int_equal(said, 1);
    lead_log_set_sink(NULL, NULL);
    options.recalibrate = LEAD_RECALIBRATE_NEVER;
    forecast("mean", options, series, 2 * DAY + 5, without);
    assert_memory_equal(with, without, SIZE * sizeof *with);
    lead_predictor_free(predictor);
    free(with);
    free(without);
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
}

static void keep_line(lead_log_level level, const char *line, void *data) {
    if (level == LEAD_LOG_WARNING)
        snprintf(data, 400, "%s", line);
}

/* The same history, four days of it; what there is too little of differs. */
static void it_says_what_there_is_too_little_of(void **state) {
    static const struct {
        int samples, horizon, days;
        const char *reason; /* NULL: none */
    } asked[] = {{7, H, 4, "8 samples or more, and has 7"},
                 {8, 156, 4, "less than 12 hours ahead, and those of step 1"},
                 {8, H, 2, "TMs of the 3 days before "},
                 {8, 132, 4, NULL}};
    lead_tm_series *series = make_series(5 * DAY, wide), *fit = make_series(3 * DAY, narrow);
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char said[400] = "";
        lead_predictor_options options = daily(fit, true);
        options.samples = asked[i].samples;
        options.horizon = asked[i].horizon;
        options.window = 3;
        double *samples =
            calloc((size_t)options.samples * (size_t)options.horizon * PAIRS, sizeof *samples);
        lead_log_set_sink(keep_line, said);
        forecast("mean", options, series, asked[i].days * DAY + 5, samples);
        lead_log_set_sink(NULL, NULL);
        if (asked[i].reason ? !strstr(said, asked[i].reason) : said[0] != 0)
            fail_msg("row %zu: %s", i, said);
        free(samples);
    }
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
}

/* Who has no time leaves it out unless it was asked for. */
static void in_a_hurry_only_what_is_asked_for(void **state) {
    (void)state;
    const lead_recalibrate asked[] = {LEAD_RECALIBRATE_DEFAULT, LEAD_RECALIBRATE_DAILY,
                                      LEAD_RECALIBRATE_NEVER},
                           done[] = {LEAD_RECALIBRATE_NEVER, LEAD_RECALIBRATE_DAILY,
                                     LEAD_RECALIBRATE_NEVER};
    for (int i = 0; i < 3; i++) {
        lead_predictor_options options = {.recalibrate = asked[i], .samples = 7};
        lead_predictor_options_hurry(&options);
        assert_int_equal(options.recalibrate, done[i]);
        assert_int_equal(options.samples, 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_get_as_wide_as_errors),
                                       cmocka_unit_test(what_is_right_stays),
                                       cmocka_unit_test(samples_move_to_where_truths_are),
                                       cmocka_unit_test(the_days_before_midnight_decide),
                                       cmocka_unit_test(a_day_is_looked_at_once),
                                       cmocka_unit_test(without_three_days_it_says_so_once),
                                       cmocka_unit_test(it_says_what_there_is_too_little_of),
                                       cmocka_unit_test(in_a_hurry_only_what_is_asked_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
