/* noise: see noise.h. */
#include "predict/lead/sampling/noise.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>

enum { PLACE_BITS = 20 }; /* of a sample's number; a key has 52 bits, which a double holds */

/* The room of one cell's draws, [samples] each. */
typedef struct cell_room {
    double *keys;
    uint32_t *within; /* place in the interval, of 2^32 */
} cell_room;

/* Draws one cell: sorting random keys, with the sample's number in their last digits, puts the
 * samples into the order of their intervals. */
static void fill_cell(uint64_t seed, size_t samples, size_t cells, size_t cell,
                      const cell_room *room, float *x) {
    const uint64_t places = ((uint64_t)1 << PLACE_BITS) - 1;
    for (size_t s = 0; s < samples; s++) {
        uint32_t words[4];
        lead_philox(seed, cell * samples + s, words);
        room->keys[s] = (double)((uint64_t)words[0] << PLACE_BITS | s);
        room->within[s] = words[1];
    }
    lead_sort(room->keys, samples);
    for (size_t rank = 0; rank < samples; rank++) {
        const size_t s = (size_t)((uint64_t)room->keys[rank] & places);
        const double within = (room->within[s] + 0.5) / 4294967296.0;
        x[s * cells + cell] =
            (float)gsl_cdf_ugaussian_Pinv(((double)rank + within) / (double)samples);
    }
}

lead_status lead_noise_fill(uint64_t seed, int samples, size_t cells, float *x) {
    const int most = (1 << PLACE_BITS) - 1;
    cell_room room = {NULL, NULL};
    lead_status status = LEAD_OK;
    if (samples < 1 || samples > most)
        return lead_fail(LEAD_INVALID, "%d samples are not in 1..%d", samples, most);
    LEAD_TRY_FREE(lead_calloc((size_t)samples, sizeof *room.keys, &room.keys));
    LEAD_TRY_FREE(lead_calloc((size_t)samples, sizeof *room.within, &room.within));
    for (size_t cell = 0; cell < cells; cell++)
        fill_cell(seed, (size_t)samples, cells, cell, &room, x);
fail:
    free(room.keys);
    free(room.within);
    return status;
}
