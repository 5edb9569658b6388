/* predict: the classical forecasts on series whose next value is known, their samples, and the
 * scores. */
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/predict.h>

enum { STEP = 300, DAY = 288 };

static lead_tm_series *make_series(int length, double (*value)(int, int), int n) {
    lead_tm_series *series;
    double *tm = calloc((size_t)(n * n), sizeof *tm);
    assert_ok(lead_tm_series_alloc(n, NULL, &series));
    for (int i = 0; i < length; i++) {
        for (int od = 0; od < n * n; od++)
            tm[od] = value(i, od);
        assert_ok(lead_tm_series_append(series, (int64_t)STEP * i, tm));
    }
    free(tm);
    return series;
}

static double ramp(int i, int od) {
    return 1000.0 + 10 * i + od;
}

static double daily(int i, int od) {
    return 100 + 50 * sin(2 * 3.14159265358979 * (i % DAY) / DAY) + od;
}

static double noise(int i, int od) {
    unsigned x = (unsigned)(i * 4 + od) * 2654435761u;
    x = (x ^ (x >> 15)) * 2246822519u;
    x ^= x >> 13;
    return 100 + 40 * ((x % 100003) / 100003.0);
}

static lead_predictor *make(const char *name, int horizon, int samples, const lead_tm_series *fit) {
    lead_predictor_options options = {.node_count = 2,
                                      .horizon = horizon,
                                      .samples = samples,
                                      .step = STEP,
                                      .seed = 1,
                                      .fit = fit,
                                      .truth = fit};
    lead_predictor *predictor;
    assert_ok(lead_predictor_alloc(lead_predictor_find(name), &options, &predictor));
    return predictor;
}

static void last_is_the_last(void **state) {
    (void)state;
    lead_tm_series *series = make_series(20, ramp, 2);
    lead_predictor *predictor = make("last", 3, 1, NULL);
    double samples[3 * 4];
    assert_ok(lead_predictor_forecast(predictor, series, 10, 0, samples));
    for (int h = 0; h < 3; h++)
        assert_near(samples[h * 4 + 1], ramp(10, 1), 0);
    assert_near(samples[0], 0, 0); /* the diagonal */
    assert_fails(lead_predictor_forecast(predictor, series, 20, 0, samples), LEAD_INVALID,
                 "no TM 20");
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

static void nlinear_learns_a_line(void **state) {
    (void)state;
    lead_tm_series *series = make_series(400, ramp, 2);
    lead_predictor *predictor = make("nlinear", 2, 1, series);
    double samples[2 * 4];
    assert_ok(lead_predictor_forecast(predictor, series, 300, 0, samples));
    assert_near(samples[1], ramp(301, 1), 0.5);
    assert_near(samples[4 + 2], ramp(302, 2), 0.5);
    assert_fails(lead_predictor_forecast(predictor, series, 3, 0, samples), LEAD_INVALID,
                 "nlinear");
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

static void seasonal_is_yesterday(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY, daily, 2);
    lead_predictor *predictor = make("seasonal", 300, 1, NULL);
    double *samples = calloc(300 * 4, sizeof *samples);
    assert_ok(lead_predictor_forecast(predictor, series, 2 * DAY, 0, samples));
    for (int h = 0; h < 300; h += 23)
        assert_near(samples[h * 4 + 1], daily(2 * DAY + 1 + h, 1), 1e-9);
    free(samples);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

/* Hours, a week, and what is no multiple of the step. */
static void seasons_may_be_others(void **state) {
    (void)state;
    static const struct {
        double seconds;
        int steps; /* 0: refused */
    } seasons[] = {{3600, 12}, {604800, 7 * DAY}, {43200, DAY / 2}, {3601, 0}, {300, 0}, {1e6, 0}};
    lead_tm_series *series = make_series(8 * DAY, ramp, 2);
    for (size_t i = 0; i < sizeof seasons / sizeof *seasons; i++) {
        lead_predictor_options options = {
            .node_count = 2, .horizon = 3, .samples = 1, .step = 300, .season = seasons[i].seconds};
        lead_predictor *predictor;
        double samples[3 * 4];
        if (seasons[i].steps == 0) {
            assert_fails(
                lead_predictor_alloc(lead_predictor_find("seasonal"), &options, &predictor),
                LEAD_INVALID, "season");
            continue;
        }
        assert_ok(lead_predictor_alloc(lead_predictor_find("seasonal"), &options, &predictor));
        assert_ok(lead_predictor_forecast(predictor, series, 7 * DAY + 5, 0, samples));
        for (int h = 0; h < 3; h++)
            assert_near(samples[h * 4 + 1], ramp(7 * DAY + 6 + h - seasons[i].steps, 1), 0);
        lead_predictor_free(predictor);
    }
    lead_tm_series_free(series);
}

/* A whole day ahead, the same time yesterday is now. */
static void seasonal_a_day_ahead_is_now(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3 * DAY, ramp, 2);
    lead_predictor *predictor = make("seasonal", DAY + 1, 1, NULL);
    double *samples = calloc((DAY + 1) * 4, sizeof *samples);
    assert_ok(lead_predictor_forecast(predictor, series, 2 * DAY, 0, samples));
    assert_near(samples[(DAY - 2) * 4 + 1], ramp(2 * DAY - 1, 1), 0);
    assert_near(samples[(DAY - 1) * 4 + 1], ramp(2 * DAY, 1), 0);
    assert_near(samples[DAY * 4 + 1], ramp(DAY + 1, 1), 0);
    free(samples);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

static void mean_is_of_the_last_ones(void **state) {
    (void)state;
    lead_tm_series *series = make_series(5, ramp, 2);
    lead_predictor *predictor = make("mean", 2, 1, series);
    double samples[2 * 4];
    assert_ok(lead_predictor_forecast(predictor, series, 3, 0, samples));
    assert_near(samples[1], (ramp(1, 1) + ramp(2, 1) + ramp(3, 1)) / 3, 1e-9);
    assert_near(samples[4 + 1], samples[1], 0);
    assert_ok(lead_predictor_forecast(predictor, series, 1, 0, samples)); /* two are there */
    assert_near(samples[1], (ramp(0, 1) + ramp(1, 1)) / 2, 1e-9);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

/* Too short to judge an alpha by: one half, not the first that was tried. */
static void ewma_without_evidence_takes_one_half(void **state) {
    (void)state;
    lead_tm_series *series = make_series(3, ramp, 2);
    lead_predictor *predictor = make("ewma", 3, 1, series);
    double samples[3 * 4];
    assert_ok(lead_predictor_forecast(predictor, series, 1, 0, samples));
    assert_near(samples[1], (0.5 * ramp(1, 1) + 0.25 * ramp(0, 1)) / 0.75, 1e-9);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

static void ewma_weighs_the_past(void **state) {
    (void)state;
    lead_tm_series *series = make_series(200, noise, 2);
    lead_predictor_options options = {
        .node_count = 2, .horizon = 1, .samples = 1, .step = STEP, .alpha = 0.3};
    lead_predictor *predictor;
    double sample[4], mean = noise(0, 1);
    assert_ok(lead_predictor_alloc(lead_predictor_find("ewma"), &options, &predictor));
    for (int i = 1; i < 200; i++)
        mean += 0.3 * (noise(i, 1) - mean);
    assert_ok(lead_predictor_forecast(predictor, series, 199, 0, sample));
    assert_near(sample[1], mean, 1e-3);
    lead_predictor_free(predictor);
    options.alpha = 1.5;
    assert_fails(lead_predictor_alloc(lead_predictor_find("ewma"), &options, &predictor),
                 LEAD_INVALID, "1.5");
    lead_tm_series_free(series);
}

/* White noise: the fitted alpha is the smallest, and a ramp's the largest. */
static void ewma_chooses_alpha(void **state) {
    (void)state;
    lead_tm_series *flat = make_series(600, noise, 2), *steep = make_series(600, ramp, 2);
    lead_predictor *smooth = make("ewma", 1, 1, flat), *quick = make("ewma", 1, 1, steep);
    double sample[4];
    assert_ok(lead_predictor_forecast(quick, steep, 500, 0, sample));
    assert_near(sample[1], ramp(500, 1), 1e-9);
    assert_ok(lead_predictor_forecast(smooth, flat, 500, 0, sample));
    assert_near(sample[1], 120, 8); /* the mean of the noise, not its last value */
    lead_predictor_free(smooth);
    lead_predictor_free(quick);
    lead_tm_series_free(flat);
    lead_tm_series_free(steep);
}

static double square(int i, int od) {
    return 100.0 + od + 50 * (i / 16 % 2);
}

/* A wave that is the same 1 TM later and turned over 16 later: the last value is best for the first
 * step, the mean for the last. */
static void ewma_chooses_an_alpha_for_every_step(void **state) {
    (void)state;
    lead_tm_series *series = make_series(600, square, 2);
    lead_predictor *predictor = make("ewma", 16, 1, series);
    double samples[16 * 4];
    assert_ok(lead_predictor_forecast(predictor, series, 500, 0, samples));
    assert_near(samples[1], square(500, 1), 1e-9);
    assert_near(samples[15 * 4 + 1], 121, 15);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

static void oracle_looks_ahead(void **state) {
    (void)state;
    lead_tm_series *series = make_series(30, ramp, 2);
    lead_predictor_options options = {
        .node_count = 2, .horizon = 2, .samples = 3, .step = STEP, .truth = series};
    lead_predictor *predictor;
    double samples[3 * 2 * 4];
    assert_ok(lead_predictor_alloc(lead_predictor_find("oracle"), &options, &predictor));
    assert_ok(lead_predictor_forecast(predictor, series, 10, 0, samples));
    assert_near(samples[2 * 8 + 4 + 1], ramp(12, 1), 0);
    /* Beyond the last TM that one goes on, but not alone. */
    assert_ok(lead_predictor_forecast(predictor, series, 28, 0, samples));
    assert_near(samples[4 + 1], ramp(29, 1), 0);
    assert_fails(lead_predictor_forecast(predictor, series, 29, 0, samples), LEAD_INVALID,
                 "there is no TM of");
    lead_predictor_free(predictor);
    options.node_count = 3;
    assert_fails(lead_predictor_alloc(lead_predictor_find("oracle"), &options, &predictor),
                 LEAD_INVALID, "true TMs have 2 nodes");
    options.node_count = 2;
    options.truth = NULL;
    assert_fails(lead_predictor_alloc(lead_predictor_find("oracle"), &options, &predictor),
                 LEAD_INVALID, "not known");
    lead_tm_series_free(series);
}

/* 16 steps ahead the wave is turned over: the last TM is off by 50 always, and so are the samples
 * around the truth, as often up as down. */
static void noisy_oracle_spreads_the_last_tms_errors_around_the_truth(void **state) {
    (void)state;
    enum { STEPS = 16, COUNT = 40 };
    lead_tm_series *series = make_series(600, square, 2);
    lead_predictor *predictor = make("noisy-oracle", STEPS, COUNT, series);
    double samples[COUNT * STEPS * 4];
    const double truth = square(500 + STEPS, 1);
    int above = 0;
    assert_ok(lead_predictor_forecast(predictor, series, 500, 0, samples));
    for (int k = 0; k < COUNT; k++) {
        const double sample = samples[(k * STEPS + STEPS - 1) * 4 + 1];
        above += sample > truth;
        assert_near(fabs(sample - truth), 50, 1e-6 * truth);
    }
    assert_in_range(above, 17, 23);
    lead_predictor_free(predictor);
    lead_tm_series_free(series);
}

/* Samples of every classical forecast cover the truth as often as they should, are reproducible and
 * differ with the draw. */
static void samples_have_the_residuals_spread(void **state) {
    (void)state;
    static const char *const names[] = {"last",        "ewma",     "nlinear",
                                        "nlinear-day", "seasonal", "mean"};
    enum { S = 40 };
    lead_tm_series *series = make_series(1400, noise, 2), *fit;
    assert_ok(lead_tm_series_slice(series, 0, 1000, &fit));
    for (int k = 0; k < 6; k++) {
        lead_predictor *predictor = make(names[k], 1, S, fit);
        lead_scores scores = {0};
        double a[S * 4], b[S * 4];
        for (int now = 1000; now < 1390; now++) {
            assert_ok(lead_predictor_forecast(predictor, series, now, (uint64_t)now, a));
            assert_ok(lead_scores_add(&scores, a, S, NULL, lead_tm_series_tm(series, now + 1), 2));
        }
        assert_near(lead_scores_coverage_90(&scores), 0.9, 0.04);
        assert_ok(lead_predictor_forecast(predictor, series, 1000, 7, a));
        assert_ok(lead_predictor_forecast(predictor, series, 1000, 7, b));
        assert_memory_equal(a, b, sizeof a);
        assert_ok(lead_predictor_forecast(predictor, series, 1000, 8, b));
        assert_memory_not_equal(a, b, sizeof a);
        lead_predictor_free(predictor);
    }
    lead_predictor_options options = {.node_count = 2, .horizon = 1, .samples = S, .step = STEP};
    lead_predictor *predictor;
    assert_fails(lead_predictor_alloc(lead_predictor_find("last"), &options, &predictor),
                 LEAD_INVALID, "40 samples need TMs");
    options.node_count = 3;
    options.fit = fit;
    assert_fails(lead_predictor_alloc(lead_predictor_find("last"), &options, &predictor),
                 LEAD_INVALID, "2 nodes, the network 3");
    lead_tm_series_free(fit);
    lead_tm_series_free(series);
}

/* The errors scored are those of the point forecast, the one sample where one is asked for, however
 * many are spread around it; recalibration moves the samples alone. */
static void the_point_forecast_is_what_samples_are_spread_around(void **state) {
    (void)state;
    enum { S = 40, STEPS = 3, SIZE = STEPS * 4 };
    lead_tm_series *series = make_series(1400, noise, 2), *fit;
    assert_ok(lead_tm_series_slice(series, 0, 1000, &fit));
    for (int daily = 0; daily < 2; daily++) {
        lead_predictor_options options = {.node_count = 2,
                                          .horizon = STEPS,
                                          .samples = S,
                                          .step = STEP,
                                          .fit = fit,
                                          .recalibrate = daily ? LEAD_RECALIBRATE_DAILY
                                                               : LEAD_RECALIBRATE_NEVER};
        lead_predictor *alone = make("nlinear", STEPS, 1, fit), *many;
        assert_ok(lead_predictor_alloc(lead_predictor_find("nlinear"), &options, &many));
        assert_null(lead_predictor_point(many));
        double one[SIZE], samples[S * SIZE];
        for (int now = 1300; now < 1303; now++) {
            lead_scores scores = {0};
            const double *truth = lead_tm_series_tm(series, now + 1);
            assert_ok(lead_predictor_forecast(alone, series, now, 0, one));
            assert_ok(lead_predictor_forecast(many, series, now, 0, samples));
            assert_memory_equal(lead_predictor_point(many), one, sizeof one);
            double firsts[S * 4];
            for (int k = 0; k < S; k++)
                memcpy(firsts + k * 4, samples + k * SIZE, 4 * sizeof(double));
            assert_ok(lead_scores_add(&scores, firsts, S, lead_predictor_point(many), truth, 2));
            double there = one[1] - truth[1], back = one[2] - truth[2];
            assert_near(scores.squared_error, there * there + back * back, 1e-9);
            assert_near(scores.absolute_error, fabs(there) + fabs(back), 1e-9);
        }
        lead_predictor_free(alone);
        lead_predictor_free(many);
    }
    lead_tm_series_free(fit);
    lead_tm_series_free(series);
}

/* Truths drawn like the samples lie within the 90 % interval of 20 samples nine times in ten. */
static void coverage_is_unbiased_for_few_samples(void **state) {
    (void)state;
    enum { S = 20 };
    gsl_rng *random;
    lead_scores scores = {0};
    double samples[S * 4], truth[4];
    assert_ok(lead_random_alloc(2, "test", &random));
    for (int window = 0; window < 5000; window++) {
        for (int i = 0; i < S * 4; i++)
            samples[i] = 10 + gsl_ran_gaussian(random, 1);
        for (int od = 0; od < 4; od++)
            truth[od] = 10 + gsl_ran_gaussian(random, 1);
        assert_ok(lead_scores_add(&scores, samples, S, NULL, truth, 2));
    }
    assert_near(lead_scores_coverage_90(&scores), 0.9, 0.012);
    gsl_rng_free(random);
}

/* CRPS of samples = integral of (F - 1{x >= y})^2 for the plain estimator; the fair one differs by
 * the known term. */
static void crps_equals_its_integral(void **state) {
    (void)state;
    enum { S = 7 };
    double x[S] = {3, 1, 4, 1.5, 9, 2.6, 5}, samples[S * 4] = {0}, truth[4] = {0, 3.3, 0, 0},
           integral = 0, spread = 0;
    lead_scores scores = {0};
    for (int k = 0; k < S; k++)
        samples[k * 4 + 1] = x[k];
    for (double at = 0; at < 10; at += 1e-4) {
        double below = 0;
        for (int k = 0; k < S; k++)
            below += x[k] <= at + 5e-5;
        double distance = below / S - (at + 5e-5 >= truth[1]);
        integral += 1e-4 * distance * distance;
    }
    for (int i = 0; i < S; i++)
        for (int k = 0; k < S; k++)
            spread += fabs(x[i] - x[k]);
    double fair = integral + spread / (2.0 * S * S) - spread / (2.0 * S * (S - 1));
    assert_ok(lead_scores_add(&scores, samples, S, NULL, truth, 2));
    assert_near(scores.crps, fair, 1e-3);
    assert_near(lead_scores_ncrps(&scores), fair / 3.3, 1e-3);
}

/* The CRPS of a normal forecast in closed form (Gneiting and Raftery 2007), from many samples. */
static void crps_of_a_normal(void **state) {
    (void)state;
    enum { S = 20000 };
    gsl_rng *random;
    double *samples = calloc(S * 4, sizeof *samples), truth[4] = {0, 10.7, 0, 0};
    lead_scores scores = {0};
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int k = 0; k < S; k++)
        samples[k * 4 + 1] = 10 + gsl_ran_gaussian(random, 2);
    double z = 0.35, pi = acos(-1.0), density = exp(-z * z / 2) / sqrt(2 * pi),
           below = erfc(-z / sqrt(2)) / 2;
    assert_ok(lead_scores_add(&scores, samples, S, NULL, truth, 2));
    assert_near(scores.crps, 2 * (z * (2 * below - 1) + 2 * density - 1 / sqrt(pi)), 0.02);
    assert_near(lead_scores_nrmse(&scores), 0.7 / 10.7, 0.005);
    gsl_rng_free(random);
    free(samples);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_is_the_last),
        cmocka_unit_test(nlinear_learns_a_line),
        cmocka_unit_test(seasonal_is_yesterday),
        cmocka_unit_test(seasons_may_be_others),
        cmocka_unit_test(seasonal_a_day_ahead_is_now),
        cmocka_unit_test(mean_is_of_the_last_ones),
        cmocka_unit_test(ewma_without_evidence_takes_one_half),
        cmocka_unit_test(ewma_weighs_the_past),
        cmocka_unit_test(ewma_chooses_alpha),
        cmocka_unit_test(ewma_chooses_an_alpha_for_every_step),
        cmocka_unit_test(oracle_looks_ahead),
        cmocka_unit_test(noisy_oracle_spreads_the_last_tms_errors_around_the_truth),
        cmocka_unit_test(samples_have_the_residuals_spread),
        cmocka_unit_test(the_point_forecast_is_what_samples_are_spread_around),
        cmocka_unit_test(coverage_is_unbiased_for_few_samples),
        cmocka_unit_test(crps_equals_its_integral),
        cmocka_unit_test(crps_of_a_normal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
