/* Laps of a controller on the fluid engine: any policy, any traffic, links that go down and up,
 * counters that are missing, wrap, restart or stand still. There is always a routing. */
#include "bytes.h"
#include "fuzz.h"
#include <lead/control.h>
#include <lead/engine.h>
#include <math.h>

enum { MOST_NODES = 5, PAIRS = MOST_NODES * MOST_NODES, STEP = 300, LAPS = 5, EVENTS = 4 };

typedef struct world {
    lead_topology *topology;
    lead_tm_series *fit;
    lead_controller *controller;
    lead_engine *engine;
    lead_counters *reading;
    double simulated;
    int n, m;
} world;

static lead_tm_series *draw_past(fuzz_bytes *in, int n) {
    lead_tm_series *past;
    double tm[PAIRS];
    int length = fuzz_below(in, 80); /* 50 are needed to be surprised */
    if (lead_tm_series_alloc(n, NULL, &past) != LEAD_OK)
        abort();
    for (int i = 0; i < length; i++) {
        for (int od = 0; od < n * n; od++)
            tm[od] = od % (n + 1) == 0 ? 0 : 1e6 * (1 + i % 7) * (1 + od);
        if (lead_tm_series_append(past, (i - length) * STEP, tm) != LEAD_OK)
            abort();
    }
    return past;
}

static lead_status make_controller(fuzz_bytes *in, world *w) {
    static const char *const estimators[] = {"od-counters", "gravity", "tomogravity", "minimum-kl",
                                             "state-space"},
                             *const algorithms[] = {"ecmp",    "mcf", "paths",     "robust",
                                                    "weights", "sr",  "oblivious", "smore"},
                             *const predictors[] = {"last", "mean", "ewma", "seasonal"};
    lead_policy policy = {.name = "p",
                          .estimator = lead_estimator_find(estimators[fuzz_below(in, 5)]),
                          .te = lead_te_find(algorithms[fuzz_below(in, 8)]),
                          .every = fuzz_below(in, 4)};
    unsigned when = fuzz_byte(in);
    policy.gain = when & 1 ? 0.05 : 0;
    policy.detect = (lead_detect_options){.level = when & 2 ? 0.5 : 0, .quiet = 1};
    lead_tm_series *past = draw_past(in, w->n);
    if (fuzz_byte(in) & 1)
        policy.predictor = lead_predictor_find(predictors[fuzz_below(in, 4)]);
    policy.surprise = policy.predictor && when & 4 ? 0.5 : 0;
    if (lead_tm_series_slice(past, 0, lead_tm_series_length(past), &w->fit) != LEAD_OK)
        abort();
    policy.te_options.evaluation_limit = 30;
    policy.predictor_options.samples = 1 + fuzz_below(in, 3);
    policy.predictor_options.fit = w->fit;
    return lead_controller_alloc(w->topology, &policy, past, STEP, &w->controller);
}

static lead_status make_engine(fuzz_bytes *in, world *w) {
    static const double scales[] = {1, 1e-3, 1e-12, 0.5};
    lead_engine_options options = {.topology = w->topology,
                                   .seed = 1,
                                   .epoch = STEP,
                                   .simulated = w->simulated = fuzz_byte(in) & 1 ? STEP : 2,
                                   .rate_scale = scales[fuzz_below(in, 4)],
                                   .packet_bytes = 1000,
                                   .flows_per_pair = 1 + fuzz_below(in, 20),
                                   .queue_packets = 1 + fuzz_below(in, 200)};
    return lead_engine_alloc(lead_engine_find("fluid"), &options, &w->engine);
}

static int draw_events(fuzz_bytes *in, const world *w, lead_engine_change *events) {
    int count = w->m > 0 ? fuzz_below(in, EVENTS) : 0;
    double offset = 0;
    for (int i = 0; i < count; i++) {
        offset += fuzz_byte(in) / 255.0 * w->simulated / EVENTS;
        events[i] = (lead_engine_change){.offset = offset,
                                         .what = fuzz_byte(in) & 3 ? LEAD_ENGINE_LINK
                                                                   : LEAD_ENGINE_CAPACITY,
                                         .link = fuzz_below(in, w->m),
                                         .up = fuzz_byte(in) & 1,
                                         .capacity = 1e3 * (1 + fuzz_byte(in))};
    }
    return count;
}

static void spoil(fuzz_bytes *in, const world *w) {
    lead_counters *reading = w->reading;
    unsigned faults = fuzz_byte(in);
    if (faults & 1 && w->m > 0)
        reading->link_missing[fuzz_below(in, w->m)] = 1;
    if (faults & 2)
        reading->od_missing[fuzz_below(in, w->n * w->n)] = 1;
    if (faults & 4 && w->m > 0)
        reading->link_bytes[fuzz_below(in, w->m)] = fuzz_word(in);
    if (faults & 8)
        reading->od_offered[fuzz_below(in, w->n * w->n)] = fuzz_word(in);
    if (faults & 16)
        reading->bits = 32;
    if (faults & 32)
        reading->time -= 5 * w->simulated;
}

static lead_status lap(fuzz_bytes *in, world *w, int number, lead_decision *decision) {
    double tm[PAIRS];
    lead_engine_change events[EVENTS];
    lead_routing *routing = NULL;
    int count = draw_events(in, w, events);
    for (int od = 0; od < w->n * w->n; od++)
        tm[od] = od % (w->n + 1) == 0 || fuzz_byte(in) & 1 ? 0 : fuzz_value(in);
    LEAD_TRY(lead_routing_copy(decision->routing, &routing));
    lead_status status = lead_engine_run(w->engine, tm, routing, events, count, w->reading);
    lead_routing_free(routing);
    LEAD_TRY(status);
    FUZZ_HOLDS(!(w->reading->delay_mean < 0), "delay %g", w->reading->delay_mean);
    spoil(in, w);
    for (int i = 0; i < count; i++)
        LEAD_TRY(
            events[i].what == LEAD_ENGINE_LINK
                ? lead_controller_set_up(w->controller, events[i].link, events[i].up)
                : lead_controller_set_capacity(w->controller, events[i].link, events[i].capacity));
    LEAD_TRY(lead_controller_step(w->controller, w->reading, number * STEP, decision));
    FUZZ_HOLDS(decision->routing, "lap %d", number);
    FUZZ_HOLDS(!(decision->surprise.tail < 0 || decision->surprise.tail > 1), "tail %g",
               decision->surprise.tail);
    FUZZ_HOLDS(!(decision->surprise.pair_tail < 0 || decision->surprise.pair_tail > 1), "tail %g",
               decision->surprise.pair_tail);
    FUZZ_HOLDS(!decision->fallbacks || *decision->why, "lap %d", number);
    return LEAD_OK;
}

static lead_status run(fuzz_bytes *in, world *w) {
    lead_decision decision;
    LEAD_TRY(make_controller(in, w));
    LEAD_TRY(make_engine(in, w));
    LEAD_TRY(lead_counters_alloc(w->n, w->m, &w->reading));
    LEAD_TRY(lead_controller_baseline(w->controller, w->reading));
    LEAD_TRY(lead_controller_step(w->controller, NULL, 0, &decision));
    for (int i = 0; i < LAPS; i++)
        LEAD_TRY(lap(in, w, i, &decision));
    return LEAD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_bytes in = {data, size};
    world w = {.topology = fuzz_network(&in, MOST_NODES)};
    if (!w.topology)
        return 0;
    w.n = lead_topology_node_count(w.topology);
    w.m = lead_topology_link_count(w.topology);
    FUZZ_HOLDS(run(&in, &w) == LEAD_OK || *lead_last_message(), "a run");
    lead_engine_free(w.engine);
    lead_controller_free(w.controller);
    lead_counters_free(w.reading);
    lead_tm_series_free(w.fit);
    lead_topology_free(w.topology);
    return 0;
}
