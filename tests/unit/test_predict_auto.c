/* predict/auto: the better expert is followed, also when another becomes the better one; experts
 * that fail are left out. */
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/predict.h>

enum { N = 3, STEP = 300, FIT = 200, LENGTH = 900, TURN = 550, S = 20, H = 3 };

/* Up to TURN noise around a level, where the mean of many TMs is best; then a random walk, where
 * the last one is. */
static lead_tm_series *two_regimes(void) {
    lead_tm_series *series;
    gsl_rng *random;
    double level[N * N], tm[N * N];
    assert_ok(lead_tm_series_alloc(N, NULL, &series));
    assert_ok(lead_random_alloc(7, "test", &random));
    for (int od = 0; od < N * N; od++)
        level[od] = 1e6 * (1 + od);
    for (int i = 0; i < LENGTH; i++) {
        for (int od = 0; od < N * N; od++) {
            if (i > TURN)
                level[od] *= exp(gsl_ran_gaussian(random, 0.15));
            tm[od] = od / N == od % N ? 0 : level[od];
            if (i <= TURN)
                tm[od] *= exp(gsl_ran_gaussian(random, 0.3));
        }
        assert_ok(lead_tm_series_append(series, i * STEP, tm));
    }
    gsl_rng_free(random);
    return series;
}

static lead_predictor_options options_for(const lead_tm_series *fit) {
    return (lead_predictor_options){.node_count = N,
                                    .horizon = H,
                                    .samples = S,
                                    .step = STEP,
                                    .seed = 1,
                                    .fit = fit,
                                    .joint = true,
                                    .window = 30};
}

/* ncrps of forecasts of step `ahead` made in [from, until). */
static double score(lead_predictor *predictor, const lead_tm_series *series, int from, int until,
                    int ahead) {
    static double samples[S * H * N * N], step[S * N * N];
    lead_scores scores = {0};
    for (int now = from; now < until; now++) {
        assert_ok(lead_predictor_forecast_joint(predictor, series, now, (uint64_t)now, samples));
        for (int k = 0; k < S; k++)
            memcpy(step + k * N * N, samples + (k * H + ahead - 1) * N * N, sizeof *step * N * N);
        assert_ok(
            lead_scores_add(&scores, step, S, NULL, lead_tm_series_tm(series, now + ahead), N));
    }
    return lead_scores_ncrps(&scores);
}

static void the_better_expert_is_followed(void **state) {
    (void)state;
    lead_tm_series *series = two_regimes(), *fit;
    assert_ok(lead_tm_series_slice(series, 0, FIT, &fit));
    lead_predictor_expert experts[2] = {{lead_predictor_find("last"), options_for(fit)},
                                        {lead_predictor_find("mean"), options_for(fit)}};
    lead_predictor_options options = options_for(fit);
    options.experts = experts;
    options.expert_count = 2;
    lead_predictor *both, *last, *mean;
    assert_ok(lead_predictor_alloc(lead_predictor_find("auto"), &options, &both));
    options = options_for(fit);
    assert_ok(lead_predictor_alloc(lead_predictor_find("last"), &options, &last));
    assert_ok(lead_predictor_alloc(lead_predictor_find("mean"), &options, &mean));
    score(both, series, FIT, 300, 1); /* it learns */
    static const int from[] = {300, 700}, until[] = {500, 880};
    for (int regime = 0; regime < 2; regime++) {
        if (regime == 1)
            score(both, series, 500, 700, 1);
        double l = score(last, series, from[regime], until[regime], 1),
               m = score(mean, series, from[regime], until[regime], 1),
               b = score(both, series, from[regime], until[regime], 1);
        assert_true(regime == 0 ? m < 0.85 * l : l < 0.85 * m); /* the regimes do differ */
        assert_true(b < 1.02 * fmin(l, m));
    }
    lead_predictor_free(both);
    lead_predictor_free(last);
    lead_predictor_free(mean);
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
}

/* nlinear wants 16 TMs; before that `last` alone is asked, and nobody at all is an error. */
static void experts_that_fail_are_left_out(void **state) {
    (void)state;
    lead_tm_series *series = two_regimes(), *fit;
    assert_ok(lead_tm_series_slice(series, 0, FIT, &fit));
    lead_predictor_expert experts[2] = {{lead_predictor_find("nlinear"), options_for(fit)},
                                        {lead_predictor_find("last"), options_for(fit)}};
    lead_predictor_options options = options_for(fit);
    static double samples[S * H * N * N], alone[S * H * N * N];
    lead_predictor *both, *last;
    options.experts = experts;
    options.expert_count = 2;
    assert_ok(lead_predictor_alloc(lead_predictor_find("auto"), &options, &both));
    assert_ok(lead_predictor_forecast_joint(both, series, 3, 9, samples));
    options = options_for(fit);
    assert_ok(lead_predictor_alloc(lead_predictor_find("last"), &options, &last));
    assert_ok(lead_predictor_forecast_joint(last, series, 3, 9, alone));
    assert_memory_equal(samples, alone, sizeof samples);
    assert_ok(lead_predictor_forecast_joint(both, series, 300, 9, samples));
    lead_predictor_free(both);
    lead_predictor_free(last);
    options.experts = experts;
    options.expert_count = 1;
    assert_ok(lead_predictor_alloc(lead_predictor_find("auto"), &options, &both));
    assert_fails(lead_predictor_forecast(both, series, 3, 9, samples), LEAD_INVALID,
                 "no expert can forecast");
    lead_predictor_free(both);
    options.expert_count = 0;
    assert_fails(lead_predictor_alloc(lead_predictor_find("auto"), &options, &both), LEAD_INVALID,
                 "and there are none");
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_better_expert_is_followed),
                                       cmocka_unit_test(experts_that_fail_are_left_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
