/* record: rows of epochs, and summaries that come back as they were written. */
#include "support.h"
#include <lead/record.h>
#include <signal.h>
#include <sys/resource.h>

static void spreads(void **state) {
    (void)state;
    double values[101];
    lead_spread spread;
    for (int i = 0; i <= 100; i++)
        values[i] = 100 - i;
    values[50] = NAN; /* 50 is missing */
    assert_ok(lead_spread_of(values, 101, &spread));
    assert_near(spread.mean, 50, 1e-9);
    assert_near(spread.max, 100, 0);
    assert_near(spread.p90, 90.1, 1e-9);
    assert_ok(lead_spread_of(&values[50], 1, &spread));
    assert_true(isnan(spread.mean) && isnan(spread.max));
}

static void rows_are_whole_and_flushed(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_recorder *recorder;
    lead_epoch_record record = {.epoch = 4,
                                .time = 1090281600,
                                .mlu = 0.5,
                                .optimum = 0.25,
                                .delay_mean = NAN,
                                .flow_time_mean = 0.5,
                                .flow_time_p99 = NAN,
                                .why = "a \"quoted\",\nline",
                                .disconnected = 3e6,
                                .withdrawn = 5,
                                .network_changed = true,
                                .loss_congestion = 0.01,
                                .loss_transient = 0.02,
                                .loss_disconnected = 0.03,
                                .suspects = 2,
                                .fallbacks = "PREDICT+PLAN",
                                .forecast_nrmse = NAN,
                                .forecast_nmae = NAN,
                                .forecast_ncrps = NAN,
                                .forecast_coverage_90 = NAN,
                                .seconds_predict = 0.25},
                      after = {.epoch = 5, .diffusion_steps = 10};
    double offered[8] = {5}, carried[8] = {4};
    char path[600], *text;
    size_t length;
    snprintf(path, sizeof path, "%s", test_path("run"));
    assert_ok(lead_recorder_alloc(path, topology, &recorder));
    assert_ok(lead_recorder_add(recorder, &record, offered, carried));
    assert_ok(lead_recorder_add(recorder, &after, offered, carried));
    assert_ok(lead_file_read(test_path("run/epochs.csv"), 1 << 20, &text,
                             &length)); /* before the recorder is closed */
    assert_non_null(strstr(text, "\n4,2004-07-20T00:00:00Z,0,0.5,0.25,2,0,,0,0.5,,0,0,,,,,3000000,"
                                 "5,1,0.01,0.02,0.03,2,0,PREDICT+"
                                 "PLAN,\"a \"\"quoted\"\", line\"\n"));
    free(text);
    assert_ok(lead_file_read(test_path("run/links.csv"), 1 << 20, &text, &length));
    assert_non_null(strstr(text, "\n4,A,B,10,5,4,0.5\n"));
    free(text);
    assert_ok(lead_file_read(test_path("run/timings.csv"), 1 << 20, &text, &length));
    assert_string_equal(text, "epoch,simulate_s,measure_s,predict_s,te_s,diffusion_steps\n"
                              "4,0,0,0.25,0,\n5,0,0,0,0,10\n");
    free(text);
    lead_recorder_free(recorder);
    assert_fails(lead_recorder_alloc("/proc/nowhere", topology, &recorder), LEAD_IO,
                 "/proc/nowhere");
    lead_topology_free(topology);
}

static void names_with_commas_stay_one_field(void **state) {
    (void)state;
    lead_topology *topology;
    lead_recorder *recorder;
    lead_epoch_record record = {.epoch = 1};
    double offered[1] = {5}, carried[1] = {4};
    char path[600], *text;
    size_t length;
    assert_ok(lead_topology_alloc(&topology));
    assert_ok(lead_topology_add_node(topology, "St. Louis, MO", NULL));
    assert_ok(lead_topology_add_node(topology, "the \"Hub\"", NULL));
    assert_ok(lead_topology_add_link(topology, (lead_link){0, 1, 10, 0, 0, true, 0}, NULL));
    snprintf(path, sizeof path, "%s", test_path("commas"));
    assert_ok(lead_recorder_alloc(path, topology, &recorder));
    assert_ok(lead_recorder_add(recorder, &record, offered, carried));
    lead_recorder_free(recorder);
    assert_ok(lead_file_read(test_path("commas/links.csv"), 1 << 20, &text, &length));
    assert_non_null(strstr(text, "\n1,\"St. Louis, MO\",\"the \"\"Hub\"\"\",10,5,4,0.5\n"));
    free(text);
    lead_topology_free(topology);
}

static void summaries_come_back(void **state) {
    (void)state;
    lead_policy_summary policy = {.name = (char[]){"lead"},
                                  .epochs = 288,
                                  .mlu = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6},
                                  .mlu_over_optimum = {1, 1, 1, 1, 1, 2},
                                  .loss_fraction = 0.01,
                                  .nrmse = NAN,
                                  .seconds_te = 1.5,
                                  .fallbacks = 3,
                                  .fallback_why_epochs = 2,
                                  .fallback_why = (char[]){"PREDICT: no memory"},
                                  .suspects = 1,
                                  .gap_epochs = 86,
                                  .gap_pairs = 18.25,
                                  .disconnected = 7};
    lead_policy_failure failure = {(char[]){"broken"}, (char[]){"it was ended by signal 11"}};
    lead_summary summary = {.scenario = (char[]){"day"},
                            .engine = (char[]){"fluid"},
                            .build = (char[]){"1"},
                            .seed = 7,
                            .policies = &policy,
                            .policy_count = 1,
                            .failures = &failure,
                            .failure_count = 1},
                 *back;
    assert_ok(lead_summary_write_json(&summary, test_path("summary.json")));
    assert_ok(lead_summary_read_json(test_path("summary.json"), &back));
    assert_int_equal(back->policy_count, 1);
    assert_int_equal(back->seed, 7);
    assert_string_equal(back->policies[0].name, "lead");
    assert_near(back->policies[0].mlu.p99, 0.5, 1e-12);
    assert_near(back->policies[0].mlu_over_optimum.max, 2, 0);
    assert_near(back->policies[0].seconds_te, 1.5, 1e-12);
    assert_true(isnan(back->policies[0].nrmse));
    assert_int_equal(back->policies[0].fallbacks, 3);
    assert_int_equal(back->policies[0].fallback_why_epochs, 2);
    assert_string_equal(back->policies[0].fallback_why, "PREDICT: no memory");
    assert_int_equal(back->policies[0].suspects, 1);
    assert_int_equal(back->policies[0].gap_epochs, 86);
    assert_near(back->policies[0].gap_pairs, 18.25, 1e-9);
    assert_near(back->policies[0].disconnected, 7, 0);
    assert_int_equal(back->failure_count, 1);
    assert_string_equal(back->failures[0].name, "broken");
    assert_string_equal(back->failures[0].why, "it was ended by signal 11");
    lead_summary_free(back);
    /* of a release that did not write them */
    char *text;
    size_t length;
    assert_ok(lead_file_read(test_path("summary.json"), 1 << 20, &text, &length));
    for (char *at; (at = strstr(text, "\"gap_"));)
        memcpy(at, "\"old_", 5);
    assert_ok(lead_summary_read_json(test_file("old.json", text), &back));
    assert_int_equal(back->policies[0].gap_epochs, 0);
    assert_true(isnan(back->policies[0].gap_pairs));
    lead_summary_free(back);
    free(text);
}

static void bad_summaries_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "s.json:"},
        {"{", "s.json:1:"},
        {"{}", "scenario is not a text"},
        {"{\"scenario\":\"x\",\"engine\":\"y\",\"build\":\"z\",\"seed\":\"1\",\"policies\":[]}",
         "seed is not a number"},
        {"{\"scenario\":\"x\",\"engine\":\"y\",\"build\":\"z\",\"seed\":1,\"policies\":[{}]}",
         "name is not a text"},
        {"{\"scenario\":\"x\",\"engine\":\"y\",\"build\":\"z\",\"seed\":1,\"policies\":[{\"name\":"
         "\"p\",\"epochs\":-1}]}",
         "epochs is not a count"},
        {"{\"scenario\":\"x\",\"engine\":\"y\",\"build\":\"z\",\"seed\":1,\"policies\":[{\"name\":"
         "\"p\",\"epochs\":1,\"fallbacks\":0,\"suspects\":0}]}",
         "p: mlu.mean is neither"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        lead_summary *summary;
        assert_fails(lead_summary_read_json(test_file("s.json", bad[i].text), &summary),
                     LEAD_FORMAT, bad[i].message);
    }
}

/* What lies where a file of ours goes: replaced when it is a file, refused when it is a way to
 * somewhere else; nobody else's file changes. */
static void files_are_made_anew(void **state) {
    (void)state;
    static const char *const names[] = {"epochs.csv", "links.csv", "timings.csv"};
    lead_topology *topology = test_diamond();
    lead_recorder *recorder;
    char folder[600], path[700], *text;
    size_t length;
    snprintf(folder, sizeof folder, "%s", test_path("anew"));
    assert_ok(lead_directory_make(folder));
    const char *mine = test_file("mine", "my own\n");
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < 3; i++) {
            snprintf(path, sizeof path, "%s/%s", folder, names[i]);
            unlink(path); /* of the recorder before */
            if (kind == 0)
                assert_int_equal(symlink(mine, path), 0);
            else if (kind == 1)
                assert_int_equal(mkfifo(path, 0600), 0);
            else
                assert_int_equal(link(mine, path), 0);
            if (kind < 2)
                assert_fails(lead_recorder_alloc(folder, topology, &recorder), LEAD_IO,
                             "no regular file");
            else {
                assert_ok(lead_recorder_alloc(folder, topology, &recorder));
                lead_recorder_free(recorder);
            }
            assert_ok(lead_file_read(mine, 100, &text, &length));
            assert_string_equal(text, "my own\n");
            free(text);
            assert_int_equal(unlink(path), 0);
        }
    snprintf(path, sizeof path, "%s-link", folder);
    assert_int_equal(symlink(folder, path), 0);
    assert_fails(lead_recorder_alloc(path, topology, &recorder), LEAD_IO, "symbolic link");
    lead_topology_free(topology);
}

static void a_folder_has_one_recorder(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_recorder *first, *second;
    char folder[600];
    snprintf(folder, sizeof folder, "%s", test_path("held"));
    assert_ok(lead_recorder_alloc(folder, topology, &first));
    assert_fails(lead_recorder_alloc(folder, topology, &second), LEAD_IO, "another run");
    assert_non_null(strstr(lead_last_message(), folder));
    lead_recorder_free(first);
    assert_ok(lead_recorder_alloc(folder, topology, &second));
    lead_recorder_free(second);
    lead_topology_free(topology);
}

/* A row that does not fit leaves the rows before it, and says which file it was. */
static void a_file_that_is_full_keeps_whole_rows(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_recorder *recorder;
    lead_epoch_record record = {.epoch = 0};
    double offered[8] = {5}, carried[8] = {4};
    char folder[600], path[700], *text;
    size_t length;
    struct rlimit before, small;
    snprintf(folder, sizeof folder, "%s", test_path("full"));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1000;
    assert_ok(lead_recorder_alloc(folder, topology, &recorder));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    lead_status status = LEAD_OK;
    for (; status == LEAD_OK && record.epoch < 100; record.epoch++)
        status = lead_recorder_add(recorder, &record, offered, carried);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, LEAD_IO);
    assert_non_null(strstr(lead_last_message(), "links.csv: cannot be written: File too large"));
    lead_recorder_free(recorder);
    snprintf(path, sizeof path, "%s/links.csv", folder);
    assert_ok(lead_file_read(path, 2000, &text, &length));
    assert_true(length > 500 && length <= 1000 && text[length - 1] == '\n');
    free(text);
    lead_topology_free(topology);
}

/* A routing that is the one before adds nothing; none that was not asked for is kept. */
static void plans_are_kept_where_they_change(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    const double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    const int links[2] = {2, 6};
    const lead_path path = {1, 2, links};
    lead_routing *ecmp, *explicit;
    lead_recorder *recorder;
    char folder[600], *text;
    size_t length;
    snprintf(folder, sizeof folder, "%s", test_path("plans"));
    assert_ok(lead_routing_from_weights(topology, weights, &ecmp));
    assert_ok(lead_routing_copy(ecmp, &explicit));
    assert_ok(lead_routing_set_paths(explicit, 0, 3, &path, 1));
    assert_ok(lead_recorder_alloc(folder, topology, &recorder));
    assert_ok(lead_recorder_add_plan(recorder, 0, 0, ecmp));
    assert_int_equal(access(test_path("plans/plans.csv"), F_OK), -1);
    assert_ok(lead_recorder_open_plans(recorder));
    assert_ok(lead_recorder_add_plan(recorder, 3, 0, ecmp));
    assert_ok(lead_recorder_add_plan(recorder, 4, 0, ecmp));
    assert_ok(lead_recorder_add_plan(recorder, 5, 62.5, explicit));
    assert_ok(lead_file_read(test_path("plans/plans.csv"), 1 << 20, &text, &length));
    const char head[] = "epoch,offset_s,kind,source,destination,share,path,links\n3,0,split,A,B,1,"
                        "A>B,0\n",
               next[] = "\n5,62.5,path,A,D,1,A>C>D,2 6\n5,62.5,split,A,B,1,A>B,0\n";
    assert_memory_equal(text, head, sizeof head - 1);
    assert_non_null(strstr(text, next));
    assert_non_null(strstr(text, "\n3,0,split,A,D,0.5,A>C,2\n"));
    assert_null(strstr(text, "\n4,"));
    free(text);
    lead_recorder_free(recorder);
    lead_routing_free(ecmp);
    lead_routing_free(explicit);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(spreads),
                                       cmocka_unit_test(rows_are_whole_and_flushed),
                                       cmocka_unit_test(names_with_commas_stay_one_field),
                                       cmocka_unit_test(summaries_come_back),
                                       cmocka_unit_test(bad_summaries_are_told),
                                       cmocka_unit_test(files_are_made_anew),
                                       cmocka_unit_test(a_folder_has_one_recorder),
                                       cmocka_unit_test(plans_are_kept_where_they_change),
                                       cmocka_unit_test(a_file_that_is_full_keeps_whole_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
