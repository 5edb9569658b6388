/* The restricted program's columns and right-hand sides.
 *
 *   min  cost.load * sum_e load(e) / volume + cost.mlu * z + sum_{e,k} slope(k) * y(e, k)
 *   load(e) / (capacity(e) * peak) <= z                                 rows "mlu"
 *   load(e) / (capacity(e) * peak) - sum_k y(e, k) <= 1/3 / peak        rows "phi"
 *   flow(t, e) >= 0                                                     rows "flow"
 *   flow(t, e) = base_flow(t, e) + sum of columns for t, load = sum_t flow
 *
 * The unknowns are changes to a routing at hand (the base), each a path for a destination that
 * takes over from another, so flow is conserved without a row. Near the optimum few links bind:
 * on REPETITA's rf1239 (315 nodes, 1944 links) some 70 of them, where the program with a row per
 * node and destination has 100,000 rows. (Primal partitioning: Farvolden, Powell and Lustig 1993.)
 * A new TM changes right-hand sides only, so that the last basis stays dual feasible. Clp's
 * tolerances are absolute, and demands as well as capacities may span ten orders of magnitude: so
 * rows count in utilisations, `peak` being about the largest, and a column in what it may shift
 * when it is made, but no more than a link it changes takes at that utilisation. */
#include "te/mcf/program.h"
#include "te/common/flow_to_splits.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void lead_mcf_program_free(lead_mcf_program *self) {
    if (!self)
        return;
    clpc_free(self->clp);
    lead_routing_free(self->base);
    free(self->base_flow);
    free(self->base_load);
    free(self->total);
    free(self->passing);
    free(self->column);
    free(self->change);
    free(self->by);
    free(self->newest);
    free(self->flow_row);
    free(self->row_scale);
    free(self->mlu_row);
    free(self->phi_row);
    free(self->place);
    free(self->flow);
    free(self->load);
    free(self->mlu_price);
    free(self->phi_price);
    free(self);
}

static lead_status alloc_none(size_t count, int **list) {
    LEAD_TRY(lead_calloc(count, sizeof **list, list));
    for (size_t i = 0; i < count; i++)
        (*list)[i] = -1;
    return LEAD_OK;
}

static lead_status alloc_arrays(lead_mcf_program *self) {
    size_t n = (size_t)self->graph->n, m = (size_t)self->graph->m;
    LEAD_TRY(alloc_none(n, &self->newest));
    LEAD_TRY(alloc_none(n * m, &self->flow_row));
    LEAD_TRY(alloc_none(m, &self->mlu_row));
    LEAD_TRY(alloc_none(m, &self->phi_row));
    LEAD_TRY(lead_calloc(n * m, sizeof(double), &self->base_flow));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->base_load));
    LEAD_TRY(lead_calloc(n, sizeof(double), &self->total));
    LEAD_TRY(lead_calloc(n, sizeof(double), &self->passing));
    LEAD_TRY(lead_calloc(n * m, sizeof(double), &self->flow));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->load));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->mlu_price));
    return lead_calloc(m, sizeof(double), &self->phi_price);
}

static lead_status start_clp(lead_mcf_program *self) {
    double lower = self->costs.least_mlu / self->peak, upper = DBL_MAX;
    LEAD_TRY(clpc_alloc(&self->clp));
    Clp_scaling(self->clp, 0); /* the units are scaled already */
    Clp_setDualTolerance(self->clp, 1e-10);
    return clpc_add_columns(&self->clp, 1, &lower, &upper, &self->costs.mlu, NULL, NULL, NULL);
}

lead_status lead_mcf_program_alloc(const lead_topology *topology, const lead_csr_graph *graph,
                                   const lead_mcf_costs *costs, double peak, double volume,
                                   lead_routing *base, lead_mcf_program **out) {
    lead_mcf_program *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(1, sizeof *self, &self));
    *self = (lead_mcf_program){.topology = topology,
                               .graph = graph,
                               .costs = *costs,
                               .peak = peak,
                               .volume = volume,
                               .base = base};
    base = NULL;
    LEAD_TRY_FREE(alloc_arrays(self));
    LEAD_TRY_FREE(start_clp(self));
    *out = self;
    return LEAD_OK;
fail:
    lead_routing_free(base);
    lead_mcf_program_free(self);
    return status;
}

/* --- columns --------------------------------------------------------------------------------- */

lead_status lead_mcf_make_room(void *list, int *room, int needed, size_t size) {
    void **old = list, *larger;
    if (needed <= *room)
        return LEAD_OK;
    int wanted = 2 * needed + 64;
    LEAD_TRY(lead_calloc((size_t)wanted, size, &larger));
    if (*old)
        memcpy(larger, *old, (size_t)*room * size);
    free(*old);
    *old = larger;
    *room = wanted;
    return LEAD_OK;
}

lead_status lead_mcf_program_note(lead_mcf_program *self, int t) {
    LEAD_TRY(lead_mcf_make_room(&self->column, &self->column_room, self->columns + 1,
                                sizeof *self->column));
    self->column[self->columns] = (lead_mcf_column){
        .destination = t, .first = self->changes, .end = self->changes, .earlier = self->newest[t]};
    self->newest[t] = self->columns++;
    self->noted++;
    return LEAD_OK;
}

lead_status lead_mcf_program_note_change(lead_mcf_program *self, int link, double by) {
    int needed = self->changes + 1;
    LEAD_TRY(lead_mcf_make_room(&self->change, &self->change_room, needed, sizeof *self->change));
    LEAD_TRY(lead_mcf_make_room(&self->by, &self->by_room, needed, sizeof *self->by));
    self->change[self->changes] = link;
    self->by[self->changes++] = by;
    self->column[self->columns - 1].end = self->changes;
    return LEAD_OK;
}

/* --- traffic --------------------------------------------------------------------------------- */

static void flow_of_base(lead_mcf_program *self, int t) {
    int n = self->graph->n, m = self->graph->m;
    const double *splits = lead_routing_splits(self->base, t);
    const int *order = lead_routing_order(self->base, t);
    double *flow = self->base_flow + (size_t)t * (size_t)m;
    self->total[t] = 0;
    for (int v = 0; v < n; v++) {
        self->passing[v] = self->tm[(size_t)v * (size_t)n + (size_t)t];
        self->total[t] += self->passing[v];
    }
    if (self->total[t] <= 0)
        return;
    for (int i = 0; i < n; i++) {
        int degree;
        const int *out = lead_topology_links_out(self->topology, order[i], &degree);
        for (int k = 0; k < degree && order[i] != t; k++) {
            if (splits[out[k]] <= 0)
                continue;
            flow[out[k]] = splits[out[k]] * self->passing[order[i]];
            self->passing[self->graph->to[out[k]]] += flow[out[k]];
            self->base_load[out[k]] += flow[out[k]];
        }
    }
}

void lead_mcf_program_row_limits(const lead_mcf_program *self, int e, double *mlu, double *phi) {
    double base = self->base_load[e] / self->graph->capacity[e];
    *mlu = -base / self->peak;
    *phi = (lead_mcf_segment_from(0) - base) / self->peak;
}

static void set_row_limits(lead_mcf_program *self, double *upper) {
    double mlu, phi;
    for (int e = 0; e < self->graph->m; e++) {
        if (self->mlu_row[e] < 0 && self->phi_row[e] < 0)
            continue;
        lead_mcf_program_row_limits(self, e, &mlu, &phi);
        if (self->mlu_row[e] >= 0)
            upper[self->mlu_row[e]] = mlu;
        if (self->phi_row[e] >= 0)
            upper[self->phi_row[e]] = phi;
    }
    for (size_t i = 0; i < (size_t)self->graph->n * (size_t)self->graph->m; i++)
        if (self->flow_row[i] >= 0)
            upper[self->flow_row[i]] = self->base_flow[i] / self->row_scale[self->flow_row[i]];
}

lead_status lead_mcf_program_set_tm(lead_mcf_program *self, const double *tm) {
    int rows = Clp_numberRows(self->clp);
    double *upper = NULL;
    self->tm = tm;
    self->columns_are_new = false;
    memset(self->base_flow, 0,
           (size_t)self->graph->n * (size_t)self->graph->m * sizeof *self->base_flow);
    memset(self->base_load, 0, (size_t)self->graph->m * sizeof *self->base_load);
    for (int t = 0; t < self->graph->n; t++)
        flow_of_base(self, t);
    if (rows == 0)
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)rows, sizeof(double), &upper));
    set_row_limits(self, upper);
    Clp_chgRowUpper(self->clp, upper);
    free(upper);
    return LEAD_OK;
}

void lead_mcf_program_set_least_mlu(lead_mcf_program *self, double least_mlu) {
    self->costs.least_mlu = least_mlu;
    Clp_columnLower(self->clp)[0] = least_mlu / self->peak;
}

void lead_mcf_program_set_mlu_cost(lead_mcf_program *self, double cost) {
    self->costs.mlu = cost;
    Clp_objective(self->clp)[0] = cost;
}

/* --- solution -------------------------------------------------------------------------------- */

static bool differs(const lead_mcf_program *self, int t) {
    for (int i = self->newest[t]; i >= 0; i = self->column[i].earlier)
        if (self->column[i].amount > 0)
            return true;
    return false;
}

lead_status lead_mcf_program_routing(const lead_mcf_program *self, lead_routing **out) {
    size_t m = (size_t)self->graph->m;
    double *flow = NULL, *splits = NULL, *weights = NULL;
    lead_routing *routing = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_routing_copy(self->base, &routing));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &flow));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &splits));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &weights));
    LEAD_TRY_FREE(lead_link_weights(self->topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    for (int t = 0; t < self->graph->n; t++) {
        if (!differs(self, t) || self->total[t] <= 0)
            continue;
        for (size_t e = 0; e < m; e++)
            flow[e] = fmax(0, self->flow[(size_t)t * m + e]);
        LEAD_TRY_FREE(lead_te_flow_to_splits(self->topology, weights, t, flow, splits));
        LEAD_TRY_FREE(lead_routing_set(routing, t, splits));
    }
    *out = routing;
    routing = NULL;
fail:
    lead_routing_free(routing);
    free(flow);
    free(splits);
    free(weights);
    return status;
}
