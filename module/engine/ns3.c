/* engine/ns3: the packet engine. Every epoch it offers the TM as packets to a network that ns-3
 * simulates (glue/ns3), with the scenario's routing in our own tables, and reads the devices'
 * counters. Rates are scaled, propagation delays are not. */
#include "engine/types.h"

#ifdef LEAD_NS3

#include "base/table.h"
#include "engine/ns3_counters.h"
#include "engine/ns3_install.h"
#include "engine/ns3_outputs.h"
#include "options/engine_options.h"
#include <stdlib.h>

/* Pareto on-off: mean times in s (a micro-flow sends at five times its mean rate while it is on),
 * and the tail of these times and of TCP flow sizes: heavy as in Willinger et al. 1997 and Crovella
 * and Bestavros 1997. */
static const double ON_SECONDS = 0.1, OFF_SECONDS = 0.4, SHAPE = 1.5;

typedef struct ns3_engine {
    lead_engine_options options;
    int node_count, link_count;
    ns3c_network *network;
    double *tm;     /* [n*n] simulated rates */
    double *delays; /* [n] */
    bool routed;    /* a routing is in force */
    lead_ns3_outputs outputs;
} ns3_engine;

/* ns-3's glue knows queues and packet models by the words that scenarios have for them. */
static lead_status add_links(ns3_engine *engine) {
    const lead_engine_options *options = &engine->options;
    char queue[20];
    lead_word_at(lead_queue_section.rows[0].words, (int)options->queue, queue, sizeof queue);
    for (int i = 0; i < engine->link_count; i++) {
        const lead_link *link = lead_topology_link(options->topology, i);
        ns3c_link made = {
            .source = link->source,
            .destination = link->destination,
            .rate = link->capacity * options->rate_scale,
            .delay = link->delay,
            .queue = queue,
            .queue_packets = options->queue_packets,
            .queue_bytes = options->queue_packets > 0 ? 0 : options->queue_bytes,
        };
        lead_status status = ns3c_add_link(engine->network, &made, NULL);
        if (status != LEAD_OK) {
            char name[96];
            return lead_fail_within(status, "ns3: link %s",
                                    lead_topology_link_name(options->topology, i, name));
        }
    }
    return LEAD_OK;
}

static lead_status build(ns3_engine *engine) {
    const lead_engine_options *options = &engine->options;
    char model[20];
    lead_word_at(lead_packets_section.rows[0].words, (int)options->packets, model, sizeof model);
    LEAD_TRY(ns3c_network_alloc(options->seed, &engine->network));
    for (int i = 0; i < engine->node_count; i++)
        LEAD_TRY(
            ns3c_add_node(engine->network, lead_topology_node_name(options->topology, i), NULL));
    LEAD_TRY(add_links(engine));
    LEAD_TRY(
        ns3c_build(engine->network, options->packet_bytes > 1500 ? options->packet_bytes : 1500));
    LEAD_TRY(lead_ns3_outputs_begin(engine->network, options, &engine->outputs));
    ns3c_traffic traffic = {
        .model = model,
        .packet_bytes = options->packet_bytes,
        .flows_per_pair = options->flows_per_pair,
        .on_seconds = ON_SECONDS,
        .off_seconds = OFF_SECONDS,
        .shape = SHAPE,
        .mean_flow_bytes = options->mean_flow_bytes,
    };
    LEAD_TRY(ns3c_traffic_start(engine->network, &traffic));
    for (int i = 0; i < engine->link_count; i++)
        if (!lead_topology_link(options->topology, i)->up)
            LEAD_TRY(ns3c_set_link(engine->network, i, false));
    return LEAD_OK;
}

static void ns3_free(void *state) {
    ns3_engine *engine = state;
    ns3c_network_free(engine->network);
    lead_ns3_outputs_free(&engine->outputs);
    free(engine->tm);
    free(engine->delays);
}

static lead_status ns3_alloc(void *state, const lead_engine_options *options) {
    ns3_engine *engine = state;
    *engine = (ns3_engine){.options = *options};
    if (!options->topology)
        return lead_fail(LEAD_INVALID, "ns3: no topology");
    engine->node_count = lead_topology_node_count(options->topology);
    engine->link_count = lead_topology_link_count(options->topology);
    size_t n = (size_t)engine->node_count;
    lead_status status;
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *engine->tm, &engine->tm));
    LEAD_TRY_FREE(lead_calloc(n, sizeof *engine->delays, &engine->delays));
    LEAD_TRY_FREE(build(engine));
    return LEAD_OK;
fail:
    ns3_free(engine);
    return status;
}

/* At an epoch's start: the first routing is there when the traffic starts; later ones reach router
 * i after i times `convergence`. */
static lead_status install(ns3_engine *engine, const lead_routing *routing) {
    for (int i = 0; i < engine->node_count; i++)
        engine->delays[i] = i * engine->options.convergence;
    bool at_once = !engine->routed || engine->options.convergence == 0;
    LEAD_TRY(lead_ns3_install(engine->network, routing, at_once ? NULL : engine->delays));
    engine->routed = true;
    return LEAD_OK;
}

static lead_status offer(ns3_engine *engine, const double *tm) {
    size_t n = (size_t)engine->node_count;
    for (size_t i = 0; i < n * n; i++)
        engine->tm[i] = tm[i] * engine->options.rate_scale;
    return ns3c_traffic_set(engine->network, engine->tm);
}

static lead_status make_change(ns3_engine *engine, const lead_engine_change *change) {
    switch (change->what) {
    case LEAD_ENGINE_LINK:
        return ns3c_set_link(engine->network, change->link, change->up);
    case LEAD_ENGINE_CAPACITY:
        return ns3c_set_rate(engine->network, change->link,
                             change->capacity * engine->options.rate_scale);
    case LEAD_ENGINE_TRAFFIC:
        return offer(engine, change->tm);
    default:
        return lead_ns3_install(engine->network, change->routing, NULL);
    }
}

/* Lets the epoch pass, from change to change (whose order and range lead_engine_run() has checked).
 */
static lead_status advance(ns3_engine *engine, const lead_engine_change *changes,
                           int change_count) {
    double passed = 0, length = engine->options.simulated;
    for (int i = 0; i < change_count; i++) {
        double offset = changes[i].offset;
        if (offset > passed)
            LEAD_TRY(ns3c_run(engine->network, offset - passed));
        passed = offset;
        LEAD_TRY(make_change(engine, &changes[i]));
    }
    return passed < length ? ns3c_run(engine->network, length - passed) : LEAD_OK;
}

static lead_status read_flows(ns3_engine *engine, lead_counters *reading) {
    ns3c_flow_statistics flows;
    LEAD_TRY(ns3c_flows(engine->network, &flows));
    reading->flow_time_mean = flows.time_mean;
    reading->flow_time_p99 = flows.time_p99;
    return LEAD_OK;
}

static lead_status ns3_run(void *state, const double *tm, const lead_routing *routing,
                           const lead_engine_change *changes, int change_count,
                           lead_counters *reading) {
    ns3_engine *engine = state;
    LEAD_TRY(install(engine, routing));
    LEAD_TRY(offer(engine, tm));
    LEAD_TRY(advance(engine, changes, change_count));
    LEAD_TRY(lead_ns3_read(engine->network, engine->options.rate_scale, reading));
    return engine->options.packets == LEAD_PACKETS_TCP ? read_flows(engine, reading) : LEAD_OK;
}

static lead_status ns3_finish(void *state) {
    ns3_engine *engine = state;
    return lead_ns3_outputs_finish(engine->network, &engine->outputs);
}

const lead_engine_type lead_engine_ns3 = {
    .name = "ns3",
    .summary = "packets, simulated by ns-3",
    .packets = true,
    .least_rate = 1,
    .most_rate = 1e15, /* glue/ns3/ns3c.h */
    .size = sizeof(ns3_engine),
    .alloc = ns3_alloc,
    .run = ns3_run,
    .finish = ns3_finish,
    .free = ns3_free,
};

#endif
