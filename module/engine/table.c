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
                                                   &lead_queue_section, &lead_convergence_section};
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

lead_status lead_engine_run(lead_engine *engine, const double *tm, const lead_routing *routing,
                            const lead_link_event *events, int event_count,
                            lead_counters *reading) {
    LEAD_EXPECTS(engine && tm && routing && reading);
    int n = lead_topology_node_count(engine->options.topology),
        m = lead_topology_link_count(engine->options.topology);
    LEAD_TRY(lead_tm_check(engine->type->name, tm, 1, n));
    if (!(lead_tm_total(tm, n) < 1e100)) /* counters add it up */
        return lead_fail(LEAD_NUMERIC, "%s: traffic of %g bit/s in all is out of range",
                         engine->type->name, lead_tm_total(tm, n));
    for (int i = 0; i < event_count; i++)
        if (events[i].link < 0 || events[i].link >= m || !(events[i].offset >= 0) ||
            events[i].offset > engine->options.simulated ||
            (i > 0 && events[i].offset < events[i - 1].offset))
            return lead_fail(LEAD_INVALID,
                             "%s: event %d (link %d at %g s) is out of order or range",
                             engine->type->name, i, events[i].link, events[i].offset);
    return engine->type->run(engine->state, tm, routing, events, event_count, reading);
}
