/* What becomes of a routing's traffic when links fail and nobody plans anew. */
#include "support.h"
#include <lead/te.h>

enum { N = 14 };

/* Every second link out of some nodes goes, both directions. */
static void fail_links(gsl_rng *random, lead_topology *topology, int count) {
    int m = lead_topology_link_count(topology);
    for (int i = 0; i < count; i++) {
        int link = (int)gsl_rng_uniform_int(random, (unsigned long)m) & ~1;
        assert_ok(lead_topology_set_up(topology, link, false));
        assert_ok(lead_topology_set_up(topology, link + 1, false));
    }
}

static void of_shortest_paths_it_is_what_the_protocol_finds(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(7, "reroute", &random));
    for (int round = 0; round < 100; round++) {
        lead_topology *topology = test_random_network(random, N, 1);
        int m = lead_topology_link_count(topology);
        double weights[200], tm[N * N], loads[200], expected[200], lost, none;
        lead_routing *routing, *rerouted, *anew;
        for (int e = 0; e < m; e++) /* few values: many equal paths */
            weights[e] = 1 + (double)gsl_rng_uniform_int(random, 3);
        assert_ok(lead_routing_from_weights(topology, weights, &routing));
        fail_links(random, topology, 1 + round % 5);
        assert_ok(lead_routing_reroute(routing, topology, weights, &rerouted));
        assert_ok(lead_routing_from_weights(topology, weights, &anew));
        test_random_tm(random, N, 2, tm);
        assert_ok(lead_routing_loads_reached(rerouted, tm, loads, &lost));
        assert_ok(lead_routing_loads_reached(anew, tm, expected, &none));
        assert_near(lost, none, 1e-6);
        for (int e = 0; e < m; e++)
            assert_near(loads[e], expected[e], 1e-6 * (1 + expected[e]));
        lead_routing_free(routing);
        lead_routing_free(rerouted);
        lead_routing_free(anew);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* Of any plan: nothing passes a link that is down, nothing that has a path is lost, and what did
 * not meet the failure stays where it was. */
static void of_a_plan_it_moves_what_would_be_lost(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(8, "reroute", &random));
    for (int round = 0; round < 40; round++) {
        lead_topology *topology = test_random_network(random, N, 1);
        int m = lead_topology_link_count(topology);
        double weights[200], tm[N * N], loads[200], lost, cut_off;
        lead_te *te;
        lead_te_plan plan;
        lead_te_options options = {0};
        lead_routing *rerouted;
        test_random_tm(random, N, 2, tm);
        lead_te_demand demand = {.tms = tm, .samples = 1};
        assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
        assert_ok(lead_te_alloc(lead_te_find("mcf"), topology, &options, &te));
        assert_ok(lead_te_plan_for(te, &demand, &plan));
        assert_ok(lead_routing_reroute(plan.routing, topology, weights, &rerouted));
        for (int t = 0; t < N; t++)
            assert_memory_equal(lead_routing_splits(plan.routing, t),
                                lead_routing_splits(rerouted, t), (size_t)m * sizeof(double));
        lead_routing_free(rerouted);
        fail_links(random, topology, 1 + round % 4);
        assert_ok(lead_routing_reroute(plan.routing, topology, weights, &rerouted));
        assert_ok(lead_routing_loads_reached(rerouted, tm, loads, &lost));
        assert_ok(lead_topology_disconnected(topology, tm, &cut_off));
        assert_near(lost, cut_off, 1e-6);
        for (int e = 0; e < m; e++)
            assert_true(lead_topology_link(topology, e)->up || loads[e] == 0);
        lead_routing_free(rerouted);
        lead_te_plan_clear(&plan);
        lead_te_free(te);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_shortest_paths_it_is_what_the_protocol_finds),
        cmocka_unit_test(of_a_plan_it_moves_what_would_be_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
