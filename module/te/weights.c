/* Link weights for ECMP by local search on the congestion cost Phi (Fortz and Thorup 2000), for the
 * mean TM.
 *
 * A step changes the weight of one link, every second time one of the three that were most loaded
 * in the step before (kept or not: what a bad step overloads is worth a try too), and is kept when
 * Phi does not rise. One evaluation routes the whole TM anew: O(n m log n). */
#include "te/types.h"
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_EVALUATIONS = 5000, DEFAULT_MAX_WEIGHT = 20, MOST_LOADED = 3 };

typedef struct weights {
    const lead_topology *topology;
    lead_te_options options;
    double *tm, *weight, *distance, *through, *loads;
    int *order;
    gsl_rng *random;
} weights;

/* Nodes in the order of falling distance, so that each is met after all that send through it. */
static void sort_by_distance(const double *distance, int n, int *order) {
    for (int i = 0; i < n; i++) {
        int at = i;
        while (at > 0 && distance[order[at - 1]] < distance[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}

static void send_on(weights *self, int v) {
    int degree, next_hops = 0;
    const int *links = lead_topology_links_out(self->topology, v, &degree);
    for (int i = 0; i < degree; i++)
        next_hops += lead_on_shortest_path(self->topology, self->weight, self->distance, links[i]);
    for (int i = 0; i < degree; i++) {
        if (!lead_on_shortest_path(self->topology, self->weight, self->distance, links[i]))
            continue;
        self->loads[links[i]] += self->through[v] / next_hops;
        self->through[lead_topology_link(self->topology, links[i])->destination] +=
            self->through[v] / next_hops;
    }
}

/* Phi of the TM under the weights; fills loads. */
static lead_status evaluate(weights *self, double *phi) {
    int n = lead_topology_node_count(self->topology);
    memset(self->loads, 0, (size_t)lead_topology_link_count(self->topology) * sizeof(double));
    for (int t = 0; t < n; t++) {
        LEAD_TRY(lead_distances_to(self->topology, self->weight, t, self->distance));
        sort_by_distance(self->distance, n, self->order);
        for (int v = 0; v < n; v++)
            self->through[v] = self->tm[v * n + t];
        for (int i = 0; i < n; i++)
            if (self->through[self->order[i]] > 0 && self->order[i] != t)
                send_on(self, self->order[i]);
    }
    *phi = lead_phi(self->topology, self->loads);
    return LEAD_OK;
}

/* One of the most loaded links, drawn evenly; ties go to the lower index. */
static int draw_loaded(const weights *self) {
    int best[MOST_LOADED], count = 0;
    double utilisation[MOST_LOADED];
    for (int e = 0; e < lead_topology_link_count(self->topology); e++) {
        double u = self->loads[e] / lead_topology_link(self->topology, e)->capacity;
        int at = count < MOST_LOADED ? count++ : MOST_LOADED;
        for (; at > 0 && utilisation[at - 1] < u; at--)
            if (at < MOST_LOADED) {
                utilisation[at] = utilisation[at - 1];
                best[at] = best[at - 1];
            }
        if (at < MOST_LOADED) {
            utilisation[at] = u;
            best[at] = e;
        }
    }
    return best[gsl_rng_uniform_int(self->random, (unsigned long)count)];
}

static lead_status search(weights *self, long limit, double started, long *evaluations) {
    int m = lead_topology_link_count(self->topology);
    int max_weight = self->options.max_weight > 0 ? self->options.max_weight : DEFAULT_MAX_WEIGHT;
    double best;
    LEAD_TRY(evaluate(self, &best));
    for (*evaluations = 1; *evaluations < limit && m > 0; (*evaluations)++) {
        if (self->options.time_limit > 0 &&
            lead_clock_seconds() - started > self->options.time_limit)
            break;
        int link = *evaluations % 2 ? draw_loaded(self)
                                    : (int)gsl_rng_uniform_int(self->random, (unsigned long)m);
        double old = self->weight[link], phi;
        self->weight[link] =
            1 + (double)gsl_rng_uniform_int(self->random, (unsigned long)max_weight);
        LEAD_TRY(evaluate(self, &phi));
        if (phi <= best)
            best = phi;
        else
            self->weight[link] = old;
    }
    return LEAD_OK;
}

/* Starts from the rule's weights, scaled and rounded into 1..max. */
static lead_status start_weights(weights *self) {
    int m = lead_topology_link_count(self->topology);
    double max_weight =
               self->options.max_weight > 0 ? self->options.max_weight : DEFAULT_MAX_WEIGHT,
           largest = 0, least = INFINITY;
    LEAD_TRY(lead_link_weights(self->topology, self->options.weight_rule, self->weight));
    for (int e = 0; e < m; e++) {
        largest = fmax(largest, self->weight[e]);
        least = fmin(least, self->weight[e]);
    }
    double unit = fmax(least, largest / max_weight);
    for (int e = 0; e < m; e++)
        self->weight[e] = fmax(1, round(self->weight[e] / unit));
    return LEAD_OK;
}

static lead_status weights_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    weights *self = state;
    size_t m = (size_t)lead_topology_link_count(self->topology);
    double started = lead_clock_seconds();
    long limit =
        self->options.evaluation_limit > 0 ? self->options.evaluation_limit : DEFAULT_EVALUATIONS;
    lead_te_mean_tm(demand, lead_topology_node_count(self->topology), self->tm);
    gsl_rng_set(self->random,
                (unsigned long)(lead_random_seed(self->options.seed, "weights") & 0xffffffffu));
    LEAD_TRY(start_weights(self));
    LEAD_TRY(search(self, limit, started, &plan->evaluations));
    LEAD_TRY(lead_calloc(m, sizeof(double), &plan->weights));
    memcpy(plan->weights, self->weight, m * sizeof(double));
    return lead_routing_from_weights(self->topology, plan->weights, &plan->routing);
}

static void weights_free(void *state) {
    weights *self = state;
    free(self->tm);
    free(self->weight);
    free(self->distance);
    free(self->through);
    free(self->loads);
    free(self->order);
    gsl_rng_free(self->random);
}

static lead_status weights_alloc(void *state, const lead_topology *topology,
                                 const lead_te_options *options) {
    weights *self = state;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    *self = (weights){.topology = topology, .options = *options};
    LEAD_TRY_FREE(lead_random_alloc(options->seed, "weights", &self->random));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->tm));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->weight));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self->distance));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self->through));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->loads));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &self->order));
    return LEAD_OK;
fail:
    weights_free(self);
    return status;
}

const lead_te_type lead_te_weights = {
    .name = "weights",
    .summary = "integer link weights for ECMP by local search (Fortz and Thorup)",
    .needs_demand = true,
    .options = "weights, time_limit, evaluations, max_weight",
    .size = sizeof(weights),
    .alloc = weights_alloc,
    .plan = weights_plan,
    .free = weights_free,
};
