/* The fluid engine on random networks: no byte is lost from the books, no delay is impossible. */
#include "support.h"
#include <gsl/gsl_randist.h>
#include <lead/engine.h>

typedef struct setup {
    lead_topology *topology;
    lead_engine *engine;
    lead_routing *routing;
    lead_counters *reading;
    int n, m;
} setup;

static setup make(lead_topology *topology, lead_engine_options options) {
    setup made = {.topology = topology,
                  .n = lead_topology_node_count(topology),
                  .m = lead_topology_link_count(topology)};
    double *weights = calloc((size_t)made.m, sizeof *weights);
    options.topology = topology;
    assert_ok(lead_link_weights(topology, LEAD_WEIGHTS_UNIT, weights));
    assert_ok(lead_routing_from_weights(topology, weights, &made.routing));
    assert_ok(lead_engine_alloc(lead_engine_find("fluid"), &options, &made.engine));
    assert_ok(lead_counters_alloc(made.n, made.m, &made.reading));
    free(weights);
    return made;
}

static void release(setup made) {
    lead_engine_free(made.engine);
    lead_routing_free(made.routing);
    lead_counters_free(made.reading);
    lead_topology_free(made.topology);
}

static lead_engine_options usual(void) {
    return (lead_engine_options){.seed = 1,
                                 .epoch = 300,
                                 .simulated = 300,
                                 .rate_scale = 1,
                                 .packet_bytes = 1000,
                                 .flows_per_pair = 1,
                                 .queue_packets = 100,
                                 .mean_flow_bytes = 1e5};
}

static double sum_of(const uint64_t *values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)values[i];
    return sum;
}

/* Up to three links that change within the epoch. */
static int random_events(gsl_rng *random, int m, lead_engine_change events[3]) {
    int count = (int)gsl_rng_uniform_int(random, 4);
    for (int i = 0; i < count; i++)
        events[i] = (lead_engine_change){.offset = 100.0 * i,
                                         .link = (int)gsl_rng_uniform_int(random, (unsigned long)m),
                                         .up = gsl_rng_uniform(random) < 0.5};
    return count;
}

static void check_books(const setup *made, double rounding) {
    double offered = sum_of(made->reading->od_offered, made->n * made->n),
           delivered = sum_of(made->reading->od_delivered, made->n * made->n),
           dropped = sum_of(made->reading->link_dropped, made->m);
    assert_near(delivered + dropped + (double)made->reading->unrouted, offered,
                rounding + 1e-12 * offered);
    for (int e = 0; e < made->m; e++) /* no link carries more than it can */
        assert_true((double)made->reading->link_bytes[e] <=
                    lead_topology_link(made->topology, e)->capacity / 8 * made->reading->time *
                            (1 + 1e-8) +
                        1);
    assert_true(isnan(made->reading->delay_mean) ||
                (made->reading->delay_mean > 0 && made->reading->delay_p99 > 0));
    for (int od = 0; od < made->n * made->n; od++)
        assert_true(
            isnan(made->reading->od_delay_mean[od]) ||
            (made->reading->od_delay_mean[od] >= 1e-3 && made->reading->od_delay_p99[od] > 0));
}

static void what_is_offered_is_delivered_dropped_or_unrouted(void **state) {
    (void)state;
    enum { N = 10 };
    gsl_rng *random;
    assert_ok(lead_random_alloc(2, "test", &random));
    for (int round = 0; round < 40; round++) {
        setup made = make(test_random_network(random, N, round % 3), usual());
        double tm[N * N], scale = pow(10, 5 + round % 4);
        bool failures = round % 2;
        uint64_t unrouted = 0;
        for (int epoch = 0; epoch < 5; epoch++) {
            lead_engine_change events[3];
            int count = failures ? random_events(random, made.m, events) : 0;
            for (int od = 0; od < N * N; od++)
                tm[od] = od / N == od % N ? 0 : scale * gsl_rng_uniform(random);
            assert_ok(lead_engine_run(made.engine, tm, made.routing, events, count, made.reading));
            check_books(&made, 2 * N * N + made.m);
            assert_true(made.reading->unrouted >= unrouted); /* a running total */
            unrouted = made.reading->unrouted;
            assert_true(failures || unrouted == 0);
        }
        release(made);
    }
    gsl_rng_free(random);
}

/* Three queues in a ring that fill one another, so that nothing settles in one pass. */
static void a_ring_of_overloads_keeps_its_books(void **state) {
    (void)state;
    enum { N = 12 };
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < N; v++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", v % 100);
        assert_ok(lead_topology_add_node(topology, name, NULL));
    }
    for (int v = 0; v < N; v++)
        assert_ok(lead_topology_add_link(topology,
                                         (lead_link){v, (v + 1) % N, 1e9, 1e-3, 1, true, 0}, NULL));
    setup made = make(topology, usual());
    double tm[N * N] = {0};
    for (int v = 0; v < N; v++)
        tm[v * N + (v + N - 1) % N] = 1e9;
    for (int epoch = 0; epoch < 3; epoch++) {
        assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
        check_books(&made, 2 * N * N + N);
        assert_int_equal(made.reading->unrouted, 0);
    }
    release(made);
}

/* Totals beyond 2^53 bytes: the books still balance, and no running total goes down. */
static void large_totals_do_not_lose_track(void **state) {
    (void)state;
    lead_engine_options options = usual();
    options.epoch = options.simulated = 1e7;
    setup made =
        make(test_network(3, (const test_edge[]){{0, 1, 3e12, 1}, {1, 2, 1e12, 1}}, 2), options);
    double tm[9] = {0};
    tm[0 * 3 + 2] = 1.1e12;
    tm[0 * 3 + 1] = 0.7e12;
    tm[1 * 3 + 2] = 0.3e12;
    for (int epoch = 0; epoch < 50; epoch++) {
        assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
        assert_int_equal(made.reading->unrouted, 0);
    }
    release(made);
}

/* 1 % of a pair's traffic crosses a link with a long queue: its 99th percentile lies between the
 * quick way's and the slow way's. */
static void a_rare_slow_way_has_a_possible_percentile(void **state) {
    (void)state;
    static const test_edge edges[] = {
        {0, 1, 1e9, 1}, {1, 3, 1e9, 1}, {0, 2, 1e9, 1}, {2, 3, 1e5, 1}};
    lead_engine_options options = usual();
    options.queue_packets = 10000;
    setup made = make(test_network(4, edges, 4), options);
    for (double share = 1e-4; share < 0.5; share *= 3) {
        double tm[16] = {0}, splits[8] = {1 - share, 0, 1, 0, share, 0, 1, 0};
        splits[2] = 1; /* B-D */
        tm[3] = 2e5 / share;
        if (tm[3] > 9e8)
            tm[3] = 9e8;
        assert_ok(lead_routing_set(made.routing, 3, splits));
        assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
        assert_true(made.reading->od_delay_p99[3] >= 2e-3);
        assert_true(made.reading->delay_p99 >= 2e-3);
        assert_true(made.reading->delay_p99 < 10000);
        assert_near(made.reading->delay_p99, made.reading->od_delay_p99[3],
                    1e-4 * made.reading->delay_p99);
    }
    release(made);
}

/* Around load 1 of a long queue, against the sum over its states. */
static void a_long_queue_near_load_one(void **state) {
    (void)state;
    enum { PLACES = 1000001 };
    lead_engine_options options = usual();
    options.queue_packets = PLACES - 1;
    setup made = make(test_network(2, (const test_edge[]){{0, 1, 8e6, 1}}, 1), options);
    const double loads[] = {1 - 9e-7, 1 - 1e-9, 1, 1 + 9e-7, 1 + 3e-6};
    for (int i = 0; i < 5; i++) {
        double top = 0, bottom = 0, power = 1, tm[4] = {0, loads[i] * 8e6, 0, 0};
        for (int k = 0; k <= PLACES; k++, power *= loads[i]) {
            top += k * power;
            bottom += power;
        }
        double lost = power / loads[i] / bottom,
               wanted = top / bottom / (loads[i] * (1 - lost)) * 1e-3 + 1e-3;
        assert_ok(lead_engine_run(made.engine, tm, made.routing, NULL, 0, made.reading));
        assert_near(made.reading->delay_mean, wanted, 1e-4 * wanted);
    }
    release(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_offered_is_delivered_dropped_or_unrouted),
        cmocka_unit_test(a_ring_of_overloads_keeps_its_books),
        cmocka_unit_test(large_totals_do_not_lose_track),
        cmocka_unit_test(a_rare_slow_way_has_a_possible_percentile),
        cmocka_unit_test(a_long_queue_near_load_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
