/* path_settle: see path_settle.h. */
#include "te/paths/program/settle.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* KEPT: the part that stays in proportion to what is reserved, so that no path is without. */
enum { PASSES = 20, IN_PROPORTION = -1 };
static const double WHOLE = 1 - 1e-7, KEPT = 0.01, LEAST_GAIN = 1e-9;

typedef struct settler {
    const lead_topology *topology;
    const lead_path_set *set;
    const double *tm, *reserve;
    double *loads; /* [m] utilisation over the largest at the start */
    double *add;   /* [m] scratch: what a pair would add */
    int *touched;  /* [m] links with some */
    int touched_count;
    int *choice; /* [pairs] a path, or IN_PROPORTION */
    double peak;
} settler;

static void settler_free(settler *self) {
    free(self->loads);
    free(self->add);
    free(self->touched);
    free(self->choice);
}

static double share_of(const settler *self, int od, int choice, int path) {
    const int *first = self->set->first;
    double sum = lead_sum(self->reserve + first[od], (size_t)(first[od + 1] - first[od])),
           part = self->reserve[path] / sum;
    if (choice == IN_PROPORTION)
        return part;
    return KEPT * part + (path == choice ? 1 - KEPT : 0);
}

/* Collects what the pair puts on links. */
static void collect(settler *self, int od, int choice) {
    const lead_path_set *set = self->set;
    self->touched_count = 0;
    for (int p = set->first[od]; p < set->first[od + 1]; p++) {
        const double traffic = self->tm[od] * share_of(self, od, choice, p);
        for (int i = set->start[p]; traffic > 0 && i < set->start[p + 1]; i++) {
            const int e = set->links[i];
            if (self->add[e] == 0)
                self->touched[self->touched_count++] = e;
            self->add[e] +=
                traffic / (lead_topology_link(self->topology, e)->capacity * self->peak);
        }
    }
}

/* Adds what is collected, `times` times, and forgets it. */
static void put(settler *self, double times) {
    for (int i = 0; i < self->touched_count; i++) {
        const int e = self->touched[i];
        self->loads[e] = fmax(0, self->loads[e] + times * self->add[e]);
        self->add[e] = 0;
    }
}

static double power(double x) {
    x *= x;
    x *= x;
    x *= x;
    return x * x;
}

/* By how much what the pair puts on links raises the potential; the pair itself is not in loads. */
static double rise(settler *self, int od, int choice) {
    double sum = 0;
    collect(self, od, choice);
    for (int i = 0; i < self->touched_count; i++) {
        const int e = self->touched[i];
        sum += power(self->loads[e] + self->add[e]) - power(self->loads[e]);
    }
    put(self, 0);
    return sum;
}

static int best_choice(settler *self, int od) {
    const int now = self->choice[od];
    int best = now;
    double least = rise(self, od, now) * (1 - LEAST_GAIN), other;
    if (now != IN_PROPORTION && (other = rise(self, od, IN_PROPORTION)) < least) {
        least = other;
        best = IN_PROPORTION;
    }
    for (int p = self->set->first[od]; p < self->set->first[od + 1]; p++)
        if (p != now && self->reserve[p] >= WHOLE && (other = rise(self, od, p)) < least) {
            least = other;
            best = p;
        }
    return best;
}

static bool settle_pair(settler *self, int od) {
    collect(self, od, self->choice[od]);
    put(self, -1);
    const int best = best_choice(self, od);
    const bool changed = best != self->choice[od];
    self->choice[od] = best;
    collect(self, od, best);
    put(self, 1);
    return changed;
}

static bool has_choice(const lead_path_set *set, const double *tm, int od) {
    return tm[od] > 0 && set->first[od + 1] - set->first[od] > 1;
}

static void start(settler *self) {
    const lead_path_set *set = self->set;
    const int m = lead_topology_link_count(self->topology);
    double largest = 0;
    self->peak = 1;
    for (int od = 0; od < set->pair_count; od++) {
        self->choice[od] = IN_PROPORTION;
        if (set->first[od + 1] > set->first[od]) {
            collect(self, od, IN_PROPORTION);
            put(self, 1);
        }
    }
    for (int e = 0; e < m; e++)
        largest = fmax(largest, self->loads[e]);
    self->peak = largest > 0 ? largest : 1;
    for (int e = 0; e < m; e++)
        self->loads[e] /= self->peak;
}

lead_status lead_path_settle(const lead_topology *topology, const lead_path_set *set,
                             const double *tm, const double *reserve, double *share) {
    settler self = {.topology = topology, .set = set, .tm = tm, .reserve = reserve};
    const size_t m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self.loads));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self.add));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(int), &self.touched));
    LEAD_TRY_FREE(lead_calloc((size_t)set->pair_count, sizeof(int), &self.choice));
    start(&self);
    bool changed = true;
    for (int pass = 0; pass < PASSES && changed; pass++) {
        changed = false;
        for (int od = 0; od < set->pair_count; od++)
            if (has_choice(set, tm, od) && settle_pair(&self, od))
                changed = true;
    }
    for (int od = 0; od < set->pair_count; od++)
        for (int p = set->first[od]; p < set->first[od + 1]; p++)
            share[p] = share_of(&self, od, self.choice[od], p);
fail:
    settler_free(&self);
    return status;
}
