/* What events make of the traffic: bursts add to it, nodes that are down take theirs away. */
#include "base/expects.h"
#include "events/timeline.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- a burst's shape -------------------------------------------------------------------------- */

static const double flash = 5; /* e-folds of a rise or fall of the exponential shape */

/* The integral from 0 to x in [0, 1] of the rise from 0 to 1. */
static double risen(lead_burst_shape shape, double x) {
    if (shape == LEAD_BURST_LINEAR)
        return x * x / 2;
    return (x - (1 - exp(-flash * x)) / flash) / (1 - exp(-flash));
}

/* The integral of the fall from 1 to 0, likewise: the linear one backwards, the exponential one
 * falls fast at first. */
static double fallen(lead_burst_shape shape, double x) {
    if (shape == LEAD_BURST_LINEAR)
        return x - x * x / 2;
    return ((1 - exp(-flash * x)) / flash - exp(-flash) * x) / (1 - exp(-flash));
}

static double clamp(double value, double most) {
    return value < 0 ? 0 : value > most ? most : value;
}

/* The integral of the shape from its beginning to t. */
static double integral(const lead_event *event, double t) {
    double top = event->duration > 0 ? event->duration : INFINITY, sum = 0;
    if (event->ramp > 0)
        sum += event->ramp * risen(event->shape, clamp(t / event->ramp, 1));
    sum += clamp(t - event->ramp, top);
    if (event->decay > 0 && isfinite(top))
        sum +=
            event->decay * fallen(event->shape, clamp((t - event->ramp - top) / event->decay, 1));
    return sum;
}

double burst_mean(const lead_event *event, double from, double to) {
    return (integral(event, to) - integral(event, from)) / (to - from);
}

/* --- TMs -------------------------------------------------------------------------------------- */

static bool is_of(const span *one, int n, int od) {
    int source = od / n, destination = od % n;
    return source != destination && (one->source < 0 || one->source == source) &&
           (one->destination < 0 || one->destination == destination);
}

/* Adds a burst to one epoch's tm[n*n]; what it adds at its top, bit/s. */
static double add_burst(const lead_timeline *self, const span *one, double time, double *tm) {
    const lead_event *event = &self->events[one->event];
    int n = lead_topology_node_count(self->topology), count = 0;
    double height = burst_mean(event, time - one->from, time + self->run.epoch - one->from);
    double sum = 0;
    for (int od = 0; od < n * n; od++)
        if (is_of(one, n, od)) {
            sum += tm[od];
            count++;
        }
    for (int od = 0; od < n * n && count > 0; od++) {
        if (!is_of(one, n, od))
            continue;
        if (event->rate > 0)
            tm[od] += height * event->rate * (sum > 0 ? tm[od] / sum : 1.0 / count);
        else
            tm[od] *= fmax(0, 1 + (event->factor - 1) * height);
    }
    return event->rate > 0 ? event->rate : (event->factor - 1) * sum;
}

static void tell_traffic(lead_timeline *self, const span *one, double time, double traffic) {
    for (int i = 0; i < self->occurrence_count; i++) {
        occurrence *it = &self->occurrences[i];
        if (it->event == one->event && it->from == one->from && isnan(it->traffic) &&
            time + self->run.epoch > one->from)
            it->traffic = traffic;
    }
}

/* down[n] at a time. */
static void nodes_down(const lead_timeline *self, double time, unsigned char *down) {
    memset(down, 0, (size_t)lead_topology_node_count(self->topology));
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        if (one->what == SPAN_NODE && one->from <= time && time < one->to)
            down[one->node] = 1;
    }
}

/* The first time after `at` that a node goes or comes, at most `end`. */
static double next_node_change(const lead_timeline *self, double at, double end) {
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        if (one->what != SPAN_NODE)
            continue;
        end = one->from > at ? fmin(end, one->from) : end;
        end = one->to > at ? fmin(end, one->to) : end;
    }
    return end;
}

/* part[n*n] of the epoch that begins at `begin`. */
static void find_parts(const lead_timeline *self, double begin, unsigned char *down, double *part) {
    int n = lead_topology_node_count(self->topology);
    double end = begin + self->run.epoch, at = begin;
    memset(part, 0, (size_t)n * (size_t)n * sizeof *part);
    while (at < end) {
        double next = next_node_change(self, at, end);
        nodes_down(self, at, down);
        for (int od = 0; od < n * n; od++)
            if (!down[od / n] && !down[od % n])
                part[od] += (next - at) / self->run.epoch;
        at = next;
    }
}

static double take_nodes(const lead_timeline *self, double time, double *part, double *tm) {
    int n = lead_topology_node_count(self->topology);
    double taken = 0;
    find_parts(self, time, self->down, part);
    for (int od = 0; od < n * n; od++) {
        if (od / n != od % n)
            taken += tm[od] * (1 - part[od]);
        tm[od] *= part[od];
    }
    return taken;
}

/* What a node sends and receives when it goes. */
static double of_node(const double *tm, int n, int node) {
    double sum = 0;
    for (int other = 0; other < n; other++)
        if (other != node)
            sum += tm[node * n + other] + tm[other * n + node];
    return sum;
}

static bool overlaps(const lead_timeline *self, const span *one, double time) {
    return one->from < time + self->run.epoch && one->to > time;
}

/* Whether anything happens to the epoch's TM; then it is changed. */
static bool shape(lead_timeline *self, int epoch, double *tm, double *part) {
    double time = self->run.epoch * epoch;
    int n = lead_topology_node_count(self->topology);
    bool changed = false, nodes = false;
    for (int i = 0; i < self->span_count; i++) {
        const span *one = &self->spans[i];
        if (!overlaps(self, one, time))
            continue;
        if (one->what == SPAN_OTHER && one->kind == LEAD_EVENT_BURST) {
            tell_traffic(self, one, time, add_burst(self, one, time, tm));
            changed = true;
        }
        if (one->what == SPAN_NODE) {
            tell_traffic(self, one, time, -of_node(tm, n, one->node));
            nodes = true;
        }
    }
    if (nodes)
        self->withdrawn[epoch] = take_nodes(self, time, part, tm);
    return changed || nodes;
}

static bool has_traffic(const lead_timeline *self) {
    for (int i = 0; i < self->span_count; i++)
        if (self->spans[i].what == SPAN_NODE || self->spans[i].kind == LEAD_EVENT_BURST)
            return true;
    return false;
}

int lead_timeline_burst_pairs(const lead_timeline *timeline, int *pairs) {
    LEAD_EXPECTS(timeline && pairs);
    int n = lead_topology_node_count(timeline->topology), count = 0;
    for (int i = 0; i < timeline->span_count; i++) {
        const span *one = &timeline->spans[i];
        if (one->kind == LEAD_EVENT_BURST && one->source < 0 && one->destination < 0)
            return 0;
    }
    for (int od = 0; od < n * n; od++) {
        bool is_one = false;
        for (int i = 0; i < timeline->span_count && !is_one; i++)
            is_one = timeline->spans[i].what == SPAN_OTHER &&
                     timeline->spans[i].kind == LEAD_EVENT_BURST &&
                     is_of(&timeline->spans[i], n, od);
        if (is_one)
            pairs[count++] = od;
    }
    return count;
}

double lead_timeline_without_bursts(const lead_timeline *timeline, int epoch, int place) {
    LEAD_EXPECTS(timeline && timeline->without);
    return timeline->without[(size_t)epoch * (size_t)timeline->burst_pairs + (size_t)place];
}

/* The demands of the pairs of bursts, before these come. */
static lead_status keep_without(lead_timeline *self, const lead_tm_series *series, int first) {
    size_t n = (size_t)lead_topology_node_count(self->topology);
    int *pairs;
    LEAD_TRY(lead_calloc(n * n, sizeof *pairs, &pairs));
    self->burst_pairs = lead_timeline_burst_pairs(self, pairs);
    free(self->without);
    self->without = NULL;
    lead_status status = lead_calloc((size_t)self->burst_pairs * (size_t)self->run.epochs,
                                     sizeof *self->without, &self->without);
    for (int epoch = 0; status == LEAD_OK && epoch < self->run.epochs; epoch++)
        for (int i = 0; i < self->burst_pairs; i++)
            self->without[(size_t)epoch * (size_t)self->burst_pairs + (size_t)i] =
                lead_tm_series_tm(series, first + epoch)[pairs[i]];
    free(pairs);
    return status;
}

lead_status lead_timeline_shape(lead_timeline *timeline, lead_tm_series *series, int first) {
    LEAD_EXPECTS(timeline && series);
    size_t n = (size_t)lead_topology_node_count(timeline->topology);
    double *tm = NULL, *part = NULL;
    lead_status status = LEAD_OK;
    if (!has_traffic(timeline))
        return LEAD_OK;
    LEAD_TRY_FREE(keep_without(timeline, series, first));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *tm, &tm));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *part, &part));
    for (int epoch = 0; epoch < timeline->run.epochs; epoch++) {
        memcpy(tm, lead_tm_series_tm(series, first + epoch), n * n * sizeof *tm);
        if (shape(timeline, epoch, tm, part))
            LEAD_TRY_FREE(lead_tm_series_replace(series, first + epoch, tm));
    }
fail:
    free(tm);
    free(part);
    return status;
}

double lead_timeline_withdrawn(const lead_timeline *timeline, int epoch) {
    LEAD_EXPECTS(timeline);
    return timeline->withdrawn[epoch];
}

/* Of an epoch with many changes they are asked for at each. */
static lead_status keep_parts(lead_timeline *self, double begin) {
    size_t n = (size_t)lead_topology_node_count(self->topology);
    if (self->parts && self->parts->begin == begin)
        return LEAD_OK;
    if (!self->parts)
        LEAD_TRY(lead_calloc(1, sizeof *self->parts + n * n * sizeof(double), &self->parts));
    self->parts->begin = begin;
    find_parts(self, begin, self->down, self->parts->of);
    return LEAD_OK;
}

lead_status lead_timeline_traffic(lead_timeline *timeline, double time, const double *mean,
                                  double *tm) {
    LEAD_EXPECTS(timeline && mean && tm);
    int n = lead_topology_node_count(timeline->topology);
    LEAD_TRY(keep_parts(timeline, floor(time / timeline->run.epoch + 1e-9) * timeline->run.epoch));
    nodes_down(timeline, time, timeline->down);
    for (int od = 0; od < n * n; od++) {
        bool down = timeline->down[od / n] || timeline->down[od % n];
        double part = timeline->parts->of[od];
        tm[od] = down || part <= 0 ? 0 : mean[od] / part;
    }
    return LEAD_OK;
}
