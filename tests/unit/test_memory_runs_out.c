/* Every allocation of a job fails once: the job then says LEAD_MEMORY (or does without), crashes
 * nowhere and, as the sanitizer build sees, leaks nothing. What the libraries allocate by
 * themselves fails in tests/robustness/alloc.py. */
#include "series.h"
#include <lead/compare.h>
#include <lead/control.h>
#include <lead/engine.h>
#include <lead/evaluate.h>
#include <lead/formats.h>
#include <lead/record.h>
#include <lead/scenario.h>
#include <lead/study.h>

enum { STEP = 7200 }; /* so that 80 TMs are days enough for every forecast */

static long calls, failing; /* the failing-th call fails */

static bool allow(size_t size, void *data) {
    (void)size;
    (void)data;
    return ++calls != failing;
}

static lead_topology *diamond;
static lead_tm_series *past;     /* 80 TMs of the diamond */
static lead_tm_series *jumping;  /* the same, the last 21 a million times as large */
static lead_tm_series *ten_days; /* the diamond's, 120 TMs */
static lead_routing *in_force;   /* of the diamond */

static void exhaust(const char *name, lead_status (*job)(const void *), const void *about) {
    for (long at = 1;; at++) {
        calls = 0;
        failing = at;
        lead_status status = job(about);
        failing = 0;
        if (calls < at) {
            if (status != LEAD_OK)
                fail_msg("%s: %s", name, lead_last_message());
            assert_true(at > 1); /* it was asked */
            return;
        }
        if (status != LEAD_OK && status != LEAD_MEMORY)
            fail_msg("%s, call %ld: %s: %s", name, at, lead_status_name(status),
                     lead_last_message());
    }
}

static lead_status route(const void *about) {
    const double weights[8] = {1, 1, 2, 2, 1, 1, 1, 1};
    lead_routing *routing = NULL, *copy = NULL;
    int changed;
    double moved;
    (void)about;
    lead_status status = lead_routing_from_weights(diamond, weights, &routing);
    if (status == LEAD_OK)
        status = lead_routing_copy(routing, &copy);
    if (status == LEAD_OK)
        status = lead_routing_change(in_force, copy, lead_tm_series_tm(past, 0), &changed, &moved);
    lead_routing_free(routing);
    lead_routing_free(copy);
    return status;
}

static lead_status plan(const void *name) {
    lead_te_options options = {.evaluation_limit = 20};
    lead_te_demand demand = {.tms = lead_tm_series_tm(past, 1), .samples = 1};
    lead_te_plan answer;
    lead_te *te;
    LEAD_TRY(lead_te_alloc(lead_te_find(name), diamond, &options, &te));
    lead_status status = lead_te_plan_for(te, &demand, &answer);
    lead_te_plan_clear(&answer);
    lead_te_free(te);
    return status;
}

static lead_status estimate(const void *name) {
    double tm[16], variance[16];
    unsigned char gap[16];
    lead_estimator *estimator = NULL;
    lead_rates *rates = NULL;
    lead_status status = lead_rates_alloc(4, 8, &rates);
    if (status == LEAD_OK)
        status = lead_estimator_alloc(lead_estimator_find(name), diamond, past, &estimator);
    if (status == LEAD_OK)
        status = lead_estimator_estimate(estimator, &(lead_measurement){rates, in_force, 0},
                                         &(lead_estimate){tm, variance, gap});
    lead_estimator_free(estimator);
    lead_rates_free(rates);
    return status;
}

static lead_status forecast(const void *name) {
    lead_predictor_options options = {
        .node_count = 4, .horizon = 2, .samples = 3, .step = STEP, .fit = past, .truth = past};
    double samples[3 * 2 * 16];
    lead_predictor *predictor;
    lead_scores scores = {0};
    LEAD_TRY(lead_predictor_alloc(lead_predictor_find(name), &options, &predictor));
    lead_status status = lead_predictor_forecast(predictor, past, 60, 1, samples);
    if (status == LEAD_OK)
        status = lead_scores_add(&scores, samples, 6, NULL, lead_tm_series_tm(past, 61), 4);
    lead_predictor_free(predictor);
    return status;
}

/* Of the last TM, two steps ahead. */
static lead_status forecast_last(lead_predictor_options options, const lead_tm_series *history,
                                 int now) {
    double samples[8 * 2 * 16];
    lead_predictor *predictor;
    options.node_count = 4;
    options.horizon = 2;
    options.samples = 8;
    options.step = STEP;
    LEAD_TRY(lead_predictor_alloc(lead_predictor_find("last"), &options, &predictor));
    lead_status status = lead_predictor_forecast(predictor, history, now, 1, samples);
    lead_predictor_free(predictor);
    return status;
}

/* With a jump at the end, which makes a series, and forecasts of days before. */
static lead_status forecast_online(const void *unused) {
    (void)unused;
    return forecast_last((lead_predictor_options){.fit = past,
                                                  .level_shifts = LEAD_LEVEL_SHIFTS_HEED,
                                                  .recalibrate = LEAD_RECALIBRATE_DAILY},
                         jumping, 60);
}

/* A week's linear forecast beside it. */
static lead_status forecast_blended(const void *unused) {
    (void)unused;
    return forecast_last((lead_predictor_options){.fit = ten_days, .blend = LEAD_BLEND_LINEAR},
                         ten_days, 119);
}

static lead_status evaluate(const void *name) {
    static const int horizons[] = {2};
    lead_evaluate_options options = {.series = past,
                                     .fit = past,
                                     .routing = in_force,
                                     .predictors = (const char *const *)&name,
                                     .predictor_count = 1,
                                     .horizons = horizons,
                                     .horizon_count = 1,
                                     .to = INT64_MAX,
                                     .windows = 2,
                                     .samples = 3};
    return lead_evaluate(&options);
}

static lead_status lap(const void *about) {
    lead_engine_options options = {.topology = diamond,
                                   .epoch = STEP,
                                   .simulated = STEP,
                                   .rate_scale = 1,
                                   .packet_bytes = 1000,
                                   .flows_per_pair = 1,
                                   .queue_packets = 100};
    lead_policy policy = {.name = "p",
                          .estimator = lead_estimator_find("tomogravity"),
                          .predictor = lead_predictor_find("nlinear"),
                          .predictor_options = {.fit = past},
                          .te = lead_te_find("mcf")};
    lead_engine *engine = NULL;
    lead_controller *controller = NULL;
    lead_counters *reading = NULL;
    lead_tm_series *history;
    lead_decision decision;
    (void)about;
    LEAD_TRY(lead_tm_series_slice(past, 0, 40, &history));
    lead_status status = lead_controller_alloc(diamond, &policy, history, STEP, &controller);
    if (status == LEAD_OK)
        status = lead_engine_alloc(lead_engine_find("fluid"), &options, &engine);
    if (status == LEAD_OK)
        status = lead_counters_alloc(4, 8, &reading);
    if (status == LEAD_OK)
        status = lead_controller_baseline(controller, reading);
    if (status == LEAD_OK)
        status = lead_controller_step(controller, NULL, 0, &decision);
    if (status == LEAD_OK)
        status = lead_engine_run(engine, lead_tm_series_tm(past, 40), decision.routing, NULL, 0,
                                 reading);
    if (status == LEAD_OK)
        status = lead_controller_step(controller, reading, 40 * STEP, &decision);
    lead_engine_free(engine);
    lead_controller_free(controller);
    lead_counters_free(reading);
    return status;
}

static lead_status keep_network(const void *ending) {
    char path[600];
    lead_topology *back = NULL;
    snprintf(path, sizeof path, "%s%s", test_path("net"), (const char *)ending);
    LEAD_TRY(lead_topology_write(diamond, path));
    LEAD_TRY(lead_topology_read(path, &(lead_topology_reading){.capacity = 1e9}, &back));
    lead_topology_free(back);
    return LEAD_OK;
}

static lead_status keep_tms(const void *ending) {
    char path[600];
    lead_tm_reading reading = {.topology = diamond};
    lead_tm_series *some = NULL, *back = NULL;
    snprintf(path, sizeof path, "%s%s", test_path("tms"), (const char *)ending);
    LEAD_TRY(lead_tm_series_slice(past, 0, 1, &some));
    lead_status status = lead_tm_series_arrange(some, diamond);
    if (status == LEAD_OK)
        status = lead_tm_series_write(some, path);
    if (status == LEAD_OK)
        status = lead_tm_series_read(path, &reading, &back);
    lead_tm_series_free(some);
    lead_tm_series_free(back);
    return status;
}

static lead_status read_scenario(const void *path) {
    lead_scenario *scenario = NULL;
    lead_subject subject;
    LEAD_TRY(lead_scenario_read(path, NULL, &scenario));
    lead_status status = lead_scenario_load(scenario, &subject);
    if (status == LEAD_OK)
        status = lead_scenario_write(scenario, test_path("out.yaml"));
    lead_subject_free(&subject);
    lead_scenario_free(scenario);
    return status;
}

static lead_status keep_record(const void *folder) {
    char path[700];
    lead_policy_summary policy = {.name = (char[]){"p"}};
    lead_summary summary = {.scenario = (char[]){"s"},
                            .engine = (char[]){"fluid"},
                            .build = (char[]){"b"},
                            .policies = &policy,
                            .policy_count = 1},
                 *back;
    lead_recorder *recorder;
    double values[8] = {0};
    lead_spread spread;
    LEAD_TRY(lead_spread_of(values, 8, &spread));
    LEAD_TRY(lead_recorder_alloc(folder, diamond, &recorder));
    lead_status status = lead_recorder_open_plans(recorder);
    for (int epoch = 0; epoch < 2 && status == LEAD_OK; epoch++)
        status = lead_recorder_add_plan(recorder, epoch, 0, in_force);
    lead_recorder_free(recorder);
    LEAD_TRY(status);
    snprintf(path, sizeof path, "%s/summary.json", (const char *)folder);
    LEAD_TRY(lead_summary_write_csv(&summary, path));
    LEAD_TRY(lead_summary_write_json(&summary, path));
    LEAD_TRY(lead_summary_read_json(path, &back));
    lead_summary_free(back);
    return LEAD_OK;
}

static void remove_folder(const char *folder) {
    static const char *const files[] = {"dote.json",   "dote_int.txt", "dote_int.pickle.nnet",
                                        "tunnels.txt", "train/1.hist", "train/1.opt",
                                        "test/2.hist", "test/2.opt"};
    char path[700];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, i == 0 ? "train" : i == 1 ? "test" : "");
        rmdir(path);
    }
}

/* Paths, a folder of DOTE with them, and the paths again from it, which a plan is over. */
static lead_status keep_folder(const void *folder) {
    const lead_te_options options = {.paths = 2};
    const double optima[80] = {0};
    char path[700];
    lead_routing *tunnels = NULL, *back = NULL, *over = NULL;
    lead_te_options given = {0};
    remove_folder(folder);
    lead_status status = lead_te_paths_of(diamond, &options, &tunnels);
    const lead_dote dote = {diamond, past, 60, tunnels, optima};
    if (status == LEAD_OK)
        status = lead_dote_write(&dote, folder);
    snprintf(path, sizeof path, "%s/tunnels.txt", (const char *)folder);
    if (status == LEAD_OK)
        status = lead_tunnels_read(path, diamond, &back);
    given.tunnels = back;
    if (status == LEAD_OK)
        status = lead_te_paths_of(diamond, &given, &over);
    lead_routing_free(tunnels);
    lead_routing_free(back);
    lead_routing_free(over);
    return status;
}

/* `folder` has a run of the policy "p". */
static lead_status compare_runs(const void *folder) {
    const char *const runs[] = {folder};
    const char *const metrics[] = {"mlu"};
    lead_compare_request request = {
        .runs_a = runs, .runs_b = runs, .run_count = 1, .metrics = metrics, .metric_count = 1};
    lead_compare_table *table;
    request.options = lead_compare_defaults();
    request.options.resamples = 99;
    LEAD_TRY(lead_compare_runs(&request, &table));
    lead_compare_table_free(table);
    return LEAD_OK;
}

static lead_status study(const void *scenario) {
    char out[600];
    lead_study *table, *again;
    lead_study_results *results;
    snprintf(out, sizeof out, "%.500s-out", (const char *)scenario);
    lead_study_request request = {.scenario = scenario, .out = out, .seeds = 2};
    request.kinds[0] = "";
    LEAD_TRY(lead_study_plan(&request, &table));
    lead_status status = lead_study_read(out, &again);
    if (status == LEAD_OK) {
        status = lead_study_gather(again, 0.05, &results);
        if (status == LEAD_OK)
            lead_study_results_free(results);
        lead_study_free(again);
    }
    lead_study_free(table);
    return status;
}

static double value_at(int i, int od) {
    return 1 + (i * 7 + od * 13) % 5;
}

static void make_fixtures(void) {
    double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1}, tm[16];
    diamond = test_diamond();
    assert_ok(lead_routing_from_weights(diamond, weights, &in_force));
    ten_days = series_of(4, STEP, 120, value_at);
    assert_ok(lead_tm_series_slice(ten_days, 0, 80, &past));
    assert_ok(lead_tm_series_slice(past, 0, 80, &jumping));
    for (int i = 59; i < 80; i++) {
        for (int od = 0; od < 16; od++)
            tm[od] = 1e6 * lead_tm_series_tm(past, i)[od];
        assert_ok(lead_tm_series_replace(jumping, i, tm));
    }
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const char *const te[] = {"ecmp",   "mcf", "weights",   "paths",
                                     "robust", "sr",  "oblivious", "smore"},
                             *const estimators[] = {"od-counters", "gravity", "tomogravity",
                                                    "minimum-kl", "state-space"},
                             *const predictors[] = {"last",        "ewma",        "seasonal",
                                                    "nlinear",     "nlinear-day", "oracle",
                                                    "noisy-oracle"},
                             *const networks[] = {".yaml", ".csv", ".graph",
                                                  ".xml",  ".gml", ".graphml"},
                             *const tms[] = {".csv", ".csv.gz", ".demands", "/"};
    make_fixtures();
    lead_memory_set_hook(allow, NULL);
    exhaust("routing", route, NULL);
    for (size_t i = 0; i < sizeof te / sizeof *te; i++)
        exhaust(te[i], plan, te[i]);
    for (size_t i = 0; i < sizeof estimators / sizeof *estimators; i++)
        exhaust(estimators[i], estimate, estimators[i]);
    for (size_t i = 0; i < sizeof predictors / sizeof *predictors; i++)
        exhaust(predictors[i], forecast, predictors[i]);
    exhaust("online", forecast_online, NULL);
    exhaust("blend", forecast_blended, NULL);
    exhaust("evaluate", evaluate, "last");
    exhaust("lap", lap, NULL);
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        exhaust(networks[i], keep_network, networks[i]);
    for (size_t i = 0; i < sizeof tms / sizeof *tms; i++)
        exhaust(tms[i], keep_tms, tms[i]);
    test_file("diamond.yaml", "nodes: [{name: A}, {name: B}]\n"
                              "links: [{from: A, to: B, capacity: 1 Gbit/s, both: true}]\n");
    char path[600];
    snprintf(path, sizeof path, "%s",
             test_file(
                 "s.yaml",
                 "name: s\ntopology: {file: diamond.yaml}\n"
                 "traffic: {synthetic: {epochs: 2, history: 2}}\n"
                 "policies: [{name: p, predict: {model: ewma, alpha: 0.5}, te: {algorithm: mcf}}]\n"
                 "events: [{kind: link-failure, epoch: 1, link: A-B}]\nengine: fluid\n"));
    exhaust("scenario", read_scenario, path);
    snprintf(path, sizeof path, "%s",
             test_file("study.yaml",
                       "name: s\ntopology: {file: diamond.yaml}\n"
                       "traffic: {synthetic: {epochs: 2, history: 2}}\n"
                       "policies: [{name: p, te: {algorithm: ecmp}}]\n"
                       "variants: [{name: x, set: {seed: 5}}, {grid: {seed: [6, 7]}}]\n"
                       "engine: fluid\n"));
    exhaust("study", study, path);
    snprintf(path, sizeof path, "%s", test_path("records"));
    exhaust("record", keep_record, path);
    char folder[600];
    snprintf(folder, sizeof folder, "%s", test_path("dote"));
    exhaust("dote", keep_folder, folder);
    assert_ok(lead_directory_make(test_path("records/p")));
    test_file("records/p/epochs.csv", "epoch,time,offered_bps,mlu\n0,2004-07-20,1,0.5\n"
                                      "1,2004-07-21,1,0.6\n");
    exhaust("compare", compare_runs, path);
    lead_memory_set_hook(NULL, NULL);
    lead_topology_free(diamond);
    lead_tm_series_free(past);
    lead_tm_series_free(jumping);
    lead_tm_series_free(ten_days);
    lead_routing_free(in_force);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
