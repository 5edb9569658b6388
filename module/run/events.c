/* A scenario's link events, by epoch. */
#include "run/events.h"
#include <stdlib.h>

static lead_status add(const lead_topology *topology, const char *from, const char *to,
                       const lead_scenario_event *event, lead_link_event *events, int *count) {
    int source = lead_topology_find_node(topology, from),
        destination = lead_topology_find_node(topology, to);
    int link =
        source < 0 || destination < 0 ? -1 : lead_topology_find_link(topology, source, destination);
    if (link < 0)
        return lead_fail(LEAD_INVALID, "event in epoch %d: there is no link %s-%s", event->epoch,
                         from, to);
    events[(*count)++] = (lead_link_event){event->offset, link, event->up};
    return LEAD_OK;
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
