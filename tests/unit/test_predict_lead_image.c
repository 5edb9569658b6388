/* The windows of module/predict/lead/window, the paths and the normal scores against those of
 * models/lead; no torch needed. */
#include "predict/lead/sampling/even.h"
#include "predict/lead/sampling/normal_score.h"
#include "predict/lead/sampling/paths.h"
#include "predict/lead/sampling/probability_flow.h"
#include "predict/lead/window/tm_image.h"
#include "test_predict_lead.h"
#include <gsl/gsl_cdf.h>

enum { FRAMES = 9, P = TINY_NODES * TINY_NODES, SPANS = 14, BANK = 30, SEVEN = 7 };

typedef struct gap_case {
    const char *name;
    int gone[40], count;
} gap_case;

/* The cases of make_fixtures.GONE. */
static gap_case make_case(const char *name, int first, int last) {
    gap_case made = {.name = name};
    for (int row = first; row <= last; row++)
        made.gone[made.count++] = row;
    return made;
}

static const gap_case gap = {"gap", {33, 36, 37}, 3}, early = {"early", {34, 35, 37}, 3};

static lead_manifest *load_tiny(void) {
    lead_manifest *manifest = NULL;
    assert_ok(lead_manifest_load(fixture("tiny"), &manifest));
    return manifest;
}

static void assert_floats(const char *name, const char *part, const float *given, size_t count) {
    char line[64];
    double *expected = NULL, *values = calloc(count, sizeof *values);
    snprintf(line, sizeof line, "%s.%s", name, part);
    expected = numbers(line, count);
    for (size_t i = 0; i < count; i++)
        values[i] = (double)given[i];
    assert_close(line, values, expected, count, 1e-6, 1);
    free(values);
    free(expected);
}

static void assert_doubles(const char *name, const char *part, const double *given, size_t count) {
    char line[64];
    snprintf(line, sizeof line, "%s.%s", name, part);
    double *expected = numbers(line, count);
    assert_close(line, given, expected, count, 1e-8, 1);
    free(expected);
}

static void check_case(gap_case gone) {
    lead_manifest *manifest = load_tiny();
    lead_tm_series *history = tiny_history(gone.gone, gone.count, 1, NULL);
    lead_window *window = NULL;
    assert_ok(lead_window_alloc(manifest, &window));
    assert_int_equal(window->frame_count, FRAMES);
    assert_ok(lead_window_fill(window, history, lead_tm_series_length(history) - 1));
    assert_floats(gone.name, "images", window->images, FRAMES * 3 * P);
    assert_floats(gone.name, "features", window->features, (FRAMES + 1) * LEAD_FEATURES);
    assert_floats(gone.name, "relative", window->relative, FRAMES * P);
    assert_int_equal(window->span_count, SPANS);
    assert_floats(gone.name, "spans", window->spans, SPANS * P);
    assert_floats(gone.name, "known", window->known, SPANS);
    assert_floats(gone.name, "size", window->size, P);
    assert_doubles(gone.name, "scale", window->scale, P);
    lead_window_free(window);
    lead_tm_series_free(history);
    lead_manifest_free(manifest);
}

static void images_equal_pythons(void **state) {
    (void)state;
    check_case((gap_case){.name = "whole"});
}

static void gaps_are_filled_as_in_python(void **state) {
    (void)state;
    check_case(gap);
    check_case(early);
    check_case(make_case("day", 0, 19));
    check_case(make_case("late", 34, 38));
    check_case(make_case("first", 0, 38));
}

static void a_factor_changes_no_image(void **state) {
    (void)state;
    lead_manifest *manifest = load_tiny();
    lead_window *once = NULL, *scaled = NULL;
    lead_tm_series *plain = tiny_history(NULL, 0, 1, NULL),
                   *loud = tiny_history(NULL, 0, 7.3, NULL);
    assert_ok(lead_window_alloc(manifest, &once));
    assert_ok(lead_window_alloc(manifest, &scaled));
    assert_ok(lead_window_fill(once, plain, TINY_LENGTH - 1));
    assert_ok(lead_window_fill(scaled, loud, TINY_LENGTH - 1));
    for (size_t i = 0; i < FRAMES * 3 * P; i++)
        assert_true(fabsf(once->images[i] - scaled->images[i]) < 1e-6f);
    for (size_t i = 0; i < (FRAMES + 1) * LEAD_FEATURES; i++)
        assert_true(fabsf(once->features[i] - scaled->features[i]) < 1e-6f);
    for (size_t i = 0; i < FRAMES * P; i++)
        assert_true(fabsf(once->relative[i] - scaled->relative[i]) < 1e-5f);
    for (size_t i = 0; i < SPANS * P; i++)
        assert_true(fabsf(once->spans[i] - scaled->spans[i]) < 1e-5f);
    for (size_t i = 0; i < P; i++)
        assert_true(fabs(scaled->scale[i] - 7.3 * once->scale[i]) <= 1e-9 * scaled->scale[i] &&
                    fabsf(scaled->size[i] - once->size[i]) < 1e-6f);
    lead_window_free(once);
    lead_window_free(scaled);
    lead_tm_series_free(plain);
    lead_tm_series_free(loud);
    lead_manifest_free(manifest);
}

/* What comes after `now` must not be read, and an empty history must not divide by 0. */
static void the_future_is_not_read(void **state) {
    (void)state;
    lead_manifest *manifest = load_tiny();
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    lead_window *window = NULL;
    float *before = calloc(FRAMES * 3 * P, sizeof *before);
    double *silence = calloc(P, sizeof *silence), tm[P];
    const int now = TINY_LENGTH - 1;
    assert_ok(lead_window_alloc(manifest, &window));
    assert_ok(lead_window_fill(window, history, now));
    memcpy(before, window->images, FRAMES * 3 * P * sizeof *before);
    for (size_t i = 0; i < P; i++)
        tm[i] = 1e12;
    assert_ok(lead_tm_series_append(history, lead_tm_series_time(history, now) + TINY_STEP, tm));
    assert_ok(lead_window_fill(window, history, now));
    assert_memory_equal(before, window->images, FRAMES * 3 * P * sizeof *before);
    lead_tm_series_free(history);

    assert_ok(lead_tm_series_alloc(TINY_NODES, tiny_names, &history));
    assert_ok(lead_tm_series_append(history, 0, silence));
    assert_ok(lead_window_fill(window, history, 0));
    for (size_t i = 0; i < FRAMES * 3 * P; i++)
        assert_true(window->images[i] == 0);
    assert_fails(lead_window_fill(window, history, 1), LEAD_INVALID, "now is 1");
    lead_window_free(window);
    lead_tm_series_free(history);
    lead_manifest_free(manifest);
    free(silence);
    free(before);
}

static void restored_tms_stand_in_the_historys_order(void **state) {
    (void)state;
    const int order[TINY_NODES] = {3, 0, 4, 1, 2};
    lead_manifest *manifest = load_tiny();
    lead_tm_series *history = tiny_history(NULL, 0, 1, order);
    lead_window *window = NULL;
    double relative[P], tm[P];
    assert_ok(lead_window_alloc(manifest, &window));
    assert_ok(lead_window_fill(window, history, TINY_LENGTH - 1));
    for (size_t i = 0; i < P; i++)
        relative[i] = (double)window->relative[(FRAMES - 1) * P + i];
    lead_window_restore(window, relative, tm);
    const double *newest = lead_tm_series_tm(history, TINY_LENGTH - 1);
    for (size_t i = 0; i < P; i++)
        assert_true(fabs(tm[i] - (i % (TINY_NODES + 1) == 0 ? 0 : newest[i])) <= 1e-6 * newest[i]);
    relative[1] = 1e9;
    lead_window_restore(window, relative, tm);
    const size_t moved = 1 * TINY_NODES + 3; /* where A-B stands in that order */
    assert_true(tm[moved] == 2 * window->level);
    lead_window_free(window);
    lead_tm_series_free(history);
    lead_manifest_free(manifest);
}

static float *to_floats(double *values, size_t count) {
    float *floats = calloc(count, sizeof *floats);
    for (size_t i = 0; i < count; i++)
        floats[i] = (float)values[i];
    free(values);
    return floats;
}

static void scores_equal_pythons(void **state) {
    (void)state;
    lead_manifest *manifest = load_tiny();
    const size_t knots = (size_t)manifest->knots;
    float *quantiles = to_floats(numbers("score.quantiles", TINY_HORIZON * knots * P),
                                 TINY_HORIZON * knots * P),
          *z = to_floats(numbers("score.z", TINY_HORIZON * P), TINY_HORIZON * P);
    static const char *const names[3] = {"score.low", "score.bound", "score.high"};
    static const double levels[3] = {0.5, 1, 1.5};
    double relative[P];
    for (int i = 0; i < 3; i++) {
        double *expected = numbers(names[i], TINY_HORIZON * P);
        for (int h = 0; h < TINY_HORIZON; h++) {
            lead_normal_score_restore(manifest, levels[i] * manifest->scaling.loads[0], quantiles,
                                      z, h, relative);
            assert_close(names[i], relative, expected + h * P, P, 1e-5, 1);
        }
        free(expected);
    }
    free(quantiles);
    free(z);
    lead_manifest_free(manifest);
}

/* With quantiles that are their knots' normal scores, a number comes back as it is, up to 3. */
static void scores_beyond_the_knots_go_on(void **state) {
    (void)state;
    lead_manifest *manifest = load_tiny();
    const size_t knots = (size_t)manifest->knots;
    float *quantiles = calloc(TINY_HORIZON * knots * P, sizeof *quantiles),
          w[TINY_HORIZON * P] = {0};
    double relative[P];
    static const double given[4] = {-2.8, 0.7, 2.8, 30}, expected[4] = {7.2, 10.7, 12.8, 13};
    for (size_t i = 0; i < TINY_HORIZON * knots * P; i++)
        quantiles[i] = (float)(10 + manifest->scaling.knots[i / P % knots]);
    manifest->scaling.calibration[0] = 0;
    manifest->scaling.calibration[1] = 1;
    for (size_t i = 0; i < 4; i++) {
        w[i + 1] = (float)given[i];
        lead_normal_score_restore(manifest, 0, quantiles, w, 0, relative);
        assert_close("relative", relative + i + 1, expected + i, 1, 1e-6, 1);
    }
    free(quantiles);
    lead_manifest_free(manifest);
}

/* The visited steps and their angles are Python's; white noise stays as it is under Euler's steps
 * and shrinks under DDIM's. */
static void steps_of_the_flow(void **state) {
    (void)state;
    enum { STEPS = 7 };
    lead_manifest *manifest = load_tiny();
    lead_schedule *schedule = &manifest->schedule;
    double *timesteps = numbers("timesteps", STEPS), *angles = numbers("angles", STEPS), size = 1;
    for (int i = 0; i < STEPS; i++) {
        const int step = lead_flow_timestep(schedule, STEPS, i);
        const double angle = lead_flow_angle(schedule, step);
        assert_true(step == (int)timesteps[i]);
        assert_close("angle", &angle, &angles[i], 1, 1e-12, 0);
    }
    assert_true(lead_flow_coefficients(schedule, 0.3).keep == 1);
    assert_true(lead_flow_coefficients(schedule, 0.3).move == -0.3);
    schedule->ddim = true;
    for (int i = 0; i < STEPS; i++)
        size *= lead_flow_coefficients(schedule, acos(0.0) / STEPS).keep;
    const double expected = pow(cos(acos(0.0) / STEPS), STEPS);
    assert_close("size", &size, &expected, 1, 1e-12, 0);
    free(timesteps);
    free(angles);
    lead_manifest_free(manifest);
}

static void make_even(int samples, size_t cells, float *z) {
    lead_even *even;
    assert_ok(lead_even_alloc(samples, &even));
    lead_even_make(even, cells, z);
    lead_even_free(even);
}

/* Of one sample the number itself to 1/40, but no farther out than 3.175. Of two, worked out by
 * hand: that the smaller of two is below a level of chance p has the chance 1 - (1 - p)^2, of the
 * larger p^2. Numbers that are alike are put into the samples' order. */
static void numbers_become_even(void **state) {
    (void)state;
    enum { CELLS = 3 };
    const double low = gsl_cdf_ugaussian_P(-0.5), high = gsl_cdf_ugaussian_P(1);
    float one[] = {-0.509f, 0, 7}, two[2 * CELLS] = {1, -0.5f, 1, -0.5f, 1, 1};
    const double alone[] = {-0.5, 0, 3.175},
                 lower = gsl_cdf_ugaussian_Pinv((1 - pow(1 - low, 2)) / 2),
                 higher = gsl_cdf_ugaussian_Pinv((1 + high * high) / 2),
                 alike = gsl_cdf_ugaussian_Pinv((1 - pow(1 - high, 2)) / 2);
    const double wanted[2 * CELLS] = {higher, lower, alike, lower, higher, higher};
    make_even(1, CELLS, one);
    for (int i = 0; i < CELLS; i++)
        assert_true(fabs((double)one[i] - alone[i]) < 1e-6);
    make_even(2, CELLS, two);
    for (int i = 0; i < 2 * CELLS; i++)
        assert_true(fabs((double)two[i] - wanted[i]) < 1e-6);
}

/* Cells 0: distinct; 1: two alike in the order, put into the samples'; 2: all alike. */
static void numbers_take_another_order(void **state) {
    (void)state;
    enum { SAMPLES = 4, CELLS = 3 };
    const float order[SAMPLES * CELLS] = {9, 5, 7, 1, 8, 7, 2, 5, 7, -4, -3, 7},
                                expected[SAMPLES * CELLS] = {3, 0, -1, 0.5f, 2,  0,
                                                             1, 1, 1,  -2,   -1, 3};
    float z[SAMPLES * CELLS] = {1, -1, 3, -2, 0, 1, 0.5f, 2, -1, 3, 1, 0};
    lead_even *even;
    assert_ok(lead_even_alloc(SAMPLES, &even));
    lead_even_reorder(even, CELLS, order, z);
    for (int i = 0; i < SAMPLES * CELLS; i++)
        assert_true(z[i] == expected[i]);
    lead_even_free(even);
}

/* Also of so many that no chance of a single one is a double's. */
static void many_numbers_become_even(void **state) {
    (void)state;
    enum { MANY = 3000 };
    float *z;
    assert_ok(lead_calloc(MANY, sizeof *z, &z));
    for (int s = 0; s < MANY; s++)
        z[s] = (float)(s * 1009 % MANY - MANY / 2) / 100;
    make_even(MANY, 1, z);
    for (int s = 0; s < MANY; s++) {
        const int k = s * 1009 % MANY;
        const double place = gsl_cdf_ugaussian_P((double)z[s]) * MANY;
        assert_true(place > k - 1e-3 && place < k + 1.001);
    }
    free(z);
}

static void samples_come_from_all_of_the_bank(void **state) {
    (void)state;
    enum { SAMPLES = 70, PAIRS = 2, STEPS = 3, WINDOW = PAIRS * STEPS };
    double *rows = numbers("paths.rows", SAMPLES);
    int8_t bank[BANK * WINDOW];
    float z[SAMPLES * WINDOW];
    const uint64_t seed = lead_random_seed(5, "lead") + 3;
    for (int i = 0; i < BANK * WINDOW; i++)
        bank[i] = (int8_t)(i % 200 - 100);
    lead_paths_take(seed, SAMPLES, PAIRS, &(lead_paths){bank, BANK, STEPS, PAIRS}, true, z);
    for (int s = 0; s < SAMPLES; s++) {
        assert_int_equal(lead_paths_row(seed, s, SAMPLES, BANK), (int)rows[s]);
        assert_true(rows[s] >= s * BANK / SAMPLES && rows[s] <= (s + 1.0) * BANK / SAMPLES);
        for (int cell = 0; cell < WINDOW; cell++) {
            const double rest =
                (double)z[s * WINDOW + cell] * 40 - bank[(int)rows[s] * WINDOW + cell];
            const double first = (double)z[s * WINDOW + cell % PAIRS] * 40 -
                                 bank[(int)rows[s] * WINDOW + cell % PAIRS];
            assert_true(fabs(rest) < 0.5001);
            assert_true(fabs(rest - (first)) < 1e-4); /* one of all steps */
        }
    }
    free(rows);
}

static void banks_are_smoothed_alike(void **state) {
    (void)state;
    enum { STEPS = 5, WIDTH = 3, ALL = SEVEN * STEPS * WIDTH };
    double *rough = numbers("paths.rough", ALL), *smoothed = numbers("paths.smoothed", ALL);
    int8_t bank[ALL];
    const lead_paths paths = {bank, SEVEN, STEPS, WIDTH};
    for (int i = 0; i < ALL; i++)
        bank[i] = (int8_t)rough[i];
    assert_ok(lead_paths_smooth(&paths, 0));
    for (int i = 0; i < ALL; i++)
        assert_int_equal(bank[i], (int)rough[i]);
    assert_ok(lead_paths_smooth(&paths, 0.27));
    for (int i = 0; i < ALL; i++)
        assert_int_equal(bank[i], (int)smoothed[i]);
    free(rough);
    free(smoothed);
}

/* The bank of make_fixtures.seven_windows. */
static void fill_seven(int8_t *bank, int cells) {
    for (int cell = 0; cell < cells; cell++)
        for (int w = 0; w < SEVEN; w++)
            bank[w * cells + cell] =
                (int8_t)(floor(nearbyint(-120 + 240.0 * (cell * SEVEN + w) / 55) / 3) * 3);
}

/* With the bank of fill_seven. (Of other pairs' paths: the samples of `any`.) */
static void check_paths(int samples, const char *taken_name, const char *even_name) {
    enum { STEPS = 2, PAIRS = 4, MOST = 20, ALL = MOST * STEPS * PAIRS };
    const size_t all = (size_t)samples * STEPS * PAIRS;
    double *taken = numbers(taken_name, all), *even = numbers(even_name, all), values[ALL];
    int8_t bank[SEVEN * STEPS * PAIRS];
    float z[ALL];
    fill_seven(bank, STEPS * PAIRS);
    lead_paths_take(1234567890123456789u, samples, PAIRS, &(lead_paths){bank, SEVEN, STEPS, PAIRS},
                    true, z);
    for (size_t i = 0; i < all; i++)
        values[i] = (double)z[i];
    assert_close(taken_name, values, taken, all, 1e-6, 0);
    make_even(samples, STEPS * PAIRS, z);
    for (size_t i = 0; i < all; i++)
        values[i] = (double)z[i];
    assert_close(even_name, values, even, all, 1e-6, 0);
    free(taken);
    free(even);
}

static void paths_equal_pythons(void **state) {
    (void)state;
    check_paths(1, "taken.1", "even.1");
    check_paths(5, "taken.5", "even.5");
    check_paths(20, "taken.20", "even.20");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_equal_pythons),
        cmocka_unit_test(gaps_are_filled_as_in_python),
        cmocka_unit_test(a_factor_changes_no_image),
        cmocka_unit_test(the_future_is_not_read),
        cmocka_unit_test(restored_tms_stand_in_the_historys_order),
        cmocka_unit_test(scores_equal_pythons),
        cmocka_unit_test(scores_beyond_the_knots_go_on),
        cmocka_unit_test(steps_of_the_flow),
        cmocka_unit_test(numbers_become_even),
        cmocka_unit_test(numbers_take_another_order),
        cmocka_unit_test(many_numbers_become_even),
        cmocka_unit_test(samples_come_from_all_of_the_bank),
        cmocka_unit_test(banks_are_smoothed_alike),
        cmocka_unit_test(paths_equal_pythons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
