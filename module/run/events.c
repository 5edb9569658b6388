/* A scenario's link events, by epoch. */
#include "run/events.h"
#include <stdlib.h>

/* All links from one node to the other; there is at least one. */
static lead_status add(const lead_topology *topology, const char *from, const char *to,
                       const lead_scenario_event *event, lead_link_event *events, int *count) {
    int source = lead_topology_find_node(topology, from),
        destination = lead_topology_find_node(topology, to), degree, before = *count;
    const int *out = source >= 0 ? lead_topology_links_out(topology, source, &degree) : NULL;
    for (int i = 0; out && i < degree; i++)
        if (lead_topology_link(topology, out[i])->destination == destination)
            events[(*count)++] = (lead_link_event){event->offset, out[i], event->up};
    return *count > before ? LEAD_OK
                           : lead_fail(LEAD_INVALID, "event in epoch %d: there is no link %s-%s",
                                       event->epoch, from, to);
}

size_t lead_events_room(const lead_scenario *scenario, const lead_topology *topology) {
    size_t most = 0;
    for (int v = 0; v < lead_topology_node_count(topology); v++) {
        int degree;
        lead_topology_links_out(topology, v, &degree);
        most = (size_t)degree > most ? (size_t)degree : most;
    }
    return 2 * most * (size_t)scenario->event_count;
}

static int by_offset(const void *a, const void *b) {
    const lead_link_event *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->link - y->link;
}

lead_status lead_events_of(const lead_scenario *scenario, const lead_topology *topology, int epoch,
                           lead_link_event *events, int *count) {
    *count = 0;
    for (int i = 0; i < scenario->event_count; i++) {
        const lead_scenario_event *event = &scenario->events[i];
        if (event->epoch != epoch)
            continue;
        LEAD_TRY(add(topology, event->from, event->to, event, events, count));
        LEAD_TRY(add(topology, event->to, event->from, event, events, count));
    }
    qsort(events, (size_t)*count, sizeof *events, by_offset);
    return LEAD_OK;
}
