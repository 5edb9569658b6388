/* noise: see noise.h. */
#include "predict/noise.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static const double place_unit = 1 << 20; /* above any number of samples */

/* Draws one cell: sorting random keys, with the sample's number in their last digits, puts the
 * samples into the order of their intervals. */
static void fill_cell(uint64_t seed, size_t samples, size_t cells, size_t cell, double *keys,
                      float *x) {
    uint32_t words[4];
    for (size_t s = 0; s < samples; s++) {
        lead_philox(seed, cell * samples + s, words);
        keys[s] = words[0] * place_unit + (double)s;
    }
    lead_sort(keys, samples);
    for (size_t rank = 0; rank < samples; rank++) {
        const size_t s = (size_t)fmod(keys[rank], place_unit);
        lead_philox(seed, cell * samples + s, words);
        const double within = (words[1] + 0.5) / 4294967296.0;
        x[s * cells + cell] =
            (float)gsl_cdf_ugaussian_Pinv(((double)rank + within) / (double)samples);
    }
}

lead_status lead_noise_fill(uint64_t seed, int samples, size_t cells, float *x) {
    double *keys;
    if (samples < 1 || samples >= place_unit)
        return lead_fail(LEAD_INVALID, "%d samples are not in 1..%.0f", samples, place_unit - 1);
    LEAD_TRY(lead_calloc((size_t)samples, sizeof *keys, &keys));
    for (size_t cell = 0; cell < cells; cell++)
        fill_cell(seed, (size_t)samples, cells, cell, keys, x);
    free(keys);
    return LEAD_OK;
}
