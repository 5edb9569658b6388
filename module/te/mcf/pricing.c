/* Column generation: where a solution's flow leaves the shortest paths under its dual prices, a
 * change to these joins the restricted program, until none lowers the objective.
 *
 * Prices of a program with few columns jump about; so paths are sought under a mean of them and of
 * the prices with the best bound so far (Wentges 1997), under the program's own when that finds
 * none. Every search also proves a bound: the Lagrangian's value at the prices that it was under.
 */
#include "te/mcf/program.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Searches, and those in a row that get nowhere: some six in a row are the most that ordinary
 * networks were seen to take. */
enum { ROUNDS = 2000, STALLED = 50 };

typedef struct pricing {
    lead_mcf_program *program;
    lead_csr_tree tree;
    double *prices;        /* [2m] that paths are sought under */
    double *length, *owns; /* [m] lengths under `prices` and under the program's own */
    double *centre;        /* [2m] borrowed */
    double *cost;          /* [n] of the tree under `owns` */
    int *seen, *mark;      /* [n], [m] scratch */
    int *touched;          /* [2n + 2] links of a new column */
    int stamp;
    double best;        /* the centre's bound */
    double least;       /* that was missing when a search last got on */
    int stalled;        /* searches since then */
    double fraction;    /* of what is missing, over the nodes: what a column must save */
    double demand_cost; /* sum of demand * distance under `length` */
} pricing;

static void pricing_free(pricing *self) {
    lead_csr_tree_free(&self->tree);
    free(self->prices);
    free(self->length);
    free(self->owns);
    free(self->cost);
    free(self->seen);
    free(self->mark);
    free(self->touched);
}

static lead_status pricing_alloc(lead_mcf_program *program, double *centre, pricing *self) {
    size_t n = (size_t)program->graph->n, m = (size_t)program->graph->m;
    lead_status status = LEAD_OK;
    *self = (pricing){.program = program, .centre = centre, .best = -INFINITY, .least = INFINITY};
    LEAD_TRY_FREE(lead_csr_tree_alloc(program->graph, &self->tree));
    LEAD_TRY_FREE(lead_calloc(2 * m, sizeof(double), &self->prices));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->length));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->owns));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self->cost));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &self->seen));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(int), &self->mark));
    LEAD_TRY_FREE(lead_calloc(2 * n + 2, sizeof(int), &self->touched));
    return LEAD_OK;
fail:
    pricing_free(self);
    return status;
}

static void set_lengths(const lead_mcf_program *program, const double *mlu_price,
                        const double *phi_price, double *length) {
    const lead_csr_graph *graph = program->graph;
    for (int e = 0; e < graph->m; e++)
        length[e] = graph->capacity[e] > 0
                        ? program->costs.load / program->volume +
                              (mlu_price[e] + phi_price[e]) / (graph->capacity[e] * program->peak)
                        : INFINITY;
}

/* share * centre + (1 - share) * the program's own prices. */
static void mix_prices(pricing *self, double share) {
    const lead_mcf_program *program = self->program;
    int m = program->graph->m;
    for (int e = 0; e < m; e++) {
        self->prices[e] = share * self->centre[e] + (1 - share) * program->mlu_price[e];
        self->prices[m + e] = share * self->centre[m + e] + (1 - share) * program->phi_price[e];
    }
    set_lengths(program, self->prices, self->prices + m, self->length);
    set_lengths(program, program->mlu_price, program->phi_price, self->owns);
}

/* --- new columns ----------------------------------------------------------------------------- */

static void touch(pricing *self, int *count, int e, int by) {
    if (self->mark[e] == 0)
        self->touched[(*count)++] = e;
    self->mark[e] += by;
}

static int most_used(const pricing *self, const double *flow, int v) {
    int degree, most = -1;
    const int *out = lead_topology_links_out(self->program->topology, v, &degree);
    for (int i = 0; i < degree; i++)
        if (flow[out[i]] > 0 && (most < 0 || flow[out[i]] > flow[most]))
            most = out[i];
    return most;
}

/* Marks the way that flow takes from `link` on: to the destination, or to where it closes a circle
 * or ends. What the flow on it costs and how much takes it; *end is where the way ends. */
static double follow(pricing *self, const double *flow, int link, int *count, double *amount,
                     int *end) {
    const lead_csr_graph *graph = self->program->graph;
    double cost = 0;
    self->stamp++;
    self->seen[graph->from[link]] = self->stamp;
    *amount = INFINITY;
    for (int e = link; e >= 0; e = most_used(self, flow, *end)) {
        cost += self->owns[e];
        *amount = fmin(*amount, flow[e]);
        touch(self, count, e, -1);
        *end = graph->to[e];
        if (*end == self->tree.destination || self->seen[*end] == self->stamp)
            break;
        self->seen[*end] = self->stamp;
    }
    return cost;
}

static void take_tree(pricing *self, int v, int *count, int by) {
    for (; v != self->tree.destination; v = self->program->graph->to[self->tree.next[v]])
        touch(self, count, self->tree.next[v], by);
}

/* The column that moves flow from `link` and its way on to the tree, if it saves `worth`. */
static lead_status price_link(pricing *self, const double *flow, int link, double worth) {
    lead_mcf_program *program = self->program;
    const lead_csr_graph *graph = program->graph;
    int count = 0, end;
    double unit, saved = follow(self, flow, link, &count, &unit, &end);
    lead_status status = LEAD_OK;
    take_tree(self, graph->from[link], &count, 1);
    take_tree(self, end, &count, -1);
    saved += self->cost[end] - self->cost[graph->from[link]];
    bool wanted = saved * unit > worth;
    if (wanted)
        status = lead_mcf_program_note(program, self->tree.destination);
    for (int i = 0; i < count; i++)
        if (self->mark[self->touched[i]] != 0)
            unit = fmin(unit, graph->capacity[self->touched[i]] * program->peak);
    for (int i = 0; i < count; i++) {
        int e = self->touched[i], by = self->mark[e];
        self->mark[e] = 0;
        if (by != 0 && wanted && status == LEAD_OK)
            status = lead_mcf_program_note_change(program, e, by * unit);
    }
    return status;
}

static lead_status price_destination(pricing *self, int t, double worth) {
    lead_mcf_program *program = self->program;
    const lead_csr_graph *graph = program->graph;
    const double *flow = program->flow + (size_t)t * (size_t)graph->m;
    double least = 1e-9 * program->total[t];
    lead_csr_tree_grow(graph, self->length, t, &self->tree);
    lead_csr_tree_cost(graph, &self->tree, self->owns, self->cost);
    for (int i = 1; i < self->tree.reached; i++) {
        int v = self->tree.order[i];
        self->demand_cost += program->tm[v * graph->n + t] * self->tree.distance[v];
    }
    for (int e = 0; e < graph->m; e++) {
        if (flow[e] <= least || graph->from[e] == t)
            continue;
        double more = self->owns[e] + self->cost[graph->to[e]] - self->cost[graph->from[e]];
        if (more * flow[e] > worth)
            LEAD_TRY(price_link(self, flow, e, worth));
    }
    return LEAD_OK;
}

/* --- bounds ---------------------------------------------------------------------------------- */

/* The Lagrangian at `prices`. */
static double bound_of(const pricing *self) {
    const lead_mcf_program *program = self->program;
    const lead_csr_graph *graph = program->graph;
    double bound = self->demand_cost,
           spare = program->costs.mlu - lead_sum(self->prices, (size_t)graph->m);
    if (spare < -1e-9 * program->costs.mlu)
        return -INFINITY;
    bound += spare * program->costs.least_mlu / program->peak;
    for (int e = 0; e < graph->m && program->costs.phi; e++) {
        double price = self->prices[graph->m + e] / program->peak;
        bound -= price * lead_mcf_segment_from(0);
        for (int k = 0; k + 1 < LEAD_MCF_SEGMENTS && graph->capacity[e] > 0; k++) {
            double width = lead_mcf_segment_from(k + 1) - lead_mcf_segment_from(k),
                   scale = graph->capacity[e] / program->volume;
            bound += width * fmin(0, lead_mcf_segment_slope(k) * scale - price);
        }
    }
    return bound;
}

/* What `length` proves of any routing's MLU (the dual of the maximum concurrent flow). */
static double mlu_bound_of(const pricing *self) {
    const lead_csr_graph *graph = self->program->graph;
    double sum = 0;
    for (int e = 0; e < graph->m; e++)
        sum += graph->capacity[e] > 0 ? self->length[e] * graph->capacity[e] : 0;
    return sum > 0 ? self->demand_cost / sum : 0;
}

static lead_status price_all(pricing *self, double worth, double *mlu_bound) {
    lead_mcf_program *program = self->program;
    self->demand_cost = 0;
    for (int t = 0; t < program->graph->n; t++)
        if (program->total[t] > 0)
            LEAD_TRY(price_destination(self, t, worth));
    double bound = bound_of(self);
    *mlu_bound = fmax(*mlu_bound, mlu_bound_of(self));
    if (bound > self->best) {
        self->best = bound;
        memcpy(self->centre, self->prices, 2 * (size_t)program->graph->m * sizeof(double));
    }
    return LEAD_OK;
}

/* What is left to save, and what of the objective it is measured by: all but the cost of the least
 * MLU that must be. */
static double missing(const pricing *self) {
    return self->program->objective - self->best;
}

static double variable_part(const lead_mcf_program *program) {
    return program->objective - program->costs.mlu * program->costs.least_mlu / program->peak;
}

/* What a new column must save, in view of how much there is to save at all (of that, before any
 * bound is known, a thousandth of the objective is supposed). */
static double worth_of(const pricing *self) {
    double part = variable_part(self->program), most = self->best > -INFINITY ? part : 1e-3 * part;
    return fmax(1e-12 * part, self->fraction * fmin(missing(self), most) / self->program->graph->n);
}

/* The first columns of a program: from the base's flow to the shortest paths under the centre. */
static lead_status price_centre(pricing *self, double *mlu_bound) {
    lead_mcf_program *program = self->program;
    size_t m = (size_t)program->graph->m;
    memcpy(program->mlu_price, self->centre, m * sizeof(double));
    memcpy(program->phi_price, self->centre + m, m * sizeof(double));
    mix_prices(self, 1);
    LEAD_TRY(price_all(self, INFINITY, mlu_bound)); /* for what there is to save */
    LEAD_TRY(price_all(self, worth_of(self), mlu_bound));
    return lead_mcf_program_add_columns(program);
}

static const double first_fraction = 0.1, last_fraction = 1e-4;

/* One search. The program's own prices come first where it was solved for another TM: as a rule few
 * columns are new then. *done: nothing worth while is missing, or no column saves any of it. */
static lead_status search(pricing *self, double gap, double *share, double *mlu_bound, bool *done) {
    lead_mcf_program *program = self->program;
    mix_prices(self, *share);
    LEAD_TRY(price_all(self, worth_of(self), mlu_bound));
    *done = missing(self) <= 0.99 * gap / (1 + gap) * variable_part(program);
    if (program->noted > 0) {
        *share = 0.5;
        return LEAD_OK;
    }
    if (*share <= 0) { /* perhaps many small savings are left */
        *done = *done || self->fraction <= last_fraction;
        self->fraction /= 10;
    }
    *share = 0;
    return LEAD_OK;
}

/* Where units span too many orders of magnitude, rounding keeps on finding the same columns. */
static bool gets_on(pricing *self) {
    bool closer = missing(self) < 0.99 * self->least;
    self->least = closer ? missing(self) : self->least;
    self->stalled = closer ? 0 : self->stalled + 1;
    return self->stalled < STALLED;
}

static lead_status optimise(pricing *self, double gap, double deadline, double *mlu_bound) {
    lead_mcf_program *program = self->program;
    bool is_new = !program->is_solved, done = false;
    double share = is_new ? 0.5 : 0;
    self->fraction = first_fraction;
    LEAD_TRY(lead_mcf_program_solve(program, deadline));
    if (is_new) {
        LEAD_TRY(price_centre(self, mlu_bound));
        LEAD_TRY(lead_mcf_program_solve(program, deadline));
    }
    for (int round = 0; round < ROUNDS && gets_on(self); round++) {
        LEAD_TRY(search(self, gap, &share, mlu_bound, &done));
        if (done && program->noted == 0)
            return LEAD_OK;
        if (program->noted == 0)
            continue;
        LEAD_TRY(lead_mcf_program_add_columns(program));
        if (done)
            return LEAD_OK;
        LEAD_TRY(lead_mcf_program_solve(program, deadline));
    }
    return LEAD_OK; /* what is proven stands in the bound */
}

lead_status lead_mcf_program_optimise(lead_mcf_program *program, double gap, double deadline,
                                      double *centre, double *mlu_bound) {
    pricing self;
    LEAD_TRY(pricing_alloc(program, centre, &self));
    lead_status status = optimise(&self, gap, deadline, mlu_bound);
    pricing_free(&self);
    return status;
}
