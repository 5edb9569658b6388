/* weights_polish: see weights_polish.h.
 *
 * What two changes do to a link's load is mostly the sum of what each does, for they touch few
 * destinations, and seldom the same. So every single change is evaluated once a round; sets of them
 * are judged by their sums on the most loaded links, which takes nanoseconds; and only those whose
 * sums are good enough are evaluated. A branch is cut where not even the largest reliefs that there
 * are could make up for what a link has too much. */
#include "te/weights/polish.h"
#include "te/common/hash.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_CRITICAL = 16,
    MOST_AT_ONCE = 3,
    MOST_CHANGES = 1 << 16,    /* of different routings */
    SUMS_PER_EVALUATION = 1000 /* about as long */
};
/* Of the MLU: links above are looked at in sums; the least gain. */
static const double CRITICAL = 0.98, GAIN = 1e-5;

typedef struct change {
    int link, weight;
    uint64_t routing;          /* a hash of the loads after it */
    float more[MOST_CRITICAL]; /* utilisation of the critical links */
} change;

typedef struct polisher {
    lead_te_spf *spf;
    lead_te_cost *cost;
    int max_weight;
    lead_te_spend *spend;
    void *budget;
    bool over;
    int critical[MOST_CRITICAL], critical_count; /* the most loaded first */
    double *utilisation, target;                 /* [m]; the MLU to get to or below */
    bool *is_critical;                           /* [m] */
    float slack[MOST_CRITICAL], most_relief[MOST_CRITICAL];
    change *changes; /* [room] */
    int room, change_count;
    long sums;
    const change *chosen[MOST_AT_ONCE], *best[MOST_AT_ONCE];
    int best_count;
} polisher;

static void polisher_free(polisher *self) {
    free(self->utilisation);
    free(self->is_critical);
    free(self->changes);
}

static double utilisation_of(const polisher *self, int link) {
    return (double)self->spf->load[link] * self->cost->per_quantum[link];
}

static double mlu_of(const polisher *self) {
    double largest = 0;
    for (int e = 0; e < self->spf->m; e++)
        largest = fmax(largest, utilisation_of(self, e));
    return largest;
}

static void spend(polisher *self) {
    self->over = self->over || self->spend(self->budget);
}

/* The most loaded links that are above CRITICAL of the MLU. */
static void find_critical(polisher *self) {
    const int m = self->spf->m;
    const double mlu = mlu_of(self);
    self->target = mlu * (1 - GAIN);
    self->critical_count = 0;
    for (int e = 0; e < m; e++) {
        self->is_critical[e] = false;
        self->utilisation[e] = utilisation_of(self, e);
    }
    for (int c = 0; c < MOST_CRITICAL; c++) {
        int most = -1;
        for (int e = 0; e < m; e++)
            if (!self->is_critical[e] && self->utilisation[e] > CRITICAL * mlu &&
                (most < 0 || self->utilisation[e] > self->utilisation[most]))
                most = e;
        if (most < 0)
            return;
        self->is_critical[most] = true;
        self->critical[self->critical_count++] = most;
    }
}

/* What the change in `spf` does; false when another link gets too much by it, or none changes. */
static bool describe(const polisher *self, change *what) {
    const lead_te_spf *spf = self->spf;
    bool differs = false;
    what->routing = 0;
    for (int i = 0; i < spf->changed_link_count; i++) {
        const int link = spf->changed_links[i];
        if (spf->load[link] == spf->old_load[i])
            continue;
        differs = true;
        if (!self->is_critical[link] && utilisation_of(self, link) > self->target)
            return false;
        what->routing += lead_te_hash(lead_te_hash((uint64_t)link) ^ (uint64_t)spf->load[link]);
    }
    for (int c = 0; c < MOST_CRITICAL; c++)
        what->more[c] = c < self->critical_count ? (float)(utilisation_of(self, self->critical[c]) -
                                                           self->utilisation[self->critical[c]])
                                                 : 0;
    return differs;
}

static int by_routing(const void *a, const void *b) {
    const change *x = a, *y = b;
    if (x->routing != y->routing)
        return x->routing < y->routing ? -1 : 1;
    return x->link != y->link ? x->link - y->link : x->weight - y->weight;
}

/* Those that relieve the most loaded link most come first. */
static int by_relief(const void *a, const void *b) {
    const change *x = a, *y = b;
    if (x->more[0] != y->more[0])
        return x->more[0] < y->more[0] ? -1 : 1;
    return by_routing(a, b);
}

/* Of changes to the same routing one is enough. */
static void drop_doubles(polisher *self) {
    int kept = 0;
    qsort(self->changes, (size_t)self->change_count, sizeof(change), by_routing);
    for (int i = 0; i < self->change_count; i++)
        if (kept == 0 || self->changes[kept - 1].routing != self->changes[i].routing)
            self->changes[kept++] = self->changes[i];
    self->change_count = kept;
    qsort(self->changes, (size_t)kept, sizeof(change), by_relief);
}

static void collect_changes(polisher *self) {
    self->change_count = 0;
    for (int e = 0; e < self->spf->m; e++)
        for (int weight = 1; weight <= self->max_weight && !self->over; weight++) {
            if (!self->spf->up[e] || weight == self->spf->weight[e])
                continue;
            if (self->change_count == self->room)
                drop_doubles(self);
            if (self->change_count == self->room)
                return;
            change *next = &self->changes[self->change_count];
            *next = (change){.link = e, .weight = weight};
            lead_te_spf_change(self->spf, e, weight);
            self->change_count += describe(self, next);
            lead_te_spf_undo(self->spf);
            self->cost->evaluations++;
            spend(self);
        }
    drop_doubles(self);
}

static void set_slack(polisher *self) {
    for (int c = 0; c < self->critical_count; c++)
        self->slack[c] = (float)(self->target - self->utilisation[self->critical[c]]);
}

static void find_most_relief(polisher *self) {
    memset(self->most_relief, 0, sizeof self->most_relief);
    for (int i = 0; i < self->change_count; i++)
        for (int c = 0; c < self->critical_count; c++)
            self->most_relief[c] = fminf(self->most_relief[c], self->changes[i].more[c]);
}

static void apply(polisher *self, const change *const *changes, int count) {
    for (int i = 0; i < count; i++)
        lead_te_spf_change(self->spf, changes[i]->link, changes[i]->weight);
}

/* Evaluates the chosen changes; the best so far raises the demands. */
static void try_chosen(polisher *self, int count) {
    apply(self, self->chosen, count);
    const double mlu = mlu_of(self);
    lead_te_spf_undo(self->spf);
    self->cost->evaluations++;
    spend(self);
    if (mlu > self->target)
        return;
    self->target = mlu * (1 - GAIN);
    set_slack(self);
    memcpy(self->best, self->chosen, sizeof self->best);
    self->best_count = count;
}

static bool is_chosen(const polisher *self, int count, int link) {
    for (int i = 0; i < count; i++)
        if (self->chosen[i]->link == link)
            return true;
    return false;
}

/* Whether `sum` with `left` more changes can still be good enough. */
static bool may_do(const polisher *self, const float *sum, int left) {
    for (int c = 0; c < self->critical_count; c++)
        if (sum[c] + (float)left * self->most_relief[c] > self->slack[c])
            return false;
    return true;
}

/* All sets that begin with the `count` chosen ones, whose sum is given, up to MOST_AT_ONCE. The
 * first is the one that relieves the most loaded link most. */
static void extend(polisher *self, const float *sum, int count, int from) {
    float next[MOST_CRITICAL];
    const int left = MOST_AT_ONCE - count - 1;
    for (int i = from; i < self->change_count && !self->over; i++) {
        const change *more = &self->changes[i];
        if (count == 0 && more->more[0] >= 0)
            return;
        if (++self->sums % SUMS_PER_EVALUATION == 0)
            spend(self);
        for (int c = 0; c < self->critical_count; c++)
            next[c] = sum[c] + more->more[c];
        if (!may_do(self, next, left) || is_chosen(self, count, more->link))
            continue;
        self->chosen[count] = more;
        if (may_do(self, next, 0))
            try_chosen(self, count + 1);
        if (left > 0)
            extend(self, next, count + 1, i + 1);
    }
}

/* One round; answers whether it lowered the MLU. */
static bool find_best(polisher *self) {
    static const float nothing[MOST_CRITICAL] = {0};
    self->best_count = 0;
    find_critical(self);
    collect_changes(self);
    find_most_relief(self);
    set_slack(self);
    extend(self, nothing, 0, 0);
    apply(self, self->best, self->best_count);
    lead_te_spf_keep(self->spf);
    return self->best_count > 0;
}

lead_status lead_te_polish(lead_te_spf *spf, lead_te_cost *cost, int max_weight,
                           lead_te_spend *spend_some, void *budget) {
    polisher self = {
        .spf = spf, .cost = cost, .max_weight = max_weight, .spend = spend_some, .budget = budget};
    const size_t m = (size_t)spf->m;
    lead_status status = LEAD_OK;
    self.room = (double)m * max_weight < MOST_CHANGES ? spf->m * max_weight : MOST_CHANGES;
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self.utilisation));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(bool), &self.is_critical));
    LEAD_TRY_FREE(lead_calloc((size_t)self.room, sizeof(change), &self.changes));
    while (!self.over && find_best(&self))
        ;
fail:
    polisher_free(&self);
    return status;
}
