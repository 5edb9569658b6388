/* A scenario's link events, by epoch. */
#ifndef LEAD_RUN_EVENTS_H
#define LEAD_RUN_EVENTS_H

#include <lead/scenario.h>

/* The events of one epoch in the order of their offsets, links looked up: all links
 * between the two nodes, in both directions. LEAD_INVALID naming a link that is not there. */
lead_status lead_events_of(const lead_scenario *scenario, const lead_topology *topology, int epoch,
                           lead_link_event *events, int *count);
/* Events that `events` needs room for. */
size_t lead_events_room(const lead_scenario *scenario, const lead_topology *topology);

#endif
