/* normal_score: see normal_score.h. */
#include "predict/lead/sampling/normal_score.h"

#include <math.h>

static const double limit = 3;

/* The piece of the knots that z lies on; the outer ones reach to infinity. */
static size_t piece_of(const double *knots, size_t count, double z) {
    size_t low = 0, high = count - 1;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (knots[middle] <= z)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Q(z) of the quantiles [K] of one pair, which lie `stride` apart. */
static double quantile_at(const double *knots, size_t count, const float *quantiles, size_t stride,
                          double z) {
    const size_t piece = piece_of(knots, count, z);
    const double low = (double)quantiles[piece * stride],
                 high = (double)quantiles[(piece + 1) * stride];
    return low + (z - knots[piece]) / (knots[piece + 1] - knots[piece]) * (high - low);
}

/* Shift and stretch of step h at a level. */
static const double *calibration_of(const lead_manifest *manifest, double level, size_t h) {
    size_t range = 0;
    while (range < (size_t)manifest->loads && level >= manifest->scaling.loads[range])
        range++;
    return manifest->scaling.calibration + 2 * (range * (size_t)manifest->horizon + h);
}

void lead_normal_score_restore(const lead_manifest *manifest, double level, const float *quantiles,
                               const float *z, int h, double *relative) {
    const size_t p = (size_t)manifest->node_count * (size_t)manifest->node_count;
    const size_t count = (size_t)manifest->knots, step = (size_t)h;
    const lead_scaling *scaling = &manifest->scaling;
    const double *calibration = calibration_of(manifest, level, step);
    for (size_t pair = 0; pair < p; pair++) {
        const double given = calibration[0] + calibration[1] * (double)z[step * p + pair];
        const double bounded = fmin(fmax(given, -limit), limit);
        relative[pair] = fmax(
            quantile_at(scaling->knots, count, quantiles + step * count * p + pair, p, bounded), 0);
    }
}
