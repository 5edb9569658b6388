/* even: see even.h. */
#include "predict/lead/sampling/even.h"
#include "predict/lead/sampling/paths.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 127, LEVELS = 2 * MOST + 1 }; /* of LEAD_PATHS_UNIT: where places are told apart */

/* A sample's number in one cell. */
typedef struct own_number {
    float z;
    int sample;
} own_number;

struct lead_even {
    int samples;
    float *scores;       /* [samples][LEVELS] what the k-th smallest becomes that is at a level */
    own_number *numbers; /* [samples] of one cell */
    float *sorted;       /* [samples] */
};

void lead_even_free(lead_even *self) {
    if (!self)
        return;
    free(self->scores);
    free(self->numbers);
    free(self->sorted);
    free(self);
}

static int level_of(float z) {
    return (int)lrint(fmin(MOST, fmax(-MOST, (double)z * LEAD_PATHS_UNIT))) + MOST;
}

/* The beta's distribution is the probability that more than k of the numbers are below the level;
 * choose[k]: the logarithm of `samples` over k. */
static void fill_level(lead_even *self, int level, const double *choose) {
    const double p = gsl_cdf_ugaussian_P((level - MOST) / (double)LEAD_PATHS_UNIT), below = log(p),
                 above = log1p(-p);
    double more = 0;
    for (int k = self->samples - 1; k >= 0; k--) {
        more += exp(choose[k + 1] + (k + 1) * below + (self->samples - k - 1) * above);
        self->scores[k * LEVELS + level] =
            (float)gsl_cdf_ugaussian_Pinv((k + fmin(more, 1)) / (double)self->samples);
    }
}

static lead_status fill_scores(lead_even *self) {
    double *choose;
    LEAD_TRY(lead_calloc((size_t)self->samples + 1, sizeof *choose, &choose));
    for (int k = 0; k <= self->samples; k++)
        choose[k] = gsl_sf_lnchoose((unsigned)self->samples, (unsigned)k);
    for (int level = 0; level < LEVELS; level++)
        fill_level(self, level, choose);
    free(choose);
    return LEAD_OK;
}

lead_status lead_even_alloc(int samples, lead_even **out) {
    const size_t count = (size_t)samples;
    lead_even *self;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->samples = samples;
    LEAD_TRY_FREE(lead_calloc(count * LEVELS, sizeof *self->scores, &self->scores));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *self->numbers, &self->numbers));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *self->sorted, &self->sorted));
    LEAD_TRY_FREE(fill_scores(self));
    *out = self;
    return LEAD_OK;
fail:
    lead_even_free(self);
    return status;
}

static int by_size(const void *a, const void *b) {
    const own_number *one = a, *other = b;
    if (one->z != other->z)
        return one->z < other->z ? -1 : 1;
    return one->sample - other->sample;
}

/* The numbers of a cell, the smallest first. */
static void sort_cell(lead_even *self, size_t cells, size_t cell, const float *z) {
    for (int s = 0; s < self->samples; s++)
        self->numbers[s] = (own_number){z[(size_t)s * cells + cell], s};
    qsort(self->numbers, (size_t)self->samples, sizeof *self->numbers, by_size);
}

void lead_even_make(lead_even *self, size_t cells, float *z) {
    for (size_t cell = 0; cell < cells; cell++) {
        sort_cell(self, cells, cell, z);
        for (int k = 0; k < self->samples; k++)
            z[(size_t)self->numbers[k].sample * cells + cell] =
                self->scores[k * LEVELS + level_of(self->numbers[k].z)];
    }
}

void lead_even_reorder(lead_even *self, size_t cells, const float *order, float *z) {
    for (size_t cell = 0; cell < cells; cell++) {
        sort_cell(self, cells, cell, z);
        for (int k = 0; k < self->samples; k++)
            self->sorted[k] = self->numbers[k].z;
        sort_cell(self, cells, cell, order);
        for (int k = 0; k < self->samples; k++)
            z[(size_t)self->numbers[k].sample * cells + cell] = self->sorted[k];
    }
}
