/* nlinear and nlinear-day against their normal equations by the definition, value by value and by
 * time, over days and gaps; what they know of yesterday, and what they do where it is missing. */
#include "support.h"
#include <lead/predict.h>

/* 24 steps a day; the last horizon's like lies two days back. */
enum { STEP = 3600, DAY = 24, LAGS = 16, HORIZON = 30, LENGTH = 500, MOST = 23 };

static double noise(int i) {
    unsigned x = (unsigned)i * 2654435761u;
    x = (x ^ (x >> 15)) * 2246822519u;
    x ^= x >> 13;
    return (x % 100003) / 100003.0;
}

/* A day of two levels, and noise. */
static double value_at(int i, int od) {
    int hour = i % DAY;
    return (1 + od) * (100 + 60 * (hour >= 9 && hour < 17) + 30 * noise(4 * i + od));
}

/* `gap`: the one TM that is missing, -1 for none. */
static lead_tm_series *make_series(int length, int gap, int step) {
    lead_tm_series *series;
    assert_ok(lead_tm_series_alloc(2, NULL, &series));
    for (int i = 0; i < length; i++) {
        double tm[4] = {0, value_at(i, 1), value_at(i, 2), 0};
        if (i != gap)
            assert_ok(lead_tm_series_append(series, (int64_t)step * i, tm));
    }
    return series;
}

static lead_status make(const char *name, int horizon, int step, const lead_tm_series *fit,
                        lead_predictor **out) {
    lead_predictor_options options = {
        .node_count = 2, .horizon = horizon, .samples = 1, .step = step, .seed = 1, .fit = fit};
    return lead_predictor_alloc(lead_predictor_find(name), &options, out);
}

/* A forecast of LENGTH hours' series, point[HORIZON * 4]. */
static void forecast(const char *name, const lead_tm_series *fit, const lead_tm_series *history,
                     int now, double *point) {
    lead_predictor *predictor;
    assert_ok(make(name, HORIZON, STEP, fit, &predictor));
    assert_ok(lead_predictor_forecast(predictor, history, now, 0, point));
    lead_predictor_free(predictor);
}

/* --- by the definition ------------------------------------------------------------------------ */

static bool has(const lead_tm_series *series, int hour) {
    return lead_tm_series_find(series, (int64_t)STEP * hour) >= 0;
}

static double at(const lead_tm_series *series, int hour, int od) {
    return lead_tm_series_tm(series, lead_tm_series_find(series, (int64_t)STEP * hour))[od];
}

/* Features of step h: 15 lags, a constant, and with a day 7 values `back` hours before the target's
 * surroundings; all less the last one. */
static void features_of(const lead_tm_series *series, int now, int od, int h, int back, double unit,
                        double *feature) {
    double last = at(series, now, od);
    for (int k = 1; k < LAGS; k++)
        feature[k - 1] = (at(series, now - k, od) - last) / unit;
    feature[LAGS - 1] = 1;
    for (int j = -3; j <= 3 && back > 0; j++)
        feature[LAGS + 3 + j] = (at(series, now + h - back + j, od) - last) / unit;
}

/* Whole from the lags to the last target and, with a day, around every target that is `back` hours
 * later. */
static bool is_window(const lead_tm_series *series, int now, int first, int until, int back) {
    bool whole = true;
    for (int i = now - LAGS + 1; i <= now + HORIZON; i++)
        whole = whole && has(series, i);
    for (int h = first; h <= until && back > 0; h++)
        for (int j = -3; j <= 3; j++)
            whole = whole && has(series, now + h - back + j);
    return whole;
}

/* Gaussian elimination with pivoting: gram[size][size] x = moments, x in moments. */
static void eliminate(double gram[MOST][MOST], double *moments, int size) {
    for (int c = 0; c < size; c++) {
        int best = c;
        for (int r = c; r < size; r++)
            best = fabs(gram[r][c]) > fabs(gram[best][c]) ? r : best;
        for (int k = 0; k < size; k++) {
            double swap = gram[c][k];
            gram[c][k] = gram[best][k];
            gram[best][k] = swap;
        }
        double swap = moments[c];
        moments[c] = moments[best];
        moments[best] = swap;
        for (int r = 0; r < size; r++) {
            double factor = r == c ? 0 : gram[r][c] / gram[c][c];
            for (int k = c; k < size; k++)
                gram[r][k] -= factor * gram[c][k];
            moments[r] -= factor * moments[c];
        }
    }
    for (int r = 0; r < size; r++)
        moments[r] /= gram[r][r];
}

typedef struct equations {
    double gram[MOST][MOST], moments[MOST], unit;
    int size, count;
} equations;

/* Those of one OD pair and step h; steps first..until share `back`. */
static void sum_up(const lead_tm_series *fit, int od, int h, int first, int until, int back,
                   equations *of) {
    double feature[MOST];
    int length = lead_tm_series_length(fit);
    *of = (equations){.size = back > 0 ? MOST : LAGS};
    for (int i = 0; i < length; i++)
        of->unit += lead_tm_series_tm(fit, i)[od] / length;
    for (int i = LAGS - 1; i < LENGTH; i++) {
        if (!is_window(fit, i, first, until, back))
            continue;
        features_of(fit, i, od, h, back, of->unit, feature);
        for (int a = 0; a < of->size; a++) {
            for (int b = 0; b < of->size; b++)
                of->gram[a][b] += feature[a] * feature[b];
            of->moments[a] += feature[a] * (at(fit, i + h, od) - at(fit, i, od)) / of->unit;
        }
        of->count++;
    }
}

/* Mean square of the lags' features. */
static double size_of(const equations *of) {
    double trace = 0;
    for (int a = 0; a < LAGS - 1; a++)
        trace += of->gram[a][a] / (LAGS - 1) / of->count;
    return trace;
}

/* All pairs' equations, each over its own mean square, count as 100 windows of the pair. */
static void add_all_pairs(const equations *all, int pairs, equations *of) {
    double own = size_of(of), windows = 100.0 / of->count / pairs;
    for (int i = 0; i < pairs; i++)
        for (int a = 0; a < of->size; a++) {
            if (a == LAGS - 1)
                continue;
            for (int b = 0; b < of->size; b++)
                if (b != LAGS - 1)
                    of->gram[a][b] += own * windows * all[i].gram[a][b] / size_of(&all[i]);
            of->moments[a] += own * windows * all[i].moments[a] / size_of(&all[i]);
        }
}

/* The forecast of step h at `now`. */
static double define(const lead_tm_series *fit, int now, int od, int h, int first, int until,
                     int back) {
    double feature[MOST], mean[2] = {0}, change = 0;
    equations all[2], of;
    for (int i = 0; i < 2; i++)
        sum_up(fit, i + 1, h, first, until, back, &all[i]);
    of = all[od - 1];
    add_all_pairs(all, 2, &of);
    for (int a = 0; a < of.size; a++)
        if (a != LAGS - 1)
            mean[a >= LAGS] += of.gram[a][a] / (a >= LAGS ? 7 : 15);
    for (int a = 0; a < of.size; a++)
        of.gram[a][a] += (a >= LAGS ? 1e-1 * mean[1] : 1e-3 * mean[0]) + 1e-12 * of.count;
    eliminate(of.gram, of.moments, of.size);
    features_of(fit, now, od, h, back, of.unit, feature);
    for (int a = 0; a < of.size; a++)
        change += of.moments[a] * feature[a] * of.unit;
    return fmax(0, at(fit, now, od) + change);
}

static void weights_are_those_of_the_definition(void **state) {
    (void)state;
    lead_tm_series *series = make_series(LENGTH, 200, STEP);
    double point[HORIZON * 4];
    int now = lead_tm_series_find(series, (int64_t)STEP * 420);
    for (int od = 1; od <= 2; od++) {
        forecast("nlinear", series, series, now, point);
        for (int h = 1; h <= HORIZON; h += 7)
            assert_near(point[(h - 1) * 4 + od], define(series, 420, od, h, 1, HORIZON, 0), 1e-7);
        forecast("nlinear-day", series, series, now, point);
        for (int h = 1; h <= HORIZON; h++) { /* + 3 steps of a day ago have come up to step 21 */
            double wanted = h <= DAY - 3 ? define(series, 420, od, h, 1, DAY - 3, DAY)
                                         : define(series, 420, od, h, DAY - 2, HORIZON, 2 * DAY);
            assert_near(point[(h - 1) * 4 + od], wanted, 1e-7);
        }
    }
    lead_tm_series_free(series);
}

/* What a pair teaches others that was calm for as long as it could learn, and then was not: as
 * little as one without traffic. */
static void a_calm_pair_spoils_no_others(void **state) {
    (void)state;
    const int length = LAGS + HORIZON + 60;
    lead_tm_series *calm, *empty;
    double with[HORIZON * 4], without[HORIZON * 4];
    assert_ok(lead_tm_series_alloc(2, NULL, &calm));
    assert_ok(lead_tm_series_alloc(2, NULL, &empty));
    for (int i = 0; i < length; i++) {
        double jump = i < length - HORIZON ? 1 : 10;
        double tm[4] = {0, value_at(i, 1), 100 * jump * (1 + 1e-6 * noise(i)), 0};
        assert_ok(lead_tm_series_append(calm, (int64_t)STEP * i, tm));
        tm[2] = 0;
        assert_ok(lead_tm_series_append(empty, (int64_t)STEP * i, tm));
    }
    forecast("nlinear", calm, calm, length - 1, with);
    forecast("nlinear", empty, empty, length - 1, without);
    for (int h = 0; h < HORIZON; h++)
        assert_near(with[h * 4 + 1], without[h * 4 + 1], 1e-9);
    lead_tm_series_free(calm);
    lead_tm_series_free(empty);
}

/* --- yesterday -------------------------------------------------------------------------------- */

/* When the level changes, yesterday tells better than the last 16 hours. */
static void the_day_is_known(void **state) {
    (void)state;
    lead_tm_series *series = make_series(LENGTH, -1, STEP), *fit;
    double plain[HORIZON * 4], daily[HORIZON * 4], error[2] = {0};
    assert_ok(lead_tm_series_slice(series, 0, 350, &fit));
    for (int now = 360; now < 460; now++) {
        forecast("nlinear", fit, series, now, plain);
        forecast("nlinear-day", fit, series, now, daily);
        for (int h = 4; h < HORIZON; h++) {
            double truth = value_at(now + 1 + h, 1);
            error[0] += fabs(plain[h * 4 + 1] - truth);
            error[1] += fabs(daily[h * 4 + 1] - truth);
        }
    }
    assert_true(error[1] < 0.8 * error[0]);
    lead_tm_series_free(fit);
    lead_tm_series_free(series);
}

/* With one of yesterday's TMs missing the forecast is nlinear's, with any other it is not; a gap in
 * the last 16 is an error. The 30 steps look back 2 * 24 - 22 + 3 = 29 hours (step 22). */
static void without_yesterday_it_is_nlinear(void **state) {
    (void)state;
    static const struct {
        int ago;
        bool plain;
    } cases[] = {{30, false}, {29, true}, {20, true}, {16, true}, {200, false}};
    /* 512 TMs: a look past the last one is one past the room for times, which ASan sees */
    lead_tm_series *fit = make_series(LENGTH, -1, STEP);
    double plain[HORIZON * 4], daily[HORIZON * 4];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lead_tm_series *history = make_series(513, 512 - cases[i].ago, STEP);
        forecast("nlinear", fit, history, 511, plain);
        forecast("nlinear-day", fit, history, 511, daily);
        assert_int_equal(memcmp(plain, daily, sizeof plain) == 0, cases[i].plain);
        lead_tm_series_free(history);
    }
    lead_tm_series *history = make_series(513, 504, STEP);
    lead_predictor *predictor;
    assert_ok(make("nlinear-day", HORIZON, STEP, fit, &predictor));
    assert_fails(lead_predictor_forecast(predictor, history, 511, 0, daily), LEAD_INVALID,
                 "nlinear-day: the last 16 TMs are not all there");
    lead_predictor_free(predictor);
    lead_tm_series_free(history);
    lead_tm_series_free(fit);
}

/* What comes after `now` in the history changes nothing. */
static void the_future_is_not_read(void **state) {
    (void)state;
    lead_tm_series *fit = make_series(LENGTH, -1, STEP), *past;
    double with[HORIZON * 4], without[HORIZON * 4];
    assert_ok(lead_tm_series_slice(fit, 0, 401, &past));
    forecast("nlinear-day", fit, fit, 400, with);
    forecast("nlinear-day", fit, past, 400, without);
    assert_memory_equal(with, without, sizeof with);
    lead_tm_series_free(past);
    lead_tm_series_free(fit);
}

static void what_cannot_be_fitted_is_refused(void **state) {
    (void)state;
    static const struct {
        int step, length;
        const char *says;
    } cases[] = {{420, 300, "nlinear-day: a day is no multiple of the step, 420 s"},
                 {28800, 300, "or less than 7 of them"},
                 {STEP, 70, "nlinear-day: 42 whole windows of 18 TMs and the day before"},
                 {STEP, 40, "nlinear-day: 23 whole windows of 18 TMs are too few"}};
    lead_predictor *predictor;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lead_tm_series *fit = make_series(cases[i].length, -1, cases[i].step);
        assert_fails(make("nlinear-day", 2, cases[i].step, fit, &predictor), LEAD_INVALID,
                     cases[i].says);
        lead_tm_series_free(fit);
    }
    assert_fails(make("nlinear-day", 2, STEP, NULL, &predictor), LEAD_INVALID,
                 "nlinear-day: there are no TMs to fit on");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_those_of_the_definition),
        cmocka_unit_test(a_calm_pair_spoils_no_others),
        cmocka_unit_test(the_day_is_known),
        cmocka_unit_test(without_yesterday_it_is_nlinear),
        cmocka_unit_test(the_future_is_not_read),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
