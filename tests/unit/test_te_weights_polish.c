/* te/weights_polish: weight changes that help only together. */
#include "support.h"
#include "te/weights/polish.h"

enum { MAX_WEIGHT = 12, PART = 5 };

typedef struct bench {
    lead_te_spf *spf;
    lead_te_cost *cost;
} bench;

static bool never_over(void *budget) {
    ++*(long *)budget;
    return false;
}

static bool over_at_once(void *budget) {
    ++*(long *)budget;
    return true;
}

static const double certain = 1;

static bench bench_for(const lead_topology *topology, const double *tm, int weight) {
    bench self;
    lead_te_options options = {0};
    int weights[400];
    assert_ok(lead_te_spf_alloc(topology, tm, 1, &self.spf));
    assert_ok(lead_te_cost_alloc(topology, self.spf, &options, LEAD_TE_OBJECTIVE_MLU, &certain,
                                 &self.cost));
    for (int e = 0; e < self.spf->m; e++)
        weights[e] = weight;
    lead_te_spf_set(self.spf, weights);
    return self;
}

static void bench_free(bench *self) {
    lead_te_cost_free(self->cost);
    lead_te_spf_free(self->spf);
}

static double mlu_of(bench *self) {
    return lead_te_cost_of(self->cost, self->spf, false, INFINITY).mlu;
}

/* `parts` times: A and B fill the link from B to D, until A goes round over C and E, which one
 * change does. As long as one part stays as it is so does the MLU. */
static void parts_are_relieved_together(void **state) {
    (void)state;
    static const test_edge part[] = {
        {0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 10, 1}, {2, 4, 10, 1}, {4, 3, 10, 1}};
    static const double wanted[] = {0.8, 0.8, 0.8, 1.6}; /* three changes at most */
    for (int parts = 1; parts <= 4; parts++) {
        const int n = PART * parts;
        const int max_weight =
            parts == 1 ? 70000 : MAX_WEIGHT; /* more changes than there is room */
        test_edge edges[4 * 6];
        double tm[400] = {0};
        for (int i = 0; i < 5 * parts; i++) {
            const int first = i / 5 * PART;
            edges[i] = part[i % 5];
            edges[i].source += first;
            edges[i].destination += first;
        }
        for (int i = 0; i < parts; i++) {
            edges[5 * parts + i] = (test_edge){PART * i, PART * (i + 1), 1e3, 1};
            tm[(PART * i) * n + PART * i + 3] = tm[(PART * i + 1) * n + PART * i + 3] = 8;
        }
        lead_topology *topology = test_network(n, edges, 6 * parts - 1);
        bench self = bench_for(topology, tm, 5);
        long spent = 0;
        assert_near(mlu_of(&self), 1.6, 1e-9);
        const long before = self.cost->evaluations;
        assert_ok(lead_te_polish(self.spf, self.cost, max_weight, never_over, &spent));
        assert_true(spent >= self.cost->evaluations - before);
        assert_true(self.cost->evaluations - before >= self.spf->m * (max_weight - 1));
        assert_near(mlu_of(&self), wanted[parts - 1], 1e-9);
        bench_free(&self);
        lead_topology_free(topology);
    }
}

/* On random networks with links that are down: the MLU falls or nothing changes, loads are those of
 * the weights, twice the same, and what is down stays so. */
static void nothing_gets_worse(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(11, "test", &random));
    int lowered = 0;
    for (int round = 0; round < 10; round++) {
        lead_topology *topology = test_random_network(random, 10, 1);
        double *tm = test_random_tms(random, 10, 1);
        assert_ok(lead_topology_set_up(topology, 0, false));
        bench self = bench_for(topology, tm, 4), again = bench_for(topology, tm, 4);
        const size_t m = (size_t)self.spf->m;
        const double before = mlu_of(&self);
        long spent = 0;
        assert_ok(lead_te_polish(self.spf, self.cost, MAX_WEIGHT, never_over, &spent));
        assert_ok(lead_te_polish(again.spf, again.cost, MAX_WEIGHT, never_over, &spent));
        assert_memory_equal(self.spf->weight, again.spf->weight, m * sizeof(int));
        for (size_t e = 0; e < m; e++)
            assert_in_range(self.spf->weight[e], 1, MAX_WEIGHT);
        lead_te_spf_set(again.spf, self.spf->weight);
        assert_memory_equal(self.spf->load, again.spf->load, m * sizeof(int64_t));
        assert_true(self.spf->load[0] == 0);
        lowered += mlu_of(&self) < before * (1 - 1e-6);
        assert_true(mlu_of(&self) <= before);
        bench_free(&self);
        bench_free(&again);
        free(tm);
        lead_topology_free(topology);
    }
    assert_true(lowered > 5);
    gsl_rng_free(random);
}

static void a_spent_budget_ends_it(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(12, "test", &random));
    lead_topology *topology = test_random_network(random, 12, 1);
    double *tm = test_random_tms(random, 12, 1);
    bench self = bench_for(topology, tm, 4);
    long spent = 0;
    assert_ok(lead_te_polish(self.spf, self.cost, MAX_WEIGHT, over_at_once, &spent));
    assert_int_equal(spent, 1);
    for (int e = 0; e < self.spf->m; e++)
        assert_int_equal(self.spf->weight[e], 4);
    bench_free(&self);
    free(tm);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_are_relieved_together),
                                       cmocka_unit_test(nothing_gets_worse),
                                       cmocka_unit_test(a_spent_budget_ends_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
