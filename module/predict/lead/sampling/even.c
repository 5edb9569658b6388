/* even: see even.h. */
#include "predict/lead/sampling/even.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

enum { UNIT = 40, MOST = 127, LEVELS = 2 * MOST + 1 }; /* of a normal score's places: to 1/40 */

/* A sample's number in one cell. */
typedef struct own_number {
    float z;
    int sample;
} own_number;

static int level_of(float z) {
    return (int)lrint(fmin(MOST, fmax(-MOST, (double)z * UNIT))) + MOST;
}

/* What the k-th smallest becomes that is at a level, scores[k][LEVELS]. The beta's distribution is
 * the probability that more than k of `count` numbers are below the level. */
static void fill_level(int level, int count, const double *choose, float *scores) {
    const double p = gsl_cdf_ugaussian_P((level - MOST) / (double)UNIT);
    double more = 0;
    for (int k = count - 1; k >= 0; k--) {
        more += exp(choose[k + 1] + (k + 1) * log(p) + (count - k - 1) * log1p(-p));
        scores[k * LEVELS + level] =
            (float)gsl_cdf_ugaussian_Pinv((k + fmin(more, 1)) / (double)count);
    }
}

static lead_status make_scores(int count, float **scores) {
    double *choose = NULL;
    LEAD_TRY(lead_calloc((size_t)count * LEVELS, sizeof **scores, scores));
    LEAD_TRY(lead_calloc((size_t)count + 1, sizeof *choose, &choose));
    for (int k = 0; k <= count; k++)
        choose[k] = gsl_sf_lnchoose((unsigned)count, (unsigned)k);
    for (int level = 0; level < LEVELS; level++)
        fill_level(level, count, choose, *scores);
    free(choose);
    return LEAD_OK;
}

static int by_size(const void *a, const void *b) {
    const own_number *one = a, *other = b;
    if (one->z != other->z)
        return one->z < other->z ? -1 : 1;
    return one->sample - other->sample;
}

lead_status lead_make_even(int samples, size_t cells, float *z) {
    const size_t count = (size_t)samples;
    own_number *numbers = NULL;
    float *scores = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(count, sizeof *numbers, &numbers));
    LEAD_TRY_FREE(make_scores(samples, &scores));
    for (size_t cell = 0; cell < cells; cell++) {
        for (int s = 0; s < samples; s++)
            numbers[s] = (own_number){z[(size_t)s * cells + cell], s};
        qsort(numbers, count, sizeof *numbers, by_size);
        for (size_t k = 0; k < count; k++)
            z[(size_t)numbers[k].sample * cells + cell] =
                scores[k * LEVELS + (size_t)level_of(numbers[k].z)];
    }
fail:
    free(numbers);
    free(scores);
    return status;
}
