/* Scores of whole paths against brute force, what they are for (samples that forget from step to
 * step), and predictors compared window by window. */
#include "predict/scores.h"
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/evaluate.h>

enum { S = 9, N = 4, P = N * N, T = 5, M = 8, STEP = 300 };

static gsl_rng *stream(uint64_t seed) {
    gsl_rng *random;
    assert_ok(lead_random_alloc(seed, "test", &random));
    return random;
}

static void fill(gsl_rng *random, double *values, int count) {
    for (int i = 0; i < count; i++)
        values[i] = gsl_rng_uniform(random);
}

static lead_routing *ecmp(const lead_topology *topology) {
    double weights[M];
    lead_routing *routing;
    for (int e = 0; e < M; e++)
        weights[e] = 1;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    return routing;
}

static bool is_pair(int i) {
    return i % P / N != i % N;
}

/* |a - b| of two paths, diagonals left out. */
static double distance(const double *a, const double *b) {
    double squares = 0;
    for (int i = 0; i < T * P; i++)
        squares += is_pair(i) ? (a[i] - b[i]) * (a[i] - b[i]) : 0;
    return sqrt(squares);
}

static double roughness(const double *path) {
    double sum = 0;
    for (int i = P; i < T * P; i++)
        sum += is_pair(i) ? fabs(path[i] - path[i - P]) : 0;
    return sum;
}

static double crps(const double *x, double y) {
    double score = 0;
    for (int i = 0; i < S; i++) {
        score += fabs(x[i] - y) / S;
        for (int k = 0; k < S; k++)
            score -= fabs(x[i] - x[k]) / (2.0 * S * (S - 1));
    }
    return score;
}

static double largest(double loads[T][M], int link, const lead_topology *topology) {
    double most = 0;
    for (int t = 0; t < T; t++)
        most = fmax(most, link < 0 ? lead_mlu(topology, loads[t]) : loads[t][link]);
    return most;
}

/* of[i] / over[i]: link peaks, peak MLU, energy, variogram, roughness. */
typedef struct brute {
    double of[5], over[5];
} brute;

static void add_peaks(double loads[S + 1][T][M], const lead_topology *topology, brute *sums) {
    for (int link = -1; link < M; link++) {
        double x[S], y = largest(loads[S], link, topology);
        for (int k = 0; k < S; k++)
            x[k] = largest(loads[k], link, topology);
        sums->of[link < 0 ? 1 : 0] += crps(x, y);
        sums->over[link < 0 ? 1 : 0] += y;
    }
}

static void add_variogram(double loads[S + 1][T][M], brute *sums) {
    for (int e = 0; e < M; e++)
        for (int s = 0; s < T; s++)
            for (int t = s + 1; t < T; t++) {
                double difference = fabs(loads[S][s][e] - loads[S][t][e]), mean = 0;
                for (int k = 0; k < S; k++)
                    mean += sqrt(fabs(loads[k][s][e] - loads[k][t][e])) / S;
                sums->of[3] += pow(sqrt(difference) - mean, 2);
                sums->over[3] += difference;
            }
}

static void add_whole(const double *samples, const double *truth, brute *sums) {
    static const double zero[T * P];
    for (int k = 0; k < S; k++) {
        sums->of[2] += distance(samples + k * T * P, truth) / S;
        for (int l = 0; l < S; l++)
            sums->of[2] -= distance(samples + k * T * P, samples + l * T * P) / (2.0 * S * (S - 1));
        sums->of[4] += roughness(samples + k * T * P) / S;
    }
    sums->over[2] += distance(truth, zero);
    sums->over[4] += roughness(truth);
}

static void scores_by_brute_force(void **state) {
    (void)state;
    gsl_rng *random = stream(1);
    lead_topology *topology = test_diamond();
    lead_routing *routing = ecmp(topology);
    lead_path_scores *scores;
    brute sums = {0};
    assert_ok(lead_path_scores_alloc(N, T, routing, &scores));
    for (int window = 0; window < 3; window++) {
        double samples[S * T * P], truth[T * P], loads[S + 1][T][M];
        fill(random, samples, S * T * P);
        fill(random, truth, T * P);
        assert_ok(lead_path_scores_add(scores, samples, S, truth, false));
        for (int k = 0; k <= S; k++)
            for (int t = 0; t < T; t++)
                assert_ok(lead_routing_loads(
                    routing, k < S ? samples + (k * T + t) * P : truth + t * P, loads[k][t]));
        add_peaks(loads, topology, &sums);
        add_variogram(loads, &sums);
        add_whole(samples, truth, &sums);
    }
    lead_path_result result = lead_path_scores_result(scores);
    assert_int_equal(result.windows, 3);
    assert_int_equal(result.steps, T);
    assert_near(result.link_peak_crps, sums.of[0] / sums.over[0], 1e-12);
    assert_near(result.peak_mlu_crps, sums.of[1] / sums.over[1], 1e-12);
    assert_near(result.path_energy, sums.of[2] / sums.over[2], 1e-12);
    assert_near(result.variogram, sums.of[3] / sums.over[3], 1e-12);
    assert_near(result.roughness, sums.of[4] / sums.over[4], 1e-12);
    lead_path_scores_free(scores);
    lead_routing_free(routing);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* Samples whose steps stay together, as the truth's do, beside samples of the same margins whose
 * steps forget: single steps score alike, every score of paths tells them apart. */
static lead_path_result score_walks(bool remembers, const lead_routing *routing, double *single) {
    enum { COUNT = 20, WINDOWS = 400 };
    gsl_rng *random = stream(2);
    lead_path_scores *scores;
    lead_scores steps = {0};
    assert_ok(lead_path_scores_alloc(N, T, routing, &scores));
    for (int window = 0; window < WINDOWS; window++) {
        double samples[COUNT * T * P], truth[T * P];
        for (int k = 0; k <= COUNT; k++)
            for (int od = 0; od < P; od++) {
                double stays = gsl_rng_uniform(random),
                       *path = k < COUNT ? samples + k * T * P : truth;
                for (int t = 0; t < T; t++)
                    path[t * P + od] = k == COUNT || remembers ? stays : gsl_rng_uniform(random);
            }
        assert_ok(lead_path_scores_add(scores, samples, COUNT, truth, false));
        assert_ok(lead_scores_add(&steps, samples, COUNT * T, NULL, truth, N));
    }
    lead_path_result result = lead_path_scores_result(scores);
    *single = lead_scores_ncrps(&steps);
    lead_path_scores_free(scores);
    gsl_rng_free(random);
    return result;
}

static void paths_tell_what_single_steps_do_not(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *routing = ecmp(topology);
    double same, forgets;
    lead_path_result good = score_walks(true, routing, &same),
                     bad = score_walks(false, routing, &forgets);
    assert_near(forgets / same, 1, 0.05);
    assert_true(bad.link_peak_crps > 1.3 * good.link_peak_crps);
    assert_true(bad.peak_mlu_crps > 1.3 * good.peak_mlu_crps);
    assert_true(bad.path_energy > 1.02 * good.path_energy);
    assert_near(good.peak_mlu_coverage_90, 0.9, 0.05);
    assert_true(bad.peak_mlu_coverage_90 < 0.6);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

/* A cell's values of `count` paths, each a draw from its own of `count` equally likely intervals.
 */
static void fill_evenly(gsl_rng *random, double *cell, int count, size_t stride) {
    int interval[64];
    for (int k = 0; k < count; k++)
        interval[k] = k;
    gsl_ran_shuffle(random, interval, (size_t)count, sizeof *interval);
    for (int k = 0; k < count; k++)
        cell[(size_t)k * stride] = -log1p(-(interval[k] + gsl_rng_uniform(random)) / count);
}

/* The 90 % interval of the peak MLU of 20 paths holds nine truths in ten, of paths whose every cell
 * is even, as of random ones; by the rule for the cells themselves it would be 87.6 %. */
static void coverage_of_peaks_is_right_for_few_paths(void **state) {
    (void)state;
    enum { COUNT = 20, WINDOWS = 8000, PATH = T * P };
    lead_topology *topology = test_diamond();
    lead_routing *routing = ecmp(topology);
    for (int even = 0; even < 2; even++) {
        gsl_rng *random = stream(3);
        lead_path_scores *scores;
        assert_ok(lead_path_scores_alloc(N, T, routing, &scores));
        for (int window = 0; window < WINDOWS; window++) {
            double samples[COUNT * PATH], truth[PATH];
            for (int i = 0; i < PATH; i++)
                fill_evenly(random, truth + i, 1, PATH);
            for (int i = 0; i < (even ? PATH : COUNT * PATH); i++)
                fill_evenly(random, samples + i, even ? COUNT : 1, PATH);
            assert_ok(lead_path_scores_add(scores, samples, COUNT, truth, even));
        }
        assert_near(lead_path_scores_result(scores).peak_mlu_coverage_90, 0.9, 0.015);
        lead_path_scores_free(scores);
        gsl_rng_free(random);
    }
    lead_routing_free(routing);
    lead_topology_free(topology);
}

/* Bounds of 1..20 are where their definitions say (scores.h), counted from 1, and never outside. */
static void bounds_lie_where_they_should(void **state) {
    (void)state;
    double x[20];
    for (int i = 0; i < 20; i++)
        x[i] = i + 1;
    assert_near(lead_interval_bound(x, 20, 0.1, LEAD_RANDOM), 2.1, 1e-12);
    assert_near(lead_interval_bound(x, 20, 0.1, LEAD_EVEN), 2.5, 1e-12);
    assert_near(lead_interval_bound(x, 20, 0.1, LEAD_EVEN_SUMS), 2.3, 1e-12);
    for (lead_spacing spacing = LEAD_RANDOM; spacing <= LEAD_EVEN_SUMS; spacing++) {
        assert_near(lead_interval_bound(x, 20, 0.1, spacing) +
                        lead_interval_bound(x, 20, 0.9, spacing),
                    21, 1e-12);
        assert_near(lead_interval_bound(x, 5, 0.05, spacing), 1, 1e-12);
        assert_near(lead_interval_bound(x, 5, 0.95, spacing), 5, 1e-12);
    }
}

static void scores_of_little(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *routing = ecmp(topology);
    lead_path_scores *scores;
    double path[2 * P] = {0};
    assert_fails(lead_path_scores_alloc(3, T, routing, &scores), LEAD_INVALID, "routing of 4");
    assert_fails(lead_path_scores_alloc(N, 0, NULL, &scores), LEAD_INVALID, "paths of 0 steps");
    assert_ok(lead_path_scores_alloc(N, 2, NULL, &scores));
    assert_fails(lead_path_scores_add(scores, path, 0, path, false), LEAD_INVALID, "0 paths");
    assert_ok(lead_path_scores_add(scores, path, 1, path, false));
    lead_path_result result = lead_path_scores_result(scores);
    assert_true(isnan(result.link_peak_crps) && isnan(result.peak_mlu_crps) &&
                isnan(result.path_energy) && isnan(result.variogram) && isnan(result.roughness) &&
                isnan(result.peak_mlu_coverage_90));
    lead_path_scores_free(scores);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

/* --- predictors side by side ------------------------------------------------------------------ */

typedef struct told {
    lead_evaluate_row rows[8];
    lead_evaluate_difference differences[64];
    int rows_told, count;
} told;

static void keep_row(const lead_evaluate_row *row, void *data) {
    told *self = data;
    self->rows[self->rows_told++] = *row;
}

static void keep_difference(const lead_evaluate_difference *difference, void *data) {
    told *self = data;
    self->differences[self->count++] = *difference;
}

static double score_of(const lead_evaluate_row *row, lead_score score) {
    const double values[LEAD_SCORE_COUNT] = {
        row->scores.nrmse,      row->scores.nmae,          row->scores.od_rmse,
        row->scores.ncrps,      row->scores.crps_sum,      row->scores.link_ncrps,
        row->scores.energy,     row->paths.link_peak_crps, row->paths.peak_mlu_crps,
        row->paths.path_energy, row->paths.variogram};
    return values[score];
}

static lead_tm_series *make_series(void) {
    gsl_rng *random = stream(3);
    lead_tm_series *series;
    double level[P];
    fill(random, level, P);
    assert_ok(lead_tm_series_alloc(N, NULL, &series));
    for (int i = 0; i < 500; i++) {
        double tm[P];
        for (int od = 0; od < P; od++) {
            level[od] = 0.9 * level[od] + 0.1 * gsl_rng_uniform(random);
            tm[od] = is_pair(od) ? 1e6 * (level[od] + 0.1 * gsl_rng_uniform(random)) : 0;
        }
        assert_ok(lead_tm_series_append(series, (int64_t)STEP * i, tm));
    }
    gsl_rng_free(random);
    return series;
}

/* Every score of every row has its difference: that of the rows' own figures, within an interval.
 */
static void differences_are_those_of_the_rows(void **state) {
    (void)state;
    static const char *const names[] = {"last", "mean", "nlinear"};
    static const int horizons[] = {1, 4};
    lead_topology *topology = test_diamond();
    lead_routing *routing = ecmp(topology);
    lead_tm_series *series = make_series(), *fit;
    told got = {.count = 0};
    assert_ok(lead_tm_series_slice(series, 0, 300, &fit));
    lead_evaluate_options options = {.series = series,
                                     .fit = fit,
                                     .routing = routing,
                                     .predictors = names,
                                     .predictor_count = 3,
                                     .horizons = horizons,
                                     .horizon_count = 2,
                                     .from = (int64_t)STEP * 320,
                                     .to = INT64_MAX,
                                     .samples = 10,
                                     .row = keep_row,
                                     .against = "mean",
                                     .difference = keep_difference,
                                     .data = &got};
    assert_ok(lead_evaluate(&options));
    assert_int_equal(got.rows_told, 6);
    assert_int_equal(got.count, 2 * (LEAD_SCORE_FIRST_OF_PATHS + LEAD_SCORE_COUNT));
    for (int i = 0; i < got.count; i++) {
        const lead_evaluate_difference *of = &got.differences[i];
        int row = strcmp(of->predictor, "last") == 0 ? 0 : 4;
        const lead_evaluate_row *own = &got.rows[row + (of->horizon == 4)],
                                *other = &got.rows[2 + (of->horizon == 4)];
        assert_string_equal(of->against, "mean");
        assert_near(of->own, score_of(own, of->score), 1e-9);
        assert_near(of->other, score_of(other, of->score), 1e-9);
        assert_near(of->difference, of->own / of->other - 1, 1e-9);
        assert_true(of->low <= of->difference && of->difference <= of->high);
        assert_true(of->low > -0.7 && of->high < 0.7);
    }
    assert_int_equal(got.rows[1].paths.windows, got.rows[1].scores.windows);
    assert_int_equal(got.rows[0].paths.windows, 0); /* one step is no path */
    got = (told){.count = 0};
    options.to = (int64_t)STEP * 330; /* too few windows for an interval, of roots, too */
    assert_ok(lead_evaluate(&options));
    assert_true(got.count > LEAD_SCORE_COUNT);
    for (int i = 0; i < got.count; i++)
        assert_true(isfinite(got.differences[i].difference) && isnan(got.differences[i].low) &&
                    isnan(got.differences[i].high));
    options.against = "ewma";
    assert_fails(lead_evaluate(&options), LEAD_INVALID, "\"ewma\", to be compared with");
    lead_tm_series_free(series);
    lead_tm_series_free(fit);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(scores_by_brute_force),
                                       cmocka_unit_test(paths_tell_what_single_steps_do_not),
                                       cmocka_unit_test(coverage_of_peaks_is_right_for_few_paths),
                                       cmocka_unit_test(bounds_lie_where_they_should),
                                       cmocka_unit_test(scores_of_little),
                                       cmocka_unit_test(differences_are_those_of_the_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
