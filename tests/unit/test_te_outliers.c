/* Every algorithm ends, and what it says of its plan is true, whatever traffic stands beside what:
 * one value or a whole TM 1e3 to 1e20 times too large, a first plan or one that goes on from
 * another, and networks whose capacities span 18 orders of magnitude. */
#include "te_ways.h"

enum { N = 6, MOST_EVALUATIONS = 200000 };

/* What leaves a source arrives. */
static bool delivers_all(const lead_topology *topology, const lead_routing *routing,
                         const double *tm) {
    double through[N], share[100];
    for (int od = 0; od < N * N; od++) {
        double arrived = 0;
        if (tm[od] <= 0)
            continue;
        memset(share, 0, sizeof share);
        lead_routing_trace(routing, od / N, od % N, through, share);
        for (int e = 0; e < lead_topology_link_count(topology); e++)
            arrived += lead_topology_link(topology, e)->destination == od % N ? share[e] : 0;
        if (fabs(arrived - 1) > 1e-6)
            return false;
    }
    return true;
}

/* A plan or a plain refusal, after work that is bounded; what it claims holds. */
static double plan_once(lead_te *te, const char *what, const lead_topology *topology,
                        const lead_te_demand *demand, lead_te_plan *plan) {
    lead_status status = lead_te_plan_for(te, demand, plan);
    if (status != LEAD_OK) {
        if (status != LEAD_NUMERIC && status != LEAD_INFEASIBLE)
            fail_msg("%s: %s: %s", what, lead_status_name(status), lead_last_message());
        return INFINITY;
    }
    double tm[N * N] = {0}, *loads = calloc((size_t)lead_topology_link_count(topology), 8);
    for (int k = 0; k < demand->samples; k++)
        for (int od = 0; od < N * N; od++)
            tm[od] += od / N == od % N ? 0 : demand->tms[k * N * N + od] / demand->samples;
    assert_ok(lead_routing_loads(plan->routing, tm, loads));
    if (!(lead_mlu(topology, loads) <= plan->mlu * (1 + 1e-9)) || plan->evaluations < 0 ||
        plan->evaluations > MOST_EVALUATIONS || !delivers_all(topology, plan->routing, tm) ||
        (plan->optimal && !(plan->mlu <= plan->bound * (1 + 1e-5))))
        fail_msg("%s: MLU %.12g, in truth %.12g, bound %.12g, optimal %d, %ld evaluations", what,
                 plan->mlu, lead_mlu(topology, loads), plan->bound, plan->optimal,
                 plan->evaluations);
    free(loads);
    return plan->mlu;
}

/* Plans for the TMs in turn, then for all as samples, with one state of every algorithm. No plan
 * may beat a bound. */
static void plan_in_turn(const char *what, const lead_topology *topology, const double *tms,
                         int count) {
    double least[4], bound[4];
    int by[4] = {0}, bound_by[4] = {0};
    assert_true(count <= 4);
    for (int i = 0; i < count; i++) {
        least[i] = INFINITY;
        bound[i] = 0;
    }
    for (int w = 0; w < WAYS; w++) {
        lead_te *te;
        lead_te_plan before = {0};
        assert_ok(lead_te_alloc(lead_te_find(ways[w].algorithm), topology, &ways[w].options, &te));
        for (int i = 0; i < count; i++) {
            char text[160];
            lead_te_demand demand = {.tms = tms + i * N * N,
                                     .samples = 1,
                                     .in_force = before.routing,
                                     .weights_in_force = before.weights};
            lead_te_plan plan;
            snprintf(text, sizeof text, "%s, TM %d, %s (way %d)", what, i, ways[w].algorithm, w);
            double mlu = plan_once(te, text, topology, &demand, &plan);
            if (mlu < least[i]) {
                least[i] = mlu;
                by[i] = w;
            }
            if (plan.bound > bound[i]) {
                bound[i] = plan.bound;
                bound_by[i] = w;
            }
            lead_te_plan_clear(&before);
            before = plan;
        }
        lead_te_demand samples = {.tms = tms, .samples = count, .in_force = before.routing};
        lead_te_plan plan;
        plan_once(te, what, topology, &samples, &plan);
        lead_te_plan_clear(&plan);
        lead_te_plan_clear(&before);
        lead_te_free(te);
    }
    for (int i = 0; i < count; i++)
        if (!(bound[i] <= least[i] * (1 + 1e-6)))
            fail_msg("%s, TM %d: way %d proves a bound of %.12g, way %d has an MLU of %.12g", what,
                     i, bound_by[i], bound[i], by[i], least[i]);
}

/* Ordinary, then out of all proportion, then ordinary again: cold and warm. */
static void an_outlier_ends_no_algorithm(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(3, "test", &random));
    for (int all = 0; all < 2; all++)
        for (int decades = 3; decades <= 20; decades++) {
            lead_topology *topology = test_random_network(random, N, 1);
            double tms[4 * N * N];
            char what[60];
            test_random_tm(random, N, 1, tms);
            for (int i = 1; i < 4; i++)
                memcpy(tms + i * N * N, tms, N * N * sizeof *tms);
            for (int od = 0; od < N * N; od++)
                tms[N * N + od] *= all || od == 0 * N + N - 1 ? pow(10, decades) : 1;
            tms[N * N + N - 1] = fmax(tms[N * N + N - 1], pow(10, 5 + decades));
            memcpy(tms + 3 * N * N, tms + N * N, N * N * sizeof *tms);
            tms[3 * N * N + 1] += 1;
            snprintf(what, sizeof what, "1e%d times %s", decades, all ? "all" : "one pair");
            plan_in_turn(what, topology, tms, 4);         /* ordinary, outlier, ordinary, outlier */
            plan_in_turn(what, topology, tms + N * N, 1); /* the outlier first */
            lead_topology_free(topology);
        }
    gsl_rng_free(random);
}

static lead_topology *uneven_network(gsl_rng *random, double decades, bool alike) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < N; v++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", v);
        assert_ok(lead_topology_add_node(topology, name, NULL));
    }
    for (int i = 1; i < 2 * N; i++) {
        int a = i < N ? i : (int)gsl_rng_uniform_int(random, N),
            b = (int)gsl_rng_uniform_int(random, (unsigned long)(i < N ? i : N));
        if (a == b)
            continue;
        double there = pow(10, decades * gsl_rng_uniform(random)),
               back = alike ? there : pow(10, decades * gsl_rng_uniform(random));
        assert_ok(
            lead_topology_add_link(topology, (lead_link){a, b, there, 1e-3, 0, true, 0}, NULL));
        assert_ok(
            lead_topology_add_link(topology, (lead_link){b, a, back, 1e-3, 0, true, 0}, NULL));
    }
    return topology;
}

static void badly_scaled_networks_end_no_algorithm(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(4, "test", &random));
    for (int decades = 3; decades <= 19; decades += 2)
        for (int round = 0; round < 4; round++) {
            lead_topology *topology = uneven_network(random, decades, round % 2);
            double tms[3 * N * N];
            char what[60];
            for (int i = 0; i < 3; i++)
                test_random_tm(random, N, round < 2 ? 3 : decades, tms + i * N * N);
            snprintf(what, sizeof what, "capacities over %d decades, round %d", decades, round);
            plan_in_turn(what, topology, tms, 3);
            lead_topology_free(topology);
        }
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outlier_ends_no_algorithm),
        cmocka_unit_test(badly_scaled_networks_end_no_algorithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
