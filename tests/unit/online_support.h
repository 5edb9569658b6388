/* What the tests of predict/online share: series of three nodes whose pairs' rates are known. */
#ifndef ONLINE_SUPPORT_H
#define ONLINE_SUPPORT_H

#include "series.h"
#include <lead/predict.h>

enum { STEP = 300, DAY = 288, HOUR = 12, N = 3, PAIRS = N * N };

/* A rate that no two pairs or TMs share, up to `spread` around 1. */
static inline double noise(int i, int od, double spread) {
    uint32_t words[4];
    lead_philox(7, (uint64_t)i * PAIRS + (uint64_t)od, words);
    return 1 + spread * (2 * (words[0] / 4294967296.0) - 1);
}

static inline double quiet(int i, int od) {
    return 100.0 * (1 + od) * noise(i, od, 0.02);
}

static inline lead_tm_series *make_series(int length, double (*value)(int, int)) {
    return series_of(N, STEP, length, value);
}

/* Multiplies TMs first..last (exclusive) of the pairs with node `node` (-1: of all) by a factor. */
static inline void burst(lead_tm_series *series, int first, int last, int node, double factor) {
    double tm[PAIRS];
    for (int i = first; i < last; i++) {
        memcpy(tm, lead_tm_series_tm(series, i), sizeof tm);
        for (int od = 0; od < PAIRS; od++)
            if (node < 0 || od / N == node || od % N == node)
                tm[od] *= factor;
        assert_ok(lead_tm_series_replace(series, i, tm));
    }
}

static inline lead_predictor *make(const char *name, lead_predictor_options options) {
    lead_predictor *predictor;
    options.node_count = N;
    options.step = STEP;
    options.seed = 1;
    assert_ok(lead_predictor_alloc(lead_predictor_find(name), &options, &predictor));
    return predictor;
}

/* samples[samples][horizon][PAIRS] of a predictor made for it. */
static inline void forecast(const char *name, lead_predictor_options options,
                            const lead_tm_series *history, int now, double *samples) {
    lead_predictor *predictor = make(name, options);
    assert_ok(lead_predictor_forecast(predictor, history, now, 5, samples));
    lead_predictor_free(predictor);
}

#endif
