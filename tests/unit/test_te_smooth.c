/* tie_break: smooth, spread - plans of TMs that hardly differ hardly differ, and are nearly the
 * best. */
#include "te_support.h"

enum { SAMPLES = 6, EPOCHS = 4, NODES_MAX = 12 };
static const double noise = 1e-6, most = 1e-4, tolerance = 0.01;

static void add_both_ways(lead_topology *topology, int a, int b, double capacity) {
    for (int k = 0; k < 2; k++)
        assert_ok(lead_topology_add_link(topology,
                                         (lead_link){.source = k ? b : a,
                                                     .destination = k ? a : b,
                                                     .capacity = capacity,
                                                     .delay = 1e-3,
                                                     .up = true},
                                         NULL));
}

/* A ring with chords, of unequal links. */
static lead_topology *random_network(gsl_rng *random, int n) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < n; v++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", v);
        assert_ok(lead_topology_add_node(topology, name, NULL));
    }
    for (int v = 0; v < n + n / 2; v++) {
        int from = v % n,
            to = v < n ? (v + 1) % n
                       : (from + 2 + (int)gsl_rng_uniform_int(random, (unsigned long)(n - 3))) % n;
        double capacity = gsl_rng_uniform(random) < 0.5 ? 1e10 : 2.5e9;
        add_both_ways(topology, from, to, capacity);
    }
    return topology;
}

/* Of one mean, which spans three orders of magnitude, with each sample's own deviation. */
static void random_tms(gsl_rng *random, int n, double *tms) {
    for (int od = 0; od < n * n; od++) {
        const double mean = 1e7 * pow(10, 3 * gsl_rng_uniform(random));
        for (int s = 0; s < SAMPLES; s++)
            tms[s * n * n + od] = od / n == od % n ? 0 : mean * (0.5 + gsl_rng_uniform(random));
    }
}

static double share_of(const lead_routing *routing, int n, int od, const lead_path *path) {
    const lead_path *paths;
    const int count = lead_routing_paths(routing, od / n, od % n, &paths);
    for (int i = 0; i < count; i++)
        if (paths[i].length == path->length &&
            memcmp(paths[i].links, path->links, (size_t)path->length * sizeof(int)) == 0)
            return paths[i].share;
    return 0;
}

static double largest_difference(const lead_routing *a, const lead_routing *b) {
    const int n = lead_routing_node_count(a);
    double largest = 0;
    for (int od = 0; od < n * n; od++) {
        const lead_path *paths;
        for (int k = 0; k < 2; k++) {
            const lead_routing *one = k ? b : a, *other = k ? a : b;
            const int count = lead_routing_paths(one, od / n, od % n, &paths);
            for (int i = 0; i < count; i++)
                largest = fmax(largest, fabs(paths[i].share - share_of(other, n, od, &paths[i])));
        }
    }
    return largest;
}

typedef struct pair_of_plans {
    lead_te *te[2];
    lead_routing *in_force[2];
} pair_of_plans;

/* Plans for the TMs and for those that differ by the noise, each from its own plan in force. */
static double plan_both(pair_of_plans *self, gsl_rng *random, int n, const double *tms,
                        lead_te_plan *plan) {
    static double other[SAMPLES * NODES_MAX * NODES_MAX];
    lead_te_plan second;
    for (int i = 0; i < SAMPLES * n * n; i++)
        other[i] = tms[i] * (1 + noise * (2 * gsl_rng_uniform(random) - 1));
    assert_ok(lead_te_plan_for(
        self->te[0],
        &(lead_te_demand){.tms = tms, .samples = SAMPLES, .in_force = self->in_force[0]}, plan));
    assert_ok(lead_te_plan_for(
        self->te[1],
        &(lead_te_demand){.tms = other, .samples = SAMPLES, .in_force = self->in_force[1]},
        &second));
    const double difference = largest_difference(plan->routing, second.routing);
    for (int k = 0; k < 2; k++) {
        lead_routing_free(self->in_force[k]);
        assert_ok(lead_routing_copy(k ? second.routing : plan->routing, &self->in_force[k]));
    }
    lead_te_plan_clear(&second);
    return difference;
}

/* The largest difference over some epochs, the first of them cold. */
static double plan_epochs(const char *algorithm, lead_te_options options, unsigned long seed,
                          int n) {
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    static double tms[SAMPLES * NODES_MAX * NODES_MAX];
    pair_of_plans both = {0};
    double largest = 0;
    gsl_rng_set(random, seed);
    lead_topology *topology = random_network(random, n);
    for (int k = 0; k < 2; k++)
        assert_ok(lead_te_alloc(lead_te_find(algorithm), topology, &options, &both.te[k]));
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        lead_te_plan plan;
        random_tms(random, n, tms);
        largest = fmax(largest, plan_both(&both, random, n, tms, &plan));
        assert_int_equal(plan.smooth, options.tie_break != LEAD_TE_TIE_BREAK_VERTEX);
        lead_te_plan_clear(&plan);
    }
    for (int k = 0; k < 2; k++) {
        lead_te_free(both.te[k]);
        lead_routing_free(both.in_force[k]);
    }
    lead_topology_free(topology);
    gsl_rng_free(random);
    return largest;
}

static const struct {
    const char *algorithm;
    lead_te_options options;
} cases[] = {
    {"robust", {.paths = 6}},
    {"robust", {.paths = 6, .moved_cost = 0.3}},
    {"robust", {.paths = 6, .moved_cost = 0.1}},
    {"robust", {.paths = 6, .moved_cost = 0.01}},
    {"robust", {.paths = 4, .cvar_weight = 0.5, .cvar_level = 0.8}},
    {"robust", {.paths = 4, .split_cap = 0.5, .moved_cost = 0.1}},
    {"paths", {.paths = 6}},
    {"paths", {.path_choice = LEAD_TE_PATHS_DISJOINT}},
    {"smore", {0}},
    {"mcf", {.tie_break = LEAD_TE_TIE_BREAK_SMOOTH}},
    {"robust", {.paths = 6, .moved_cost = 0.1, .tie_break = LEAD_TE_TIE_BREAK_SPREAD}},
    {"paths", {.path_choice = LEAD_TE_PATHS_DISJOINT, .tie_break = LEAD_TE_TIE_BREAK_SPREAD}},
    {"smore", {.tie_break = LEAD_TE_TIE_BREAK_SPREAD}},
    {"mcf", {.tie_break = LEAD_TE_TIE_BREAK_SPREAD}},
};

static void plans_follow_the_data(void **state) {
    static const int sizes[] = {6, 9, 12};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned long seed = 1; seed <= 3; seed++) {
            const double difference =
                plan_epochs(cases[i].algorithm, cases[i].options, seed, sizes[seed - 1]);
            if (difference > most)
                fail_msg("case %zu, %s, %d nodes: splits differ by %g", i, cases[i].algorithm,
                         sizes[seed - 1], difference);
        }
}

/* What the option is for. */
static void vertices_jump(void **state) {
    (void)state;
    assert_true(plan_epochs("robust", (lead_te_options){.tie_break = LEAD_TE_TIE_BREAK_VERTEX}, 3,
                            12) > 0.01);
}

/* The MLU of the one TM, which is the whole cost, is within the tolerance. */
static void plans_are_nearly_the_best(void **state) {
    static const char *const algorithms[] = {"paths", "robust", "mcf"};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    static double tms[SAMPLES * NODES_MAX * NODES_MAX];
    (void)state;
    for (int i = 0; i < 12; i++) {
        const char *algorithm = algorithms[i % 3];
        lead_topology *topology = random_network(random, 10);
        lead_te_options options = {.tie_break = LEAD_TE_TIE_BREAK_VERTEX};
        random_tms(random, 10, tms);
        lead_te_plan best = test_plan(algorithm, topology, options, tms, 1);
        options.tie_break = i % 2 ? LEAD_TE_TIE_BREAK_SPREAD : LEAD_TE_TIE_BREAK_SMOOTH;
        lead_te_plan plan = test_plan(algorithm, topology, options, tms, 1);
        assert_true(plan.smooth && !best.smooth);
        assert_true(plan.mlu <= best.mlu * (1 + tolerance) + 1e-9);
        lead_te_plan_clear(&best);
        lead_te_plan_clear(&plan);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

/* 0 to 1: 8 Gbit/s directly, 4 by way of 2, whose second link has 6. What decides the MLU is from 3
 * to 0 alone, so the pair 0, 1 may go anywhere. */
static void check_narrowest_links(const char *algorithm) {
    static const lead_te_tie_break rules[] = {LEAD_TE_TIE_BREAK_SMOOTH, LEAD_TE_TIE_BREAK_SPREAD};
    static const double direct[] = {1, 2.0 / 3};
    double tm[16] = {[0 * 4 + 1] = 1e7, [3 * 4 + 0] = 5e8}, mlu_of_burst[2];
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < 4; v++)
        assert_ok(lead_topology_add_node(topology, (char[]){(char)('a' + v), 0}, NULL));
    add_both_ways(topology, 0, 1, 8e9);
    add_both_ways(topology, 0, 2, 4e9);
    add_both_ways(topology, 2, 1, 6e9);
    add_both_ways(topology, 3, 0, 1e9);
    for (int i = 0; i < 2; i++) {
        const lead_te_options options = {.path_choice = LEAD_TE_PATHS_DISJOINT,
                                         .weight_rule = LEAD_WEIGHTS_INVERSE_CAPACITY,
                                         .tie_break = rules[i]};
        double loads[8], burst[16] = {[0 * 4 + 1] = 6e9};
        lead_te_plan plan = test_plan(algorithm, topology, options, tm, 1);
        assert_true(plan.smooth);
        assert_true(fabs(plan.mlu - 0.5) < 0.005);
        assert_ok(lead_routing_loads(plan.routing, burst, loads));
        assert_true(fabs(loads[0] / 6e9 - direct[i]) < 0.01);
        mlu_of_burst[i] = lead_mlu(topology, loads);
        lead_te_plan_clear(&plan);
    }
    assert_true(mlu_of_burst[1] < 0.7 * mlu_of_burst[0]);
    lead_topology_free(topology);
}

static void spread_plans_go_by_the_narrowest_links(void **state) {
    (void)state;
    check_narrowest_links("robust");
    check_narrowest_links("mcf");
}

/* Without any traffic no plan is better than another: the smooth one is that of the targets. */
static void a_tm_of_zero_has_a_smooth_plan(void **state) {
    static const char *const names[] = {"robust", "mcf", "smore"};
    const double tm[4] = {0};
    lead_topology *topology;
    (void)state;
    assert_ok(lead_topology_alloc(&topology));
    assert_ok(lead_topology_add_node(topology, "a", NULL));
    assert_ok(lead_topology_add_node(topology, "b", NULL));
    add_both_ways(topology, 0, 1, 1e9);
    for (int i = 0; i < 3; i++) {
        const lead_te_options options = {.weight_rule = LEAD_WEIGHTS_INVERSE_CAPACITY,
                                         .tie_break = LEAD_TE_TIE_BREAK_SMOOTH};
        lead_te_plan plan = test_plan(names[i], topology, options, tm, 1);
        assert_true(plan.smooth);
        assert_true(plan.mlu <= 0);
        lead_te_plan_clear(&plan);
    }
    lead_topology_free(topology);
}

static int warnings;

static void count_warning(lead_log_level level, const char *line, void *data) {
    (void)data;
    warnings += level == LEAD_LOG_WARNING && strstr(line, "smooth") != NULL;
}

/* With hardly any time: whatever came of it, vertices are said, once. */
static void what_it_falls_back_on_is_said(void **state) {
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    static double tms[SAMPLES * NODES_MAX * NODES_MAX];
    lead_topology *topology = random_network(random, NODES_MAX);
    lead_te_options options = {.time_limit = 1e-9};
    lead_te *te;
    int vertices = 0;
    (void)state;
    warnings = 0;
    lead_log_set_sink(count_warning, NULL);
    assert_ok(lead_te_alloc(lead_te_find("robust"), topology, &options, &te));
    for (int i = 0; i < 5; i++) {
        lead_te_plan plan;
        random_tms(random, NODES_MAX, tms);
        assert_ok(lead_te_plan_for(te, &(lead_te_demand){.tms = tms, .samples = SAMPLES}, &plan));
        vertices += !plan.smooth;
        lead_te_plan_clear(&plan);
    }
    assert_int_equal(warnings, vertices > 0);
    lead_log_set_sink(NULL, NULL);
    lead_te_free(te);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* What keeps to a bound on what moves is a vertex, without a word. */
static void bounds_have_vertices(void **state) {
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    static double tms[SAMPLES * NODES_MAX * NODES_MAX];
    lead_topology *topology = random_network(random, NODES_MAX);
    (void)state;
    random_tms(random, NODES_MAX, tms);
    lead_te_plan plan =
        test_plan("robust", topology, (lead_te_options){.moved_limit = 0.5}, tms, SAMPLES);
    assert_false(plan.smooth);
    lead_te_plan_clear(&plan);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_follow_the_data),
        cmocka_unit_test(vertices_jump),
        cmocka_unit_test(plans_are_nearly_the_best),
        cmocka_unit_test(spread_plans_go_by_the_narrowest_links),
        cmocka_unit_test(a_tm_of_zero_has_a_smooth_plan),
        cmocka_unit_test(what_it_falls_back_on_is_said),
        cmocka_unit_test(bounds_have_vertices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
