/* paths: see paths.h. */
#include "predict/lead/sampling/paths.h"

#include <stdlib.h>

#define UNIT 40.0f
static const uint64_t first_counter = (uint64_t)1 << 40; /* beyond those of the noise */

/* A sample's place in the order of one cell. */
typedef struct place {
    float template, even;
    int sample;
} place;

int lead_paths_row(uint64_t seed, int sample, int samples, int length) {
    uint32_t words[4];
    lead_philox(seed, first_counter + (uint64_t)sample, words);
    const double within = (words[0] + 0.5) / 4294967296.0;
    const int row = (int)((sample + within) / samples * length);
    return row < length ? row : length - 1;
}

int lead_paths_column(uint64_t seed, size_t pair, int paths) {
    uint32_t words[4];
    lead_philox(seed, 2 * first_counter + pair, words);
    return (int)(words[0] % (uint32_t)paths);
}

/* One pair's path of `window` [horizon][paths] in all steps of a sample z [horizon][pairs]. */
static void copy_path(const lead_paths *paths, const int8_t *window, size_t column, size_t pair,
                      size_t pairs, float *z) {
    for (size_t h = 0; h < (size_t)paths->horizon; h++)
        z[h * pairs + pair] = window[h * (size_t)paths->paths + column] / UNIT;
}

void lead_paths_template(uint64_t seed, int samples, size_t pairs, const lead_paths *paths,
                         bool own, float *z) {
    const size_t each = (size_t)paths->horizon * (size_t)paths->paths,
                 cells = (size_t)paths->horizon * pairs;
    for (size_t pair = 0; pair < pairs; pair++) {
        const size_t column = own ? pair : (size_t)lead_paths_column(seed, pair, paths->paths);
        for (int s = 0; s < samples; s++)
            copy_path(paths,
                      paths->bank + (size_t)lead_paths_row(seed, s, samples, paths->length) * each,
                      column, pair, pairs, z + (size_t)s * cells);
    }
}

static int by_template(const void *a, const void *b) {
    const place *one = a, *other = b;
    if (one->template != other->template)
        return one->template <other->template ? -1 : 1;
    if (one->even != other->even)
        return one->even < other->even ? -1 : 1;
    return one->sample - other->sample;
}

static int by_size(const void *a, const void *b) {
    const float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

lead_status lead_paths_follow(const float *even, int samples, size_t cells, float *z) {
    const size_t count = (size_t)samples;
    place *places = NULL;
    float *sorted = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(count, sizeof *places, &places));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *sorted, &sorted));
    for (size_t cell = 0; cell < cells; cell++) {
        for (size_t s = 0; s < count; s++) {
            places[s] = (place){z[s * cells + cell], even[s * cells + cell], (int)s};
            sorted[s] = even[s * cells + cell];
        }
        qsort(places, count, sizeof *places, by_template);
        qsort(sorted, count, sizeof *sorted, by_size);
        for (size_t s = 0; s < count; s++)
            z[(size_t)places[s].sample * cells + cell] = sorted[s];
    }
fail:
    free(places);
    free(sorted);
    return status;
}
