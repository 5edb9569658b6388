/* What blackouts make of a reading: counters that do not answer, late, wrapped or wrong. */
#include "base/expects.h"
#include "events/timeline.h"

/* One blackout at one reading. */
typedef struct strike {
    const lead_timeline *timeline;
    const span *one;
    const lead_event *event;
    uint64_t key, first; /* of the draws */
    const double *utilisation;
    const lead_counters *before;
    lead_counters *reading;
    bool struck;
} strike;

bool lead_timeline_blinds(const lead_timeline *timeline) {
    LEAD_EXPECTS(timeline);
    for (int i = 0; i < timeline->span_count; i++)
        if (timeline->spans[i].what == SPAN_OTHER && timeline->spans[i].kind == LEAD_EVENT_BLACKOUT)
            return true;
    return false;
}

/* Draws for a counter, by its number, in words. */
static bool is_struck(const strike *self, size_t counter, uint32_t words[4]) {
    lead_philox(self->key, self->first + counter, words);
    return words[0] / 4294967296.0 < self->event->share;
}

static uint64_t strike_total(const strike *self, uint64_t before, uint64_t now,
                             const uint32_t words[4], int word) {
    switch (self->event->counters) {
    case LEAD_BLACKOUT_LATE:
        return before;
    case LEAD_BLACKOUT_WRAPPED:
        return now & 0xffffffffu;
    case LEAD_BLACKOUT_CORRUPTED:
        return (uint64_t)words[word] << 24;
    default:
        return now;
    }
}

/* --- links ------------------------------------------------------------------------------------ */

static bool is_link_of(const strike *self, int e) {
    const lead_topology *topology = self->timeline->topology;
    const lead_link *link = lead_topology_link(topology, e);
    if (self->event->pairs)
        return false;
    if (self->one->node >= 0)
        return link->source == self->one->node;
    if (self->one->link < 0)
        return true;
    const lead_link *of = lead_topology_link(topology, self->one->link);
    return (link->source == of->source && link->destination == of->destination) ||
           (link->source == of->destination && link->destination == of->source);
}

static void strike_link(strike *self, int e) {
    uint32_t words[4];
    lead_counters *now = self->reading;
    if (!is_link_of(self, e) || self->utilisation[e] < self->event->above ||
        !is_struck(self, (size_t)e, words))
        return;
    self->struck = true;
    now->link_missing[e] |= self->event->counters == LEAD_BLACKOUT_LOST;
    now->link_bytes[e] =
        strike_total(self, self->before->link_bytes[e], now->link_bytes[e], words, 1);
    now->link_dropped[e] =
        strike_total(self, self->before->link_dropped[e], now->link_dropped[e], words, 2);
}

/* --- OD pairs --------------------------------------------------------------------------------- */

static bool is_pair_of(const strike *self, int source, int destination) {
    if (self->event->link)
        return false;
    if (self->one->node >= 0)
        return source == self->one->node;
    return (self->one->source < 0 || self->one->source == source) &&
           (self->one->destination < 0 || self->one->destination == destination);
}

/* Whether a link out of the source is busy enough. */
static bool is_busy(const strike *self, int source) {
    int degree;
    const int *links = lead_topology_links_out(self->timeline->topology, source, &degree);
    for (int i = 0; i < degree; i++)
        if (self->utilisation[links[i]] >= self->event->above)
            return true;
    return self->event->above <= 0;
}

static void strike_pair(strike *self, int od) {
    uint32_t words[4];
    lead_counters *now = self->reading;
    int n = now->node_count;
    if (!is_pair_of(self, od / n, od % n) || !is_busy(self, od / n) ||
        !is_struck(self, (size_t)(now->link_count + od), words))
        return;
    self->struck = true;
    now->od_missing[od] |= self->event->counters == LEAD_BLACKOUT_LOST;
    now->od_offered[od] =
        strike_total(self, self->before->od_offered[od], now->od_offered[od], words, 1);
    now->od_delivered[od] =
        strike_total(self, self->before->od_delivered[od], now->od_delivered[od], words, 2);
}

static void strike_all(strike *self) {
    lead_counters *now = self->reading;
    for (int e = 0; e < now->link_count; e++)
        strike_link(self, e);
    for (int od = 0; od < now->node_count * now->node_count; od++)
        strike_pair(self, od);
    if (self->struck && self->event->counters == LEAD_BLACKOUT_WRAPPED)
        now->bits = 32; /* what a counter that goes back has wrapped at */
}

void lead_timeline_blind(const lead_timeline *timeline, int epoch, const double *utilisation,
                         const lead_counters *before, lead_counters *reading) {
    LEAD_EXPECTS(timeline && utilisation && before && reading);
    double time = timeline->run.epoch * (epoch + 1);
    size_t counters =
        (size_t)reading->link_count + (size_t)reading->node_count * (size_t)reading->node_count;
    for (int i = 0; i < timeline->span_count; i++) {
        const span *one = &timeline->spans[i];
        if (one->what != SPAN_OTHER || one->kind != LEAD_EVENT_BLACKOUT || one->from >= time ||
            one->to < time)
            continue;
        strike self = {.timeline = timeline,
                       .one = one,
                       .event = &timeline->events[one->event],
                       .key = lead_random_seed(timeline->seeds[one->event], "counters"),
                       .first = (uint64_t)epoch * counters,
                       .utilisation = utilisation,
                       .before = before,
                       .reading = reading};
        strike_all(&self);
    }
}
