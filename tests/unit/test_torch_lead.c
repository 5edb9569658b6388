/* The predictor `lead` on the tiny checkpoint: the same samples as models/lead, and clear failures.
 */
#include "predict/types.h"
#include "test_predict_lead.h"

#include <unistd.h>

/* 12 samples are two batches of the sampler; Python makes them in one. */
enum { P = TINY_NODES * TINY_NODES, SAMPLES = 12, VALUES = SAMPLES * TINY_HORIZON * P, DRAW = 3 };

static lead_predictor_options tiny_options(void) {
    return (lead_predictor_options){.node_count = TINY_NODES,
                                    .horizon = TINY_HORIZON,
                                    .samples = SAMPLES,
                                    .step = TINY_STEP,
                                    .seed = 5,
                                    .checkpoint = fixture("tiny"),
                                    .device = "cpu",
                                    .diffusion_steps = 7,
                                    .threads = 1};
}

static void *start(lead_predictor_options options) {
    void *state = calloc(1, lead_predictor_lead.size);
    assert_ok(lead_predictor_lead.alloc(state, &options));
    return state;
}

static void stop(void *state) {
    lead_predictor_lead.free(state);
    free(state);
}

static double *forecast(void *state, const lead_tm_series *history, uint64_t draw) {
    double *samples = calloc(VALUES, sizeof *samples);
    assert_ok(lead_predictor_lead.forecast(state, history, lead_tm_series_length(history) - 1, draw,
                                           samples));
    return samples;
}

static void check_samples(const char *line, const int *gone, int count) {
    void *state = start(tiny_options());
    lead_tm_series *history = tiny_history(gone, count, 1, NULL);
    double *expected = numbers(line, VALUES), *samples = forecast(state, history, DRAW);
    assert_close(line, samples, expected, VALUES, 1e-4, 1e3);
    free(samples);
    free(expected);
    lead_tm_series_free(history);
    stop(state);
}

static void samples_are_pythons(void **state) {
    (void)state;
    const int gap[3] = {33, 36, 37};
    check_samples("whole.samples", NULL, 0);
    check_samples("gap.samples", gap, 3);
}

static void a_factor_goes_through(void **state) {
    (void)state;
    void *model = start(tiny_options());
    lead_tm_series *plain = tiny_history(NULL, 0, 1, NULL),
                   *loud = tiny_history(NULL, 0, 7.3, NULL);
    double *samples = forecast(model, plain, DRAW), *scaled = forecast(model, loud, DRAW);
    for (size_t i = 0; i < VALUES; i++)
        samples[i] *= 7.3;
    assert_close("scaled", scaled, samples, VALUES, 1e-4, 1e3);
    free(samples);
    free(scaled);
    lead_tm_series_free(plain);
    lead_tm_series_free(loud);
    stop(model);
}

static void a_draw_names_its_samples(void **state) {
    (void)state;
    void *model = start(tiny_options()), *again = start(tiny_options());
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    double *first = forecast(model, history, 1), *other = forecast(model, history, 2),
           *same = forecast(model, history, 1), *elsewhere = forecast(again, history, 1);
    assert_memory_equal(first, same, VALUES * sizeof *first);
    assert_memory_equal(first, elsewhere, VALUES * sizeof *first);
    assert_memory_not_equal(first, other, VALUES * sizeof *first);
    assert_memory_not_equal(first, first + TINY_HORIZON * P, TINY_HORIZON * P * sizeof *first);
    for (size_t i = 0; i < VALUES; i++)
        assert_true(first[i] >= 0 && (i % P % (TINY_NODES + 1) || first[i] == 0));
    free(first);
    free(other);
    free(same);
    free(elsewhere);
    lead_tm_series_free(history);
    stop(model);
    stop(again);
}

/* More samples than one batch holds, so that the threads have something to share. */
static void threads_change_nothing(void **state) {
    (void)state;
    enum { MANY = 33, COUNT = MANY * TINY_HORIZON * P };
    lead_predictor_options options = tiny_options();
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    double *samples[3];
    options.samples = MANY;
    for (int i = 0; i < 3; i++) {
        options.threads = (int[3]){1, 2, 5}[i];
        samples[i] = calloc(COUNT, sizeof **samples);
        void *model = start(options);
        assert_ok(lead_predictor_lead.forecast(model, history, TINY_LENGTH - 1, 1, samples[i]));
        stop(model);
    }
    assert_memory_equal(samples[0], samples[1], COUNT * sizeof **samples);
    assert_memory_equal(samples[0], samples[2], COUNT * sizeof **samples);
    for (int s = 1; s < MANY; s++)
        for (int other = 0; other < s; other++)
            assert_memory_not_equal(samples[0] + s * TINY_HORIZON * P,
                                    samples[0] + other * TINY_HORIZON * P, P * sizeof **samples);
    for (int i = 0; i < 3; i++)
        free(samples[i]);
    lead_tm_series_free(history);
}

static void nodes_may_come_in_another_order(void **state) {
    (void)state;
    const int order[TINY_NODES] = {3, 0, 4, 1, 2};
    void *model = start(tiny_options());
    lead_tm_series *plain = tiny_history(NULL, 0, 1, NULL),
                   *shuffled = tiny_history(NULL, 0, 1, order);
    double *samples = forecast(model, plain, DRAW), *moved = forecast(model, shuffled, DRAW);
    for (int k = 0; k < SAMPLES * TINY_HORIZON; k++)
        for (int i = 0; i < TINY_NODES; i++)
            for (int j = 0; j < TINY_NODES; j++)
                assert_true(moved[k * P + i * TINY_NODES + j] ==
                            samples[k * P + order[i] * TINY_NODES + order[j]]);
    free(samples);
    free(moved);
    lead_tm_series_free(plain);
    lead_tm_series_free(shuffled);
    stop(model);
}

static void a_shorter_horizon_is_its_beginning(void **state) {
    (void)state;
    lead_predictor_options options = tiny_options();
    void *model = start(options);
    options.horizon = 1;
    void *near = start(options);
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    double *both = forecast(model, history, DRAW), *one = forecast(near, history, DRAW);
    for (int s = 0; s < SAMPLES; s++)
        assert_memory_equal(one + s * P, both + s * TINY_HORIZON * P, P * sizeof *one);
    free(both);
    free(one);
    lead_tm_series_free(history);
    stop(model);
    stop(near);
}

static void assert_refused(lead_predictor_options options, lead_status status, const char *words) {
    void *state = calloc(1, lead_predictor_lead.size);
    assert_fails(lead_predictor_lead.alloc(state, &options), status, words);
    free(state);
}

/* Twelve nodes' waves with a weekly rhythm, `factor` times; without names the model's order is
 * taken. */
static lead_tm_series *abilene_like(double factor) {
    enum { NODES = 12, LENGTH = 320 };
    lead_tm_series *series = NULL;
    double tm[NODES * NODES];
    assert_ok(lead_tm_series_alloc(NODES, NULL, &series));
    for (int row = 0; row < LENGTH; row++) {
        for (int i = 0; i < NODES * NODES; i++)
            tm[i] = factor * 1e5 * (1 + i) * (1.5 + sin(0.02 * row + i) + 0.2 * sin(1.7 * row * i));
        assert_ok(lead_tm_series_append(series, 1090000200 + 300 * row, tm));
    }
    return series;
}

static double *forecast_shipped(const lead_tm_series *history, int threads) {
    char folder[1024];
    double *samples = calloc(20 * 144, sizeof *samples);
    snprintf(folder, sizeof folder, "%s/models/checkpoints/abilene", getenv("LEAD_SOURCE"));
    void *model = start((lead_predictor_options){.node_count = 12,
                                                 .horizon = 1,
                                                 .samples = 20,
                                                 .step = 300,
                                                 .checkpoint = folder,
                                                 .diffusion_steps = 10,
                                                 .device = "cpu",
                                                 .threads = threads});
    assert_ok(lead_predictor_lead.forecast(model, history, lead_tm_series_length(history) - 1, 1,
                                           samples));
    stop(model);
    return samples;
}

static void the_shipped_checkpoint_runs(void **state) {
    (void)state;
    lead_tm_series *plain = abilene_like(1), *loud = abilene_like(0.5);
    const double *now = lead_tm_series_tm(plain, 319);
    double *samples = forecast_shipped(plain, 1), *again = forecast_shipped(plain, 2),
           *scaled = forecast_shipped(loud, 1);
    double total = 0, spread = 0;
    assert_memory_equal(samples, again, 20 * 144 * sizeof *samples);
    for (int i = 0; i < 20 * 144; i++) {
        total += samples[i] / 20;
        spread += fabs(samples[i] - samples[i % 144]);
        samples[i] *= 0.5; /* the same range of load */
    }
    assert_close("scaled", scaled, samples, 20 * 144, 1e-3, 1e4);
    assert_true(total > 0.7 * lead_tm_total(now, 12) && total < 1.4 * lead_tm_total(now, 12));
    assert_true(spread > 0.2 * total);
    free(samples);
    free(again);
    free(scaled);
    lead_tm_series_free(plain);
    lead_tm_series_free(loud);
}

static void what_does_not_fit_is_told(void **state) {
    (void)state;
    lead_predictor_options options = tiny_options();
    options.node_count = 12;
    assert_refused(options, LEAD_INVALID, "the model is for 5 nodes, asked for 12");
    options = tiny_options();
    options.horizon = 3;
    assert_refused(options, LEAD_INVALID, "the model forecasts 2 steps, asked for 3");
    options = tiny_options();
    options.step = 300;
    assert_refused(options, LEAD_INVALID, "3600 s apart, asked for 300 s");
    options = tiny_options();
    options.diffusion_steps = 1001;
    assert_refused(options, LEAD_INVALID, "1001 diffusion steps");
    options = tiny_options();
    options.checkpoint = NULL;
    assert_refused(options, LEAD_INVALID, "needs a checkpoint");
    options = tiny_options();
    options.checkpoint = "/nowhere";
    assert_refused(options, LEAD_IO, "/nowhere/manifest.json");
    options = tiny_options();
    options.device = "cuda:99";
    assert_refused(options, LEAD_UNAVAILABLE, "cuda:99");
}

static void other_nodes_are_refused(void **state) {
    (void)state;
    const char *const names[TINY_NODES] = {"A", "B", "C", "D", "X"};
    double tm[P] = {0}, samples[VALUES];
    void *model = start(tiny_options());
    lead_tm_series *history = NULL;
    assert_ok(lead_tm_series_alloc(TINY_NODES, names, &history));
    assert_ok(lead_tm_series_append(history, 0, tm));
    assert_fails(lead_predictor_lead.forecast(model, history, 0, 0, samples), LEAD_INVALID,
                 "node \"E\" is not in");
    lead_tm_series_free(history);
    stop(model);
}

/* A component that is TorchScript with the right checksum, but another module. */
static void a_wrong_module_is_told(void **state) {
    (void)state;
    char folder[] = "/tmp/lead-model-XXXXXX", command[4096];
    const char *const tiny = fixture("tiny");
    assert_non_null(mkdtemp(folder));
    snprintf(
        command, sizeof command,
        "cd %s && cp %s/* . && old=$(sha256sum encoder.pt | cut -c1-64) && cp %s encoder.pt && "
        "new=$(sha256sum encoder.pt | cut -c1-64) && sed -i s/$old/$new/ manifest.json",
        folder, tiny, fixture("pair.pt"));
    assert_int_equal(system(command), 0);
    lead_predictor_options options = tiny_options();
    options.checkpoint = folder;
    void *model = start(options);
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    double samples[VALUES];
    assert_fails(lead_predictor_lead.forecast(model, history, TINY_LENGTH - 1, 0, samples),
                 LEAD_MODEL, "encoder");
    stop(model);
    snprintf(command, sizeof command,
             "cd %s && old=$(sha256sum encoder.pt | cut -c1-64) && echo garbage > encoder.pt && "
             "new=$(sha256sum encoder.pt | cut -c1-64) && sed -i s/$old/$new/ manifest.json",
             folder);
    assert_int_equal(system(command), 0);
    assert_refused(options, LEAD_FORMAT, "encoder.pt: torch: ");
    lead_tm_series_free(history);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_pythons),
        cmocka_unit_test(a_factor_goes_through),
        cmocka_unit_test(a_draw_names_its_samples),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(the_shipped_checkpoint_runs),
        cmocka_unit_test(nodes_may_come_in_another_order),
        cmocka_unit_test(a_shorter_horizon_is_its_beginning),
        cmocka_unit_test(what_does_not_fit_is_told),
        cmocka_unit_test(other_nodes_are_refused),
        cmocka_unit_test(a_wrong_module_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
