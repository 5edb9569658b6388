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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_goes_on_when_time_is_up),
                                       cmocka_unit_test(the_next_plan_may_have_more_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
