/* te/weights: what is minimised, by hand: objectives, the functional over samples, samples that
 * stand for others. */
#include "te/common/cvar.h"
#include "te/common/sample_reduction.h"
#include "te/weights/cost.h"
#include "test_te_weights.h"

/* --- the cost --------------------------------------------------------------------------------- */

static void cvar_by_hand(void **state) {
    (void)state;
    static const double values[] = {1, 4, 2, 3}, probability[] = {0.4, 0.1, 0.2, 0.3};
    int order[4];
    assert_near(lead_te_functional(values, probability, 4, 0, 0.5, order), 2.1, 1e-12);
    assert_near(lead_te_functional(values, probability, 4, 1, 0, order), 2.1, 1e-12);
    assert_near(lead_te_functional(values, probability, 4, 1, 0.95, order), 4, 1e-12);
    assert_near(lead_te_functional(values, probability, 4, 1, 0.8, order), 3.5, 1e-12);
    assert_near(lead_te_functional(values, probability, 4, 0.5, 0.8, order), 2.8, 1e-12);
}

static void objectives_differ(void **state) {
    (void)state;
    /* A to B straight, or half of it over C: less MLU, more traffic on the links. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {0, 2, 10, 1}, {2, 1, 10, 1}};
    static const struct {
        lead_te_objective objective;
        double mlu, phi;
    } wanted[] = {{LEAD_TE_OBJECTIVE_DEFAULT, 0.15, 4.5},
                  {LEAD_TE_OBJECTIVE_MLU, 0.15, 4.5},
                  {LEAD_TE_OBJECTIVE_PHI, 0.3, 3},
                  {LEAD_TE_OBJECTIVE_MLU_PHI, 0.15, 4.5}};
    lead_topology *topology = test_network(3, edges, 3);
    const double tm[9] = {0, 3};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        lead_te_plan plan =
            plan_one(topology, tm,
                     (lead_te_options){.objective = wanted[i].objective, .evaluation_limit = 500});
        assert_near(plan.mlu, wanted[i].mlu, 1e-9);
        assert_near(plan.phi, wanted[i].phi, 1e-9);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static void phi_breaks_ties_of_the_mlu(void **state) {
    (void)state;
    /* C to D fills its only link to 0.9, whatever happens; A to B still goes straight, though its
     * links start dearer than the way round. */
    static const test_edge edges[] = {
        {0, 1, 10, 9}, {0, 2, 10, 1}, {2, 1, 10, 1}, {3, 4, 10, 1}, {4, 0, 10, 1}};
    lead_topology *topology = test_network(5, edges, 5);
    double tm[25] = {0};
    tm[0 * 5 + 1] = 3;
    tm[3 * 5 + 4] = 9;
    const double phi = 3 + (9 + 2 * (9 - 10 / 3.0) + 7 * (9 - 20 / 3.0));
    lead_te_plan plan = plan_one(topology, tm, (lead_te_options){.evaluation_limit = 1000});
    assert_near(plan.mlu, 0.9, 1e-9);
    assert_near(plan.phi, phi, 1e-9);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* --- samples ---------------------------------------------------------------------------------- */

static void scenarios_by_hand(void **state) {
    (void)state;
    static const double points[] = {0, 1, 10, 11, 13}; /* of one pair of two nodes */
    double tms[5 * 4] = {0};
    for (int i = 0; i < 5; i++) {
        tms[4 * i] = 100 * (i % 2); /* the diagonals do not count */
        tms[4 * i + 1] = points[i];
        tms[4 * i + 3] = -1000 * i;
    }
    int chosen[5];
    double probability[5];
    assert_ok(lead_te_reduce(tms, 5, 2, 1, chosen, probability));
    assert_int_equal(chosen[0], 2); /* the median */
    assert_near(probability[0], 1, 0);
    assert_ok(lead_te_reduce(tms, 5, 2, 2, chosen, probability));
    assert_int_equal(chosen[0], 0); /* 0 and 1 leave the same sum: the first */
    assert_int_equal(chosen[1], 2);
    assert_near(probability[0], 0.4, 1e-12);
    assert_near(probability[1], 0.6, 1e-12);
    assert_ok(lead_te_reduce(tms, 5, 2, 9, chosen, probability));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(chosen[i], i);
        assert_near(probability[i], 0.2, 1e-12);
    }
    static const double same[] = {7, 7, 7};
    assert_ok(lead_te_reduce(same, 3, 1, 2, chosen, probability));
    assert_int_equal(chosen[1], 1); /* two different ones, though one would do */
    assert_near(probability[0] + probability[1], 1, 1e-12);
    assert_fails(lead_te_reduce(tms, 0, 2, 1, chosen, probability), LEAD_INVALID, "0 samples");
    assert_fails(lead_te_reduce(tms, 5, 2, 0, chosen, probability), LEAD_INVALID, "0 of 5");
}

static double worst_mlu(const lead_topology *topology, const lead_te_plan *plan, const double *tms,
                        int samples) {
    int n = lead_topology_node_count(topology);
    double loads[64], worst = 0;
    for (int k = 0; k < samples; k++) {
        assert_ok(lead_routing_loads(plan->routing, tms + k * n * n, loads));
        worst = fmax(worst, lead_mlu(topology, loads));
    }
    return worst;
}

static void the_worst_case_differs_from_the_mean(void **state) {
    (void)state;
    /* A to D, 4 bit/s, over B (10) or C (8). In one of four TMs B sends 8 to D itself. By the mean,
     * half each way is best (2 + 2 of 10, 2 of 8); in that TM it is 2 + 8 of 10, and all by C 8 of
     * 10. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 8, 1}, {2, 3, 8, 1}};
    lead_topology *topology = test_network(4, edges, 4);
    double tms[4 * 16] = {0};
    for (int k = 0; k < 4; k++)
        tms[k * 16 + 3] = 4;
    tms[2 * 16 + 1 * 4 + 3] = 8;
    lead_te_demand demand = {.tms = tms, .samples = 4};
    lead_te_options options = {.evaluation_limit = 2000, .cvar_weight = 1, .cvar_level = 0.99};
    lead_te_plan plan = plan_for(topology, demand, options);
    assert_near(plan.mlu, 0.4, 1e-9); /* the default is the mean, whatever the CVaR's options */
    assert_near(worst_mlu(topology, &plan, tms, 4), 1, 1e-9);
    lead_te_plan_clear(&plan);
    options.plan_for = LEAD_TE_PLAN_FOR_SAMPLES;
    for (options.scenarios = 0; options.scenarios <= 2; options.scenarios += 2) {
        plan = plan_for(topology, demand, options);
        assert_near(worst_mlu(topology, &plan, tms, 4), 0.8, 1e-9);
        lead_te_plan_clear(&plan);
    }
    options.scenarios = 1; /* that which stands for most: without B's own traffic */
    plan = plan_for(topology, demand, options);
    assert_near(worst_mlu(topology, &plan, tms, 1), 0.25, 1e-9);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cvar_by_hand), cmocka_unit_test(objectives_differ),
        cmocka_unit_test(phi_breaks_ties_of_the_mlu), cmocka_unit_test(scenarios_by_hand),
        cmocka_unit_test(the_worst_case_differs_from_the_mean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
