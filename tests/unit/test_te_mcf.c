/* te/mcf: objectives on networks solved by hand, going on from one TM to the next, bounds, gaps and
 * time limits. */
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/formats.h>
#include <lead/te.h>

typedef struct subject {
    const lead_topology *topology;
    lead_te *te;
} subject;

static subject start(const lead_topology *topology, lead_te_options options) {
    subject self = {topology, NULL};
    assert_ok(lead_te_alloc(lead_te_find("mcf"), topology, &options, &self.te));
    return self;
}

/* A plan, checked for what holds of every plan. */
static lead_te_plan next(const subject *self, const double *tm) {
    lead_te_demand demand = {.tms = tm, .samples = 1};
    lead_te_plan plan;
    assert_ok(lead_te_plan_for(self->te, &demand, &plan));
    assert_true(plan.bound <= plan.mlu * (1 + 1e-12));
    assert_true(plan.optimal == (plan.mlu <= plan.bound * (1 + 1e-6)));
    return plan;
}

static lead_te_plan once(const lead_topology *topology, lead_te_options options, const double *tm) {
    subject self = start(topology, options);
    lead_te_plan plan = next(&self, tm);
    lead_te_free(self.te);
    return plan;
}

static double load_of(const lead_topology *topology, const lead_te_plan *plan, const double *tm) {
    int m = lead_topology_link_count(topology);
    double *loads = calloc((size_t)m, sizeof *loads);
    assert_ok(lead_routing_loads(plan->routing, tm, loads));
    for (int e = 0; e < m; e++)
        assert_true(lead_topology_link(topology, e)->up || loads[e] == 0);
    double sum = lead_sum(loads, (size_t)m);
    free(loads);
    return sum;
}

/* 8 bit/s from A to B: the direct link, or two links over C, all of capacity 10. Beside that, 9
 * bit/s from D to E that have but one link. */
static lead_topology *triangle_and_pair(void) {
    static const test_edge edges[] = {{0, 1, 10, 1}, {0, 2, 10, 1}, {2, 1, 10, 1}, {3, 4, 10, 1}};
    return test_network(5, edges, 4);
}

/* Phi's marginal costs: 1 then 3 on the direct link, 2 then 6 on the way over C. So 10/3 go over
 * C, 14/3 straight: 14/3 + 2 * 4/3 + 2 * 10/3. */
static void phi_by_hand(void **state) {
    (void)state;
    lead_topology *topology = triangle_and_pair();
    double tm[25] = {0};
    tm[0 * 5 + 1] = 8;
    lead_te_plan plan = once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_PHI}, tm);
    assert_near(plan.phi, 14, 1e-5);
    assert_near(lead_routing_splits(plan.routing, 1)[0], 14.0 / 24, 1e-5);
    assert_near(plan.mlu, 14.0 / 30, 1e-5);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* 8.5 bit/s over a link of 10 or nine links of 1000: what would cost 10 there goes over the nine.
 */
static void phi_takes_a_long_way_that_costs_less(void **state) {
    (void)state;
    test_edge edges[10] = {{0, 9, 10, 1}};
    for (int i = 0; i < 9; i++)
        edges[i + 1] = (test_edge){i, i + 1, 1000, 1};
    lead_topology *topology = test_network(10, edges, 10);
    double tm[100] = {0};
    tm[0 * 10 + 9] = 8.5;
    lead_te_plan plan = once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_PHI}, tm);
    assert_near(plan.phi, 10.0 / 3 * (1 + 3) + (8.5 - 20.0 / 3) * 9, 1e-5);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* 30 bit/s where 20 fit: both ways are filled to 11, at 500 and twice 500, and what is left goes
 * straight, at 5000. */
static void phi_of_an_overload_by_hand(void **state) {
    (void)state;
    lead_topology *topology = triangle_and_pair();
    double tm[25] = {0}, to_eleven = 10.0 / 3 * (1 + 3) + 7.0 / 3 * 10 + 70 + 500;
    tm[0 * 5 + 1] = 30;
    lead_te_plan plan = once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_PHI}, tm);
    assert_near(plan.phi, to_eleven + 8 * 5000 + 2 * to_eleven, 1e-2);
    assert_near(plan.mlu, 1.9, 1e-5);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* The least MLU splits 4 and 4, whatever Phi says: 4 + 2 * 2/3 and twice that. */
static void mlu_comes_before_phi(void **state) {
    (void)state;
    lead_topology *topology = triangle_and_pair();
    double tm[25] = {0};
    tm[0 * 5 + 1] = 8;
    lead_te_plan plan =
        once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_MLU_PHI}, tm);
    assert_near(plan.mlu, 0.4, 1e-7);
    assert_near(plan.phi, 16, 1e-5);
    assert_true(plan.optimal);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* Where D to E sets the MLU, A to B is free: least Phi there (14 + 9 + 2 * 17/3 + 7 * 7/3), and
 * with the MLU alone as objective least load, all of it straight. */
static void what_the_mlu_leaves_free_is_optimised(void **state) {
    (void)state;
    lead_topology *topology = triangle_and_pair();
    double tm[25] = {0};
    tm[0 * 5 + 1] = 8;
    tm[3 * 5 + 4] = 9;
    lead_te_plan phi =
        once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_MLU_PHI}, tm);
    lead_te_plan load = once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_MLU}, tm);
    assert_near(phi.mlu, 0.9, 1e-7);
    assert_near(phi.phi, 14 + 9 + 34.0 / 3 + 49.0 / 3, 1e-4);
    assert_near(load.mlu, 0.9, 1e-7);
    assert_near(load_of(topology, &load, tm), 17, 1e-5);
    lead_te_plan_clear(&phi);
    lead_te_plan_clear(&load);
    lead_topology_free(topology);
}

/* Every pair changes by up to a fifth; now and then one source, or one destination, is silent, and
 * now and then all traffic is a thousand times what it was, or less. */
static void vary_tm(gsl_rng *random, int n, const double *tm, double *varied) {
    int silent = gsl_rng_uniform(random) < 0.2 ? (int)gsl_rng_uniform_int(random, (unsigned)n) : -1;
    bool at_source = gsl_rng_uniform(random) < 0.5;
    double scale = gsl_rng_uniform(random) < 0.1 ? pow(10, 6 * gsl_rng_uniform(random) - 3) : 1;
    for (int od = 0; od < n * n; od++)
        varied[od] = (at_source ? od / n : od % n) == silent
                         ? 0
                         : scale * tm[od] * (0.8 + 0.4 * gsl_rng_uniform(random));
}

static void take_down(gsl_rng *random, lead_topology *topology) {
    int m = lead_topology_link_count(topology),
        e = (int)gsl_rng_uniform_int(random, (unsigned long)m);
    assert_ok(lead_topology_set_up(topology, e, false));
    if (lead_topology_check_connected(topology, NULL) != LEAD_OK)
        assert_ok(lead_topology_set_up(topology, e, true));
}

static void bring_up(lead_topology *topology) {
    for (int e = 0; e < lead_topology_link_count(topology); e++)
        assert_ok(lead_topology_set_up(topology, e, true));
}

static void compare(const lead_topology *topology, lead_te_objective objective, const double *tm,
                    const lead_te_plan *warm, const lead_te_plan *cold) {
    double load = load_of(topology, cold, tm);
    if (objective != LEAD_TE_OBJECTIVE_PHI) {
        assert_true(warm->optimal && cold->optimal);
        assert_near(warm->mlu, cold->mlu, 1e-6 * cold->mlu);
    }
    if (objective == LEAD_TE_OBJECTIVE_MLU)
        assert_near(load_of(topology, warm, tm), load, 1e-5 * load);
    else
        assert_near(warm->phi, cold->phi, 2e-6 * cold->phi);
}

/* What goes on from the last TM is as good as what begins anew, also after links went down and up.
 */
static void warm_equals_cold(void **state) {
    (void)state;
    enum { N = 12, EPOCHS = 25 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int round = 0; round < 9; round++) {
        lead_te_options options = {.objective = LEAD_TE_OBJECTIVE_MLU + round % 3};
        lead_topology *topology = test_random_network(random, N, round % 4);
        subject self = start(topology, options);
        double tm[N * N], varied[N * N];
        test_random_tm(random, N, round % 5, tm);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            vary_tm(random, N, tm, varied);
            if (epoch % 7 == 5)
                take_down(random, topology);
            if (epoch % 7 == 6)
                bring_up(topology);
            lead_te_plan warm = next(&self, varied), cold = once(topology, options, varied);
            compare(topology, options.objective, varied, &warm, &cold);
            lead_te_plan_clear(&warm);
            lead_te_plan_clear(&cold);
        }
        lead_te_free(self.te);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

static void assert_same_routing(const lead_te_plan *a, const lead_te_plan *b) {
    size_t size = sizeof(double) * (size_t)lead_routing_link_count(a->routing);
    for (int t = 0; t < lead_routing_node_count(a->routing); t++)
        assert_memory_equal(lead_routing_splits(a->routing, t), lead_routing_splits(b->routing, t),
                            size);
}

static void the_same_calls_give_the_same_plans(void **state) {
    (void)state;
    enum { N = 14 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(2, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    subject a = start(topology, (lead_te_options){0}), b = start(topology, (lead_te_options){0});
    double tm[N * N], varied[N * N];
    test_random_tm(random, N, 1, tm);
    for (int epoch = 0; epoch < 20; epoch++) {
        vary_tm(random, N, tm, varied);
        lead_te_plan first = next(&a, varied), second = next(&b, varied);
        assert_same_routing(&first, &second);
        lead_te_plan_clear(&first);
        lead_te_plan_clear(&second);
    }
    lead_te_free(a.te);
    lead_te_free(b.te);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* The gap that is asked for is kept, and its proof is true; with demands and capacities over many
 * orders of magnitude too. */
static void gaps_are_kept(void **state) {
    (void)state;
    static const double gaps[] = {0.3, 0.05, 0.01, 0.001};
    enum { N = 14 };
    gsl_rng *random;
    int approximate = 0;
    assert_ok(lead_random_alloc(3, "test", &random));
    for (int round = 0; round < 60; round++) {
        lead_topology *topology = test_random_network(random, N, round % 11);
        double tm[N * N], gap = gaps[round % 4];
        test_random_tm(random, N, round % 13, tm);
        lead_te_plan exact = once(topology, (lead_te_options){0}, tm);
        lead_te_plan plan = once(topology, (lead_te_options){.gap = gap}, tm);
        assert_true(exact.optimal);
        assert_true(plan.mlu <= plan.bound * (1 + gap) * (1 + 1e-12));
        assert_true(plan.bound <= exact.mlu * (1 + 1e-9));
        assert_true(plan.mlu >= exact.mlu * (1 - 1e-6));
        approximate += !plan.optimal;
        lead_te_plan_clear(&exact);
        lead_te_plan_clear(&plan);
        lead_topology_free(topology);
    }
    assert_true(approximate > 10); /* or it is the exact algorithm that was tested */
    gsl_rng_free(random);
}

/* However short the time: a routing, and a bound that is true and worth something. */
static void a_time_limit_leaves_a_plan_and_a_bound(void **state) {
    (void)state;
    enum { N = 20 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(4, "test", &random));
    for (int round = 0; round < 40; round++) {
        lead_topology *topology = test_random_network(random, N, round % 3);
        double tm[N * N], limit = pow(10, -7 + round % 5);
        test_random_tm(random, N, 2, tm);
        lead_te_plan exact = once(topology, (lead_te_options){0}, tm);
        lead_te_objective objective = LEAD_TE_OBJECTIVE_MLU + round % 3;
        lead_te_plan plan =
            once(topology, (lead_te_options){.objective = objective, .time_limit = limit}, tm);
        assert_true(plan.bound <= exact.mlu * (1 + 1e-9));
        assert_true(objective == LEAD_TE_OBJECTIVE_PHI || plan.bound > 0.05 * exact.mlu);
        assert_true(plan.mlu >= exact.mlu * (1 - 1e-6));
        load_of(topology, &plan, tm);
        lead_te_plan_clear(&exact);
        lead_te_plan_clear(&plan);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* No traffic needs no program, and the next TM finds everything in order. */
static void silence_is_no_trouble(void **state) {
    (void)state;
    lead_topology *topology = triangle_and_pair();
    for (int objective = LEAD_TE_OBJECTIVE_DEFAULT; objective <= LEAD_TE_OBJECTIVE_MLU_PHI;
         objective++)
        for (int exact = 0; exact < 2; exact++) {
            subject self =
                start(topology, (lead_te_options){.objective = (lead_te_objective)objective,
                                                  .gap = exact ? 0 : 0.01});
            double tm[25] = {0};
            for (int epoch = 0; epoch < 5; epoch++) {
                tm[0 * 5 + 1] = epoch % 2 ? 8 : 0;
                lead_te_plan plan = next(&self, tm);
                assert_true(epoch % 2 ? plan.mlu > 0.39 && plan.mlu < 0.48
                                      : plan.mlu == 0 && plan.optimal && plan.bound == 0);
                lead_te_plan_clear(&plan);
            }
            lead_te_free(self.te);
        }
    lead_topology_free(topology);
}

/* Each objective is best at what it is for. */
static void objectives_are_in_order(void **state) {
    (void)state;
    enum { N = 16 };
    gsl_rng *random;
    int different = 0;
    assert_ok(lead_random_alloc(5, "test", &random));
    for (int round = 0; round < 20; round++) {
        lead_topology *topology = test_random_network(random, N, round % 3);
        double tm[N * N];
        test_random_tm(random, N, 1, tm);
        lead_te_plan mlu =
            once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_MLU}, tm);
        for (int od = 0; od < N * N; od++) /* to where Phi bends */
            tm[od] *= (0.3 + 0.06 * round) / mlu.mlu;
        lead_te_plan_clear(&mlu);
        mlu = once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_MLU}, tm);
        lead_te_plan phi =
                         once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_PHI}, tm),
                     both = once(topology,
                                 (lead_te_options){.objective = LEAD_TE_OBJECTIVE_MLU_PHI}, tm);
        assert_near(both.mlu, mlu.mlu, 1e-6 * mlu.mlu);
        assert_true(phi.phi <= both.phi * (1 + 2e-6));
        assert_true(both.phi <= mlu.phi * (1 + 2e-6));
        assert_true(phi.mlu >= mlu.mlu * (1 - 1e-6));
        different += phi.phi < 0.999 * both.phi || both.phi < 0.999 * mlu.phi;
        lead_te_plan_clear(&mlu);
        lead_te_plan_clear(&phi);
        lead_te_plan_clear(&both);
        lead_topology_free(topology);
    }
    assert_true(different > 3);
    gsl_rng_free(random);
}

/* Phi of REPETITA's instances, demands multiplied by `scale`, from the program with a row per node
 * and destination as Clp solves it. */
static void phi_reference_values_are_met(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double scale, phi;
    } known[] = {{"Abilene", 1, 3.21744231e11},        {"Abilene", 1.3, 1.16241954288e13},
                 {"Geant2012", 1, 6.41282856533e11},   {"Geant2012", 1.3, 1.52117500588e13},
                 {"Geant2012", 3, 1.13213423641e15},   {"AttMpls", 0.5, 2.92014398333e10},
                 {"AttMpls", 1, 1.14331017667e11},     {"Uninett2010", 1, 9.95815636667e10},
                 {"Uninett2010", 1.3, 5.736141165e11}, {"Uninett2010", 3, 5.27261662193e13}};
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
        assert_ok(lead_tm_series_scale(series, known[i].scale));
        lead_te_plan plan = once(topology, (lead_te_options){.objective = LEAD_TE_OBJECTIVE_PHI},
                                 lead_tm_series_tm(series, 0));
        assert_near(plan.phi, known[i].phi, 1e-6 * known[i].phi);
        lead_te_plan_clear(&plan);
        lead_tm_series_free(series);
        lead_topology_free(topology);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phi_by_hand),
        cmocka_unit_test(phi_takes_a_long_way_that_costs_less),
        cmocka_unit_test(phi_of_an_overload_by_hand),
        cmocka_unit_test(mlu_comes_before_phi),
        cmocka_unit_test(what_the_mlu_leaves_free_is_optimised),
        cmocka_unit_test(warm_equals_cold),
        cmocka_unit_test(the_same_calls_give_the_same_plans),
        cmocka_unit_test(gaps_are_kept),
        cmocka_unit_test(a_time_limit_leaves_a_plan_and_a_bound),
        cmocka_unit_test(silence_is_no_trouble),
        cmocka_unit_test(objectives_are_in_order),
        cmocka_unit_test(phi_reference_values_are_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
