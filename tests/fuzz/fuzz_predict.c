/* Any classical predictor on any series, with gaps and values beyond all measure: forecasts are
 * numbers of bit/s, or are refused. */
#include "bytes.h"
#include "fuzz.h"
#include <lead/predict.h>
#include <math.h>
#include <string.h>

enum { MOST_NODES = 3, PAIRS = MOST_NODES * MOST_NODES };

static double draw(fuzz_bytes *in, uint32_t *random, int mode, double base, int i, int od) {
    *random = *random * 1664525u + 1013904223u;
    double part = (double)(*random >> 8) / (1 << 24);
    double value = mode == 0   ? base
                   : mode == 1 ? base * part
                   : mode == 2 ? base * (1 + sin(i * 0.3 + od))
                               : ((*random >> 20) % 50 == 0 ? fuzz_value(in) : base * part);
    return isfinite(value) ? value : 0;
}

static lead_tm_series *draw_series(fuzz_bytes *in, int n, int64_t step) {
    lead_tm_series *series;
    double base[PAIRS], tm[PAIRS];
    int length = (int)(fuzz_word(in) % 400), mode = fuzz_below(in, 4);
    int64_t time = (int64_t)fuzz_word(in) * 86400;
    uint32_t random = fuzz_word(in) * 65537u + 1;
    if (lead_tm_series_alloc(n, NULL, &series) != LEAD_OK)
        abort();
    for (int od = 0; od < PAIRS; od++)
        base[od] = fuzz_value(in);
    for (int i = 0; i < length; i++) {
        for (int od = 0; od < n * n; od++)
            tm[od] = draw(in, &random, mode, base[od], i, od);
        if (lead_tm_series_append(series, time, tm) != LEAD_OK)
            abort();
        time += step * (mode > 1 && (random >> 24) % 40 == 0 ? 3 : 1);
    }
    return series;
}

static void forecast(fuzz_bytes *in, const lead_predictor_type *type,
                     const lead_predictor_options *options, lead_predictor *predictor,
                     const lead_tm_series *series) {
    size_t cells = (size_t)options->samples * (size_t)options->horizon *
                   (size_t)(options->node_count * options->node_count);
    int length = lead_tm_series_length(series);
    double *samples = malloc(cells * sizeof *samples);
    if (!samples)
        abort();
    for (int k = 0; k < 3 && length > 0; k++) {
        int now = (int)(fuzz_word(in) % (unsigned)length);
        lead_status status =
            options->joint && k > 0
                ? lead_predictor_forecast_joint(predictor, series, now, (uint64_t)k, samples)
                : lead_predictor_forecast(predictor, series, now, (uint64_t)k, samples);
        FUZZ_HOLDS(status == LEAD_OK || *lead_last_message(), "%s", type->name);
        for (size_t i = 0; i < cells && status == LEAD_OK; i++)
            FUZZ_HOLDS(isfinite(samples[i]) && samples[i] >= 0, "%s gave %g", type->name,
                       samples[i]);
    }
    free(samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"last",    "mean",        "ewma",   "seasonal",
                                        "nlinear", "nlinear-day", "oracle", "noisy-oracle"};
    static const int64_t steps[] = {300, 900, 3600, 7200, 86400, 1, 43200};
    fuzz_bytes in = {data, size};
    const lead_predictor_type *type = lead_predictor_find(names[fuzz_below(&in, 8)]);
    int n = 1 + fuzz_below(&in, MOST_NODES);
    int64_t step = steps[fuzz_below(&in, 7)];
    lead_tm_series *series = draw_series(&in, n, step);
    lead_predictor_options options = {.node_count = n,
                                      .horizon = 1 + fuzz_below(&in, 8),
                                      .samples = 1 + fuzz_below(&in, 12),
                                      .step = step,
                                      .seed = fuzz_byte(&in),
                                      .fit = series,
                                      .truth = series,
                                      .window = fuzz_below(&in, 5),
                                      .alpha = fuzz_byte(&in) & 1 ? 0 : 0.3,
                                      .joint = fuzz_byte(&in) & 1,
                                      .level_shifts = (lead_level_shifts)fuzz_below(&in, 3),
                                      .recalibrate = (lead_recalibrate)fuzz_below(&in, 3),
                                      .blend = (lead_blend)fuzz_below(&in, 3)};
    lead_predictor *predictor;
    if (lead_predictor_alloc(type, &options, &predictor) == LEAD_OK) {
        forecast(&in, type, &options, predictor, series);
        lead_predictor_free(predictor);
    }
    lead_tm_series_free(series);
    return 0;
}
