/* The TM images of module/predict/tm_image.c against those of models/lead/tm_image.py; no torch
 * needed. */
#include "predict/tm_image.h"
#include "test_predict_lead.h"

enum { FRAMES = 9, P = TINY_NODES * TINY_NODES };

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
    assert_floats(gone.name, "context", window->context, (TINY_HORIZON + 1) * P);
    assert_doubles(gone.name, "base", window->base, TINY_HORIZON * P);
    assert_doubles(gone.name, "spread", window->spread, P);
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
    for (size_t i = 0; i < P; i++)
        assert_true(fabs(scaled->base[i] - 7.3 * once->base[i]) <= 1e-9 * scaled->base[i]);
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

static void a_base_is_no_less_than_nothing(void **state) {
    (void)state;
    lead_manifest *manifest = load_tiny();
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    lead_window *window = NULL;
    int empty = 0;
    for (size_t i = 0; i < TINY_HORIZON * P * FRAMES; i++)
        manifest->scaling.weights[i] = 10;
    assert_ok(lead_window_alloc(manifest, &window));
    assert_ok(lead_window_fill(window, history, TINY_LENGTH - 1));
    for (size_t i = 0; i < TINY_HORIZON * P; i++) {
        assert_true(window->base[i] >= 0);
        empty += window->base[i] == 0;
    }
    assert_true(empty > TINY_HORIZON * TINY_NODES);
    lead_window_free(window);
    lead_tm_series_free(history);
    lead_manifest_free(manifest);
}

static void restore_inverts_the_residual(void **state) {
    (void)state;
    lead_manifest *manifest = load_tiny();
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    lead_window *window = NULL;
    float z[P] = {0};
    double tm[P];
    assert_ok(lead_window_alloc(manifest, &window));
    assert_ok(lead_window_fill(window, history, TINY_LENGTH - 1));
    const size_t pair = 7, at = P + pair;
    const double wanted = window->base[at] + 0.8 * window->spread[pair];
    z[pair] = (float)(asinh(0.8 / manifest->scaling.reach[at]) / manifest->scaling.width[at]);
    lead_window_restore(window, 1, z, tm);
    assert_true(fabs(tm[pair] - wanted) < 1e-5 * wanted);
    assert_true(tm[0] == 0);
    for (size_t i = 0; i < P; i++)
        z[i] = -20;
    lead_window_restore(window, 1, z, tm);
    for (size_t i = 0; i < P; i++)
        assert_true(tm[i] == 0);
    lead_window_free(window);
    lead_tm_series_free(history);
    lead_manifest_free(manifest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_equal_pythons),
        cmocka_unit_test(gaps_are_filled_as_in_python),
        cmocka_unit_test(a_factor_changes_no_image),
        cmocka_unit_test(the_future_is_not_read),
        cmocka_unit_test(restore_inverts_the_residual),
        cmocka_unit_test(a_base_is_no_less_than_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
