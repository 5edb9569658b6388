/* The library in a program whose locale has a decimal comma: all files are read and written as
 * ever.
 */
#include "support.h"
#include <lead/formats.h>
#include <lead/record.h>
#include <lead/scenario.h>
#include <locale.h>

/* German numbers from now on, from a locale that is made for this test. */
static int speak_german(void **state) {
    char command[700], number[16];
    (void)state;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1",
             test_path("de_DE.UTF-8"));
    if (system(command) != 0)
        fail_msg("localedef makes no locale (Debian package locales)");
    snprintf(command, sizeof command, "%s", test_path("."));
    setenv("LOCPATH", command, 1);
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        fail_msg("the locale de_DE.UTF-8 cannot be set");
    snprintf(number, sizeof number, "%.1f", 1.5);
    assert_string_equal(number, "1,5");
    return 0;
}

static void networks_are_read_and_written(void **state) {
    (void)state;
    static const char *const names[] = {"n.yaml", "n.csv",     "n.graph",
                                        "n.xml",  "n.graphml", "n.gml"};
    static const test_edge edges[] = {{0, 1, 2.5e9, 1.5}, {1, 2, 1.25e8, 2.5}};
    lead_topology *topology = test_network(3, edges, 2), *back;
    for (int i = 0; i < 3; i++)
        assert_ok(lead_topology_place_node(topology, i, 7.25 + i, -50.125));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_ok(lead_topology_write(topology, test_path(names[i])));
        assert_ok(lead_topology_read(test_path(names[i]), NULL, &back));
        double x, y, capacity = 0;
        lead_topology_node_place(back, 0, &x, &y);
        for (int e = 0; e < lead_topology_link_count(back); e++)
            capacity += lead_topology_link(back, e)->capacity;
        assert_near(capacity, 2 * (2.5e9 + 1.25e8), 1);
        if (strcmp(names[i], "n.csv") != 0)
            assert_near(x, 7.25, 1e-12);
        lead_topology_free(back);
    }
    lead_topology_free(topology);
}

static void tms_are_read_and_written(void **state) {
    (void)state;
    static const char *const names[] = {"t.csv", "t.csv.gz", "t/"}, *const nodes[] = {"A", "B"};
    double tm[4] = {0, 1500.5, 2.25e6, 0}, value;
    lead_tm_series *series, *back;
    assert_ok(lead_tm_series_alloc(2, nodes, &series));
    assert_ok(lead_tm_series_append(series, 0, tm));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_ok(lead_tm_series_write(series, test_path(names[i])));
        assert_ok(lead_tm_series_read(test_path(names[i]), NULL, &back));
        assert_near(lead_tm_series_tm(back, 0)[1], 1500.5, 1e-6);
        lead_tm_series_free(back);
    }
    lead_tm_series_free(series);
    assert_ok(lead_quantity_parse("2.5 Gbit/s", LEAD_QUANTITY_RATE, &value));
    assert_near(value, 2.5e9, 0);
}

static void scenarios_are_read_and_written(void **state) {
    (void)state;
    lead_scenario *scenario, *again;
    test_file("net.yaml",
              "nodes: [ { name: A }, { name: B } ]\nlinks: [ { from: A, to: B, capacity: "
              "1.5 Gbit/s, weight: 2.5, both: true } ]\n");
    assert_ok(lead_scenario_read(
        test_file("s.yaml",
                  "name: s\ntopology: { file: net.yaml }\ntraffic:\n  synthetic: { epochs: 3, "
                  "noise_sigma: 0.125 }\n  load: { factor: 1.5 }\npolicies:\n  - { name: p, te: { "
                  "algorithm: robust, moved_cost: 0.25, cvar_weight: 0.5, cvar_level: 0.75 } }\n"
                  "engine: fluid\n"),
        NULL, &scenario));
    assert_ok(lead_scenario_write(scenario, test_path("again.yaml")));
    assert_ok(lead_scenario_read(test_path("again.yaml"), NULL, &again));
    assert_near(again->load_factor, 1.5, 0);
    assert_near(again->synthetic.noise_sigma, 0.125, 0);
    assert_near(again->policies[0].te_options.moved_cost, 0.25, 0);
    lead_scenario_free(scenario);
    lead_scenario_free(again);
}

static void records_keep_their_columns(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 2.5e9, 1.5}};
    const lead_epoch_record record = {.mlu = 0.5, .optimum = 0.25, .fallbacks = "", .why = ""};
    const double rates[2] = {1.25e9, 0.5};
    lead_topology *topology = test_network(2, edges, 1);
    lead_recorder *recorder;
    char *text;
    size_t length;
    assert_ok(lead_recorder_alloc(test_path("record"), topology, &recorder));
    assert_ok(lead_recorder_add(recorder, &record, rates, rates));
    lead_recorder_free(recorder);
    lead_topology_free(topology);
    assert_ok(lead_file_read(test_path("record/epochs.csv"), 10000, &text, &length));
    assert_non_null(strstr(text, ",0.5,0.25,2,"));
    free(text);
    assert_ok(lead_file_read(test_path("record/links.csv"), 10000, &text, &length));
    assert_non_null(strstr(text, ",0.5,"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(networks_are_read_and_written),
                                       cmocka_unit_test(tms_are_read_and_written),
                                       cmocka_unit_test(scenarios_are_read_and_written),
                                       cmocka_unit_test(records_keep_their_columns)};
    return cmocka_run_group_tests(tests, speak_german, NULL);
}
