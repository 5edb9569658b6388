/* The packet engine against the fluid one: what both are asked must come out alike where there is
 * no queueing. */
#include <lead/engine.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 6, LINKS = 16 };

typedef struct world {
    lead_topology *topology;
    lead_routing *routing;
    lead_engine_options options;
    double tm[NODES * NODES];
} world;

static void add_pair(lead_topology *topology, int a, int b, double capacity) {
    lead_link link = {.source = a,
                      .destination = b,
                      .capacity = capacity,
                      .delay = 1e-3,
                      .weight = 1,
                      .up = true};
    assert_int_equal(lead_topology_add_link(topology, link, NULL), LEAD_OK);
    link.source = b;
    link.destination = a;
    assert_int_equal(lead_topology_add_link(topology, link, NULL), LEAD_OK);
}

/* A ring of six with two chords; every capacity 1 Gbit/s, simulated at a hundredth. */
static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    assert_int_equal(lead_topology_alloc(&w->topology), LEAD_OK);
    for (int i = 0; i < NODES; i++) {
        char name[] = {(char)('a' + i), 0};
        assert_int_equal(lead_topology_add_node(w->topology, name, NULL), LEAD_OK);
    }
    for (int i = 0; i < NODES; i++)
        add_pair(w->topology, i, (i + 1) % NODES, 1e9);
    add_pair(w->topology, 0, 3, 1e9);
    add_pair(w->topology, 1, 4, 1e9);
    double weights[LINKS];
    assert_int_equal(lead_link_weights(w->topology, LEAD_WEIGHTS_UNIT, weights), LEAD_OK);
    assert_int_equal(lead_routing_from_weights(w->topology, weights, &w->routing), LEAD_OK);
    for (int i = 0; i < NODES * NODES; i++)
        w->tm[i] = i / NODES == i % NODES ? 0 : 2e7 * (1 + i % 5);
    w->options = (lead_engine_options){
        .topology = w->topology,
        .seed = 3,
        .epoch = 300,
        .simulated = 2,
        .rate_scale = 0.01,
        .packets = LEAD_PACKETS_CBR,
        .packet_bytes = 500,
        .flows_per_pair = 128,
        .queue = LEAD_QUEUE_FIFO,
        .queue_packets = 100,
        .mean_flow_bytes = 2e4,
    };
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    lead_routing_free(w->routing);
    lead_topology_free(w->topology);
    free(w);
    return 0;
}

static lead_engine *new_engine(world *w, const char *name) {
    lead_engine *engine;
    const lead_engine_type *type = lead_engine_find(name);
    assert_non_null(type);
    if (lead_engine_alloc(type, &w->options, &engine) != LEAD_OK)
        fail_msg("%s", lead_last_message());
    return engine;
}

static lead_counters *new_counters(void) {
    lead_counters *counters;
    assert_int_equal(lead_counters_alloc(NODES, LINKS, &counters), LEAD_OK);
    return counters;
}

static void run(lead_engine *engine, world *w, const lead_engine_change *events, int count,
                lead_counters *reading) {
    if (lead_engine_run(engine, w->tm, w->routing, events, count, reading) != LEAD_OK)
        fail_msg("%s", lead_last_message());
}

static void like_the_fluid_engine(void **state) {
    world *w = *state;
    lead_counters *packets = new_counters(), *fluid = new_counters();
    lead_engine *engine = new_engine(w, "ns3");
    for (int epoch = 0; epoch < 3; epoch++)
        run(engine, w, NULL, 0, packets);
    lead_engine_free(engine);
    engine = new_engine(w, "fluid");
    for (int epoch = 0; epoch < 3; epoch++)
        run(engine, w, NULL, 0, fluid);
    lead_engine_free(engine);
    assert_float_equal(packets->time, 6, 1e-6);
    assert_float_equal(packets->rate_scale, fluid->rate_scale, 0);
    assert_int_equal(packets->bits, 64);
    double loads[LINKS];
    assert_int_equal(lead_routing_loads(w->routing, w->tm, loads), LEAD_OK);
    for (int i = 0; i < LINKS; i++) {
        double bytes = loads[i] * 0.01 * 6 / 8;
        assert_true(fabs((double)packets->link_bytes[i] / bytes - 1) < 0.05);
        assert_true(fabs((double)fluid->link_bytes[i] / bytes - 1) < 0.01);
        assert_int_equal(packets->link_dropped[i], 0);
        assert_int_equal(packets->link_missing[i], 0);
    }
    for (int i = 0; i < NODES * NODES; i++) {
        assert_true(fabs((double)packets->od_offered[i] - w->tm[i] * 0.01 * 6 / 8) <= 500);
        if (w->tm[i] > 0)
            assert_true(packets->od_delay_mean[i] > 1e-3 && packets->od_delay_mean[i] < 0.02);
        else
            assert_true(isnan(packets->od_delay_mean[i]));
    }
    assert_true(packets->delay_p99 >= packets->delay_mean);
    lead_counters_free(packets);
    lead_counters_free(fluid);
}

static void every_packet_model_and_queue(void **state) {
    world *w = *state;
    const lead_packet_model models[] = {LEAD_PACKETS_CBR, LEAD_PACKETS_POISSON, LEAD_PACKETS_PARETO,
                                        LEAD_PACKETS_TCP};
    const lead_queue_kind queues[] = {LEAD_QUEUE_FIFO, LEAD_QUEUE_RED, LEAD_QUEUE_CODEL,
                                      LEAD_QUEUE_FIFO};
    for (int i = 0; i < 4; i++) {
        lead_counters *reading = new_counters();
        w->options.packets = models[i];
        w->options.queue = queues[i];
        w->options.queue_packets = i % 2 ? 0 : 100;
        w->options.queue_bytes = 60000;
        lead_engine *engine = new_engine(w, "ns3");
        for (int epoch = 0; epoch < 3; epoch++)
            run(engine, w, NULL, 0, reading);
        double delivered = 0, asked = 0;
        for (int j = 0; j < NODES * NODES; j++) {
            delivered += (double)reading->od_delivered[j];
            asked += w->tm[j] * 0.01 * 6 / 8;
        }
        if (!(delivered > 0.7 * asked && delivered < 1.3 * asked))
            fail_msg("model %d: %g of %g bytes", i, delivered, asked);
        lead_engine_free(engine);
        lead_counters_free(reading);
    }
}

static void link_events(void **state) {
    world *w = *state;
    lead_counters *first = new_counters(), *second = new_counters();
    lead_engine *engine = new_engine(w, "ns3");
    run(engine, w, NULL, 0, first);
    const lead_engine_change events[] = {{.offset = 0, .link = 0, .up = false},
                                         {.offset = 0, .link = 1, .up = false},
                                         {.offset = 1, .link = 0, .up = true},
                                         {.offset = 1, .link = 1, .up = true}};
    run(engine, w, events, 4, second);
    double before = (double)first->link_bytes[0], during = (double)second->link_bytes[0] - before;
    assert_true(during < 0.6 * before && during > 0.4 * before); /* up for half of the epoch */
    lead_counters_free(first);
    lead_counters_free(second);
    lead_engine_free(engine);
}

/* From a to d over b and c, over f and e, straight; the first goes down for the second half. */
static void paths_like_the_fluid_engine(void **state) {
    world *w = *state;
    static const int over_b[] = {0, 2, 4}, over_f[] = {11, 9, 7}, straight[] = {12};
    const lead_path paths[] = {{0.5, 3, over_b}, {0.3, 3, over_f}, {0.2, 1, straight}};
    const lead_engine_change half = {.offset = 1, .link = 2, .up = false},
                             back = {.offset = 0, .link = 2, .up = true};
    lead_counters *packets = new_counters(), *fluid = new_counters();
    if (lead_routing_set_paths(w->routing, 0, 3, paths, 3) != LEAD_OK)
        fail_msg("%s", lead_last_message());
    w->tm[3] = 4e8; /* a pair that the link counters show */
    w->options.packets = LEAD_PACKETS_POISSON;
    lead_engine *engine = new_engine(w, "ns3");
    run(engine, w, NULL, 0, packets);
    run(engine, w, &half, 1, packets);
    lead_routing_set_paths(w->routing, 0, 3, paths + 1, 2); /* planned anew */
    run(engine, w, &back, 1, packets);
    lead_engine_free(engine);
    lead_routing_set_paths(w->routing, 0, 3, paths, 3);
    engine = new_engine(w, "fluid");
    run(engine, w, NULL, 0, fluid);
    run(engine, w, &half, 1, fluid);
    lead_routing_set_paths(w->routing, 0, 3, paths + 1, 2);
    run(engine, w, &back, 1, fluid);
    lead_engine_free(engine);
    for (int e = 0; e < LINKS; e++) {
        double many = (double)fluid->link_bytes[e];
        if (fabs((double)packets->link_bytes[e] - many) > 0.03 * many + 2e4)
            fail_msg("link %d: %g bytes in packets, %g as a fluid", e,
                     (double)packets->link_bytes[e], many);
    }
    double lost = (double)fluid->unrouted; /* of pairs that the splits send over b-c alone */
    assert_true(fabs((double)packets->unrouted - lost) < 0.03 * lost);
    double arrived = (double)fluid->od_delivered[3];
    assert_true(fabs((double)packets->od_delivered[3] - arrived) < 0.02 * arrived);
    lead_counters_free(packets);
    lead_counters_free(fluid);
}

static void tables_arrive_one_after_the_other(void **state) {
    world *w = *state;
    double weights[LINKS];
    lead_routing *other;
    for (int i = 0; i < LINKS; i++)
        weights[i] = i < 2 ? 100 : 1; /* away from a-b */
    assert_int_equal(lead_routing_from_weights(w->topology, weights, &other), LEAD_OK);
    w->options.convergence = 0.4; /* f, the last one, after 2 s */
    lead_counters *reading = new_counters();
    lead_engine *engine = new_engine(w, "ns3");
    run(engine, w, NULL, 0, reading);
    uint64_t out_before = reading->link_bytes[0], back_before = reading->link_bytes[1];
    assert_int_equal(lead_engine_run(engine, w->tm, other, NULL, 0, reading), LEAD_OK);
    uint64_t out = reading->link_bytes[0] - out_before, back = reading->link_bytes[1] - back_before;
    assert_true(out < out_before / 20);  /* a is the first to change */
    assert_true(back > back_before / 8); /* b changes after 0.4 s */
    lead_counters_free(reading);
    lead_engine_free(engine);
    lead_routing_free(other);
}

static void two_engines(void **state) {
    world *w = *state;
    lead_engine *first = new_engine(w, "ns3"), *second;
    assert_int_equal(lead_engine_alloc(lead_engine_find("ns3"), &w->options, &second),
                     LEAD_INVALID);
    assert_non_null(strstr(lead_last_message(), "already"));
    lead_counters *reading = new_counters();
    run(first, w, NULL, 0, reading);
    lead_engine_free(first);
    second = new_engine(w, "ns3");
    lead_counters *again = new_counters();
    run(second, w, NULL, 0, again);
    assert_memory_equal(reading->link_bytes, again->link_bytes, sizeof(uint64_t) * LINKS);
    assert_memory_equal(reading->od_delivered, again->od_delivered,
                        sizeof(uint64_t) * NODES * NODES);
    lead_engine_free(second);
    lead_counters_free(reading);
    lead_counters_free(again);
}

static void bad_options(void **state) {
    world *w = *state;
    lead_engine *engine;
    w->options.rate_scale = 1e-10; /* 0.1 bit/s */
    assert_int_equal(lead_engine_alloc(lead_engine_find("ns3"), &w->options, &engine),
                     LEAD_INVALID);
    assert_non_null(strstr(lead_last_message(), "a-b"));
    w->options.rate_scale = 0.01;
    w->options.packets = LEAD_PACKETS_TCP;
    w->options.mean_flow_bytes = -1;
    assert_int_equal(lead_engine_alloc(lead_engine_find("ns3"), &w->options, &engine),
                     LEAD_INVALID);
    assert_non_null(strstr(lead_last_message(), "-1"));
    w->options.packets = LEAD_PACKETS_CBR;
    w->options.mean_flow_bytes = 0;
    engine = new_engine(w, "ns3"); /* a failed one leaves the simulator free */
    lead_counters *reading;
    assert_int_equal(lead_counters_alloc(2, 2, &reading), LEAD_OK);
    assert_int_equal(lead_engine_run(engine, w->tm, w->routing, NULL, 0, reading), LEAD_INVALID);
    lead_counters_free(reading);
    lead_engine_free(engine);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(like_the_fluid_engine),
        TEST(every_packet_model_and_queue),
        TEST(paths_like_the_fluid_engine),
        TEST(link_events),
        TEST(tables_arrive_one_after_the_other),
        TEST(two_engines),
        TEST(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
