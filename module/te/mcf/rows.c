/* The restricted program as Clp sees it: columns and rows are added in batches, rows as links come
 * to bind, and the simplex goes on from the last basis. */
#include "te/common/clp_lines.h"
#include "te/mcf/program.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- columns --------------------------------------------------------------------------------- */

/* A column has no limit of its own; this one keeps a program bounded that lacks flow rows. */
static const double far = 1e4;

static lead_status enter_column(const lead_mcf_program *self, const lead_mcf_column *column,
                                lead_clp_lines *columns) {
    double more = 0;
    const int *flow_row = self->flow_row + (size_t)column->destination * (size_t)self->graph->m;
    for (int k = column->first; k < column->end; k++)
        more += self->by[k];
    LEAD_TRY(lead_clp_line(columns, 0, far, self->costs.load * more / self->volume));
    for (int k = column->first; k < column->end; k++) {
        int e = self->change[k], flow = flow_row[e];
        double use = self->by[k] / self->graph->capacity[e] / self->peak;
        if (self->mlu_row[e] >= 0)
            LEAD_TRY(lead_clp_entry(columns, self->mlu_row[e], use));
        if (self->phi_row[e] >= 0)
            LEAD_TRY(lead_clp_entry(columns, self->phi_row[e], use));
        if (flow >= 0)
            LEAD_TRY(lead_clp_entry(columns, flow, -self->by[k] / self->row_scale[flow]));
    }
    return LEAD_OK;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Which row an entry of a column goes to among the rows from `before` on. */
typedef enum row_kind { MLU_ROW, PHI_ROW, FLOW_ROW } row_kind;

static int row_of(const lead_mcf_program *self, row_kind kind, int t, int e) {
    if (kind == FLOW_ROW)
        return self->flow_row[(size_t)t * (size_t)self->graph->m + (size_t)e];
    return kind == MLU_ROW ? self->mlu_row[e] : self->phi_row[e];
}

/* The entries of new rows, row by row: row i has those from start[i] to start[i + 1]. */
typedef struct row_entries {
    int *start, *column;
    double *value;
} row_entries;

static void row_entries_free(row_entries *rows) {
    free(rows->start);
    free(rows->column);
    free(rows->value);
}

/* Where the row of each change begins: counted, then summed up. `extra` entries come first. */
static lead_status count_entries(const lead_mcf_program *self, row_kind kind, int first, int count,
                                 int extra, row_entries *rows) {
    LEAD_TRY(lead_calloc((size_t)count + 2, sizeof(int), &rows->start));
    for (int i = 0; i < self->columns - self->noted; i++)
        for (int k = self->column[i].first; k < self->column[i].end; k++) {
            int row = row_of(self, kind, self->column[i].destination, self->change[k]);
            if (row >= first)
                rows->start[row - first + 2]++;
        }
    for (int i = 2; i <= count + 1; i++)
        rows->start[i] += rows->start[i - 1] + extra;
    LEAD_TRY(lead_calloc((size_t)rows->start[count + 1], sizeof(int), &rows->column));
    return lead_calloc((size_t)rows->start[count + 1], sizeof(double), &rows->value);
}

/* Fills them; start[i + 1] is where row i is filled up to, and in the end where it ends. */
static void fill_entries(const lead_mcf_program *self, row_kind kind, int first, int count,
                         int extra, row_entries *rows) {
    for (int i = 0; i < count && extra; i++)
        rows->value[rows->start[i + 1]++] = -1; /* of z, Clp's column 0 */
    for (int i = 0; i < self->columns - self->noted; i++)
        for (int k = self->column[i].first; k < self->column[i].end; k++) {
            int e = self->change[k], row = row_of(self, kind, self->column[i].destination, e);
            if (row < first)
                continue;
            int at = rows->start[row - first + 1]++;
            rows->column[at] = self->place[i];
            rows->value[at] = kind == FLOW_ROW
                                  ? -self->by[k] / self->row_scale[row]
                                  : self->by[k] / self->graph->capacity[e] / self->peak;
        }
}

static lead_status hand_over(lead_mcf_program *self, const row_entries *rows, int count,
                             const double *limit) {
    lead_clp_lines lines = {0};
    lead_status status = LEAD_OK;
    for (int i = 0; i < count; i++) {
        LEAD_TRY_FREE(lead_clp_line(&lines, -DBL_MAX, limit[i], 0));
        for (int k = rows->start[i]; k < rows->start[i + 1]; k++)
            LEAD_TRY_FREE(lead_clp_entry(&lines, rows->column[k], rows->value[k]));
    }
    status = lead_clp_add_rows(&lines, &self->clp);
fail:
    lead_clp_lines_free(&lines);
    return status;
}

/* Puts the columns' entries into the rows of one kind that are new (from `first` to `end`), whose
 * limits are set. */
static lead_status add_rows(lead_mcf_program *self, row_kind kind, int first, int end,
                            const double *limit) {
    int count = end - first, extra = kind == MLU_ROW;
    row_entries rows = {0};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(count_entries(self, kind, first, count, extra, &rows));
    fill_entries(self, kind, first, count, extra, &rows);
    status = hand_over(self, &rows, count, limit);
fail:
    row_entries_free(&rows);
    return status;
}

/* The links that are loaded beyond z (those beyond the middle of it and the worst: the others may
 * not need a row any more then). */
static lead_status add_mlu_rows(lead_mcf_program *self, double z, double *limit, int *added) {
    const lead_csr_graph *graph = self->graph;
    int first = Clp_numberRows(self->clp), row = first;
    double mlu = z * self->peak, worst = 0, phi;
    for (int e = 0; e < graph->m; e++)
        if (graph->capacity[e] > 0 && self->mlu_row[e] < 0)
            worst = fmax(worst, self->load[e] / graph->capacity[e]);
    if (worst <= mlu * (1 + 1e-9))
        return LEAD_OK;
    for (int e = 0; e < graph->m; e++) {
        if (graph->capacity[e] <= 0 || self->mlu_row[e] >= 0 ||
            self->load[e] / graph->capacity[e] < (mlu + worst) / 2)
            continue;
        lead_mcf_program_row_limits(self, e, &limit[row - first], &phi);
        self->mlu_row[e] = row++;
    }
    *added += row - first;
    return add_rows(self, MLU_ROW, first, row, limit);
}

/* The columns y of Phi's segments for the links whose phi row is new. */
static lead_status add_segments(lead_mcf_program *self, int first) {
    lead_clp_lines columns = {0};
    lead_status status = LEAD_OK;
    for (int e = 0; e < self->graph->m; e++) {
        double scale = self->graph->capacity[e] * self->peak / self->volume, width;
        for (int k = 0; k < LEAD_MCF_SEGMENTS && self->phi_row[e] >= first; k++) {
            width = k + 1 == LEAD_MCF_SEGMENTS
                        ? DBL_MAX
                        : (lead_mcf_segment_from(k + 1) - lead_mcf_segment_from(k)) / self->peak;
            LEAD_TRY_FREE(lead_clp_line(&columns, 0, width, lead_mcf_segment_slope(k) * scale));
            LEAD_TRY_FREE(lead_clp_entry(&columns, self->phi_row[e], -1));
        }
    }
    status = lead_clp_add_columns(&columns, &self->clp);
fail:
    lead_clp_lines_free(&columns);
    return status;
}

static lead_status add_phi_rows(lead_mcf_program *self, double *limit, int *added) {
    const lead_csr_graph *graph = self->graph;
    int first = Clp_numberRows(self->clp), row = first;
    double mlu;
    for (int e = 0; e < graph->m; e++) {
        if (graph->capacity[e] <= 0 || self->phi_row[e] >= 0 ||
            self->load[e] <= lead_mcf_segment_from(0) * graph->capacity[e] * (1 + 1e-9))
            continue;
        lead_mcf_program_row_limits(self, e, &mlu, &limit[row - first]);
        self->phi_row[e] = row++;
    }
    *added += row - first;
    if (row == first)
        return LEAD_OK;
    LEAD_TRY(add_rows(self, PHI_ROW, first, row, limit));
    return add_segments(self, first);
}

/* What a flow row counts in: all demand for the destination, as far as the link can take it. */
static double flow_scale(const lead_mcf_program *self, int t, int e) {
    double most = self->graph->capacity[e] * self->peak;
    return self->total[t] > 0 ? fmin(most, self->total[t]) : most;
}

static lead_status number_flow_row(lead_mcf_program *self, int t, int e, int row, double *limit) {
    size_t at = (size_t)t * (size_t)self->graph->m + (size_t)e;
    double scale = flow_scale(self, t, e);
    LEAD_TRY(lead_mcf_make_room(&self->row_scale, &self->row_scale_room, row + 1, sizeof(double)));
    self->row_scale[row] = scale;
    self->flow_row[at] = row;
    *limit = self->base_flow[at] / scale;
    return LEAD_OK;
}

/* Flow rows on their way into Clp. */
typedef struct flow_rows {
    int first, end, room;
    double *limit;
} flow_rows;

static lead_status want_flow_row(lead_mcf_program *self, int t, int e, flow_rows *rows) {
    int count = rows->end - rows->first;
    LEAD_TRY(lead_mcf_make_room(&rows->limit, &rows->room, count + 1, sizeof *rows->limit));
    LEAD_TRY(number_flow_row(self, t, e, rows->end, &rows->limit[count]));
    rows->end++;
    return LEAD_OK;
}

static lead_status add_flow_rows(lead_mcf_program *self, int *added) {
    int m = self->graph->m, first = Clp_numberRows(self->clp);
    flow_rows rows = {.first = first, .end = first};
    lead_status status = LEAD_OK;
    for (int t = 0; t < self->graph->n; t++)
        for (int e = 0; e < m && self->newest[t] >= 0; e++) {
            size_t at = (size_t)t * (size_t)m + (size_t)e;
            if (self->flow[at] < 0 && self->flow_row[at] < 0 &&
                self->flow[at] < -1e-9 * flow_scale(self, t, e))
                LEAD_TRY_FREE(want_flow_row(self, t, e, &rows));
        }
    *added += rows.end - first;
    if (rows.end > first)
        status = add_rows(self, FLOW_ROW, first, rows.end, rows.limit);
fail:
    free(rows.limit);
    return status;
}

/* --- columns --------------------------------------------------------------------------------- */

/* Rows for the links that a new column would empty first: without them it would go too far. */
static lead_status bound_columns(lead_mcf_program *self) {
    int first = Clp_numberRows(self->clp);
    flow_rows rows = {.first = first, .end = first};
    lead_status status = LEAD_OK;
    for (int i = self->columns - self->noted; i < self->columns; i++) {
        const lead_mcf_column *column = &self->column[i];
        for (int k = column->first; k < column->end; k++) {
            size_t at =
                (size_t)column->destination * (size_t)self->graph->m + (size_t)self->change[k];
            if (self->flow_row[at] < 0 && self->flow[at] <= -self->by[k] * (1 + 1e-9))
                LEAD_TRY_FREE(want_flow_row(self, column->destination, self->change[k], &rows));
        }
    }
    if (rows.end > first)
        status = add_rows(self, FLOW_ROW, first, rows.end, rows.limit);
fail:
    free(rows.limit);
    return status;
}

lead_status lead_mcf_program_add_columns(lead_mcf_program *self) {
    lead_clp_lines columns = {0};
    lead_status status = LEAD_OK;
    int first = self->columns - self->noted, at = Clp_numberColumns(self->clp);
    LEAD_TRY(bound_columns(self));
    LEAD_TRY(lead_mcf_make_room(&self->place, &self->place_room, self->columns, sizeof(int)));
    for (int i = first; i < self->columns; i++) {
        LEAD_TRY_FREE(enter_column(self, &self->column[i], &columns));
        self->place[i] = at + i - first;
    }
    LEAD_TRY_FREE(lead_clp_add_columns(&columns, &self->clp));
    self->columns_are_new = self->noted > 0 && self->is_solved;
    self->noted = 0;
fail:
    lead_clp_lines_free(&columns);
    return status;
}

/* Rows for what the solution breaks and the program does not know yet. */
static lead_status add_broken(lead_mcf_program *self, double z, int *added) {
    double *limit;
    lead_status status = LEAD_OK;
    *added = 0;
    LEAD_TRY(add_flow_rows(self, added));
    LEAD_TRY(lead_calloc((size_t)self->graph->m, sizeof *limit, &limit));
    if (self->costs.mlu > 0)
        LEAD_TRY_FREE(add_mlu_rows(self, z, limit, added));
    if (self->costs.phi)
        LEAD_TRY_FREE(add_phi_rows(self, limit, added));
fail:
    free(limit);
    return status;
}

/* --- solutions ------------------------------------------------------------------------------- */

static void read_flow(lead_mcf_program *self, const double *x) {
    size_t m = (size_t)self->graph->m, all = (size_t)self->graph->n * m;
    memcpy(self->flow, self->base_flow, all * sizeof(double));
    memcpy(self->load, self->base_load, m * sizeof(double));
    for (int i = 0; i < self->columns; i++) {
        lead_mcf_column *column = &self->column[i];
        double *flow = self->flow + (size_t)column->destination * m;
        column->amount = x[self->place[i]];
        for (int k = column->first; k < column->end && column->amount != 0; k++) {
            flow[self->change[k]] += column->amount * self->by[k];
            self->load[self->change[k]] += column->amount * self->by[k];
        }
    }
    self->mlu = 0;
    for (int e = 0; e < self->graph->m; e++)
        if (self->graph->capacity[e] > 0)
            self->mlu = fmax(self->mlu, self->load[e] / self->graph->capacity[e]);
}

static void read_prices(lead_mcf_program *self) {
    const double *dual = Clp_dualRowSolution(self->clp);
    size_t m = (size_t)self->graph->m;
    for (size_t e = 0; e < m; e++) {
        self->mlu_price[e] = self->mlu_row[e] >= 0 ? fmax(0, -dual[self->mlu_row[e]]) : 0;
        self->phi_price[e] = self->phi_row[e] >= 0 ? fmax(0, -dual[self->phi_row[e]]) : 0;
    }
    self->objective = Clp_objectiveValue(self->clp) +
                      self->costs.load * lead_sum(self->base_load, m) / self->volume;
}

static lead_status run_clp(lead_mcf_program *self, double deadline) {
    double left = deadline > 0 ? deadline - lead_clock_seconds() : -1;
    if (deadline > 0 && left <= 0)
        return lead_fail(LEAD_LATE, "mcf: the time limit was reached");
    clpc_end end;
    LEAD_TRY(clpc_solve(&self->clp, self->columns_are_new ? CLPC_PRIMAL : CLPC_DUAL, left,
                        &self->pivots, &end));
    if (end == CLPC_TIME_IS_UP)
        return lead_fail(LEAD_LATE, "mcf: the time limit was reached");
    return end == CLPC_OPTIMAL ? LEAD_OK
                               : lead_fail(LEAD_NUMERIC, "mcf: rounding keeps Clp from an optimum");
}

lead_status lead_mcf_program_solve(lead_mcf_program *self, double deadline) {
    for (int added = 1; added > 0;) {
        LEAD_TRY(run_clp(self, deadline));
        double z = Clp_primalColumnSolution(self->clp)[0];
        read_flow(self, Clp_primalColumnSolution(self->clp));
        read_prices(self);
        LEAD_TRY(add_broken(self, z, &added));
        self->columns_are_new = false;
        self->is_solved = true;
    }
    return LEAD_OK;
}
