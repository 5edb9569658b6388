/* From a list of events to a timeline. */
#include "events/timeline.h"
#include "base/array.h"
#include "base/expects.h"
#include "options/event_options.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TIMES = 10000, /* that one event comes */
    MOST = 20000        /* that all come: spans are searched one by one */
};

void lead_timeline_free(lead_timeline *timeline) {
    if (!timeline)
        return;
    free(timeline->seeds);
    free(timeline->spans);
    free(timeline->occurrences);
    free(timeline->changes);
    free(timeline->withdrawn);
    free(timeline->without);
    free(timeline->down);
    free(timeline->parts);
    free(timeline);
}

lead_status timeline_fail_at(lead_timeline *timeline, int event, const char *key,
                             lead_status status) {
    snprintf(timeline->key, LEAD_EVENT_KEY, "events[%d].%s", event, key);
    return status;
}

static lead_status note(lead_timeline *self, int event, const target *at, double from, double to) {
    LEAD_TRY(lead_grow(&self->occurrences, sizeof *self->occurrences, self->occurrence_count, 1,
                       &self->occurrence_room));
    occurrence one = {.event = event,
                      .from = from,
                      .to = to,
                      .node = at->node,
                      .source = at->source,
                      .destination = at->destination,
                      .traffic = NAN};
    memcpy(one.target, at->text, sizeof one.target);
    self->occurrences[self->occurrence_count++] = one;
    return LEAD_OK;
}

/* The event of that round, at `from`. */
static lead_status happen(lead_timeline *self, int event, int round, double from) {
    const lead_event *it = &self->events[event];
    double to = it->duration > 0 ? from + it->duration : INFINITY;
    target at;
    LEAD_TRY(timeline_target(self, event, round, &at));
    if (event_is_repair(it->kind)) {
        timeline_repair(self, event, &at, from);
        return note(self, event, &at, from, from);
    }
    LEAD_TRY(timeline_add(self, event, &at, from, to));
    return note(self, event, &at, from, to + it->ramp + it->decay);
}

/* Every time that it comes. */
static lead_status add_event(lead_timeline *self, int event) {
    double every = self->events[event].every, from;
    LEAD_TRY(timeline_when(self, event, 0, &from));
    for (int round = 0; from < timeline_end(self); round++, from += every) {
        if (round == MOST_TIMES)
            return timeline_fail_at(
                self, event, "every",
                lead_fail(LEAD_INVALID, "it would come more than %d times", MOST_TIMES));
        if (self->occurrence_count == MOST)
            return timeline_fail_at(
                self, event, every > 0 ? "every" : "kind",
                lead_fail(LEAD_INVALID, "all events together would come more than %d times", MOST));
        LEAD_TRY(happen(self, event, round, from));
        if (every == 0)
            break;
    }
    return LEAD_OK;
}

/* Links that the topology has down can be repaired. */
static lead_status add_down(lead_timeline *self) {
    for (int e = 0; e < lead_topology_link_count(self->topology); e++) {
        if (lead_topology_link(self->topology, e)->up)
            continue;
        LEAD_TRY(
            lead_grow(&self->spans, sizeof *self->spans, self->span_count, 1, &self->span_room));
        self->spans[self->span_count++] = (span){.what = SPAN_LINK,
                                                 .event = -1,
                                                 .from = -INFINITY,
                                                 .to = INFINITY,
                                                 .link = e,
                                                 .node = -1,
                                                 .planned = true};
    }
    return LEAD_OK;
}

static lead_status add_all(lead_timeline *self) {
    LEAD_TRY(add_down(self));
    for (int repairs = 0; repairs < 2; repairs++)
        for (int i = 0; i < self->event_count; i++)
            if (event_is_repair(self->events[i].kind) == repairs)
                LEAD_TRY(add_event(self, i));
    return timeline_make_changes(self);
}

lead_status lead_timeline_alloc(const lead_event *events, int count, const lead_topology *topology,
                                const lead_event_span *run, char key[LEAD_EVENT_KEY],
                                lead_timeline **out) {
    LEAD_EXPECTS(topology && run && key && out);
    lead_timeline *self = NULL;
    lead_status status = LEAD_OK;
    key[0] = '\0';
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    *self = (lead_timeline){
        .events = events, .event_count = count, .topology = topology, .run = *run, .key = key};
    LEAD_TRY_FREE(lead_calloc((size_t)count, sizeof *self->seeds, &self->seeds));
    LEAD_TRY_FREE(lead_calloc((size_t)run->epochs, sizeof *self->withdrawn, &self->withdrawn));
    LEAD_TRY_FREE(lead_calloc((size_t)lead_topology_node_count(topology), 1, &self->down));
    LEAD_TRY_FREE(timeline_make_seeds(self));
    LEAD_TRY_FREE(add_all(self));
    timeline_warn_idle(self);
    self->key = NULL;
    *out = self;
    return LEAD_OK;
fail:
    lead_timeline_free(self);
    return status;
}

/* --- what holds at a time --------------------------------------------------------------------- */

double lead_timeline_reconvergence(const lead_timeline *timeline, double time, double usual) {
    LEAD_EXPECTS(timeline);
    for (int i = 0; i < timeline->span_count; i++) {
        const span *one = &timeline->spans[i];
        if (one->what == SPAN_OTHER && one->kind == LEAD_EVENT_RECONVERGENCE && one->from <= time &&
            time < one->to)
            usual = timeline->events[one->event].delay;
    }
    return usual;
}

/* Whether a list "lead, hedged" has the name; NULL has all. */
static bool is_listed(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; at && *at;) {
        size_t word = strcspn(at, ", ");
        if (word == length && strncmp(at, name, length) == 0)
            return true;
        at += word;
        at += strspn(at, ", ");
    }
    return !list;
}

bool lead_event_strikes(const lead_event *event, const char *policy) {
    LEAD_EXPECTS(event && policy);
    return is_listed(event->policies, policy);
}

bool lead_timeline_fault(const lead_timeline *timeline, lead_event_kind kind, int epoch,
                         const char *policy, lead_fault_how *how) {
    LEAD_EXPECTS(timeline && policy && how);
    double time = timeline->run.epoch * epoch;
    for (int i = 0; i < timeline->span_count; i++) {
        const span *one = &timeline->spans[i];
        if (one->what != SPAN_OTHER || one->kind != kind || one->from > time || time >= one->to ||
            !lead_event_strikes(&timeline->events[one->event], policy))
            continue;
        *how = timeline->events[one->event].fault;
        return true;
    }
    return false;
}

int lead_timeline_happenings(const lead_timeline *timeline) {
    LEAD_EXPECTS(timeline);
    return timeline->occurrence_count;
}

lead_happening lead_timeline_happening(const lead_timeline *timeline, int index) {
    LEAD_EXPECTS(timeline && index >= 0 && index < timeline->occurrence_count);
    const occurrence *it = &timeline->occurrences[index];
    lead_happening out = {it->event, timeline->events[it->event].kind, it->from, it->to, ""};
    memcpy(out.target, it->target, sizeof out.target);
    return out;
}
