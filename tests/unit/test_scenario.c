/* scenario: what a file says, what it leaves to defaults, and every error with its file, line and
 * key. */
#include "options/predict_options.h"
#include "support.h"
#include <lead/scenario.h>

#define NETWORK                                                                                    \
    "nodes: [ { name: A }, { name: B } ]\nlinks: [ { from: A, to: B, capacity: 1 Gbit/s, both: "   \
    "true } ]\n"
#define HEAD                                                                                       \
    "name: test\ntopology: { file: net.yaml }\ntraffic:\n  synthetic: { epochs: 3, history: 5 }\n"
#define POLICY "policies:\n  - { name: p, te: { algorithm: ecmp } }\n"
#define TAIL "engine: fluid\n"

static lead_scenario *read_good(const char *text) {
    lead_scenario *scenario;
    test_file("net.yaml", NETWORK);
    assert_ok(lead_scenario_read(test_file("good.yaml", text), NULL, &scenario));
    return scenario;
}

static void defaults_are_filled_in(void **state) {
    (void)state;
    lead_scenario *scenario = read_good(HEAD POLICY TAIL);
    assert_string_equal(scenario->name, "test");
    assert_int_equal(scenario->epochs, 3);
    assert_int_equal(scenario->history, 5);
    assert_near(scenario->engine_options.epoch, 300, 0);
    assert_near(scenario->engine_options.simulated, 300, 0);
    assert_near(scenario->engine_options.rate_scale, 1, 0);
    assert_near(scenario->load_factor, 1, 0);
    assert_int_equal(scenario->engine_options.packets, LEAD_PACKETS_POISSON);
    assert_int_equal(scenario->engine_options.queue_packets, 100);
    assert_string_equal(scenario->policies[0].estimator->name, "od-counters");
    assert_null(scenario->policies[0].predictor);
    assert_int_equal(scenario->seed, 1);
    lead_scenario_free(scenario);
}

static void everything_is_taken(void **state) {
    (void)state;
    lead_scenario *scenario = read_good(
        "name: all\ntopology: { file: net.yaml, capacity: 10 Gbit/s }\ntraffic:\n"
        "  synthetic: { epochs: 7, start: 2005-01-01T00:00:00Z, mean_total: 2 Gbit/s, "
        "burst_rate: 3 }\n"
        "  load: { optimal_mlu_peak: 0.8 }\n  packets: { model: pareto, size_bytes: 500, "
        "flows_per_pair: 4 }\n"
        "time: { epoch: 15 min, simulated: 500 ms, rate_scale: 1e-3 }\nqueue: { kind: "
        "codel, bytes: 64 kB }\nconvergence: 10 ms\n"
        "measure: { from: gravity }\npolicies:\n"
        "  - { name: a, predict: { model: ewma, alpha: 0.25, samples: 9 }, te: { "
        "algorithm: weights, weights: unit, evaluations: 50 }, budget: 2 s }\n"
        "  - { name: b, measure: { from: tomogravity }, predict: { model: lead, samples: 3, "
        "steps: 50, budget: 60 ms }, te: { "
        "algorithm: mcf, time_limit: 1 s } }\n"
        "events:\n  - { kind: link-failure, epoch: 2, offset: 100 ms, link: A-B }\nengine: "
        "fluid\nseed: 42\n");
    const lead_engine_options *options = &scenario->engine_options;
    assert_near(options->epoch, 900, 0);
    assert_near(options->simulated, 0.5, 0);
    assert_int_equal(options->packets, LEAD_PACKETS_PARETO);
    assert_int_equal(options->queue, LEAD_QUEUE_CODEL);
    assert_int_equal(options->queue_bytes, 64000);
    assert_int_equal(options->queue_packets, 0);
    assert_near(options->convergence, 0.01, 0);
    assert_near(scenario->synthetic.mean_total, 2e9, 0);
    assert_near(scenario->load_peak, 0.8, 0);
    assert_near(scenario->policies[0].predictor_options.alpha, 0.25, 0);
    assert_int_equal(scenario->policies[0].predictor_options.samples, 9);
    assert_int_equal(scenario->policies[0].te_options.weight_rule, LEAD_WEIGHTS_UNIT);
    assert_near(scenario->policies[0].budget, 2, 0);
    assert_string_equal(scenario->policies[0].estimator->name, "gravity");
    assert_string_equal(scenario->policies[1].estimator->name, "tomogravity");
    assert_near(scenario->policies[0].predictor_options.budget, 0, 0);
    assert_near(scenario->policies[1].predictor_options.budget, 0.06, 0);
    assert_int_equal(scenario->policies[1].predictor_options.diffusion_steps, 50);
    assert_near(scenario->policies[1].te_options.time_limit, 1, 0);
    assert_int_equal(scenario->event_count, 1);
    assert_int_equal(scenario->events[0].kind, LEAD_EVENT_LINK_FAILURE);
    assert_int_equal(scenario->events[0].epoch, 2);
    assert_near(scenario->events[0].offset, 0.1, 0);
    assert_string_equal(scenario->events[0].link, "A-B");
    assert_int_equal(scenario->seed, 42);
    lead_scenario_free(scenario);
}

/* Written and read again, a scenario says the same: written once more, the file is the same. */
static void written_scenarios_read_back(void **state) {
    (void)state;
    lead_scenario *scenario =
                      read_good(HEAD "  load: { factor: 1.2345678901234567 }\ntime: { "
                                     "epoch: 300 s, simulated: 2 s, rate_scale: 1e-3 }\n"
                                     "policies:\n  - { name: p, predict: { model: ewma, "
                                     "alpha: 0.3 }, te: { algorithm: mcf } }\n"
                                     "  - { name: q, predict: { model: lead, budget: 0.3 "
                                     "ms }, te: { algorithm: mcf } }\n"
                                     "events: [ { kind: link-failure, epoch: 1, link: A-B }, "
                                     "{ kind: link-repair, epoch: 2, link: A-B } ]\n" TAIL),
                  *back;
    char *first, *second;
    size_t length;
    assert_ok(lead_scenario_write(scenario, test_path("w1.yaml")));
    assert_ok(lead_scenario_read(test_path("w1.yaml"), NULL, &back));
    assert_near(back->load_factor, 1.2345678901234567, 0);
    assert_true(back->policies[1].predictor_options.budget ==
                scenario->policies[1].predictor_options.budget);
    assert_ok(lead_scenario_write(back, test_path("w2.yaml")));
    assert_ok(lead_file_read(test_path("w1.yaml"), 1 << 20, &first, &length));
    assert_ok(lead_file_read(test_path("w2.yaml"), 1 << 20, &second, &length));
    assert_string_equal(first, second);
    free(first);
    free(second);
    lead_scenario_free(scenario);
    lead_scenario_free(back);
}

/* A TM file without a start, and texts with all that YAML has a meaning for. */
static void odd_texts_are_written_back(void **state) {
    (void)state;
    static const char odd[] = "a \"b\" \\ c: #d\n\x7f\xc2\x85\xe2\x80\xa8 \xc3\xbc";
    char *text;
    size_t length;
    test_file("net.yaml", NETWORK);
    test_file("tm.csv", "time,A>A,A>B,B>A,B>B\n2004-01-01T00:00:00Z,0,1,1,0\n");
    lead_scenario *scenario, *back;
    assert_ok(lead_scenario_read(
        test_file("odd.yaml",
                  "name: odd\n"
                  "topology: { file: net.yaml }\ntraffic: { tm: { file: tm.csv } }\n"
                  "events: [ { kind: link-failure, epoch: 0, link: \"a \\\"b\\\" \\\\ c: "
                  "#d\\n\\x7f\\u0085\\u2028 \xc3\xbc\" } ]\n" POLICY TAIL),
        NULL, &scenario));
    assert_string_equal(scenario->events[0].link, odd);
    assert_ok(lead_scenario_write(scenario, test_path("odd-back.yaml")));
    assert_ok(lead_scenario_read(test_path("odd-back.yaml"), NULL, &back));
    assert_string_equal(back->events[0].link, odd);
    assert_true(back->start == INT64_MIN && back->epochs == 0);
    assert_ok(lead_file_read(test_path("odd-back.yaml"), 1 << 20, &text, &length));
    assert_null(strstr(text, "start"));
    free(text);
    lead_scenario_free(scenario);
    lead_scenario_free(back);
}

static void errors_name_file_line_and_key(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "s.yaml:1: "},
        {"name: x\n", "s.yaml:1: "},
        {HEAD "policies:\n  - { name: p, te: { algorithm: magic } }\n",
         "s.yaml:6: policies[0].te.algorithm: \"magic\" is none of ecmp, mcf, weights"},
        {HEAD "policies:\n  - { name: p, predict: { model: crystal }, te: { algorithm: mcf } }\n",
         "s.yaml:6: policies[0].predict.model: \"crystal\""},
        {HEAD "policies:\n  - { name: p, te: { algorithm: mcf } }\n  - { name: p, te: { algorithm: "
              "mcf } }\n",
         "s.yaml:7: policies[1].name: \"p\" is there twice"},
        {HEAD "policies:\n  - { name: ../x, te: { algorithm: mcf } }\n",
         "s.yaml:6: policies[0].name: \"../x\" cannot name a folder"},
        {HEAD "policies:\n  - { name: p, predict: { model: lead, checkpoint: nowhere }, te: { "
              "algorithm: mcf } }\n",
         "s.yaml:6: policies[0].predict.checkpoint: checkpoint nowhere is not there (looked in"},
        {HEAD "policies:\n  - { name: p, predict: { model: last, samples: 0 }, te: { algorithm: "
              "mcf } }\n",
         "s.yaml:6: policies[0].predict.samples: 0 is not in 1.."},
        {HEAD "policies:\n  - { name: p, predict: { model: lead, budget: 60 kB }, te: { algorithm: "
              "mcf } }\n",
         "s.yaml:6: policies[0].predict.budget: \"60 kB\" is not a time"},
        {HEAD "policies:\n  - { name: p, predict: { model: lead, budget: 0 s }, te: { algorithm: "
              "mcf } }\n",
         "s.yaml:6: policies[0].predict.budget: 0 s is not in"},
        {HEAD "policies:\n  - { name: p, predict: { model: ewma, budget: 1 s }, te: { algorithm: "
              "mcf } }\n",
         "s.yaml:6: policies[0].predict.budget: model ewma heeds samples, fit, alpha, "
         "level_shifts, recalibrate, blend, not this"},
        {HEAD POLICY "engine: warp\n", "s.yaml:7: engine: \"warp\" is none of "},
        {HEAD POLICY "time: { epoch: 5 Mbit/s }\n",
         "s.yaml:7: time.epoch: \"5 Mbit/s\" is not a time"},
        {HEAD POLICY "time: { epoch: -5 s }\n", "s.yaml:7: time.epoch: -5 s is not in"},
        {HEAD POLICY "time: { rate_scale: nan }\n",
         "s.yaml:7: time.rate_scale: \"nan\" is not a number"},
        {HEAD POLICY "seed: 1.5\n", "s.yaml:7: seed: \"1.5\" is not a whole number"},
        {HEAD POLICY "queue: { packets: 5, bytes: 5 kB }\n",
         "s.yaml:7: queue: packets and bytes exclude"},
        {HEAD POLICY "colour: red\n", "s.yaml:7: "},
        {HEAD "  packets: { model: smoke }\n" POLICY,
         "s.yaml:5: traffic.packets.model: \"smoke\" is none of cbr, poisson, pareto, tcp"},
        {HEAD "  load: { factor: 2, optimal_mlu_peak: 0.8 }\n" POLICY,
         "s.yaml:5: traffic.load: optimal_mlu_peak and factor exclude"},
        {"name: x\ntopology: { file: absent.yaml }\ntraffic: { synthetic: {} }\n" POLICY,
         "s.yaml:2: topology.file: absent.yaml is not there"},
        {"name: x\ntopology: { file: net.yaml }\ntraffic: { packets: { model: cbr } }\n" POLICY,
         "s.yaml:3: traffic: needs one of tm and synthetic"},
        {"name: x\ntopology: { file: net.yaml }\ntraffic: { synthetic: { start: today } }\n" POLICY,
         "s.yaml:3: traffic.synthetic.start: \"today\""},
        {"name: x\ntopology: { file: net.yaml }\ntraffic: { synthetic: { noise_memory: 1 } "
         "}\n" POLICY,
         "s.yaml:3: traffic.synthetic.noise_memory: 1 is not in"},
        {HEAD POLICY "events: [ { kind: tilt, epoch: 1, link: A-B } ]\n",
         "s.yaml:7: events[0].kind: \"tilt\" is none of link-failure, link-repair"},
        {HEAD POLICY "events: [ { epoch: 1, link: A-B } ]\n",
         "s.yaml:7: events[0].kind: is needed"},
        {HEAD POLICY "events: [ { kind: link-failure, link: A-B } ]\n",
         "s.yaml:7: events[0].at: is needed, or epoch"},
        {HEAD POLICY "events: [ { kind: link-failure, epoch: 1, at: 10:00, link: A-B } ]\n",
         "events[0].at: at and epoch exclude"},
        {HEAD POLICY "events: [ { kind: link-failure, epoch: 1 } ]\n",
         "events[0].kind: link-failure needs link"},
        {HEAD POLICY "events: [ { kind: maintenance, epoch: 1 } ]\n",
         "events[0].kind: maintenance needs one of link, node, group"},
        {HEAD POLICY "events: [ { kind: burst, epoch: 1, pairs: A>B, factor: 2, rate: 1 kbit/s } "
                     "]\n",
         "events[0].kind: burst takes one of factor, rate, not several"},
        {HEAD POLICY "events: [ { kind: link-failure, epoch: 1, link: A-B, factor: 2 } ]\n",
         "events[0].factor: link-failure heeds kind, epoch, offset, at, duration, every, link, "
         "not this"},
        {HEAD POLICY "events: [ { kind: reconvergence, epoch: 1 } ]\n",
         "events[0].kind: reconvergence needs delay"},
        {"name: [\n", "s.yaml:"},
    };
    test_file("net.yaml", NETWORK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        lead_scenario *scenario = NULL;
        lead_status status = lead_scenario_read(test_file("s.yaml", bad[i].text), NULL, &scenario);
        if (status == LEAD_OK || !strstr(lead_last_message(), bad[i].message))
            fail_msg("case %zu: \"%s\" does not hold \"%s\"", i, lead_last_message(),
                     bad[i].message);
    }
}

static void the_traffic_is_loaded(void **state) {
    (void)state;
    lead_scenario *scenario = read_good(HEAD "  load: { factor: 3 }\n" POLICY TAIL);
    lead_subject subject;
    assert_ok(lead_scenario_load(scenario, &subject));
    assert_int_equal(subject.first, 5);
    assert_int_equal(lead_tm_series_length(subject.series), 8);
    assert_true(lead_tm_series_time(subject.series, subject.first) == scenario->start);
    double once = 0;
    for (int i = 0; i < 8; i++)
        once += lead_tm_total(lead_tm_series_tm(subject.series, i), 2);
    lead_subject_free(&subject);
    scenario->load_factor = 6;
    assert_ok(lead_scenario_load(scenario, &subject));
    for (int i = 0; i < 8; i++)
        once -= lead_tm_total(lead_tm_series_tm(subject.series, i), 2) / 2;
    assert_near(once, 0, 1);
    lead_subject_free(&subject);
    lead_scenario_free(scenario);
}

static void tm_files_must_have_the_epochs(void **state) {
    (void)state;
    static const struct {
        const char *tm, *message;
    } bad[] = {{"start: 2004-01-01T00:05:00Z, epochs: 3",
                "there is no TM of 2004-01-01T00:15:00Z (epoch 2"},
               {"start: 2003-01-01T00:00:00Z, epochs: 3", "no TMs in the time"},
               {"start: 2004-01-01T00:01:00Z, epochs: 1",
                "no TM of 2004-01-01T00:01:00Z, where the scenario starts"}};
    test_file("net.yaml", NETWORK);
    test_file("tm.csv", "time,A>A,A>B,B>A,B>B\n2004-01-01T00:00:00Z,0,1,2,0\n2004-01-01T00:05:00Z,"
                        "0,1,2,0\n2004-01-01T00:10:00Z,0,1,2,0\n");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[400];
        lead_scenario *scenario;
        lead_subject subject;
        snprintf(
            text, sizeof text,
            "name: x\ntopology: { file: net.yaml }\ntraffic: { tm: { file: tm.csv, %s } }\n" POLICY,
            bad[i].tm);
        assert_ok(lead_scenario_read(test_file("s.yaml", text), NULL, &scenario));
        assert_fails(lead_scenario_load(scenario, &subject), LEAD_INVALID, bad[i].message);
        lead_scenario_free(scenario);
    }
}

#define TMS                                                                                        \
    "time,A>A,A>B,B>A,B>B\n2004-01-01T00:00:00Z,0,1,2,0\n2004-01-01T00:05:00Z,0,3,2,0\n"           \
    "2004-01-01T00:10:00Z,0,5,2,0\n2004-01-01T00:15:00Z,0,7,2,0\n2004-01-01T00:20:00Z,0,9,2,0\n"

/* Keys of predict: by model: heeded or an error, for every pair. */
static void keys_that_a_model_does_not_heed_are_errors(void **state) {
    (void)state;
    static const char *const keys[] = {"checkpoint: x", "fit: tm.csv", "steps: 4",    "budget: 1 s",
                                       "alpha: 0.5",    "window: 3",   "device: cpu", "threads: 2"},
                             *const models[] = {"last",     "mean",       "ewma",
                                                "seasonal", "nlinear",    "nlinear-day",
                                                "auto",     "oracle",     "noisy-oracle",
                                                "lead",     "torchscript"};
    test_file("net.yaml", NETWORK);
    test_file("tm.csv", TMS);
    test_file("x", "");
    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            char text[600], name[20];
            lead_scenario *scenario;
            const lead_predictor_type *type = lead_predictor_find(models[m]);
            snprintf(name, sizeof name, "%.*s", (int)strcspn(keys[k], ":"), keys[k]);
            snprintf(
                text, sizeof text,
                "name: x\ntopology: { file: net.yaml }\ntraffic: { tm: { file: tm.csv } }\n"
                "policies: [ { name: p, predict: { model: %s, %s }, te: { algorithm: mcf } } ]\n"
                "engine: fluid\n",
                models[m], keys[k]);
            const char *path = test_file("s.yaml", text);
            const lead_option *row =
                &lead_predict_section.rows[lead_option_find(&lead_predict_section, name)];
            if (lead_option_is_heeded(row, type->name)) {
                assert_ok(lead_scenario_read(path, NULL, &scenario));
                lead_scenario_free(scenario);
            } else {
                assert_fails(lead_scenario_read(path, NULL, &scenario), LEAD_INVALID, name);
                assert_non_null(strstr(lead_last_message(), "not this"));
            }
        }
}

/* What a scenario says of epochs and events is heeded or refused. */
static void epochs_and_events_are_heeded(void **state) {
    (void)state;
    static const struct {
        const char *tm, *more, *message; /* NULL: loaded */
        int length, first;
        double rate; /* of A>B in the first epoch, kbit/s */
    } cases[] = {
        {"epochs: 2", "", NULL, 2, 0, 1},
        {"epochs: 2, start: 2004-01-01T00:05:00Z", "", NULL, 3, 1, 3},
        {"epochs: 2, start: 2004-01-01T00:05:00Z, history: 0", "", NULL, 2, 0, 3},
        {"start: 2004-01-01 00:15", "", NULL, 5, 3, 7},
        {"epochs: 6", "", "s.yaml:3: traffic.tm: ", 0, 0, 0},
        {"epochs: 1", "time: { epoch: 10 min }\n", NULL, 1, 0, 1},
        {"epochs: 2", "time: { epoch: 10 min }\n",
         "its TMs are 300 s apart and an epoch is 600 s: state time: { epoch: 300 s }, or traffic: "
         "{ tm: { aggregate: mean } }",
         0, 0, 0},
        {"aggregate: mean", "time: { epoch: 10 min }\n", NULL, 2, 0, 2},
        {"aggregate: mean, start: 2004-01-01T00:05:00Z", "time: { epoch: 10 min }\n", NULL, 2, 0,
         4},
        {"aggregate: mean", "time: { epoch: 7 min }\n", "an epoch of 420 s is no multiple", 0, 0,
         0},
        {"aggregate: mean", "time: { epoch: 300 s }\n", NULL, 5, 0, 1},
        {"epochs: 2", "events: [ { kind: link-failure, epoch: 1, link: A-B } ]\n", NULL, 2, 0, 1},
        {"epochs: 2", "events: [ { kind: link-failure, epoch: 2, link: A-B } ]\n",
         "s.yaml:4: events[0].epoch: epoch 2 does not come: the run has 2 epochs", 0, 0, 0},
        {"epochs: 2", "events: [ { kind: link-failure, epoch: 1, link: A-X } ]\n",
         "s.yaml:4: events[0].link: the network has no link \"A-X\"", 0, 0, 0},
        {"epochs: 2", "events: [ { kind: link-failure, epoch: 1, link: A-A } ]\n",
         "s.yaml:4: events[0].link: the network has no link \"A-A\"", 0, 0, 0},
    };
    test_file("net.yaml", NETWORK);
    test_file("tm.csv", TMS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[600];
        lead_scenario *scenario;
        lead_subject subject;
        snprintf(text, sizeof text,
                 "name: x\ntopology: { file: net.yaml }\ntraffic: { tm: { file: tm.csv, %s } }\n"
                 "%s" POLICY,
                 cases[i].tm, cases[i].more);
        assert_ok(lead_scenario_read(test_file("s.yaml", text), NULL, &scenario));
        lead_status status = lead_scenario_load(scenario, &subject);
        if (cases[i].message) {
            if (status == LEAD_OK || !strstr(lead_last_message(), cases[i].message))
                fail_msg("%s %s: %s \"%s\"", cases[i].tm, cases[i].more, lead_status_name(status),
                         lead_last_message());
        } else {
            assert_ok(status);
            if (lead_tm_series_length(subject.series) != cases[i].length ||
                subject.first != cases[i].first)
                fail_msg("%s %s: %d TMs, the first epoch %d", cases[i].tm, cases[i].more,
                         lead_tm_series_length(subject.series), subject.first);
            assert_near(lead_tm_series_tm(subject.series, subject.first)[1], 1e3 * cases[i].rate,
                        1e-9);
            lead_subject_free(&subject);
        }
        lead_scenario_free(scenario);
    }
}

static void how_a_network_is_read_is_written_back(void **state) {
    (void)state;
    test_file("two.gml",
              "graph [ node [ id 0 label \"A\" ] node [ id 1 label \"B\" ] edge [ source 0 "
              "target 1 capacity 5 ] ]");
    test_file("tm.csv", TMS);
    static const char text[] =
        "name: x\ntopology: { file: two.gml, unit: Mbit/s, directions: one-way, capacity: 1 Gbit/s "
        "}\n"
        "traffic: { tm: { file: tm.csv, unit: 100 kbps, aggregate: mean } }\n" POLICY;
    lead_scenario *scenario, *again;
    assert_ok(lead_scenario_read(test_file("s.yaml", text), NULL, &scenario));
    assert_ok(lead_scenario_write(scenario, test_path("again.yaml")));
    assert_ok(lead_scenario_read(test_path("again.yaml"), NULL, &again));
    const lead_topology_reading *reading = &again->topology_reading;
    assert_near(reading->unit, 1e6, 0);
    assert_near(reading->capacity, 1e9, 0);
    assert_int_equal(reading->directions, LEAD_DIRECTIONS_ONE_WAY);
    assert_near(again->unit, 1e5, 0);
    assert_true(again->aggregate);
    lead_scenario_free(scenario);
    lead_scenario_free(again);
}

/* A suspect TM of the history is left out, one of an epoch is missing there; written back all the
 * same. */
static void suspect_tms_are_missing(void **state) {
    (void)state;
    static const char text[] =
        "name: x\ntopology: { file: net.yaml }\ntraffic: { tm: { file: tm.csv, suspect: bad.csv, "
        "start: 2004-01-01T00:10:00Z } }\n" POLICY;
    test_file("net.yaml", NETWORK);
    test_file("tm.csv", "time,A>A,A>B,B>A,B>B\n2004-01-01T00:00:00Z,0,1,2,0\n2004-01-01T00:05:00Z,"
                        "0,1,2,0\n2004-01-01T00:10:00Z,0,1,2,0\n2004-01-01T00:15:00Z,0,1,2,0\n");
    static const char *const bad[] = {"time,why\n2004-01-01T00:05:00Z,odd\n",
                                      "time,why\n2004-01-01T00:15:00Z,odd\n"};
    for (int i = 0; i < 2; i++) {
        lead_scenario *scenario, *again;
        lead_subject subject;
        test_file("bad.csv", bad[i]);
        assert_ok(lead_scenario_read(test_file("s.yaml", text), NULL, &scenario));
        assert_ok(lead_scenario_write(scenario, test_path("again.yaml")));
        assert_ok(lead_scenario_read(test_path("again.yaml"), NULL, &again));
        assert_string_equal(again->suspect_file, scenario->suspect_file);
        again->epochs = 2;
        if (i == 0) {
            assert_ok(lead_scenario_load(again, &subject));
            assert_int_equal(lead_tm_series_length(subject.series), 3);
            assert_int_equal(subject.first, 1);
            lead_subject_free(&subject);
        } else {
            assert_fails(lead_scenario_load(again, &subject), LEAD_INVALID,
                         "no TM of 2004-01-01T00:15:00Z (epoch 1");
        }
        lead_scenario_free(scenario);
        lead_scenario_free(again);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults_are_filled_in),
                                       cmocka_unit_test(everything_is_taken),
                                       cmocka_unit_test(written_scenarios_read_back),
                                       cmocka_unit_test(odd_texts_are_written_back),
                                       cmocka_unit_test(errors_name_file_line_and_key),
                                       cmocka_unit_test(the_traffic_is_loaded),
                                       cmocka_unit_test(tm_files_must_have_the_epochs),
                                       cmocka_unit_test(keys_that_a_model_does_not_heed_are_errors),
                                       cmocka_unit_test(epochs_and_events_are_heeded),
                                       cmocka_unit_test(how_a_network_is_read_is_written_back),
                                       cmocka_unit_test(suspect_tms_are_missing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
