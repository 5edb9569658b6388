/* widen: see widen.h. */
#include "control/widen.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

static const double VARIATION_MOST = 1; /* squared coefficient of variation */

/* Normal quantiles in random order: sample k's in shifts[k]. */
static void draw(const lead_widening *self, size_t od) {
    int count = self->count;
    for (int k = 0; k < count; k++)
        self->shifts[k] = gsl_cdf_ugaussian_Pinv((k + 0.5) / count);
    lead_random_shuffle(self->key, od * (size_t)count, self->shifts, count);
}

static void widen_pair(const lead_widening *self, size_t od, double *samples) {
    double variation = fmin(VARIATION_MOST, self->variance[od] / (self->tm[od] * self->tm[od])),
           variance = log1p(variation), sum = 0;
    size_t steps = (size_t)self->steps;
    draw(self, od);
    for (int k = 0; k < self->count; k++)
        sum += self->shifts[k] = exp(sqrt(variance) * self->shifts[k]);
    for (int k = 0; k < self->count; k++)
        for (size_t step = 0; step < steps; step++)
            samples[((size_t)k * steps + step) * self->pairs + od] *=
                self->shifts[k] * self->count / sum;
}

void lead_widen(const lead_widening *self, double *samples) {
    for (size_t od = 0; od < self->pairs && self->count > 1; od++)
        if (self->variance[od] > 0 && self->tm[od] > 0)
            widen_pair(self, od, samples);
}
