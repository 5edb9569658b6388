/* The detector: epochs to surprises, surprises to anomalies. */
#include "base/expects.h"
#include "detect/sets.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lead_detector {
    lead_detect_options options;
    lead_scoring scoring;
    double *tails;          /* [n*n] of the epoch judged last */
    bool on;                /* there is an anomaly: `now` */
    bool echoes;            /* what is like `last`, turned over, is its echo */
    int quiet;              /* epochs in a row not below the level */
    double gain;            /* of the epoch that it is explained by */
    lead_anomaly now, last; /* last: the one that is lent when it is over */
    double before;          /* bit/s of its place that were expected when it began */
};

const char *lead_cause_name(lead_cause cause) {
    static const char *const names[] = {
#define X(name, text) text,
        LEAD_CAUSE_LIST(X)
#undef X
    };
    return (unsigned)cause < LEAD_CAUSE_COUNT ? names[cause] : "?";
}

static lead_status check(int node_count, const lead_detect_options *options) {
    if (node_count < 2)
        return lead_fail(LEAD_INVALID, "a network of %d nodes has no pairs", node_count);
    if (!(options->level >= 0 && options->level <= 0.5))
        return lead_fail(LEAD_INVALID, "level of %g is not in 0..0.5", options->level);
    if (options->quiet < 1 || options->quiet > 100000)
        return lead_fail(LEAD_INVALID, "quiet of %d is not in 1..100000", options->quiet);
    if (options->steps < 0 || options->steps > 1000000)
        return lead_fail(LEAD_INVALID, "steps of %d is not in 0..1000000", options->steps);
    return LEAD_OK;
}

lead_status lead_detector_alloc(int node_count, const lead_detect_options *options,
                                lead_detector **out) {
    LEAD_EXPECTS(options && out);
    lead_detector *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(check(node_count, options));
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->options = *options;
    LEAD_TRY_FREE(lead_scoring_alloc(node_count, options->steps, &self->scoring));
    LEAD_TRY_FREE(
        lead_calloc((size_t)node_count * (size_t)node_count, sizeof *self->tails, &self->tails));
    *out = self;
    return LEAD_OK;
fail:
    lead_detector_free(self);
    return status;
}

void lead_detector_free(lead_detector *detector) {
    if (!detector)
        return;
    lead_scoring_free(&detector->scoring);
    free(detector->tails);
    free(detector);
}

/* As many steps of the history as are worth their time. */
static int steps_of(const lead_detector *self, const lead_tm_series *history) {
    enum { MOST = 1008, LEAST = 60, PAIRS = 400000 };
    int steps = PAIRS / (self->scoring.n * self->scoring.n),
        length = lead_tm_series_length(history) - 1;
    steps = steps > MOST ? MOST : steps < LEAST ? LEAST : steps;
    return steps < length ? steps : length;
}

lead_status lead_detector_learn(lead_detector *detector, const lead_tm_series *history,
                                int64_t step) {
    LEAD_EXPECTS(detector && history);
    int length = lead_tm_series_length(history);
    double tail;
    for (int i = length - steps_of(detector, history); i < length; i++) {
        int ahead = i % detector->scoring.steps, from = i - 1 - ahead;
        bool follows = from >= 0 && lead_tm_series_time(history, i) ==
                                        lead_tm_series_time(history, from) + (ahead + 1) * step;
        lead_detect_epoch epoch = {.ahead = ahead,
                                   .samples = follows ? lead_tm_series_tm(history, from) : NULL,
                                   .sample_count = 1,
                                   .tm = lead_tm_series_tm(history, i)};
        LEAD_TRY(lead_scoring_epoch(&detector->scoring, &epoch, &tail));
    }
    lead_scoring_change_forecast(&detector->scoring);
    return LEAD_OK;
}

/* --- anomalies -------------------------------------------------------------------------------- */

static void end(lead_detector *self, lead_surprise *out) {
    self->on = false;
    self->last = self->now;
    self->last.open = false;
    out->ended = &self->last;
}

/* A forecast that takes a burst to go on sees its end as a fall as large as the burst: no part of
 * it, or the larger of the two would be told for both. */
static bool turns(const lead_detector *self, const lead_anomaly *told) {
    return self->on && told->size * self->now.size < 0;
}

static bool names_pair(const lead_anomaly *self, int source, int destination) {
    for (int i = 0; i < self->pair_count; i++)
        if (self->sources[i] == source && self->destinations[i] == destination)
            return true;
    return false;
}

/* The pairs in any order: the one that stands out most is first. */
static bool has_same_place(const lead_anomaly *a, const lead_anomaly *b) {
    bool same = a->cause == b->cause && a->node == b->node && a->link == b->link &&
                a->pair_count == b->pair_count;
    for (int i = 0; same && i < a->pair_count; i++)
        same = names_pair(b, a->sources[i], a->destinations[i]);
    return same;
}

/* What turns in the same place, and is back at about what had been expected before, nearer to it
 * than the forecast is, which has followed the burst. An outage behind a burst is not back, or its
 * forecast had not followed. */
static bool is_echo(const lead_detector *self, const lead_anomaly *told) {
    static const double about = 2;
    double before = self->before, now = told->expected + told->size;
    bool is_back = now <= about * before && before <= about * now,
         has_followed = fabs(now - before) < fabs(now - told->expected);
    return self->echoes && has_same_place(told, &self->last) && told->size * self->last.size < 0 &&
           is_back && has_followed;
}

static void begin_or_go_on(lead_detector *self, lead_anomaly told, double gain, double tail,
                           int epoch) {
    if (!self->on || (gain > self->gain && !has_same_place(&told, &self->now)))
        self->before = told.expected;
    if (!self->on || gain > self->gain) {
        told.first = self->on ? self->now.first : epoch;
        told.tail = self->on ? self->now.tail : tail;
        told.peak = epoch;
        told.open = true;
        self->now = told;
        self->gain = gain;
    }
    self->on = true;
    self->echoes = false;
    self->now.last = epoch;
    self->now.tail = fmin(self->now.tail, tail);
}

static lead_status go_on(lead_detector *self, const lead_detect_epoch *epoch, lead_surprise *out) {
    lead_anomaly told = {0};
    double gain;
    LEAD_TRY(lead_sets_explain(&self->scoring, epoch->routing, &told, &gain));
    self->quiet = 0;
    if (turns(self, &told)) {
        end(self, out);
        self->echoes = true;
    }
    if (!is_echo(self, &told))
        begin_or_go_on(self, told, gain, out->tail, epoch->epoch);
    return LEAD_OK;
}

static lead_status follow(lead_detector *self, const lead_detect_epoch *epoch, lead_surprise *out) {
    if (isnan(out->tail))
        return LEAD_OK;
    if (out->tail < self->options.level)
        return go_on(self, epoch, out);
    if (++self->quiet < self->options.quiet)
        return LEAD_OK;
    if (self->on)
        end(self, out);
    self->echoes = false;
    return LEAD_OK;
}

/* --- an epoch --------------------------------------------------------------------------------- */

static void tell_pairs(lead_detector *self, lead_surprise *out) {
    int n = self->scoring.n;
    for (int od = 0; od < n * n; od++) {
        double tail = self->tails[od] = self->scoring.now[od].tail;
        if (isnan(tail))
            continue;
        out->judged++;
        if (out->source >= 0 && !(tail < out->pair_tail))
            continue;
        out->source = od / n;
        out->destination = od % n;
        out->pair_tail = tail;
    }
}

lead_status lead_detector_judge(lead_detector *detector, const lead_detect_epoch *epoch,
                                lead_surprise *out) {
    LEAD_EXPECTS(detector && epoch && epoch->tm && out);
    LEAD_EXPECTS(epoch->ahead >= 0 && epoch->ahead < detector->scoring.steps);
    *out =
        (lead_surprise){.epoch = epoch->epoch, .source = -1, .destination = -1, .pair_tail = NAN};
    LEAD_TRY(lead_scoring_epoch(&detector->scoring, epoch, &out->tail));
    tell_pairs(detector, out);
    return follow(detector, epoch, out);
}

const double *lead_detector_pair_tails(const lead_detector *detector) {
    LEAD_EXPECTS(detector);
    return detector->tails;
}

const lead_anomaly *lead_detector_open_anomaly(const lead_detector *detector) {
    LEAD_EXPECTS(detector);
    return detector->on ? &detector->now : NULL;
}
