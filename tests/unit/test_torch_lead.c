/* The predictor `lead` on the tiny checkpoint: the same samples as models/lead, and clear failures.
 */
#include "predict/types.h"
#include "scratch.h"
#include "test_predict_lead.h"

#include <sys/stat.h>
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

static void assert_refused(lead_predictor_options options, lead_status status, const char *words) {
    void *state = calloc(1, lead_predictor_lead.size);
    assert_fails(lead_predictor_lead.alloc(state, &options), status, words);
    free(state);
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

/* Without a denoiser samples are paths of the past under the base forecast. */
static void paths_of_the_past_are_pythons(void **state) {
    (void)state;
    lead_predictor_options options = tiny_options();
    options.checkpoint = fixture("tiny-paths");
    options.diffusion_steps = 0;
    options.budget = 1e-9; /* nothing to save: no clock is read */
    void *model = start(options);
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    double *expected = numbers("paths.samples", VALUES), *samples = forecast(model, history, DRAW);
    assert_close("paths.samples", samples, expected, VALUES, 1e-4, 1e3);
    assert_int_equal(lead_predictor_lead.steps(model), 0);
    free(samples);
    free(expected);
    lead_tm_series_free(history);
    stop(model);
}

/* A model for any network takes this one's nodes, step and shares. */
static void a_model_for_any_network_is_pythons(void **state) {
    (void)state;
    const int gap[3] = {33, 36, 37};
    lead_predictor_options options = tiny_options();
    options.checkpoint = fixture("tiny-any");
    options.diffusion_steps = 0;
    void *model = start(options);
    lead_tm_series *history = tiny_history(gap, 3, 1, NULL);
    double *expected = numbers("any.samples", VALUES), *samples = forecast(model, history, DRAW);
    assert_close("any.samples", samples, expected, VALUES, 1e-4, 1e3);
    free(samples);
    free(expected);
    lead_tm_series_free(history);
    stop(model);
    options.step = 86400;
    assert_refused(options, LEAD_INVALID, "86400 s apart are too far apart for this model");
}

static void forecast_blended(const char *checkpoint, lead_blend blend,
                             const lead_tm_series *history, double *samples) {
    const lead_predictor_options options = {.node_count = 12,
                                            .horizon = TINY_HORIZON,
                                            .samples = 8,
                                            .step = 300,
                                            .seed = 5,
                                            .checkpoint = checkpoint,
                                            .device = "cpu",
                                            .threads = 1,
                                            .blend = blend};
    lead_predictor *predictor;
    assert_ok(lead_predictor_alloc(&lead_predictor_lead, &options, &predictor));
    assert_ok(lead_predictor_forecast(predictor, history, lead_tm_series_length(history) - 1, DRAW,
                                      samples));
    lead_predictor_free(predictor);
}

/* Unless told otherwise, and where it pays; a model of this network does not. */
static void a_model_for_any_network_learns_this_one(void **state) {
    (void)state;
    static double usual[8 * TINY_HORIZON * 144], other[8 * TINY_HORIZON * 144];
    lead_tm_series *history = abilene_like(1);
    char shipped[1024];
    forecast_blended(fixture("tiny-any"), LEAD_BLEND_DEFAULT, history, usual);
    forecast_blended(fixture("tiny-any"), LEAD_BLEND_LINEAR, history, other);
    assert_memory_equal(usual, other, sizeof usual);
    forecast_blended(fixture("tiny-any"), LEAD_BLEND_NEVER, history, other);
    assert_memory_not_equal(usual, other, sizeof usual);
    snprintf(shipped, sizeof shipped, "%s/models/checkpoints/abilene-80", getenv("LEAD_SOURCE"));
    forecast_blended(shipped, LEAD_BLEND_DEFAULT, history, usual);
    forecast_blended(shipped, LEAD_BLEND_NEVER, history, other);
    assert_memory_equal(usual, other, sizeof usual);
    lead_tm_series_free(history);
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

/* --- within a budget ------------------------------------------------------------------------- */

enum { TICKS = 64 };

/* A clock that goes on by ticks[i] when it is read for the i-th time. */
static double ticks[TICKS], fake_time;
static int tick_count, next_tick;

static double fake_clock(void) {
    assert_true(next_tick < tick_count);
    return fake_time += ticks[next_tick++];
}

static void add_ticks(double first, double second, double third) {
    assert_true(tick_count + 3 <= TICKS);
    ticks[tick_count++] = first;
    ticks[tick_count++] = second;
    ticks[tick_count++] = third;
}

/* How long one of the forecasts takes that are made when the predictor is: it reads the clock when
 * it begins, before the first step and after the last. */
static void plan_warm_up(double fixed, double step) {
    add_ticks(0, fixed, step);
}

/* The same for a forecast, which reads it once more at its end. */
static void plan_forecast(double fixed, double loop) {
    add_ticks(0, fixed / 2, loop);
    ticks[tick_count++] = fixed / 2;
}

/* A predictor with a budget in s whose first forecast, which does not count, took ages, the others
 * `fixed` s and `step` s a step. */
static void *start_paced(lead_predictor_options options, double fixed, double step) {
    tick_count = next_tick = 0;
    plan_warm_up(1000, 1000);
    plan_warm_up(fixed, step);
    plan_warm_up(fixed, step);
    options.clock = fake_clock;
    return start(options);
}

/* The steps of a forecast that takes `fixed` s and `step` s a step. */
static int paced_steps(void *model, const lead_tm_series *history, double fixed, double step,
                       int expected) {
    plan_forecast(fixed, step * expected);
    free(forecast(model, history, DRAW));
    assert_int_equal(next_tick, tick_count);
    return lead_predictor_lead.steps(model);
}

static void a_budget_chooses_the_steps(void **state) {
    (void)state;
    lead_predictor_options options = tiny_options();
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    options.budget = 0.1;
    options.diffusion_steps = 0;
    void *model = start_paced(options, 0.010, 0.002);
    assert_int_equal(lead_predictor_lead.steps(model), 0);
    plan_forecast(0.010, 25 * 0.002);
    double *paced = forecast(model, history, DRAW); /* 10 ms + 25 * 2 ms fit into 100 ms */
    assert_int_equal(lead_predictor_lead.steps(model), 25);
    options.budget = 0;
    options.diffusion_steps = 25;
    void *plain = start(options);
    double *same = forecast(plain, history, DRAW);
    assert_memory_equal(paced, same, VALUES * sizeof *paced);
    assert_int_equal(lead_predictor_lead.steps(plain), 25);
    free(paced);
    free(same);
    stop(plain);
    /* One forecast is slow: fewer steps as long as it is among the last five. */
    assert_int_equal(paced_steps(model, history, 0.010, 0.020, 25), 25);
    for (int i = 0; i < 5; i++)
        assert_int_equal(paced_steps(model, history, 0.010, 0.002, 4), 4);
    assert_int_equal(paced_steps(model, history, 0.010, 0.002, 25), 25);
    stop(model);
    lead_tm_series_free(history);
}

static void a_budget_has_at_most_the_steps_given(void **state) {
    (void)state;
    lead_predictor_options options = tiny_options(); /* 7 steps */
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    options.budget = 1;
    void *rich = start_paced(options, 0.010, 0.002);
    assert_int_equal(paced_steps(rich, history, 0.010, 0.002, 7), 7);
    stop(rich);
    options.diffusion_steps = 0;
    rich = start_paced(options, 0.010, 0.002);
    assert_int_equal(paced_steps(rich, history, 0.010, 0.002, 50), 50);
    stop(rich);
    lead_tm_series_free(history);
}

static void count_warnings(lead_log_level level, const char *line, void *data) {
    int *count = data;
    *count += level == LEAD_LOG_WARNING && strstr(line, "one diffusion step takes 12 ms") &&
              strstr(line, "the budget is 5 ms");
}

static void a_budget_too_small_is_told_once(void **state) {
    (void)state;
    int warnings = 0;
    lead_predictor_options options = tiny_options();
    lead_tm_series *history = tiny_history(NULL, 0, 1, NULL);
    options.budget = 0.005;
    void *model = start_paced(options, 0.010, 0.002);
    lead_log_set_sink(count_warnings, &warnings);
    assert_int_equal(paced_steps(model, history, 0.010, 0.002, 1), 1);
    assert_int_equal(paced_steps(model, history, 0.010, 0.002, 1), 1);
    lead_log_set_sink(NULL, NULL);
    assert_int_equal(warnings, 1);
    stop(model);
    lead_tm_series_free(history);
}

static double *forecast_shipped(const lead_tm_series *history, int threads) {
    char folder[1024];
    double *samples = calloc(20 * 144, sizeof *samples);
    snprintf(folder, sizeof folder, "%s/models/checkpoints/abilene-80", getenv("LEAD_SOURCE"));
    void *model = start((lead_predictor_options){.node_count = 12,
                                                 .horizon = 1,
                                                 .samples = 20,
                                                 .step = 300,
                                                 .checkpoint = folder,
                                                 .device = "cpu",
                                                 .threads = threads});
    assert_ok(lead_predictor_lead.forecast(model, history, lead_tm_series_length(history) - 1, 1,
                                           samples));
    stop(model);
    return samples;
}

/* What its manifest says of the TMs it learnt from, 2004-03-01 to 2004-07-06 14:20. */
static void a_checkpoint_knows_what_it_has_seen(void **state) {
    (void)state;
    char folder[1024];
    snprintf(folder, sizeof folder, "%s/models/checkpoints/abilene-80", getenv("LEAD_SOURCE"));
    lead_predictor_options options = {
        .node_count = 12, .horizon = 1, .samples = 1, .step = 300, .checkpoint = folder};
    lead_predictor *predictor;
    static const struct {
        const char *time;
        bool seen;
    } times[] = {{"2004-02-29T23:55:00Z", false},
                 {"2004-03-01T00:00:00Z", true},
                 {"2004-07-06T14:15:00Z", true},
                 {"2004-07-06T14:20:00Z", false}};
    assert_ok(lead_predictor_alloc(&lead_predictor_lead, &options, &predictor));
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t time;
        assert_ok(lead_time_parse(times[i].time, &time));
        assert_int_equal(lead_predictor_has_seen(predictor, time), times[i].seen);
    }
    lead_predictor_free(predictor);
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
    options.budget = -1;
    assert_refused(options, LEAD_INVALID, "budget: -1 s is negative");
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
    char folder[300], command[4096];
    const char *const tiny = fixture("tiny");
    snprintf(folder, sizeof folder, "%s/checkpoint", scratch_folder(NULL));
    assert_int_equal(mkdir(folder, 0700), 0);
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
    assert_refused(options, LEAD_FORMAT, "encoder.pt: no TorchScript archive");
    lead_tm_series_free(history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_pythons),
        cmocka_unit_test(paths_of_the_past_are_pythons),
        cmocka_unit_test(a_model_for_any_network_is_pythons),
        cmocka_unit_test(a_model_for_any_network_learns_this_one),
        cmocka_unit_test(a_factor_goes_through),
        cmocka_unit_test(a_draw_names_its_samples),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(a_checkpoint_knows_what_it_has_seen),
        cmocka_unit_test(the_shipped_checkpoint_runs),
        cmocka_unit_test(nodes_may_come_in_another_order),
        cmocka_unit_test(a_shorter_horizon_is_its_beginning),
        cmocka_unit_test(a_budget_chooses_the_steps),
        cmocka_unit_test(a_budget_has_at_most_the_steps_given),
        cmocka_unit_test(a_budget_too_small_is_told_once),
        cmocka_unit_test(what_does_not_fit_is_told),
        cmocka_unit_test(other_nodes_are_refused),
        cmocka_unit_test(a_wrong_module_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
