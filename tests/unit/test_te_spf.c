/* te/spf: loads that follow single weight changes against loads from nothing. */
#include "support.h"
#include "te/weights/spf.h"
#include "te/weights/spf_change.h"
#include <lead/formats.h>

static int draw(gsl_rng *random, int count) {
    return (int)gsl_rng_uniform_int(random, (unsigned long)count);
}

/* Same weights, evaluated from nothing: every bit of every load and share is the same. */
static void check_against_full(const lead_te_spf *spf, lead_te_spf *full) {
    lead_te_spf_set(full, spf->weight);
    assert_memory_equal(spf->load, full->load, sizeof(int64_t) * (size_t)(spf->m * spf->tms));
    assert_memory_equal(spf->distance, full->distance, sizeof(int) * (size_t)(spf->n * spf->n));
    for (int i = 0; i < spf->n * spf->n; i++)
        if (spf->distance[i] > 0 && spf->distance[i] < LEAD_TE_SPF_UNREACHED) {
            assert_int_equal(spf->next_hops[i], full->next_hops[i]);
            assert_memory_equal(spf->share + i * spf->tms, full->share + i * spf->tms,
                                sizeof(double) * (size_t)spf->tms);
        }
}

/* And the routing that the rest of the library makes of the weights has these loads. */
static void check_against_routing(const lead_topology *topology, const lead_te_spf *spf,
                                  const double *tms) {
    double *weights = calloc((size_t)spf->m, sizeof *weights),
           *loads = calloc((size_t)spf->m, sizeof *loads);
    lead_routing *routing;
    for (int e = 0; e < spf->m; e++)
        weights[e] = spf->weight[e];
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    for (int k = 0; k < spf->tms; k++) {
        const double *tm = tms + k * spf->n * spf->n;
        assert_ok(lead_routing_loads(routing, tm, loads));
        for (int e = 0; e < spf->m; e++)
            assert_near(lead_te_spf_load(spf, e, k), loads[e],
                        1e-9 * loads[e] + 1e-15 * lead_tm_total(tm, spf->n));
    }
    lead_routing_free(routing);
    free(weights);
    free(loads);
}

/* `count` random changes, alone and by twos, kept and undone; now and then a link fails. */
static void change_and_check(const lead_topology *topology, const double *tms, int tm_count,
                             int count, int check_every, gsl_rng *random) {
    lead_te_spf *spf, *full;
    assert_ok(lead_te_spf_alloc(topology, tms, tm_count, &spf));
    assert_ok(lead_te_spf_alloc(topology, tms, tm_count, &full));
    for (int i = 0; i < count && spf->m > 0; i++) {
        int most = draw(random, 2) ? 4 : 300, changes = 1 + draw(random, 2);
        bool fails = draw(random, 20) == 0;
        for (int j = 0; j < changes; j++)
            lead_te_spf_change(spf, draw(random, spf->m), 1 + draw(random, most));
        if (fails)
            lead_te_spf_change(spf, draw(random, spf->m), LEAD_TE_SPF_DOWN);
        if (fails && i % check_every < 20)
            check_against_full(spf, full);
        if (fails || draw(random, 2))
            lead_te_spf_undo(spf);
        else
            lead_te_spf_keep(spf);
        if (i % check_every == 0)
            check_against_full(spf, full);
    }
    check_against_full(spf, full);
    check_against_routing(topology, spf, tms);
    lead_te_spf_free(spf);
    lead_te_spf_free(full);
}

static void changes_give_the_loads_of_a_full_evaluation(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(1, "test", &random));
    for (int round = 0; round < 24; round++) {
        int n = 3 + draw(random, 25), tm_count = 1 + round % 3;
        lead_topology *topology = test_random_network(random, n, 2);
        double *tms = test_random_tms(random, n, tm_count);
        for (int i = 0; i < 2; i++) /* parallel links */
            assert_ok(lead_topology_add_link(topology, *lead_topology_link(topology, i), NULL));
        change_and_check(topology, tms, tm_count, 2000, 7, random);
        free(tms);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

static void changes_on_real_networks(void **state) {
    (void)state;
    static const char *const names[] = {"Abilene", "Geant2012", "Colt"};
    gsl_rng *random;
    if (!test_data("repetita/Abilene.graph"))
        skip();
    assert_ok(lead_random_alloc(1, "test", &random));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char graph[100], demands[100];
        lead_topology *topology;
        lead_tm_series *series;
        snprintf(graph, sizeof graph, "repetita/%s.graph", names[i]);
        snprintf(demands, sizeof demands, "repetita/%s.0000.demands", names[i]);
        assert_ok(lead_topology_read(test_data(graph), 0, &topology));
        lead_tm_reading reading = {.topology = topology};
        assert_ok(lead_tm_series_read(test_data(demands), &reading, &series));
        change_and_check(topology, lead_tm_series_tm(series, 0), 1, 30000, 97, random);
        lead_tm_series_free(series);
        lead_topology_free(topology);
    }
    gsl_rng_free(random);
}

static void links_that_are_down_and_lone_nodes(void **state) {
    (void)state;
    gsl_rng *random;
    assert_ok(lead_random_alloc(2, "test", &random));
    lead_topology *topology = test_diamond();
    double tm[36] = {0};
    lead_te_spf *spf;
    assert_ok(lead_topology_add_node(topology, "E", NULL)); /* nothing leads there */
    assert_ok(lead_topology_add_node(topology, "F", NULL)); /* F reaches the rest, not back */
    assert_ok(lead_topology_add_link(topology, (lead_link){5, 0, 10, 1e-3, 1, true, 0}, NULL));
    assert_ok(lead_topology_set_up(topology, 4, false)); /* B to D */
    tm[0 * 6 + 3] = 8;
    tm[5 * 6 + 3] = 4;
    assert_ok(lead_te_spf_alloc(topology, tm, 1, &spf));
    lead_te_spf_change(spf, 2, 100); /* A to C is dear, but there is no other way */
    assert_near(lead_te_spf_load(spf, 2, 0), 12, 1e-12);
    assert_near(lead_te_spf_load(spf, 4, 0), 0, 0);
    assert_near(lead_te_spf_load(spf, 8, 0), 4, 1e-12);
    lead_te_spf_free(spf);
    change_and_check(topology, tm, 1, 3000, 3, random);
    lead_topology_free(topology);
    gsl_rng_free(random);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_give_the_loads_of_a_full_evaluation),
        cmocka_unit_test(changes_on_real_networks),
        cmocka_unit_test(links_that_are_down_and_lone_nodes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
