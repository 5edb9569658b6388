/* What each kind of event needs and does. To add one: a word in LEAD_EVENT_OPTIONS, a place in
 * lead_event_kind, a row here; and where it does something new, a file. */
#include "base/array.h"
#include "base/expects.h"
#include "events/timeline.h"
#include "options/event_options.h"
#include <math.h>
#include <string.h>

/* --- spans ------------------------------------------------------------------------------------ */

static lead_status add(lead_timeline *self, span one) {
    if (!(one.to > one.from) || one.to <= 0)
        return LEAD_OK;
    LEAD_TRY(lead_grow(&self->spans, sizeof *self->spans, self->span_count, 1, &self->span_room));
    self->spans[self->span_count++] = one;
    return LEAD_OK;
}

static span span_of(const lead_timeline *self, int event, span_what what, double from, double to) {
    return (span){.what = what,
                  .kind = self->events[event].kind,
                  .event = event,
                  .from = from,
                  .to = to,
                  .link = -1,
                  .node = -1,
                  .source = -1,
                  .destination = -1};
}

/* All links between two nodes, in both directions. */
static lead_status add_links(lead_timeline *self, span like, int a, int b) {
    for (int e = 0; e < lead_topology_link_count(self->topology); e++) {
        const lead_link *link = lead_topology_link(self->topology, e);
        bool is_between = (link->source == a && link->destination == b) ||
                          (link->source == b && link->destination == a);
        like.link = e;
        if (is_between)
            LEAD_TRY(add(self, like));
    }
    return LEAD_OK;
}

static lead_status add_node(lead_timeline *self, span like, int node) {
    span itself = like;
    itself.what = SPAN_NODE;
    itself.node = like.node = node;
    LEAD_TRY(add(self, itself));
    for (int e = 0; e < lead_topology_link_count(self->topology); e++) {
        const lead_link *link = lead_topology_link(self->topology, e);
        like.link = e;
        if (link->source == node || link->destination == node)
            LEAD_TRY(add(self, like));
    }
    return LEAD_OK;
}

/* The links of a risk group, with those between the same nodes in the other direction. */
static lead_status add_group(lead_timeline *self, span like, int group) {
    for (int e = 0; e < lead_topology_link_count(self->topology); e++) {
        const lead_link *link = lead_topology_link(self->topology, e);
        if (link->risk_group != group)
            continue;
        like.link = e;
        LEAD_TRY(add(self, like));
        like.link = lead_topology_find_link(self->topology, link->destination, link->source);
        if (like.link >= 0 && lead_topology_link(self->topology, like.link)->risk_group != group)
            LEAD_TRY(add(self, like));
    }
    return LEAD_OK;
}

static lead_status fail(lead_timeline *self, int event, const target *at, double from, double to) {
    span down = span_of(self, event, SPAN_LINK, from, to);
    down.planned = self->events[event].kind == LEAD_EVENT_MAINTENANCE || from < 0;
    if (at->node >= 0)
        return add_node(self, down, at->node);
    return at->group >= 0 ? add_group(self, down, at->group)
                          : add_links(self, down, at->from, at->to);
}

/* The routes are moved before: from the start of the epoch on. */
static lead_status maintain(lead_timeline *self, int event, const target *at, double from,
                            double to) {
    return fail(self, event, at, floor(from / self->run.epoch) * self->run.epoch, to);
}

static lead_status resize(lead_timeline *self, int event, const target *at, double from,
                          double to) {
    return add_links(self, span_of(self, event, SPAN_CAPACITY, from, to), at->from, at->to);
}

static lead_status burst(lead_timeline *self, int event, const target *at, double from, double to) {
    const lead_event *it = &self->events[event];
    span one = span_of(self, event, SPAN_OTHER, from, to + it->ramp + it->decay);
    one.source = at->source;
    one.destination = at->destination;
    return add(self, one);
}

static lead_status blind(lead_timeline *self, int event, const target *at, double from, double to) {
    span one = span_of(self, event, SPAN_OTHER, from, to);
    one.source = at->source;
    one.destination = at->destination;
    one.node = at->node;
    one.link = at->from >= 0 ? lead_topology_find_link(self->topology, at->from, at->to) : -1;
    return add(self, one);
}

static lead_status last(lead_timeline *self, int event, const target *at, double from, double to) {
    (void)at;
    return add(self, span_of(self, event, SPAN_OTHER, from, to));
}

/* --- the table -------------------------------------------------------------------------------- */

/* `needs`: lists of keys of each of which one must be stated, and one only; "?" before a list: or
 * none. */
static const struct {
    const char *name, *needs[2];
    lead_status (*add)(lead_timeline *self, int event, const target *at, double from, double to);
} kinds[LEAD_EVENT_KINDS] = {
    [LEAD_EVENT_LINK_FAILURE] = {"link-failure", {"link"}, fail},
    [LEAD_EVENT_LINK_REPAIR] = {"link-repair", {"link"}, NULL},
    [LEAD_EVENT_NODE_FAILURE] = {"node-failure", {"node"}, fail},
    [LEAD_EVENT_NODE_REPAIR] = {"node-repair", {"node"}, NULL},
    [LEAD_EVENT_GROUP_FAILURE] = {"group-failure", {"group"}, fail},
    [LEAD_EVENT_GROUP_REPAIR] = {"group-repair", {"group"}, NULL},
    [LEAD_EVENT_MAINTENANCE] = {"maintenance", {"link, node, group"}, maintain},
    [LEAD_EVENT_CAPACITY] = {"capacity", {"link", "capacity, factor"}, resize},
    [LEAD_EVENT_BURST] = {"burst", {"pairs", "factor, rate"}, burst},
    [LEAD_EVENT_BLACKOUT] = {"blackout", {"?link, node, pairs"}, blind},
    [LEAD_EVENT_FORECAST_FAULT] = {"forecast-fault", {NULL}, last},
    [LEAD_EVENT_PLAN_FAULT] = {"plan-fault", {NULL}, last},
    [LEAD_EVENT_RECONVERGENCE] = {"reconvergence", {"delay"}, last},
};

const char *lead_event_kind_name(lead_event_kind kind) {
    return (size_t)kind < LEAD_EVENT_KINDS ? kinds[kind].name : "?";
}

bool event_is_repair(lead_event_kind kind) {
    return kinds[kind].add == NULL;
}

lead_status timeline_add(lead_timeline *timeline, int event, const target *at, double from,
                         double to) {
    return kinds[timeline->events[event].kind].add(timeline, event, at, from, to);
}

static bool is_stated(const lead_event *event, const char *list, size_t length) {
    char name[20];
    snprintf(name, sizeof name, "%.*s", (int)length, list);
    int row = lead_option_find(&lead_event_section, name);
    return row >= 0 && !lead_option_is_usual(&lead_event_section.rows[row], event);
}

/* How many keys of a list are stated; *second is the place of the second of them. */
static int count_stated(const lead_event *event, const char *list, const char **second) {
    int count = 0;
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ",");
        count += is_stated(event, at, length);
        if (count == 2 && !*second)
            *second = at;
        at += length;
        at += strspn(at, ", ");
    }
    return count;
}

static lead_status check_list(const lead_event *event, const char *list, const char **key) {
    const char *second = NULL, *kind = kinds[event->kind].name;
    bool may_lack = *list == '?';
    list += may_lack;
    int count = count_stated(event, list, &second);
    *key = "kind";
    if (count > 1)
        return lead_fail(LEAD_INVALID, "%s takes one of %s, not several", kind, list);
    if (count == 0 && !may_lack)
        return lead_fail(LEAD_INVALID, "%s needs %s%s", kind, strchr(list, ',') ? "one of " : "",
                         list);
    return LEAD_OK;
}

lead_status lead_event_check(const lead_event *event, const char **key) {
    LEAD_EXPECTS(event && key);
    *key = "at";
    if (!event->at == (event->epoch < 0))
        return lead_fail(LEAD_INVALID, event->at ? "at and epoch exclude one another"
                                                 : "is needed, or epoch: when it happens");
    for (int i = 0; i < 2; i++)
        if (kinds[event->kind].needs[i])
            LEAD_TRY(check_list(event, kinds[event->kind].needs[i], key));
    return LEAD_OK;
}

/* --- repairs ---------------------------------------------------------------------------------- */

static bool is_repaired(const lead_timeline *self, const span *one, const target *at) {
    if (one->what != SPAN_LINK && one->what != SPAN_NODE)
        return false;
    if (at->node >= 0)
        return one->node == at->node;
    if (one->node >= 0)
        return false; /* its node is to be repaired */
    const lead_link *link = lead_topology_link(self->topology, one->link);
    int back = lead_topology_find_link(self->topology, link->destination, link->source);
    if (at->group >= 0)
        return link->risk_group == at->group ||
               (back >= 0 && lead_topology_link(self->topology, back)->risk_group == at->group);
    return (link->source == at->from && link->destination == at->to) ||
           (link->source == at->to && link->destination == at->from);
}

void timeline_repair(lead_timeline *timeline, int event, const target *at, double time) {
    int ended = 0;
    for (int i = 0; i < timeline->span_count; i++) {
        span *one = &timeline->spans[i];
        if (one->from >= time || one->to <= time || !is_repaired(timeline, one, at))
            continue;
        one->to = time;
        ended++;
    }
    if (ended == 0)
        lead_log(LEAD_LOG_WARNING, "events[%d]: %s has nothing to repair at %s", event,
                 kinds[timeline->events[event].kind].name, at->text);
}
