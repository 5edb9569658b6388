/* Two-segment routing by Clp and column generation.
 *
 *   min z + tidiness (mean links)    sum_k x(i, j, k) = 1,
 *                                    sum d(i, j) (part(i, k, e) + part(k, j, e)) x / capacity_e <=
 * z
 *
 * A column (i, j, k) is worth adding when its price, at the links' dual values, is below its
 * pair's; the prices of all segments come from one pass over every destination's ECMP graph. */
#include "te/sr/program.h"
#include "base/array.h"
#include "te/common/clp_lines.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_PER_ROUND = 4000, ROUNDS = 500 };
static const double tidiness = 1e-5, worth = 1e-6;

typedef struct way {
    int od, by;
} way;

typedef struct offer {
    double gain;
    way way;
} offer;

typedef struct solver {
    const lead_segments *segments;
    const double *tm;
    Clp_Simplex *clp;
    double peak, total; /* MLU that z = 1 means; all traffic */
    int *row_of;        /* [n*n] row of the pair, -1 without traffic */
    way *columns;
    int column_count, column_room;
    double *price, *cost; /* [m], [n*n] */
    double *entry;        /* [m] of a column */
    lead_clp_lines lines;
    offer *offers; /* [n*n] */
    double deadline;
} solver;

void lead_sr_ways_free(lead_sr_ways *ways) {
    free(ways->first);
    free(ways->ways);
    *ways = (lead_sr_ways){0};
}

static void solver_free(solver *self) {
    clpc_free(self->clp);
    free(self->row_of);
    free(self->columns);
    free(self->price);
    free(self->cost);
    free(self->entry);
    lead_clp_lines_free(&self->lines);
    free(self->offers);
}

static void add_segment(solver *self, int from, int to) {
    const lead_segments *in = self->segments;
    int od = from * in->n + to;
    for (int i = in->first[od]; i < in->first[od + 1]; i++)
        self->entry[in->link[i]] += in->part[i];
}

/* The column of a pair by way of a node, into the lines. */
static lead_status add_column(solver *self, way added) {
    const lead_segments *in = self->segments;
    int source = added.od / in->n, destination = added.od % in->n;
    double traffic = self->tm[added.od], length = 0;
    LEAD_TRY(lead_grow(&self->columns, sizeof added, self->column_count, 1, &self->column_room));
    self->columns[self->column_count++] = added;
    memset(self->entry, 0, (size_t)in->m * sizeof(double));
    add_segment(self, source, added.by);
    if (added.by != destination)
        add_segment(self, added.by, destination);
    for (int e = 0; e < in->m; e++)
        length += self->entry[e];
    LEAD_TRY(lead_clp_line(&self->lines, 0, DBL_MAX, tidiness * traffic / self->total * length));
    for (int e = 0; e < in->m; e++)
        if (self->entry[e] > 0)
            LEAD_TRY(
                lead_clp_entry(&self->lines, e,
                               traffic * self->entry[e] /
                                   (lead_topology_link(in->topology, e)->capacity * self->peak)));
    return lead_clp_entry(&self->lines, self->row_of[added.od], 1);
}

/* Rows of links, then of pairs with traffic; column 0 is z. */
static lead_status set_up(solver *self) {
    const lead_segments *in = self->segments;
    int rows = in->m;
    for (int e = 0; e < in->m; e++)
        LEAD_TRY(lead_clp_line(&self->lines, -DBL_MAX, 0, 0));
    for (int od = 0; od < in->n * in->n; od++) {
        self->row_of[od] = in->there[od] && self->tm[od] > 0 ? rows++ : -1;
        if (self->row_of[od] >= 0)
            LEAD_TRY(lead_clp_line(&self->lines, 1, 1, 0));
    }
    LEAD_TRY(lead_clp_add_rows(&self->lines, &self->clp));
    LEAD_TRY(lead_clp_line(&self->lines, 0, DBL_MAX, 1));
    for (int e = 0; e < in->m; e++)
        LEAD_TRY(lead_clp_entry(&self->lines, e, -1));
    for (int od = 0; od < in->n * in->n; od++)
        if (self->row_of[od] >= 0)
            LEAD_TRY(add_column(self, (way){od, od % in->n}));
    return lead_clp_add_columns(&self->lines, &self->clp);
}

/* All pairs by ECMP, z their MLU: feasible. */
static lead_status first_basis(solver *self, int most_loaded) {
    enum { BASIC = 1, AT_UPPER = 2, FIXED = 5 };
    unsigned char *status;
    int columns = Clp_numberColumns(self->clp), rows = Clp_numberRows(self->clp);
    LEAD_TRY(lead_calloc((size_t)(columns + rows), 1, &status));
    memset(status, BASIC, (size_t)(columns + rows));
    for (int row = self->segments->m; row < rows; row++)
        status[columns + row] = FIXED;
    status[columns + most_loaded] = AT_UPPER;
    lead_status end = clpc_take_basis(&self->clp, status);
    free(status);
    return end;
}

static int larger_gain_first(const void *a, const void *b) {
    const offer *x = a, *y = b;
    if (x->gain != y->gain)
        return x->gain < y->gain ? 1 : -1;
    return x->way.od - y->way.od;
}

/* The best way of every pair whose price is below what it pays now; their number. */
static int find_offers(solver *self) {
    const lead_segments *in = self->segments;
    const double *dual = Clp_getRowPrice(self->clp);
    int n = in->n, count = 0;
    for (int e = 0; e < in->m; e++)
        self->price[e] =
            tidiness / self->total +
            fmax(0, -dual[e]) / (lead_topology_link(in->topology, e)->capacity * self->peak);
    lead_segments_prices(in, self->price, self->cost);
    for (int od = 0; od < n * n; od++) {
        if (self->row_of[od] < 0)
            continue;
        int source = od / n, destination = od % n, best = -1;
        double least = dual[self->row_of[od]] / self->tm[od];
        for (int k = 0; k < n; k++) {
            double price = self->cost[source * n + k] + self->cost[k * n + destination];
            if (k != source && k != destination && price < least) {
                least = price;
                best = k;
            }
        }
        double gain = dual[self->row_of[od]] - least * self->tm[od];
        if (best >= 0 && gain > worth)
            self->offers[count++] = (offer){gain, {od, best}};
    }
    qsort(self->offers, (size_t)count, sizeof *self->offers, larger_gain_first);
    return count;
}

/* *done: no column is worth adding any more. */
static lead_status solve_rounds(solver *self, bool limited, long *iterations) {
    for (int round = 0; round < ROUNDS; round++) {
        double left = limited ? fmax(1e-3, self->deadline - lead_clock_seconds()) : -1;
        clpc_end end;
        LEAD_TRY(clpc_solve(&self->clp, CLPC_PRIMAL, left, iterations, &end));
        if (end != CLPC_OPTIMAL || (limited && lead_clock_seconds() > self->deadline))
            return LEAD_OK;
        int count = find_offers(self);
        if (count == 0)
            return LEAD_OK;
        for (int i = 0; i < count && i < COLUMNS_PER_ROUND; i++)
            LEAD_TRY(add_column(self, self->offers[i].way));
        LEAD_TRY(lead_clp_add_columns(&self->lines, &self->clp));
    }
    return LEAD_OK;
}

static int by_pair(const void *a, const void *b) {
    const offer *x = a, *y = b;
    return x->way.od != y->way.od ? x->way.od - y->way.od : x->way.by - y->way.by;
}

/* From the columns' values to ways, pair by pair; a pair that lost all to rounding goes directly.
 */
static lead_status take(solver *self, lead_sr_ways *ways) {
    const double *solution = Clp_primalColumnSolution(self->clp) + 1;
    int pairs = self->segments->n * self->segments->n, at = 0, next = 0;
    offer *sorted; /* gain: the share */
    LEAD_TRY(lead_calloc((size_t)self->column_count, sizeof *sorted, &sorted));
    for (int i = 0; i < self->column_count; i++)
        sorted[i] = (offer){solution[i], self->columns[i]};
    qsort(sorted, (size_t)self->column_count, sizeof *sorted, by_pair);
    for (int od = 0; od < pairs; od++) {
        double sum = 0;
        ways->first[od] = at;
        for (; next < self->column_count && sorted[next].way.od == od; next++)
            if (sorted[next].gain > 1e-9) {
                ways->ways[at++] = (lead_waypoint){sorted[next].way.by, sorted[next].gain};
                sum += sorted[next].gain;
            }
        for (int i = ways->first[od]; i < at; i++)
            ways->ways[i].share /= sum;
    }
    ways->first[pairs] = at;
    free(sorted);
    return LEAD_OK;
}

static lead_status solver_alloc(solver *self) {
    size_t n = (size_t)self->segments->n, m = (size_t)self->segments->m;
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &self->row_of));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->price));
    LEAD_TRY(lead_calloc(n * n, sizeof(double), &self->cost));
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->entry));
    LEAD_TRY(lead_calloc(n * n, sizeof *self->offers, &self->offers));
    return clpc_alloc(&self->clp);
}

/* peak, total, and the link that ECMP loads most. */
static int measure_ecmp(solver *self, double *loads) {
    const lead_segments *in = self->segments;
    int most = 0;
    for (int od = 0; od < in->n * in->n; od++) {
        if (!in->there[od])
            continue;
        self->total += self->tm[od];
        for (int i = in->first[od]; i < in->first[od + 1]; i++)
            loads[in->link[i]] += self->tm[od] * in->part[i];
    }
    for (int e = 0; e < in->m; e++) {
        double utilisation = loads[e] / lead_topology_link(in->topology, e)->capacity;
        if (utilisation > self->peak) {
            self->peak = utilisation;
            most = e;
        }
    }
    return most;
}

lead_status lead_sr_solve(const lead_segments *segments, const double *tm, double time_limit,
                          lead_sr_ways *ways) {
    solver self = {.segments = segments, .tm = tm, .deadline = lead_clock_seconds() + time_limit};
    size_t pairs = (size_t)segments->n * (size_t)segments->n;
    double *loads = NULL;
    lead_status status = LEAD_OK;
    *ways = (lead_sr_ways){0};
    LEAD_TRY_FREE(solver_alloc(&self));
    LEAD_TRY_FREE(lead_calloc((size_t)segments->m, sizeof *loads, &loads));
    LEAD_TRY_FREE(lead_calloc(pairs + 1, sizeof(int), &ways->first));
    int most = measure_ecmp(&self, loads);
    if (self.total <= 0)
        goto fail; /* nobody needs a way */
    LEAD_TRY_FREE(set_up(&self));
    LEAD_TRY_FREE(first_basis(&self, most));
    LEAD_TRY_FREE(solve_rounds(&self, time_limit > 0, &ways->evaluations));
    LEAD_TRY_FREE(lead_calloc((size_t)self.column_count, sizeof *ways->ways, &ways->ways));
    LEAD_TRY_FREE(take(&self, ways));
fail:
    solver_free(&self);
    free(loads);
    if (status != LEAD_OK)
        lead_sr_ways_free(ways);
    return status;
}
