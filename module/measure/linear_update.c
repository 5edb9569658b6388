/* linear_update: see linear_update.h.
 *
 * With G = H V^1/2 and S = G G' + noise = L L', x given y has mean + V^1/2 W' u and variance
 * V (1 - column sums of W^2), where W = L^-1 G and u = L^-1 residual. Row by row in the place of H:
 * as the noise is diagonal, the entries of L left of the diagonal are products of a row of G with
 * the rows of W above it. */
#include "measure/linear_update.h"
#include <math.h>

static double product(const double *a, const double *b, int count) {
    double sum = 0;
    for (int j = 0; j < count; j++)
        sum += a[j] * b[j];
    return sum;
}

static double *row_of(const lead_linear_update *self, int row) {
    return self->h + (size_t)row * (size_t)self->count;
}

/* A row of H becomes one of W, its residual one of u. */
static void reduce(const lead_linear_update *self, int row) {
    const double least = 1e-12; /* of the variance that the observation had by itself */
    int count = self->count;
    double *own = row_of(self, row);
    for (int j = 0; j < count; j++)
        own[j] *= sqrt(self->variance[j]);
    double whole = product(own, own, count) + self->noise[row], rest = whole;
    for (int k = 0; k < row; k++)
        self->room[k] = product(own, row_of(self, k), count);
    for (int k = 0; k < row; k++) {
        double left = self->room[k];
        const double *other = row_of(self, k);
        for (int j = 0; j < count; j++)
            own[j] -= left * other[j];
        self->residual[row] -= left * self->residual[k];
        rest -= left * left;
    }
    double scale = rest > least * whole ? 1 / sqrt(rest) : 0;
    for (int j = 0; j < count; j++)
        own[j] *= scale;
    self->residual[row] *= scale;
}

void lead_linear_update_apply(const lead_linear_update *self) {
    for (int row = 0; row < self->rows; row++)
        reduce(self, row);
    for (int j = 0; j < self->count; j++) {
        double shift = 0, told = 0;
        for (int row = 0; row < self->rows; row++) {
            double w = row_of(self, row)[j];
            shift += w * self->residual[row];
            told += w * w;
        }
        self->mean[j] += sqrt(self->variance[j]) * shift;
        self->variance[j] *= fmax(0, 1 - told);
    }
}
