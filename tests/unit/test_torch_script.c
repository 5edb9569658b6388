/* The predictor `torchscript` on small modules, good and bad. */
#include "predict/types.h"
#include "test_predict_lead.h"

enum { P = TINY_NODES * TINY_NODES };

static lead_predictor_options options_for(const char *file, int samples, int horizon) {
    return (lead_predictor_options){.node_count = TINY_NODES,
                                    .horizon = horizon,
                                    .samples = samples,
                                    .step = TINY_STEP,
                                    .checkpoint = fixture(file),
                                    .device = "cpu"};
}

static lead_status forecast_with(lead_predictor_options options, uint64_t draw,
                                 const lead_tm_series *history, double *out) {
    void *state = calloc(1, lead_predictor_torchscript.size);
    lead_status status = lead_predictor_torchscript.alloc(state, &options);
    if (status == LEAD_OK) {
        status = lead_predictor_torchscript.forecast(state, history,
                                                     lead_tm_series_length(history) - 1, draw, out);
        lead_predictor_torchscript.free(state);
    }
    free(state);
    return status;
}

static lead_status forecast(const char *file, int samples, int horizon, uint64_t draw,
                            const lead_tm_series *history, double *out) {
    return forecast_with(options_for(file, samples, horizon), draw, history, out);
}

static void one_sample_stands_for_all(void **state) {
    (void)state;
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    const double *last = lead_tm_series_tm(history, TINY_LENGTH - 1);
    double *out = calloc(3 * 2 * P, sizeof *out);
    assert_ok(forecast("last.pt", 3, 2, 0, history, out));
    for (int k = 0; k < 6; k++)
        for (int i = 0; i < P; i++)
            assert_true(fabs(out[k * P + i] - (i % (TINY_NODES + 1) ? last[i] : 0)) <=
                        1e-6 * last[i]);
    assert_fails(forecast("last.pt", 3, 4, 0, history, out), LEAD_MODEL,
                 "expected shape [1, 4, 5, 5], given [1, 3, 5, 5]");
    free(out);
    lead_tm_series_free(history);
}

static void random_modules_follow_the_draw(void **state) {
    (void)state;
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    double first[5 * 2 * P], same[5 * 2 * P], other[5 * 2 * P];
    assert_ok(forecast("noisy.pt", 5, 2, 1, history, first));
    assert_ok(forecast("noisy.pt", 5, 2, 1, history, same));
    assert_ok(forecast("noisy.pt", 5, 2, 2, history, other));
    assert_memory_equal(first, same, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
    assert_fails(forecast("noisy.pt", 4, 2, 1, history, first), LEAD_MODEL,
                 "expected shape [4, 2, 5, 5], given [5, 2, 5, 5]");
    lead_tm_series_free(history);
}

/* context.pt looks 30 TMs back: it says the clock, how many TMs are missing, and if the first is.
 */
static void context_tells_clock_and_missing_tms(void **state) {
    (void)state;
    static const int gone[3] = {20, 25, 38};
    lead_tm_series *whole = tiny_history(NULL, 0, 1, NULL), *gaps = tiny_history(gone, 3, 1, NULL),
                   *young = NULL;
    const int64_t now = lead_tm_series_time(whole, TINY_LENGTH - 1);
    const double *newest = lead_tm_series_tm(whole, TINY_LENGTH - 1);
    double out[3 * 2 * P];
    assert_ok(forecast("context.pt", 3, 2, 0, whole, out));
    for (int k = 0; k < 6; k++) {
        const double *tm = out + k * P;
        assert_true(tm[1] == (double)(now % 86400) && tm[2] == (double)(now % 604800));
        assert_true(tm[3] == 0 && tm[4] == 0);
        assert_true(fabs(tm[P - 2] - newest[P - 2]) <= 1e-6 * newest[P - 2]);
    }
    assert_ok(forecast("context.pt", 1, 1, 0, gaps, out));
    assert_true(out[3] == 3 && out[4] == 0);
    assert_ok(lead_tm_series_alloc(TINY_NODES, NULL, &young));
    assert_ok(lead_tm_series_append(young, -2 * TINY_STEP, newest));
    assert_ok(lead_tm_series_append(young, -TINY_STEP, newest));
    assert_ok(forecast("context.pt", 1, 1, 0, young, out));
    assert_true(out[1] == 86400 - TINY_STEP && out[2] == 604800 - TINY_STEP);
    assert_true(out[3] == 28 && out[4] == 1);
    lead_tm_series_free(whole);
    lead_tm_series_free(gaps);
    lead_tm_series_free(young);
}

static void a_module_says_whether_its_samples_are_even(void **state) {
    (void)state;
    const struct {
        const char *file;
        bool even;
    } modules[] = {{"context.pt", true}, {"noisy.pt", false}, {"last.pt", false}};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        lead_predictor_options options = options_for(modules[i].file, 5, 2);
        lead_predictor *predictor = NULL;
        assert_ok(lead_predictor_alloc(&lead_predictor_torchscript, &options, &predictor));
        assert_int_equal(lead_predictor_is_even(predictor), modules[i].even);
        lead_predictor_free(predictor);
    }
}

static void what_a_module_cannot_serve_is_refused(void **state) {
    (void)state;
    lead_predictor_options options = options_for("context.pt", 1, 3);
    assert_fails(forecast_with(options, 0, NULL, NULL), LEAD_INVALID,
                 "context.pt: the module forecasts 2 steps, asked for 3");
    options = options_for("context.pt", 1, 2);
    options.step = 300;
    assert_fails(forecast_with(options, 0, NULL, NULL), LEAD_INVALID,
                 "the module's TMs are 3600 s apart, asked for 300 s");
    options = options_for("context.pt", 1, 2);
    options.node_count = 6;
    assert_fails(forecast_with(options, 0, NULL, NULL), LEAD_INVALID,
                 "the module is for 5 nodes, asked for 6");
    assert_fails(forecast("odd.pt", 1, 1, 0, NULL, NULL), LEAD_MODEL,
                 "takes_context is 2, expected 0 or 1");
}

static void bad_modules_are_told(void **state) {
    (void)state;
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL), *young = NULL;
    double out[P], tm[P] = {0};
    assert_fails(forecast("flat.pt", 1, 1, 0, history, out), LEAD_MODEL,
                 "expected shape [1, 1, 5, 5], given [1, 5]");
    assert_fails(forecast("pair.pt", 1, 1, 0, history, out), LEAD_MODEL,
                 "forward takes 2 inputs, given 1");
    assert_fails(forecast("nan.pt", 1, 1, 0, history, out), LEAD_MODEL, "forward gave");
    assert_fails(forecast("window.txt", 1, 1, 0, history, out), LEAD_FORMAT, "window.txt");
    assert_fails(forecast("absent.pt", 1, 1, 0, history, out), LEAD_IO,
                 "absent.pt: cannot be opened");
    assert_ok(lead_tm_series_alloc(TINY_NODES, NULL, &young));
    assert_ok(lead_tm_series_append(young, 0, tm));
    assert_fails(forecast("last.pt", 1, 1, 0, young, out), LEAD_INVALID, "needs 4 TMs of history");
    lead_tm_series_free(history);
    lead_tm_series_free(young);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sample_stands_for_all),
        cmocka_unit_test(random_modules_follow_the_draw),
        cmocka_unit_test(context_tells_clock_and_missing_tms),
        cmocka_unit_test(a_module_says_whether_its_samples_are_even),
        cmocka_unit_test(what_a_module_cannot_serve_is_refused),
        cmocka_unit_test(bad_modules_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
