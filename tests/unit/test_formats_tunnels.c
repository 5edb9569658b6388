/* DOTE's and FIGRET's tunnels.txt and folders: read, written, refused; plans over such paths. */
#include "support.h"
#include "te_support.h"
#include <lead/formats.h>
#include <math.h>

static char said[2000];

static void hear(lead_log_level level, const char *line, void *data) {
    (void)data;
    assert_int_equal(level, LEAD_LOG_WARNING);
    snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", line);
}

static void listen(void) {
    said[0] = '\0';
    lead_log_set_sink(hear, NULL);
}

static void assert_said(const char *part) {
    if (!strstr(said, part))
        fail_msg("\"%s\" does not hold \"%s\"", said, part);
}

static char *contents(const char *path) {
    char *text;
    size_t length;
    assert_ok(lead_file_read(path, 1 << 20, &text, &length));
    return text;
}

/* --- tunnels.txt ------------------------------------------------------------------------------ */

static const char diamond[] =
    "0 1:0-1\n0 2:0-2\n0 3:0-2-3,0-1-3\n1 0:1-0\n1 2:1-0-2,1-3-2\n1 3:1-3\n"
    "2 0:2-0\n2 1:2-0-1,2-3-1\n2 3:2-3\n3 0:3-1-0,3-2-0\n3 1:3-1\n"
    "3 2:3-2\n";

static void tunnels_come_back(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *tunnels;
    const lead_path *paths;
    listen();
    assert_ok(lead_tunnels_read(test_file("t.txt", diamond), topology, &tunnels));
    assert_string_equal(said, "");
    assert_int_equal(lead_routing_paths(tunnels, 0, 3, &paths), 2);
    assert_near(paths[0].share, 0.5, 1e-15);
    assert_int_equal(paths[0].length, 2);
    assert_int_equal(paths[0].links[0], 2);
    assert_int_equal(paths[0].links[1], 6);
    assert_ok(lead_tunnels_write(tunnels, topology, test_path("back.txt")));
    char *back = contents(test_path("back.txt"));
    assert_string_equal(back, diamond);
    free(back);
    lead_routing_free(tunnels);
    lead_topology_free(topology);
}

static void what_is_odd_in_tunnels_is_said(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *tunnels;
    const lead_path *paths;
    const lead_link twin = {0, 1, 10, 0, 1, true, 0};
    assert_ok(lead_topology_add_link(topology, twin, NULL));
    listen();
    assert_ok(lead_tunnels_read(test_file("t.txt", "\r\n 0 3 : 0-1-3, 0-1-3 ,0-2-3 \r\n1 3:1-3\n"),
                                topology, &tunnels));
    assert_int_equal(lead_routing_paths(tunnels, 0, 3, &paths), 2);
    assert_int_equal(paths[0].links[0], 0);
    assert_said("t.txt: 1 paths are there twice");
    assert_said("t.txt: 2 hops have parallel links");
    assert_said("t.txt: 10 of 12 OD pairs have no path");
    lead_routing_free(tunnels);
    lead_topology_free(topology);
}

static void bad_tunnels_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {{"", "t.txt:1: there is no path"},
               {"0 1\n", "t.txt:1: there is no ':'"},
               {"0 1:0-1\n0 x:0-1\n", "t.txt:2: \"x\" is no number of a node"},
               {"0:0-1\n", "t.txt:1: \"\" is no number of a node"},
               {"0 1 2:0-1\n", "t.txt:1: \"2\" before the ':'"},
               {"0 4:0-4\n", "t.txt:1: node 4: the network has the nodes 0 to 3"},
               {"0 -1:0-1\n", "t.txt:1: node -1"},
               {"1 1:1-0-1\n", "t.txt:1: a pair of node 1 and itself"},
               {"0 1:0-1\n0 1:0-1\n", "t.txt:2: the pair 0 1 is there twice"},
               {"0 3:0-3\n", "t.txt:1: the network has no link 0-3 (A to D)"},
               {"0 3:1-3\n", "t.txt:1: a path of 0 to 3 begins at node 1"},
               {"0 3:0-1\n", "t.txt:1: a path of 0 to 3 ends at node 1"},
               {"0 3:0-1-0-2-3\n", "t.txt:1: the path meets node 0 twice"},
               {"0 3:0-1-3,\n", "t.txt:1: \"\" is no number of a node"},
               {"0 3:\n", "t.txt:1: \"\" is no number of a node"},
               {"0 3:0\n", "t.txt:1: a path of 0 to 3 ends at node 0"}};
    lead_topology *topology = test_diamond();
    lead_routing *tunnels;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(lead_tunnels_read(test_file("t.txt", bad[i].text), topology, &tunnels),
                     LEAD_FORMAT, bad[i].message);
    assert_fails(lead_tunnels_read(test_path("none.txt"), topology, &tunnels), LEAD_IO, "none.txt");
    lead_topology_free(topology);
}

/* --- plans ------------------------------------------------------------------------------------ */

static lead_routing *tunnels_of(const char *text, const lead_topology *topology) {
    lead_routing *tunnels;
    listen();
    assert_ok(lead_tunnels_read(test_file("plan.txt", text), topology, &tunnels));
    said[0] = '\0';
    return tunnels;
}

static void plans_keep_to_the_tunnels(void **state) {
    (void)state;
    static const char *const algorithms[] = {"paths", "robust"};
    lead_topology *topology = test_diamond();
    lead_routing *both = tunnels_of("0 3:0-2-3,0-1-3\n", topology),
                 *one = tunnels_of("0 3:0-2-3\n", topology);
    const double tm[16] = {[3] = 8};
    for (int i = 0; i < 2; i++) {
        lead_te_options options = {.tie_break = LEAD_TE_TIE_BREAK_VERTEX};
        options.tunnels = both;
        lead_te_plan plan = test_plan(algorithms[i], topology, options, tm, 1);
        assert_near(plan.mlu, 0.4, 1e-9);
        lead_te_plan_clear(&plan);
        options.paths = 1; /* the first one */
        plan = test_plan(algorithms[i], topology, options, tm, 1);
        assert_near(plan.mlu, 0.8, 1e-9);
        lead_te_plan_clear(&plan);
        options.paths = 0;
        options.tunnels = one;
        plan = test_plan(algorithms[i], topology, options, tm, 1);
        assert_near(plan.mlu, 0.8, 1e-9);
        assert_string_equal(said, "");
        lead_te_plan_clear(&plan);
    }
    lead_routing_free(both);
    lead_routing_free(one);
    lead_topology_free(topology);
}

/* A pair that has none, or none that is whole, goes by its shortest path, and that is said once. */
static void pairs_without_a_tunnel_take_their_shortest_path(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *tunnels = tunnels_of("0 3:0-2-3\n", topology);
    const lead_te_options options = {.tunnels = tunnels, .tunnels_file = "plan.txt"};
    const double tm[16] = {[3] = 8, [1] = 1};
    const lead_te_demand demand = {.tms = tm, .samples = 1};
    const lead_path *paths;
    lead_te_plan plan;
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find("paths"), topology, &options, &te));
    assert_ok(lead_te_plan_for(te, &demand, &plan));
    assert_said("1 OD pairs with traffic have no path in plan.txt over links that are up");
    assert_int_equal(lead_routing_paths(plan.routing, 0, 1, &paths), 1);
    assert_int_equal(paths[0].links[0], 0);
    lead_te_plan_clear(&plan);
    said[0] = '\0';
    assert_ok(lead_topology_set_up(topology, 6, false));
    assert_ok(lead_te_plan_for(te, &demand, &plan));
    assert_string_equal(said, "");
    assert_int_equal(lead_routing_paths(plan.routing, 0, 3, &paths), 1);
    assert_int_equal(paths[0].links[1], 4);
    lead_te_plan_clear(&plan);
    lead_te_free(te);
    lead_routing_free(tunnels);
    lead_topology_free(topology);
}

static void tunnels_of_another_network_are_refused(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}};
    lead_topology *topology = test_diamond(), *other = test_network(2, edges, 1);
    lead_routing *tunnels = tunnels_of("0 3:0-2-3\n", topology), *out;
    lead_te_options options = {.tunnels = tunnels};
    lead_te *te;
    assert_fails(lead_te_alloc(lead_te_find("paths"), other, &options, &te), LEAD_INVALID,
                 "tunnels of 4 nodes and 8 links, where the network has 2 and 2");
    options.path_choice = LEAD_TE_PATHS_DISJOINT;
    assert_fails(lead_te_paths_of(topology, &options, &out), LEAD_INVALID, "leave path_choice out");
    options = (lead_te_options){.paths = 65};
    assert_fails(lead_te_paths_of(topology, &options, &out), LEAD_INVALID, "paths of 65");
    lead_routing_free(tunnels);
    lead_topology_free(topology);
    lead_topology_free(other);
}

static void paths_are_those_that_plans_take(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    const lead_te_options options = {.paths = 2};
    const lead_path *paths;
    lead_routing *of;
    assert_ok(lead_te_paths_of(topology, &options, &of));
    assert_int_equal(lead_routing_paths(of, 0, 3, &paths), 2);
    assert_near(paths[0].share, 0.5, 1e-15);
    assert_int_equal(lead_routing_paths(of, 0, 1, &paths), 2);
    assert_int_equal(paths[0].length, 1);
    assert_int_equal(paths[1].length, 3);
    assert_int_equal(lead_routing_paths(of, 1, 1, &paths), 0);
    lead_routing_free(of);
    lead_topology_free(topology);
}

/* --- folders ---------------------------------------------------------------------------------- */

static lead_tm_series *three_tms(void) {
    lead_tm_series *series;
    assert_ok(lead_tm_series_alloc(4, NULL, &series));
    for (int i = 0; i < 3; i++) {
        const double tm[16] = {[3] = i + 1.0 / 3, [5] = 7};
        assert_ok(lead_tm_series_append(series, 600 * i + 300 * (i == 2), tm));
    }
    return series;
}

static void folders_come_back(void **state) {
    (void)state;
    lead_topology *topology = test_diamond(), *network;
    lead_tm_series *series = three_tms(), *back;
    lead_routing *tunnels = tunnels_of(diamond, topology);
    const double optima[3] = {0.25, 1.0 / 3, 0.5};
    const lead_dote dote = {topology, series, 2, tunnels, optima};
    const lead_tm_reading reading = {.unit = 1, .step = 600, .from = INT64_MIN};
    char folder[300], file[330];
    snprintf(folder, sizeof folder, "%s", test_path("net"));
    listen();
    assert_ok(lead_dote_write(&dote, test_path("net//")));
    assert_said("its TMs are 600 s apart, in bit/s");
    assert_said("TMs are missing in 1 places");
    assert_ok(lead_tm_series_read(folder, &reading, &back));
    assert_said("net/tunnels.txt: .opt files and tunnels.txt are not read with the TMs");
    assert_int_equal(lead_tm_series_length(back), 3);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(lead_tm_series_tm(back, i), lead_tm_series_tm(series, i),
                            16 * sizeof(double));
    snprintf(file, sizeof file, "%s/net.json", folder);
    assert_ok(lead_topology_read(file, NULL, &network));
    assert_int_equal(lead_topology_link_count(network), 8);
    for (int e = 0; e < 8; e++) {
        const lead_link *a = lead_topology_link(network, e), *b = lead_topology_link(topology, e);
        assert_true(a->source == b->source && a->destination == b->destination &&
                    a->capacity == b->capacity && a->delay == b->delay && a->weight == b->weight);
    }
    static const struct {
        const char *file, *text;
    } texts[] = {
        {"test/2.opt", "0.5\n"},
        {"train/1.opt", "0.25\n0.3333333333333333\n"},
        {"net_int.txt", "0,10,10,0\n10,0,0,10\n10,0,0,10\n0,10,10,0\n"},
        {"net_int.pickle.nnet", "0,1,10\n1,0,10\n0,2,10\n2,0,10\n1,3,10\n3,1,10\n2,3,10\n3,2,10\n"},
        {"tunnels.txt", diamond}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        snprintf(file, sizeof file, "%s/%s", folder, texts[i].file);
        char *text = contents(file);
        assert_string_equal(text, texts[i].text);
        free(text);
    }
    assert_fails(lead_dote_write(&dote, folder), LEAD_IO, "net: is there already");
    lead_tm_series_free(back);
    lead_tm_series_free(series);
    lead_routing_free(tunnels);
    lead_topology_free(network);
    lead_topology_free(topology);
}

/* Parallel links cannot stand in such a folder; what cannot be written leaves nothing. */
static void folders_are_whole_or_not_there(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_tm_series *series = three_tms();
    lead_routing *tunnels = tunnels_of(diamond, topology);
    const double optima[3] = {1, 1, 1};
    const lead_dote dote = {topology, series, 1, tunnels, optima};
    const lead_link twin = {0, 1, 10, 0, 1, true, 0};
    struct stat about;
    assert_fails(lead_dote_write(&dote, "/proc/no/such/folder"), LEAD_IO, "/proc/no/such/folder");
    assert_int_equal(stat("/proc/no", &about), -1);
    assert_ok(lead_topology_add_link(topology, twin, NULL));
    assert_fails(lead_dote_write(&dote, test_path("twin")), LEAD_UNAVAILABLE, "parallel ones");
    assert_int_equal(stat(test_path("twin"), &about), -1);
    lead_tm_series_free(series);
    lead_routing_free(tunnels);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tunnels_come_back),
        cmocka_unit_test(what_is_odd_in_tunnels_is_said),
        cmocka_unit_test(bad_tunnels_are_refused),
        cmocka_unit_test(plans_keep_to_the_tunnels),
        cmocka_unit_test(pairs_without_a_tunnel_take_their_shortest_path),
        cmocka_unit_test(tunnels_of_another_network_are_refused),
        cmocka_unit_test(paths_are_those_that_plans_take),
        cmocka_unit_test(folders_come_back),
        cmocka_unit_test(folders_are_whole_or_not_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
