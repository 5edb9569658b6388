/* te/weights: networks solved by hand, what each option promises, and how near the optimum it gets.
 */
#include "support.h"
#include "te/scenarios.h"
#include "te/weights_cost.h"
#include <lead/formats.h>
#include <lead/te.h>

static lead_te_plan plan_for(const lead_topology *topology, lead_te_demand demand,
                             lead_te_options options) {
    lead_te_plan plan;
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find("weights"), topology, &options, &te));
    assert_ok(lead_te_plan_for(te, &demand, &plan));
    lead_te_free(te);
    return plan;
}

static lead_te_plan plan_one(const lead_topology *topology, const double *tm,
                             lead_te_options options) {
    return plan_for(topology, (lead_te_demand){.tms = tm, .samples = 1}, options);
}

static int draw(gsl_rng *random, int count) {
    return (int)gsl_rng_uniform_int(random, (unsigned long)count);
}

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

/* --- changes to what is in force -------------------------------------------------------------- */

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
    static const double weights[8] = {3, 7, 3, 7, 5, 1, 5, 1};
    tm[3] = 8; /* half each way already */
    lead_te_plan plan =
        plan_for(topology, (lead_te_demand){.tms = tm, .samples = 1, .weights_in_force = weights},
                 (lead_te_options){.evaluation_limit = 2000});
    assert_memory_equal(plan.weights, weights, sizeof weights);
    lead_te_plan_clear(&plan);
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

/* --- the search ------------------------------------------------------------------------------- */

static void threads_change_nothing(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(7, "test", &random));
    lead_topology *topology = test_random_network(random, 14, 1);
    size_t bytes = sizeof(double) * (size_t)lead_topology_link_count(topology);
    double *tms = test_random_tms(random, 14, 3);
    for (int kind = 0; kind < 2; kind++) {
        lead_te_options options = {.seed = 5, .evaluation_limit = 210000};
        options.plan_for = kind ? LEAD_TE_PLAN_FOR_SAMPLES : LEAD_TE_PLAN_FOR_MEAN;
        options.cvar_weight = options.cvar_level = 0.5;
        lead_te_demand demand = {.tms = tms, .samples = 3};
        lead_te_plan one = plan_for(topology, demand, options);
        for (options.threads = 2; options.threads <= 5; options.threads++) {
            lead_te_plan other = plan_for(topology, demand, options);
            assert_memory_equal(one.weights, other.weights, bytes);
            assert_int_equal(one.evaluations, other.evaluations);
            lead_te_plan_clear(&other);
        }
        options.seed = 6;
        lead_te_plan seeded = plan_for(topology, demand, options);
        assert_memory_not_equal(one.weights, seeded.weights, bytes);
        lead_te_plan_clear(&seeded);
        lead_te_plan_clear(&one);
    }
    free(tms);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

static void limits_are_kept(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(8, "test", &random));
    lead_topology *topology = test_random_network(random, 14, 1);
    double *tm = test_random_tms(random, 14, 1);
    for (int most = 1; most <= 30; most += 29) {
        lead_te_options options = {.evaluation_limit = 12000, .max_weight = most};
        lead_te_plan plan = plan_one(topology, tm, options);
        for (int e = 0; e < lead_topology_link_count(topology); e++)
            assert_true(plan.weights[e] >= 1 && plan.weights[e] <= most &&
                        plan.weights[e] == floor(plan.weights[e]));
        assert_true(plan.evaluations <= 12000 + 40); /* the starts and ends of four searches */
        lead_te_plan_clear(&plan);
    }
    /* with a time limit nothing else ends it: it would go on for ever without */
    lead_te_plan plan = plan_one(topology, tm, (lead_te_options){.time_limit = 0.3});
    assert_non_null(plan.routing);
    lead_te_plan_clear(&plan);
    free(tm);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

static void no_traffic_has_a_plan(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    const double tms[2 * 16] = {0};
    for (int kind = 0; kind < 3; kind++) {
        lead_te_options options = {.time_limit = kind == 0 ? 3600 : 0,
                                   .survive = (lead_te_survival)(kind == 1),
                                   .plan_for = kind == 2 ? LEAD_TE_PLAN_FOR_SAMPLES
                                                         : LEAD_TE_PLAN_FOR_DEFAULT};
        lead_te_plan plan = plan_for(topology, (lead_te_demand){.tms = tms, .samples = 2}, options);
        assert_near(plan.mlu, 0, 0);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static void links_that_are_down_stay_unused(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double tm[16] = {0}, loads[8];
    tm[3] = 8;
    assert_ok(lead_topology_set_up(topology, 4, false));
    lead_te_plan plan = plan_one(topology, tm, (lead_te_options){.evaluation_limit = 500});
    assert_ok(lead_routing_loads(plan.routing, tm, loads));
    assert_near(loads[4], 0, 0);
    assert_near(plan.mlu, 0.8, 1e-12);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* What is reached by evaluations alone, with any machine and load. */
static void real_networks_get_near_the_optimum(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double optimum, ratio;
    } known[] = {{"Abilene", 0.899999, 1.005},
                 {"Geant2012", 0.899994, 1.02},
                 {"Uninett2010", 0.899835, 1.01}};
    if (!test_data("repetita/Abilene.graph"))
        skip();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char graph[100], demands[100];
        lead_topology *topology;
        lead_tm_series *series;
        snprintf(graph, sizeof graph, "repetita/%s.graph", known[i].name);
        snprintf(demands, sizeof demands, "repetita/%s.0000.demands", known[i].name);
        assert_ok(lead_topology_read(test_data(graph), 0, &topology));
        lead_tm_reading reading = {.topology = topology};
        assert_ok(lead_tm_series_read(test_data(demands), &reading, &series));
        lead_te_plan plan =
            plan_one(topology, lead_tm_series_tm(series, 0),
                     (lead_te_options){
                         .seed = 1, .evaluation_limit = 100000, .weight_rule = LEAD_WEIGHTS_UNIT});
        if (plan.mlu > known[i].ratio * known[i].optimum)
            fail_msg("%s: MLU %.5f", known[i].name, plan.mlu);
        assert_true(plan.mlu >= known[i].optimum * (1 - 1e-5));
        lead_te_plan_clear(&plan);
        lead_tm_series_free(series);
        lead_topology_free(topology);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cvar_by_hand),
                                       cmocka_unit_test(objectives_differ),
                                       cmocka_unit_test(phi_breaks_ties_of_the_mlu),
                                       cmocka_unit_test(scenarios_by_hand),
                                       cmocka_unit_test(the_worst_case_differs_from_the_mean),
                                       cmocka_unit_test(few_weights_change),
                                       cmocka_unit_test(a_setting_that_cannot_be_bettered_stays),
                                       cmocka_unit_test(changes_that_do_nothing_are_put_back),
                                       cmocka_unit_test(changes_to_odd_weights_are_refused),
                                       cmocka_unit_test(threads_change_nothing),
                                       cmocka_unit_test(limits_are_kept),
                                       cmocka_unit_test(no_traffic_has_a_plan),
                                       cmocka_unit_test(links_that_are_down_stay_unused),
                                       cmocka_unit_test(real_networks_get_near_the_optimum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
