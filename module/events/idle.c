/* What is said of events that change nothing, or never end. */
#include "events/timeline.h"
#include <math.h>
#include <string.h>

/* Whether a multiple of the epoch's length lies in a span: a lap, or with `ends` a reading. */
static bool meets_lap(const lead_timeline *self, const span *one, bool ends) {
    double epoch = self->run.epoch,
           lap = (ends ? floor(one->from / epoch) + 1 : ceil(one->from / epoch)) * epoch;
    return ends ? lap <= one->to : lap < one->to;
}

/* Whether a link or a node fails in a span, other than by plan. */
static bool meets_failure(const lead_timeline *self, const span *one) {
    for (int i = 0; i < self->change_count; i++) {
        const lead_network_change *it = &self->changes[i];
        if (!it->up && it->capacity == 0 && !it->planned && it->time >= one->from &&
            it->time < one->to)
            return true;
    }
    return false;
}

/* What a span misses so that it changes nothing; NULL: it misses nothing. */
static const char *missed_by(const lead_timeline *self, const span *one) {
    switch (one->kind) {
    case LEAD_EVENT_BLACKOUT:
        return meets_lap(self, one, true) ? NULL : "counter is read";
    case LEAD_EVENT_FORECAST_FAULT:
    case LEAD_EVENT_PLAN_FAULT:
        return meets_lap(self, one, false) ? NULL : "forecast or plan is made";
    case LEAD_EVENT_RECONVERGENCE:
        return meets_failure(self, one) ? NULL : "link or node fails";
    default:
        return NULL;
    }
}

static void warn_of_missed(const lead_timeline *self) {
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        const char *what = one->what == SPAN_OTHER ? missed_by(self, one) : NULL;
        if (what)
            lead_log(LEAD_LOG_WARNING,
                     "events[%d]: from %g to %g s after the start no %s: it changes nothing "
                     "(epochs are %g s)",
                     one->event, one->from, fmin(one->to, timeline_end(self)), what,
                     self->run.epoch);
    }
}

/* A value that leaves everything as it is. */
static void warn_of_values(const lead_timeline *self) {
    for (int i = 0; i < self->event_count; i++) {
        const lead_event *it = &self->events[i];
        bool factor = it->kind == LEAD_EVENT_BURST || it->kind == LEAD_EVENT_CAPACITY;
        if (factor && it->factor == 1)
            lead_log(LEAD_LOG_WARNING, "events[%d].factor: 1 changes nothing", i);
        if (it->kind == LEAD_EVENT_BLACKOUT && it->share == 0)
            lead_log(LEAD_LOG_WARNING, "events[%d].share: 0 changes nothing", i);
    }
}

static bool is_random(const char *name) {
    return name && strcmp(name, "random") == 0;
}

static bool is_drawn(const lead_event *it) {
    return is_random(it->link) || is_random(it->node) || is_random(it->pairs);
}

/* What is said of an event and cannot come, since what comes before it never ends. */
static void warn_of_endless(const lead_timeline *self) {
    for (int i = 0; i < self->event_count; i++) {
        const lead_event *it = &self->events[i];
        if (event_is_repair(it->kind) || it->duration > 0)
            continue;
        if (it->every > 0 && !is_drawn(it))
            lead_log(LEAD_LOG_WARNING,
                     "events[%d]: it comes again every %g s, and lasts to the end of the run each "
                     "time: state its duration",
                     i, it->every);
        if (it->decay > 0)
            lead_log(LEAD_LOG_WARNING,
                     "events[%d]: its top lasts to the end of the run, so that its decay of %g s "
                     "never comes: state its duration",
                     i, it->decay);
    }
}

void timeline_warn_idle(const lead_timeline *timeline) {
    warn_of_missed(timeline);
    warn_of_values(timeline);
    warn_of_endless(timeline);
}
