/* Minimum-MLU multicommodity flow, one commodity a destination, by Clp's simplex; then, at that
 * MLU, least total load.
 *
 *   min z                                    then   min sum_{t,e} x(t, e)  with z <= its minimum
 *   out(v, t) - in(v, t) = demand(v, t)     for every destination t and node v != t
 *   sum_t x(t, e) <= capacity_e * z          for every link e
 *
 * x(t, e) >= 0 is the flow for t on e. Clp's tolerances are absolute, and demands as well as
 * capacities may span ten orders of magnitude: so x(t, e) counts in units of all demand for t, and
 * every link's row is divided by what it carries at the MLU of shortest paths. Then z is at most
 * about 1 and a row is wrong by at most a billionth of it. The simplex starts from
 * shortest-path trees: at every node the first link of the tree is basic, and z for the row of the
 * link which the trees load most. That basis is feasible, and few pivots from the optimum: measured
 * on REPETITA's Colt (153 nodes) 700 pivots instead of tens of thousands. The second program makes
 * the flow free of circles and of detours that lower no link's load. */
#include "te/flow.h"
#include "te/types.h"
#include <coin/Clp_C_Interface.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct mcf {
    const lead_topology *topology;
    double time_limit;
    double *tm, *weights, *distance, *splits, *flow, *loads;
} mcf;

/* The program in Clp's column-wise form. Column 0 is z; then the columns of destination 0, 1, ...
 * in link order without the links out of that destination. Row t * n + v conserves flow for t at v
 * (v = t: empty); row n * n + e caps link e. */
typedef struct program {
    int columns, rows;
    CoinBigIndex *start;
    int *index;
    double *value, *objective, *column_upper, *row_lower, *row_upper;
    unsigned char *column_basis, *row_basis; /* as Clp codes them */
    double *unit;                            /* [n] bit/s that 1 means for a destination */
    double peak;                             /* MLU that z = 1 means */
    double *first;                           /* [columns] a solution of least z */
} program;

enum { BASIC = 1, AT_UPPER = 2, AT_LOWER = 3 };

static void program_free(program *lp) {
    free(lp->start);
    free(lp->index);
    free(lp->value);
    free(lp->objective);
    free(lp->column_upper);
    free(lp->row_lower);
    free(lp->row_upper);
    free(lp->column_basis);
    free(lp->unit);
    free(lp->first);
}

static lead_status program_alloc(const lead_topology *topology, program *lp) {
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    size_t columns = n * m + 1, rows = n * n + m;
    if (3 * columns + m > INT_MAX || rows > INT_MAX)
        return lead_fail(LEAD_UNAVAILABLE,
                         "mcf: %zu nodes and %zu links are too many for one linear program", n, m);
    LEAD_TRY(lead_calloc(columns + 1, sizeof *lp->start, &lp->start));
    LEAD_TRY(lead_calloc(3 * columns + m, sizeof *lp->index, &lp->index));
    LEAD_TRY(lead_calloc(3 * columns + m, sizeof *lp->value, &lp->value));
    LEAD_TRY(lead_calloc(columns, sizeof *lp->objective, &lp->objective));
    LEAD_TRY(lead_calloc(columns, sizeof *lp->column_upper, &lp->column_upper));
    LEAD_TRY(lead_calloc(rows, sizeof *lp->row_lower, &lp->row_lower));
    LEAD_TRY(lead_calloc(rows, sizeof *lp->row_upper, &lp->row_upper));
    LEAD_TRY(lead_calloc(columns + rows, 1, &lp->column_basis));
    LEAD_TRY(lead_calloc(n, sizeof *lp->unit, &lp->unit));
    LEAD_TRY(lead_calloc(columns, sizeof *lp->first, &lp->first));
    lp->rows = (int)rows;
    return LEAD_OK;
}

/* The units of the program, 1 where there is no demand. */
static lead_status set_units(mcf *self, program *lp) {
    int n = lead_topology_node_count(self->topology);
    lead_routing *shortest;
    for (int t = 0; t < n; t++) {
        double sum = 0;
        for (int v = 0; v < n; v++)
            sum += self->tm[v * n + t];
        lp->unit[t] = sum > 0 ? sum : 1;
    }
    LEAD_TRY(lead_routing_from_weights(self->topology, self->weights, &shortest));
    lead_status status = lead_routing_loads(shortest, self->tm, self->loads);
    lead_routing_free(shortest);
    lp->peak = status == LEAD_OK ? lead_mlu(self->topology, self->loads) : 1;
    lp->peak = lp->peak > 0 ? lp->peak : 1;
    return status;
}

static void add_entry(program *lp, CoinBigIndex *at, int row, double value) {
    lp->index[*at] = row;
    lp->value[(*at)++] = value;
}

static void add_z(const lead_topology *topology, program *lp, CoinBigIndex *at) {
    int n = lead_topology_node_count(topology);
    for (int e = 0; e < lead_topology_link_count(topology); e++)
        add_entry(lp, at, n * n + e, -1);
    lp->objective[0] = 1;
    lp->column_upper[0] = DBL_MAX;
    lp->columns = 1;
}

static bool usable(const lead_link *link, int destination) {
    return link->up && link->source != destination;
}

static void add_flow(const lead_topology *topology, program *lp, CoinBigIndex *at, int t, int e) {
    const lead_link *link = lead_topology_link(topology, e);
    int n = lead_topology_node_count(topology);
    lp->start[lp->columns] = *at;
    add_entry(lp, at, t * n + link->source, 1);
    if (link->destination != t)
        add_entry(lp, at, t * n + link->destination, -1);
    add_entry(lp, at, n * n + e, lp->unit[t] / link->capacity / lp->peak);
    lp->column_upper[lp->columns] = DBL_MAX;
    lp->column_basis[lp->columns++] = AT_LOWER;
}

static void add_columns(const lead_topology *topology, program *lp) {
    int n = lead_topology_node_count(topology);
    CoinBigIndex at = 0;
    add_z(topology, lp, &at);
    for (int t = 0; t < n; t++)
        for (int e = 0; e < lead_topology_link_count(topology); e++)
            if (usable(lead_topology_link(topology, e), t))
                add_flow(topology, lp, &at, t, e);
    lp->start[lp->columns] = at;
    lp->row_basis = lp->column_basis + lp->columns;
}

static void set_rows(const mcf *self, program *lp) {
    int n = lead_topology_node_count(self->topology), m = lead_topology_link_count(self->topology);
    for (int t = 0; t < n; t++)
        for (int v = 0; v < n; v++)
            lp->row_lower[t * n + v] = lp->row_upper[t * n + v] = self->tm[v * n + t] / lp->unit[t];
    for (int e = 0; e < m; e++)
        lp->row_lower[n * n + e] = -DBL_MAX;
    for (int row = 0; row < lp->rows; row++)
        lp->row_basis[row] = BASIC;
}

/* Marks the links of one destination's tree basic and their nodes' rows not; splits[m] of the tree.
 */
static lead_status plant_tree(mcf *self, program *lp, int t, int *column) {
    const lead_topology *topology = self->topology;
    int n = lead_topology_node_count(topology);
    LEAD_TRY(lead_distances_to(topology, self->weights, t, self->distance));
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const lead_link *link = lead_topology_link(topology, e);
        self->splits[e] = 0;
        if (!usable(link, t))
            continue;
        unsigned char *row = &lp->row_basis[t * n + link->source];
        if (*row == BASIC && lead_on_shortest_path(topology, self->weights, self->distance, e)) {
            lp->column_basis[*column] = BASIC;
            *row = AT_LOWER;
            self->splits[e] = 1;
        }
        (*column)++;
    }
    return LEAD_OK;
}

static int most_loaded(const lead_topology *topology, const double *loads) {
    int most = 0;
    double highest = -1;
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        double utilisation = loads[e] / lead_topology_link(topology, e)->capacity;
        if (utilisation > highest) {
            highest = utilisation;
            most = e;
        }
    }
    return most;
}

static lead_status first_basis(mcf *self, program *lp) {
    int n = lead_topology_node_count(self->topology), column = 1;
    lead_routing *trees;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_routing_alloc(self->topology, &trees));
    for (int t = 0; t < n; t++) {
        LEAD_TRY_FREE(plant_tree(self, lp, t, &column));
        LEAD_TRY_FREE(lead_routing_set(trees, t, self->splits));
    }
    LEAD_TRY_FREE(lead_routing_loads(trees, self->tm, self->loads));
    if (lead_topology_link_count(self->topology) > 0) {
        lp->column_basis[0] = BASIC;
        lp->row_basis[n * n + most_loaded(self->topology, self->loads)] = AT_UPPER;
    }
fail:
    lead_routing_free(trees);
    return status;
}

static lead_status minimise_mlu(const mcf *self, Clp_Simplex *clp) {
    if (self->time_limit > 0)
        Clp_setMaximumSeconds(clp, self->time_limit);
    Clp_primal(clp, 0);
    int code = Clp_status(clp);
    if (code == 0)
        return LEAD_OK;
    if (code == 3)
        return lead_fail(LEAD_LATE, "mcf: the time limit of %g s was reached", self->time_limit);
    return lead_fail(code == 1 ? LEAD_INFEASIBLE : LEAD_NUMERIC, "mcf: Clp ended with status %d",
                     code);
}

/* Least total flow at the minimum z, which gets a hundred-millionth of room so that rounding does
 * not make this program infeasible (true: it did not). Every pivot's solution is feasible, so a
 * bound on the pivots (as many again, and 1000) only ends the shortening early. */
static bool shorten(const mcf *self, program *lp, Clp_Simplex *clp) {
    const lead_topology *topology = self->topology;
    int n = lead_topology_node_count(topology), column = 0;
    double largest = 0;
    for (int t = 0; t < n; t++)
        largest = fmax(largest, lp->unit[t]);
    lp->column_upper[0] = lp->first[0] * (1 + 1e-8);
    lp->objective[column++] = 0;
    for (int t = 0; t < n; t++)
        for (int e = 0; e < lead_topology_link_count(topology); e++)
            if (usable(lead_topology_link(topology, e), t))
                lp->objective[column++] = lp->unit[t] / largest;
    Clp_chgColumnUpper(clp, lp->column_upper);
    Clp_chgObjCoefficients(clp, lp->objective);
    Clp_setMaximumSeconds(clp, -1);
    Clp_setMaximumIterations(clp, Clp_numberIterations(clp) + 1000);
    Clp_primal(clp, 0);
    return Clp_status(clp) == 0 || Clp_status(clp) == 3;
}

static void load_program(program *lp, Clp_Simplex *clp) {
    Clp_setLogLevel(clp, 0);
    Clp_setPrimalTolerance(clp, 1e-9);
    Clp_loadProblem(clp, lp->columns, lp->rows, lp->start, lp->index, lp->value, NULL,
                    lp->column_upper, lp->objective, lp->row_lower, lp->row_upper);
    Clp_copyinStatus(clp, lp->column_basis);
}

static lead_status routing_of(mcf *self, const double *solution, lead_routing **out) {
    const lead_topology *topology = self->topology;
    int column = 1;
    lead_routing *routing;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_routing_alloc(topology, &routing));
    for (int t = 0; t < lead_topology_node_count(topology); t++) {
        for (int e = 0; e < lead_topology_link_count(topology); e++)
            self->flow[e] =
                usable(lead_topology_link(topology, e), t) ? fmax(0, solution[column++]) : 0;
        LEAD_TRY_FREE(lead_te_flow_to_splits(topology, self->weights, t, self->flow, self->splits));
        LEAD_TRY_FREE(lead_routing_set(routing, t, self->splits));
    }
    *out = routing;
    return LEAD_OK;
fail:
    lead_routing_free(routing);
    return status;
}

/* The plan that a solution means; optimal when its loads are those of least MLU. */
static lead_status take(mcf *self, const program *lp, const double *solution, lead_te_plan *plan) {
    lead_routing_free(plan->routing);
    plan->routing = NULL;
    LEAD_TRY(routing_of(self, solution, &plan->routing));
    LEAD_TRY(lead_routing_loads(plan->routing, self->tm, self->loads));
    plan->optimal = lead_mlu(self->topology, self->loads) <= lp->first[0] * lp->peak * (1 + 1e-6);
    return LEAD_OK;
}

/* The shortened solution; where rounding spoilt it, the one that it was to shorten. */
static lead_status optimise(mcf *self, program *lp, Clp_Simplex *clp, lead_te_plan *plan) {
    load_program(lp, clp);
    LEAD_TRY(minimise_mlu(self, clp));
    memcpy(lp->first, Clp_primalColumnSolution(clp), (size_t)lp->columns * sizeof *lp->first);
    plan->evaluations = Clp_numberIterations(clp);
    bool shorter = shorten(self, lp, clp);
    plan->evaluations += Clp_numberIterations(clp);
    if (shorter)
        LEAD_TRY(take(self, lp, Clp_primalColumnSolution(clp), plan));
    return plan->optimal ? LEAD_OK : take(self, lp, lp->first, plan);
}

static lead_status mcf_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    mcf *self = state;
    program lp = {0};
    Clp_Simplex *clp = Clp_newModel();
    lead_status status = LEAD_OK;
    lead_te_mean_tm(demand, lead_topology_node_count(self->topology), self->tm);
    LEAD_TRY_FREE(program_alloc(self->topology, &lp));
    LEAD_TRY_FREE(lead_link_weights(self->topology, LEAD_WEIGHTS_INVERSE_CAPACITY, self->weights));
    LEAD_TRY_FREE(set_units(self, &lp));
    add_columns(self->topology, &lp);
    set_rows(self, &lp);
    LEAD_TRY_FREE(first_basis(self, &lp));
    status = optimise(self, &lp, clp, plan);
fail:
    Clp_deleteModel(clp);
    program_free(&lp);
    return status;
}

static void mcf_free(void *state) {
    mcf *self = state;
    free(self->tm);
    free(self->weights);
    free(self->distance);
    free(self->splits);
    free(self->flow);
    free(self->loads);
}

static lead_status mcf_alloc(void *state, const lead_topology *topology,
                             const lead_te_options *options) {
    mcf *self = state;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    *self = (mcf){.topology = topology, .time_limit = options->time_limit};
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->tm));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->weights));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self->distance));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->splits));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->flow));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->loads));
    return LEAD_OK;
fail:
    mcf_free(self);
    return status;
}

const lead_te_type lead_te_mcf = {
    .name = "mcf",
    .summary = "minimum-MLU multicommodity flow (linear program), split ratios per destination",
    .needs_demand = true,
    .options = "time_limit",
    .size = sizeof(mcf),
    .alloc = mcf_alloc,
    .plan = mcf_plan,
    .free = mcf_free,
};
