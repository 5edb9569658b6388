/* te at its limits: networks without links, loads and capacities over many orders of magnitude,
 * links that are down, flows that do not add up. */
#include "te/common/flow_to_splits.h"
#include "te_support.h"
#include <gsl/gsl_randist.h>

static lead_te_plan plan_with(const char *algorithm, const lead_topology *topology,
                              const double *tm) {
    return test_plan(algorithm, topology, (lead_te_options){.seed = 1, .evaluation_limit = 60}, tm,
                     1);
}

static void a_network_without_links_has_a_plan(void **state) {
    (void)state;
    static const char *const algorithms[] = {"ecmp", "mcf", "weights"};
    lead_topology *topology = test_network(2, NULL, 0);
    double tm[4] = {0};
    for (int i = 0; i < 3; i++) {
        lead_te_plan plan = plan_with(algorithms[i], topology, tm);
        assert_near(plan.mlu, 0, 0);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static void samples_without_tms_are_refused(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_te_options options = {0};
    lead_te_demand demand = {.samples = 2};
    lead_te_plan plan;
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find("ecmp"), topology, &options, &te));
    assert_fails(lead_te_plan_for(te, &demand, &plan), LEAD_INVALID, "no 2 samples");
    lead_te_free(te);
    lead_topology_free(topology);
}

static void a_bad_demand_is_named(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_te_options options = {0};
    double tms[32] = {0};
    lead_te_demand demand = {.tms = tms, .samples = 2};
    lead_te_plan plan;
    lead_te *te;
    tms[16 + 4 + 3] = -7;
    assert_ok(lead_te_alloc(lead_te_find("mcf"), topology, &options, &te));
    assert_fails(lead_te_plan_for(te, &demand, &plan), LEAD_NUMERIC,
                 "mcf: TM 1: -7 bit/s from node 1 to node 3");
    lead_te_free(te);
    lead_topology_free(topology);
}

/* The least MLU is proportional to the TM, however small that is against the capacities. */
static void mcf_scales_with_the_demand(void **state) {
    (void)state;
    static const test_edge edges[] = {
        {0, 1, 1e13, 1}, {1, 3, 1e13, 1}, {0, 2, 3e13, 1}, {2, 3, 3e13, 1}};
    lead_topology *topology = test_network(4, edges, 4);
    for (double demand = 1; demand < 1e15; demand *= 10) {
        double tm[16] = {0};
        tm[3] = demand;
        lead_te_plan plan = plan_with("mcf", topology, tm);
        assert_near(plan.mlu / demand, 1 / 4e13, 1e-6 / 4e13);
        assert_true(plan.optimal);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

/* 1 Tbit/s over huge links beside 900 bit/s that have two links of 1 kbit/s to choose from. */
static void mcf_sees_small_demands_beside_huge_ones(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 1e13, 1}, {2, 3, 1e3, 1}, {3, 5, 1e3, 1},
                                      {2, 4, 1e3, 1},  {4, 5, 1e3, 1}, {1, 2, 1e13, 1}};
    lead_topology *topology = test_network(6, edges, 6);
    double tm[36] = {0};
    tm[0 * 6 + 1] = 1e12;
    tm[2 * 6 + 5] = 900;
    lead_te_plan plan = plan_with("mcf", topology, tm);
    assert_near(plan.mlu, 0.45, 1e-5);
    assert_true(plan.optimal);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* No plan fails (a loop would), none uses a link that is down, and none of the others is better
 * than mcf. */
static void random_networks_have_plans(void **state) {
    (void)state;
    enum { N = 14 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int round = 0; round < 150; round++) {
        lead_topology *topology = test_random_network(random, N, round % 7);
        double tm[N * N],
            *loads = calloc((size_t)lead_topology_link_count(topology), sizeof *loads);
        test_random_tm(random, N, round % 13, tm);
        test_take_links_down(random, topology, 6);
        lead_te_plan best = plan_with("mcf", topology, tm), ecmp = plan_with("ecmp", topology, tm),
                     weights = plan_with("weights", topology, tm);
        assert_true(best.optimal);
        assert_true(best.mlu <= ecmp.mlu * (1 + 1e-6));
        assert_true(best.mlu <= weights.mlu * (1 + 1e-6));
        assert_ok(lead_routing_loads(best.routing, tm, loads));
        for (int e = 0; e < lead_topology_link_count(topology); e++)
            assert_true(lead_topology_link(topology, e)->up || loads[e] == 0);
        lead_te_plan_clear(&best);
        lead_te_plan_clear(&ecmp);
        lead_te_plan_clear(&weights);
        free(loads);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

static void flow_into_a_dead_end_makes_no_loop(void **state) {
    (void)state;
    /* To C: nearly all of A's flow goes straight, a rest (a linear program's rounding) goes to B
     * and ends there. B's shortest path leads back over A. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {0, 2, 10, 1}, {1, 2, 10, 1}};
    lead_topology *topology = test_network(3, edges, 3);
    double weights[6] = {1, 1, 1, 1, 9, 9}, flow[6] = {1e-8, 0, 1, 0, 0, 0}, splits[6];
    lead_routing *routing;
    assert_ok(lead_routing_alloc(topology, &routing));
    assert_ok(lead_te_flow_to_splits(topology, weights, 2, flow, splits));
    assert_ok(lead_routing_set(routing, 2, splits));
    assert_near(lead_routing_splits(routing, 2)[2], 1, 0);
    assert_near(lead_routing_splits(routing, 2)[1], 1, 0);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_without_links_has_a_plan),
        cmocka_unit_test(samples_without_tms_are_refused),
        cmocka_unit_test(a_bad_demand_is_named),
        cmocka_unit_test(mcf_scales_with_the_demand),
        cmocka_unit_test(mcf_sees_small_demands_beside_huge_ones),
        cmocka_unit_test(random_networks_have_plans),
        cmocka_unit_test(flow_into_a_dead_end_makes_no_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
