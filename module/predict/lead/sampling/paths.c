/* paths: see paths.h. */
#include "predict/lead/sampling/paths.h"

#include <math.h>
#include <stdlib.h>

static const uint64_t rows = (uint64_t)1 << 40, columns = (uint64_t)2 << 40,
                      rests = (uint64_t)3 << 40; /* first counters of random numbers */

lead_paths lead_paths_of(const lead_manifest *manifest) {
    const int own = manifest->node_count * manifest->node_count;
    return (lead_paths){manifest->scaling.bank, manifest->bank, manifest->horizon,
                        manifest->bank_pairs > 0 ? manifest->bank_pairs : own};
}

/* --- smoothing -------------------------------------------------------------------------------- */

/* One path of a bank, its steps `stride` apart. */
typedef struct path {
    int8_t *first;
    size_t stride;
    int horizon;
} path;

static int at(const path *self, int step) {
    int last = self->horizon - 1, inside = step < 0 ? 0 : step > last ? last : step;
    return self->first[(size_t)inside * self->stride];
}

/* A hundred times what the step is smoothed to, `before` being the step before as it was. */
static int64_t hundredfold(const path *self, int step, int before, int percent) {
    return (int64_t)percent * (before + at(self, step + 1)) +
           (int64_t)(100 - 2 * percent) * at(self, step);
}

/* Adds the squares of each step before [horizon] and after, a hundredfold. */
static void add_squares(const path *self, int percent, int64_t *before, int64_t *after) {
    for (int h = 0; h < self->horizon; h++) {
        int64_t smoothed = hundredfold(self, h, at(self, h - 1), percent);
        before[h] += (int64_t)at(self, h) * at(self, h);
        after[h] += smoothed * smoothed;
    }
}

static void smooth_path(const path *self, int percent, const double *factor) {
    int before = at(self, 0);
    for (int h = 0; h < self->horizon; h++) {
        int now = at(self, h);
        double z = rint((double)hundredfold(self, h, before, percent) * factor[h]);
        self->first[(size_t)h * self->stride] =
            (int8_t)(fabs(z) <= INT8_MAX ? z : copysign(INT8_MAX, z));
        before = now;
    }
}

/* The i-th of all paths of all windows. */
static path path_of(const lead_paths *paths, size_t i) {
    const size_t width = (size_t)paths->paths, each = (size_t)paths->horizon * width;
    return (path){paths->bank + i / width * each + i % width, width, paths->horizon};
}

lead_status lead_paths_smooth(const lead_paths *paths, double smooth) {
    const int percent = (int)lrint(100 * smooth);
    if (percent == 0)
        return LEAD_OK;
    const size_t steps = (size_t)paths->horizon,
                 count = (size_t)paths->length * (size_t)paths->paths;
    lead_status status = LEAD_OK;
    int64_t *before = NULL, *after = NULL;
    double *factor = NULL;
    LEAD_TRY_FREE(lead_calloc(steps, sizeof *before, &before));
    LEAD_TRY_FREE(lead_calloc(steps, sizeof *after, &after));
    LEAD_TRY_FREE(lead_calloc(steps, sizeof *factor, &factor));
    for (size_t i = 0; i < count; i++) {
        const path one = path_of(paths, i);
        add_squares(&one, percent, before, after);
    }
    for (size_t h = 0; h < steps; h++)
        factor[h] = after[h] > 0 ? sqrt((double)before[h] / (double)after[h]) : 0;
    for (size_t i = 0; i < count; i++) {
        const path one = path_of(paths, i);
        smooth_path(&one, percent, factor);
    }
fail:
    free(before);
    free(after);
    free(factor);
    return status;
}

/* --- taking ----------------------------------------------------------------------------------- */

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
