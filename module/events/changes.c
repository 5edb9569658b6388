/* Spans that overlap become one state of every link and node: when it changes. */
#include "base/array.h"
#include "base/expects.h"
#include "events/timeline.h"
#include <math.h>
#include <stdlib.h>

/* --- down and up ------------------------------------------------------------------------------ */

/* What a span is of, in one number: links, then nodes. */
static int thing_of(const lead_timeline *self, const span *one) {
    return one->what == SPAN_LINK ? one->link
                                  : lead_topology_link_count(self->topology) + one->node;
}

/* By thing, then time. */
typedef struct down {
    int thing;
    double from, to;
    bool planned, ends_planned;
} down;

static int by_thing_and_time(const void *a, const void *b) {
    const down *x = a, *y = b;
    if (x->thing != y->thing)
        return x->thing - y->thing;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (int)y->planned - (int)x->planned;
}

static lead_status add(lead_timeline *self, lead_network_change one) {
    LEAD_TRY(lead_grow(&self->changes, sizeof *self->changes, self->change_count, 1,
                       &self->change_room));
    self->changes[self->change_count++] = one;
    return LEAD_OK;
}

/* A time in which a thing is down, from end to end. */
static lead_status add_down(lead_timeline *self, const down *one) {
    int m = lead_topology_link_count(self->topology);
    lead_network_change change = {
        .link = one->thing < m ? one->thing : -1,
        .node = one->thing < m ? -1 : one->thing - m,
        .planned = one->planned,
    };
    if (one->to <= 0)
        return LEAD_OK;
    change.time = fmax(one->from, 0);
    if (isfinite(one->from) && change.time < timeline_end(self))
        LEAD_TRY(add(self, change));
    change.time = one->to;
    change.up = true;
    change.at_once = one->ends_planned;
    change.planned = one->ends_planned && fmod(one->to, self->run.epoch) == 0;
    return change.time < timeline_end(self) ? add(self, change) : LEAD_OK;
}

static lead_status merge(lead_timeline *self, down *downs, int count) {
    qsort(downs, (size_t)count, sizeof *downs, by_thing_and_time);
    for (int i = 0; i < count;) {
        down all = downs[i++];
        while (i < count && downs[i].thing == all.thing && downs[i].from <= all.to) {
            if (downs[i].to >= all.to)
                all.ends_planned = downs[i].ends_planned;
            all.to = fmax(all.to, downs[i].to);
            i++;
        }
        LEAD_TRY(add_down(self, &all));
    }
    return LEAD_OK;
}

static lead_status add_downs(lead_timeline *self) {
    down *downs;
    int count = 0;
    LEAD_TRY(lead_calloc((size_t)self->span_count, sizeof *downs, &downs));
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        if ((one->what == SPAN_LINK || one->what == SPAN_NODE) && one->to > one->from)
            downs[count++] = (down){thing_of(self, one), one->from, one->to, one->planned,
                                    one->kind == LEAD_EVENT_MAINTENANCE && one->event >= 0};
    }
    lead_status status = merge(self, downs, count);
    free(downs);
    return status;
}

/* --- capacities ------------------------------------------------------------------------------- */

/* What a link has at a time: its own, then what each event that holds makes of it, in their order.
 */
static double capacity_at(const lead_timeline *self, int link, double time) {
    double capacity = lead_topology_link(self->topology, link)->capacity;
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        if (one->what != SPAN_CAPACITY || one->link != link || one->from > time || time >= one->to)
            continue;
        const lead_event *event = &self->events[one->event];
        capacity = event->capacity > 0 ? event->capacity : capacity * event->factor;
    }
    return capacity;
}

static lead_status add_capacity(lead_timeline *self, int link, double time) {
    time = fmax(time, 0);
    if (time >= timeline_end(self))
        return LEAD_OK;
    return add(self, (lead_network_change){.time = time,
                                           .link = link,
                                           .node = -1,
                                           .capacity = capacity_at(self, link, time),
                                           .planned = time == 0});
}

static lead_status add_capacities(lead_timeline *self) {
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        if (one->what != SPAN_CAPACITY)
            continue;
        LEAD_TRY(add_capacity(self, one->link, one->from));
        LEAD_TRY(add_capacity(self, one->link, one->to));
    }
    return LEAD_OK;
}

/* --- all -------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b) {
    const lead_network_change *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->link != y->link)
        return x->link < y->link ? -1 : 1;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if ((x->capacity > 0) != (y->capacity > 0))
        return x->capacity > 0 ? 1 : -1;
    return 0;
}

lead_status timeline_make_changes(lead_timeline *timeline) {
    LEAD_TRY(add_downs(timeline));
    LEAD_TRY(add_capacities(timeline));
    if (timeline->change_count > 0)
        qsort(timeline->changes, (size_t)timeline->change_count, sizeof *timeline->changes,
              by_time);
    return LEAD_OK;
}

/* The first change at or after a time. */
static int first_from(const lead_timeline *self, double time) {
    int low = 0, high = self->change_count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (self->changes[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int lead_timeline_changes(const lead_timeline *timeline, int epoch,
                          const lead_network_change **changes) {
    LEAD_EXPECTS(timeline && changes);
    int first = first_from(timeline, timeline->run.epoch * epoch);
    *changes = first < timeline->change_count ? &timeline->changes[first] : NULL;
    return first_from(timeline, timeline->run.epoch * (epoch + 1)) - first;
}
