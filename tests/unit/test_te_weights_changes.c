/* te/weights: changes to the weights in force: few, none that does nothing, none for the worse. */
#include "test_te_weights.h"

static int draw(gsl_rng *random, int count) {
    return (int)gsl_rng_uniform_int(random, (unsigned long)count);
}

static int count_differences(const double *a, const double *b, int count) {
    int differences = 0;
    for (int i = 0; i < count; i++)
        differences += a[i] != b[i];
    return differences;
}

static double phi_of_weights(const lead_topology *topology, const double *weights,
                             const double *tm) {
    double loads[1000];
    test_route(topology, weights, tm, loads);
    return lead_phi(topology, loads);
}

/* At most so many weights change, in force or the rule's, whole or fractions; more changes allow
 * for no more Phi; and what is in force is never made worse. */
static void few_weights_change(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(4, "test", &random));
    lead_topology *topology = test_random_network(random, 12, 1);
    int m = lead_topology_link_count(topology);
    double *tm = test_random_tms(random, 12, 1), *weights = calloc((size_t)m, sizeof *weights);
    for (int kind = 0; kind < 3; kind++) {
        lead_te_demand demand = {.tms = tm, .samples = 1};
        lead_te_options options = {.evaluation_limit = 4000,
                                   .weight_rule = LEAD_WEIGHTS_UNIT,
                                   .objective = LEAD_TE_OBJECTIVE_PHI};
        for (int e = 0; e < m; e++)
            weights[e] = kind == 0 ? 1 : (1 + draw(random, 30)) / (kind == 1 ? 1.0 : 8.0);
        demand.weights_in_force = kind == 0 ? NULL : weights;
        double before = phi_of_weights(topology, weights, tm), last = before;
        for (options.max_changes = 1; options.max_changes <= 4; options.max_changes++) {
            lead_te_plan plan = plan_for(topology, demand, options);
            int differences = count_differences(plan.weights, weights, m);
            assert_true(differences <= options.max_changes);
            assert_true(plan.phi <= last * (1 + 1e-9) || options.max_changes > 2);
            assert_true(plan.phi >= phi_of_weights(topology, plan.weights, tm) * (1 - 1e-9));
            assert_true(plan.phi <= before * (1 + 1e-9));
            last = plan.phi;
            lead_te_plan_clear(&plan);
        }
        assert_true(last < before * 0.999); /* so that all that was not of changes to nothing */
        options.max_changes = 0;
        lead_te_plan plan = plan_for(topology, demand, options);
        assert_true(plan.phi <= before * (1 + 1e-9));
        assert_true(count_differences(plan.weights, weights, m) > 4);
        lead_te_plan_clear(&plan);
    }
    free(tm);
    free(weights);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

static void a_setting_that_cannot_be_bettered_stays(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double tm[16] = {0};
    /* the second holds weights above those that a search of its own would give */
    static const double weights[2][8] = {{3, 7, 3, 7, 5, 1, 5, 1},
                                         {60, 140, 60, 140, 100, 20, 100, 20}};
    tm[3] = 8; /* half each way already */
    for (int i = 0; i < 2; i++) {
        lead_te_plan plan = plan_for(
            topology, (lead_te_demand){.tms = tm, .samples = 1, .weights_in_force = weights[i]},
            (lead_te_options){.evaluation_limit = 2000});
        assert_memory_equal(plan.weights, weights[i], sizeof weights[i]);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static void changes_that_do_nothing_are_put_back(void **state) {
    (void)state;
    /* A and B share the link to D until A goes round over C and E; one weight does that, however
     * many others the search moved on its way. */
    static const test_edge edges[] = {
        {0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 10, 1}, {2, 4, 10, 1}, {4, 3, 10, 1}};
    static const double weights[10] = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
    lead_topology *topology = test_network(5, edges, 5);
    double tm[25] = {0};
    tm[0 * 5 + 3] = tm[1 * 5 + 3] = 8;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        lead_te_plan plan = plan_for(
            topology, (lead_te_demand){.tms = tm, .samples = 1, .weights_in_force = weights},
            (lead_te_options){.seed = seed, .evaluation_limit = 3000});
        assert_near(plan.mlu, 0.8, 1e-9);
        assert_true(count_differences(plan.weights, weights, 10) <= 3);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static void changes_to_odd_weights_are_refused(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double tm[16] = {0}, weights[8] = {1, 1, 1, 1, 1, 1, 1, 0};
    lead_te_options options = {.max_changes = 2, .evaluation_limit = 100};
    lead_te_demand demand = {.tms = tm, .samples = 1, .weights_in_force = weights};
    lead_te_plan plan;
    lead_te *te;
    weights[7] = sqrt(2);
    tm[3] = 1;
    assert_ok(lead_te_alloc(lead_te_find("weights"), topology, &options, &te));
    assert_fails(lead_te_plan_for(te, &demand, &plan), LEAD_INVALID, "max_changes");
    assert_null(plan.weights);
    lead_te_free(te);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(few_weights_change),
                                       cmocka_unit_test(a_setting_that_cannot_be_bettered_stays),
                                       cmocka_unit_test(changes_that_do_nothing_are_put_back),
                                       cmocka_unit_test(changes_to_odd_weights_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
