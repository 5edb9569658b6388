/* Time limits hold during set-up, too: with a clock of this program's own, by which every look at
 * it takes time, plans have what fits. It takes the place of the library's. */
#include "te_ways.h"

enum { N = 10 };

static double now, tick;

double __wrap_lead_clock_seconds(void);
double __wrap_lead_clock_seconds(void) {
    return now += tick;
}

static int most_paths(const lead_routing *routing) {
    int most = 0;
    for (int od = 0; od < N * N; od++) {
        const lead_path *paths;
        int count = lead_routing_paths(routing, od / N, od % N, &paths);
        most = count > most ? count : most;
    }
    return most;
}

/* Time is up at the second look: one path a pair, one tree, hardly any pivot or move. */
static void nothing_goes_on_when_time_is_up(void **state) {
    (void)state;
    static const char *const over_paths[] = {"paths", "robust", "smore", "oblivious"};
    gsl_rng *random;
    double tm[N * N];
    assert_ok(lead_random_alloc(6, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    test_random_tm(random, N, 1, tm);
    for (int w = 0; w < WAYS; w++) {
        lead_te_options options = ways[w].options;
        options.time_limit = 1;
        options.evaluation_limit = 0;
        if (options.survive || strcmp(ways[w].algorithm, "ecmp") == 0)
            continue;
        tick = 1e-3;
        lead_te_plan enough = test_plan(ways[w].algorithm, topology, options, tm, 1);
        tick = 10;
        lead_te_plan plan = test_plan(ways[w].algorithm, topology, options, tm, 1);
        if (plan.evaluations > 60)
            fail_msg("%s: %ld evaluations", ways[w].algorithm, plan.evaluations);
        for (int i = 0; i < 4; i++)
            if (strcmp(ways[w].algorithm, over_paths[i]) == 0) {
                assert_int_equal(most_paths(plan.routing), 1);
                assert_true(most_paths(enough.routing) > 1);
            }
        lead_te_plan_clear(&plan);
        lead_te_plan_clear(&enough);
    }
    lead_topology_free(topology);
    gsl_rng_free(random);
}

/* A plan that had no time for its paths does not keep the next one from finding them. */
static void the_next_plan_may_have_more_time(void **state) {
    (void)state;
    gsl_rng *random;
    double tm[N * N];
    lead_te_options options = {.time_limit = 1};
    lead_te *te;
    assert_ok(lead_random_alloc(6, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    test_random_tm(random, N, 1, tm);
    lead_te_demand demand = {.tms = tm, .samples = 1};
    assert_ok(lead_te_alloc(lead_te_find("smore"), topology, &options, &te));
    for (int i = 0; i < 2; i++) {
        lead_te_plan plan;
        tick = i ? 1e-3 : 10;
        assert_ok(lead_te_plan_for(te, &demand, &plan));
        assert_true((most_paths(plan.routing) > 1) == (i == 1));
        lead_te_plan_clear(&plan);
    }
    lead_te_free(te);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

enum { SAMPLES = 16 };

static double mean_mlu(const lead_topology *topology, const lead_routing *routing,
                       const double *tms) {
    double loads[N * N], sum = 0;
    for (int s = 0; s < SAMPLES; s++) {
        assert_ok(lead_routing_loads(routing, tms + s * N * N, loads));
        sum += lead_mlu(topology, loads) / SAMPLES;
    }
    return sum;
}

/* Whenever the time is up, a plan for samples is no worse than shortest paths and, once its paths
 * are found, than what is in force; with time enough it is the best. */
static void a_plan_in_a_hurry_is_no_worse_than_what_is_there(void **state) {
    (void)state;
    gsl_rng *random;
    double tms[SAMPLES * N * N], least = INFINITY, most = 0;
    assert_ok(lead_random_alloc(7, "test", &random));
    lead_topology *topology = test_random_network(random, N, 1);
    for (int s = 0; s < SAMPLES; s++)
        test_random_tm(random, N, 1, tms + s * N * N);
    tick = 1e-9;
    lead_te_plan shortest = test_plan("ecmp", topology, (lead_te_options){0}, tms, 1),
                 best = test_plan("robust", topology, (lead_te_options){0}, tms, SAMPLES);
    const double there = mean_mlu(topology, shortest.routing, tms),
                 optimum = mean_mlu(topology, best.routing, tms);
    assert_true(optimum < 0.99 * there);
    for (tick = 1e-3; tick < 0.6; tick *= 1.2) {
        lead_te_options options = {.time_limit = 1};
        lead_te_plan plan = test_plan("robust", topology, options, tms, SAMPLES);
        const double mlu = mean_mlu(topology, plan.routing, tms);
        if (mlu > there * (1 + 1e-9))
            fail_msg("looks of %g s: MLU %g, of shortest paths %g", tick, mlu, there);
        least = fmin(least, mlu);
        most = fmax(most, mlu);
        lead_te_plan_clear(&plan);
        lead_te_demand demand = {.tms = tms, .samples = SAMPLES, .in_force = best.routing};
        options.moved_cost = 1e-3;
        plan = test_plan_for("robust", topology, options, demand);
        if (tick < 0.05) /* all paths are found, those in force too */
            assert_true(mean_mlu(topology, plan.routing, tms) < 1.0001 * optimum);
        lead_te_plan_clear(&plan);
    }
    assert_near(least, optimum, 0.011 * optimum); /* smooth plans may cost a hundredth more */
    assert_true(most > 1.05 * optimum);
    lead_te_plan_clear(&shortest);
    lead_te_plan_clear(&best);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_goes_on_when_time_is_up),
        cmocka_unit_test(a_plan_in_a_hurry_is_no_worse_than_what_is_there),
        cmocka_unit_test(the_next_plan_may_have_more_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
