/* Tables of runs: which variants there are, which rows are the same run, what gives another key,
 * what rows come to and which variants are whole. */
#include "record/epochs.h"
#include "study/key.h"
#include "study/table.h"
#include "study/values.h"
#include "study/variants/studies.h"
#include "support.h"
#include <lead/study.h>

static const char network[] = "src,dst,capacity_kbps\nA,B,1000\nB,A,1000\nB,C,1000\nC,B,1000\n"
                              "A,C,1000\nC,A,1000\n";
static const char *const header = "name: s\n"
                                  "topology: { file: n.csv }\n"
                                  "traffic: { tm: { file: t.csv } }\n"
                                  "time: { epoch: 300 s }\n"
                                  "policies:\n"
                                  "  - { name: a, te: { algorithm: ecmp } }\n"
                                  "  - { name: b, predict: { model: last }, te: { algorithm: mcf } "
                                  "}\n"
                                  "engine: fluid\n";

/* A scenario file with what follows its head, beside its network and TMs. */
static const char *scenario_file(const char *more) {
    char text[3000];
    test_file("n.csv", network);
    test_file("t.csv", "time,A>B,A>C,B>A,B>C,C>A,C>B\n"
                       "2024-01-01T00:00:00Z,1,2,3,4,5,6\n2024-01-01T00:05:00Z,6,5,4,3,2,1\n");
    snprintf(text, sizeof text, "%s%s", header, more);
    return test_file("s.yaml", text);
}

/* --- variants --------------------------------------------------------------------------------- */

static void variants_and_grids_expand(void **state) {
    (void)state;
    lead_variants variants = {0};
    const char *path =
        scenario_file("variants:\n"
                      "  - name: dearer\n"
                      "    set: { policies.b.te.gap: 0.1, seed: 3 }\n"
                      "    events: [ { kind: link-failure, link: A-B, epoch: 1 } ]\n"
                      "  - grid: { policies.b.te.gap: [0, 0.1], seed: [1, 2, 3] }\n"
                      "  - grid: { policies.a.te.every: 2, policies.b.te.every: 1 }\n");
    assert_ok(lead_variants_read(path, &variants));
    assert_int_equal(variants.count, 8);
    static const char *const names[] = {
        "dearer",         "gap=0,seed=1",   "gap=0,seed=2",   "gap=0,seed=3",
        "gap=0.1,seed=1", "gap=0.1,seed=2", "gap=0.1,seed=3", "a.te.every=2,b.te.every=1"};
    for (int i = 0; i < 8; i++)
        assert_string_equal(variants.list[i].name, names[i]);
    char *changes;
    assert_ok(lead_variant_changes(&variants.list[0], &changes));
    assert_string_equal(changes, "policies.b.te.gap=0.1; seed=3; kind: link-failure, link: A-B, "
                                 "epoch: 1");
    free(changes);
    assert_string_equal(variants.list[6].sets.list[0], "policies.b.te.gap=0.1");
    assert_string_equal(variants.list[6].sets.list[1], "seed=3");
    lead_variants_clear(&variants);
}

static void wrong_variants_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *part;
    } all[] = {
        {"variants: 3\n", "s.yaml:9: variants: it is a value, not a sequence"},
        {"variants:\n  - x\n", "s.yaml:10: variants: a variant is a value"},
        {"variants:\n  - set: { a: 1 }\n", "s.yaml:10: variants: a variant needs a name"},
        {"variants:\n  - name: x\n", "\"x\" changes nothing"},
        {"variants:\n  - name: x\n    sets: { a: 1 }\n",
         "s.yaml:11: variants: \"sets\" is none of"},
        {"variants:\n  - { name: x, grid: { a: 1 } }\n", "\"name\" is none of grid"},
        {"variants:\n  - grid: { }\n", "the grid is empty"},
        {"variants:\n  - grid: { a: [] }\n", "a has no values"},
        {"variants:\n  - grid: { a: [[1]] }\n", "a is a sequence, not a value"},
        {"variants:\n  - { name: x, set: { te: { gap: 1 } } }\n", "te is a mapping"},
        {"variants:\n  - { name: x, set: { a: 1 } }\n  - { name: x, set: { a: 2 } }\n",
         "s.yaml:11: variants: two variants are called \"x\""},
        {"variants:\n  - { name: \"a\\nb\", set: { a: 1 } }\n", "it cannot be printed"},
        {"variants:\n  - { name: x, events: [ 1 ] }\n", "an event is a value"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        lead_variants variants = {0};
        lead_status status = lead_variants_read(scenario_file(all[i].text), &variants);
        if (status == LEAD_OK || !strstr(lead_last_message(), all[i].part))
            fail_msg("%s: %s, not %s", all[i].text, lead_last_message(), all[i].part);
        lead_variants_clear(&variants);
    }
}

/* --- rows and keys ---------------------------------------------------------------------------- */

static lead_study *plan(const char *more, int seeds) {
    static char out[600];
    lead_study *study;
    snprintf(out, sizeof out, "%s", test_path("out"));
    lead_study_request request = {.scenario = scenario_file(more), .out = out, .seeds = seeds};
    assert_ok(lead_study_plan(&request, &study));
    return study;
}

static void rows_of_the_same_run_are_one(void **state) {
    (void)state;
    lead_study *study = plan("variants:\n"
                             "  - { name: x, set: { policies.b.te.gap: 0.1 } }\n"
                             "  - { name: y, set: { policies.b.te.gap: 0.1 } }\n",
                             2);
    assert_int_equal(study->count, 12); /* 3 variants, 2 policies, 2 seeds */
    assert_int_equal(study->runs, 6);   /* a is the same in all */
    for (int i = 0; i < 12; i++) {
        const lead_study_row *row = &study->rows[i];
        assert_int_equal(row->against, i % 4);
        assert_int_equal(row->seed, 1 + i % 2);
        assert_int_equal(row->same_as, i < 4 ? i : i % 4 < 2 ? i % 4 : 4 + i % 4);
        assert_string_equal(row->policy, i % 4 < 2 ? "a" : "b");
    }
    lead_study *again;
    assert_ok(lead_study_read(study->out, &again));
    assert_int_equal(again->count, 12);
    assert_int_equal(again->runs, 6);
    for (int i = 0; i < 12; i++) {
        assert_string_equal(again->rows[i].key, study->rows[i].key);
        assert_string_equal(again->rows[i].variant, study->rows[i].variant);
        assert_string_equal(again->rows[i].changes, study->rows[i].changes);
        assert_int_equal(again->rows[i].against, study->rows[i].against);
        assert_int_equal(again->rows[i].same_as, study->rows[i].same_as);
    }
    lead_study_free(again);
    lead_study_free(study);
}

/* A row's scenario is the row's run by itself. */
static void a_rows_scenario_reads_back(void **state) {
    (void)state;
    lead_study *study = plan("variants:\n  - { name: x, set: { policies.b.te.gap: 0.25 } }\n", 3);
    char path[4096], *text;
    lead_scenario *scenario;
    size_t length;
    assert_ok(lead_study_scenario_file(study, 11, path));
    assert_ok(lead_scenario_read(path, NULL, &scenario));
    assert_int_equal(scenario->policy_count, 1);
    assert_int_equal(scenario->seed, 3);
    assert_string_equal(scenario->policies[0].name, "b");
    assert_near(scenario->policies[0].te_options.gap, 0.25, 0);
    assert_ok(lead_file_read(path, 1 << 20, &text, &length));
    char *again;
    assert_ok(lead_scenario_text(scenario, &again));
    assert_string_equal(text, again);
    free(again);
    free(text);
    lead_scenario_free(scenario);
    lead_study_free(study);
}

static void anything_else_is_another_key(void **state) {
    (void)state;
    char build[200], key[LEAD_STUDY_KEY], other[LEAD_STUDY_KEY], *text;
    lead_scenario *scenario;
    lead_hashes hashes = {0};
    lead_study_build(build);
    assert_true(strlen(build) > 40); /* the linker's id of this program is in it */
    assert_ok(lead_scenario_read(scenario_file(""), NULL, &scenario));
    assert_ok(lead_scenario_text(scenario, &text));
    assert_ok(lead_study_key(scenario, text, "a", build, &hashes, key));
    assert_int_equal(strlen(key), 16);
    assert_ok(lead_study_key(scenario, text, "a", build, &hashes, other));
    assert_string_equal(key, other);
    assert_ok(lead_study_key(scenario, text, "b", build, &hashes, other));
    assert_string_not_equal(key, other);
    assert_ok(lead_study_key(scenario, text, "a", "another", &hashes, other));
    assert_string_not_equal(key, other);
    assert_ok(lead_study_key(scenario, header, "a", build, &hashes, other));
    assert_string_not_equal(key, other);
    lead_hashes_clear(&hashes);
    test_file("t.csv", "time,A>B,A>C,B>A,B>C,C>A,C>B\n"
                       "2024-01-01T00:00:00Z,1,2,3,4,5,6\n2024-01-01T00:05:00Z,6,5,4,3,2,2\n");
    assert_ok(lead_study_key(scenario, text, "a", build, &hashes, other));
    assert_string_not_equal(key, other);
    lead_hashes_clear(&hashes);
    free(text);
    lead_scenario_free(scenario);
}

static void folders_have_a_checksum(void **state) {
    (void)state;
    char a[LEAD_SHA256_HEX], b[LEAD_SHA256_HEX], folder[600];
    snprintf(folder, sizeof folder, "%s", test_path("model"));
    assert_ok(lead_directory_make(folder));
    test_file("model/x", "1");
    assert_ok(lead_sha256_path(folder, a));
    assert_ok(lead_sha256_path(folder, b));
    assert_string_equal(a, b);
    assert_int_equal(rename(test_path("model/x"), test_path("model/y")), 0);
    assert_ok(lead_sha256_path(folder, b));
    assert_string_not_equal(a, b);
    test_file("model/y", "2");
    assert_ok(lead_sha256_path(folder, a));
    assert_string_not_equal(a, b);
    assert_fails(lead_sha256_path(test_path("nowhere"), a), LEAD_IO, "nowhere");
}

static void wrong_requests_are_refused(void **state) {
    (void)state;
    lead_study *study;
    lead_study_request request = {
        .scenario = scenario_file(""), .out = test_path("refused"), .seeds = 1};
    assert_fails(lead_study_plan(&request, &study), LEAD_INVALID, "nothing is varied");
    request.seeds = 0;
    assert_fails(lead_study_plan(&request, &study), LEAD_INVALID, "--seeds");
    request.seeds = 1;
    request.scenario = scenario_file("variants:\n  - { name: x, set: { speed: 1 } }\n");
    assert_fails(lead_study_plan(&request, &study), LEAD_INVALID,
                 "s.yaml:10: variant \"x\": --set: there is no key \"speed\"");
    request.scenario = scenario_file("");
    for (int i = 0; lead_study_kind_at(i); i++) {
        memset(request.kinds, 0, sizeof request.kinds);
        request.kinds[i] = lead_study_kind_at(i)->value ? "x" : NULL;
        if (request.kinds[i])
            assert_fails(lead_study_plan(&request, &study), LEAD_INVALID, "\"x\" is no number");
        request.kinds[i] = "1";
        if (strcmp(lead_study_kind_at(i)->name, "noise-sweep") == 0)
            assert_fails(lead_study_plan(&request, &study), LEAD_INVALID, "noisy-oracle");
        if (strcmp(lead_study_kind_at(i)->name, "risk-groups") == 0)
            assert_fails(lead_study_plan(&request, &study), LEAD_INVALID, "risk_group");
    }
}

static void studies_have_their_variants(void **state) {
    (void)state;
    static const struct {
        const char *name, *value, *last;
        int variants;
    } all[] = {{"single-link-failures", "", "link A-C", 4},
               {"single-node-failures", "", "node C", 4},
               {"double-link-failures", "", "links B-C + A-C", 4},
               {"burst-sweep", "2,5.5", "burst x5.5", 3},
               {"load-sweep", "1,1.1,1.2", "load x1.2", 4}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        lead_study *study;
        lead_study_request request = {
            .scenario = scenario_file(""), .out = test_path("studies"), .seeds = 1};
        for (int i = 0; lead_study_kind_at(i); i++)
            if (strcmp(lead_study_kind_at(i)->name, all[k].name) == 0)
                request.kinds[i] = all[k].value;
        assert_ok(lead_study_plan(&request, &study));
        assert_int_equal(study->count, 2 * all[k].variants);
        assert_string_equal(study->rows[study->count - 1].variant, all[k].last);
        lead_study_free(study);
    }
}

/* --- what rows come to ------------------------------------------------------------------------ */

static const char columns[] =
    "epoch,time,offered_bps,mlu,optimum,mlu_over_optimum,loss_fraction,delay_mean_s,delay_p99_s,"
    "links_changed,moved_fraction,disconnected_bps,network_changed\n";

static void values_are_those_of_the_epochs(void **state) {
    (void)state;
    static const char *const asked[] = {"mlu", "mlu_over_optimum", "nothing"};
    char text[2000];
    lead_epochs *epochs;
    snprintf(text, sizeof text,
             "%s0,2024-01-01T00:00:00Z,100,0.5,0.5,1,0,0.1,0.2,0,0,0,0\n"
             "1,2024-01-01T00:05:00Z,300,1.5,0.5,3,0.1,0.3,0.4,2,0.5,100,1\n"
             "2,2024-01-01T00:10:00Z,100,1.0,0.5,2,,,0.6,0,0,0,0\n"
             "3,2024-01-01T00:15:00Z,100,0.52,0.5,1.04,0,0.1,0.2,0,0,0,0\n"
             "4,2024-01-01T00:20:00Z,100,0.9,0.5,1.8,0,0.1,0.2,0,0,0,1\n",
             columns);
    assert_ok(lead_epochs_read(test_file("e.csv", text), asked, 3, &epochs));
    assert_int_equal(epochs->count, 5);
    assert_near(epochs->values[0][1], 1.5, 0);
    assert_near(epochs->values[1][2], 2, 0);
    assert_true(isnan(epochs->values[2][4]));
    lead_epochs_free(epochs);
}

/* A study whose runs are made up: epochs.csv, sealed. */
static void make_run(const lead_study *study, int row, double mlu) {
    char folder[4096], path[4096];
    assert_ok(lead_study_epochs_file(study, row, path));
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    assert_ok(lead_directory_make(folder));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(columns, file);
    for (int i = 0; i < 40; i++) {
        char time[LEAD_TIME_LENGTH + 1];
        bool changed = i == 5 && mlu > 1, recovered = i < 5 || i > 7 || mlu < 1;
        lead_time_format(1704067200 + 300 * i, time);
        fprintf(file, "%d,%s,%d,%.9g,0.5,%.9g,0.01,0.1,0.2,1,0.25,%d,%d\n", i, time, 100 + i,
                mlu + 0.01 * (i % 7), recovered ? 1.01 : 1.5, mlu > 1 ? 10 : 0, changed);
    }
    fclose(file);
    assert_int_equal(strlen(strrchr(path, '/')), 11);
    strcpy(strrchr(path, '/'), "/links.csv");
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "epoch,src,dst,capacity_bps,offered_bps,utilisation\n0,A,B,1,5,0.5\n0,B,A,1,9,%g\n"
            "1,A,B,1,7,0.7\n1,B,A,1,,\n",
            mlu > 1 ? 0.9 : 0.1);
    fclose(file);
    assert_ok(lead_values_seal(study, row));
}

static const lead_study_result *line_of(const lead_study_results *results, int row, bool all) {
    for (int i = 0; i < results->count; i++)
        if (results->rows[i].row == row && (results->rows[i].seeds > 0) == all)
            return &results->rows[i];
    return NULL;
}

static char *read_all(const lead_study *study, const char *name) {
    char path[4096], *text;
    size_t length;
    assert_ok(lead_study_path(study, path, "%s", name));
    assert_ok(lead_file_read(path, 1 << 24, &text, &length));
    return text;
}

static void only_whole_variants_are_averaged(void **state) {
    (void)state;
    lead_study *study = plan("variants:\n  - { name: x, set: { policies.b.te.gap: 0.125 } }\n", 2);
    lead_study_results *results;
    assert_int_equal(study->runs, 6);
    for (int i = 0; i < 4; i++)
        make_run(study, i, 0.5 + 0.1 * (i % 2));
    make_run(study, 6, 2);
    assert_ok(lead_study_gather(study, 0.05, &results));
    assert_int_equal(results->missing_count, 1);
    assert_int_equal(results->missing[0], 7);
    assert_non_null(line_of(results, 6, false));
    assert_null(line_of(results, 6, true));     /* one seed of b in x is missing */
    assert_non_null(line_of(results, 4, true)); /* a in x is the undisturbed run */
    assert_near(line_of(results, 4, true)->changes[0].difference, 0, 0);
    lead_study_results_free(results);
    make_run(study, 7, 2.1);
    assert_ok(lead_study_gather(study, 0.05, &results));
    const lead_study_result *line = line_of(results, 6, true);
    assert_int_equal(results->missing_count, 0);
    assert_non_null(line);
    assert_int_equal(line->seeds, 2);
    assert_string_equal(line->busiest, "B-A");
    assert_string_equal(line_of(results, 4, true)->busiest, "A-B");
    assert_near(line->values[LEAD_STUDY_MLU_MEAN], 2.05 + 0.01 * 2.875, 1e-9);
    assert_near(line->changes[0].difference, 1.5, 1e-9);
    assert_near(line->changes[0].low, 1.5, 1e-9); /* it is the same in all epochs */
    assert_near(line->changes[0].high, 1.5, 1e-9);
    assert_near(line->values[LEAD_STUDY_RECOVERY], 3, 0);
    assert_near(line->values[LEAD_STUDY_UNRECOVERED], 0, 0);
    assert_near(line->values[LEAD_STUDY_LOSS], 0.01, 1e-12);
    assert_near(line->values[LEAD_STUDY_CUT_OFF], 400 / (40 * 119.5), 1e-12);
    assert_true(isnan(line->values[LEAD_STUDY_CONGESTION])); /* there is no such column */
    assert_near(line->values[LEAD_STUDY_OVER_KNOWN], (37 * 1.01 + 2 * 1.5) / 39, 1e-9);
    lead_study_results_free(results);

    /* Again the same bytes; and a file that is not as it was left does not count. */
    char *csv = read_all(study, "whatif.csv"), *json = read_all(study, "whatif.json");
    assert_ok(lead_study_gather(study, 0.05, &results));
    lead_study_results_free(results);
    char *csv_again = read_all(study, "whatif.csv"), *json_again = read_all(study, "whatif.json");
    assert_string_equal(csv, csv_again);
    assert_string_equal(json, json_again);
    free(csv), free(json), free(csv_again), free(json_again);
    char path[4096];
    assert_ok(lead_study_epochs_file(study, 2, path));
    FILE *file = fopen(path, "a");
    fputs("40,2024-01-01T05:00:00Z,1,1,1,1,0,0,0,0,0,0,0\n", file);
    fclose(file);
    assert_ok(lead_study_gather(study, 0.05, &results));
    assert_int_equal(results->missing_count, 1);
    assert_int_equal(results->missing[0], 2);
    assert_null(line_of(results, 6, true)); /* what it would be compared with is missing */
    lead_study_results_free(results);
    int unwanted;
    assert_ok(lead_study_unwanted(study, false, &unwanted));
    assert_int_equal(unwanted, 0);
    lead_study_free(study);
}

static void quiet(lead_log_level level, const char *line, void *data) {
    (void)level, (void)line, (void)data;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(variants_and_grids_expand),
                                       cmocka_unit_test(wrong_variants_are_refused),
                                       cmocka_unit_test(rows_of_the_same_run_are_one),
                                       cmocka_unit_test(a_rows_scenario_reads_back),
                                       cmocka_unit_test(anything_else_is_another_key),
                                       cmocka_unit_test(folders_have_a_checksum),
                                       cmocka_unit_test(wrong_requests_are_refused),
                                       cmocka_unit_test(studies_have_their_variants),
                                       cmocka_unit_test(values_are_those_of_the_epochs),
                                       cmocka_unit_test(only_whole_variants_are_averaged)};
    lead_log_set_sink(quiet, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
