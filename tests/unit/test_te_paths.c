/* te over paths: the candidate paths against all that there are, shares by hand, robust plans
 * against other shares. */
#include "support.h"
#include "te/paths/candidates.h"
#include "te/paths/program/program.h"
#include <lead/te.h>

/* --- candidate paths ----------------------------------------------------------------------------
 */

enum { NODES = 7, MANY = 4000 };

typedef struct found_path {
    double cost;
    int length, links[NODES];
} found_path;

static found_path all[MANY];
static int all_count;

/* Every path without loops, by walking. */
static void walk(const lead_topology *topology, const double *weights, int at, int destination,
                 found_path *so_far, unsigned visited) {
    int degree;
    const int *links = lead_topology_links_out(topology, at, &degree);
    if (at == destination) {
        assert_true(all_count < MANY);
        all[all_count++] = *so_far;
        return;
    }
    for (int i = 0; i < degree; i++) {
        int next = lead_topology_link(topology, links[i])->destination;
        if (visited & (1u << next) || !lead_topology_link(topology, links[i])->up)
            continue;
        found_path longer = *so_far;
        longer.links[longer.length++] = links[i];
        longer.cost += weights[links[i]];
        walk(topology, weights, next, destination, &longer, visited | (1u << next));
    }
}

static int by_cost(const void *a, const void *b) {
    double x = ((const found_path *)a)->cost, y = ((const found_path *)b)->cost;
    return (x > y) - (x < y);
}

static double cost_of(const lead_path_set *set, int p, const double *weights) {
    double cost = 0;
    for (int i = set->start[p]; i < set->start[p + 1]; i++)
        cost += weights[set->links[i]];
    return cost;
}

/* The k cheapest of all, each once: compared by cost, for ties may fall either way. */
static void check_pair(const lead_topology *topology, const double *weights,
                       const lead_path_set *set, int od, int k) {
    found_path nothing = {0};
    int count = set->first[od + 1] - set->first[od];
    all_count = 0;
    walk(topology, weights, od / NODES, od % NODES, &nothing, 1u << (od / NODES));
    qsort(all, (size_t)all_count, sizeof *all, by_cost);
    assert_int_equal(count, all_count < k ? all_count : k);
    for (int i = 0; i < count; i++) {
        int p = set->first[od] + i;
        assert_near(cost_of(set, p, weights), all[i].cost, 1e-12);
        for (int q = set->first[od]; q < p; q++)
            if (set->start[p + 1] - set->start[p] == set->start[q + 1] - set->start[q])
                assert_memory_not_equal(set->links + set->start[p], set->links + set->start[q],
                                        (size_t)(set->start[p + 1] - set->start[p]) * sizeof(int));
    }
}

static void k_shortest_are_the_cheapest_of_all(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int round = 0; round < 30; round++) {
        lead_topology *topology = test_random_network(random, NODES, 1);
        int m = lead_topology_link_count(topology), k = 1 + round % 9;
        double weights[200], wanted[NODES * NODES];
        lead_path_set set;
        assert_true(m <= 200);
        for (int e = 0; e < m; e++) /* whole weights: many ties */
            weights[e] = 1 + (double)gsl_rng_uniform_int(random, 3);
        for (int od = 0; od < NODES * NODES; od++)
            wanted[od] = od % 3 != 0;
        if (round % 2)
            assert_ok(lead_topology_set_up(topology, (int)gsl_rng_uniform_int(random, (unsigned)m),
                                           false));
        assert_ok(
            lead_path_set_alloc(topology, weights, wanted, k, LEAD_TE_PATHS_SHORTEST, 0, &set));
        for (int od = 0; od < NODES * NODES; od++) {
            if (od / NODES != od % NODES && wanted[od] > 0)
                check_pair(topology, weights, &set, od, k);
            else
                assert_int_equal(set.first[od], set.first[od + 1]);
        }
        lead_path_set_free(&set);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* The shortest path from A to D goes A-B-C-D and bars both ways around it; the two that share no
 * link are A-B-D and A-C-D. */
static void disjoint_paths_are_not_trapped(void **state) {
    (void)state;
    static const test_edge edges[] = {
        {0, 1, 10, 1}, {1, 2, 10, 1}, {2, 3, 10, 1}, {0, 2, 10, 4}, {1, 3, 10, 5}};
    lead_topology *topology = test_network(4, edges, 5);
    double weights[10], wanted[16] = {0};
    lead_path_set set;
    wanted[3] = 1;
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights));
    assert_ok(lead_path_set_alloc(topology, weights, wanted, 1, LEAD_TE_PATHS_DISJOINT, 0, &set));
    assert_int_equal(set.path_count, 1);
    assert_near(cost_of(&set, 0, weights), 3, 0);
    lead_path_set_free(&set);
    assert_ok(lead_path_set_alloc(topology, weights, wanted, 3, LEAD_TE_PATHS_DISJOINT, 0, &set));
    assert_int_equal(set.path_count, 2);
    assert_near(cost_of(&set, 0, weights), 5, 0);
    assert_near(cost_of(&set, 1, weights), 6, 0);
    lead_path_set_free(&set);
    lead_topology_free(topology);
}

/* --- plans --------------------------------------------------------------------------------------
 */

static lead_status plan_for(const char *algorithm, const lead_topology *topology,
                            const lead_te_options *options, const double *tms, int samples,
                            const lead_routing *in_force, lead_te_plan *plan) {
    lead_te_demand demand = {.tms = tms, .samples = samples, .in_force = in_force};
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find(algorithm), topology, options, &te));
    lead_status status = lead_te_plan_for(te, &demand, plan);
    lead_te_free(te);
    return status;
}

static double mlu_of(const lead_topology *topology, const lead_routing *routing, const double *tm) {
    double loads[200];
    assert_ok(lead_routing_loads(routing, tm, loads));
    return lead_mlu(topology, loads);
}

/* A to D over B (capacity 10) or C (capacity 30). */
static lead_topology *two_ways(void) {
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 3, 10, 1}, {0, 2, 30, 1}, {2, 3, 30, 1}};
    return test_network(4, edges, 4);
}

static double share_over_b(const lead_routing *routing) {
    const lead_path *paths;
    int count = lead_routing_paths(routing, 0, 3, &paths);
    for (int i = 0; i < count; i++)
        if (paths[i].links[0] == 0)
            return paths[i].share;
    return 0;
}

static void shares_by_hand(void **state) {
    (void)state;
    lead_topology *topology = two_ways();
    lead_te_options options = {.tie_break = LEAD_TE_TIE_BREAK_VERTEX};
    double tm[16] = {0};
    lead_te_plan plan;
    tm[3] = 20;
    assert_ok(plan_for("paths", topology, &options, tm, 1, NULL, &plan));
    assert_near(plan.mlu, 0.5, 1e-6);
    assert_near(share_over_b(plan.routing), 0.25, 1e-6);
    lead_te_plan_clear(&plan);
    options.split_cap = 0.6;
    assert_ok(plan_for("paths", topology, &options, tm, 1, NULL, &plan));
    assert_near(share_over_b(plan.routing), 0.4, 1e-6);
    lead_te_plan_clear(&plan);
    options.split_cap = 0.1; /* two paths: evenly */
    assert_ok(plan_for("paths", topology, &options, tm, 1, NULL, &plan));
    assert_near(share_over_b(plan.routing), 0.5, 1e-6);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
}

/* Equal ways of 10. TM 0: 10 from A to D; TM 1: that and 10 from B to D, on its own link. With x
 * over B the MLUs are max(x, 1 - x) and 1 + x: twice the first and once the second have the least
 * mean at x = 1/2, the worst case wants x = 0. */
static void risk_by_hand(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    lead_te_options options = {.paths = 2, .tie_break = LEAD_TE_TIE_BREAK_VERTEX};
    double tms[48] = {0};
    lead_te_plan plan;
    tms[3] = tms[16 + 3] = tms[32 + 3] = 10;
    tms[32 + 1 * 4 + 3] = 10;
    assert_ok(plan_for("robust", topology, &options, tms, 3, NULL, &plan));
    double mean = 0;
    for (int s = 0; s < 3; s++)
        mean += mlu_of(topology, plan.routing, tms + 16 * s) / 3;
    assert_true(mean <= 2.5 / 3 + 1e-6);
    lead_te_plan_clear(&plan);
    options.cvar_weight = 1;
    options.cvar_level = 2.0 / 3;
    assert_ok(plan_for("robust", topology, &options, tms, 3, NULL, &plan));
    assert_true(mlu_of(topology, plan.routing, tms + 32) <= 1 + 1e-6);
    lead_te_plan_clear(&plan);
    options = (lead_te_options){
        .paths = 2, .plan_for = LEAD_TE_PLAN_FOR_MEAN, .tie_break = LEAD_TE_TIE_BREAK_VERTEX};
    assert_ok(plan_for("robust", topology, &options, tms, 3, NULL, &plan));
    lead_te_plan nominal;
    double tm[16] = {0};
    tm[3] = 10;
    tm[1 * 4 + 3] = 10.0 / 3;
    assert_ok(plan_for("paths", topology, &options, tm, 1, NULL, &nominal));
    assert_near(plan.mlu, nominal.mlu, 1e-9);
    lead_te_plan_clear(&plan);
    lead_te_plan_clear(&nominal);
    lead_topology_free(topology);
}

/* Two clouds of samples, three of one and one of the other: two scenarios, of probability 3/4 and
 * 1/4, give the plan of all four. */
static void few_scenarios_stand_for_all(void **state) {
    (void)state;
    lead_topology *topology = two_ways();
    double tms[64] = {0};
    lead_te_plan whole, few;
    for (int s = 0; s < 4; s++) {
        tms[16 * s + 3] = s < 3 ? 8 : 12;        /* A to D */
        tms[16 * s + 1 * 4 + 3] = s < 3 ? 1 : 4; /* B to D */
    }
    lead_te_options options = {.cvar_weight = 0.5, .cvar_level = 0.75};
    assert_ok(plan_for("robust", topology, &options, tms, 4, NULL, &whole));
    options.scenarios = 2;
    assert_ok(plan_for("robust", topology, &options, tms, 4, NULL, &few));
    assert_near(share_over_b(few.routing), share_over_b(whole.routing), 1e-6);
    lead_te_plan_clear(&few);
    options.scenarios = 1; /* the larger cloud alone: another plan */
    assert_ok(plan_for("robust", topology, &options, tms, 4, NULL, &few));
    assert_true(fabs(share_over_b(few.routing) - share_over_b(whole.routing)) > 1e-3);
    lead_te_plan_clear(&few);
    lead_te_plan_clear(&whole);
    lead_topology_free(topology);
}

/* In force: all over B. The plan would move 3/4 of it; a bound allows 1/5, a high price nothing. */
static void what_moves_is_bounded(void **state) {
    (void)state;
    lead_topology *topology = two_ways();
    lead_te_options options = {0};
    static const int over_b[] = {0, 2};
    const lead_path path = {1, 2, over_b};
    double tm[16] = {0}, weights[8];
    lead_routing *in_force;
    lead_te_plan plan;
    tm[3] = 8;
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_UNIT, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &in_force));
    assert_ok(lead_routing_set_paths(in_force, 0, 3, &path, 1));
    options.moved_limit = 0.2;
    assert_ok(plan_for("paths", topology, &options, tm, 1, in_force, &plan));
    assert_near(share_over_b(plan.routing), 0.8, 1e-6);
    lead_te_plan_clear(&plan);
    /* moving x saves 0.8 x, as much as shortest paths' MLU of 0.8 */
    options = (lead_te_options){.moved_cost = 0.5, .tie_break = LEAD_TE_TIE_BREAK_VERTEX};
    assert_ok(plan_for("robust", topology, &options, tm, 1, in_force, &plan));
    assert_near(share_over_b(plan.routing), 0.25, 1e-6);
    lead_te_plan_clear(&plan);
    options.moved_cost = 1.1;
    assert_ok(plan_for("robust", topology, &options, tm, 1, in_force, &plan));
    assert_near(share_over_b(plan.routing), 1, 1e-6);
    lead_te_plan_clear(&plan);
    options = (lead_te_options){.moved_limit = 0.1, .split_cap = 0.5};
    assert_fails(plan_for("paths", topology, &options, tm, 1, in_force, &plan), LEAD_INFEASIBLE,
                 "moved_limit 0.1 and split_cap 0.5");
    assert_null(plan.routing);
    lead_routing_free(in_force);
    lead_topology_free(topology);
}

/* Three ways, two of 10 and one of 5, for 8. To survive, any two must hold all: with a on the wide
 * ones and c on the narrow one 2 a >= 8 and a + c >= 8, least max(a / 10, c / 5): a = 16/3, c =
 * 8/3. */
static void failures_are_survived(void **state) {
    (void)state;
    static const test_edge edges[] = {{0, 1, 10, 1}, {1, 4, 10, 1}, {0, 2, 10, 1},
                                      {2, 4, 10, 1}, {0, 3, 5, 1},  {3, 4, 5, 1}};
    lead_topology *topology = test_network(5, edges, 6);
    lead_te_options options = {.paths = 3, .survive = LEAD_TE_SURVIVE_LINKS};
    double tm[25] = {0}, loads[12];
    lead_te_plan plan;
    const lead_path *paths;
    tm[4] = 8;
    assert_ok(plan_for("paths", topology, &options, tm, 1, NULL, &plan));
    int count = lead_routing_paths(plan.routing, 0, 4, &paths);
    assert_int_equal(count, 3);
    for (int i = 0; i < 3; i++) { /* 16/3, 16/3 and 8/3 of 40/3 */
        double wanted = paths[i].links[0] == 8 ? 0.2 : 0.4;
        assert_near(paths[i].share, wanted, 1e-4);
    }
    /* any failure: the others in proportion, none above the bound 16/30 */
    for (int failed = 0; failed < 3; failed++) {
        double left = 1 - paths[failed].share;
        memset(loads, 0, sizeof loads);
        for (int i = 0; i < 3; i++)
            for (int k = 0; i != failed && k < 2; k++)
                loads[paths[i].links[k]] += 8 * paths[i].share / left;
        assert_true(lead_mlu(topology, loads) <= 16.0 / 30 + 1e-4);
    }
    lead_te_plan_clear(&plan);
    options.split_cap = 0.5;
    lead_te *te;
    assert_fails(lead_te_alloc(lead_te_find("paths"), topology, &options, &te), LEAD_INVALID,
                 "survive excludes");
    lead_topology_free(topology);
}

/* --- the program against other shares -----------------------------------------------------------
 */

static double risk_of(const lead_path_program *program, const double *share) {
    int pairs = program->set->pair_count, m = lead_topology_link_count(program->topology);
    double mlu[16], mean = 0, tail = 0, left = 1 - program->cvar_level;
    for (int s = 0; s < program->samples; s++) {
        double loads[200] = {0};
        for (int od = 0; od < pairs; od++)
            for (int p = program->set->first[od]; p < program->set->first[od + 1]; p++)
                for (int i = program->set->start[p]; i < program->set->start[p + 1]; i++)
                    loads[program->set->links[i]] += program->tms[s * pairs + od] * share[p];
        mlu[s] = 0;
        for (int e = 0; e < m; e++)
            mlu[s] = fmax(mlu[s], loads[e] / lead_topology_link(program->topology, e)->capacity);
        mean += mlu[s] / program->samples;
    }
    lead_sort(mlu, (size_t)program->samples);
    for (int s = program->samples - 1; s >= 0 && left > 0; s--) {
        double part = fmin(left, 1.0 / program->samples);
        tail += part * mlu[s];
        left -= part;
    }
    return (1 - program->cvar_weight) * mean +
           program->cvar_weight * tail / (1 - program->cvar_level);
}

/* The cost is convex in the shares, so that what beats all small changes of few pairs is best; and
 * it is what the answer says. */
static void no_other_shares_are_better(void **state) {
    (void)state;
    enum { N = 8, S = 9 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(2, "test", &random));
    for (int round = 0; round < 6; round++) {
        lead_topology *topology = test_random_network(random, N, 1);
        double weights[200], wanted[N * N], tms[S * N * N], probability[S];
        lead_path_set set;
        assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_UNIT, weights));
        for (int i = 0; i < S * N * N; i++)
            tms[i] = i / N % N == i % N ? 0 : 1e5 * pow(gsl_rng_uniform_pos(random), 3);
        for (int od = 0; od < N * N; od++)
            wanted[od] = od / N != od % N;
        for (int s = 0; s < S; s++)
            probability[s] = 1.0 / S;
        assert_ok(
            lead_path_set_alloc(topology, weights, wanted, 4, LEAD_TE_PATHS_SHORTEST, 0, &set));
        lead_path_program program = {.topology = topology,
                                     .set = &set,
                                     .tms = tms,
                                     .samples = S,
                                     .probability = probability,
                                     .cvar_weight = round % 3 / 2.0,
                                     .cvar_level = 0.7};
        double *best = calloc((size_t)set.path_count, sizeof *best),
               *other = calloc((size_t)set.path_count, sizeof *other);
        lead_path_answer answer = {.share = best};
        assert_ok(lead_path_program_solve(&program, &answer));
        assert_true(answer.optimal);
        double cost = risk_of(&program, best);
        assert_near(answer.cost, cost, 1e-9 * cost);
        for (int trial = 0; trial < 3000; trial++) {
            memcpy(other, best, (size_t)set.path_count * sizeof *other);
            for (int k = 0; k < 3; k++) { /* a bit of three pairs to other paths of theirs */
                int od = (int)gsl_rng_uniform_int(random, N * N), first = set.first[od],
                    count = set.first[od + 1] - first;
                if (count < 2)
                    continue;
                double step = gsl_rng_uniform(random) * (trial % 2 ? 0.5 : 0.01);
                for (int p = first; p < first + count; p++)
                    other[p] *= 1 - step;
                other[first + (int)gsl_rng_uniform_int(random, (unsigned)count)] += step;
            }
            assert_true(risk_of(&program, other) >= cost * (1 - 3e-4)); /* tidiness costs a bit */
        }
        free(best);
        free(other);
        lead_path_set_free(&set);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(k_shortest_are_the_cheapest_of_all),
                                       cmocka_unit_test(disjoint_paths_are_not_trapped),
                                       cmocka_unit_test(shares_by_hand),
                                       cmocka_unit_test(risk_by_hand),
                                       cmocka_unit_test(few_scenarios_stand_for_all),
                                       cmocka_unit_test(what_moves_is_bounded),
                                       cmocka_unit_test(failures_are_survived),
                                       cmocka_unit_test(no_other_shares_are_better)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
