/* Where the program over paths begins and where it ended: bases and dual prices. */
#include "te/paths/program/solver.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BASIC = 1, AT_UPPER = 2, AT_LOWER = 3, FIXED = 5 }; /* Clp's */

/* The pair's column that begins as basic: what it has most of in force, or its first path. */
static int main_column(const lead_path_solver *self, int od) {
    const lead_path_set *set = self->in->set;
    int most = -1;
    for (int p = set->first[od]; p < set->first[od + 1]; p++)
        if (self->stay[p] >= 0 && (most < 0 || self->in->in_force[p] > self->in->in_force[most]))
            most = p;
    return most >= 0 ? self->stay[most] : set->first[od];
}

/* All stay, or take their first paths: few pivots from feasible duals. */
lead_status lead_path_first_basis(lead_path_solver *self) {
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
            status[self->columns + row++] = self->survives ? AT_LOWER : FIXED;
        }
    lead_status end = clpc_take_basis(&self->clp, status);
    free(status);
    return end;
}

/* --- going on from an earlier program --------------------------------------------------------- */

void lead_path_basis_free(lead_path_basis *basis) {
    if (!basis)
        return;
    free(basis->first);
    free(basis->survival);
    free(basis->links);
    free(basis->status);
    free(basis);
}

static lead_status copy_of(const void *from, size_t size, void *to) {
    LEAD_TRY(lead_calloc(size, 1, to));
    if (size > 0)
        memcpy(*(void **)to, from, size);
    return LEAD_OK;
}

lead_status lead_path_save_basis(const lead_path_solver *self, lead_path_basis **out) {
    const lead_path_set *set = self->in->set;
    const size_t size = (size_t)(self->columns + Clp_numberRows(self->clp));
    lead_path_basis *basis;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *basis, &basis));
    basis->pair_count = set->pair_count;
    basis->samples = self->in->samples;
    basis->survival_rows = self->survival_rows;
    basis->link_rows = self->link_rows;
    LEAD_TRY_FREE(copy_of(set->first, (size_t)(set->pair_count + 1) * sizeof(int), &basis->first));
    LEAD_TRY_FREE(copy_of(self->survival, (size_t)self->survival_rows * sizeof(lead_survival_row),
                          &basis->survival));
    LEAD_TRY_FREE(
        copy_of(self->links, (size_t)self->link_rows * sizeof(lead_link_row), &basis->links));
    LEAD_TRY_FREE(copy_of(Clp_statusArray(self->clp), size, &basis->status));
    lead_path_basis_free(*out);
    *out = basis;
    return LEAD_OK;
fail:
    lead_path_basis_free(basis);
    return status;
}

bool lead_path_basis_fits(const lead_path_solver *self, const lead_path_basis *basis) {
    return self->columns == self->paths + self->in->samples &&
           basis->pair_count == self->in->set->pair_count && basis->samples == self->in->samples;
}

static lead_status add_links_of(lead_path_solver *self, const lead_path_basis *basis) {
    for (int i = 0; i < basis->link_rows; i++)
        LEAD_TRY(lead_path_add_link_row(self, basis->links[i].tm, basis->links[i].link));
    return lead_clp_add_rows(&self->rows, &self->clp);
}

static unsigned char *take_paths(const lead_path_solver *self, const lead_path_basis *basis,
                                 unsigned char *next) {
    const lead_path_set *set = self->in->set;
    const unsigned char *old = basis->status;
    for (int od = 0; od < set->pair_count; od++) {
        const int paths = set->first[od + 1] - set->first[od],
                  known = basis->first[od + 1] - basis->first[od];
        memcpy(next, old, (size_t)known);
        memset(next + known, AT_LOWER, (size_t)(paths - known));
        next += paths;
        old += known;
    }
    return next;
}

/* old[i] is the status of the basis's survival row i. Both lists are pair by pair. */
static unsigned char *take_survival(const lead_path_solver *self, const lead_path_basis *basis,
                                    const unsigned char *old, unsigned char *next) {
    for (int i = 0, k = 0; i < self->survival_rows; i++) {
        const lead_survival_row *row = &self->survival[i];
        while (k < basis->survival_rows && basis->survival[k].od < row->od)
            k++;
        *next = BASIC;
        for (int j = k; j < basis->survival_rows && basis->survival[j].od == row->od; j++)
            if (basis->survival[j].failure == row->failure)
                *next = old[j];
        next++;
    }
    return next;
}

lead_status lead_path_take_basis(lead_path_solver *self, const lead_path_basis *basis) {
    const int paths = basis->first[basis->pair_count];
    const unsigned char *tms = basis->status + paths;
    unsigned char *status, *next;
    int pairs = 0;
    for (int od = 0; od < basis->pair_count; od++)
        pairs += basis->first[od + 1] > basis->first[od];
    const unsigned char *survival = tms + basis->samples + pairs,
                        *links = survival + basis->survival_rows;
    LEAD_TRY(add_links_of(self, basis));
    LEAD_TRY(lead_calloc((size_t)(self->columns + Clp_numberRows(self->clp)), 1, &status));
    next = take_paths(self, basis, status);
    memcpy(next, tms, (size_t)(basis->samples + pairs));
    next = take_survival(self, basis, survival, next + basis->samples + pairs);
    memcpy(next, links, (size_t)basis->link_rows);
    lead_status end = clpc_take_basis(&self->clp, status);
    free(status);
    return end;
}

/* --- prices ----------------------------------------------------------------------------------- */

void lead_path_prices_free(lead_path_prices *prices) {
    free(prices->link);
    free(prices->pair);
    free(prices->length);
    free(prices->survival_of);
    free(prices->survival);
    *prices = (lead_path_prices){0};
}

static lead_status alloc_prices(const lead_path_solver *self, lead_path_prices *prices) {
    size_t pairs = (size_t)self->in->set->pair_count;
    LEAD_TRY(lead_calloc((size_t)self->m, sizeof(double), &prices->link));
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &prices->pair));
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &prices->length));
    LEAD_TRY(lead_calloc(pairs + 1, sizeof(int), &prices->survival_of));
    return lead_calloc((size_t)self->survival_rows, sizeof *prices->survival, &prices->survival);
}

/* From the duals of the rows: pairs, then their failures, then links (of one TM, without a bound on
 * what moves or a price of risk). */
lead_status lead_path_read_prices(const lead_path_solver *self, lead_path_prices *prices) {
    const lead_path_set *set = self->in->set;
    const double *dual = Clp_dualRowSolution(self->clp);
    int row = 0;
    LEAD_TRY(alloc_prices(self, prices));
    for (int od = 0; od < set->pair_count; od++) {
        prices->length[od] = LEAD_PATH_TIDINESS * self->mean[od];
        if (set->first[od + 1] > set->first[od])
            prices->pair[od] = dual[row++];
    }
    for (int i = 0; i < self->survival_rows; i++) {
        const lead_survival_row *it = &self->survival[i];
        const double price = fmax(0, dual[row++]);
        prices->pair[it->od] += price;
        prices->survival[i] = (struct lead_survival_price){it->failure, price};
        prices->survival_of[it->od + 1] = i + 1;
    }
    for (int od = 0; od < set->pair_count; od++) /* pairs without rows */
        if (prices->survival_of[od + 1] < prices->survival_of[od])
            prices->survival_of[od + 1] = prices->survival_of[od];
    for (int i = 0; i < self->link_rows; i++) {
        const int e = self->links[i].link;
        const double unit = lead_topology_link(self->in->topology, e)->capacity * self->peak;
        prices->link[e] += fmax(0, -dual[row++]) / unit;
    }
    return LEAD_OK;
}
