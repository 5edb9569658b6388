/* What holds for every TE algorithm that there is: traffic arrives, splits and shares sum to 1, no
 * loops, links that are down are left alone, nobody is better than the optimum; capacities and
 * demands may be scaled, nodes be renamed; hard cases get a clear status. */
#include "te_support.h"

enum { N = 10 };

/* The names in lead_te_names(), one by one. */
static int names_of(char names[][32], int room) {
    int count = 0;
    char text[512];
    snprintf(text, sizeof text, "%s", lead_te_names());
    for (char *name = strtok(text, ", "); name; name = strtok(NULL, ", ")) {
        assert_true(count < room);
        snprintf(names[count++], 32, "%s", name);
    }
    assert_true(count >= 6);
    return count;
}

static lead_te_plan plan_with(const char *algorithm, const lead_topology *topology,
                              const double *tms, int samples) {
    return test_plan(algorithm, topology, (lead_te_options){.seed = 1, .evaluation_limit = 400},
                     tms, samples);
}

static void random_tm(gsl_rng *random, double *tm) {
    for (int od = 0; od < N * N; od++)
        tm[od] = od / N == od % N || gsl_rng_uniform(random) < 0.2
                     ? 0
                     : 1e5 * gsl_rng_uniform_pos(random);
}

/* Where a unit from s to t goes: flow is conserved at every node and 1 arrives. (A loop would have
 * been refused when the routing was set.) */
static void check_pair(const char *algorithm, const lead_topology *topology,
                       const lead_routing *routing, int s, int t) {
    double share[200] = {0}, through[N], balance[N] = {0};
    lead_routing_trace(routing, s, t, through, share);
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const lead_link *link = lead_topology_link(topology, e);
        if (share[e] < 0 || share[e] > 1 + 1e-9 || (share[e] > 0 && !link->up))
            fail_msg("%s: link %d has %g of %d-%d", algorithm, e, share[e], s, t);
        balance[link->source] -= share[e];
        balance[link->destination] += share[e];
    }
    for (int v = 0; v < N; v++)
        assert_near(balance[v], v == t ? 1 : v == s ? -1 : 0, 1e-9);
}

static void check_shares(const lead_routing *routing) {
    for (int od = 0; od < N * N; od++) {
        const lead_path *paths;
        double sum = 0;
        int count = od / N == od % N ? 0 : lead_routing_paths(routing, od / N, od % N, &paths);
        for (int i = 0; i < count; i++)
            sum += paths[i].share;
        if (count > 0)
            assert_near(sum, 1, 1e-12);
    }
}

static void invariants_hold(void **state) {
    (void)state;
    char names[16][32];
    int count = names_of(names, 16);
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int round = 0; round < 25; round++) {
        lead_topology *topology = test_random_network(random, N, round % 3);
        double tm[N * N], loads[200];
        random_tm(random, tm);
        if (round % 2)
            test_take_links_down(random, topology, 8);
        lead_te_plan best = plan_with("mcf", topology, tm, 1);
        assert_true(best.optimal);
        for (int a = 0; a < count; a++) {
            lead_te_plan plan = plan_with(names[a], topology, tm, 1);
            assert_ok(lead_routing_loads(plan.routing, tm, loads));
            assert_near(lead_mlu(topology, loads), plan.mlu, 1e-9 * plan.mlu);
            assert_near(lead_phi(topology, loads), plan.phi, 1e-9 * plan.phi);
            assert_true(plan.mlu >= best.mlu * (1 - 1e-6));
            assert_true(plan.bound <= best.mlu * (1 + 1e-6));
            check_shares(plan.routing);
            for (int od = 0; od < N * N; od++)
                if (od / N != od % N)
                    check_pair(names[a], topology, plan.routing, od / N, od % N);
            lead_te_plan_clear(&plan);
        }
        lead_te_plan_clear(&best);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* A copy with all capacities times a factor and node v called, and numbered, `renamed[v]`. Weights
 * that no two paths share, so that no tie depends on numbers. */
static lead_topology *altered(const lead_topology *from, double factor, const int *renamed) {
    lead_topology *to;
    int original[N];
    assert_ok(lead_topology_alloc(&to));
    for (int v = 0; v < N; v++)
        original[renamed[v]] = v;
    for (int v = 0; v < N; v++)
        assert_ok(lead_topology_add_node(to, lead_topology_node_name(from, original[v]), NULL));
    for (int e = 0; e < lead_topology_link_count(from); e++) {
        lead_link link = *lead_topology_link(from, e);
        link.source = renamed[link.source];
        link.destination = renamed[link.destination];
        link.capacity *= factor;
        link.weight = 1 + sqrt(2 + e);
        assert_ok(lead_topology_add_link(to, link, NULL));
    }
    return to;
}

static const int same[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                 other[N] = {3, 7, 0, 9, 1, 8, 2, 6, 5, 4};

/* Algorithms without chance: their MLU is a function of the network, whatever its units and names.
 */
static void units_and_names_do_not_matter(void **state) {
    (void)state;
    static const char *const exact[] = {"ecmp", "mcf", "paths", "robust", "sr"};
    gsl_rng *random;
    assert_ok(lead_random_alloc(2, "test", &random));
    for (int round = 0; round < 12; round++) {
        lead_topology *made = test_random_network(random, N, 1);
        lead_topology *plain = altered(made, 1, same), *larger = altered(made, 1e3, same),
                      *renamed = altered(made, 1, other);
        double tm[N * N], loud[N * N], moved[N * N];
        random_tm(random, tm);
        for (int od = 0; od < N * N; od++) {
            loud[od] = 1e3 * tm[od];
            moved[other[od / N] * N + other[od % N]] = tm[od];
        }
        for (size_t a = 0; a < sizeof exact / sizeof *exact; a++) {
            lead_te_plan plans[4] = {
                plan_with(exact[a], plain, tm, 1), plan_with(exact[a], larger, tm, 1),
                plan_with(exact[a], plain, loud, 1), plan_with(exact[a], renamed, moved, 1)};
            static const double factors[4] = {1, 1e-3, 1e3, 1};
            for (int i = 1; i < 4; i++)
                if (fabs(plans[i].mlu - factors[i] * plans[0].mlu) > 1e-5 * plans[i].mlu)
                    fail_msg("%s, way %d: MLU %.9g, as it was %.9g", exact[a], i, plans[i].mlu,
                             factors[i] * plans[0].mlu);
            for (int i = 0; i < 4; i++)
                lead_te_plan_clear(&plans[i]);
        }
        lead_topology_free(made);
        lead_topology_free(plain);
        lead_topology_free(larger);
        lead_topology_free(renamed);
    }
    gsl_rng_free(random);
}

/* The same twice, and the samples' order does not matter where they are equally likely. */
static void plans_are_reproducible(void **state) {
    (void)state;
    char names[16][32];
    int count = names_of(names, 16);
    gsl_rng *random;
    assert_ok(lead_random_alloc(3, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    double tms[4 * N * N], loads[200], again[200];
    for (int k = 0; k < 4; k++)
        random_tm(random, tms + k * N * N);
    for (int a = 0; a < count; a++) {
        lead_te_plan one = plan_with(names[a], topology, tms, 4),
                     two = plan_with(names[a], topology, tms, 4);
        assert_ok(lead_routing_loads(one.routing, tms, loads));
        assert_ok(lead_routing_loads(two.routing, tms, again));
        assert_memory_equal(loads, again,
                            (size_t)lead_topology_link_count(topology) * sizeof *loads);
        lead_te_plan_clear(&one);
        lead_te_plan_clear(&two);
    }
    lead_topology_free(topology);
    gsl_rng_free(random);
}

static void hard_cases_get_a_clear_status(void **state) {
    (void)state;
    char names[16][32];
    int count = names_of(names, 16);
    lead_topology *topology = test_diamond();
    lead_te_options options = {.evaluation_limit = 100};
    lead_te_plan plan;
    for (int a = 0; a < count; a++) {
        double tm[16] = {0}, loads[8];
        lead_te *te;
        lead_te_demand demand = {.tms = tm, .samples = 1}, none = {0};
        assert_ok(lead_te_alloc(lead_te_find(names[a]), topology, &options, &te));
        assert_ok(lead_te_plan_for(te, &demand, &plan)); /* a zero TM */
        assert_near(plan.mlu, 0, 0);
        lead_te_plan_clear(&plan);
        if (lead_te_find(names[a])->needs_demand)
            assert_fails(lead_te_plan_for(te, &none, &plan), LEAD_INVALID,
                         "needs a traffic matrix");
        tm[3] = NAN;
        assert_fails(lead_te_plan_for(te, &demand, &plan), LEAD_NUMERIC, "nan bit/s from node 0");
        assert_null(plan.routing);
        for (int i = 0; i < 2; i++) { /* beyond what arithmetic holds */
            tm[3] = i ? 1e-310 : 1e308;
            assert_fails(lead_te_plan_for(te, &demand, &plan), LEAD_NUMERIC, "is out of range");
            assert_null(plan.routing);
        }
        tm[3] = 1;
        assert_ok(lead_topology_set_up(topology, 4, false));
        assert_ok(lead_te_plan_for(te, &demand, &plan)); /* one way is left */
        assert_ok(lead_routing_loads(plan.routing, tm, loads));
        assert_near(loads[6], 1, 1e-9);
        lead_te_plan_clear(&plan);
        assert_ok(lead_topology_set_up(topology, 6, false));
        assert_ok(lead_te_plan_for(te, &demand, &plan)); /* none is left */
        assert_near(plan.disconnected, 1, 0);
        lead_te_plan_clear(&plan);
        assert_ok(lead_topology_set_up(topology, 4, true));
        assert_ok(lead_te_plan_for(te, &demand, &plan)); /* the other one */
        assert_ok(lead_routing_loads(plan.routing, tm, loads));
        assert_near(loads[4], 1, 1e-9);
        lead_te_plan_clear(&plan);
        assert_ok(lead_topology_set_up(topology, 6, true));
        lead_te_free(te);
    }
    assert_null(lead_te_find("nonesuch"));
    lead_topology_free(topology);
}

/* Zero capacity is no link at all. */
static void a_link_of_no_capacity_is_refused(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    assert_fails(lead_topology_add_link(topology, (lead_link){0, 3, 0, 0, 1, true, 0}, NULL),
                 LEAD_NUMERIC, "capacity 0 bit/s is not positive");
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invariants_hold), cmocka_unit_test(units_and_names_do_not_matter),
        cmocka_unit_test(plans_are_reproducible), cmocka_unit_test(hard_cases_get_a_clear_status),
        cmocka_unit_test(a_link_of_no_capacity_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
