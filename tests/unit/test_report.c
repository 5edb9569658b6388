/* Parts of the report that a page of a real run does not show: names and numbers that are odd,
 * rounding, and running out of memory. */
#include "report/parts.h"
#include "support.h"
#include <lead/report.h>

static void write_text(const char *name, const char *text) {
    FILE *file = fopen(test_path(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* --- tables and networks ---------------------------------------------------------------------- */

static void tables_hold_any_text(void **state) {
    (void)state;
    json_t *table;
    write_text("t.csv", "a,b\n\"x, \"\"y\"\"\",\n1,\xff\n");
    assert_int_equal(lead_report_table(test_path("t.csv"), &table), LEAD_OK);
    json_t *rows = json_object_get(table, "rows");
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(json_string_value(json_array_get(json_array_get(rows, 0), 0)), "x, \"y\"");
    assert_string_equal(json_string_value(json_array_get(json_array_get(rows, 1), 1)), "\\xff");
    json_decref(table);
    assert_int_equal(lead_report_table(test_path("none.csv"), &table), LEAD_OK);
    assert_true(json_is_null(table));
    json_decref(table);
    write_text("t.csv", "a,b\n1\n");
    assert_int_equal(lead_report_table(test_path("t.csv"), &table), LEAD_FORMAT);
    assert_non_null(strstr(lead_last_message(), "t.csv:2: 1 fields for 2 columns"));
}

static void network_of_links(void **state) {
    (void)state;
    lead_topology *topology;
    write_text("l.csv", "epoch,src,dst,capacity_bps\n3,A,B,10\n3,B,A,20\n3,A,B,30\n4,A,C,1\n");
    assert_int_equal(lead_report_network_of(test_path("l.csv"), &topology), LEAD_OK);
    assert_int_equal(lead_topology_node_count(topology), 2);
    assert_int_equal(lead_topology_link_count(topology), 3); /* parallel ones, too */
    assert_true(lead_topology_link(topology, 2)->capacity == 30);
    lead_topology_free(topology);
    write_text("l.csv", "epoch,src,dst,capacity_bps\n3,A,A,10\n");
    assert_int_not_equal(lead_report_network_of(test_path("l.csv"), &topology), LEAD_OK);
    assert_non_null(strstr(lead_last_message(), "l.csv:2: "));
}

/* --- the whole -------------------------------------------------------------------------------- */

static void make_run(void) {
    write_text("network.csv", "src,dst,capacity_kbps\nA,B,1\nB,A,1\n");
    write_text("scenario.yaml",
               "name: s\ntopology: { file: network.csv }\ntraffic: { synthetic: { epochs: 2, "
               "history: 9 } }\npolicies: [ { name: p, te: { algorithm: ecmp } }, { name: q, te: { "
               "algorithm: ecmp } } ]\nengine: fluid\n");
    write_text("events.csv", "epoch,time,offset_s,event,kind,action,target,value,traffic_bps\n");
    assert_int_equal(mkdir(test_path("p"), 0777), 0);
    assert_int_equal(mkdir(test_path("q"), 0777), 0);
    for (int i = 0; i < 2; i++) {
        write_text(i ? "q/epochs.csv" : "p/epochs.csv",
                   "epoch,time,offered_bps,mlu,fallbacks,why\n0,2004-07-20T00:00:00Z,900,0.5,,\n"
                   "1,2004-07-20T00:05:00Z,900,,PLAN,it </script> failed\n");
        write_text(i ? "q/links.csv" : "p/links.csv",
                   "epoch,src,dst,capacity_bps,offered_bps,carried_bps\n0,A,B,1000,500,250\n"
                   "0,B,A,1000,400,400\n1,A,B,2000,,\n1,B,A,1000,0,0\n");
    }
    lead_policy_summary policies[2] = {{.name = "p", .epochs = 2}, {.name = "q", .epochs = 2}};
    lead_summary summary = {.scenario = "s",
                            .engine = "fluid",
                            .build = "b",
                            .seed = 1,
                            .policies = policies,
                            .policy_count = 2};
    assert_int_equal(lead_summary_write_json(&summary, test_path("summary.json")), LEAD_OK);
}

static bool has_page(void) {
    lead_page page;
    lead_status status = lead_page_open(test_path("try.html"), &page);
    lead_page_close(&page);
    if (status != LEAD_OK)
        printf("skipped: %s\n", lead_last_message());
    return status == LEAD_OK;
}

static void page_of_a_run(void **state) {
    (void)state;
    const char *runs[] = {scratch_folder(NULL)};
    lead_report_result result;
    char *text;
    size_t length;
    if (!has_page())
        skip();
    assert_int_equal(lead_report_write(runs, 1, test_path("r.html"), &result), LEAD_OK);
    assert_int_equal(lead_file_read(test_path("r.html"), 1 << 24, &text, &length), LEAD_OK);
    assert_int_equal(length, result.bytes);
    assert_int_equal(result.runs, 1);
    assert_non_null(strstr(text, "\"capacity_changes\":[[1,0,2000.0]]"));
    assert_non_null(strstr(text, "\"fallbacks\":[[1,\"PLAN\",0]]"));
    assert_non_null(strstr(text, "\"reasons\":[\"it \\u003c/script> failed\"]"));
    free(text);
}

static long calls, failing; /* the failing-th call fails */

static bool allow(size_t size, void *data) {
    (void)size;
    (void)data;
    return ++calls != failing;
}

static void memory_runs_out(void **state) {
    (void)state;
    const char *runs[] = {scratch_folder(NULL)};
    lead_report_result result;
    if (!has_page())
        skip();
    lead_memory_set_hook(allow, NULL);
    for (failing = 1;; failing++) {
        unlink(test_path("r.html"));
        calls = 0;
        lead_status status = lead_report_write(runs, 1, test_path("r.html"), &result);
        bool left = access(test_path("r.html"), F_OK) == 0;
        if (status != LEAD_OK && status != LEAD_MEMORY)
            fail_msg("call %ld: %s", failing, lead_last_message());
        assert_int_equal(left, status == LEAD_OK); /* whole or not at all */
        if (calls < failing)
            break;
    }
    lead_memory_set_hook(NULL, NULL);
    assert_true(failing > 50);
}

static void say_nothing(lead_log_level level, const char *line, void *data) {
    (void)level;
    (void)line;
    (void)data;
}

static int begin(void **state) {
    (void)state;
    make_run();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_hold_any_text), cmocka_unit_test(network_of_links),
        cmocka_unit_test(page_of_a_run), cmocka_unit_test(memory_runs_out)};
    lead_log_set_sink(say_nothing, NULL);
    return cmocka_run_group_tests(tests, begin, NULL);
}
