/* Multicommodity flow near the optimum by descent along shortest-path trees.
 *
 * The MLU is smoothed to (1/alpha) log sum_e exp(alpha u_e) (Grigoriadis and Khachiyan 1994), whose
 * gradient prices links. Destination by destination, the flow for it moves towards the
 * shortest-path tree under these prices, as far as is best (Radzik 1997's round robin, with the
 * line search of Frank and Wolfe 1956; destinations group the pairs as in Karakostas 2008). Any
 * prices p with sum 1 prove a bound: no routing has an MLU below sum_{s,t} demand(s, t) * dist(s,
 * t) under lengths p_e / capacity_e (the dual of the maximum concurrent flow; Garg and Koenemann
 * 2007). alpha grows as the gap closes: a coarse potential is quickly descended, a fine one is
 * exact.
 *
 * Least load and Phi go the same way: a link's length is the slope of its cost, Phi's steps between
 * slopes being rounded off, and an MLU that must be kept is a barrier, exp(alpha (u_e - MLU)). */
#include "te/mcf/approximation.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct work {
    const lead_csr_graph *graph;
    const double *tm;
    lead_mcf_costs costs;
    double volume;
    lead_csr_tree tree;
    double *towards; /* [m] load of the tree */
    double *length, *price, *rise;
    int *changed;
    double alpha, top; /* a link's price is exp(alpha (u - top)) */
} work;

void lead_mcf_approximation_free(lead_mcf_approximation *approximation) {
    free(approximation->flow);
    free(approximation->load);
    free(approximation->prices);
    *approximation = (lead_mcf_approximation){0};
}

static void work_free(work *self) {
    lead_csr_tree_free(&self->tree);
    free(self->towards);
    free(self->length);
    free(self->price);
    free(self->rise);
    free(self->changed);
}

static lead_status alloc(const lead_csr_graph *graph, work *self, lead_mcf_approximation *out) {
    size_t n = (size_t)graph->n, m = (size_t)graph->m;
    LEAD_TRY(lead_csr_tree_alloc(graph, &self->tree));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->towards));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->length));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->price));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->rise));
    LEAD_TRY(lead_calloc(m, sizeof(int), &self->changed));
    LEAD_TRY(lead_calloc(n * m, sizeof(double), &out->flow));
    LEAD_TRY(lead_calloc(m, sizeof(double), &out->load));
    return lead_calloc(2 * m, sizeof(double), &out->prices);
}

/* --- prices ---------------------------------------------------------------------------------- */

static double price_of(const work *self, int e, double utilisation) {
    if (self->costs.mlu <= 0)
        return 0;
    double scale = self->costs.load > 0 ? self->graph->capacity[e] / self->volume : 1;
    return scale * exp(fmin(self->alpha * (utilisation - self->top), 600));
}

/* How much steeper Phi is than slope 1. */
static double phi_slope(const work *self, double utilisation) {
    double slope = 0;
    for (int k = 0; k < LEAD_MCF_SEGMENTS && self->costs.phi; k++) {
        double steeper = lead_mcf_segment_slope(k) - (k > 0 ? lead_mcf_segment_slope(k - 1) : 0);
        slope +=
            steeper / (1 + exp(fmin(self->alpha * (lead_mcf_segment_from(k) - utilisation), 600)));
    }
    return slope;
}

static double length_of(const work *self, int e, double utilisation) {
    return (self->costs.load + phi_slope(self, utilisation)) / self->volume +
           price_of(self, e, utilisation) / self->graph->capacity[e];
}

static double utilisation(const work *self, const double *load, int e) {
    return self->graph->capacity[e] > 0 ? load[e] / self->graph->capacity[e] : 0;
}

static double largest(const work *self, const double *load) {
    double most = 0;
    for (int e = 0; e < self->graph->m; e++)
        most = fmax(most, utilisation(self, load, e));
    return most;
}

static void set_lengths(work *self, const double *load) {
    for (int e = 0; e < self->graph->m; e++)
        self->length[e] = self->graph->capacity[e] > 0
                              ? length_of(self, e, utilisation(self, load, e))
                              : INFINITY;
}

/* --- descent --------------------------------------------------------------------------------- */

static void add_up(const work *self, lead_mcf_approximation *out) {
    int m = self->graph->m;
    memset(out->load, 0, (size_t)m * sizeof *out->load);
    for (int t = 0; t < self->graph->n; t++)
        for (int e = 0; e < m; e++)
            out->load[e] += out->flow[(size_t)t * (size_t)m + (size_t)e];
    out->mlu = largest(self, out->load);
}

static void start(work *self, const double *length, lead_mcf_approximation *out) {
    const lead_csr_graph *graph = self->graph;
    for (int t = 0; t < graph->n; t++) {
        lead_csr_tree_grow(graph, length, t, &self->tree);
        lead_csr_tree_load(graph, &self->tree, self->tm + t, graph->n,
                           out->flow + (size_t)t * (size_t)graph->m);
    }
    add_up(self, out);
}

/* The slope of the potential along the step, which grows with the step. */
static double slope_at(const work *self, const double *load, int count, double step) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        int e = self->changed[i];
        double rise = self->rise[e], capacity = self->graph->capacity[e];
        sum += rise * length_of(self, e, (load[e] + step * rise) / capacity);
    }
    return sum;
}

/* The best step in [0, 1]: regula falsi (Illinois). */
static double best_step(const work *self, const double *load, int count) {
    double low = 0, high = 1, at_low = slope_at(self, load, count, 0),
           at_high = slope_at(self, load, count, 1);
    int kept = 0;
    if (at_low >= 0 || at_high <= 0)
        return at_low >= 0 ? 0 : 1;
    for (int i = 0; i < 30 && high - low > 1e-4 * high; i++) {
        double step =
            i % 3 == 2 ? (low + high) / 2 : low + (high - low) * at_low / (at_low - at_high);
        if (!(step > low && step < high))
            step = (low + high) / 2;
        double at = slope_at(self, load, count, step);
        if (at > 0) {
            high = step;
            at_high = at;
            at_low /= kept == 1 ? 2 : 1;
            kept = 1;
        } else {
            low = step;
            at_low = at;
            at_high /= kept == 2 ? 2 : 1;
            kept = 2;
        }
    }
    return low;
}

static void move(work *self, int t, lead_mcf_approximation *out) {
    const lead_csr_graph *graph = self->graph;
    double *flow = out->flow + (size_t)t * (size_t)graph->m;
    int count = 0;
    memset(self->towards, 0, (size_t)graph->m * sizeof *self->towards);
    lead_csr_tree_grow(graph, self->length, t, &self->tree);
    lead_csr_tree_load(graph, &self->tree, self->tm + t, graph->n, self->towards);
    for (int e = 0; e < graph->m; e++) {
        self->rise[e] = self->towards[e] - flow[e];
        if (self->rise[e] != 0)
            self->changed[count++] = e;
    }
    double step = count > 0 ? best_step(self, out->load, count) : 0;
    for (int i = 0; i < count && step > 0; i++) {
        int e = self->changed[i];
        flow[e] = step < 1 ? fmax(0, flow[e] + step * self->rise[e]) : self->towards[e];
        out->load[e] = fmax(0, out->load[e] + step * self->rise[e]);
        self->length[e] = length_of(self, e, out->load[e] / graph->capacity[e]);
    }
}

static void sweep(work *self, lead_mcf_approximation *out) {
    set_lengths(self, out->load);
    for (int t = 0; t < self->graph->n; t++)
        move(self, t, out);
    add_up(self, out); /* afresh: rounding would add up otherwise */
    out->sweeps++;
}

/* --- the MLU alone --------------------------------------------------------------------------- */

/* The bound that the loads' prices prove. */
static double prove(work *self, lead_mcf_approximation *out) {
    const lead_csr_graph *graph = self->graph;
    double sum = 0, bound = 0;
    set_lengths(self, out->load);
    for (int e = 0; e < graph->m; e++)
        sum += graph->capacity[e] > 0 ? self->length[e] * graph->capacity[e] : 0;
    for (int t = 0; t < graph->n; t++) {
        lead_csr_tree_grow(graph, self->length, t, &self->tree);
        for (int i = 1; i < self->tree.reached; i++) {
            int v = self->tree.order[i];
            bound +=
                self->tm[(size_t)v * (size_t)graph->n + (size_t)t] / sum * self->tree.distance[v];
        }
    }
    for (int e = 0; e < graph->m && bound > out->bound; e++)
        out->prices[e] = graph->capacity[e] > 0 ? self->length[e] * graph->capacity[e] / sum : 0;
    out->bound = fmax(out->bound, bound);
    return bound;
}

static bool time_is_up(const lead_mcf_goal *goal, const lead_mcf_approximation *out) {
    return (goal->sweeps > 0 && out->sweeps >= goal->sweeps) ||
           (goal->deadline > 0 && lead_clock_seconds() >= goal->deadline);
}

static void set_fineness(work *self, double fineness, const lead_mcf_approximation *out) {
    self->top = out->mlu;
    self->alpha = log(self->graph->m + 1) / (fineness * out->mlu);
}

/* alpha = log(links) / (fineness * MLU): the smoothing is then off by `fineness` at most. It is
 * halved when the descent at one is within it. */
static void descend_mlu(work *self, const lead_mcf_goal *goal, lead_mcf_approximation *out) {
    double fineness = 0.5;
    self->alpha = 0; /* all links at one price: a bound in case that time is short */
    prove(self, out);
    while (out->mlu > out->bound * (1 + goal->gap) && !time_is_up(goal, out)) {
        set_fineness(self, fineness, out);
        sweep(self, out);
        self->top = out->mlu;
        if (prove(self, out) * (1 + fineness) > out->mlu)
            fineness = fmax(fineness / 2, goal->gap / 2);
    }
}

/* --- other costs ----------------------------------------------------------------------------- */

static void keep_prices(work *self, lead_mcf_approximation *out) {
    for (int e = 0; e < self->graph->m; e++) {
        double capacity = self->graph->capacity[e];
        if (capacity <= 0)
            continue;
        out->prices[e] = price_of(self, e, out->load[e] / capacity);
        out->prices[self->graph->m + e] =
            phi_slope(self, out->load[e] / capacity) * capacity / self->volume;
    }
}

/* alpha starts where a link at half the MLU that is to be kept costs little, and ends as `sweeps`
 * has it: ten make it 40, and leave the MLU to be mended by a linear program. */
static void descend(work *self, const lead_mcf_goal *goal, lead_mcf_approximation *out) {
    double scale = self->costs.mlu > 0 ? self->costs.least_mlu : 1;
    self->top = self->costs.least_mlu;
    for (self->alpha = 5 / scale; !time_is_up(goal, out); self->alpha *= 1.25)
        sweep(self, out);
    keep_prices(self, out);
}

lead_status lead_mcf_approximate(const lead_csr_graph *graph, const double *tm,
                                 const lead_mcf_costs *costs, const double *length,
                                 const lead_mcf_goal *goal, lead_mcf_approximation *out) {
    work self = {.graph = graph, .tm = tm, .costs = *costs};
    lead_status status = LEAD_OK;
    *out = (lead_mcf_approximation){0};
    LEAD_TRY_FREE(alloc(graph, &self, out));
    start(&self, length, out);
    self.volume = out->volume = lead_sum(out->load, (size_t)graph->m);
    if (out->mlu > 0 && costs->load <= 0 && !costs->phi)
        descend_mlu(&self, goal, out);
    else if (out->mlu > 0)
        descend(&self, goal, out);
fail:
    work_free(&self);
    if (status != LEAD_OK)
        lead_mcf_approximation_free(out);
    return status;
}
