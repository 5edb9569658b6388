/* Columns and rows of the program over paths (path_program.c has it as a whole). */
#include "te/paths/program/solver.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- columns and the rows that are there from the start --------------------------------------- */

void lead_path_number_columns(lead_path_solver *self) {
    const lead_path_program *in = self->in;
    bool risk = in->cvar_weight > 0,
         moves = in->in_force && (in->moved_cost > 0 || in->moved_limit > 0);
    self->moves = moves;
    self->paths = in->set->path_count;
    self->z = self->paths;
    self->columns = self->z + in->samples;
    self->a = risk ? self->columns : -1;
    self->u = risk ? self->columns + 1 : -1;
    self->columns += risk ? 1 + in->samples : 0;
    for (int p = 0; p < self->paths; p++)
        self->stay[p] = moves && in->in_force[p] > 0 ? self->columns++ : -1;
}

/* A path's part of the mean utilisation when it takes all of its pair. */
static double tidy_cost(const lead_path_solver *self, int p) {
    const lead_path_set *set = self->in->set;
    return LEAD_PATH_TIDINESS * self->mean[self->pair[p]] * (set->start[p + 1] - set->start[p]);
}

/* A pair without a path in force moves for nothing: what it took before is not known. */
static bool has_in_force(const lead_path_solver *self, int od) {
    const lead_path_set *set = self->in->set;
    return lead_sum(self->in->in_force + set->first[od],
                    (size_t)(set->first[od + 1] - set->first[od])) > 0;
}

double lead_path_cost(const lead_path_solver *self, int p, double share) {
    const lead_path_program *in = self->in;
    double cost = tidy_cost(self, p) * share;
    if (self->moves && has_in_force(self, self->pair[p]))
        cost += in->moved_cost * self->mean[self->pair[p]] * fmax(0, share - in->in_force[p]);
    return cost;
}

static void set_costs(const lead_path_solver *self, double *cost, double *upper) {
    const lead_path_program *in = self->in;
    for (int p = 0; p < self->paths; p++) {
        int of_pair = in->set->first[self->pair[p] + 1] - in->set->first[self->pair[p]];
        cost[p] = tidy_cost(self, p);
        upper[p] = in->split_cap > 0 ? fmax(in->split_cap, 1.0 / of_pair)
                   : self->survives  ? DBL_MAX /* less than 1 at the optimum anyway */
                                     : 1;
        if (self->stay[p] >= 0) {
            cost[self->stay[p]] = cost[p];
            upper[self->stay[p]] = fmin(in->in_force[p], upper[p]);
        }
        if (self->moves && has_in_force(self, self->pair[p]))
            cost[p] += in->moved_cost * self->mean[self->pair[p]];
    }
    for (int s = 0; s < in->samples; s++) {
        cost[self->z + s] = (1 - in->cvar_weight) * in->probability[s];
        if (self->u >= 0)
            cost[self->u + s] = in->cvar_weight * in->probability[s] / (1 - in->cvar_level);
    }
    if (self->a >= 0)
        cost[self->a] = in->cvar_weight;
}

lead_status lead_path_add_columns(lead_path_solver *self) {
    double *cost = NULL, *upper = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)self->columns, sizeof *cost, &cost));
    LEAD_TRY_FREE(lead_calloc((size_t)self->columns, sizeof *upper, &upper));
    for (int column = 0; column < self->columns; column++)
        upper[column] = DBL_MAX;
    set_costs(self, cost, upper);
    status = clpc_add_columns(&self->clp, self->columns, NULL, upper, cost, NULL, NULL, NULL);
fail:
    free(cost);
    free(upper);
    return status;
}

static lead_status begin_row(lead_path_solver *self, double lower, double upper) {
    return lead_clp_line(&self->rows, lower, upper, 0);
}

static lead_status put(lead_path_solver *self, int column, double value) {
    return lead_clp_entry(&self->rows, column, value);
}

/* The path's share, in one or two columns. */
static lead_status put_path(lead_path_solver *self, int p, double value) {
    LEAD_TRY(put(self, p, value));
    return self->stay[p] >= 0 ? put(self, self->stay[p], value) : LEAD_OK;
}

/* What is left of a pair's paths when a link of one of them fails. */
static lead_status add_survival_row(lead_path_solver *self, int od, int failure) {
    const lead_path_set *set = self->in->set;
    int left = 0;
    for (int p = set->first[od]; p < set->first[od + 1]; p++)
        left += !lead_path_fails(set, p, self->in->failures, failure);
    if (left == 0)
        return LEAD_OK;
    LEAD_TRY(begin_row(self, 1, DBL_MAX));
    for (int p = set->first[od]; p < set->first[od + 1]; p++)
        if (!lead_path_fails(set, p, self->in->failures, failure))
            LEAD_TRY(put(self, p, 1));
    self->survival[self->survival_rows++] = (lead_survival_row){od, failure};
    return LEAD_OK;
}

/* The rows of the failures that a link of the path is in, but for those that the pair has. */
static lead_status add_survival_rows_of(lead_path_solver *self, int p, int *met) {
    const lead_path_set *set = self->in->set;
    const lead_failures *failures = self->in->failures;
    for (int i = set->start[p]; i < set->start[p + 1]; i++) {
        const int link = set->links[i];
        for (int k = failures->first_of_link[link]; k < failures->first_of_link[link + 1]; k++) {
            const int failure = failures->of_link[k];
            if (met[failure] == self->pair[p] + 1)
                continue;
            met[failure] = self->pair[p] + 1;
            LEAD_TRY(add_survival_row(self, self->pair[p], failure));
        }
    }
    return LEAD_OK;
}

/* At most a row for every link of every path and failure of that. */
static size_t most_survival_rows(const lead_path_solver *self) {
    const lead_path_set *set = self->in->set;
    const int *first = self->in->failures->first_of_link;
    size_t most = 0;
    for (int i = 0; set->path_count > 0 && i < set->start[set->path_count]; i++)
        most += (size_t)(first[set->links[i] + 1] - first[set->links[i]]);
    return most;
}

static lead_status add_survival_rows(lead_path_solver *self) {
    int *met; /* [failures] the last pair, plus one, that has a row for it */
    if (!self->survives)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(most_survival_rows(self), sizeof *self->survival, &self->survival));
    LEAD_TRY(lead_calloc((size_t)self->in->failures->count, sizeof *met, &met));
    lead_status status = LEAD_OK;
    for (int p = 0; p < self->in->set->path_count && status == LEAD_OK; p++)
        status = add_survival_rows_of(self, p, met);
    free(met);
    return status;
}

static lead_status add_pair_rows(lead_path_solver *self) {
    const lead_path_set *set = self->in->set;
    for (int od = 0; od < set->pair_count; od++) {
        if (set->first[od + 1] == set->first[od])
            continue;
        LEAD_TRY(begin_row(self, 1, self->survives ? DBL_MAX : 1));
        for (int p = set->first[od]; p < set->first[od + 1]; p++)
            LEAD_TRY(put_path(self, p, 1));
    }
    return LEAD_OK;
}

static lead_status add_risk_rows(lead_path_solver *self) {
    for (int s = 0; self->u >= 0 && s < self->in->samples; s++) {
        LEAD_TRY(begin_row(self, -DBL_MAX, 0));
        LEAD_TRY(put(self, self->z + s, 1));
        LEAD_TRY(put(self, self->a, -1));
        LEAD_TRY(put(self, self->u + s, -1));
    }
    return LEAD_OK;
}

/* The bound on what moves, and the cap of paths that have two columns. */
static lead_status add_moved_rows(lead_path_solver *self) {
    const lead_path_program *in = self->in;
    for (int p = 0; p < self->paths && in->split_cap > 0; p++) {
        int of_pair = in->set->first[self->pair[p] + 1] - in->set->first[self->pair[p]];
        if (self->stay[p] < 0)
            continue;
        LEAD_TRY(begin_row(self, -DBL_MAX, fmax(in->split_cap, 1.0 / of_pair)));
        LEAD_TRY(put_path(self, p, 1));
    }
    if (!self->moves || in->moved_limit <= 0)
        return LEAD_OK;
    LEAD_TRY(begin_row(self, -DBL_MAX, in->moved_limit));
    for (int p = 0; p < self->paths; p++)
        if (has_in_force(self, self->pair[p]))
            LEAD_TRY(put(self, p, self->mean[self->pair[p]]));
    return LEAD_OK;
}

/* --- rows of links ---------------------------------------------------------------------------- */

lead_status lead_path_add_link_row(lead_path_solver *self, int s, int e) {
    const double *tm = self->in->tms + (size_t)s * (size_t)(self->n * self->n);
    double unit = lead_topology_link(self->in->topology, e)->capacity * self->peak;
    LEAD_TRY(begin_row(self, -DBL_MAX, 0));
    for (int i = self->first_of_link[e]; i < self->first_of_link[e + 1]; i++)
        if (tm[self->pair[self->of_link[i]]] > 0)
            LEAD_TRY(put_path(self, self->of_link[i], tm[self->pair[self->of_link[i]]] / unit));
    LEAD_TRY(put(self, self->z + s, -1));
    self->has[s * self->m + e] = 1;
    self->links[self->link_rows++] = (lead_link_row){s, e};
    return LEAD_OK;
}

/* The link whose row is violated most and not there yet; -1: none. */

lead_status lead_path_add_fixed_rows(lead_path_solver *self) {
    LEAD_TRY(add_pair_rows(self));
    LEAD_TRY(add_survival_rows(self));
    LEAD_TRY(add_risk_rows(self));
    return add_moved_rows(self);
}
