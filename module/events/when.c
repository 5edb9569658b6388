/* When an event happens. */
#include "events/timeline.h"
#include <math.h>
#include <string.h>

enum { DAY = 86400 };

/* "10:00" or "10:00:30" as seconds of the day. */
static bool parse_clock(const char *text, int *seconds) {
    int hours, minutes, rest = 0, end = 0;
    if (sscanf(text, "%2d:%2d%n", &hours, &minutes, &end) != 2 || end == 0)
        return false;
    if (text[end] == ':') {
        int more = 0;
        if (sscanf(text + end, ":%2d%n", &rest, &more) != 1)
            return false;
        end += more;
    }
    bool digits = strspn(text, "0123456789:") == strlen(text);
    *seconds = hours * 3600 + minutes * 60 + rest;
    return !text[end] && digits && hours < 24 && minutes < 60 && rest < 60;
}

/* The first time of day from the start on. */
static double next_clock(const lead_timeline *self, int clock) {
    int64_t today = ((self->run.start % DAY) + DAY) % DAY;
    return (double)((clock - today + DAY) % DAY);
}

static lead_status at(lead_timeline *self, int event, int round, double *from) {
    const char *text = self->events[event].at;
    int clock;
    int64_t moment;
    if (strcmp(text, "random") == 0) {
        *from = self->run.epoch * timeline_draw(self, event, "at", round, self->run.epochs);
        return LEAD_OK;
    }
    if (parse_clock(text, &clock)) {
        *from = next_clock(self, clock);
        return LEAD_OK;
    }
    if (lead_time_parse(text, &moment) != LEAD_OK)
        return timeline_fail_at(
            self, event, "at",
            lead_fail(LEAD_FORMAT,
                      "\"%.60s\" is neither a time of day (10:00), a time (2004-07-20T10:00Z) nor "
                      "random",
                      text));
    *from = (double)(moment - self->run.start);
    return LEAD_OK;
}

double timeline_end(const lead_timeline *timeline) {
    return timeline->run.epoch * timeline->run.epochs;
}

/* When it is over, if it begins at `from`. */
static double over(const lead_timeline *self, int event, double from) {
    const lead_event *it = &self->events[event];
    return it->duration > 0 ? from + it->duration + it->ramp + it->decay
                            : from + 1 + timeline_end(self);
}

/* What comes again may have come before the run: the first time that is not over by then. */
static double skip_past(const lead_timeline *self, int event, double from) {
    double every = self->events[event].every, until = over(self, event, from);
    return every > 0 && until <= 0 ? from + (floor(-until / every) + 1) * every : from;
}

/* An event that comes when all is over cannot happen. */
static lead_status check(lead_timeline *self, int event, double from) {
    const lead_event *it = &self->events[event];
    char begin[LEAD_TIME_LENGTH + 1], end[LEAD_TIME_LENGTH + 1];
    if (from < timeline_end(self) && over(self, event, from) > 0)
        return LEAD_OK;
    lead_time_format(self->run.start, begin);
    lead_time_format(self->run.start + (int64_t)timeline_end(self), end);
    return timeline_fail_at(
        self, event, it->at ? "at" : "epoch",
        it->at ? lead_fail(LEAD_INVALID, "%s is not in the run, which goes from %s to %s", it->at,
                           begin, end)
               : lead_fail(LEAD_INVALID, "epoch %d does not come: the run has %d epochs, from 0 on",
                           it->epoch, self->run.epochs));
}

lead_status timeline_when(lead_timeline *timeline, int event, int round, double *from) {
    const lead_event *it = &timeline->events[event];
    if (it->offset >= timeline->run.epoch)
        return timeline_fail_at(timeline, event, "offset",
                                lead_fail(LEAD_INVALID,
                                          "%g s is when the epoch's %g s are over: state the next "
                                          "epoch",
                                          it->offset, timeline->run.epoch));
    if (it->at)
        LEAD_TRY(at(timeline, event, round, from));
    else
        *from = timeline->run.epoch * it->epoch;
    *from = skip_past(timeline, event, *from + it->offset);
    return check(timeline, event, *from);
}
