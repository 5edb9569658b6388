/* Tomogravity (Zhang, Roughan, Duffield, Greenberg 2003): the TM nearest to gravity, in least
 * squares weighted by the square root of the gravity entries, that gives the measured loads; then
 * iterative proportional fitting to the node totals.
 *
 *   x = g + W (A W)^+ (b - A g),   W = diag(sqrt g)
 *
 * The pseudo-inverse is taken from the eigenvalues of (A W)(A W)', rows x rows, leaving out those
 * below 1e-10 of the largest (dependent rows). */
#include "measure/link_loads.h"
#include "measure/types.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct tomogravity {
    lead_link_loads loads;
    double *memory;           /* of the views below (GSL's own allocation aborts when it fails) */
    gsl_matrix_view weighted; /* A W, [rows][n*n] */
    gsl_matrix_view square;   /* (A W)(A W)' */
    gsl_matrix_view vectors;  /* [rows][rows] */
    gsl_vector_view values, residual, rotated, correction;
    gsl_eigen_symmv_workspace space; /* ditto */
} tomogravity;

static void tomogravity_free(void *state) {
    tomogravity *self = state;
    lead_link_loads_free(&self->loads);
    free(self->memory);
}

static void place_views(tomogravity *self, size_t rows, size_t pairs) {
    double *at = self->memory;
    self->weighted = gsl_matrix_view_array(at, rows, pairs);
    self->square = gsl_matrix_view_array(at += rows * pairs, rows, rows);
    self->vectors = gsl_matrix_view_array(at += rows * rows, rows, rows);
    self->values = gsl_vector_view_array(at += rows * rows, rows);
    self->residual = gsl_vector_view_array(at += rows, rows);
    self->rotated = gsl_vector_view_array(at += rows, rows);
    self->correction = gsl_vector_view_array(at += rows, pairs);
    double *work = at + pairs;
    self->space =
        (gsl_eigen_symmv_workspace){rows, work, work + rows, work + 2 * rows, work + 3 * rows};
}

static lead_status tomogravity_alloc(void *state, const lead_topology *topology,
                                     const lead_tm_series *prior) {
    tomogravity *self = state;
    lead_status status = LEAD_OK;
    (void)prior;
    LEAD_TRY(lead_link_loads_alloc(&self->loads, topology));
    size_t rows = (size_t)self->loads.rows, pairs = (size_t)self->loads.n * (size_t)self->loads.n;
    LEAD_TRY_FREE(lead_calloc(rows * pairs + 2 * rows * rows + 7 * rows + pairs, sizeof(double),
                              &self->memory));
    place_views(self, rows, pairs);
    return LEAD_OK;
fail:
    tomogravity_free(self);
    return status;
}

/* A W and b - A g. */
static void set_system(tomogravity *self) {
    const lead_link_loads *loads = &self->loads;
    int pairs = loads->n * loads->n;
    for (int r = 0; r < loads->rows; r++) {
        double explained = 0;
        bool known = !isnan(loads->b[r]); /* else a row of zeros: it asks for nothing */
        for (int od = 0; od < pairs; od++) {
            double entry = known ? lead_link_loads_entry(loads, r, od) : 0;
            explained += entry * loads->gravity[od];
            gsl_matrix_set(&self->weighted.matrix, (size_t)r, (size_t)od,
                           entry * sqrt(loads->gravity[od]));
        }
        gsl_vector_set(&self->residual.vector, (size_t)r, known ? loads->b[r] - explained : 0);
    }
}

/* correction = (A W)' V D^+ V' residual. */
static void solve_system(tomogravity *self) {
    gsl_blas_dsyrk(CblasLower, CblasNoTrans, 1, &self->weighted.matrix, 0, &self->square.matrix);
    gsl_eigen_symmv(&self->square.matrix, &self->values.vector, &self->vectors.matrix,
                    &self->space);
    double least = 1e-10 * fmax(0, gsl_vector_max(&self->values.vector));
    gsl_blas_dgemv(CblasTrans, 1, &self->vectors.matrix, &self->residual.vector, 0,
                   &self->rotated.vector);
    for (size_t i = 0; i < self->values.vector.size; i++) {
        double value = gsl_vector_get(&self->values.vector, i),
               along = gsl_vector_get(&self->rotated.vector, i);
        gsl_vector_set(&self->rotated.vector, i, value > least ? along / value : 0);
    }
    gsl_blas_dgemv(CblasNoTrans, 1, &self->vectors.matrix, &self->rotated.vector, 0,
                   &self->residual.vector);
    gsl_blas_dgemv(CblasTrans, 1, &self->weighted.matrix, &self->residual.vector, 0,
                   &self->correction.vector);
}

static lead_status tomogravity_estimate(void *state, const lead_measurement *measured,
                                        const lead_estimate *out) {
    tomogravity *self = state;
    const double *gravity = self->loads.gravity;
    LEAD_TRY(lead_link_loads_update(&self->loads, measured->rates, measured->in_force, out->gap));
    set_system(self);
    solve_system(self);
    for (int od = 0; od < self->loads.n * self->loads.n; od++)
        out->tm[od] =
            fmax(0, gravity[od] +
                        sqrt(gravity[od]) * gsl_vector_get(&self->correction.vector, (size_t)od));
    lead_fit_node_totals(&self->loads, out->tm);
    return LEAD_OK;
}

const lead_estimator_type lead_estimator_tomogravity = {
    .name = "tomogravity",
    .summary = "link counters: weighted least squares from gravity, then proportional fitting",
    .size = sizeof(tomogravity),
    .alloc = tomogravity_alloc,
    .estimate = tomogravity_estimate,
    .free = tomogravity_free,
};
