/* How an epoch passes; see passage.h. */
#include "run/passage.h"
#include "base/array.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A change of the network, or (change NULL) the time at which the routing protocol has heard. */
typedef struct item {
    double offset; /* s of the epoch's own time */
    const lead_network_change *change;
} item;

/* One epoch. */
typedef struct making {
    lead_passage *out;
    const lead_decision *decision;
    const double *mean; /* [n*n] */
    double begin;       /* s from the run's start */
    const lead_network_change *changes;
    int change_count;
    item *items;
    int item_count;
} making;

lead_status lead_passage_alloc(const lead_scenario *scenario, lead_timeline *timeline,
                               const lead_topology *topology, lead_passage *out) {
    *out = (lead_passage){.scenario = scenario, .timeline = timeline};
    LEAD_TRY(lead_topology_copy(topology, &out->now));
    LEAD_TRY(lead_calloc((size_t)lead_topology_link_count(topology), sizeof *out->weights,
                         &out->weights));
    lead_status status = lead_link_weights(topology, LEAD_WEIGHTS_DEFAULT, out->weights);
    return status == LEAD_OK
               ? LEAD_OK
               : lead_link_weights(topology, LEAD_WEIGHTS_INVERSE_CAPACITY, out->weights);
}

/* What the epoch before needed. */
static void clear(lead_passage *self) {
    for (int i = 0; i < self->own.routing_count; i++)
        lead_routing_free(self->own.routings[i]);
    for (int i = 0; i < self->own.tm_count; i++)
        free(self->own.tms[i]);
    self->own.routing_count = self->own.tm_count = self->count = 0;
}

void lead_passage_free(lead_passage *passage) {
    clear(passage);
    free(passage->own.routings);
    free(passage->own.tms);
    free(passage->own.items);
    free(passage->changes);
    free(passage->weights);
    lead_topology_free(passage->now);
    *passage = (lead_passage){0};
}

static double epoch_length(const lead_passage *self) {
    return self->scenario->engine_options.epoch;
}

static lead_status add(lead_passage *self, double offset, lead_engine_change change) {
    LEAD_TRY(lead_grow(&self->changes, sizeof *self->changes, self->count, 1, &self->room));
    change.offset = offset * self->scenario->engine_options.simulated / epoch_length(self);
    self->changes[self->count++] = change;
    return LEAD_OK;
}

/* --- detours ---------------------------------------------------------------------------------- */

/* The plan, around what is down now. */
static lead_status detour(making *self, const lead_routing **out) {
    lead_passage *passage = self->out;
    const lead_decision *decision = self->decision;
    LEAD_TRY(lead_grow(&passage->own.routings, sizeof *passage->own.routings,
                       passage->own.routing_count, 1, &passage->own.routing_room));
    lead_routing **place = &passage->own.routings[passage->own.routing_count];
    LEAD_TRY(lead_routing_reroute(decision->routing, passage->now,
                                  decision->weights ? decision->weights : passage->weights, place));
    passage->own.routing_count++;
    *out = *place;
    return LEAD_OK;
}

static bool has_down(const lead_topology *topology) {
    for (int e = 0; e < lead_topology_link_count(topology); e++)
        if (!lead_topology_link(topology, e)->up)
            return true;
    return false;
}

/* A plan that failed leaves one in force that may not know what is down. */
static lead_status begin(making *self) {
    const unsigned failed = 1u << LEAD_FALLBACK_PLAN | 1u << LEAD_FALLBACK_PLAN_LATE;
    self->out->routing = self->decision->routing;
    if (!(self->decision->fallbacks & failed) || !has_down(self->out->now))
        return LEAD_OK;
    return detour(self, &self->out->routing);
}

/* Also when links come up: they may lead to what no path led to when the plan was made. */
static lead_status reroute(making *self, double offset) {
    lead_engine_change change = {.what = LEAD_ENGINE_ROUTING};
    LEAD_TRY(detour(self, &change.routing));
    return add(self->out, offset, change);
}

/* --- traffic ---------------------------------------------------------------------------------- */

/* The TM at a time within the epoch. */
static lead_status traffic_at(making *self, double offset, const double **tm) {
    lead_passage *passage = self->out;
    size_t n = (size_t)lead_topology_node_count(passage->now);
    double *copy;
    LEAD_TRY(lead_grow(&passage->own.tms, sizeof *passage->own.tms, passage->own.tm_count, 1,
                       &passage->own.tm_room));
    LEAD_TRY(lead_calloc(n * n, sizeof *copy, &copy));
    passage->own.tms[passage->own.tm_count++] = copy;
    *tm = copy;
    return lead_timeline_traffic(passage->timeline, self->begin + offset, self->mean, copy);
}

static lead_status begin_traffic(making *self) {
    self->out->tm = self->mean;
    for (int i = 0; i < self->change_count; i++)
        if (self->changes[i].node >= 0)
            return traffic_at(self, 0, &self->out->tm);
    return LEAD_OK;
}

/* --- in order of time ------------------------------------------------------------------------- */

static int by_offset(const void *a, const void *b) {
    const item *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (!x->change != !y->change)
        return x->change ? -1 : 1;
    return x->change && y->change ? (x->change > y->change) - (x->change < y->change) : 0;
}

/* Until the routing protocol goes by a change. */
static double delay_of(const lead_passage *passage, const lead_network_change *change) {
    return change->at_once ? 0
                           : lead_timeline_reconvergence(passage->timeline, change->time,
                                                         passage->scenario->reconvergence);
}

/* Once for all that changes at a time. */
static lead_status collect(making *self) {
    lead_passage *passage = self->out;
    LEAD_TRY(lead_grow(&passage->own.items, sizeof(item), 0, 2 * self->change_count,
                       &passage->own.item_room));
    self->items = passage->own.items;
    double heard = -1;
    for (int i = 0; i < self->change_count; i++) {
        const lead_network_change *change = &self->changes[i];
        double offset = change->time - self->begin;
        self->items[self->item_count++] = (item){offset, change};
        passage->surprised = passage->surprised || !change->planned;
        if (change->link < 0 || change->capacity > 0 || change->planned)
            continue;
        double after = offset + delay_of(passage, change);
        if (after < epoch_length(passage) && after != heard)
            self->items[self->item_count++] = (item){after, NULL};
        heard = after;
    }
    if (self->item_count > 0)
        qsort(self->items, (size_t)self->item_count, sizeof(item), by_offset);
    return LEAD_OK;
}

static lead_status make_change(making *self, const item *it, const double **tm) {
    lead_engine_change change = {.link = it->change->link, .up = it->change->up};
    if (it->change->node >= 0) {
        LEAD_TRY(traffic_at(self, it->offset, tm));
        change.what = LEAD_ENGINE_TRAFFIC;
        change.tm = *tm;
    } else if (it->change->capacity > 0) {
        change.what = LEAD_ENGINE_CAPACITY;
        change.capacity = it->change->capacity;
    } else {
        change.what = LEAD_ENGINE_LINK;
        LEAD_TRY(lead_topology_set_up(self->out->now, change.link, change.up));
    }
    return add(self->out, it->offset, change);
}

/* Between two changes: what no path joins. */
static lead_status count_disconnected(making *self, double from, double to, const double *tm) {
    double rate;
    if (!(to > from))
        return LEAD_OK;
    LEAD_TRY(lead_topology_disconnected(self->out->now, tm, &rate));
    self->out->disconnected += rate * (to - from) / epoch_length(self->out);
    return LEAD_OK;
}

static lead_status pass(making *self) {
    const double *tm = self->out->tm;
    double at = 0;
    for (int i = 0; i < self->item_count; i++) {
        const item *it = &self->items[i];
        LEAD_TRY(count_disconnected(self, at, it->offset, tm));
        at = it->offset;
        LEAD_TRY(it->change ? make_change(self, it, &tm) : reroute(self, it->offset));
    }
    return count_disconnected(self, at, epoch_length(self->out), tm);
}

static lead_status take_network(lead_passage *self, const lead_topology *network) {
    for (int e = 0; e < lead_topology_link_count(network); e++)
        LEAD_TRY(lead_topology_set_up(self->now, e, lead_topology_link(network, e)->up));
    return LEAD_OK;
}

lead_status lead_passage_make(lead_passage *passage, int epoch, const lead_topology *network,
                              const lead_decision *decision, const double *tm) {
    making self = {
        .out = passage, .decision = decision, .mean = tm, .begin = epoch_length(passage) * epoch};
    clear(passage);
    passage->disconnected = 0;
    passage->surprised = false;
    self.change_count = lead_timeline_changes(passage->timeline, epoch, &self.changes);
    LEAD_TRY(take_network(passage, network));
    LEAD_TRY(begin(&self));
    LEAD_TRY(begin_traffic(&self));
    LEAD_TRY(collect(&self));
    return pass(&self);
}
