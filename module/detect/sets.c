/* sets: see sets.h. */
#include "detect/sets.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double factor_cost = 1.5; /* nats */
enum { TELLING = 2 };                  /* pairs whose factors are tried for a set */
/* What is below is no news: a gain that a scan does not look for. */
static const double least_gain = -3;

/* A set by one factor. */
typedef struct candidate {
    lead_cause cause;
    int node, link;
    double cost;
} candidate;

/* The best of the sets that were offered. */
typedef struct search {
    const lead_scoring *scoring;
    int n;
    int *members, size;  /* [size] judged pairs of the set at hand */
    double gain;         /* of the best one */
    candidate chosen;    /* it */
    unsigned char *best; /* [n*n] its pairs; NULL: nobody asks */
} search;

static bool is_judged(const search *self, int od) {
    return !isnan(self->scoring->now[od].tail);
}

static void add(search *self, int od) {
    if (is_judged(self, od))
        self->members[self->size++] = od;
}

/* --- what a set is worth ---------------------------------------------------------------------- */

/* The worth of a set whose demands were `factor` times what was forecast. */
static double worth_by(const search *self, double factor) {
    double worth = 0, floor = self->scoring->floor;
    for (int i = 0; i < self->size; i++) {
        const lead_target_now *now = &self->scoring->now[self->members[i]];
        double shift = log((factor * now->median + floor) / (now->median + floor));
        worth += lead_target_loss(now, now->score) -
                 lead_target_loss(now, fabs(now->error - shift) / now->scale);
    }
    return worth;
}

/* What it cannot be worth more than: of errors on one side nothing is left. */
static double most_worth(const search *self) {
    double above = 0, below = 0;
    for (int i = 0; i < self->size; i++) {
        const lead_target_now *now = &self->scoring->now[self->members[i]];
        *(now->error > 0 ? &above : &below) += lead_target_loss(now, now->score);
    }
    return fmax(above, below);
}

/* How well a pair tells the factor. */
static double weight_of(const search *self, int od) {
    const lead_target_now *now = &self->scoring->now[od];
    return now->median / (now->median + self->scoring->floor) / now->scale;
}

/* Puts a pair among told[count], those that tell the factor best; returns how many these are. */
static int tell(const search *self, int *told, int count, int od) {
    int at = count;
    for (; at > 0 && weight_of(self, od) > weight_of(self, told[at - 1]); at--)
        if (at < TELLING)
            told[at] = told[at - 1];
    if (at < TELLING)
        told[at] = od;
    return count < TELLING ? count + 1 : count;
}

/* By the set's factor: that of its sum, the one of least squares, or that of a pair that tells it
 * well. */
static double worth_of(const search *self) {
    double measured = 0, median = 0, error = 0, weights = 0;
    int told[TELLING], count = 0;
    for (int i = 0; i < self->size; i++) {
        int od = self->members[i];
        const lead_target_now *now = &self->scoring->now[od];
        double weight = weight_of(self, od);
        measured += now->measured;
        median += now->median;
        error += weight * now->error / now->scale;
        weights += weight * weight;
        count = tell(self, told, count, od);
    }
    if (!(median > 0))
        return 0;
    double worth = fmax(worth_by(self, measured / median), worth_by(self, exp(error / weights)));
    for (int i = 0; i < count; i++) {
        const lead_target_now *now = &self->scoring->now[told[i]];
        if (now->median > 0)
            worth = fmax(worth, worth_by(self, now->measured / now->median));
    }
    return worth;
}

/* Keeps the set whose pairs are in `members` if it is the best so far, and begins another. */
static void offer(search *self, candidate it) {
    double cost = it.cost + factor_cost;
    double gain = most_worth(self) - cost > self->gain ? worth_of(self) - cost : -INFINITY;
    if (gain > self->gain) {
        self->gain = gain;
        self->chosen = it;
        if (self->best)
            memset(self->best, 0, (size_t)self->n * (size_t)self->n);
        for (int i = 0; self->best && i < self->size; i++)
            self->best[self->members[i]] = 1;
    }
    self->size = 0;
}

/* --- sets by one factor ----------------------------------------------------------------------- */

static void offer_node(search *self, lead_cause cause, int node) {
    for (int i = 0; i < self->n; i++) {
        if (cause != LEAD_CAUSE_DESTINATION)
            add(self, node * self->n + i);
        if (cause != LEAD_CAUSE_SOURCE)
            add(self, i * self->n + node);
    }
    offer(self, (candidate){cause, node, -1, log(self->n)});
}

static void offer_nodes(search *self) {
    for (int node = 0; node < self->n; node++) {
        offer_node(self, LEAD_CAUSE_SOURCE, node);
        offer_node(self, LEAD_CAUSE_DESTINATION, node);
        offer_node(self, LEAD_CAUSE_NODE, node);
    }
}

static void offer_all(search *self) {
    for (int od = 0; od < self->n * self->n; od++)
        add(self, od);
    offer(self, (candidate){LEAD_CAUSE_ALL, -1, -1, 0});
}

/* What of each pair's traffic each link carries. */
typedef struct crossing {
    double *share, *through;
    unsigned char *over; /* [m][n*n] half or more */
} crossing;

static lead_status find_crossings(const search *self, const lead_routing *routing, crossing *out) {
    size_t pairs = (size_t)self->n * (size_t)self->n,
           links = (size_t)lead_routing_link_count(routing);
    LEAD_TRY(lead_calloc(links * pairs, 1, &out->over));
    LEAD_TRY(lead_calloc(links, sizeof *out->share, &out->share));
    LEAD_TRY(lead_calloc((size_t)self->n, sizeof *out->through, &out->through));
    for (size_t od = 0; od < pairs; od++) {
        if (!is_judged(self, (int)od))
            continue;
        memset(out->share, 0, links * sizeof *out->share);
        lead_routing_trace(routing, (int)od / self->n, (int)od % self->n, out->through, out->share);
        for (size_t e = 0; e < links; e++)
            out->over[e * pairs + od] = out->share[e] >= 0.5;
    }
    return LEAD_OK;
}

static lead_status offer_links(search *self, const lead_routing *routing) {
    crossing all = {0};
    int pairs = self->n * self->n, links = lead_routing_link_count(routing);
    lead_status status = find_crossings(self, routing, &all);
    for (int e = 0; status == LEAD_OK && e < links; e++) {
        for (int od = 0; od < pairs; od++)
            if (all.over[(size_t)e * (size_t)pairs + (size_t)od])
                add(self, od);
        offer(self, (candidate){LEAD_CAUSE_LINK, -1, e, log(links)});
    }
    free(all.over);
    free(all.share);
    free(all.through);
    return status;
}

/* --- pairs one by one ------------------------------------------------------------------------- */

static double loss_of(const search *self, int od) {
    const lead_target_now *now = &self->scoring->now[od];
    return lead_target_loss(now, now->score);
}

/* The judged pair that stands out most and is not named yet, or -1. */
static int next_pair(const search *self, const int *named, int count) {
    int best = -1;
    double most = 0;
    for (int od = 0; od < self->n * self->n; od++) {
        bool taken = !is_judged(self, od);
        for (int i = 0; i < count; i++)
            taken = taken || named[i] == od;
        double loss = taken ? 0 : loss_of(self, od);
        if (taken || (best >= 0 && loss <= most))
            continue;
        best = od;
        most = loss;
    }
    return best;
}

static double name_cost(const search *self) {
    return log((double)self->n * (self->n - 1)) + factor_cost;
}

/* Names as many as are worth it, one at least; returns how many. */
static int name_pairs(search *self, int *named) {
    double cost = name_cost(self);
    int count = 0;
    self->gain = 0;
    while (count < LEAD_NAMED_PAIRS) {
        int od = next_pair(self, named, count);
        double more = od < 0 ? -INFINITY : loss_of(self, od) - cost;
        if (od < 0 || (count > 0 && more <= 0))
            break;
        named[count++] = od;
        self->gain += more;
    }
    self->chosen = (candidate){count > 1 ? LEAD_CAUSE_PAIRS : LEAD_CAUSE_PAIR, -1, -1, cost};
    for (int i = 0; self->best && i < count; i++)
        self->best[named[i]] = 1;
    return count;
}

/* --- the answers ------------------------------------------------------------------------------ */

void lead_sets_scan(lead_scoring *scoring, double gains[LEAD_KINDS]) {
    search self = {.scoring = scoring, .n = scoring->n, .members = scoring->members};
    gains[LEAD_KIND_PAIR] = loss_of(&self, next_pair(&self, NULL, 0)) - name_cost(&self);
    self.gain = least_gain;
    offer_nodes(&self);
    gains[LEAD_KIND_NODES] = self.gain;
    self.gain = least_gain;
    offer_all(&self);
    gains[LEAD_KIND_ALL] = self.gain;
}

static void fill(const search *self, const int *named, int count, lead_anomaly *out) {
    bool one_by_one =
        self->chosen.cause == LEAD_CAUSE_PAIR || self->chosen.cause == LEAD_CAUSE_PAIRS;
    double own = 0, total = 0;
    out->cause = self->chosen.cause;
    out->node = self->chosen.node;
    out->link = self->chosen.link;
    out->pair_count = one_by_one ? count : 0;
    out->size = out->expected = 0;
    for (int i = 0; i < out->pair_count; i++) {
        out->sources[i] = named[i] / self->n;
        out->destinations[i] = named[i] % self->n;
    }
    for (int od = 0; od < self->n * self->n; od++) {
        if (!self->best[od])
            continue;
        out->size += self->scoring->now[od].measured - self->scoring->now[od].median;
        out->expected += self->scoring->now[od].median;
    }
    for (int od = 0; od < self->n * self->n; od++) {
        const lead_target_now *now = &self->scoring->now[od];
        double excess = (out->size < 0 ? -1 : 1) * (now->measured - now->median);
        if (!is_judged(self, od) || excess <= 0)
            continue;
        total += excess;
        own += self->best[od] ? excess : 0;
    }
    out->explained = total > 0 ? own / total : 0;
}

lead_status lead_sets_explain(lead_scoring *scoring, const lead_routing *routing, lead_anomaly *out,
                              double *gain) {
    search self = {.scoring = scoring, .n = scoring->n, .members = scoring->members};
    int named[LEAD_NAMED_PAIRS];
    LEAD_TRY(lead_calloc((size_t)self.n * (size_t)self.n, 1, &self.best));
    int count = name_pairs(&self, named);
    offer_nodes(&self);
    offer_all(&self);
    lead_status status = routing ? offer_links(&self, routing) : LEAD_OK;
    fill(&self, named, count, out);
    *gain = self.gain;
    free(self.best);
    return status;
}
