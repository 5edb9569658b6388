/* te/sr: two-segment routing by hand, program against search, explicit paths against segments. */
#include "support.h"
#include "te/sr/program.h"
#include <lead/te.h>

static lead_te_plan plan_by(lead_te_method method, const lead_topology *topology,
                            const double *tm) {
    lead_te_options options = {.seed = 1, .method = method, .evaluation_limit = 20000};
    lead_te_demand demand = {.tms = tm, .samples = 1};
    lead_te_plan plan;
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find("sr"), topology, &options, &te));
    assert_ok(lead_te_plan_for(te, &demand, &plan));
    lead_te_free(te);
    return plan;
}

/* A to D straight (weight 1, capacity 10), over B (10 and 10), over C (30 and 30): 25 in the
 * proportion of capacities, MLU 1/2. The search puts all on C, 25/30. */
static void by_hand(void **state) {
    (void)state;
    static const test_edge edges[] = {
        {0, 3, 10, 1}, {0, 1, 10, 5}, {1, 3, 10, 5}, {0, 2, 30, 7}, {2, 3, 30, 7}};
    lead_topology *topology = test_network(4, edges, 5);
    double tm[16] = {0};
    tm[3] = 25;
    lead_te_plan program = plan_by(LEAD_TE_METHOD_PROGRAM, topology, tm),
                 search = plan_by(LEAD_TE_METHOD_SEARCH, topology, tm);
    const lead_path *paths;
    assert_near(program.mlu, 0.5, 1e-5);
    assert_int_equal(lead_routing_paths(program.routing, 0, 3, &paths), 3);
    assert_near(search.mlu, 25.0 / 30, 1e-12);
    lead_te_plan_clear(&program);
    lead_te_plan_clear(&search);
    lead_topology_free(topology);
}

/* A segment splits: A to E over B or C (equal), then D; by way of F (A-F-D-E) all. */
static void segments_split(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {0, 2, 10, 1}, {1, 3, 10, 1}, {2, 3, 10, 1},
                                      {3, 4, 90, 1}, {0, 5, 40, 3}, {5, 3, 40, 3}};
    lead_topology *topology = test_network(6, edges, 7);
    double tm[36] = {0};
    const lead_path *paths;
    tm[4] = 30; /* 10 by ECMP over B and C, 20 over F: MLU 1/2 */
    lead_te_plan plan = plan_by(LEAD_TE_METHOD_PROGRAM, topology, tm);
    assert_near(plan.mlu, 0.5, 1e-5);
    assert_int_equal(lead_routing_paths(plan.routing, 0, 4, &paths), 3);
    for (int i = 0; i < 3; i++)
        assert_near(paths[i].share, paths[i].links[0] == 10 ? 2.0 / 3 : 1.0 / 6, 1e-4);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* By way of a node behind the destination: back over the same link. What goes in a circle is cut.
 */
static void circles_are_cut(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 2, 10, 1}, {2, 3, 10, 1}};
    lead_topology *topology = test_network(4, edges, 3);
    double weights[6] = {1, 1, 1, 1, 1, 1};
    const lead_waypoint ways[] = {{3, 0.5}, {1, 0.5}}; /* 0-1-2-3-2, and 0-1-2 */
    lead_segments segments;
    lead_routing *routing;
    const lead_path *paths;
    assert_ok(lead_segments_alloc(topology, weights, &segments));
    assert_ok(lead_routing_copy(segments.ecmp, &routing));
    assert_ok(lead_segments_set_paths(&segments, 0, 2, ways, 2, routing));
    assert_int_equal(lead_routing_paths(routing, 0, 2, &paths), 1);
    assert_int_equal(paths[0].length, 2);
    assert_near(paths[0].share, 1, 0);
    lead_routing_free(routing);
    lead_segments_free(&segments);
    lead_topology_free(topology);
}

/* The price of a segment is that of its links, in parts. */
static void prices_are_sums(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(5, "test", &random));
    lead_topology *topology = test_random_network(random, 9, 1);
    int m = lead_topology_link_count(topology);
    double weights[200], price[200], cost[81];
    lead_segments segments;
    for (int e = 0; e < m; e++) {
        weights[e] = 1 + (double)gsl_rng_uniform_int(random, 3);
        price[e] = gsl_rng_uniform(random);
    }
    assert_ok(lead_segments_alloc(topology, weights, &segments));
    lead_segments_prices(&segments, price, cost);
    for (int od = 0; od < 81; od++) {
        double sum = 0;
        for (int i = segments.first[od]; i < segments.first[od + 1]; i++)
            sum += segments.part[i] * price[segments.link[i]];
        assert_near(cost[od], sum, 1e-12);
    }
    lead_segments_free(&segments);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* The program is between the optimum of all routings and ECMP; the search, which may not split a
 * pair, is between the program and ECMP. */
static void program_search_and_others_are_in_order(void **state) {
    (void)state;
    enum { N = 12 };
    gsl_rng *random;
    int better = 0;
    assert_ok(lead_random_alloc(4, "test", &random));
    for (int round = 0; round < 20; round++) {
        lead_topology *topology = test_random_network(random, N, 1);
        double tm[N * N], loads[200];
        for (int od = 0; od < N * N; od++)
            tm[od] = od / N == od % N ? 0 : 1e5 * gsl_rng_uniform_pos(random);
        double weights[200];
        lead_routing *ecmp;
        assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_DEFAULT, weights));
        assert_ok(lead_routing_from_weights(topology, weights, &ecmp));
        assert_ok(lead_routing_loads(ecmp, tm, loads));
        double worst = lead_mlu(topology, loads);
        lead_te_plan program = plan_by(LEAD_TE_METHOD_PROGRAM, topology, tm),
                     search = plan_by(LEAD_TE_METHOD_SEARCH, topology, tm);
        assert_true(program.mlu <= search.mlu * (1 + 1e-4));
        assert_true(search.mlu <= worst * (1 + 1e-12));
        better += search.mlu < 0.9 * worst;
        lead_te_plan_clear(&program);
        lead_te_plan_clear(&search);
        lead_routing_free(ecmp);
        lead_topology_free(topology);
    }
    assert_true(better > 10);
    gsl_rng_free(random);
}

/* A grid of 16 by 16 has more than a hundred million shortest paths from corner to corner. */
static void many_equal_paths_come_to_an_end(void **state) {
    (void)state;
    enum { K = 16, N = K * K };
    lead_topology *topology;
    gsl_rng *random;
    double *tm = calloc((size_t)N * N, sizeof *tm);
    assert_ok(lead_topology_alloc(&topology));
    assert_ok(lead_random_alloc(5, "test", &random));
    for (int v = 0; v < N; v++) {
        char name[8];
        snprintf(name, sizeof name, "g%d", v % 1000);
        assert_ok(lead_topology_add_node(topology, name, NULL));
    }
    for (int v = 0; v < N; v++)
        for (int next = v + 1; next <= v + K; next += K - 1) {
            if (next >= N || (next == v + 1 && next % K == 0))
                continue;
            lead_link link = {v, next, 1e6, 0, 1, true, 0};
            assert_ok(lead_topology_add_link(topology, link, NULL));
            link.source = next;
            link.destination = v;
            assert_ok(lead_topology_add_link(topology, link, NULL));
        }
    for (int i = 0; i < 40; i++)
        tm[gsl_rng_uniform_int(random, N * N)] = 1e5 * gsl_rng_uniform_pos(random);
    tm[N - 1] = 1e6;
    for (int v = 0; v < N; v++)
        tm[v * N + v] = 0;
    lead_te_plan plan = plan_by(LEAD_TE_METHOD_SEARCH, topology, tm);
    assert_true(plan.mlu >= 0.5 * (1 - 1e-9)); /* a corner has two links */
    for (int od = 0; od < N * N; od++) {
        const lead_path *paths;
        int count = od / N == od % N ? 0 : lead_routing_paths(plan.routing, od / N, od % N, &paths);
        double sum = count == 0;
        for (int i = 0; i < count; i++)
            sum += paths[i].share;
        assert_near(sum, 1, 1e-9);
    }
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
    gsl_rng_free(random);
    free(tm);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(segments_split),
                                       cmocka_unit_test(circles_are_cut),
                                       cmocka_unit_test(prices_are_sums),
                                       cmocka_unit_test(program_search_and_others_are_in_order),
                                       cmocka_unit_test(many_equal_paths_come_to_an_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
