/* Scores of forecasts against closed forms and brute force; which windows are scored; joint samples
 * of the classical forecasts; the reader of lists of times. */
#include "support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <lead/evaluate.h>
#include <lead/formats.h>

enum { STEP = 300 };

static gsl_rng *stream(uint64_t seed) {
    gsl_rng *random;
    assert_ok(lead_random_alloc(seed, "test", &random));
    return random;
}

static lead_evaluation *make(int n, double maximum, const lead_routing *routing) {
    double most[16];
    lead_evaluation *evaluation;
    for (int od = 0; od < n * n; od++)
        most[od] = maximum;
    assert_ok(lead_evaluation_alloc(n, most, routing, &evaluation));
    return evaluation;
}

static lead_evaluation_result result_of(lead_evaluation *evaluation) {
    lead_evaluation_result result;
    assert_ok(lead_evaluation_get_result(evaluation, &result));
    lead_evaluation_free(evaluation);
    return result;
}

/* samples[count][n*n] and truth[n*n] of uniform numbers, diagonals too. */
static void fill(gsl_rng *random, double *values, int count) {
    for (int i = 0; i < count; i++)
        values[i] = gsl_rng_uniform(random);
}

static double brute_crps(const double *x, int count, double y) {
    double away = 0, spread = 0;
    for (int i = 0; i < count; i++) {
        away += fabs(x[i] - y) / count;
        for (int k = 0; k < count; k++)
            spread += fabs(x[i] - x[k]) / (2.0 * count * (count - 1));
    }
    return away - spread;
}

static double brute_distance(const double *a, const double *b, int n) {
    double squares = 0;
    for (int od = 0; od < n * n; od++)
        if (od / n != od % n)
            squares += (a[od] - b[od]) * (a[od] - b[od]);
    return sqrt(squares);
}

enum { S = 9, N = 4, P = N * N };

/* The sum, the links and the energy score by their definitions, over two windows. */
static void joint_scores_by_brute_force(void **state) {
    (void)state;
    gsl_rng *random = stream(1);
    lead_topology *topology = test_diamond();
    lead_routing *routing;
    const double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1}, zero[P] = {0};
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    lead_evaluation *evaluation = make(N, 1, routing);
    double sum = 0, total = 0, links = 0, load = 0, energy = 0, norm = 0;
    for (int window = 0; window < 2; window++) {
        double samples[S * P], truth[P], totals[S], loads[S + 1][8];
        fill(random, samples, S * P);
        fill(random, truth, P);
        assert_ok(lead_evaluation_add(evaluation, samples, NULL, S, NULL, truth, false));
        assert_ok(lead_routing_loads(routing, truth, loads[S]));
        norm += brute_distance(truth, zero, N);
        for (int k = 0; k < S; k++) {
            totals[k] = lead_tm_total(samples + k * P, N);
            assert_ok(lead_routing_loads(routing, samples + k * P, loads[k]));
            energy += brute_distance(samples + k * P, truth, N) / S;
            for (int l = 0; l < S; l++)
                energy -= brute_distance(samples + k * P, samples + l * P, N) / (2.0 * S * (S - 1));
        }
        sum += brute_crps(totals, S, lead_tm_total(truth, N));
        total += lead_tm_total(truth, N);
        for (int e = 0; e < 8; e++) {
            double of_link[S];
            for (int k = 0; k < S; k++)
                of_link[k] = loads[k][e];
            links += brute_crps(of_link, S, loads[S][e]);
            load += loads[S][e];
        }
    }
    lead_evaluation_result result = result_of(evaluation);
    assert_int_equal(result.windows, 2);
    assert_near(result.crps_sum, sum / total, 1e-12);
    assert_near(result.link_ncrps, links / load, 1e-12);
    assert_near(result.energy, energy / norm, 1e-12);
    lead_routing_free(routing);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* The marginal scores are those that the epochs' records have. */
static void marginal_scores_agree_with_the_epochs(void **state) {
    (void)state;
    gsl_rng *random = stream(2);
    lead_evaluation *evaluation = make(N, 1, NULL);
    lead_scores scores = {0}, more = {0};
    for (int window = 0; window < 6; window++) {
        double samples[S * P], truth[P];
        fill(random, samples, S * P);
        fill(random, truth, P);
        assert_ok(lead_evaluation_add(evaluation, samples, NULL, S, NULL, truth, false));
        assert_ok(lead_scores_add(window % 2 ? &scores : &more, samples, S, NULL, truth, N));
    }
    lead_scores_merge(&scores, &more);
    lead_evaluation_result result = result_of(evaluation);
    assert_int_equal(scores.windows, 6);
    assert_near(result.nrmse, lead_scores_nrmse(&scores), 1e-12);
    assert_near(result.nmae, lead_scores_nmae(&scores), 1e-12);
    assert_near(result.ncrps, lead_scores_ncrps(&scores), 1e-12);
    assert_near(result.coverage[2], lead_scores_coverage_90(&scores), 0);
    assert_true(isnan(result.link_ncrps));
    gsl_rng_free(random);
}

/* Two nodes, two windows, pairs of maximum 10 and 100; then one pair without a maximum. */
static void od_rmse_by_hand(void **state) {
    (void)state;
    double most[4] = {0, 10, 100, 0}, samples[2 * 4] = {0, 4, 50, 0, 0, 6, 70, 0},
           truth[2][4] = {{0, 7, 50, 0}, {0, 5, 20, 0}};
    lead_evaluation *evaluation;
    for (int run = 0; run < 2; run++) {
        assert_ok(lead_evaluation_alloc(2, most, NULL, &evaluation));
        for (int window = 0; window < 2; window++)
            assert_ok(
                lead_evaluation_add(evaluation, samples, NULL, 2, NULL, truth[window], false));
        lead_evaluation_result result = result_of(evaluation);
        /* errors of the means 5 and 60: -2, 10; 0, 40 */
        double wanted = run == 0 ? sqrt((0.04 + 0.01 + 0 + 0.16) / 4) : sqrt((0.01 + 0.16) / 2);
        assert_near(result.od_rmse, wanted, 1e-12);
        assert_near(result.nrmse, sqrt((4.0 + 100 + 0 + 1600) / (49 + 2500 + 25 + 400)), 1e-12);
        most[1] = 0;
    }
}

/* Truths drawn like the samples, normal: every interval covers as often as it says, its width is
 * the normal's, the collapse ratio is 1. Half the spread: the ratio is a half. */
static void calibrated_normals(void **state) {
    (void)state;
    enum { COUNT = 60, WINDOWS = 6000 };
    const double levels[] = {0.5, 0.8, 0.9, 0.95};
    gsl_rng *random = stream(3);
    for (int run = 0; run < 2; run++) {
        lead_evaluation *evaluation = make(2, 1, NULL);
        double spread = run == 0 ? 1 : 0.5;
        for (int window = 0; window < WINDOWS; window++) {
            double samples[COUNT * 4], truth[4];
            for (int i = 0; i < COUNT * 4; i++)
                samples[i] = 10 + gsl_ran_gaussian(random, spread);
            for (int od = 0; od < 4; od++)
                truth[od] = 10 + gsl_ran_gaussian(random, 1);
            assert_ok(lead_evaluation_add(evaluation, samples, NULL, COUNT, NULL, truth, false));
        }
        lead_evaluation_result result = result_of(evaluation);
        for (int i = 0; i < 4 && run == 0; i++)
            assert_near(result.coverage[i], levels[i], 0.02);
        assert_near(result.collapse, run == 0 ? 1 : 0.505, 0.02);
        assert_near(result.width_90, 2 * 1.6449 * spread / 10, 0.03 * spread);
    }
    gsl_rng_free(random);
}

/* A forecast scores the same whether it gives random samples or quantiles of evenly spaced levels:
 * the CRPS of a normal forecast of normal truths is 1 / sqrt(pi), and 90 % intervals cover 90 %. */
static void even_samples_score_like_random_ones(void **state) {
    (void)state;
    enum { COUNT = 20, WINDOWS = 20000 };
    gsl_rng *random = stream(5);
    for (int even = 0; even < 2; even++) {
        lead_evaluation *evaluation = make(2, 1, NULL);
        for (int window = 0; window < WINDOWS; window++) {
            double samples[COUNT * 4], truth[4];
            for (int i = 0; i < COUNT * 4; i++)
                samples[i] = 10 + (even ? gsl_cdf_ugaussian_Pinv((i / 4 + 0.5) / COUNT)
                                        : gsl_ran_ugaussian(random));
            for (int od = 0; od < 4; od++)
                truth[od] = 10 + gsl_ran_ugaussian(random);
            assert_ok(lead_evaluation_add(evaluation, samples, NULL, COUNT, NULL, truth, even));
        }
        lead_evaluation_result result = result_of(evaluation);
        assert_near(10 * result.ncrps, 1 / sqrt(M_PI), 0.006);
        assert_near(result.coverage[2], 0.9, 0.012); /* bounds are interpolated */
    }
    gsl_rng_free(random);
}

/* Samples of independent standard normal OD pairs of 4 nodes, one in each of `count` equally
 * likely intervals. */
static void draw_even(gsl_rng *random, int count, double *samples) {
    for (int od = 0; od < 16; od++) {
        int order[64];
        for (int k = 0; k < count; k++)
            order[k] = k;
        gsl_ran_shuffle(random, order, (size_t)count, sizeof *order);
        for (int k = 0; k < count; k++)
            samples[k * 16 + od] =
                10 + gsl_cdf_ugaussian_Pinv((order[k] + gsl_rng_uniform(random)) / count);
    }
}

/* The total of 12 normal pairs scores sqrt(12 / pi) in CRPS, however its samples are drawn. */
static void sums_of_even_samples_score_like_random_ones(void **state) {
    (void)state;
    enum { COUNT = 10, WINDOWS = 40000 };
    gsl_rng *random = stream(6);
    lead_evaluation *evaluation = make(4, 1, NULL);
    for (int window = 0; window < WINDOWS; window++) {
        double samples[COUNT * 16], truth[16];
        draw_even(random, COUNT, samples);
        for (int od = 0; od < 16; od++)
            truth[od] = 10 + gsl_ran_ugaussian(random);
        assert_ok(lead_evaluation_add(evaluation, samples, NULL, COUNT, NULL, truth, true));
    }
    /* All over distinct pairs would be 5 % higher, over all pairs 5 % lower. */
    assert_near(120 * result_of(evaluation).crps_sum / sqrt(12 / M_PI), 1, 0.015);
    gsl_rng_free(random);
}

/* Nothing to go by is NaN, and what cannot be is refused. */
static void scores_of_little(void **state) {
    (void)state;
    double sample[4] = {0, 1, 2, 0}, truth[4] = {0, 1, 4, 0};
    lead_evaluation *evaluation = make(2, 1, NULL);
    lead_evaluation_result result;
    assert_ok(lead_evaluation_get_result(evaluation, &result));
    assert_true(isnan(result.nrmse) && isnan(result.collapse) && isnan(result.energy) &&
                isnan(result.od_rmse));
    assert_fails(lead_evaluation_add(evaluation, sample, NULL, 0, NULL, truth, false), LEAD_INVALID,
                 "0 samples");
    assert_ok(lead_evaluation_add(evaluation, sample, NULL, 1, NULL, truth, false));
    result = result_of(evaluation);
    assert_near(result.ncrps, 2.0 / 5, 1e-12);
    assert_near(result.energy, 2 / sqrt(17), 1e-12);
    assert_near(result.crps_sum, 2.0 / 5, 1e-12);
    assert_true(isnan(result.coverage[0]) && isnan(result.width_90) && isnan(result.collapse));
    lead_topology *topology = test_diamond();
    lead_routing *routing;
    assert_ok(lead_routing_alloc(topology, &routing));
    assert_fails(lead_evaluation_alloc(2, truth, routing, &evaluation), LEAD_INVALID,
                 "a routing of 4");
    evaluation = make(4, 1, routing);
    double tm[16] = {0, 1};
    assert_fails(lead_evaluation_add(evaluation, tm, NULL, 1, NULL, tm, false), LEAD_INFEASIBLE,
                 "");
    assert_int_equal(result_of(evaluation).windows, 0);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

/* --- windows ---------------------------------------------------------------------------------- */

static lead_tm_series *make_series(const char *missing, int length) {
    lead_tm_series *series;
    assert_ok(lead_tm_series_alloc(2, NULL, &series));
    for (int i = 0; i < length; i++) {
        double tm[4] = {5, 100 + i, 200, 6};
        if (!missing || !strchr(missing, 'a' + i))
            assert_ok(lead_tm_series_append(series, (int64_t)STEP * i, tm));
    }
    return series;
}

static void check_windows(const lead_tm_series *series, int horizon, int from, int to, int most,
                          const int *times, int wanted) {
    const lead_evaluate_span span = {.shortest = horizon,
                                     .longest = horizon,
                                     .from = (int64_t)STEP * from,
                                     .to = (int64_t)STEP * to};
    int *now, count;
    assert_ok(lead_evaluate_windows(series, &span, most, &now, &count));
    assert_int_equal(count, wanted);
    for (int i = 0; i < count; i++)
        assert_int_equal(lead_tm_series_time(series, now[i]) / STEP, times[i]);
    free(now);
}

/* The first `now` is row 15. A gap at 18 ends the windows until 16 TMs after it. */
static void windows_across_a_gap_are_dropped(void **state) {
    (void)state;
    lead_tm_series *whole = make_series(NULL, 45), *gap = make_series("s", 45), *clean;
    const int64_t suspects[] = {18 * STEP, 1000 * STEP};
    const int targets[] = {20, 21, 22}, spaced[] = {17, 22, 27, 31, 36, 41},
              around[] = {15, 16, 34, 35};
    const lead_evaluate_span far = {.shortest = 20, .longest = 20, .to = 45 * STEP};
    lead_evaluate_span both = {.shortest = 1, .longest = 20, .from = 20 * STEP, .to = 37 * STEP};
    int *now, count;
    check_windows(whole, 2, 22, 25, 0, targets, 3);
    check_windows(whole, 1, 16, 46, 6, spaced, 6);
    check_windows(gap, 1, 0, 37, 0, around, 4);
    check_windows(gap, 2, 0, 37, 0, (const int[]){15, 34}, 2);
    assert_fails(lead_evaluate_windows(gap, &far, 0, &now, &count), LEAD_INVALID,
                 "no window of 36 TMs");
    /* Of several horizons: the first target is not before the time, the last not after it. */
    assert_fails(lead_evaluate_windows(whole, &both, 0, &now, &count), LEAD_INVALID,
                 "1 to 20 steps");
    both.to = 41 * STEP;
    assert_ok(lead_evaluate_windows(whole, &both, 0, &now, &count));
    assert_int_equal(count, 2);
    assert_int_equal(lead_tm_series_time(whole, now[0]) / STEP, 19);
    free(now);
    assert_ok(lead_evaluate_clean(whole, suspects, 2, &clean));
    assert_int_equal(lead_tm_series_length(clean), 44);
    check_windows(clean, 1, 0, 37, 0, around, 4);
    for (int i = 0; i < 44; i++) {
        const double *tm = lead_tm_series_tm(clean, i);
        assert_int_not_equal(lead_tm_series_time(clean, i), 18 * STEP);
        assert_true(tm[0] == 0 && tm[3] == 0 && tm[1] >= 100);
    }
    lead_tm_series_free(whole);
    lead_tm_series_free(gap);
    lead_tm_series_free(clean);
}

/* Forecasts made at listed times only, those of them that are windows; evenly spaced among them. */
static void windows_at_listed_times(void **state) {
    (void)state;
    lead_tm_series *series = make_series(NULL, 45);
    const int64_t at[] = {14 * STEP, 17 * STEP, 17 * STEP + 1, 20 * STEP, 30 * STEP, 44 * STEP};
    lead_evaluate_span span = {
        .shortest = 1, .longest = 3, .to = 45 * STEP, .at = at, .at_count = 6};
    int *now, count;
    assert_ok(lead_evaluate_windows(series, &span, 0, &now, &count));
    assert_int_equal(count, 3); /* 14 has too little history, 44 no target */
    assert_true(now[0] == 17 && now[1] == 20 && now[2] == 30);
    free(now);
    assert_ok(lead_evaluate_windows(series, &span, 1, &now, &count));
    assert_true(count == 1 && now[0] == 20);
    free(now);
    span.at_count = 0;
    assert_fails(lead_evaluate_windows(series, &span, 0, &now, &count), LEAD_INVALID,
                 "at a listed time");
    lead_tm_series_free(series);
}

/* The network's nodes come in another order than the TMs' columns. */
static void routing_is_in_the_order_of_the_tms(void **state) {
    (void)state;
    static const char *const names[] = {"C", "A", "B"}, *const others[] = {"C", "A", "X"};
    static const test_edge edges[] = {{0, 1, 10, 0}, {1, 2, 10, 0}};
    lead_topology *topology = test_network(3, edges, 2);
    lead_tm_series *series;
    lead_routing *routing;
    double tm[9] = {0, 7, 0, 0, 0, 0, 0, 0, 0}, loads[4]; /* C to A: by B */
    assert_ok(lead_tm_series_alloc(3, names, &series));
    assert_ok(lead_evaluate_routing(topology, series, &routing));
    assert_ok(lead_routing_loads(routing, tm, loads));
    for (int e = 0; e < 4; e++)
        assert_near(loads[e], e % 2 ? 7 : 0, 0); /* B-A and C-B */
    lead_routing_free(routing);
    lead_tm_series_free(series);
    assert_ok(lead_tm_series_alloc(3, others, &series));
    assert_fails(lead_evaluate_routing(topology, series, &routing), LEAD_INVALID, "node B");
    lead_tm_series_free(series);
    series = make_series(NULL, 1);
    assert_fails(lead_evaluate_routing(topology, series, &routing), LEAD_INVALID, "3 nodes");
    lead_tm_series_free(series);
    lead_topology_free(topology);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Pairs 1 and 2 of two nodes always move together. */
static lead_tm_series *make_twins_every(int64_t step, int length) {
    gsl_rng *random = stream(4);
    lead_tm_series *series;
    assert_ok(lead_tm_series_alloc(2, NULL, &series));
    for (int i = 0; i < length; i++) {
        double value = 100 + 20 * gsl_rng_uniform(random), tm[4] = {0, value, 3 * value, 0};
        assert_ok(lead_tm_series_append(series, step * i, tm));
    }
    gsl_rng_free(random);
    return series;
}

static lead_tm_series *make_twins(int length) {
    return make_twins_every(STEP, length);
}

static lead_predictor *make_predictor(const char *name, int samples, const lead_tm_series *fit) {
    lead_predictor_options options = {.node_count = 2,
                                      .horizon = 2,
                                      .samples = samples,
                                      .step = STEP,
                                      .seed = 1,
                                      .fit = fit,
                                      .joint = true};
    lead_predictor *predictor;
    assert_ok(lead_predictor_alloc(lead_predictor_find(name), &options, &predictor));
    return predictor;
}

/* Correlation over the samples of entries a and b. */
static double correlation(const double *samples, int count, int size, int a, int b) {
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (int k = 0; k < count; k++) {
        double u = samples[k * size + a], v = samples[k * size + b];
        x += u;
        y += v;
        xx += u * u;
        yy += v * v;
        xy += u * v;
    }
    return (xy - x * y / count) / sqrt((xx - x * x / count) * (yy - y * y / count));
}

static void joint_samples_keep_correlation(void **state) {
    (void)state;
    enum { COUNT = 200 };
    static const char *const names[] = {"last", "ewma", "nlinear", "nlinear-day", "seasonal"};
    lead_tm_series *series = make_twins(400);
    double samples[COUNT * 8], again[COUNT * 8];
    for (int i = 0; i < 5; i++) {
        lead_predictor *predictor = make_predictor(names[i], COUNT, series);
        assert_ok(lead_predictor_forecast(predictor, series, 350, 3, samples));
        assert_near(correlation(samples, COUNT, 8, 5, 6), 0, 0.25);
        assert_ok(lead_predictor_forecast_joint(predictor, series, 350, 3, samples));
        assert_true(correlation(samples, COUNT, 8, 5, 6) > 0.99);
        assert_ok(lead_predictor_forecast_joint(predictor, series, 350, 3, again));
        assert_memory_equal(samples, again, sizeof samples);
        assert_ok(lead_predictor_forecast_joint(predictor, series, 350, 4, again));
        assert_memory_not_equal(samples, again, sizeof samples);
        lead_predictor_free(predictor);
    }
    lead_predictor_options options = {
        .node_count = 2, .horizon = 2, .samples = 1, .step = STEP, .truth = series};
    lead_predictor *oracle; /* has no other samples */
    for (int joint = 0; joint < 2; joint++) {
        options.joint = joint;
        assert_ok(lead_predictor_alloc(lead_predictor_find("oracle"), &options, &oracle));
        if (joint)
            assert_ok(lead_predictor_forecast_joint(oracle, series, 350, 0, samples));
        else
            assert_fails(lead_predictor_forecast_joint(oracle, series, 350, 0, samples),
                         LEAD_INVALID, "oracle: made without options.joint");
        lead_predictor_free(oracle);
    }
    assert_near(samples[4 + 2], lead_tm_series_tm(series, 352)[2], 0);
    lead_tm_series_free(series);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 12 TMs leave `last` 10 windows of two steps: 10 samples are all of them, 25 each at least twice.
 */
static void joint_samples_are_drawn_without_replacement(void **state) {
    (void)state;
    lead_tm_series *series = make_twins(12);
    double values[25], samples[25 * 8];
    for (int count = 10; count <= 25; count += 15) {
        lead_predictor *joint = make_predictor("last", count, series);
        assert_ok(lead_predictor_forecast_joint(joint, series, 11, 0, samples));
        int distinct = 1;
        for (int k = 0; k < count; k++)
            values[k] = samples[k * 8 + 5];
        qsort(values, (size_t)count, sizeof *values, compare);
        for (int k = 1; k < count; k++)
            distinct += values[k] > values[k - 1];
        assert_int_equal(distinct, 10);
        for (int k = 0; k < count && count == 25; k++) /* every value has its like beside it */
            assert_true((k > 0 && values[k] == values[k - 1]) ||
                        (k + 1 < count && values[k] == values[k + 1]));
        lead_predictor_free(joint);
    }
    lead_tm_series_free(series);
}

typedef struct kept {
    lead_evaluate_row rows[8];
    char reason[200]; /* of the last row without scores */
    int count;
} kept;

static void keep(const lead_evaluate_row *row, void *data) {
    kept *self = data;
    self->rows[self->count++] = *row;
    if (row->unserved)
        snprintf(self->reason, sizeof self->reason, "%s", row->unserved);
}

static int warnings;
static void count_warnings(lead_log_level level, const char *line, void *data) {
    (void)line;
    (void)data;
    warnings += level == LEAD_LOG_WARNING;
}

/* The oracle is right; the twins' total is better forecast jointly; rows come in order. */
static void predictors_are_scored_on_the_same_windows(void **state) {
    (void)state;
    static const char *const names[] = {"oracle", "last"};
    static const int horizons[] = {1, 3};
    lead_tm_series *series = make_twins(600), *fit;
    kept got = {.count = 0};
    assert_ok(lead_tm_series_slice(series, 0, 420, &fit));
    lead_evaluate_options options = {.series = series,
                                     .fit = fit,
                                     .predictors = names,
                                     .predictor_count = 2,
                                     .horizons = horizons,
                                     .horizon_count = 2,
                                     .from = (int64_t)STEP * 480,
                                     .to = INT64_MAX,
                                     .samples = 40,
                                     .seed = 1,
                                     .row = keep,
                                     .data = &got};
    warnings = 0;
    lead_log_set_sink(count_warnings, NULL);
    assert_ok(lead_evaluate(&options));
    assert_int_equal(got.count, 4);
    assert_int_equal(warnings, 0);
    for (int i = 0; i < 4; i++) {
        const lead_evaluate_row *row = &got.rows[i];
        assert_string_equal(row->predictor, names[i / 2]);
        assert_int_equal(row->horizon, horizons[i % 2]);
        assert_int_equal(row->scores.windows, 118); /* from 1 ahead of the first, 3 of the last */
        assert_true(row->seconds_per_forecast >= 0);
        if (i < 2)
            assert_near(row->scores.ncrps + row->scores.energy + row->scores.nrmse, 0, 1e-12);
    }
    assert_near(got.rows[2].scores.coverage[2], 0.9, 0.06);
    assert_near(got.rows[2].scores.crps_sum, got.rows[2].scores.ncrps, 5e-3); /* twins: one thing */
    options.from = 0;
    assert_ok(lead_evaluate(&options));
    assert_int_equal(warnings, 1);
    options.predictors = (const char *const[]){"last", "magic:x"};
    assert_fails(lead_evaluate(&options), LEAD_INVALID, "\"magic\" is none of last");
    options.predictors = names;
    options.samples = 0;
    assert_fails(lead_evaluate(&options), LEAD_INVALID, "0 samples");
    options.samples = 1;
    options.from = (int64_t)STEP * 599;
    options.to = options.from;
    assert_fails(lead_evaluate(&options), LEAD_INVALID, "no window");
    lead_log_set_sink(NULL, NULL);
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
}

/* Two pairs whose total never changes: samples drawn apart miss that, joint ones know it. */
static void joint_scores_are_of_joint_samples(void **state) {
    (void)state;
    static const char *const names[] = {"last"};
    static const int horizons[] = {1};
    gsl_rng *random = stream(5);
    lead_tm_series *series;
    kept got = {.count = 0};
    assert_ok(lead_tm_series_alloc(2, NULL, &series));
    for (int i = 0; i < 300; i++) {
        double value = 490 + 20 * gsl_rng_uniform(random), tm[4] = {0, value, 1000 - value, 0};
        assert_ok(lead_tm_series_append(series, (int64_t)STEP * i, tm));
    }
    lead_evaluate_options options = {.series = series,
                                     .fit = series,
                                     .predictors = names,
                                     .predictor_count = 1,
                                     .horizons = horizons,
                                     .horizon_count = 1,
                                     .to = INT64_MAX,
                                     .samples = 40,
                                     .row = keep,
                                     .data = &got};
    assert_ok(lead_evaluate(&options));
    assert_true(got.rows[0].scores.ncrps > 5e-3);
    assert_true(got.rows[0].scores.crps_sum < 5e-4);
    lead_tm_series_free(series);
    gsl_rng_free(random);
}

/* `seasonal` is for steps that divide a day: of 7 minutes it makes no scores, and ends the
 * evaluation only when nobody else made any. What is wrong with a predictor itself always ends it,
 * before it begins where its checkpoint is not there. */
static void what_cannot_be_served_is_a_row_without_scores(void **state) {
    (void)state;
    char broken[700];
    const char *names[] = {"last", "seasonal", "ewma", broken, "last"};
    static const int horizons[] = {1, 2};
    lead_tm_series *series = make_twins_every(420, 60);
    kept got = {.count = 0};
    assert_ok(lead_directory_make(test_path("broken")));
    test_file("broken/manifest.json", "{");
    snprintf(broken, sizeof broken, "lead:%s", test_path("broken"));
    lead_evaluate_options options = {.series = series,
                                     .fit = series,
                                     .predictors = names,
                                     .predictor_count = 3,
                                     .horizons = horizons,
                                     .horizon_count = 2,
                                     .to = INT64_MAX,
                                     .samples = 5,
                                     .row = keep,
                                     .data = &got};
    assert_ok(lead_evaluate(&options));
    assert_int_equal(got.count, 6);
    for (int i = 0; i < 6; i++) {
        bool seasonal = i / 2 == 1;
        assert_string_equal(got.rows[i].predictor, names[i / 2]);
        assert_int_equal(got.rows[i].unserved != NULL, seasonal);
        assert_int_equal(got.rows[i].scores.windows > 0, !seasonal);
    }
    assert_string_equal(got.reason, "seasonal: a day is no multiple of the step, 420 s");
    options.predictors = names + 1;
    options.predictor_count = 1;
    assert_fails(lead_evaluate(&options), LEAD_INVALID, "a day is no multiple");
    assert_int_equal(got.count, 8);
    got.count = 0;
    options.predictors = names;
    options.predictor_count = 5;
    lead_status status = lead_evaluate(&options);
    assert_true(status != LEAD_OK && status != LEAD_INVALID);
    assert_int_equal(got.count, 6);
    got.count = 0;
    names[3] = "lead:/nowhere";
    assert_fails(lead_evaluate(&options), LEAD_IO, "checkpoint /nowhere is not there");
    assert_int_equal(got.count, 0);
    lead_tm_series_free(series);
}

/* --- lists of times --------------------------------------------------------------------------- */

static void times_are_read_and_refused(void **state) {
    (void)state;
    int64_t *times;
    int count;
    assert_ok(lead_times_read(
        test_file("s.csv", "ratio,time\n1,1970-01-01T00:10:00Z\n\n2,1970-01-01T00:05:00Z,x\n"),
        &times, &count));
    assert_int_equal(count, 2);
    assert_int_equal(times[0], 300);
    assert_int_equal(times[1], 600);
    free(times);
    assert_ok(lead_times_read(test_file("semicolons.csv", "ratio;time\n1,5;1709251200\n"), &times,
                              &count));
    assert_int_equal(count, 1);
    assert_int_equal(times[0], 1709251200);
    free(times);
    assert_ok(lead_times_read(test_file("none.csv", "time\n"), &times, &count));
    assert_int_equal(count, 0);
    free(times);
    assert_fails(lead_times_read(test_file("a.csv", ""), &times, &count), LEAD_FORMAT,
                 "a.csv:1: the file is empty");
    assert_fails(lead_times_read(test_file("b.csv", "when\n"), &times, &count), LEAD_FORMAT,
                 "b.csv:1: no column is called time");
    assert_fails(lead_times_read(test_file("c.csv", "x,time\n1,yesterday\n"), &times, &count),
                 LEAD_FORMAT, "c.csv:2: ");
    assert_fails(lead_times_read(test_file("d.csv", "x,time\n\n1\n"), &times, &count), LEAD_FORMAT,
                 "d.csv:3: column 2, time, is missing");
    assert_fails(lead_times_read("/nowhere.csv", &times, &count), LEAD_IO, "/nowhere.csv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joint_scores_by_brute_force),
        cmocka_unit_test(marginal_scores_agree_with_the_epochs),
        cmocka_unit_test(od_rmse_by_hand),
        cmocka_unit_test(calibrated_normals),
        cmocka_unit_test(even_samples_score_like_random_ones),
        cmocka_unit_test(sums_of_even_samples_score_like_random_ones),
        cmocka_unit_test(scores_of_little),
        cmocka_unit_test(windows_across_a_gap_are_dropped),
        cmocka_unit_test(windows_at_listed_times),
        cmocka_unit_test(routing_is_in_the_order_of_the_tms),
        cmocka_unit_test(joint_samples_keep_correlation),
        cmocka_unit_test(joint_samples_are_drawn_without_replacement),
        cmocka_unit_test(predictors_are_scored_on_the_same_windows),
        cmocka_unit_test(joint_scores_are_of_joint_samples),
        cmocka_unit_test(what_cannot_be_served_is_a_row_without_scores),
        cmocka_unit_test(times_are_read_and_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
