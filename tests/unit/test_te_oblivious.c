/* te/oblivious and te/smore: bounds that theory knows, the worst of many demands against the
 * optimum, paths that are whole, determinism. */
#include "te/trees/raecke.h"
#include "te_support.h"

static lead_te_plan plan_with(const char *algorithm, const lead_topology *topology,
                              const double *tm, lead_te_options options) {
    return test_plan(algorithm, topology, options, tm, 1);
}

static double mlu_of(const lead_topology *topology, const lead_routing *routing, const double *tm) {
    double loads[200];
    assert_ok(lead_routing_loads(routing, tm, loads));
    return lead_mlu(topology, loads);
}

/* The largest MLU over the optimum for single pairs, permutations and random TMs. */
static double worst_ratio(const lead_topology *topology, const lead_routing *routing,
                          gsl_rng *random) {
    int n = lead_topology_node_count(topology);
    double tm[400], worst = 0;
    assert_true(n <= 20);
    for (int trial = 0; trial < n * n + 60; trial++) {
        memset(tm, 0, sizeof tm);
        int shift = 1 + (int)gsl_rng_uniform_int(random, (unsigned long)n - 1);
        for (int od = 0; od < n * n; od++) {
            if (od / n == od % n)
                continue;
            if (trial < n * n)
                tm[od] = od == trial;
            else if (trial % 2)
                tm[od] = (od / n + shift) % n == od % n;
            else
                tm[od] = pow(gsl_rng_uniform(random), 4);
        }
        if (lead_tm_total(tm, n) <= 0)
            continue;
        lead_te_plan best = plan_with("mcf", topology, tm, (lead_te_options){0});
        worst = fmax(worst, mlu_of(topology, routing, tm) / best.mlu);
        lead_te_plan_clear(&best);
    }
    return worst;
}

/* On a tree there is one way; on a ring of equal links 2 - 2 / n is the best that anybody can do.
 */
static void trees_and_rings(void **state) {
    (void)state;
    enum { N = 8 };
    gsl_rng *random;
    test_edge ring[N], tree[N - 1];
    double tm[N * N] = {0};
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int v = 0; v < N; v++)
        ring[v] = (test_edge){v, (v + 1) % N, 10, 1};
    for (int v = 1; v < N; v++)
        tree[v - 1] = (test_edge){v / 2, v, 10.0 * v, 1};
    lead_topology *round = test_network(N, ring, N), *branched = test_network(N, tree, N - 1);
    lead_te_plan plan = plan_with("oblivious", branched, tm, (lead_te_options){.seed = 1});
    assert_near(worst_ratio(branched, plan.routing, random), 1, 1e-6);
    lead_te_plan_clear(&plan);
    plan = plan_with("oblivious", round, tm, (lead_te_options){.seed = 1});
    double ratio = worst_ratio(round, plan.routing, random);
    assert_true(ratio >= 1.5 && ratio < 2.2);
    lead_te_plan_clear(&plan);
    lead_topology_free(round);
    lead_topology_free(branched);
    gsl_rng_free(random);
}

/* Far better in the worst case than shortest paths, which know no demand either. */
static void the_worst_demand_is_not_bad(void **state) {
    (void)state;
    enum { N = 12 };
    gsl_rng *random;
    double ours = 0, shortest = 0, tm[N * N] = {0};
    assert_ok(lead_random_alloc(2, "test", &random));
    for (int i = 0; i < 5; i++) {
        lead_topology *topology = test_random_network(random, N, 1);
        lead_te_plan plan = plan_with("oblivious", topology, tm, (lead_te_options){.seed = 1}),
                     ecmp = plan_with("ecmp", topology, tm, (lead_te_options){0});
        double ratio = worst_ratio(topology, plan.routing, random);
        assert_true(ratio < 6);
        ours += ratio;
        shortest += worst_ratio(topology, ecmp.routing, random);
        lead_te_plan_clear(&plan);
        lead_te_plan_clear(&ecmp);
        lead_topology_free(topology);
    }
    assert_true(ours < 0.8 * shortest);
    gsl_rng_free(random);
}

static void it_depends_on_seed_and_links(void **state) {
    (void)state;
    enum { N = 12 };
    gsl_rng *random;
    double tm[N * N], loads[3][200];
    assert_ok(lead_random_alloc(3, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    int m = lead_topology_link_count(topology);
    for (int od = 0; od < N * N; od++)
        tm[od] = od / N != od % N;
    static const uint64_t seeds[3] = {1, 1, 2};
    for (int i = 0; i < 3; i++) {
        lead_te_plan plan =
            plan_with("oblivious", topology, tm, (lead_te_options){.seed = seeds[i]});
        assert_ok(lead_routing_loads(plan.routing, tm, loads[i]));
        lead_te_plan_clear(&plan);
    }
    assert_memory_equal(loads[0], loads[1], (size_t)m * sizeof(double));
    assert_memory_not_equal(loads[0], loads[2], (size_t)m * sizeof(double));
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* With all of its paths smore can do what oblivious does; `path_choice: oblivious` of paths is the
 * same plan, and robust's for one TM costs the same. */
static void smore_is_not_worse(void **state) {
    (void)state;
    enum { N = 12 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(4, "test", &random));
    for (int i = 0; i < 8; i++) {
        lead_topology *topology = test_random_network(random, N, 1);
        double tm[N * N];
        for (int od = 0; od < N * N; od++)
            tm[od] = od / N == od % N ? 0 : gsl_rng_uniform_pos(random);
        lead_te_options all = {.seed = 1, .paths = 64},
                        few = {.seed = 1, .paths = 2, .path_choice = LEAD_TE_PATHS_OBLIVIOUS};
        lead_te_plan oblivious = plan_with("oblivious", topology, tm, all),
                     smore = plan_with("smore", topology, tm, all),
                     two = plan_with("smore", topology, tm, few),
                     paths = plan_with("paths", topology, tm, few),
                     robust = plan_with("robust", topology, tm, few);
        assert_true(smore.mlu <= oblivious.mlu * (1 + 1e-6));
        assert_true(smore.mlu <= two.mlu * (1 + 1e-4));
        assert_near(paths.mlu, two.mlu, 1e-9 * two.mlu);
        assert_near(robust.mlu, two.mlu, 1e-9 * two.mlu);
        lead_te_plan_clear(&oblivious);
        lead_te_plan_clear(&smore);
        lead_te_plan_clear(&two);
        lead_te_plan_clear(&paths);
        lead_te_plan_clear(&robust);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* `paths: 2` leaves the two of largest share, which share the pair as before. */
static void few_of_its_paths(void **state) {
    (void)state;
    enum { N = 12 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(6, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    double tm[N * N];
    int cut = 0;
    for (int od = 0; od < N * N; od++)
        tm[od] = od / N == od % N ? 0 : gsl_rng_uniform_pos(random);
    lead_te_plan all = plan_with("oblivious", topology, tm, (lead_te_options){.seed = 1}),
                 two =
                     plan_with("oblivious", topology, tm, (lead_te_options){.seed = 1, .paths = 2});
    for (int od = 0; od < N * N; od++) {
        const lead_path *of_all, *of_two;
        int many = lead_routing_paths(all.routing, od / N, od % N, &of_all),
            few = lead_routing_paths(two.routing, od / N, od % N, &of_two);
        assert_int_equal(few, many < 2 ? many : 2);
        cut += many > 2;
        for (int i = 0; i < few; i++) {
            double both = few == 2 ? of_all[0].share + of_all[1].share : 1;
            assert_near(of_two[i].share, of_all[i].share / both, 1e-12);
            assert_int_equal(of_two[i].length, of_all[i].length);
            assert_memory_equal(of_two[i].links, of_all[i].links,
                                (size_t)of_two[i].length * sizeof(int));
        }
    }
    assert_true(cut > 20);
    lead_te_plan_clear(&all);
    lead_te_plan_clear(&two);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* Nodes without a way there and back have no paths; the others have. */
static void parts_that_are_apart(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {2, 3, 10, 1}};
    lead_topology *topology = test_network(4, edges, 2);
    lead_raecke *raecke;
    lead_path paths[8];
    int links[8 * 4], count;
    assert_ok(lead_raecke_alloc(topology, 1, 0, &raecke));
    lead_raecke_pair(raecke, 0, 2, 8, paths, links, &count);
    assert_int_equal(count, 0);
    lead_raecke_pair(raecke, 2, 3, 8, paths, links, &count);
    assert_int_equal(count, 1);
    assert_int_equal(paths[0].links[0], 2);
    assert_near(paths[0].share, 1, 1e-12);
    lead_raecke_free(raecke);
    lead_topology_free(topology);
}

static lead_topology *uneven_network(gsl_rng *random, int n, double ratio) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < n; v++)
        assert_ok(lead_topology_add_node(topology, (char[]){(char)('A' + v), '\0'}, NULL));
    for (int i = 1; i < 2 * n; i++) {
        int a = i < n ? i : (int)gsl_rng_uniform_int(random, (unsigned long)n),
            b = (int)gsl_rng_uniform_int(random, (unsigned long)(i < n ? i : n));
        for (int back = 0; back < 2 && a != b; back++) {
            lead_link link = {
                back ? b : a, back ? a : b, pow(ratio, gsl_rng_uniform(random)), 1e-3, 0, true, 0};
            assert_ok(lead_topology_add_link(topology, link, NULL));
        }
    }
    return topology;
}

/* Lengths that are exp(burden) / capacity lose the small ones: paths are whole all the same. */
static void directions_may_differ_by_any_ratio(void **state) {
    (void)state;
    enum { N = 7 };
    static const double ratios[] = {1e3, 1e5, 1e18, 1e19};
    gsl_rng *random;
    double tm[N * N], loads[200];
    assert_ok(lead_random_alloc(5, "test", &random));
    for (int od = 0; od < N * N; od++)
        tm[od] = od / N != od % N;
    for (int i = 0; i < 800; i++) {
        lead_topology *topology = uneven_network(random, N, ratios[i % 4]);
        const char *algorithm = i % 20 < 4 ? "smore" : "oblivious";
        lead_te_plan plan =
            plan_with(algorithm, topology, tm, (lead_te_options){.seed = (uint64_t)i});
        assert_ok(lead_routing_loads(plan.routing, tm, loads));
        for (int t = 0; t < N; t++) { /* all arrives: no path stops short */
            double arrived = 0;
            for (int e = 0; e < lead_topology_link_count(topology); e++) {
                const lead_link *link = lead_topology_link(topology, e);
                arrived += link->destination == t ? loads[e] : link->source == t ? -loads[e] : 0;
            }
            assert_near(arrived, 0, 1e-6); /* N - 1 for it and N - 1 from it */
        }
        lead_te_plan_clear(&plan);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(trees_and_rings),
                                       cmocka_unit_test(directions_may_differ_by_any_ratio),
                                       cmocka_unit_test(the_worst_demand_is_not_bad),
                                       cmocka_unit_test(it_depends_on_seed_and_links),
                                       cmocka_unit_test(smore_is_not_worse),
                                       cmocka_unit_test(few_of_its_paths),
                                       cmocka_unit_test(parts_that_are_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
