/* Pairs that no path joins: every algorithm plans for the others, says how much is cut off, and
 * goes on as before when the path is back. */
#include "te_ways.h"

enum { N = 5 };

/* A diamond and E behind D. */
static lead_topology *diamond_with_stub(void) {
    static const test_edge edges[] = {
        {0, 1, 10, 1}, {0, 2, 10, 1}, {1, 3, 10, 1}, {2, 3, 10, 1}, {3, 4, 10, 1}};
    return test_network(N, edges, 5);
}

static void set_stub(lead_topology *topology, bool up) {
    assert_ok(lead_topology_set_up(topology, 8, up));
    assert_ok(lead_topology_set_up(topology, 9, up));
}

/* The plan of a state that may have planned before. */
static lead_te_plan plan_again(lead_te *te, const way_to_plan *way, const double *tms, int samples,
                               const lead_te_plan *before) {
    lead_te_plan plan;
    lead_te_demand demand = {.tms = tms,
                             .samples = samples,
                             .in_force = before ? before->routing : NULL,
                             .weights_in_force = before ? before->weights : NULL};
    if (lead_te_plan_for(te, &demand, &plan) != LEAD_OK)
        fail_msg("%s: %s", way->algorithm, lead_last_message());
    return plan;
}

static void what_is_cut_off_fails_no_plan(void **state) {
    (void)state;
    double tms[2 * N * N] = {0}, loads[10], unrouted;
    for (int k = 0; k < 2; k++) {
        double *tm = tms + k * N * N;
        tm[0 * N + 3] = 8 + 2 * k;
        tm[3 * N + 0] = 2;
        tm[0 * N + 4] = 3;         /* both ways */
        tm[4 * N + 1] = 1 + 2 * k; /* of the stub */
    }
    for (int w = 0; w < WAYS; w++) {
        lead_topology *topology = diamond_with_stub();
        lead_te *te;
        assert_ok(lead_te_alloc(lead_te_find(ways[w].algorithm), topology, &ways[w].options, &te));
        lead_te_plan whole = plan_again(te, &ways[w], tms, 2, NULL);
        assert_near(whole.disconnected, 0, 0);
        set_stub(topology, false);
        lead_te_plan cut = plan_again(te, &ways[w], tms, 2, &whole);
        assert_near(cut.disconnected, 3 + 2, 1e-12);
        assert_ok(lead_routing_loads_reached(cut.routing, tms, loads, &unrouted));
        assert_near(unrouted, 3 + 1, 1e-12);
        assert_near(loads[8] + loads[9], 0, 0);
        assert_near(loads[0] + loads[2], 8, 1e-6); /* what leaves A */
        lead_te_plan alone = plan_again(te, &ways[w], tms, 1, &cut);
        assert_near(alone.disconnected, 3 + 1, 1e-12);
        double only_stub[N * N] = {0};
        only_stub[0 * N + 4] = 1;
        lead_te_plan nothing = plan_again(te, &ways[w], only_stub, 1, &alone);
        assert_near(nothing.disconnected, 1, 0);
        assert_near(nothing.mlu, 0, 0);
        set_stub(topology, true);
        lead_te_plan back = plan_again(te, &ways[w], tms, 2, &nothing);
        assert_near(back.disconnected, 0, 0);
        assert_ok(lead_routing_loads(back.routing, tms, loads));
        assert_near(loads[8], 3, 1e-6);
        lead_te_plan_clear(&whole);
        lead_te_plan_clear(&cut);
        lead_te_plan_clear(&alone);
        lead_te_plan_clear(&nothing);
        lead_te_plan_clear(&back);
        lead_te_free(te);
        lead_topology_free(topology);
    }
}

typedef struct lines {
    int warnings;
    char last[400];
} lines;

static void keep_line(lead_log_level level, const char *line, void *data) {
    lines *all = data;
    all->warnings += level == LEAD_LOG_WARNING;
    snprintf(all->last, sizeof all->last, "%s", line);
}

/* Said once for each state before it is planned for, counted in every plan. */
static void what_is_out_of_proportion_is_said(void **state) {
    (void)state;
    lead_topology *topology = diamond_with_stub();
    double tm[N * N] = {0};
    lines all = {0};
    lead_te *te;
    lead_te_options options = {0};
    lead_log_set_sink(keep_line, &all);
    assert_ok(lead_te_alloc(lead_te_find("mcf"), topology, &options, &te));
    tm[0 * N + 3] = LEAD_TE_SUSPECT * 20; /* two links of 10 out of A */
    lead_te_plan plan = plan_again(te, &ways[1], tm, 1, NULL);
    assert_int_equal(plan.suspects, 0);
    assert_int_equal(all.warnings, 0);
    lead_te_plan_clear(&plan);
    tm[0 * N + 3] *= 1.01;
    tm[4 * N + 1] = 1e9;
    for (int i = 0; i < 2; i++) {
        plan = plan_again(te, &ways[1], tm, 1, NULL);
        assert_int_equal(plan.suspects, 2);
        lead_te_plan_clear(&plan);
    }
    assert_int_equal(all.warnings, 1);
    assert_non_null(strstr(all.last, "suspect: 2020 bit/s from A to D"));
    lead_log_set_sink(NULL, NULL);
    lead_te_free(te);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_cut_off_fails_no_plan),
                                       cmocka_unit_test(what_is_out_of_proportion_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
