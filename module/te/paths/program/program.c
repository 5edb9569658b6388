/* Shares of paths for several TMs, by Clp's dual simplex and row generation.
 *
 *   min  (1 - w) sum_s p(s) z(s) + w (a + sum_s p(s) u(s) / (1 - level)) + moved_cost sum_p d m(p)
 *   sum of x over a pair's paths = 1
 *   sum_p d(s, p) x(p) / capacity_e <= z(s)     over paths p that use link e, for every e and TM s
 *   u(s) >= z(s) - a,  x(p) = stays(p) + m(p), stays(p) <= x in force(p),  sum_p d m(p) <=
 * moved_limit
 *
 * z(s) is the MLU of TM s; w and level are those of the conditional value at risk, in the form of
 * Rockafellar and Uryasev 2000; d(p) is the pair's part of the mean TM. Utilisations count in units
 * of the largest one that shortest paths give. Of the many rows of links only those are there that
 * were violated once. A hundred-thousandth of the cost goes to the mean utilisation, so that among
 * plans that are equal the one with short paths is taken.
 *
 * To survive failures (forward fault correction, Liu, Kandula, Mahajan, Zhang and Gelernter 2014) a
 * pair reserves so much that what is left of its paths after any one of the failures still adds up
 * to 1, if any is left: sum of x >= 1 over those. Traffic goes by shares (path_settle.c) that never
 * exceed x, renormalised over what a failure leaves, so no link ever carries more than is reserved
 * on it, and z(s) bounds the MLU after the failure too. */
#include "te/common/cvar.h"
#include "te/paths/program/settle.h"
#include "te/paths/program/smooth.h"
#include "te/paths/program/solver.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_ROUND = 4, ROUNDS = 200 };
static const double violation = 1e-7;

static void solver_free(lead_path_solver *self) {
    clpc_free(self->clp);
    free(self->mean);
    free(self->loads);
    free(self->has);
    free(self->pair);
    free(self->stay);
    lead_clp_lines_free(&self->rows);
    free(self->of_link);
    free(self->first_of_link);
    free(self->survival);
    free(self->links);
    free(self->cheapest);
}

/* --- what does not change from round to round ------------------------------------------------- */

static lead_status index_paths(lead_path_solver *self) {
    const lead_path_set *set = self->in->set;
    int total = set->path_count ? set->start[set->path_count] : 0;
    LEAD_TRY(lead_calloc((size_t)set->path_count, sizeof(int), &self->pair));
    LEAD_TRY(lead_calloc((size_t)total, sizeof(int), &self->of_link));
    LEAD_TRY(lead_calloc((size_t)self->m + 2, sizeof(int), &self->first_of_link));
    for (int od = 0; od < set->pair_count; od++)
        for (int p = set->first[od]; p < set->first[od + 1]; p++)
            self->pair[p] = od;
    for (int i = 0; i < total; i++)
        self->first_of_link[set->links[i] + 2]++;
    for (int e = 0; e < self->m; e++)
        self->first_of_link[e + 2] += self->first_of_link[e + 1];
    for (int p = 0; p < set->path_count; p++)
        for (int i = set->start[p]; i < set->start[p + 1]; i++)
            self->of_link[self->first_of_link[set->links[i] + 1]++] = p;
    return LEAD_OK;
}

static void mean_tm(lead_path_solver *self) {
    int pairs = self->n * self->n;
    double total = 0;
    for (int s = 0; s < self->in->samples; s++)
        for (int od = 0; od < pairs; od++)
            self->mean[od] += self->in->probability[s] * self->in->tms[s * pairs + od];
    for (int od = 0; od < pairs; od++)
        total += self->in->set->first[od + 1] > self->in->set->first[od] ? self->mean[od] : 0;
    for (int od = 0; od < pairs && total > 0; od++)
        self->mean[od] /= total;
}

double lead_path_load_links(lead_path_solver *self, int s, const double *share) {
    const lead_path_set *set = self->in->set;
    const double *tm = self->in->tms + (size_t)s * (size_t)(self->n * self->n);
    double largest = 0;
    memset(self->loads, 0, (size_t)self->m * sizeof(double));
    for (int p = 0; p < set->path_count; p++) {
        double traffic = tm[self->pair[p]] * share[p];
        for (int i = set->start[p]; traffic > 0 && i < set->start[p + 1]; i++)
            self->loads[set->links[i]] += traffic;
    }
    for (int e = 0; e < self->m; e++) {
        self->loads[e] /= lead_topology_link(self->in->topology, e)->capacity * self->peak;
        largest = fmax(largest, self->loads[e]);
    }
    return largest;
}

static double largest_load(lead_path_solver *self, const double *share) {
    double largest = 0;
    for (int s = 0; s < self->in->samples; s++)
        largest = fmax(largest, lead_path_load_links(self, s, share));
    return largest;
}

/* Every pair on its first path. */
static void take_shortest(const lead_path_set *set, double *share) {
    memset(share, 0, (size_t)set->path_count * sizeof *share);
    for (int od = 0; od < set->pair_count; od++)
        if (set->first[od + 1] > set->first[od])
            share[set->first[od]] = 1;
}

static int most_violated(const lead_path_solver *self, int s, double z) {
    int most = -1;
    double largest = z + violation * fmax(1, z);
    for (int e = 0; e < self->m; e++)
        if (!self->has[s * self->m + e] && self->loads[e] > largest) {
            largest = self->loads[e];
            most = e;
        }
    return most;
}

/* Adds the rows that the shares violate most, some for every TM; whether there are any. */
static lead_status add_violated(lead_path_solver *self, const double *share, const double *z,
                                bool *any) {
    *any = false;
    for (int s = 0; s < self->bound; s++) {
        lead_path_load_links(self, s, share);
        for (int i = 0; i < ROWS_PER_ROUND; i++) {
            int e = most_violated(self, s, z ? z[s] : 0);
            if (e < 0)
                break;
            LEAD_TRY(lead_path_add_link_row(self, s, e));
            *any = true;
        }
    }
    return lead_clp_add_rows(&self->rows, &self->clp);
}

/* --- the rounds ------------------------------------------------------------------------------- */

/* Rounding and an early end leave shares that are a little off: none negative, sums 1. */
static void tidy(const lead_path_set *set, double *share) {
    for (int od = 0; od < set->pair_count; od++) {
        double sum = 0;
        for (int p = set->first[od]; p < set->first[od + 1]; p++) {
            share[p] = share[p] > 1e-9 ? share[p] : 0;
            sum += share[p];
        }
        for (int p = set->first[od]; p < set->first[od + 1] && sum > 0; p++)
            share[p] /= sum;
        if (sum <= 0 && set->first[od + 1] > set->first[od])
            share[set->first[od]] = 1;
    }
}

/* From what is reserved to what is sent. */
static lead_status settle(const lead_path_solver *self, double *share) {
    const lead_path_set *set = self->in->set;
    double *reserve;
    LEAD_TRY(lead_calloc((size_t)set->path_count, sizeof *reserve, &reserve));
    for (int p = 0; p < set->path_count; p++)
        reserve[p] = share[p] > 1e-9 ? share[p] : 0;
    lead_status status = lead_path_settle(self->in->topology, set, self->mean, reserve, share);
    free(reserve);
    return status;
}

/* (1 - w) mean + w CVaR of the MLUs that the shares have. */
static lead_status find_cost(lead_path_solver *self, const double *share, double *cost) {
    const lead_path_program *in = self->in;
    double *mlus = NULL;
    int *order = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)in->samples, sizeof *mlus, &mlus));
    LEAD_TRY_FREE(lead_calloc((size_t)in->samples, sizeof *order, &order));
    for (int s = 0; s < in->samples; s++)
        mlus[s] = lead_path_load_links(self, s, share) * self->peak;
    *cost = lead_te_functional(mlus, in->probability, in->samples, in->cvar_weight, in->cvar_level,
                               order);
fail:
    free(mlus);
    free(order);
    return status;
}

/* --- when the time is up ---------------------------------------------------------------------- */

/* A round ends with shares that are good for the rows that there were, and may be bad for others:
 * of all rounds' the cheapest for all TMs are kept. Tidies them. */
static lead_status keep_cheapest(lead_path_solver *self, double *share) {
    double cost;
    if (!self->cheapest)
        return LEAD_OK;
    tidy(self->in->set, share);
    LEAD_TRY(find_cost(self, share, &cost));
    cost /= self->peak;
    for (int p = 0; p < self->paths; p++)
        cost += lead_path_cost(self, p, share[p]);
    if (cost >= self->least)
        return LEAD_OK;
    self->least = cost;
    memcpy(self->cheapest, share, (size_t)self->paths * sizeof *share);
    return LEAD_OK;
}

/* What is there before the first round: shortest paths, and what is in force. */
static lead_status keep_what_is_there(lead_path_solver *self, const double *shortest) {
    const lead_path_program *in = self->in;
    const size_t size = (size_t)self->paths * sizeof(double);
    double *share;
    if (in->time_limit <= 0 || self->survives || in->moved_limit > 0 || in->split_cap > 0)
        return LEAD_OK;
    self->least = INFINITY;
    LEAD_TRY(lead_calloc((size_t)self->paths, sizeof(double), &self->cheapest));
    LEAD_TRY(lead_calloc((size_t)self->paths, sizeof(double), &share));
    memcpy(share, shortest, size);
    lead_status status = keep_cheapest(self, share);
    if (in->in_force && status == LEAD_OK) {
        memcpy(share, in->in_force, size);
        status = keep_cheapest(self, share);
    }
    free(share);
    return status;
}

/* `from_basis`: there is one that is likely to keep to all rows: the primal simplex goes on from
 * it. */
static lead_status solve_rounds(lead_path_solver *self, bool from_basis, lead_path_answer *answer) {
    const lead_path_program *in = self->in;
    for (int round = 0; round < ROUNDS; round++) {
        double left = in->time_limit > 0 ? fmax(1e-3, self->deadline - lead_clock_seconds()) : -1;
        clpc_end end;
        LEAD_TRY(clpc_solve(&self->clp, from_basis && round == 0 ? CLPC_PRIMAL : CLPC_DUAL, left,
                            &answer->iterations, &end));
        if (end == CLPC_INFEASIBLE)
            return lead_fail(LEAD_INFEASIBLE,
                             "no shares of paths keep to moved_limit %g and split_cap %g",
                             in->moved_limit, in->split_cap);
        const double *solution = Clp_primalColumnSolution(self->clp);
        for (int p = 0; p < self->paths; p++)
            answer->share[p] = solution[p] + (self->stay[p] >= 0 ? solution[self->stay[p]] : 0);
        LEAD_TRY(keep_cheapest(self, answer->share));
        if (end != CLPC_OPTIMAL || (in->time_limit > 0 && lead_clock_seconds() > self->deadline))
            break;
        bool any;
        LEAD_TRY(add_violated(self, answer->share, solution + self->z, &any));
        while (!any && self->bound < in->samples) {
            self->bound = self->bound * 2 < in->samples ? self->bound * 2 : in->samples;
            LEAD_TRY(add_violated(self, answer->share, solution + self->z, &any));
        }
        answer->optimal = !any;
        if (!any)
            break;
    }
    if (!answer->optimal && self->cheapest)
        memcpy(answer->share, self->cheapest, (size_t)self->paths * sizeof(double));
    if (answer->optimal && in->smooth && !self->survives && in->moved_limit <= 0)
        LEAD_TRY(lead_path_smooth(self, answer));
    answer->reserved = largest_load(self, answer->share) * self->peak;
    if (self->survives && answer->optimal)
        return settle(self, answer->share);
    tidy(in->set, answer->share);
    return LEAD_OK;
}

static lead_status solver_alloc(lead_path_solver *self) {
    size_t n = (size_t)self->n, m = (size_t)self->m;
    LEAD_TRY(lead_calloc((size_t)self->in->set->path_count, sizeof(int), &self->stay));
    lead_path_number_columns(self);
    LEAD_TRY(lead_calloc(n * n, sizeof(double), &self->mean));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->loads));
    LEAD_TRY(lead_calloc((size_t)self->in->samples * m, 1, &self->has));
    LEAD_TRY(lead_calloc((size_t)self->in->samples * m, sizeof *self->links, &self->links));
    LEAD_TRY(clpc_alloc(&self->clp));
    return index_paths(self);
}

lead_status lead_path_program_solve(const lead_path_program *program, lead_path_answer *answer) {
    lead_path_solver self = {.in = program,
                             .n = lead_topology_node_count(program->topology),
                             .m = lead_topology_link_count(program->topology),
                             .peak = 1,
                             .bound = 1,
                             .survives = program->failures && program->failures->count > 0,
                             .deadline = lead_clock_seconds() + program->time_limit};
    lead_status status = LEAD_OK;
    answer->optimal = answer->smooth = false;
    answer->iterations = 0;
    LEAD_TRY_FREE(solver_alloc(&self));
    mean_tm(&self);
    take_shortest(program->set, answer->share);
    double peak = largest_load(&self, answer->share);
    self.peak = peak > 0 ? peak : 1;
    LEAD_TRY_FREE(lead_path_add_columns(&self));
    bool any;
    LEAD_TRY_FREE(lead_path_add_fixed_rows(&self));
    LEAD_TRY_FREE(keep_what_is_there(&self, answer->share));
    const lead_path_basis *basis = answer->basis ? *answer->basis : NULL;
    const bool goes_on = basis && lead_path_basis_fits(&self, basis);
    if (goes_on) {
        LEAD_TRY_FREE(lead_path_take_basis(&self, basis));
    } else {
        LEAD_TRY_FREE(add_violated(&self, answer->share, NULL, &any));
        LEAD_TRY_FREE(lead_path_first_basis(&self));
    }
    LEAD_TRY_FREE(solve_rounds(&self, goes_on, answer));
    LEAD_TRY_FREE(find_cost(&self, answer->share, &answer->cost));
    if (answer->basis && answer->optimal)
        LEAD_TRY_FREE(lead_path_save_basis(&self, answer->basis));
    if (answer->prices && answer->optimal)
        LEAD_TRY_FREE(lead_path_read_prices(&self, answer->prices));
fail:
    solver_free(&self);
    return status;
}
