/* paths: see paths.h. */
#include "predict/lead/sampling/paths.h"

static const uint64_t rows = (uint64_t)1 << 40, columns = (uint64_t)2 << 40,
                      rests = (uint64_t)3 << 40; /* first counters of random numbers */

int lead_paths_row(uint64_t seed, int sample, int samples, int length) {
    uint32_t words[4];
    lead_philox(seed, rows + (uint64_t)sample, words);
    const double within = (words[0] + 0.5) / 4294967296.0;
    const int row = (int)((sample + within) / samples * length);
    return row < length ? row : length - 1;
}

int lead_paths_column(uint64_t seed, size_t pair, int paths) {
    uint32_t words[4];
    lead_philox(seed, columns + pair, words);
    return (int)(words[0] % (uint32_t)paths);
}

/* What is left of 1 after rounding, -1/2..1/2, of a sample's path of a pair. */
static double rest_of(uint64_t seed, size_t pair, int sample, int samples) {
    uint32_t words[4];
    lead_philox(seed, rests + pair * (uint64_t)samples + (uint64_t)sample, words);
    return (words[0] + 0.5) / 4294967296.0 - 0.5;
}

/* One pair's path of `window` [horizon][paths] in all steps of a sample z [horizon][pairs]. */
static void copy_path(const lead_paths *paths, const int8_t *window, size_t column, double rest,
                      size_t pairs, float *z) {
    for (size_t h = 0; h < (size_t)paths->horizon; h++)
        z[h * pairs] =
            (float)((window[h * (size_t)paths->paths + column] + rest) / LEAD_PATHS_UNIT);
}

void lead_paths_take(uint64_t seed, int samples, size_t pairs, const lead_paths *paths, bool own,
                     float *z) {
    const size_t each = (size_t)paths->horizon * (size_t)paths->paths,
                 cells = (size_t)paths->horizon * pairs;
    for (size_t pair = 0; pair < pairs; pair++) {
        const size_t column = own ? pair : (size_t)lead_paths_column(seed, pair, paths->paths);
        for (int s = 0; s < samples; s++)
            copy_path(paths,
                      paths->bank + (size_t)lead_paths_row(seed, s, samples, paths->length) * each,
                      column, rest_of(seed, pair, s, samples), pairs, z + (size_t)s * cells + pair);
    }
}
