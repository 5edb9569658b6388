/* Minimum-cost multicommodity flow, one commodity a destination: least MLU, least Phi (Fortz and
 * Thorup 2000) or the one and then the other; then least total load.
 *
 * An approximation (approximation.c) comes within a few percent in a few sweeps of shortest
 * paths. From its flow a linear program goes to the optimum, of which only those parts are written
 * down that matter (program.c), found by shortest paths under its dual prices (pricing.c):
 * first for the least MLU, then for the least load or Phi that keeps it. The prices also prove the
 * bound that a plan comes with. Both programs are kept: the next TM goes on from their bases. */
#include "te/mcf/planner.h"
#include "te/common/demand.h"
#include "te/common/flow_to_splits.h"
#include "te/mcf/approximation.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Relative: how exact the MLU is, how exact the load or Phi at it, how far above the least MLU the
 * second program may go (rounding must not make it infeasible), and what makes a plan optimal. */
static const double mlu_gap = 1e-9, cost_gap = 1e-7, room = 1e-8, optimal_gap = 1e-6;

static void forget(lead_mcf_planner *self) {
    lead_mcf_program_free(self->first.program);
    lead_mcf_program_free(self->second.program);
    self->first.program = self->second.program = NULL;
}

static bool wants_phi(const lead_mcf_planner *self) {
    return self->options.objective == LEAD_TE_OBJECTIVE_PHI ||
           self->options.objective == LEAD_TE_OBJECTIVE_MLU_PHI;
}

static bool wants_mlu(const lead_mcf_planner *self) {
    return self->options.objective != LEAD_TE_OBJECTIVE_PHI;
}

/* --- from flows to plans --------------------------------------------------------------------- */

static lead_status routing_of(lead_mcf_planner *self, double *flow, lead_routing **out) {
    size_t m = (size_t)self->graph.m;
    double *splits = NULL;
    lead_routing *routing = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(m, sizeof *splits, &splits));
    LEAD_TRY_FREE(lead_routing_alloc(self->topology, &routing));
    for (int t = 0; t < self->graph.n; t++) {
        LEAD_TRY_FREE(
            lead_te_flow_to_splits(self->topology, self->weights, t, flow + (size_t)t * m, splits));
        LEAD_TRY_FREE(lead_routing_set(routing, t, splits));
    }
    *out = routing;
    routing = NULL;
fail:
    lead_routing_free(routing);
    free(splits);
    return status;
}

/* Makes the routing (its own from now on) the plan's, unless what that has is better. */
static lead_status offer(lead_mcf_planner *self, lead_routing *routing, lead_te_plan *plan) {
    lead_status status = lead_routing_loads(routing, self->tm, self->loads);
    double mlu = lead_mlu(self->topology, self->loads), phi = lead_phi(self->topology, self->loads);
    bool better = !plan->routing || (wants_mlu(self) ? mlu < plan->mlu : phi < plan->phi);
    if (status != LEAD_OK || !better) {
        lead_routing_free(routing);
        return status;
    }
    lead_routing_free(plan->routing);
    plan->routing = routing;
    plan->mlu = mlu;
    plan->phi = phi;
    return LEAD_OK;
}

static lead_status offer_flow(lead_mcf_planner *self, double *flow, lead_te_plan *plan) {
    lead_routing *routing;
    LEAD_TRY(routing_of(self, flow, &routing));
    return offer(self, routing, plan);
}

static lead_status offer_solution(lead_mcf_planner *self, const lead_mcf_stage *at,
                                  lead_te_plan *plan) {
    lead_routing *routing;
    LEAD_TRY(lead_mcf_program_routing(at->program, &routing));
    return offer(self, routing, plan);
}

/* After a program's end before its time: the best of what is there. */
static lead_status salvage(lead_mcf_planner *self, lead_te_plan *plan) {
    const lead_mcf_stage *stages[] = {&self->first, &self->second};
    for (int i = 0; i < 2; i++) {
        lead_routing *base;
        if (!stages[i]->program)
            continue;
        LEAD_TRY(lead_routing_copy(stages[i]->program->base, &base));
        LEAD_TRY(offer(self, base, plan));
        if (stages[i]->program->is_solved)
            LEAD_TRY(offer_solution(self, stages[i], plan));
    }
    return plan->routing ? LEAD_OK : lead_fail(LEAD_NUMERIC, "mcf: no routing was found");
}

/* --- the programs ---------------------------------------------------------------------------- */

/* The program of these costs on the flow that the approximation comes to from `length` on. */
static lead_status make_stage(lead_mcf_planner *self, const lead_mcf_costs *costs,
                              const lead_mcf_goal *goal, lead_mcf_stage *at) {
    size_t m = (size_t)self->graph.m;
    lead_mcf_approximation near = {0};
    lead_routing *base;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_mcf_approximate(&self->graph, self->tm, costs, self->length, goal, &near));
    self->bound = fmax(self->bound, near.bound);
    double peak = costs->least_mlu > 0 ? costs->least_mlu : near.mlu;
    for (size_t e = 0; e < m; e++) {
        at->prices[e] = near.prices[e] * (costs->load > 0 ? peak : 1);
        at->prices[m + e] = near.prices[m + e] * peak;
    }
    double sum = lead_sum(at->prices, m); /* prices above the cost of the MLU bound nothing */
    for (size_t e = 0; e < m && sum > costs->mlu * (1 + 1e-9); e++)
        at->prices[e] *= costs->mlu / sum;
    LEAD_TRY_FREE(routing_of(self, near.flow, &base));
    status = lead_mcf_program_alloc(self->topology, &self->graph, costs, peak, near.volume, base,
                                    &at->program);
fail:
    lead_mcf_approximation_free(&near);
    return status;
}

static lead_status optimise(lead_mcf_planner *self, lead_mcf_stage *at, double exact) {
    double gap = fmax(self->options.gap, exact);
    bool is_new = !at->program->is_solved;
    LEAD_TRY(lead_mcf_program_set_tm(at->program, self->tm));
    LEAD_TRY(lead_mcf_program_optimise(at->program, gap, self->deadline, at->prices, &self->bound));
    at->columns = is_new ? at->program->columns : at->columns;
    return LEAD_OK;
}

static lead_status solve_first(lead_mcf_planner *self) {
    static const lead_mcf_costs costs = {.mlu = 1};
    lead_mcf_goal goal = {.gap = 0.01, .sweeps = 20, .deadline = self->deadline};
    if (!self->first.program) {
        memcpy(self->length, self->weights, (size_t)self->graph.m * sizeof *self->length);
        LEAD_TRY(make_stage(self, &costs, &goal, &self->first));
    }
    return optimise(self, &self->first, mlu_gap);
}

/* As few links as may be, of equally many those of large capacity. */
static void set_hop_lengths(lead_mcf_planner *self) {
    double least = INFINITY;
    for (int e = 0; e < self->graph.m; e++)
        least = fmin(least, self->weights[e]);
    for (int e = 0; e < self->graph.m; e++)
        self->length[e] = 1 + 1e-3 * self->weights[e] / least;
}

/* A load that keeps the least MLU saves more than any that does not: where the price of doing so
 * was too low, it is raised. */
static lead_status solve_second(lead_mcf_planner *self) {
    lead_mcf_costs costs = {.load = wants_phi(self) ? 1 + 1e-6 : 1, .phi = wants_phi(self)};
    lead_mcf_goal goal = {.sweeps = 10, .deadline = self->deadline};
    lead_mcf_stage *at = &self->second;
    if (wants_mlu(self)) {
        costs.mlu = costs.phi ? 1e4 : 100;
        costs.least_mlu = self->first.program->mlu * (1 + room);
    }
    if (!at->program) {
        set_hop_lengths(self);
        LEAD_TRY(make_stage(self, &costs, &goal, at));
    }
    if (wants_mlu(self))
        lead_mcf_program_set_least_mlu(at->program, costs.least_mlu);
    LEAD_TRY(optimise(self, at, cost_gap));
    for (int i = 0; i < 3 && wants_mlu(self) && at->program->mlu > costs.least_mlu * (1 + room);
         i++) {
        lead_mcf_program_set_mlu_cost(at->program, 100 * at->program->costs.mlu);
        LEAD_TRY(optimise(self, at, cost_gap));
    }
    return LEAD_OK;
}

/* --- plans ----------------------------------------------------------------------------------- */

static bool is_close(const lead_mcf_planner *self, const lead_te_plan *plan) {
    return plan->mlu <= self->bound * (1 + fmax(self->options.gap, optimal_gap));
}

static lead_status solve(lead_mcf_planner *self, lead_te_plan *plan) {
    if (wants_mlu(self))
        LEAD_TRY(solve_first(self));
    LEAD_TRY(solve_second(self));
    LEAD_TRY(offer_solution(self, &self->second, plan));
    if (wants_mlu(self) && !is_close(self, plan)) /* rounding spoilt it */
        LEAD_TRY(offer_solution(self, &self->first, plan));
    return LEAD_OK;
}

static bool is_fat(const lead_mcf_planner *self, const lead_mcf_stage *at) {
    return at->program->columns > 2 * at->columns + 2 * self->graph.m + 100;
}

static bool unit_fits(const lead_mcf_program *program, double mlu) {
    return mlu > 1e-3 * program->peak && mlu < 1e3 * program->peak;
}

/* Whether the programs' units suit what their bases make of the TM: of traffic that is out of all
 * proportion to them Clp would see tolerances only. */
static lead_status units_suit(lead_mcf_planner *self, bool *suit) {
    const lead_mcf_stage *stages[] = {&self->first, &self->second};
    for (int i = 0; i < 2 && *suit; i++) {
        if (!stages[i]->program)
            continue;
        LEAD_TRY(lead_routing_loads(stages[i]->program->base, self->tm, self->loads));
        *suit = unit_fits(stages[i]->program, lead_mlu(self->topology, self->loads));
    }
    return LEAD_OK;
}

/* Programs of other links, in units that fit no longer or grown fat are not gone on from. */
static lead_status may_go_on(lead_mcf_planner *self, bool *may) {
    *may = self->second.program && lead_csr_graph_is_of(&self->graph, self->topology) &&
           !(self->first.program && is_fat(self, &self->first)) && !is_fat(self, &self->second);
    return *may ? units_suit(self, may) : LEAD_OK;
}

static bool units_fit(const lead_mcf_planner *self) {
    const lead_mcf_program *first = self->first.program, *second = self->second.program;
    return !(first && !unit_fits(first, first->mlu)) && unit_fits(second, second->mlu);
}

static lead_status begin(lead_mcf_planner *self) {
    forget(self);
    lead_csr_graph_free(&self->graph);
    LEAD_TRY(lead_csr_graph_alloc(self->topology, &self->graph));
    return lead_link_weights(self->topology, LEAD_WEIGHTS_INVERSE_CAPACITY, self->weights);
}

/* The flow's plan in place of the one that is, if its MLU is low enough too. */
static lead_status shorten(lead_mcf_planner *self, double *flow, lead_te_plan *plan) {
    lead_te_plan shorter = {0};
    LEAD_TRY(offer_flow(self, flow, &shorter));
    bool is_good = is_close(self, &shorter);
    lead_routing_free(is_good ? plan->routing : shorter.routing);
    if (is_good) {
        shorter.evaluations = plan->evaluations;
        *plan = shorter;
    }
    return LEAD_OK;
}

/* A plan within the gap that the options allow, if there is one without linear programs: first one
 * of low MLU, then a shorter one whose MLU is still low enough. */
static lead_status approximate(lead_mcf_planner *self, lead_te_plan *plan) {
    lead_mcf_costs costs = {.mlu = 1};
    lead_mcf_goal goal = {.gap = self->options.gap, .sweeps = 20, .deadline = self->deadline};
    lead_mcf_approximation near = {0};
    lead_status status = LEAD_OK;
    if (self->options.gap <= 0 || wants_phi(self))
        return LEAD_OK;
    LEAD_TRY_FREE(
        lead_mcf_approximate(&self->graph, self->tm, &costs, self->weights, &goal, &near));
    LEAD_TRY_FREE(offer_flow(self, near.flow, plan));
    self->bound = near.bound;
    plan->evaluations = near.sweeps;
    if (is_close(self, plan)) {
        costs = (lead_mcf_costs){1, 1, near.bound * (1 + goal.gap / 4), false};
        goal.sweeps = 20;
        set_hop_lengths(self);
        lead_mcf_approximation_free(&near);
        LEAD_TRY_FREE(
            lead_mcf_approximate(&self->graph, self->tm, &costs, self->length, &goal, &near));
        LEAD_TRY_FREE(shorten(self, near.flow, plan));
    }
fail:
    lead_mcf_approximation_free(&near);
    return status;
}

static long pivots_of(const lead_mcf_planner *self) {
    return (self->first.program ? self->first.program->pivots : 0) +
           (self->second.program ? self->second.program->pivots : 0);
}

static lead_status go_on(lead_mcf_planner *self, lead_te_plan *plan) {
    bool may;
    LEAD_TRY(may_go_on(self, &may));
    if (!may)
        return LEAD_NUMERIC;
    long before = pivots_of(self);
    LEAD_TRY(solve(self, plan));
    plan->evaluations = pivots_of(self) - before;
    bool is_good = units_fit(self) && (!wants_mlu(self) || is_close(self, plan));
    return is_good ? LEAD_OK : LEAD_NUMERIC;
}

static lead_status plan_anew(lead_mcf_planner *self, lead_te_plan *plan) {
    lead_te_plan_clear(plan);
    LEAD_TRY(begin(self));
    LEAD_TRY(approximate(self, plan));
    if (plan->routing && is_close(self, plan))
        return LEAD_OK;
    lead_status status = solve(self, plan);
    plan->evaluations += pivots_of(self);
    return status;
}

static lead_status plan_traffic(lead_mcf_planner *self, lead_te_plan *plan) {
    lead_status status = go_on(self, plan);
    if (status == LEAD_NUMERIC)
        status = plan_anew(self, plan);
    if (status == LEAD_OK)
        return LEAD_OK;
    if (status == LEAD_LATE || status == LEAD_NUMERIC)
        status = salvage(self, plan);
    forget(self);
    return status;
}

lead_status lead_mcf_planner_plan(lead_mcf_planner *self, const lead_te_demand *demand,
                                  lead_te_plan *plan) {
    int n = lead_topology_node_count(self->topology);
    lead_te_mean_tm(demand, n, self->tm);
    self->deadline =
        self->options.time_limit > 0 ? lead_clock_seconds() + self->options.time_limit : 0;
    self->bound = 0;
    if (lead_tm_total(self->tm, n) <= 0) { /* any routing */
        LEAD_TRY(begin(self));
        plan->optimal = true;
        return lead_routing_from_weights(self->topology, self->weights, &plan->routing);
    }
    LEAD_TRY(plan_traffic(self, plan));
    plan->optimal = plan->mlu <= self->bound * (1 + optimal_gap);
    plan->bound = fmin(self->bound, plan->mlu);
    return LEAD_OK;
}

void lead_mcf_planner_free(lead_mcf_planner *self) {
    forget(self);
    lead_csr_graph_free(&self->graph);
    free(self->first.prices);
    free(self->second.prices);
    free(self->tm);
    free(self->weights);
    free(self->length);
    free(self->loads);
    *self = (lead_mcf_planner){0}; /* a failed alloc is freed by its owner, too */
}

lead_status lead_mcf_planner_alloc(lead_mcf_planner *self, const lead_topology *topology,
                                   const lead_te_options *options) {
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    *self = (lead_mcf_planner){.topology = topology, .options = *options};
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->tm));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->weights));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->length));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->loads));
    LEAD_TRY_FREE(lead_calloc(2 * m, sizeof(double), &self->first.prices));
    LEAD_TRY_FREE(lead_calloc(2 * m, sizeof(double), &self->second.prices));
    return LEAD_OK;
fail:
    lead_mcf_planner_free(self);
    return status;
}
