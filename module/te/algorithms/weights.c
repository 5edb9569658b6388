/* Integer link weights for ECMP by local search (Fortz and Thorup 2000, 2002): what is asked for,
 * in the search's terms (te/weights_search), and its answer as a plan. */
#include "te/common/demand.h"
#include "te/common/sample_reduction.h"
#include "te/types.h"
#include "te/weights/search.h"
#include "te/weights/spf.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_EVALUATIONS = 50000,
    /* The fewer weights there are, the more paths are equally long, and evenly split traffic is
     * what fills links well. With one search of 1,100,000 steps on REPETITA's AttMpls the median of
     * 12 seeds was 1.030 times the optimum for 30 and 1.043 for 200. In shorter searches 12, 20 and
     * 45 were about as good as 30; fewer leave little room below a start from equal weights. */
    DEFAULT_MAX_WEIGHT = 30,
    MOST_IN_FORCE = 200, /* weights in force up to this are started from as they are */
    MOST_SCALE = 1000    /* for weights in force that are fractions */
};

typedef struct weights {
    const lead_topology *topology;
    lead_te_options options;
    int n, m;
    double *rule;       /* [m] */
    int *start, *found; /* [m] */
} weights;

/* The TMs to plan for, with probabilities. */
typedef struct scenario_set {
    double *tms, *probability;
    int *chosen, count;
} scenario_set;

static void free_set(scenario_set *set) {
    free(set->tms);
    free(set->probability);
    free(set->chosen);
}

static lead_status take_samples(const weights *self, const lead_te_demand *demand,
                                scenario_set *set) {
    const int pairs = self->n * self->n;
    const int keep = self->options.scenarios > 0 ? self->options.scenarios : demand->samples;
    set->count = keep < demand->samples ? keep : demand->samples;
    LEAD_TRY(lead_calloc((size_t)set->count * (size_t)pairs, sizeof(double), &set->tms));
    LEAD_TRY(lead_calloc((size_t)set->count, sizeof(double), &set->probability));
    LEAD_TRY(lead_calloc((size_t)set->count, sizeof(int), &set->chosen));
    LEAD_TRY(
        lead_te_reduce(demand->tms, demand->samples, self->n, keep, set->chosen, set->probability));
    for (int k = 0; k < set->count; k++)
        memcpy(set->tms + (size_t)k * (size_t)pairs,
               demand->tms + (size_t)set->chosen[k] * (size_t)pairs,
               (size_t)pairs * sizeof(double));
    return LEAD_OK;
}

static lead_status take_mean(const weights *self, const lead_te_demand *demand, scenario_set *set) {
    set->count = 1;
    LEAD_TRY(lead_calloc((size_t)self->n * (size_t)self->n, sizeof(double), &set->tms));
    LEAD_TRY(lead_calloc(1, sizeof(double), &set->probability));
    set->probability[0] = 1;
    lead_te_mean_tm(demand, self->n, set->tms);
    return LEAD_OK;
}

/* With this weight no path is as long as a link that is down. */
static int safe_weight(const weights *self, int wanted) {
    const int most = (LEAD_TE_SPF_DOWN - 1) / self->n;
    return wanted < most ? wanted : most;
}

/* The largest weight that is allowed, unless those in force are larger. */
static int max_weight(const weights *self) {
    return safe_weight(self, self->options.max_weight > 0 ? self->options.max_weight
                                                          : DEFAULT_MAX_WEIGHT);
}

/* The largest weight in force, scaled to whole numbers, that a search may start from. */
static int max_start(const weights *self) {
    if (self->options.max_changes > 0)
        return safe_weight(self, INT_MAX);
    return self->options.max_weight > 0 ? max_weight(self) : safe_weight(self, MOST_IN_FORCE);
}

static double largest(const double *values, int count) {
    double most = 0;
    for (int i = 0; i < count; i++)
        most = fmax(most, values[i]);
    return most;
}

/* The least whole number that makes all weights whole and none too large, or 0. */
static int find_scale(const weights *self, const double *values, int most) {
    for (int scale = 1; scale <= MOST_SCALE; scale++) {
        bool whole = true;
        for (int e = 0; e < self->m && whole; e++) {
            double scaled = values[e] * scale;
            whole = scaled <= most && scaled > 0.5 && fabs(scaled - round(scaled)) <= 1e-9 * scaled;
        }
        if (whole)
            return scale;
    }
    return 0;
}

/* Scaled so that the least is a tenth of the most, for there to be lower ones, or the largest is
 * the most; rounded. */
static void start_from_rule(weights *self, const double *values, int most) {
    double least = INFINITY;
    for (int e = 0; e < self->m; e++)
        least = fmin(least, values[e]);
    double scale = fmin(most / 10.0 / least, most / largest(values, self->m));
    if (scale > 1 && largest(values, self->m) * floor(scale) <= most)
        scale = floor(scale); /* whole weights stay in proportion */
    for (int e = 0; e < self->m; e++)
        self->start[e] = (int)fmin(most, fmax(1, round(values[e] * scale)));
}

/* Fills start; *scale is by what the weights in force were multiplied, 0 when it does not start
 * from them as they are. */
static lead_status choose_start(weights *self, const lead_te_demand *demand, int *most,
                                int *scale) {
    const double *in_force = demand->weights_in_force ? demand->weights_in_force : self->rule;
    LEAD_TRY(lead_link_weights(self->topology, self->options.weight_rule, self->rule));
    *scale = 0;
    if (demand->weights_in_force || self->options.max_changes > 0)
        *scale = find_scale(self, in_force, max_start(self));
    if (*scale > 0) {
        for (int e = 0; e < self->m; e++)
            self->start[e] = (int)round(in_force[e] * *scale);
        for (int e = 0; e < self->m; e++)
            *most = self->start[e] > *most ? self->start[e] : *most;
        return LEAD_OK;
    }
    if (self->options.max_changes > 0)
        return lead_fail(LEAD_INVALID,
                         "weights: max_changes needs weights in force that are whole, or fractions "
                         "with a common denominator up to %d",
                         MOST_SCALE);
    if (demand->weights_in_force)
        *most = max_start(self); /* near them, even where they have to be rounded */
    start_from_rule(self, in_force, *most);
    return LEAD_OK;
}

static lead_status search(weights *self, const lead_te_demand *demand, const scenario_set *set,
                          lead_te_search *task, lead_te_plan *plan) {
    int scale;
    task->topology = self->topology;
    task->options = &self->options;
    task->objective = self->options.objective == LEAD_TE_OBJECTIVE_DEFAULT
                          ? LEAD_TE_OBJECTIVE_MLU_PHI
                          : self->options.objective;
    task->tms = set->tms;
    task->tm_count = set->count;
    task->probability = set->probability;
    task->start = self->start;
    task->max_weight = max_weight(self);
    task->max_changes = self->options.max_changes;
    task->time_limit = self->options.time_limit;
    task->limit = self->options.evaluation_limit;
    if (task->limit == 0 && !(task->time_limit > 0))
        task->limit = DEFAULT_EVALUATIONS;
    LEAD_TRY(choose_start(self, demand, &task->max_weight, &scale));
    task->stay_near = scale > 0;
    LEAD_TRY(lead_te_search_run(task, self->found, &plan->evaluations));
    for (int e = 0; e < self->m; e++) {
        const double *kept = demand->weights_in_force ? demand->weights_in_force : self->rule;
        bool same = scale > 0 && self->found[e] == self->start[e];
        plan->weights[e] = same ? kept[e] : (double)self->found[e] / (scale > 0 ? scale : 1);
    }
    return LEAD_OK;
}

static lead_status weights_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    weights *self = state;
    lead_te_search task = {.begun = lead_clock_seconds()};
    scenario_set set = {0};
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)self->m, sizeof(double), &plan->weights));
    LEAD_TRY_FREE(lead_te_plans_for_samples(&lead_te_weights, &self->options)
                      ? take_samples(self, demand, &set)
                      : take_mean(self, demand, &set));
    if (self->m > 0)
        LEAD_TRY_FREE(search(self, demand, &set, &task, plan));
    LEAD_TRY_FREE(lead_routing_from_weights(self->topology, plan->weights, &plan->routing));
fail:
    free_set(&set);
    return status;
}

static void weights_free(void *state) {
    weights *self = state;
    free(self->rule);
    free(self->start);
    free(self->found);
}

static lead_status weights_alloc(void *state, const lead_topology *topology,
                                 const lead_te_options *options) {
    weights *self = state;
    lead_status status = LEAD_OK;
    *self = (weights){.topology = topology, .options = *options};
    self->n = lead_topology_node_count(topology);
    self->m = lead_topology_link_count(topology);
    LEAD_TRY_FREE(lead_calloc((size_t)self->m, sizeof(double), &self->rule));
    LEAD_TRY_FREE(lead_calloc((size_t)self->m, sizeof(int), &self->start));
    LEAD_TRY_FREE(lead_calloc((size_t)self->m, sizeof(int), &self->found));
    return LEAD_OK;
fail:
    weights_free(self);
    return status;
}

const lead_te_type lead_te_weights = {
    .name = "weights",
    .summary = "integer link weights for ECMP by local search (Fortz and Thorup)",
    .needs_demand = true,
    .size = sizeof(weights),
    .alloc = weights_alloc,
    .plan = weights_plan,
    .free = weights_free,
};
