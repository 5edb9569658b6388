/* Plans that survive failures: what fails together (te/failures), and `mcf` and `paths` under it.
 */
#include "te/common/failures.h"
#include "te/weights/cost.h"
#include "te_support.h"

static lead_te_plan plan_with(const char *algorithm, const lead_topology *topology,
                              lead_te_options options, const double *tm) {
    return test_plan(algorithm, topology, options, tm, 1);
}

static void assert_failure(const lead_failures *failures, int failure, int count,
                           const int *links) {
    assert_int_equal(failures->first[failure + 1] - failures->first[failure], count);
    for (int i = 0; i < count; i++)
        assert_int_equal(failures->links[failures->first[failure] + i], links[i]);
}

/* Links of a pair of nodes fail together, parallel ones pair by pair, one without a way back alone;
 * then the groups, each link with its opposite. */
static void what_fails_together(void **state) {
    (void)state;
    lead_topology *topology;
    lead_failures failures;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < 4; v++)
        assert_ok(lead_topology_add_node(topology, (char[]){(char)('a' + v), 0}, NULL));
    static const struct {
        int from, to, group;
    } links[] = {{0, 1, 7}, {0, 1, 0}, {1, 0, 0}, {1, 0, 3}, {1, 2, 7}, {2, 3, 0}, {3, 2, 3}};
    for (int e = 0; e < 7; e++)
        assert_ok(lead_topology_add_link(
            topology, (lead_link){links[e].from, links[e].to, 1e6, 0, 1, true, links[e].group},
            NULL));
    assert_ok(lead_failures_alloc(topology, LEAD_TE_SURVIVE_NOTHING, &failures));
    assert_int_equal(failures.count, 0);
    lead_failures_free(&failures);
    assert_ok(lead_failures_alloc(topology, LEAD_TE_SURVIVE_GROUPS, &failures));
    assert_int_equal(failures.count, 6);
    assert_failure(&failures, 0, 2, (int[]){0, 2});
    assert_failure(&failures, 1, 2, (int[]){1, 3});
    assert_failure(&failures, 2, 1, (int[]){4});
    assert_failure(&failures, 3, 2, (int[]){5, 6});
    assert_failure(&failures, 4, 4, (int[]){1, 3, 5, 6}); /* group 3 */
    assert_failure(&failures, 5, 3, (int[]){0, 2, 4});    /* group 7 */
    assert_int_equal(failures.first_of_link[1] - failures.first_of_link[0], 2);
    assert_int_equal(failures.of_link[failures.first_of_link[0]], 0);
    assert_int_equal(failures.of_link[failures.first_of_link[0] + 1], 5);
    lead_failures_free(&failures);
    assert_ok(lead_topology_set_up(topology, 2, false));
    assert_ok(lead_failures_alloc(topology, LEAD_TE_SURVIVE_LINKS, &failures));
    assert_int_equal(failures.count, 4);
    assert_failure(&failures, 0, 1, (int[]){0});
    lead_failures_free(&failures);
    assert_fails(lead_topology_add_link(topology, (lead_link){0, 2, 1, 0, 1, true, -1}, NULL),
                 LEAD_INVALID, "risk group -1");
    lead_topology_free(topology);
}

/* Three ways of 10 for 8. Any one may fail: half reserved on each, 0.4. Where the first two share a
 * duct the third must hold all: reserved 8 there, so 0.8; without failure 8 / 2 or less on it. */
static void groups_are_survived(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 4, 10, 1}, {0, 2, 10, 1},
                                      {2, 4, 10, 1}, {0, 3, 10, 1}, {3, 4, 10, 1}};
    static const char *const algorithms[] = {"mcf", "paths"};
    lead_topology *plain = test_network(5, edges, 6), *shared;
    double tm[25] = {0};
    tm[4] = 8;
    assert_ok(lead_topology_alloc(&shared));
    for (int v = 0; v < 5; v++)
        assert_ok(lead_topology_add_node(shared, lead_topology_node_name(plain, v), NULL));
    for (int e = 0; e < lead_topology_link_count(plain); e++) {
        lead_link link = *lead_topology_link(plain, e);
        link.risk_group = link.source == 0 && link.destination < 3;
        assert_ok(lead_topology_add_link(shared, link, NULL));
    }
    for (int a = 0; a < 2; a++) {
        lead_te_options options = {.survive = LEAD_TE_SURVIVE_LINKS};
        lead_te_plan plan = plan_with(algorithms[a], shared, options, tm);
        assert_near(plan.failure_mlu, 0.4, 1e-4);
        assert_near(plan.mlu, 8.0 / 30, 1e-4);
        lead_te_plan_clear(&plan);
        options.survive = LEAD_TE_SURVIVE_GROUPS;
        plan = plan_with(algorithms[a], shared, options, tm);
        assert_near(plan.failure_mlu, 0.8, 1e-4);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(plain);
    lead_topology_free(shared);
}

/* A way of 20 and one of 5 for 4: either must take all, 0.8 at worst. Until then nearly all of it,
 * and not half, takes the wide one: 0.2, and not 0.4 on the narrow one. */
static void reserves_are_not_used_for_nothing(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 20, 1}, {1, 3, 20, 1}, {0, 2, 5, 1}, {2, 3, 5, 1}};
    static const char *const algorithms[] = {"mcf", "paths", "robust", "smore"};
    lead_topology *topology = test_network(4, edges, 4);
    double tm[16] = {0};
    tm[3] = 4;
    for (int a = 0; a < 4; a++) {
        lead_te_options options = {.survive = LEAD_TE_SURVIVE_LINKS};
        lead_te_plan plan = plan_with(algorithms[a], topology, options, tm);
        const lead_path *paths;
        assert_near(plan.failure_mlu, 0.8, 1e-9);
        assert_near(plan.mlu, 0.199, 1e-9);
        assert_int_equal(lead_routing_paths(plan.routing, 0, 3, &paths), 2);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

/* Ways of 10, 10, 10 and 6 for 12. Any one may fail: equal shares of the wide three are best, 0.4
 * and then 0.6. Where the first two share a duct only all four keep the third from 1.2: 0.5 and
 * then 1. */
static void weights_survive_groups(void **state) {
    (void)state;
    lead_topology *topology;
    double tm[36] = {0};
    tm[5] = 12;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < 6; v++)
        assert_ok(lead_topology_add_node(topology, (char[]){(char)('a' + v), 0}, NULL));
    for (int way = 1; way < 5; way++)
        for (int e = 0; e < 4; e++) { /* there, there, back, back */
            static const int from[] = {0, -1, 5, -1}, to[] = {-1, 5, -1, 0};
            lead_link link = {from[e] < 0 ? way : from[e],
                              to[e] < 0 ? way : to[e],
                              way < 4 ? 10 : 6,
                              0,
                              1,
                              true,
                              e == 0 && way < 3};
            assert_ok(lead_topology_add_link(topology, link, NULL));
        }
    for (int groups = 0; groups < 2; groups++) {
        lead_te_options options = {.evaluation_limit = 20000,
                                   .objective = LEAD_TE_OBJECTIVE_MLU,
                                   .weight_rule = LEAD_WEIGHTS_UNIT,
                                   .survive =
                                       groups ? LEAD_TE_SURVIVE_GROUPS : LEAD_TE_SURVIVE_LINKS};
        lead_te_plan plan = plan_with("weights", topology, options, tm);
        assert_near(plan.mlu, groups ? 0.5 : 0.4, 1e-9);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

/* A chain of seven cables in one group: none of the failures leaves the traffic from end to end a
 * way, the group's no more than one cable's. */
static void chains_do_not_survive(void **state) {
    (void)state;
    enum { N = 8 };
    lead_topology *topology;
    lead_te_options options = {.survive = LEAD_TE_SURVIVE_GROUPS};
    double tm[N * N] = {0}, probability = 1;
    lead_te_spf *spf;
    lead_te_cost *cost;
    tm[N - 1] = 1e6;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < N; v++)
        assert_ok(lead_topology_add_node(topology, (char[]){(char)('a' + v), 0}, NULL));
    for (int v = 0; v + 1 < N; v++) {
        assert_ok(
            lead_topology_add_link(topology, (lead_link){v, v + 1, 1e7, 0, 1, true, 1}, NULL));
        assert_ok(
            lead_topology_add_link(topology, (lead_link){v + 1, v, 1e7, 0, 1, true, 1}, NULL));
    }
    assert_ok(lead_te_spf_alloc(topology, tm, 1, &spf));
    lead_te_spf_set(spf, (int[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    assert_ok(
        lead_te_cost_alloc(topology, spf, &options, LEAD_TE_OBJECTIVE_MLU, &probability, &cost));
    assert_int_equal(cost->all.count, N);
    assert_int_equal(cost->failure_count, 0);
    assert_near(lead_te_cost_of(cost, spf, false, INFINITY).mlu, 0.1, 1e-9);
    lead_te_cost_free(cost);
    lead_te_spf_free(spf);
    lead_topology_free(topology);
}

/* Utilisation of the worst link when those of `failure` are gone and every pair's other paths have
 * taken over. */
static double worst_after(const lead_topology *topology, const lead_routing *routing,
                          const double *tm, const lead_failures *failures, int failure) {
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    double *loads = calloc((size_t)m, sizeof *loads), worst = 0;
    bool *gone = calloc((size_t)m, sizeof *gone);
    for (int i = failures->first[failure]; i < failures->first[failure + 1]; i++)
        gone[failures->links[i]] = true;
    for (int od = 0; od < n * n; od++) {
        const lead_path *paths;
        int count = od / n == od % n ? 0 : lead_routing_paths(routing, od / n, od % n, &paths);
        double left = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int i = 0; i < count; i++) {
                bool whole = true;
                for (int k = 0; k < paths[i].length; k++)
                    whole = whole && !gone[paths[i].links[k]];
                if (whole && pass == 0)
                    left += paths[i].share;
                for (int k = 0; whole && pass == 1 && k < paths[i].length; k++)
                    loads[paths[i].links[k]] += tm[od] * paths[i].share / left;
            }
    }
    for (int e = 0; e < m; e++)
        worst = fmax(worst, loads[e] / lead_topology_link(topology, e)->capacity);
    free(loads);
    free(gone);
    return worst;
}

/* On random networks `mcf` reserves as little as the program over all paths that there are (64
 * shortest of 6 nodes), and what it promises holds after every failure. */
static void all_paths_are_found(void **state) {
    (void)state;
    enum { N = 6 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(3, "test", &random));
    for (int round = 0; round < 25; round++) {
        lead_topology *topology = test_random_network(random, N, 1);
        double tm[N * N];
        lead_failures failures;
        for (int od = 0; od < N * N; od++)
            tm[od] = od / N == od % N ? 0 : 1e5 * gsl_rng_uniform_pos(random);
        lead_te_options options = {.survive = LEAD_TE_SURVIVE_LINKS};
        lead_te_plan plan = plan_with("mcf", topology, options, tm);
        options.paths = 64;
        lead_te_plan all = plan_with("paths", topology, options, tm);
        assert_near(plan.failure_mlu, all.failure_mlu, 1e-4 * all.failure_mlu);
        assert_ok(lead_failures_alloc(topology, LEAD_TE_SURVIVE_LINKS, &failures));
        for (int i = 0; i < failures.count; i++) {
            assert_true(worst_after(topology, plan.routing, tm, &failures, i) <=
                        plan.failure_mlu * (1 + 1e-6));
            assert_true(worst_after(topology, all.routing, tm, &failures, i) <=
                        all.failure_mlu * (1 + 1e-6));
        }
        lead_failures_free(&failures);
        lead_te_plan_clear(&plan);
        lead_te_plan_clear(&all);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* The next TM goes on from the last program and comes to what one from nothing comes to; Phi is
 * refused; a time that is too short still gives a routing. */
static void going_on_and_limits(void **state) {
    (void)state;
    enum { N = 8 };
    gsl_rng *random;
    lead_te *te, *none;
    lead_te_options options = {.survive = LEAD_TE_SURVIVE_LINKS};
    assert_ok(lead_random_alloc(4, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    assert_ok(lead_te_alloc(lead_te_find("mcf"), topology, &options, &te));
    for (int epoch = 0; epoch < 5; epoch++) {
        double tm[N * N];
        lead_te_demand demand = {.tms = tm, .samples = 1};
        lead_te_plan plan;
        for (int od = 0; od < N * N; od++)
            tm[od] = od / N == od % N ? 0 : 1e5 * gsl_rng_uniform_pos(random);
        assert_ok(lead_te_plan_for(te, &demand, &plan));
        lead_te_plan anew = plan_with("mcf", topology, options, tm);
        assert_near(plan.failure_mlu, anew.failure_mlu, 1e-4 * anew.failure_mlu);
        lead_te_plan_clear(&plan);
        lead_te_plan_clear(&anew);
        options.time_limit = 1e-6;
        plan = plan_with("mcf", topology, options, tm);
        assert_non_null(plan.routing);
        options.time_limit = 0;
        lead_te_plan_clear(&plan);
    }
    lead_te_free(te);
    options.objective = LEAD_TE_OBJECTIVE_PHI;
    assert_fails(lead_te_alloc(lead_te_find("mcf"), topology, &options, &none), LEAD_INVALID,
                 "not for Phi");
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* --- weights ---------------------------------------------------------------------------------- */

static lead_te_plan plan_weights(const lead_topology *topology, const double *tm,
                                 lead_te_options options) {
    return plan_with("weights", topology, options, tm);
}

/* The MLU when a link and its opposite (one index on) are out. */
static double mlu_without(const lead_topology *topology, const double *weights, const double *tm,
                          int link) {
    lead_topology *cut;
    assert_ok(lead_topology_copy(topology, &cut));
    assert_ok(lead_topology_set_up(cut, link, false));
    assert_ok(lead_topology_set_up(cut, link + 1, false));
    double mlu = test_mlu_of_weights(cut, weights, tm);
    lead_topology_free(cut);
    return mlu;
}

static void plans_survive_a_failure(void **state) {
    (void)state;
    /* A to D, 6 bit/s, over B (10), C (10) or E (6). B and C alone: 0.3, and 0.6 when one fails;
     * all three: 1/3, and 0.5 when B or C fails. D to F hangs by one link: its failure does not
     * count, nor that of G's, which has no traffic. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 10, 1}, {2, 3, 10, 1},
                                      {0, 4, 6, 3},  {4, 3, 6, 3},  {3, 5, 10, 1}, {3, 6, 10, 1}};
    lead_topology *topology = test_network(10, edges, 8);
    static const lead_link more[] = {{7, 8, 10, 1e-3, 1, true, 0},
                                     {8, 7, 10, 1e-3, 1, true, 0},
                                     {8, 9, 10, 1e-3, 1, true, 0},
                                     {9, 7, 1, 1e-3, 1, true, 0}};
    double tm[100] = {0};
    for (int i = 0; i < 4; i++)
        assert_ok(lead_topology_add_link(topology, more[i], NULL));
    tm[0 * 10 + 3] = 6;
    tm[3 * 10 + 5] = 1;
    tm[7 * 10 + 8] = 1;
    tm[8 * 10 + 7] = 2;
    for (int survive = 0; survive < 2; survive++) {
        lead_te_plan plan = plan_weights(
            topology, tm,
            (lead_te_options){.evaluation_limit = 4000, .survive = (lead_te_survival)survive});
        double worst = 0;
        for (int link = 0; link < 12; link += 2)
            worst = fmax(worst, mlu_without(topology, plan.weights, tm, link));
        assert_near(plan.mlu, survive ? 1 / 3.0 : 0.3, 1e-9);
        assert_near(worst, survive ? 0.5 : 0.6, 1e-9);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static void a_ring_survives(void **state) {
    (void)state;
    /* A ring of A, B, C, D, with A to C and B to D: whatever fails, the rest is a line, and the one
     * line that is worst (A-B or C-D out: both pairs on one link) has 8 of 10. The best without
     * failure is half each way. */
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 2, 10, 1}, {2, 3, 10, 1}, {3, 0, 10, 1}};
    lead_topology *topology = test_network(4, edges, 4);
    double tm[16] = {0}, worst = 0;
    tm[0 * 4 + 2] = 4;
    tm[1 * 4 + 3] = 4;
    lead_te_plan plan =
        plan_weights(topology, tm,
                     (lead_te_options){.evaluation_limit = 2000, .survive = LEAD_TE_SURVIVE_LINKS});
    for (int link = 0; link < 8; link += 2)
        worst = fmax(worst, mlu_without(topology, plan.weights, tm, link));
    assert_near(worst, 0.8, 1e-9);
    assert_true(plan.mlu <= 0.4 + 1e-9);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

static void hopeless_failures_do_not_stop_the_search(void **state) {
    (void)state;
    /* A to D over B or C (10 each, and the file's weights take B alone); E to F, 5 bit/s, by a link
     * of 10, whose failure leaves one of 1 only. Half of A's traffic goes either way all the same.
     */
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 10, 2}, {2, 3, 10, 2},
                                      {4, 5, 10, 1}, {4, 6, 1, 1},  {6, 5, 1, 1}};
    lead_topology *topology = test_network(7, edges, 7);
    double tm[49] = {0}, loads[14];
    tm[0 * 7 + 3] = 8;
    tm[4 * 7 + 5] = 5;
    lead_te_plan plan = plan_weights(topology, tm,
                                     (lead_te_options){.evaluation_limit = 10000,
                                                       .objective = LEAD_TE_OBJECTIVE_MLU,
                                                       .survive = LEAD_TE_SURVIVE_LINKS});
    assert_ok(lead_routing_loads(plan.routing, tm, loads));
    assert_near(loads[0], 4, 1e-9);
    assert_near(loads[8], 5, 1e-9);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

static bool stays_connected(const lead_topology *topology, int link) {
    lead_topology *cut;
    assert_ok(lead_topology_copy(topology, &cut));
    assert_ok(lead_topology_set_up(cut, link, false));
    assert_ok(lead_topology_set_up(cut, link + 1, false));
    bool connected = lead_topology_check_connected(cut, NULL) == LEAD_OK;
    lead_topology_free(cut);
    return connected;
}

/* On random networks too, of which some have a failure that no routing helps against. */
static void survival_helps(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(6, "test", &random));
    double sum[2] = {0};
    for (int round = 0; round < 4; round++) {
        lead_topology *topology = test_random_network(random, 8, 0.3);
        double *tm = test_random_tms(random, 8, 1);
        for (int survive = 0; survive < 2; survive++) {
            lead_te_options options = {.evaluation_limit = 200000,
                                       .survive = (lead_te_survival)survive,
                                       .objective = LEAD_TE_OBJECTIVE_MLU};
            lead_te_plan plan = plan_weights(topology, tm, options);
            double worst = plan.mlu;
            for (int link = 0; link < lead_topology_link_count(topology); link += 2)
                if (stays_connected(topology, link))
                    worst = fmax(worst, mlu_without(topology, plan.weights, tm, link));
            sum[survive] += worst + plan.mlu / 2; /* what is promised to be low */
            lead_te_plan_clear(&plan);
        }
        free(tm);
        lead_topology_free(topology);
    }
    assert_true(sum[1] < 0.99 * sum[0]);
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_fails_together),
                                       cmocka_unit_test(groups_are_survived),
                                       cmocka_unit_test(reserves_are_not_used_for_nothing),
                                       cmocka_unit_test(weights_survive_groups),
                                       cmocka_unit_test(chains_do_not_survive),
                                       cmocka_unit_test(all_paths_are_found),
                                       cmocka_unit_test(going_on_and_limits),
                                       cmocka_unit_test(plans_survive_a_failure),
                                       cmocka_unit_test(a_ring_survives),
                                       cmocka_unit_test(hopeless_failures_do_not_stop_the_search),
                                       cmocka_unit_test(survival_helps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
