/* A scenario's link events, by epoch. */
#ifndef LEAD_RUN_EVENTS_H
#define LEAD_RUN_EVENTS_H

#include <lead/scenario.h>

/* The events of one epoch in the order of their offsets, links looked up: both directions of the
 * named link. events has room for 2 * scenario->event_count. LEAD_INVALID naming a link that is not
 * there. */
lead_status lead_events_of(const lead_scenario *scenario, const lead_topology *topology, int epoch,
                           lead_link_event *events, int *count);

#endif
