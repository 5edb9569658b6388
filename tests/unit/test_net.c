/* net: topology, TM series, shortest paths, routing and loads on networks small enough to solve by
 * hand. */
#include "support.h"
#include <malloc.h>

static void topologies_are_checked(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_link link = {0, 1, -3, 0, 1, true, 0};
    assert_fails(lead_topology_add_link(topology, link, NULL), LEAD_NUMERIC,
                 "link A-B: capacity -3 bit/s");
    link = (lead_link){0, 0, 1, 0, 1, true, 0};
    assert_fails(lead_topology_add_link(topology, link, NULL), LEAD_INVALID, "own node");
    link = (lead_link){0, 9, 1, 0, 1, true, 0};
    assert_fails(lead_topology_add_link(topology, link, NULL), LEAD_INVALID, "node index 9");
    link = (lead_link){0, 1, 1, NAN, 1, true, 0};
    assert_fails(lead_topology_add_link(topology, link, NULL), LEAD_NUMERIC, "delay");
    assert_fails(lead_topology_add_node(topology, "A", NULL), LEAD_INVALID, "\"A\"");
    assert_fails(lead_topology_add_node(topology, "", NULL), LEAD_INVALID, "empty");
    assert_int_equal(lead_topology_find_node(topology, "D"), 3);
    assert_int_equal(lead_topology_find_node(topology, "E"), -1);
    assert_int_equal(lead_topology_find_link(topology, 1, 3), 4);
    assert_int_equal(lead_topology_find_link(topology, 0, 3), -1);
    lead_topology_free(topology);
}

static void many_nodes_are_found(void **state) {
    (void)state;
    lead_topology *topology;
    char name[20];
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "node%d", i);
        assert_ok(lead_topology_add_node(topology, name, NULL));
    }
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "node%d", i);
        assert_int_equal(lead_topology_find_node(topology, name), i);
    }
    lead_topology_free(topology);
}

static void cut_pairs_are_named(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double tm[16] = {0};
    assert_ok(lead_topology_check_connected(topology, NULL));
    assert_ok(lead_topology_set_up(topology, 4, false));
    assert_ok(lead_topology_check_connected(topology, NULL));
    assert_ok(lead_topology_set_up(topology, 6, false));
    assert_fails(lead_topology_check_connected(topology, NULL), LEAD_INFEASIBLE,
                 "no path from A to D");
    assert_ok(lead_topology_check_connected(topology, tm));
    tm[1 * 4 + 3] = 1;
    assert_fails(lead_topology_check_connected(topology, tm), LEAD_INFEASIBLE,
                 "no path from B to D");
    lead_topology_free(topology);
}

static void distances_and_equal_costs(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double distance[4], weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    assert_ok(lead_distances_to(topology, weights, 3, distance));
    assert_near(distance[0], 2, 0);
    assert_near(distance[1], 1, 0);
    assert_near(distance[3], 0, 0);
    assert_true(lead_on_shortest_path(topology, weights, distance, 0));
    assert_true(lead_on_shortest_path(topology, weights, distance, 2));
    assert_false(lead_on_shortest_path(topology, weights, distance, 1));
    weights[2] = 1.5;
    assert_ok(lead_distances_to(topology, weights, 3, distance));
    assert_false(lead_on_shortest_path(topology, weights, distance, 2));
    lead_topology_free(topology);
}

static void conventional_weights(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 7}, {1, 2, 2.5, 3}};
    lead_topology *topology = test_network(3, edges, 2);
    double weights[4];
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights));
    assert_near(weights[0], 7, 0);
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    assert_near(weights[0], 1, 0);
    assert_near(weights[2], 4, 0);
    assert_ok(lead_topology_set_weight(topology, 2, 0)); /* not given for all: told, not guessed */
    assert_fails(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights), LEAD_INVALID,
                 "link B-C has no weight; 3 of 4 links have one");
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    for (int i = 0; i < 4; i++)
        assert_ok(lead_topology_set_weight(topology, i, 0));
    assert_fails(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights), LEAD_INVALID,
                 "link A-B has no weight; 0 of 4 links have one");
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_DEFAULT, weights)); /* inverse capacity */
    assert_near(weights[2], 4, 0);
    lead_topology_free(topology);
}

static void ecmp_loads_by_hand(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1}, tm[16] = {0}, loads[8];
    lead_routing *routing;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    tm[0 * 4 + 3] = 6; /* A to D: both ways */
    tm[1 * 4 + 3] = 4; /* B to D: straight */
    tm[0] = 99;        /* the diagonal is ignored */
    assert_ok(lead_routing_loads(routing, tm, loads));
    const double wanted[8] = {3, 0, 3, 0, 7, 0, 3, 0};
    for (int e = 0; e < 8; e++)
        assert_near(loads[e], wanted[e], 1e-12);
    assert_near(lead_mlu(topology, loads), 0.7, 1e-12);
    /* slopes 1, 3, 10 from utilisations 0, 1/3, 2/3: three loads of 3, one of 7 */
    double phi_of_7 = 10.0 / 3 + 3 * 10.0 / 3 + 10 * (7 - 20.0 / 3);
    assert_near(lead_phi(topology, loads), 3 * 3 + phi_of_7, 1e-9);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void parallel_links_share(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {0, 1, 10, 1}, {1, 2, 10, 1}};
    lead_topology *topology = test_network(3, edges, 3);
    double weights[6] = {1, 1, 1, 1, 1, 1}, tm[9] = {0}, loads[6];
    lead_routing *routing;
    tm[0 * 3 + 2] = 8;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_routing_loads(routing, tm, loads));
    assert_near(loads[0], 4, 1e-12);
    assert_near(loads[2], 4, 1e-12);
    assert_near(loads[4], 8, 1e-12);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void bad_splits_are_told(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *routing;
    assert_ok(lead_routing_alloc(topology, &routing));
    double loop[8] = {1, 1, 0, 0, 0, 0, 0, 0}; /* A to B and B to A */
    assert_fails(lead_routing_set(routing, 3, loop), LEAD_INVALID, "loop");
    double negative[8] = {-1, 0, 2};
    assert_fails(lead_routing_set(routing, 3, negative), LEAD_NUMERIC, "A-B");
    double not_a_number[8] = {NAN};
    assert_fails(lead_routing_set(routing, 3, not_a_number), LEAD_NUMERIC, "split nan");
    assert_fails(lead_routing_set(routing, 4, loop), LEAD_INVALID, "destination 4");
    double good[8] = {3, 0, 1, 0, 2, 0, 5, 0}, tm[16] = {0},
           loads[8]; /* scaled to 3/4, 1/4, 1, 1 */
    assert_ok(lead_routing_set(routing, 3, good));
    assert_near(lead_routing_splits(routing, 3)[0], 0.75, 1e-15);
    tm[0 * 4 + 3] = 4;
    assert_ok(lead_routing_loads(routing, tm, loads));
    assert_near(loads[0], 3, 1e-12);
    tm[0 * 4 + 1] = 1;
    assert_fails(lead_routing_loads(routing, tm, loads), LEAD_INFEASIBLE, "no route from A to B");
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void changes_are_measured(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1}, other[8] = {1, 1, 9, 1, 1, 1, 1, 1}, tm[16] = {0},
           moved;
    lead_routing *before, *after;
    int links;
    tm[0 * 4 + 3] = 4;
    assert_ok(lead_routing_from_weights(topology, weights, &before));
    assert_ok(lead_routing_from_weights(topology, other, &after)); /* A to D by B alone */
    assert_ok(lead_routing_change(before, before, tm, &links, &moved));
    assert_int_equal(links, 0);
    assert_near(moved, 0, 0);
    assert_ok(lead_routing_change(before, after, tm, &links, &moved));
    assert_true(links >= 2);
    assert_near(moved, 0.5, 1e-12); /* half of the traffic goes the other way */
    lead_routing_free(before);
    lead_routing_free(after);
    lead_topology_free(topology);
}

static void links_that_are_down_carry_nothing(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1}, tm[16] = {0}, loads[8];
    lead_routing *routing;
    tm[0 * 4 + 3] = 6;
    assert_ok(lead_topology_set_up(topology, 0, false));
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_routing_loads(routing, tm, loads));
    assert_near(loads[0], 0, 0);
    assert_near(loads[2], 6, 1e-12);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void series_keep_order_and_gaps(void **state) {
    (void)state;
    lead_tm_series *series;
    double tm[4] = {0, 1, 2, 0};
    assert_ok(lead_tm_series_alloc(2, NULL, &series));
    assert_ok(lead_tm_series_append(series, 0, tm));
    assert_ok(lead_tm_series_append(series, 300, tm));
    assert_ok(lead_tm_series_append(series, 1200, tm));
    assert_fails(lead_tm_series_append(series, 1200, tm), LEAD_INVALID, "does not come after");
    tm[1] = NAN;
    assert_fails(lead_tm_series_append(series, 1500, tm), LEAD_NUMERIC, "from node 0 to node 1");
    assert_int_equal(lead_tm_series_step(series), 300);
    assert_int_equal(lead_tm_series_find(series, 1200), 2);
    assert_int_equal(lead_tm_series_find(series, 600), -1);
    assert_ok(lead_tm_series_scale(series, 2));
    assert_near(lead_tm_series_tm(series, 2)[2], 4, 0);
    assert_fails(lead_tm_series_scale(series, -1), LEAD_NUMERIC, "-1");
    lead_tm_series_free(series);
}

static void series_are_arranged(void **state) {
    (void)state;
    lead_topology *topology = test_network(3, (const test_edge[]){{0, 1, 1, 1}, {1, 2, 1, 1}}, 2);
    const char *const names[] = {"C", "A", "B"}, *const wrong[] = {"C", "A", "X"};
    lead_tm_series *series;
    double tm[9] = {0, 1, 2, 3, 0, 5, 6, 7, 0};
    assert_ok(lead_tm_series_alloc(3, names, &series));
    assert_ok(lead_tm_series_append(series, 0, tm));
    assert_ok(lead_tm_series_arrange(series, topology));
    const double *arranged = lead_tm_series_tm(series, 0);
    assert_near(arranged[0 * 3 + 1], 5, 0); /* A to B */
    assert_near(arranged[2 * 3 + 0], 1, 0); /* C to A */
    assert_string_equal(lead_tm_series_node_name(series, 2), "C");
    lead_tm_series_free(series);
    assert_ok(lead_tm_series_alloc(3, wrong, &series));
    assert_fails(lead_tm_series_arrange(series, topology), LEAD_INVALID, "\"X\"");
    lead_tm_series_free(series);
    assert_ok(lead_tm_series_alloc(2, wrong, &series));
    assert_fails(lead_tm_series_arrange(series, topology), LEAD_INVALID, "\"B\" of the topology");
    lead_tm_series_free(series);
    lead_topology_free(topology);
}

/* A month of 5-minute TMs of 50 nodes: at most 2 % more memory than the numbers. */
static void series_need_no_more_than_their_numbers(void **state) {
    (void)state;
    enum { N = 50, LENGTH = 8640 };
    lead_tm_series *series;
    double *tm = calloc(N * N, sizeof *tm);
    struct mallinfo2 before = mallinfo2();
    assert_ok(lead_tm_series_alloc(N, NULL, &series));
    for (int i = 0; i < LENGTH; i++)
        assert_ok(lead_tm_series_append(series, 300 * i, tm));
    struct mallinfo2 after = mallinfo2();
    double used =
        (double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd);
    if (used > 0) /* under a sanitizer's allocator mallinfo tells nothing */
        assert_true(used < 1.02 * N * N * sizeof(double) * LENGTH);
    assert_int_equal(lead_tm_series_length(series), LENGTH);
    lead_tm_series_free(series);
    free(tm);
}

static void refused_splits_change_nothing(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_routing *routing;
    double good[8] = {1, 0, 0, 0, 1, 0, 1, 0}, tm[16] = {0}, loads[8];
    double none_at_a[8] = {0, 0, 0, 0, 1, 0, NAN, 0}; /* A is met, and has none, before the NaN */
    tm[0 * 4 + 3] = 4;
    assert_ok(lead_routing_alloc(topology, &routing));
    assert_ok(lead_routing_set(routing, 3, good));
    assert_fails(lead_routing_set(routing, 3, none_at_a), LEAD_NUMERIC, "split nan");
    assert_ok(lead_routing_loads(routing, tm, loads));
    assert_near(loads[4], 4, 0);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void weights_that_vanish_lead_on(void **state) {
    (void)state;
    lead_topology *topology = test_network(3, (const test_edge[]){{0, 1, 10, 1}, {1, 2, 10, 1}}, 2);
    double weights[4] = {1e-9, 1e-9, 1e9, 1e9}, tm[9] = {0}, loads[4]; /* A-C costs as B-C does */
    tm[0 * 3 + 2] = 5;
    test_route(topology, weights, tm, loads);
    assert_near(loads[0], 5, 0);
    assert_near(loads[2], 5, 0);
    lead_topology_free(topology);
}

static void weights_out_of_range_are_named(void **state) {
    (void)state;
    double weights[4];
    lead_topology *topology =
        test_network(3, (const test_edge[]){{0, 1, 10, 1}, {1, 2, 10, 1.7e308}}, 2);
    assert_fails(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights), LEAD_NUMERIC,
                 "link B-C: a weight of 1.7e+308");
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    lead_topology_free(topology);
}

/* 1/3 three times is not 1 in binary; three ways of equal cost share all the same. */
static void thirds_are_equal_costs(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 2, 10, 1}, {2, 5, 10, 1}, {0, 3, 10, 1},
                                      {3, 5, 10, 1}, {0, 4, 10, 1}, {4, 5, 10, 1}};
    lead_topology *topology = test_network(6, edges, 7);
    double weights[14];
    const double one_way[7] = {0.1, 0.2, 0.3, 1.0 / 3, 0.6 - 1.0 / 3, 0.3, 0.3};
    for (int i = 0; i < 14; i++)
        weights[i] = one_way[i / 2];
    lead_routing *routing;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    for (int i = 0; i < 3; i++) /* the links A-B, A-D, A-E */
        assert_near(lead_routing_splits(routing, 5)[i ? 2 + 4 * i : 0], 1.0 / 3, 1e-15);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void names_of_a_series_are_different(void **state) {
    (void)state;
    static const char *const twice[] = {"A", "A"}, *const empty[] = {"A", ""};
    lead_tm_series *series;
    assert_fails(lead_tm_series_alloc(2, twice, &series), LEAD_INVALID, "\"A\" is there twice");
    assert_fails(lead_tm_series_alloc(2, empty, &series), LEAD_INVALID, "empty name");
}

static void too_many_nodes_are_refused(void **state) {
    (void)state;
    lead_topology *topology;
    lead_status status = LEAD_OK;
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < 46341 && status == LEAD_OK; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        status = lead_topology_add_node(topology, name, NULL);
    }
    assert_int_equal(status, LEAD_INVALID);
    assert_int_equal(lead_topology_node_count(topology), 46340);
    lead_topology_free(topology);
}

static void links_are_found_by_their_ends(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    const lead_link twin = {0, 1, 10, 1e-3, 1, true, 0}, dash = {4, 0, 10, 1e-3, 1, true, 0};
    unsigned char named[10];
    int from, to;
    assert_ok(lead_topology_add_node(topology, "a-b", NULL));
    assert_ok(lead_topology_add_link(topology, twin, NULL));
    assert_ok(lead_topology_add_link(topology, dash, NULL));
    assert_ok(lead_topology_parse_link(topology, "D-B", &from, &to));
    assert_true(from == 3 && to == 1);
    assert_ok(lead_topology_parse_link(topology, "A-a-b", &from, &to)); /* against its direction */
    assert_true(from == 0 && to == 4);
    assert_ok(lead_topology_parse_links(topology, "B-A, a-b-A", named));
    assert_memory_equal(named, ((unsigned char[]){1, 1, 0, 0, 0, 0, 0, 0, 1, 1}), 10);
    assert_fails(lead_topology_parse_link(topology, "A-D", &from, &to), LEAD_INVALID,
                 "the network has no link \"A-D\"");
    assert_fails(lead_topology_parse_links(topology, "A-B,C-E", named), LEAD_INVALID,
                 "\"C-E\" (A-B, its two nodes)");
    assert_fails(lead_topology_parse_links(topology, "", named), LEAD_INVALID, "no link is named");
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(topologies_are_checked),
                                       cmocka_unit_test(many_nodes_are_found),
                                       cmocka_unit_test(cut_pairs_are_named),
                                       cmocka_unit_test(distances_and_equal_costs),
                                       cmocka_unit_test(conventional_weights),
                                       cmocka_unit_test(ecmp_loads_by_hand),
                                       cmocka_unit_test(parallel_links_share),
                                       cmocka_unit_test(bad_splits_are_told),
                                       cmocka_unit_test(refused_splits_change_nothing),
                                       cmocka_unit_test(weights_that_vanish_lead_on),
                                       cmocka_unit_test(weights_out_of_range_are_named),
                                       cmocka_unit_test(thirds_are_equal_costs),
                                       cmocka_unit_test(names_of_a_series_are_different),
                                       cmocka_unit_test(too_many_nodes_are_refused),
                                       cmocka_unit_test(changes_are_measured),
                                       cmocka_unit_test(links_that_are_down_carry_nothing),
                                       cmocka_unit_test(series_keep_order_and_gaps),
                                       cmocka_unit_test(series_are_arranged),
                                       cmocka_unit_test(links_are_found_by_their_ends),
                                       cmocka_unit_test(series_need_no_more_than_their_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
