/* OD counters whose gaps are filled by a state-space model of each pair (pair_filters.h) and by the
 * link counters that answer.
 *
 * A pair that does not answer is foreseen from its past, with a variance. The loads of links are
 * linear in the pairs that are missing, once those that did answer are taken off; so they turn
 * these forecasts into the TM's conditional mean and variances given past and loads, under
 * Gaussian errors that were independent before (linear_update.h). Each pair's filter then goes on
 * from its own mean and variance; what the errors of several pairs have in common is not kept.
 * Node totals add nothing: here they are the sums of the pairs' counters.
 *
 * How well loads fit the routing (flows are hashed onto next hops, links fail within epochs) is
 * learnt from the links whose pairs all answered, and from what links drop. Counters that vanish
 * because of what they count get no model of that: see docs/methods.md. */
#include "measure/linear_update.h"
#include "measure/pair_filters.h"
#include "measure/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Variance of a load about that of its pairs, over the larger one's square: at first, and at least.
 */
static const double FIRST_MISFIT = 1e-4, LEAST_MISFIT = 1e-8, MISFIT_GAIN = 0.05;

typedef struct state_space {
    const lead_topology *topology;
    int n, m;
    lead_pair_filters pairs;
    double misfit;
    int *missing, missing_count;     /* [n*n] pairs */
    double *mean, *variance;         /* [n*n] of these */
    double *known, *loads;           /* [n*n] TM without them; [m] its loads */
    double *through, *share;         /* [n], [m] of a trace */
    double *h;                       /* [m][missing_count] shares of the missing pairs */
    double *residual, *noise, *room; /* [m] */
} state_space;

static void state_space_free(void *state) {
    state_space *self = state;
    double *const arrays[] = {self->mean,    self->variance, self->known, self->loads,
                              self->through, self->share,    self->h,     self->residual,
                              self->noise,   self->room};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(self->missing);
    lead_pair_filters_free(&self->pairs);
}

static lead_status state_space_alloc(void *state, const lead_topology *topology,
                                     const lead_tm_series *prior) {
    state_space *self = state;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    *self = (state_space){.topology = topology, .n = (int)n, .m = (int)m, .misfit = FIRST_MISFIT};
    const struct {
        double **array;
        size_t count;
    } rooms[] = {{&self->mean, n * n},  {&self->variance, n * n}, {&self->known, n * n},
                 {&self->loads, m},     {&self->through, n},      {&self->share, m},
                 {&self->h, n * n * m}, {&self->residual, m},     {&self->noise, m},
                 {&self->room, m}};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        LEAD_TRY_FREE(lead_calloc(rooms[i].count, sizeof(double), rooms[i].array));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *self->missing, &self->missing));
    LEAD_TRY_FREE(lead_pair_filters_alloc(&self->pairs, (int)(n * n), prior));
    return LEAD_OK;
fail:
    state_space_free(self);
    return status;
}

/* --- what answered ---------------------------------------------------------------------------- */

/* Mean rate of the pairs that answered: what a pair is taken for that never did. */
static double usual_rate(const state_space *self) {
    int answered = self->n * (self->n - 1) - self->missing_count;
    return answered > 0 ? lead_tm_total(self->known, self->n) / answered : 0;
}

/* Tells pairs that answered, in `known`, from those that are missing, as foreseen. */
static void part(state_space *self, const double *offered) {
    const lead_pair_filters *pairs = &self->pairs;
    self->missing_count = 0;
    for (int od = 0; od < self->n * self->n; od++) {
        bool missing = od / self->n != od % self->n && isnan(offered[od]);
        self->known[od] = missing || od / self->n == od % self->n ? 0 : offered[od];
        if (missing)
            self->missing[self->missing_count++] = od;
    }
    double usual = usual_rate(self);
    for (int j = 0; j < self->missing_count; j++) {
        int od = self->missing[j];
        bool never = pairs->seen[od] == 0;
        self->mean[j] = never ? usual : pairs->mean[od];
        self->variance[j] = never ? usual * usual : pairs->spread[od];
    }
}

/* --- loads ------------------------------------------------------------------------------------ */

/* Shares of the missing pairs on each link, h[m][missing_count]. */
static void trace_missing(state_space *self, const lead_routing *routing) {
    for (int j = 0; j < self->missing_count; j++) {
        int od = self->missing[j];
        memset(self->share, 0, (size_t)self->m * sizeof *self->share);
        lead_routing_trace(routing, od / self->n, od % self->n, self->through, self->share);
        for (int e = 0; e < self->m; e++)
            self->h[(size_t)e * (size_t)self->missing_count + (size_t)j] = self->share[e];
    }
}

static const double *shares_of(const state_space *self, int link) {
    return self->h + (size_t)link * (size_t)self->missing_count;
}

/* Load that the missing pairs are foreseen to put on a link; *any: whether one of them may. */
static double foreseen_load(const state_space *self, int link, bool *any) {
    const double *shares = shares_of(self, link);
    double sum = 0;
    *any = false;
    for (int j = 0; j < self->missing_count; j++) {
        sum += shares[j] * self->mean[j];
        *any = *any || shares[j] > 0;
    }
    return sum;
}

/* How far loads are from those of the pairs, where all of these answered; -1 without such a link.
 */
static double misfit_now(const state_space *self, const double *measured) {
    double sum = 0;
    int count = 0;
    for (int e = 0; e < self->m; e++) {
        bool any;
        foreseen_load(self, e, &any);
        double larger = fmax(measured[e], self->loads[e]);
        if (any || isnan(measured[e]) || larger <= 0)
            continue;
        sum += pow((self->loads[e] - measured[e]) / larger, 2);
        count++;
    }
    return count > 0 ? sum / count : -1;
}

/* The largest share of its load that a link drops, or must where it does not answer: so much less
 * comes to the links behind it. */
static double worst_loss(const state_space *self, const lead_rates *rates) {
    double worst = 0;
    for (int e = 0; e < self->m; e++) {
        bool any, answers = !isnan(rates->link_offered[e]);
        double load =
                   answers ? rates->link_offered[e] : self->loads[e] + foreseen_load(self, e, &any),
               passed = answers ? rates->link_carried[e]
                                : lead_topology_link(self->topology, e)->capacity;
        if (load > passed)
            worst = fmax(worst, 1 - passed / load);
    }
    return worst;
}

/* Learns the misfit, and gives the one to reckon with: no less than what is seen right now, or
 * losses may make. */
static double learn_misfit(state_space *self, const lead_rates *rates) {
    double now = misfit_now(self, rates->link_offered), loss = worst_loss(self, rates);
    if (now >= 0)
        self->misfit = fmax(LEAST_MISFIT, self->misfit + MISFIT_GAIN * (now - self->misfit));
    return fmax(self->misfit, fmax(now, loss * loss));
}

/* Moves the rows of the links that tell something to the front. Their number. */
static int gather_rows(state_space *self, const double *measured, double misfit) {
    int rows = 0;
    for (int e = 0; e < self->m; e++) {
        bool any;
        double foreseen = foreseen_load(self, e, &any);
        if (!any || isnan(measured[e]))
            continue;
        memmove(self->h + (size_t)rows * (size_t)self->missing_count, shares_of(self, e),
                (size_t)self->missing_count * sizeof *self->h);
        self->residual[rows] = measured[e] - self->loads[e] - foreseen;
        self->noise[rows++] = misfit * pow(fmax(measured[e], self->loads[e] + foreseen), 2);
    }
    return rows;
}

/* The missing pairs given the loads that were measured. */
static lead_status heed_loads(state_space *self, const lead_measurement *measured) {
    const double *loads = measured->rates->link_offered;
    double unrouted;
    LEAD_TRY(lead_routing_loads_reached(measured->in_force, self->known, self->loads, &unrouted));
    trace_missing(self, measured->in_force);
    double misfit = learn_misfit(self, measured->rates);
    lead_linear_update update = {.rows = gather_rows(self, loads, misfit),
                                 .count = self->missing_count,
                                 .h = self->h,
                                 .residual = self->residual,
                                 .noise = self->noise,
                                 .mean = self->mean,
                                 .variance = self->variance,
                                 .room = self->room};
    lead_linear_update_apply(&update);
    return LEAD_OK;
}

/* --- the estimate ----------------------------------------------------------------------------- */

/* Into the TM, and into the filters of those pairs that have begun. */
static void fill_missing(state_space *self, const lead_estimate *out) {
    for (int j = 0; j < self->missing_count; j++) {
        int od = self->missing[j];
        out->tm[od] = fmax(0, self->mean[j]);
        out->variance[od] = self->variance[j];
        out->gap[od] = 1;
        if (self->pairs.seen[od] > 0)
            lead_pair_filters_learn(&self->pairs, od, out->tm[od], self->variance[j]);
    }
}

static lead_status state_space_estimate(void *state, const lead_measurement *measured,
                                        const lead_estimate *out) {
    state_space *self = state;
    const double *offered = measured->rates->od_offered;
    lead_pair_filters_predict(&self->pairs, measured->time);
    part(self, offered);
    if (measured->in_force)
        LEAD_TRY(heed_loads(self, measured));
    memcpy(out->tm, self->known, (size_t)self->n * (size_t)self->n * sizeof *out->tm);
    for (int od = 0; od < self->n * self->n; od++)
        if (od / self->n != od % self->n && !isnan(offered[od]))
            lead_pair_filters_measure(&self->pairs, od, offered[od]);
    fill_missing(self, out);
    return LEAD_OK;
}

const lead_estimator_type lead_estimator_state_space = {
    .name = "state-space",
    .summary = "per-OD flow counters, gaps filled by a state-space model and the link counters",
    .size = sizeof(state_space),
    .alloc = state_space_alloc,
    .estimate = state_space_estimate,
    .free = state_space_free,
    .tells_variance = true,
};
