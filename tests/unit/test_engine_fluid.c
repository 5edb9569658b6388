/* The fluid engine: loads, losses and delays on networks small enough to solve by hand. */
#include "support.h"
#include <lead/engine.h>

static lead_engine_options options_for(const lead_topology *topology) {
    return (lead_engine_options){.topology = topology,
                                 .seed = 1,
                                 .epoch = 100,
                                 .simulated = 100,
                                 .rate_scale = 1,
                                 .packet_bytes = 100,
                                 .flows_per_pair = 1,
                                 .queue_packets = 100,
                                 .mean_flow_bytes = 1e5};
}

typedef struct setup {
    lead_topology *topology;
    lead_engine *engine;
    lead_routing *routing;
    lead_counters *reading;
} setup;

static setup make(lead_topology *topology) {
    setup made = {.topology = topology};
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    double *weights = calloc((size_t)m, sizeof *weights);
    lead_engine_options options = options_for(topology);
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_UNIT, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &made.routing));
    assert_ok(lead_engine_alloc(lead_engine_find("fluid"), &options, &made.engine));
    assert_ok(lead_counters_alloc(n, m, &made.reading));
    free(weights);
    return made;
}

static void release(setup made) {
    lead_engine_free(made.engine);
    lead_routing_free(made.routing);
    lead_counters_free(made.reading);
    lead_topology_free(made.topology);
}

/* A to C over B: A-B carries 8000 bit/s, B-C 4000. */
static lead_topology *narrowing(void) {
    return test_network(3, (const test_edge[]){{0, 1, 8000, 1}, {1, 2, 4000, 1}}, 2);
}

static void loads_are_those_of_the_splits(void **state) {
    (void)state;
    setup made = make(test_diamond());
    double tm[16] = {0}, loads[8];
    tm[3] = 6;
    tm[1 * 4 + 3] = 4;
    tm[2 * 4 + 1] = 3;
    assert_ok(lead_routing_loads(made.routing, tm, loads));
    assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
    for (int e = 0; e < 8; e++)
        assert_near((double)made.reading->link_bytes[e], loads[e] * 100 / 8, 1);
    assert_near((double)made.reading->od_delivered[3], 75, 0);
    assert_near(made.reading->time, 100, 0);
    assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
    assert_near((double)made.reading->od_offered[3], 150, 0); /* totals go on */
    release(made);
}

static void overload_is_lost_and_not_sent_on(void **state) {
    (void)state;
    setup made = make(narrowing());
    double tm[9] = {0};
    tm[0 * 3 + 2] = 6000; /* A-B passes it, B-C passes 4000 of it */
    tm[0 * 3 + 1] = 6000; /* together 12000 on A-B: two thirds pass */
    assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
    assert_near((double)made.reading->link_bytes[0], 8000 * 12.5, 1);
    assert_near((double)made.reading->link_dropped[0], 4000 * 12.5, 1);
    assert_near((double)made.reading->link_bytes[2], 4000 * 12.5,
                1); /* 4000 of C's 6000 arrive at B: B-C is just full */
    assert_near((double)made.reading->link_dropped[2], 0, 1);
    assert_near((double)made.reading->od_delivered[2], 4000 * 12.5, 1);
    assert_near((double)made.reading->od_delivered[1], 4000 * 12.5, 1);
    assert_int_equal(made.reading->unrouted, 0);
    release(made);
}

/* M/M/1/K in closed form: with load r and K places the mean time is L / (lambda (1 - P_K)). */
static void delays_are_those_of_mm1k(void **state) {
    (void)state;
    setup made = make(narrowing());
    const double loads[] = {0.1, 0.5, 0.9, 0.99};
    for (int i = 0; i < 4; i++) {
        double r = loads[i], service = 800.0 / 4000, top = 0, bottom = 0, tm[9] = {0};
        for (int k = 0; k <= 101; k++) {
            top += k * pow(r, k);
            bottom += pow(r, k);
        }
        double lost = pow(r, 101) / bottom,
               wanted = top / bottom / (r * (1 - lost)) * service + 1e-3;
        tm[1 * 3 + 2] = r * 4000;
        assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
        assert_near(made.reading->od_delay_mean[1 * 3 + 2], wanted, 1e-6 * wanted);
        assert_near(made.reading->delay_mean, wanted, 1e-6 * wanted);
        assert_true(made.reading->delay_p99 > 2 * wanted && made.reading->delay_p99 < 8 * wanted);
        assert_near(made.reading->delay_p99, made.reading->od_delay_p99[5],
                    0.01 * made.reading->delay_p99);
    }
    release(made);
}

static void delays_without_traffic_are_unknown(void **state) {
    (void)state;
    setup made = make(test_diamond());
    double tm[16] = {0};
    assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
    assert_true(isnan(made.reading->delay_mean) && isnan(made.reading->od_delay_p99[3]));
    release(made);
}

static void failures_are_repaired_locally(void **state) {
    (void)state;
    setup made = make(test_diamond());
    double tm[16] = {0};
    tm[3] = 6; /* A to D by B and C; after 50 s the link A-B goes down */
    lead_engine_change events[] = {{.offset = 50, .link = 0, .up = false}};
    assert_ok(lead_engine_run(made.engine, tm, made.routing, events, 1, made.reading));
    assert_near((double)made.reading->link_bytes[0], 3 * 50 / 8.0, 1);
    assert_near((double)made.reading->link_bytes[2], (3 * 50 + 6 * 50) / 8.0, 1);
    assert_near((double)made.reading->od_delivered[3], 75, 1);
    lead_engine_change more[] = {
        {.offset = 0, .link = 2, .up = false}}; /* and A-C: nothing is left */
    assert_ok(lead_engine_run(made.engine, tm, made.routing, more, 1, made.reading));
    assert_near((double)made.reading->od_delivered[3], 75, 1);
    assert_near((double)made.reading->unrouted, 75, 1);
    lead_engine_change back[] = {{.offset = 0, .link = 0, .up = true},
                                 {.offset = 0, .link = 2, .up = true}};
    assert_ok(lead_engine_run(made.engine, tm, made.routing, back, 2, made.reading));
    assert_near((double)made.reading->od_delivered[3], 150, 1);
    release(made);
}

/* A to D over B, over C (links 0, 2 and 4, 6), 3 to 1; B-D passes half of what it gets. */
static void paths_are_followed(void **state) {
    (void)state;
    static const test_edge edges[] = {
        {0, 1, 1e4, 1}, {1, 3, 3000, 1}, {0, 2, 1e4, 1}, {2, 3, 1e4, 1}};
    static const int over_b[] = {0, 2}, over_c[] = {4, 6};
    const lead_path paths[] = {{0.75, 2, over_b}, {0.25, 2, over_c}};
    setup made = make(test_network(4, edges, 4));
    double tm[16] = {0};
    tm[3] = 8000;
    assert_ok(lead_routing_set_paths(made.routing, 0, 3, paths, 2));
    assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
    assert_near((double)made.reading->link_bytes[0], 6000 * 12.5, 1);
    assert_near((double)made.reading->link_bytes[2], 3000 * 12.5, 1);
    assert_near((double)made.reading->link_dropped[2], 3000 * 12.5, 1);
    assert_near((double)made.reading->link_bytes[6], 2000 * 12.5, 1);
    assert_near((double)made.reading->od_delivered[3], 5000 * 12.5, 1);
    double over_c_only = 2e-3 + 800 / 1e4 * 2;
    assert_true(made.reading->od_delay_mean[3] > 2 * over_c_only); /* B-D's queue is full */
    release(made);
}

/* The path over B goes down: the one over C takes all; both down: the splits, which use A-D. */
static void paths_that_are_down_are_left(void **state) {
    (void)state;
    static const test_edge edges[] = {
        {0, 1, 1e5, 1}, {1, 3, 1e5, 1}, {0, 2, 1e5, 1}, {2, 3, 1e5, 1}, {0, 3, 1e5, 1}};
    static const int over_b[] = {0, 2}, over_c[] = {4, 6};
    const lead_path paths[] = {{0.75, 2, over_b}, {0.25, 2, over_c}};
    const lead_engine_change events[] = {{.offset = 25, .link = 2, .up = false},
                                         {.offset = 50, .link = 4, .up = false},
                                         {.offset = 75, .link = 2, .up = true}};
    setup made = make(test_network(4, edges, 5));
    double tm[16] = {0};
    tm[3] = 8000;
    assert_ok(lead_routing_set_paths(made.routing, 0, 3, paths, 2));
    assert_ok(lead_engine_run(made.engine, tm, made.routing, events, 3, made.reading));
    /* quarters of the epoch: 3/4 over B; all over C; all straight; all over B */
    assert_near((double)made.reading->link_bytes[2], (6000 + 8000) * 25 / 8, 1);
    assert_near((double)made.reading->link_bytes[6], (2000 + 8000) * 25 / 8, 1);
    assert_near((double)made.reading->link_bytes[8], 8000 * 25 / 8, 1);
    assert_near((double)made.reading->od_delivered[3], 8000 * 12.5, 1);
    release(made);
}

static void rate_scale_slows_the_simulation_only(void **state) {
    (void)state;
    lead_topology *topology = narrowing();
    lead_engine_options options = options_for(topology);
    lead_engine *engine;
    lead_counters *before, *after;
    lead_rates *rates;
    lead_routing *routing;
    double tm[9] = {0}, weights[4] = {1, 1, 1, 1};
    tm[1 * 3 + 2] = 2000;
    options.rate_scale = 0.01;
    options.simulated = 10000;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_engine_alloc(lead_engine_find("fluid"), &options, &engine));
    assert_ok(lead_counters_alloc(3, 4, &before));
    assert_ok(lead_counters_alloc(3, 4, &after));
    assert_ok(lead_rates_alloc(3, 4, &rates));
    assert_ok(lead_engine_run(engine, tm, routing, NULL, 0, after));
    assert_ok(lead_rates_update(rates, topology, before, after));
    assert_near(rates->link_offered[2], 2000, 1);
    assert_near(rates->od_offered[5], 2000, 1);
    assert_near(after->delay_mean, 1e-3 + 2 * 800.0 / 40,
                0.01); /* the service takes 100 times as long */
    lead_rates_free(rates);
    lead_counters_free(before);
    lead_counters_free(after);
    lead_engine_free(engine);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

static void bad_requests_are_told(void **state) {
    (void)state;
    setup made = make(test_diamond());
    double tm[16] = {0};
    lead_engine_options options = options_for(made.topology);
    lead_engine *engine;
    lead_engine_change events[] = {{.offset = 50, .link = 99, .up = false}},
                       late[] = {{.offset = 500, .link = 0, .up = false}};
    assert_fails(lead_engine_run(made.engine, tm, made.routing, events, 1, made.reading),
                 LEAD_INVALID, "link 99");
    assert_fails(lead_engine_run(made.engine, tm, made.routing, late, 1, made.reading),
                 LEAD_INVALID, "500 s");
    tm[3] = 1.7e308; /* beyond what a counter adds up to */
    assert_fails(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading),
                 LEAD_NUMERIC, "1.7e+308 bit/s in all is out of range");
    tm[3] = 0;
    tm[1] = -1;
    assert_fails(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading),
                 LEAD_NUMERIC, "-1 bit/s");
    options.rate_scale = 2;
    assert_fails(lead_engine_alloc(lead_engine_find("fluid"), &options, &engine), LEAD_INVALID,
                 "rate_scale of 2");
    options = options_for(made.topology);
    options.queue_packets = 0;
    assert_fails(lead_engine_alloc(lead_engine_find("fluid"), &options, &engine), LEAD_INVALID,
                 "queue");
    options = options_for(made.topology);
    options.packet_bytes = 1;
    assert_fails(lead_engine_alloc(lead_engine_find("fluid"), &options, &engine), LEAD_INVALID,
                 "packet_bytes of 1");
    assert_null(lead_engine_find("nonesuch"));
    release(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(loads_are_those_of_the_splits),
                                       cmocka_unit_test(overload_is_lost_and_not_sent_on),
                                       cmocka_unit_test(delays_are_those_of_mm1k),
                                       cmocka_unit_test(delays_without_traffic_are_unknown),
                                       cmocka_unit_test(failures_are_repaired_locally),
                                       cmocka_unit_test(paths_are_followed),
                                       cmocka_unit_test(paths_that_are_down_are_left),
                                       cmocka_unit_test(rate_scale_slows_the_simulation_only),
                                       cmocka_unit_test(bad_requests_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
