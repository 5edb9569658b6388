/* explain: see explain.h. Every cause says which pairs' demands were other ones, by which factor:
 * all of its pairs by one, or, where pairs are named one by one, each by its own. What a cause is
 * worth is how much likelier it makes the errors, under Student's t with four degrees of freedom,
 * for errors of traffic have heavy tails; what it costs is its description: the log of the number
 * of such sets, and something for each factor. */
#include "detect/explain.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double freedom = 4;
static const double factor_cost = 1.5; /* nats */
enum { MOST_FACTORS = 24 };

/* A set of pairs by one factor. */
typedef struct candidate {
    lead_cause cause;
    int node, link;
    double cost;
} candidate;

typedef struct explaining {
    const lead_scoring *scoring;
    int n;
    int *member, size;       /* [size] judged pairs of the candidate */
    unsigned char *best;     /* [n*n] pairs of the best one so far */
    double *share, *through; /* [m] and [n] of a pair: what of it each link carries */
    unsigned char *over;     /* [m][n*n] pairs half of whose traffic or more a link carries */
    int links;
    double gain; /* of the best one */
    candidate chosen;
} explaining;

/* -log of the density, but for what is the same for all. */
static double surprise(double score) {
    return (freedom + 1) / 2 * log1p(score * score / freedom);
}

static bool judged(const explaining *self, int od) {
    return !isnan(self->scoring->now[od].tail);
}

/* How much likelier a pair's error is when its demand was `factor` times what was forecast. */
static double pair_gain(const explaining *self, int od, double factor) {
    const lead_target_now *now = &self->scoring->now[od];
    double floor = self->scoring->floor,
           shift = log((factor * now->median + floor) / (now->median + floor));
    return surprise(now->score) - surprise((now->error - shift) / now->scale);
}

static double set_gain(const explaining *self, double factor) {
    double gain = 0;
    for (int i = 0; i < self->size; i++)
        gain += pair_gain(self, self->member[i], factor);
    return gain;
}

/* How well a pair tells the factor. */
static double weight_of(const explaining *self, int od) {
    const lead_target_now *now = &self->scoring->now[od];
    return now->median / (now->median + self->scoring->floor) / now->scale;
}

/* Puts a pair among told[count], those that tell the factor best; returns how many these are. */
static int tell(const explaining *self, int *told, int count, int od) {
    int at = count;
    for (; at > 0 && weight_of(self, od) > weight_of(self, told[at - 1]); at--)
        if (at < MOST_FACTORS)
            told[at] = told[at - 1];
    if (at < MOST_FACTORS)
        told[at] = od;
    return count < MOST_FACTORS ? count + 1 : count;
}

/* By the set's factor: that of one of the pairs that tell it best, or of their sum. */
static double best_gain(const explaining *self) {
    double measured = 0, median = 0;
    int told[MOST_FACTORS], count = 0;
    for (int i = 0; i < self->size; i++) {
        const lead_target_now *now = &self->scoring->now[self->member[i]];
        measured += now->measured;
        median += now->median;
        count = tell(self, told, count, self->member[i]);
    }
    double gain = median > 0 ? set_gain(self, measured / median) : 0;
    for (int i = 0; i < count; i++) {
        const lead_target_now *now = &self->scoring->now[told[i]];
        if (now->median > 0)
            gain = fmax(gain, set_gain(self, now->measured / now->median));
    }
    return gain;
}

static void add(explaining *self, int od) {
    if (judged(self, od))
        self->member[self->size++] = od;
}

/* Keeps the candidate whose pairs are in `member` if it is the best so far, and begins another. */
static void offer(explaining *self, candidate it) {
    double gain = best_gain(self) - it.cost - factor_cost;
    if (gain > self->gain) {
        self->gain = gain;
        self->chosen = it;
        memset(self->best, 0, (size_t)self->n * (size_t)self->n);
        for (int i = 0; i < self->size; i++)
            self->best[self->member[i]] = 1;
    }
    self->size = 0;
}

/* --- sets by one factor ----------------------------------------------------------------------- */

static void offer_node(explaining *self, lead_cause cause, int node) {
    for (int i = 0; i < self->n; i++) {
        if (cause != LEAD_CAUSE_DESTINATION)
            add(self, node * self->n + i);
        if (cause != LEAD_CAUSE_SOURCE)
            add(self, i * self->n + node);
    }
    offer(self, (candidate){cause, node, -1, log(self->n)});
}

static void offer_nodes(explaining *self) {
    for (int node = 0; node < self->n; node++) {
        offer_node(self, LEAD_CAUSE_SOURCE, node);
        offer_node(self, LEAD_CAUSE_DESTINATION, node);
        offer_node(self, LEAD_CAUSE_NODE, node);
    }
}

static void offer_all(explaining *self) {
    for (int od = 0; od < self->n * self->n; od++)
        add(self, od);
    offer(self, (candidate){LEAD_CAUSE_ALL, -1, -1, 0});
}

static lead_status find_links(explaining *self, const lead_routing *routing) {
    size_t pairs = (size_t)self->n * (size_t)self->n;
    self->links = lead_routing_link_count(routing);
    LEAD_TRY(lead_calloc((size_t)self->links * pairs, 1, &self->over));
    LEAD_TRY(lead_calloc((size_t)self->links, sizeof *self->share, &self->share));
    LEAD_TRY(lead_calloc((size_t)self->n, sizeof *self->through, &self->through));
    for (int od = 0; od < (int)pairs; od++) {
        if (od / self->n == od % self->n)
            continue;
        memset(self->share, 0, (size_t)self->links * sizeof *self->share);
        lead_routing_trace(routing, od / self->n, od % self->n, self->through, self->share);
        for (int e = 0; e < self->links; e++)
            self->over[(size_t)e * pairs + (size_t)od] = self->share[e] >= 0.5;
    }
    return LEAD_OK;
}

static void offer_links(explaining *self) {
    size_t pairs = (size_t)self->n * (size_t)self->n;
    for (int e = 0; e < self->links; e++) {
        for (int od = 0; od < (int)pairs; od++)
            if (self->over[(size_t)e * pairs + (size_t)od])
                add(self, od);
        offer(self, (candidate){LEAD_CAUSE_LINK, -1, e, log(self->links)});
    }
}

/* --- pairs one by one ------------------------------------------------------------------------- */

/* The judged pair that stands out most and is not named yet, or -1. */
static int next_pair(const explaining *self, const int *named, int count) {
    int best = -1;
    for (int od = 0; od < self->n * self->n; od++) {
        bool taken = !judged(self, od);
        for (int i = 0; i < count; i++)
            taken = taken || named[i] == od;
        if (!taken && (best < 0 || self->scoring->now[od].score > self->scoring->now[best].score))
            best = od;
    }
    return best;
}

/* As many as are worth being named; one at least. */
static int offer_pairs(explaining *self, int *named) {
    double gain = 0, name_cost = log((double)self->n * (self->n - 1)) + factor_cost;
    int count = 0;
    while (count < LEAD_NAMED_PAIRS) {
        int od = next_pair(self, named, count);
        double more = od < 0 ? 0 : surprise(self->scoring->now[od].score) - name_cost;
        if (od < 0 || (count > 0 && more <= 0))
            break;
        named[count++] = od;
        gain += more;
    }
    self->gain = gain;
    self->chosen = (candidate){count > 1 ? LEAD_CAUSE_PAIRS : LEAD_CAUSE_PAIR, -1, -1, name_cost};
    for (int i = 0; i < count; i++)
        self->best[named[i]] = 1;
    return count;
}

/* --- the answer ------------------------------------------------------------------------------- */

static void fill(const explaining *self, const int *named, int count, lead_anomaly *out) {
    double total = 0;
    bool one_by_one =
        self->chosen.cause == LEAD_CAUSE_PAIR || self->chosen.cause == LEAD_CAUSE_PAIRS;
    out->cause = self->chosen.cause;
    out->node = self->chosen.node;
    out->link = self->chosen.link;
    out->pair_count = one_by_one ? count : 0;
    out->size = 0;
    for (int i = 0; i < out->pair_count; i++) {
        out->sources[i] = named[i] / self->n;
        out->destinations[i] = named[i] % self->n;
    }
    for (int od = 0; od < self->n * self->n; od++)
        if (self->best[od] && judged(self, od))
            out->size += self->scoring->now[od].measured - self->scoring->now[od].median;
    double own = 0, sign = out->size < 0 ? -1 : 1;
    for (int od = 0; od < self->n * self->n; od++) {
        const lead_target_now *now = &self->scoring->now[od];
        double excess = judged(self, od) ? fmax(sign * (now->measured - now->median), 0) : 0;
        total += excess;
        own += self->best[od] ? excess : 0;
    }
    out->explained = total > 0 ? own / total : 0;
}

static lead_status explain(explaining *self, const lead_routing *routing, lead_anomaly *out) {
    size_t pairs = (size_t)self->n * (size_t)self->n;
    int named[LEAD_NAMED_PAIRS];
    LEAD_TRY(lead_calloc(pairs, sizeof *self->member, &self->member));
    LEAD_TRY(lead_calloc(pairs, 1, &self->best));
    int count = offer_pairs(self, named);
    offer_nodes(self);
    offer_all(self);
    if (routing) {
        LEAD_TRY(find_links(self, routing));
        offer_links(self);
    }
    fill(self, named, count, out);
    return LEAD_OK;
}

lead_status lead_explain(const lead_scoring *scoring, const lead_routing *routing,
                         lead_anomaly *out, double *gain) {
    explaining self = {.scoring = scoring, .n = scoring->n};
    lead_status status = explain(&self, routing, out);
    *gain = self.gain;
    free(self.member);
    free(self.best);
    free(self.over);
    free(self.share);
    free(self.through);
    return status;
}
