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
 * pair reserves so much that what is left of its paths after the failure of any one link still adds
 * up to 1, if any is left: sum of x >= 1 over those. Traffic goes by x over the pair's sum, before
 * as after a failure, so no link ever carries more than is reserved on it, and z(s) bounds the MLU
 * after the failure too. */
#include "te/path_program.h"
#include "te/clp_lines.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_ROUND = 4, ROUNDS = 200 };
static const double tidiness = 1e-5, violation = 1e-7;

typedef struct solver {
    const lead_path_program *in;
    Clp_Simplex *clp;
    int n, m, paths, columns;
    int z, a, u;         /* first column of each; -1: not there */
    bool moves;          /* what moves has a price or a bound: the first columns are m(p) */
    int *stay;           /* [path_count] column of stays(p), -1: not there */
    double peak;         /* MLU that z = 1 means */
    double *mean;        /* [n*n] over the samples, in parts of its total */
    double *loads;       /* [m] utilisation over peak of one TM */
    unsigned char *has;  /* [samples][m] the row is there */
    int *pair;           /* [path_count] */
    lead_clp_lines rows; /* that wait to be added */
    int *of_link, *first_of_link; /* the paths that use a link */
    double deadline;
} solver;

static void solver_free(solver *self) {
    Clp_deleteModel(self->clp);
    free(self->mean);
    free(self->loads);
    free(self->has);
    free(self->pair);
    free(self->stay);
    lead_clp_lines_free(&self->rows);
    free(self->of_link);
    free(self->first_of_link);
}

/* --- what does not change from round to round ------------------------------------------------- */

static lead_status index_paths(solver *self) {
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

static void mean_tm(solver *self) {
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

/* Utilisations of TM s, over peak, and the largest of them. */
static double load_links(solver *self, int s, const double *share) {
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

/* Every pair on its first path. */
static void take_shortest(const lead_path_set *set, double *share) {
    memset(share, 0, (size_t)set->path_count * sizeof *share);
    for (int od = 0; od < set->pair_count; od++)
        if (set->first[od + 1] > set->first[od])
            share[set->first[od]] = 1;
}

/* --- columns and the rows that are there from the start --------------------------------------- */

static void number_columns(solver *self) {
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
static double tidy_cost(const solver *self, int p) {
    const lead_path_set *set = self->in->set;
    return tidiness * self->mean[self->pair[p]] * (set->start[p + 1] - set->start[p]);
}

/* A pair without a path in force moves for nothing: what it took before is not known. */
static bool has_in_force(const solver *self, int od) {
    const lead_path_set *set = self->in->set;
    return lead_sum(self->in->in_force + set->first[od],
                    (size_t)(set->first[od + 1] - set->first[od])) > 0;
}

static void set_costs(const solver *self, double *cost, double *upper) {
    const lead_path_program *in = self->in;
    for (int p = 0; p < self->paths; p++) {
        int of_pair = in->set->first[self->pair[p] + 1] - in->set->first[self->pair[p]];
        cost[p] = tidy_cost(self, p);
        upper[p] = in->split_cap > 0 ? fmax(in->split_cap, 1.0 / of_pair) : 1;
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

static lead_status add_columns(solver *self) {
    double *cost = NULL, *upper = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)self->columns, sizeof *cost, &cost));
    LEAD_TRY_FREE(lead_calloc((size_t)self->columns, sizeof *upper, &upper));
    for (int column = 0; column < self->columns; column++)
        upper[column] = DBL_MAX;
    set_costs(self, cost, upper);
    Clp_addColumns(self->clp, self->columns, NULL, upper, cost, NULL, NULL, NULL);
fail:
    free(cost);
    free(upper);
    return status;
}

static lead_status begin_row(solver *self, double lower, double upper) {
    return lead_clp_line(&self->rows, lower, upper, 0);
}

static lead_status put(solver *self, int column, double value) {
    return lead_clp_entry(&self->rows, column, value);
}

/* The path's share, in one or two columns. */
static lead_status put_path(solver *self, int p, double value) {
    LEAD_TRY(put(self, p, value));
    return self->stay[p] >= 0 ? put(self, self->stay[p], value) : LEAD_OK;
}

/* The link's opposite direction: between parallel links the one that has as many before it. */
static bool is_same_cable(const lead_topology *topology, int a, int b) {
    const lead_link *x = lead_topology_link(topology, a), *y = lead_topology_link(topology, b);
    int rank = 0, degree;
    if (a == b)
        return true;
    if (x->source != y->destination || x->destination != y->source)
        return false;
    const int *links = lead_topology_links_out(topology, x->source, &degree);
    for (int i = 0; i < degree && links[i] < a; i++)
        rank += lead_topology_link(topology, links[i])->destination == x->destination;
    links = lead_topology_links_out(topology, y->source, &degree);
    for (int i = 0; i < degree && links[i] < b; i++)
        rank -= lead_topology_link(topology, links[i])->destination == y->destination;
    return rank == 0;
}

static bool survives(const solver *self, int path, int failed) {
    const lead_path_set *set = self->in->set;
    for (int i = set->start[path]; i < set->start[path + 1]; i++)
        if (is_same_cable(self->in->topology, set->links[i], failed))
            return false;
    return true;
}

/* What is left of a pair's paths when a link of one of them fails. */
static lead_status add_survival_row(solver *self, int od, int failed) {
    const lead_path_set *set = self->in->set;
    int left = 0;
    for (int p = set->first[od]; p < set->first[od + 1]; p++)
        left += survives(self, p, failed);
    if (left == 0)
        return LEAD_OK;
    LEAD_TRY(begin_row(self, 1, DBL_MAX));
    for (int p = set->first[od]; p < set->first[od + 1]; p++)
        if (survives(self, p, failed))
            LEAD_TRY(put(self, p, 1));
    return LEAD_OK;
}

/* Whether a path of the pair before p uses the link's cable. */
static bool is_met_before(const solver *self, int od, int p, int link) {
    for (int q = self->in->set->first[od]; q < p; q++)
        if (!survives(self, q, link))
            return true;
    return false;
}

static lead_status add_survival_rows(solver *self) {
    const lead_path_set *set = self->in->set;
    for (int p = 0; p < set->path_count && self->in->survive; p++)
        for (int i = set->start[p]; i < set->start[p + 1]; i++)
            if (!is_met_before(self, self->pair[p], p, set->links[i]))
                LEAD_TRY(add_survival_row(self, self->pair[p], set->links[i]));
    return LEAD_OK;
}

static lead_status add_pair_rows(solver *self) {
    const lead_path_set *set = self->in->set;
    for (int od = 0; od < set->pair_count; od++) {
        if (set->first[od + 1] == set->first[od])
            continue;
        LEAD_TRY(begin_row(self, 1, self->in->survive ? DBL_MAX : 1));
        for (int p = set->first[od]; p < set->first[od + 1]; p++)
            LEAD_TRY(put_path(self, p, 1));
    }
    return LEAD_OK;
}

static lead_status add_risk_rows(solver *self) {
    for (int s = 0; self->u >= 0 && s < self->in->samples; s++) {
        LEAD_TRY(begin_row(self, -DBL_MAX, 0));
        LEAD_TRY(put(self, self->z + s, 1));
        LEAD_TRY(put(self, self->a, -1));
        LEAD_TRY(put(self, self->u + s, -1));
    }
    return LEAD_OK;
}

/* The bound on what moves, and the cap of paths that have two columns. */
static lead_status add_moved_rows(solver *self) {
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

static lead_status add_link_row(solver *self, int s, int e) {
    const double *tm = self->in->tms + (size_t)s * (size_t)(self->n * self->n);
    double unit = lead_topology_link(self->in->topology, e)->capacity * self->peak;
    LEAD_TRY(begin_row(self, -DBL_MAX, 0));
    for (int i = self->first_of_link[e]; i < self->first_of_link[e + 1]; i++)
        if (tm[self->pair[self->of_link[i]]] > 0)
            LEAD_TRY(put_path(self, self->of_link[i], tm[self->pair[self->of_link[i]]] / unit));
    LEAD_TRY(put(self, self->z + s, -1));
    self->has[s * self->m + e] = 1;
    return LEAD_OK;
}

/* The link whose row is violated most and not there yet; -1: none. */
static int most_violated(const solver *self, int s, double z) {
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
static lead_status add_violated(solver *self, const double *share, const double *z, bool *any) {
    *any = false;
    for (int s = 0; s < self->in->samples; s++) {
        load_links(self, s, share);
        for (int i = 0; i < ROWS_PER_ROUND; i++) {
            int e = most_violated(self, s, z ? z[s] : 0);
            if (e < 0)
                break;
            LEAD_TRY(add_link_row(self, s, e));
            *any = true;
        }
    }
    lead_clp_add_rows(&self->rows, self->clp);
    return LEAD_OK;
}

/* The pair's column that begins as basic: what it has most of in force, or its first path. */
static int main_column(const solver *self, int od) {
    const lead_path_set *set = self->in->set;
    int most = -1;
    for (int p = set->first[od]; p < set->first[od + 1]; p++)
        if (self->stay[p] >= 0 && (most < 0 || self->in->in_force[p] > self->in->in_force[most]))
            most = p;
    return most >= 0 ? self->stay[most] : set->first[od];
}

/* All stay, or take their first paths: few pivots from feasible duals. */
static lead_status first_basis(solver *self) {
    enum { BASIC = 1, AT_UPPER = 2, AT_LOWER = 3, FIXED = 5 };
    unsigned char *status;
    const lead_path_set *set = self->in->set;
    int rows = Clp_numberRows(self->clp), row = 0;
    LEAD_TRY(lead_calloc((size_t)(self->columns + rows), 1, &status));
    memset(status, AT_LOWER, (size_t)self->columns);
    memset(status + self->columns, BASIC, (size_t)rows);
    for (int p = 0; p < self->paths; p++)
        if (self->stay[p] >= 0)
            status[self->stay[p]] = AT_UPPER;
    for (int od = 0; od < set->pair_count; od++)
        if (set->first[od + 1] > set->first[od]) {
            status[main_column(self, od)] = BASIC;
            status[self->columns + row++] = self->in->survive ? AT_LOWER : FIXED;
        }
    Clp_copyinStatus(self->clp, status);
    free(status);
    return LEAD_OK;
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

static lead_status solve_rounds(solver *self, lead_path_answer *answer) {
    const lead_path_program *in = self->in;
    for (int round = 0; round < ROUNDS; round++) {
        if (in->time_limit > 0)
            Clp_setMaximumSeconds(self->clp, fmax(1e-3, self->deadline - lead_clock_seconds()));
        Clp_dual(self->clp, 0);
        answer->iterations += Clp_numberIterations(self->clp);
        int status = Clp_status(self->clp);
        if (status == 1)
            return lead_fail(LEAD_INFEASIBLE,
                             "no shares of paths keep to moved_limit %g and split_cap %g",
                             in->moved_limit, in->split_cap);
        const double *solution = Clp_primalColumnSolution(self->clp);
        for (int p = 0; p < self->paths; p++)
            answer->share[p] = solution[p] + (self->stay[p] >= 0 ? solution[self->stay[p]] : 0);
        if (status != 0 || (in->time_limit > 0 && lead_clock_seconds() > self->deadline))
            break;
        bool any;
        LEAD_TRY(add_violated(self, answer->share, solution + self->z, &any));
        answer->optimal = !any;
        if (!any)
            break;
    }
    tidy(in->set, answer->share);
    return LEAD_OK;
}

typedef struct outcome {
    double mlu, probability;
} outcome;

static int larger_first(const void *a, const void *b) {
    double x = ((const outcome *)a)->mlu, y = ((const outcome *)b)->mlu;
    return (x < y) - (x > y);
}

/* (1 - w) mean + w CVaR of the MLUs that the shares have. */
static lead_status find_cost(solver *self, lead_path_answer *answer) {
    const lead_path_program *in = self->in;
    outcome *all;
    LEAD_TRY(lead_calloc((size_t)in->samples, sizeof *all, &all));
    double mean = 0, tail = 0, left = 1 - in->cvar_level;
    for (int s = 0; s < in->samples; s++) {
        all[s] = (outcome){load_links(self, s, answer->share) * self->peak, in->probability[s]};
        mean += all[s].mlu * all[s].probability;
    }
    qsort(all, (size_t)in->samples, sizeof *all, larger_first);
    for (int s = 0; s < in->samples && left > 0; s++) {
        double part = fmin(left, all[s].probability);
        tail += part * all[s].mlu;
        left -= part;
    }
    answer->cost = (1 - in->cvar_weight) * mean + in->cvar_weight * tail / (1 - in->cvar_level);
    free(all);
    return LEAD_OK;
}

static lead_status solver_alloc(solver *self) {
    size_t n = (size_t)self->n, m = (size_t)self->m;
    LEAD_TRY(lead_calloc((size_t)self->in->set->path_count, sizeof(int), &self->stay));
    number_columns(self);
    LEAD_TRY(lead_calloc(n * n, sizeof(double), &self->mean));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->loads));
    LEAD_TRY(lead_calloc((size_t)self->in->samples * m, 1, &self->has));
    self->clp = Clp_newModel();
    Clp_setLogLevel(self->clp, 0);
    Clp_setPrimalTolerance(self->clp, 1e-9);
    return index_paths(self);
}

static double largest_load(solver *self, const double *share) {
    double largest = 0;
    for (int s = 0; s < self->in->samples; s++)
        largest = fmax(largest, load_links(self, s, share));
    return largest;
}

lead_status lead_path_program_solve(const lead_path_program *program, lead_path_answer *answer) {
    solver self = {.in = program,
                   .n = lead_topology_node_count(program->topology),
                   .m = lead_topology_link_count(program->topology),
                   .peak = 1,
                   .deadline = lead_clock_seconds() + program->time_limit};
    lead_status status = LEAD_OK;
    answer->optimal = false;
    answer->iterations = 0;
    LEAD_TRY_FREE(solver_alloc(&self));
    mean_tm(&self);
    take_shortest(program->set, answer->share);
    double peak = largest_load(&self, answer->share);
    self.peak = peak > 0 ? peak : 1;
    LEAD_TRY_FREE(add_columns(&self));
    bool any;
    LEAD_TRY_FREE(add_pair_rows(&self));
    LEAD_TRY_FREE(add_survival_rows(&self));
    LEAD_TRY_FREE(add_risk_rows(&self));
    LEAD_TRY_FREE(add_moved_rows(&self));
    LEAD_TRY_FREE(add_violated(&self, answer->share, NULL, &any));
    LEAD_TRY_FREE(first_basis(&self));
    LEAD_TRY_FREE(solve_rounds(&self, answer));
    LEAD_TRY_FREE(find_cost(&self, answer));
fail:
    solver_free(&self);
    return status;
}
