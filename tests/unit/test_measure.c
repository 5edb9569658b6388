/* measure: counters that wrap, restart and go missing; TMs from counters and from link loads. */
#include "support.h"
#include <lead/formats.h>
#include <lead/measure.h>

typedef struct readings {
    lead_topology *topology;
    lead_counters *before, *after;
    lead_rates *rates;
} readings;

/* An estimate whose time and variances do not matter, of 12 nodes at most. */
static lead_status test_estimate(lead_estimator *estimator, const lead_rates *rates,
                                 const lead_routing *in_force, double *tm, unsigned char *gap) {
    double variance[144];
    lead_measurement measured = {.rates = rates, .in_force = in_force};
    return lead_estimator_estimate(estimator, &measured, &(lead_estimate){tm, variance, gap});
}

static readings make_readings(void) {
    readings made = {.topology = test_diamond()};
    assert_ok(lead_counters_alloc(4, 8, &made.before));
    assert_ok(lead_counters_alloc(4, 8, &made.after));
    assert_ok(lead_rates_alloc(4, 8, &made.rates));
    made.after->time = 2;
    return made;
}

static void free_readings(readings made) {
    lead_counters_free(made.before);
    lead_counters_free(made.after);
    lead_rates_free(made.rates);
    lead_topology_free(made.topology);
}

static void rates_are_full_scale(void **state) {
    (void)state;
    readings made = make_readings();
    made.before->time = 0.5; /* an interval of 1.5 s */
    made.after->rate_scale = 1e-3;
    made.before->link_bytes[0] = 100;
    made.after->link_bytes[0] = 400;
    made.after->link_dropped[0] = 75;
    made.after->od_offered[3] = 30;
    assert_ok(lead_rates_update(made.rates, made.topology, made.before, made.after));
    assert_near(made.rates->link_carried[0], 300 * 8 / 1.5 * 1e3, 1e-6);
    assert_near(made.rates->link_offered[0], 375 * 8 / 1.5 * 1e3, 1e-6);
    assert_near(made.rates->od_offered[3], 30 * 8 / 1.5 * 1e3, 1e-6);
    made.after->time = 0.5;
    assert_fails(lead_rates_update(made.rates, made.topology, made.before, made.after),
                 LEAD_INVALID, "does not come after");
    free_readings(made);
}

static void counters_wrap_or_restart(void **state) {
    (void)state;
    readings made = make_readings(); /* links of 10 bit/s: at most 3.75 bytes in 2 s are a wrap */
    made.after->bits = 32;
    made.before->link_bytes[0] = 0xffffffffu;
    made.after->link_bytes[0] = 1; /* 2 bytes on */
    made.before->link_bytes[1] = 1000;
    made.after->link_bytes[1] = 3; /* a wrap would be 4 Gbyte: restarted */
    assert_ok(lead_rates_update(made.rates, made.topology, made.before, made.after));
    assert_near(made.rates->link_carried[0], 8, 1e-9);
    assert_true(isnan(made.rates->link_carried[1]));
    made.after->bits = 64;
    made.before->link_bytes[0] = UINT64_MAX;
    assert_ok(lead_rates_update(made.rates, made.topology, made.before, made.after));
    assert_near(made.rates->link_carried[0], 8, 1e-9);
    made.after->bits = 16;
    assert_fails(lead_rates_update(made.rates, made.topology, made.before, made.after),
                 LEAD_INVALID, "16 bits");
    free_readings(made);
}

static void missing_readings_are_gaps(void **state) {
    (void)state;
    readings made = make_readings();
    lead_estimator *estimator;
    double tm[16];
    unsigned char gap[16];
    assert_ok(
        lead_estimator_alloc(lead_estimator_find("od-counters"), made.topology, NULL, &estimator));
    made.after->od_offered[1] = 2;
    assert_ok(lead_rates_update(made.rates, made.topology, made.before, made.after));
    assert_ok(test_estimate(estimator, made.rates, NULL, tm, gap));
    assert_near(tm[1], 8, 1e-12);
    assert_int_equal(gap[1], 0);
    made.after->od_missing[1] = made.after->od_missing[0] = 1;
    made.after->link_missing[2] = 1;
    assert_ok(lead_rates_update(made.rates, made.topology, made.before, made.after));
    assert_true(isnan(made.rates->link_offered[2]));
    assert_ok(test_estimate(estimator, made.rates, NULL, tm, gap));
    assert_near(tm[1], 8, 1e-12); /* the last known rate */
    assert_int_equal(gap[1], 1);
    assert_int_equal(gap[0], 0); /* no pair */
    lead_estimator_free(estimator);
    free_readings(made);
}

/* Rates as exact counters would give them for a TM under a routing. */
static void exact_rates(const lead_routing *routing, const double *tm, lead_rates *rates) {
    memcpy(rates->od_offered, tm, sizeof(double) * (size_t)(rates->node_count * rates->node_count));
    assert_ok(lead_routing_loads(routing, tm, rates->link_offered));
}

static double relative_error(const double *estimate, const double *truth, int n) {
    double error = 0, volume = 0;
    for (int od = 0; od < n * n; od++)
        if (od / n != od % n) {
            error += fabs(estimate[od] - truth[od]);
            volume += truth[od];
        }
    return error / volume;
}

static void link_estimators_explain_the_loads(void **state) {
    (void)state;
    static const char *const names[] = {"tomogravity", "minimum-kl"};
    lead_topology *topology = test_diamond();
    double weights[8] = {1, 1, 2, 2, 1, 1, 1, 1}, loads[8], tm[16], estimate[16];
    unsigned char gap[16];
    lead_routing *routing;
    lead_rates *rates;
    for (int od = 0; od < 16; od++)
        tm[od] = od / 4 == od % 4 ? 0 : 1 + od * 7 % 5;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_rates_alloc(4, 8, &rates));
    exact_rates(routing, tm, rates);
    for (int i = 0; i < 2; i++) {
        lead_estimator *estimator;
        assert_ok(lead_estimator_alloc(lead_estimator_find(names[i]), topology, NULL, &estimator));
        assert_fails(test_estimate(estimator, rates, NULL, estimate, gap), LEAD_INVALID,
                     "routing in force");
        assert_ok(test_estimate(estimator, rates, routing, estimate, gap));
        assert_ok(lead_routing_loads(routing, estimate, loads));
        for (int e = 0; e < 8; e++)
            assert_near(loads[e], rates->link_offered[e], 0.01 * (1 + rates->link_offered[e]));
        lead_estimator_free(estimator);
    }
    lead_rates_free(rates);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

/* A link that does not answer is no link without load; a pair that does not is a gap for its nodes.
 */
static void link_estimators_leave_out_what_is_missing(void **state) {
    (void)state;
    static const char *const names[] = {"tomogravity", "minimum-kl"};
    lead_topology *topology = test_diamond();
    double weights[8] = {1, 1, 2, 2, 1, 1, 1, 1}, loads[8], tm[16], estimate[16];
    unsigned char gap[16];
    lead_routing *routing;
    lead_rates *rates;
    for (int od = 0; od < 16; od++)
        tm[od] = od / 4 == od % 4 ? 0 : 1 + od * 7 % 5;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_rates_alloc(4, 8, &rates));
    for (int i = 0; i < 2; i++) {
        lead_estimator *estimator;
        assert_ok(lead_estimator_alloc(lead_estimator_find(names[i]), topology, NULL, &estimator));
        exact_rates(routing, tm, rates);
        rates->link_offered[0] = NAN;
        assert_ok(test_estimate(estimator, rates, routing, estimate, gap));
        assert_ok(lead_routing_loads(routing, estimate, loads));
        exact_rates(routing, tm, rates);
        assert_true(loads[0] > 0.7 * rates->link_offered[0]);
        for (int e = 1; e < 8; e++)
            assert_near(loads[e], rates->link_offered[e], 0.01 * (1 + rates->link_offered[e]));
        for (int od = 0; od < 16; od++)
            assert_int_equal(gap[od], 0);
        rates->od_offered[1 * 4 + 2] = NAN;
        assert_ok(test_estimate(estimator, rates, routing, estimate, gap));
        for (int od = 0; od < 16; od++)
            assert_int_equal(gap[od], od / 4 != od % 4 && (od / 4 == 1 || od % 4 == 2));
        lead_estimator_free(estimator);
    }
    lead_rates_free(rates);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void gravity_is_exact_for_gravity_traffic(void **state) {
    (void)state;
    lead_topology *topology = test_diamond();
    double weights[8] = {1, 1, 1, 1, 1, 1, 1, 1}, tm[16], estimate[16];
    const double out[] = {1, 2, 3, 4}, in[] = {4, 1, 2, 3};
    unsigned char gap[16];
    lead_routing *routing;
    lead_rates *rates;
    lead_estimator *estimator;
    for (int od = 0; od < 16; od++)
        tm[od] = od / 4 == od % 4 ? 0 : out[od / 4] * in[od % 4];
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_rates_alloc(4, 8, &rates));
    exact_rates(routing, tm, rates);
    assert_ok(lead_estimator_alloc(lead_estimator_find("gravity"), topology, NULL, &estimator));
    assert_ok(test_estimate(estimator, rates, routing, estimate, gap));
    assert_near(relative_error(estimate, tm, 4), 0, 1e-6);
    lead_estimator_free(estimator);
    lead_rates_free(rates);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

/* On Abilene, noise-free loads under inverse-capacity ECMP: the order that is known (gravity worst,
 * calibrated minimum KL best) and about the known errors (0.46, 0.26, 0.16 of the volume). */
static void abilene_errors_are_the_known_ones(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double least, most;
    } known[] = {{"gravity", 0.36, 0.56}, {"tomogravity", 0.18, 0.32}, {"minimum-kl", 0.08, 0.20}};
    if (!test_data("abilene-tm.csv.gz"))
        skip();
    lead_topology *topology;
    lead_tm_series *series, *prior;
    double weights[30], estimate[144];
    unsigned char gap[144];
    lead_routing *routing;
    lead_rates *rates;
    assert_ok(lead_topology_read(test_data("abilene-links.csv"), 0, &topology));
    lead_tm_reading reading = {.topology = topology, .to = 1078099200 + 14 * 86400};
    assert_ok(lead_tm_series_read(test_data("abilene-tm.csv.gz"), &reading, &series));
    assert_ok(lead_tm_series_slice(series, 0, 2016, &prior));
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_rates_alloc(12, 30, &rates));
    for (int i = 0; i < 3; i++) {
        lead_estimator *estimator;
        double error = 0;
        assert_ok(
            lead_estimator_alloc(lead_estimator_find(known[i].name), topology, prior, &estimator));
        for (int k = 0; k < 20; k++) {
            const double *tm = lead_tm_series_tm(series, 2016 + 100 * k);
            exact_rates(routing, tm, rates);
            assert_ok(test_estimate(estimator, rates, routing, estimate, gap));
            error += relative_error(estimate, tm, 12) / 20;
        }
        print_message("%s: %.3f\n", known[i].name, error);
        assert_true(error > known[i].least && error < known[i].most);
        lead_estimator_free(estimator);
    }
    lead_rates_free(rates);
    lead_routing_free(routing);
    lead_tm_series_free(prior);
    lead_tm_series_free(series);
    lead_topology_free(topology);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rates_are_full_scale),
                                       cmocka_unit_test(counters_wrap_or_restart),
                                       cmocka_unit_test(missing_readings_are_gaps),
                                       cmocka_unit_test(link_estimators_explain_the_loads),
                                       cmocka_unit_test(link_estimators_leave_out_what_is_missing),
                                       cmocka_unit_test(gravity_is_exact_for_gravity_traffic),
                                       cmocka_unit_test(abilene_errors_are_the_known_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
