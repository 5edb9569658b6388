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
    gsl_matrix *weighted; /* A W, [rows][n*n] */
    gsl_matrix *square;   /* (A W)(A W)' */
    gsl_matrix *vectors;
    gsl_vector *values, *residual, *rotated, *correction;
    gsl_eigen_symmv_workspace *space;
} tomogravity;

static void tomogravity_free(void *state) {
    tomogravity *self = state;
    lead_link_loads_free(&self->loads);
    gsl_matrix_free(self->weighted);
    gsl_matrix_free(self->square);
    gsl_matrix_free(self->vectors);
    gsl_vector_free(self->values);
    gsl_vector_free(self->residual);
    gsl_vector_free(self->rotated);
    gsl_vector_free(self->correction);
    gsl_eigen_symmv_free(self->space);
}

static lead_status tomogravity_alloc(void *state, const lead_topology *topology,
                                     const lead_tm_series *prior) {
    tomogravity *self = state;
    (void)prior;
    LEAD_TRY(lead_link_loads_alloc(&self->loads, topology));
    size_t rows = (size_t)self->loads.rows, pairs = (size_t)self->loads.n * (size_t)self->loads.n;
    self->weighted = gsl_matrix_alloc(rows, pairs);
    self->square = gsl_matrix_alloc(rows, rows);
    self->vectors = gsl_matrix_alloc(rows, rows);
    self->values = gsl_vector_alloc(rows);
    self->residual = gsl_vector_alloc(rows);
    self->rotated = gsl_vector_alloc(rows);
    self->correction = gsl_vector_alloc(pairs);
    self->space = gsl_eigen_symmv_alloc(rows);
    if (self->weighted && self->square && self->vectors && self->values && self->residual &&
        self->rotated && self->correction && self->space)
        return LEAD_OK;
    tomogravity_free(self);
    return lead_fail(LEAD_MEMORY, "tomogravity: no memory for %zu x %zu matrices", rows, pairs);
}

/* A W and b - A g. */
static void set_system(tomogravity *self) {
    const lead_link_loads *loads = &self->loads;
    int pairs = loads->n * loads->n;
    for (int r = 0; r < loads->rows; r++) {
        double explained = 0;
        for (int od = 0; od < pairs; od++) {
            double entry = lead_link_loads_entry(loads, r, od);
            explained += entry * loads->gravity[od];
            gsl_matrix_set(self->weighted, (size_t)r, (size_t)od, entry * sqrt(loads->gravity[od]));
        }
        gsl_vector_set(self->residual, (size_t)r, loads->b[r] - explained);
    }
}

/* correction = (A W)' V D^+ V' residual. */
static void solve_system(tomogravity *self) {
    gsl_blas_dsyrk(CblasLower, CblasNoTrans, 1, self->weighted, 0, self->square);
    gsl_eigen_symmv(self->square, self->values, self->vectors, self->space);
    double least = 1e-10 * fmax(0, gsl_vector_max(self->values));
    gsl_blas_dgemv(CblasTrans, 1, self->vectors, self->residual, 0, self->rotated);
    for (size_t i = 0; i < self->values->size; i++) {
        double value = gsl_vector_get(self->values, i), along = gsl_vector_get(self->rotated, i);
        gsl_vector_set(self->rotated, i, value > least ? along / value : 0);
    }
    gsl_blas_dgemv(CblasNoTrans, 1, self->vectors, self->rotated, 0, self->residual);
    gsl_blas_dgemv(CblasTrans, 1, self->weighted, self->residual, 0, self->correction);
}

static lead_status tomogravity_estimate(void *state, const lead_rates *rates,
                                        const lead_routing *in_force, double *tm,
                                        unsigned char *gap) {
    tomogravity *self = state;
    const double *gravity = self->loads.gravity;
    (void)gap;
    LEAD_TRY(lead_link_loads_update(&self->loads, rates, in_force));
    set_system(self);
    solve_system(self);
    for (int od = 0; od < self->loads.n * self->loads.n; od++)
        tm[od] =
            fmax(0, gravity[od] + sqrt(gravity[od]) * gsl_vector_get(self->correction, (size_t)od));
    lead_fit_node_totals(&self->loads, tm);
    return LEAD_OK;
}

const lead_estimator_type lead_estimator_tomogravity = {
    "tomogravity",
    "link counters: weighted least squares from gravity, then proportional fitting",
    sizeof(tomogravity),
    tomogravity_alloc,
    tomogravity_estimate,
    tomogravity_free};
