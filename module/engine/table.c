/* The engines by name. To add one: its file, a line in engine/types.h and a row here. */
#include "base/table.h"
#include "base/expects.h"
#include "engine/types.h"
#include "options/engine_options.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const void *const table[] = {
    &lead_engine_fluid,
#ifdef LEAD_NS3
    &lead_engine_ns3,
#endif
};

enum { COUNT = sizeof table / sizeof *table };

struct lead_engine {
    const lead_engine_type *type;
    lead_engine_options options;
    void *state;
};

const lead_engine_type *lead_engine_find(const char *name) {
    LEAD_EXPECTS(name);
    return lead_table_find(table, COUNT, name);
}

const char *lead_engine_names(void) {
    static _Thread_local char names[256];
    return lead_table_names(table, COUNT, names, sizeof names);
}

static lead_status check_options(const lead_engine_type *type, const lead_engine_options *options) {
    const lead_option_section *const sections[] = {&lead_packets_section, &lead_time_section,
                                                   &lead_queue_section, &lead_convergence_section,
                                                   &lead_outputs_section};
    lead_engine_options all = *options;
    if (options->packets != LEAD_PACKETS_TCP && options->mean_flow_bytes == 0)
        all.mean_flow_bytes = 1e5; /* may be left out */
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        LEAD_TRY(lead_options_check(sections[i], type->name, &all));
    if (options->queue_packets == 0 && options->queue_bytes == 0)
        return lead_fail(LEAD_INVALID, "%s: a queue needs queue_packets or queue_bytes",
                         type->name);
    return LEAD_OK;
}

lead_status lead_engine_check_capacity(const lead_engine_type *type,
                                       const lead_engine_options *options, double capacity) {
    LEAD_EXPECTS(type && options);
    double rate = capacity * options->rate_scale;
    if (rate >= type->least_rate && rate <= type->most_rate)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "the engine %s cannot simulate a link of %g bit/s: times rate_scale (%g) it "
                     "must be in %g..%g",
                     type->name, capacity, options->rate_scale, type->least_rate, type->most_rate);
}

lead_status lead_engine_alloc(const lead_engine_type *type, const lead_engine_options *options,
                              lead_engine **out) {
    LEAD_EXPECTS(type && options && out);
    lead_engine *engine = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(check_options(type, options));
    LEAD_TRY(lead_calloc(1, sizeof *engine, &engine));
    engine->options = *options;
    LEAD_TRY_FREE(lead_calloc(1, type->size, &engine->state));
    LEAD_TRY_FREE(type->alloc(engine->state, options));
    engine->type = type;
    *out = engine;
    return LEAD_OK;
fail:
    lead_engine_free(engine);
    return status;
}

void lead_engine_free(lead_engine *engine) {
    if (!engine)
        return;
    if (engine->type)
        engine->type->free(engine->state);
    free(engine->state);
    free(engine);
}

lead_status lead_engine_finish(lead_engine *engine) {
    LEAD_EXPECTS(engine);
    return engine->type->finish ? engine->type->finish(engine->state) : LEAD_OK;
}

static lead_status check_tm(const lead_engine *engine, const double *tm) {
    int n = lead_topology_node_count(engine->options.topology);
    LEAD_TRY(lead_tm_check(engine->type->name, tm, 1, n));
    if (!(lead_tm_total(tm, n) < 1e100)) /* counters add it up */
        return lead_fail(LEAD_NUMERIC, "%s: traffic of %g bit/s in all is out of range",
                         engine->type->name, lead_tm_total(tm, n));
    return LEAD_OK;
}

static lead_status check_routing(const lead_engine *engine, const lead_routing *routing) {
    int n = lead_topology_node_count(engine->options.topology),
        m = lead_topology_link_count(engine->options.topology);
    if (lead_routing_node_count(routing) == n && lead_routing_link_count(routing) == m)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "%s: a routing of %d nodes and %d links, the network has %d and %d",
                     engine->type->name, lead_routing_node_count(routing),
                     lead_routing_link_count(routing), n, m);
}

static lead_status check_change(const lead_engine *engine, const lead_engine_change *change) {
    int m = lead_topology_link_count(engine->options.topology);
    switch (change->what) {
    case LEAD_ENGINE_TRAFFIC:
        return check_tm(engine, change->tm);
    case LEAD_ENGINE_ROUTING:
        return check_routing(engine, change->routing);
    case LEAD_ENGINE_CAPACITY:
        if (!(change->capacity > 0) || !isfinite(change->capacity))
            return lead_fail(LEAD_NUMERIC, "%s: capacity %g bit/s is not positive",
                             engine->type->name, change->capacity);
        LEAD_TRY(lead_engine_check_capacity(engine->type, &engine->options, change->capacity));
        break;
    default:
        break;
    }
    return change->link >= 0 && change->link < m
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "%s: link %d is not in 0..%d", engine->type->name,
                           change->link, m - 1);
}

lead_status lead_engine_run(lead_engine *engine, const double *tm, const lead_routing *routing,
                            const lead_engine_change *changes, int change_count,
                            lead_counters *reading) {
    LEAD_EXPECTS(engine && tm && routing && reading);
    double earlier = 0;
    LEAD_TRY(check_tm(engine, tm));
    LEAD_TRY(check_routing(engine, routing));
    for (int i = 0; i < change_count; i++) {
        double offset = changes[i].offset;
        if (!(offset >= earlier) || offset > engine->options.simulated)
            return lead_fail(LEAD_INVALID, "%s: change %d at %g s is out of order or range",
                             engine->type->name, i, offset);
        LEAD_TRY(check_change(engine, &changes[i]));
        earlier = offset;
    }
    return engine->type->run(engine->state, tm, routing, changes, change_count, reading);
}
