/* Two-segment routing by local search. */
#include "base/numbers/random.h"
#include "te/sr/program.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POWER = 16, DEFAULT_EVALUATIONS = 2000000 };
static const double least_gain = 1e-9; /* of the potential, that a move is worth */

typedef struct search {
    const lead_segments *segments;
    const double *tm;
    int n, m, *by, *best; /* [n*n] the pair's node, itself: its destination */
    double *loads;        /* [m] utilisation over the first MLU */
    double *change;       /* [m] of a move */
    int *touched;         /* [m] links that it changes */
    int touched_count;
    unsigned char *is_touched;
    double unit;                 /* the first MLU */
    int *on_link, on_link_count; /* [n*n] pairs that use the link looked at */
    gsl_rng *random;
} search;

static void search_free(search *self) {
    free(self->by);
    free(self->best);
    free(self->loads);
    free(self->change);
    free(self->touched);
    free(self->is_touched);
    free(self->on_link);
    gsl_rng_free(self->random);
}

static double power_of(double utilisation) {
    double square = utilisation * utilisation, fourth = square * square, eighth = fourth * fourth;
    return eighth * eighth; /* POWER */
}

static void add_segment(search *self, int from, int to, double traffic) {
    const lead_segments *in = self->segments;
    for (int i = in->first[from * self->n + to]; i < in->first[from * self->n + to + 1]; i++) {
        int e = in->link[i];
        if (!self->is_touched[e]) {
            self->is_touched[e] = 1;
            self->touched[self->touched_count++] = e;
            self->change[e] = 0;
        }
        self->change[e] +=
            traffic * in->part[i] / (lead_topology_link(in->topology, e)->capacity * self->unit);
    }
}

static void add_way(search *self, int od, int by, double traffic) {
    int source = od / self->n, destination = od % self->n;
    add_segment(self, source, by, traffic);
    if (by != destination)
        add_segment(self, by, destination, traffic);
}

static void begin_move(search *self) {
    for (int i = 0; i < self->touched_count; i++)
        self->is_touched[self->touched[i]] = 0;
    self->touched_count = 0;
}

/* By how much the move begun changes the potential. */
static double change_of(const search *self) {
    double sum = 0;
    for (int i = 0; i < self->touched_count; i++) {
        int e = self->touched[i];
        sum += power_of(self->loads[e] + self->change[e]) - power_of(self->loads[e]);
    }
    return sum;
}

static void make_move(search *self, int od, int by) {
    begin_move(self);
    add_way(self, od, self->by[od], -self->tm[od]);
    add_way(self, od, by, self->tm[od]);
    for (int i = 0; i < self->touched_count; i++) {
        int e = self->touched[i];
        self->loads[e] = fmax(0, self->loads[e] + self->change[e]);
    }
    self->by[od] = by;
}

static double part_on(const lead_segments *in, int od, int link) {
    for (int i = in->first[od]; i < in->first[od + 1]; i++)
        if (in->link[i] == link)
            return in->part[i];
    return 0;
}

static void find_pairs_on(search *self, int link) {
    const lead_segments *in = self->segments;
    int n = self->n;
    self->on_link_count = 0;
    for (int od = 0; od < n * n; od++) {
        if (self->tm[od] <= 0 || !in->there[od])
            continue;
        int source = od / n, destination = od % n, by = self->by[od];
        double part = part_on(in, source * n + by, link);
        part += by == destination ? 0 : part_on(in, by * n + destination, link);
        if (part > 0)
            self->on_link[self->on_link_count++] = od;
    }
}

/* The node by which the pair's traffic lowers the potential most; -1: none does. */
static int best_way(search *self, int od, long *evaluations) {
    const lead_segments *in = self->segments;
    int n = self->n, source = od / n, destination = od % n, best = -1;
    double potential = 0, least;
    for (int e = 0; e < self->m; e++)
        potential += power_of(self->loads[e]);
    least = -least_gain * potential;
    for (int k = 0; k < n; k++) {
        bool possible = k != source && k != self->by[od] && in->there[source * n + k] &&
                        (k == destination || in->there[k * n + destination]);
        if (!possible)
            continue;
        begin_move(self);
        add_way(self, od, self->by[od], -self->tm[od]);
        add_way(self, od, k, self->tm[od]);
        double change = change_of(self);
        (*evaluations)++;
        if (change < least) {
            least = change;
            best = k;
        }
    }
    return best;
}

static int most_loaded(const search *self) {
    int most = 0;
    for (int e = 1; e < self->m; e++)
        if (self->loads[e] > self->loads[most])
            most = e;
    return most;
}

typedef struct budget {
    double until; /* 0: no end */
    long evaluations;
} budget;

static bool is_spent(const budget *allowed, long evaluations) {
    return evaluations >= allowed->evaluations ||
           (allowed->until > 0 && lead_clock_seconds() > allowed->until);
}

/* Tries the pairs of the most loaded link in a random order until one of them moves. */
static bool descend(search *self, const budget *allowed, long *evaluations) {
    find_pairs_on(self, most_loaded(self));
    for (int left = self->on_link_count; left > 0 && !is_spent(allowed, *evaluations); left--) {
        int at = (int)gsl_rng_uniform_int(self->random, (unsigned long)left);
        int od = self->on_link[at], by = best_way(self, od, evaluations);
        if (by >= 0) {
            make_move(self, od, by);
            return true;
        }
        self->on_link[at] = self->on_link[left - 1];
    }
    return false;
}

/* Some pairs of the most loaded link go anywhere. */
static void disturb(search *self) {
    const lead_segments *in = self->segments;
    find_pairs_on(self, most_loaded(self));
    for (int i = 0; i < 3 && self->on_link_count > 0; i++) {
        int od = self->on_link[gsl_rng_uniform_int(self->random, (unsigned)self->on_link_count)],
            source = od / self->n, destination = od % self->n,
            by = (int)gsl_rng_uniform_int(self->random, (unsigned)self->n);
        if (by != source && in->there[source * self->n + by] &&
            (by == destination || in->there[by * self->n + destination]))
            make_move(self, od, by);
    }
}

/* Loads of all ways anew: what was added and taken away has left rounding. */
static double recount(search *self) {
    double largest = 0;
    begin_move(self);
    memset(self->loads, 0, (size_t)self->m * sizeof(double));
    for (int od = 0; od < self->n * self->n; od++)
        if (self->tm[od] > 0 && self->segments->there[od])
            add_way(self, od, self->by[od], self->tm[od]);
    for (int i = 0; i < self->touched_count; i++) {
        self->loads[self->touched[i]] = self->change[self->touched[i]];
        largest = fmax(largest, self->change[self->touched[i]]);
    }
    return largest;
}

static void run(search *self, const budget *allowed, long *evaluations) {
    size_t size = (size_t)(self->n * self->n) * sizeof *self->by;
    double least = 1;
    while (!is_spent(allowed, *evaluations)) {
        if (descend(self, allowed, evaluations))
            continue;
        double now = recount(self);
        if (now < least * (1 - 1e-12)) {
            least = now;
            memcpy(self->best, self->by, size);
        } else {
            memcpy(self->by, self->best, size);
            recount(self);
        }
        (*evaluations)++;
        disturb(self);
    }
    if (recount(self) < least)
        memcpy(self->best, self->by, size);
}

static lead_status search_alloc(search *self, uint64_t seed) {
    size_t pairs = (size_t)self->n * (size_t)self->n, m = (size_t)self->m;
    LEAD_TRY(lead_calloc(pairs, sizeof(int), &self->by));
    LEAD_TRY(lead_calloc(pairs, sizeof(int), &self->best));
    LEAD_TRY(lead_calloc(pairs, sizeof(int), &self->on_link));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->loads));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->change));
    LEAD_TRY(lead_calloc(m, sizeof(int), &self->touched));
    LEAD_TRY(lead_calloc(m, 1, &self->is_touched));
    for (size_t od = 0; od < pairs; od++)
        self->by[od] = self->best[od] = (int)(od % (size_t)self->n);
    return lead_random_alloc(seed, "sr", &self->random);
}

static lead_status take(const search *self, lead_sr_ways *ways) {
    int pairs = self->n * self->n;
    LEAD_TRY(lead_calloc((size_t)pairs + 1, sizeof(int), &ways->first));
    LEAD_TRY(lead_calloc((size_t)pairs, sizeof *ways->ways, &ways->ways));
    for (int od = 0, at = 0; od < pairs; od++) {
        if (self->tm[od] > 0 && self->segments->there[od])
            ways->ways[at++] = (lead_waypoint){self->best[od], 1};
        ways->first[od + 1] = at;
    }
    return LEAD_OK;
}

lead_status lead_sr_search(const lead_segments *segments, const double *tm, double time_limit,
                           long evaluations, uint64_t seed, lead_sr_ways *ways) {
    search self = {.segments = segments, .tm = tm, .n = segments->n, .m = segments->m, .unit = 1};
    lead_status status = LEAD_OK;
    const double until = time_limit > 0 ? lead_clock_seconds() + time_limit : 0;
    *ways = (lead_sr_ways){0};
    LEAD_TRY_FREE(search_alloc(&self, seed));
    double first = recount(&self);
    if (first > 0) {
        self.unit = first;
        recount(&self);
        long limit = evaluations > 0  ? evaluations
                     : time_limit > 0 ? LONG_MAX
                                      : DEFAULT_EVALUATIONS;
        run(&self, &(budget){until, limit}, &ways->evaluations);
    }
    LEAD_TRY_FREE(take(&self, ways));
fail:
    search_free(&self);
    if (status != LEAD_OK)
        lead_sr_ways_free(ways);
    return status;
}
