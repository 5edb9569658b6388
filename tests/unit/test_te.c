/* te: networks solved by hand, and the reference values of REPETITA's instances. */
#include "te_support.h"
#include <lead/formats.h>

static lead_te_plan plan_with(const char *algorithm, const lead_topology *topology,
                              const double *tm, uint64_t seed) {
    return test_plan(algorithm, topology, (lead_te_options){.seed = seed, .evaluation_limit = 300},
                     tm, 1);
}

static void mcf_by_hand(void **state) {
    (void)state;
    /* A to D over B (capacity 10) or C (capacity 30): 20 bit/s split 5 and 15, MLU 1/2. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 30, 1}, {2, 3, 30, 1}};
    lead_topology *topology = test_network(4, edges, 4);
    double tm[16] = {0};
    tm[3] = 20;
    lead_te_plan plan = plan_with("mcf", topology, tm, 1);
    assert_near(plan.mlu, 0.5, 1e-9);
    assert_true(plan.optimal);
    assert_near(lead_routing_splits(plan.routing, 3)[0], 0.25, 1e-6);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

static void mcf_takes_no_detours(void **state) {
    (void)state;
    /* One pair is stuck at utilisation 0.9 on its only link; the other pair, far below that, must
     * still go straight. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {2, 3, 10, 1}, {2, 0, 10, 1}, {0, 3, 10, 1}};
    lead_topology *topology = test_network(4, edges, 4);
    double tm[16] = {0}, loads[8];
    tm[0 * 4 + 1] = 9;
    tm[2 * 4 + 3] = 2;
    lead_te_plan plan = plan_with("mcf", topology, tm, 1);
    assert_ok(lead_routing_loads(plan.routing, tm, loads));
    assert_near(plan.mlu, 0.9, 1e-9);
    assert_near(lead_sum(loads, 8), 11, 1e-6);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

static void weights_find_the_better_way(void **state) {
    (void)state;
    /* Unit weights send A-D and B-D over the link B-D; raising one weight frees it. */
    static const test_edge edges[] = {
        {0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 10, 1}, {2, 4, 10, 1}, {4, 3, 10, 1}};
    lead_topology *topology = test_network(5, edges, 5);
    double tm[25] = {0};
    tm[0 * 5 + 3] = 8;
    tm[1 * 5 + 3] = 8;
    lead_te_plan plan = plan_with("weights", topology, tm, 1);
    assert_near(plan.mlu, 0.8, 1e-9);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

static lead_topology *random_network(int n, unsigned seed) {
    test_edge edges[200];
    int count = 0;
    for (int i = 1; i < n; i++) /* a tree, then chords */
        edges[count++] = (test_edge){(int)((seed * 31u + (unsigned)i * 17u) % (unsigned)i), i,
                                     10 + (seed + (unsigned)i * 7u) % 40, 1 + i % 3};
    for (int i = 0; i < n; i++) {
        int to = (int)((seed * 13u + (unsigned)i * 29u + 5u) % (unsigned)n);
        if (to != i)
            edges[count++] = (test_edge){i, to, 10 + (seed * 3u + (unsigned)i) % 30, 1 + i % 4};
    }
    return test_network(n, edges, count);
}

static void fill_tm(double *tm, int n, unsigned seed) {
    for (int od = 0; od < n * n; od++)
        tm[od] = od / n == od % n ? 0 : 0.1 + (seed * 7919u + (unsigned)od * 104729u) % 97u / 50.0;
}

static void optimum_scales_with_demand(void **state) {
    (void)state;
    enum { N = 8 };
    lead_topology *topology = random_network(N, 3);
    double tm[N * N];
    fill_tm(tm, N, 3);
    lead_te_plan plan = plan_with("mcf", topology, tm, 1);
    double once = plan.mlu;
    lead_te_plan_clear(&plan);
    for (int od = 0; od < N * N; od++)
        tm[od] *= 1e9;
    plan = plan_with("mcf", topology, tm, 1);
    assert_near(plan.mlu, 1e9 * once, 1e-6 * 1e9 * once);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

static void search_depends_on_the_seed_alone(void **state) {
    (void)state;
    enum { N = 9 };
    lead_topology *topology = random_network(N, 5);
    double tm[N * N];
    fill_tm(tm, N, 5);
    lead_te_plan a = plan_with("weights", topology, tm, 1),
                 b = plan_with("weights", topology, tm, 1);
    assert_memory_equal(a.weights, b.weights,
                        sizeof(double) * (size_t)lead_topology_link_count(topology));
    lead_te_plan_clear(&a);
    lead_te_plan_clear(&b);
    lead_topology_free(topology);
}

static void reference_values_are_met(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double ecmp, optimum;
    } known[] = {{"Abilene", 1.277013, 0.899999},
                 {"Geant2012", 2.101663, 0.899994},
                 {"AttMpls", 1.814354, 0.899993},
                 {"Uninett2010", 1.209046, 0.899835},
                 {"Colt", 1.395680, 0.898647}};
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
        lead_te_plan ecmp = plan_with("ecmp", topology, lead_tm_series_tm(series, 0), 1);
        lead_te_plan mcf = plan_with("mcf", topology, lead_tm_series_tm(series, 0), 1);
        assert_near(ecmp.mlu, known[i].ecmp, 1e-6);
        assert_near(mcf.mlu, known[i].optimum, 1e-6);
        lead_te_plan_clear(&ecmp);
        lead_te_plan_clear(&mcf);
        lead_tm_series_free(series);
        lead_topology_free(topology);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(mcf_by_hand),
                                       cmocka_unit_test(mcf_takes_no_detours),
                                       cmocka_unit_test(weights_find_the_better_way),
                                       cmocka_unit_test(optimum_scales_with_demand),
                                       cmocka_unit_test(search_depends_on_the_seed_alone),
                                       cmocka_unit_test(reference_values_are_met)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
