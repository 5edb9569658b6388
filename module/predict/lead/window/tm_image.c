/* tm_image: see tm_image.h. */
#include "predict/lead/window/tm_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400
#define WEEK (7 * DAY)
#define LOG_FLOOR 1e-3
#define SHARE_FLOOR 0.02 /* of an average OD pair's share */
#define CEILING 2.0      /* an OD pair carries no more than this many times the level */

static size_t pairs_of(const lead_window *window) {
    const size_t n = (size_t)window->manifest->node_count;
    return n * n;
}

static lead_status find_lags(lead_window *window) {
    const lead_list *offsets = &window->manifest->day_offsets;
    const int64_t steps_a_day = DAY / window->manifest->step;
    window->day_count = offsets->count;
    LEAD_TRY(lead_calloc((size_t)offsets->count, sizeof *window->day_lags, &window->day_lags));
    for (int i = 0; i < offsets->count; i++) {
        window->day_lags[i] = (int)(steps_a_day - 1 - offsets->values[i]);
        if (window->day_lags[i] < 0)
            return lead_fail(LEAD_INVALID,
                             "TMs that are %lld s apart are too far apart for this model: it looks "
                             "at yesterday's %d steps after the first target's time of day",
                             (long long)window->manifest->step, offsets->values[i]);
    }
    return LEAD_OK;
}

lead_status lead_window_alloc(const lead_manifest *manifest, lead_window **out) {
    lead_window *window = NULL;
    lead_status status = LEAD_OK;
    *out = NULL;
    LEAD_TRY(lead_calloc(1, sizeof *window, &window));
    window->manifest = manifest;
    LEAD_TRY_FREE(find_lags(window));
    LEAD_TRY_FREE(lead_spans_of(&manifest->spans, manifest->step, manifest->horizon,
                                &window->spans_read, &window->span_count));
    window->frame_count = window->day_count + manifest->history;
    const size_t p = pairs_of(window), frames = (size_t)window->frame_count,
                 spans = (size_t)window->span_count;
    LEAD_TRY_FREE(lead_calloc((size_t)manifest->node_count, sizeof *window->order, &window->order));
    LEAD_TRY_FREE(lead_calloc(frames * p, sizeof *window->frames, &window->frames));
    LEAD_TRY_FREE(lead_calloc(frames, sizeof *window->present, &window->present));
    LEAD_TRY_FREE(lead_calloc(p, sizeof *window->share, &window->share));
    LEAD_TRY_FREE(lead_calloc(p, sizeof *window->scale, &window->scale));
    LEAD_TRY_FREE(lead_calloc(frames * 3 * p, sizeof *window->images, &window->images));
    LEAD_TRY_FREE(
        lead_calloc((frames + 1) * LEAD_FEATURES, sizeof *window->features, &window->features));
    LEAD_TRY_FREE(lead_calloc(frames * p, sizeof *window->relative, &window->relative));
    LEAD_TRY_FREE(lead_calloc(p, sizeof *window->far, &window->far));
    LEAD_TRY_FREE(lead_calloc(spans * p, sizeof *window->spans, &window->spans));
    LEAD_TRY_FREE(lead_calloc(spans, sizeof *window->known, &window->known));
    LEAD_TRY_FREE(lead_calloc(p, sizeof *window->size, &window->size));
    *out = window;
    return LEAD_OK;
fail:
    lead_window_free(window);
    return status;
}

void lead_window_free(lead_window *window) {
    if (!window)
        return;
    free(window->day_lags);
    free(window->spans_read);
    free(window->order);
    free(window->share);
    free(window->frames);
    free(window->present);
    free(window->scale);
    free(window->images);
    free(window->features);
    free(window->relative);
    free(window->far);
    free(window->spans);
    free(window->known);
    free(window->size);
    free(window);
}

/* --- frames ---------------------------------------------------------------------------------- */

/* The history's index of the manifest's node; -1 when it has none of that name. */
static int find_node(const lead_tm_series *history, const char *name, int expected) {
    if (strcmp(lead_tm_series_node_name(history, expected), name) == 0)
        return expected;
    for (int i = 0; i < lead_tm_series_node_count(history); i++)
        if (strcmp(lead_tm_series_node_name(history, i), name) == 0)
            return i;
    return -1;
}

static lead_status match_nodes(lead_window *window, const lead_tm_series *history) {
    const lead_manifest *manifest = window->manifest;
    const int n = lead_tm_series_node_count(history);
    if (n != manifest->node_count)
        return lead_fail(LEAD_INVALID, "the model is for %d nodes, the history has %d",
                         manifest->node_count, n);
    for (int i = 0; i < n; i++) {
        if (!manifest->nodes) {
            window->order[i] = i;
            continue;
        }
        window->order[i] =
            lead_tm_series_node_name(history, i) ? find_node(history, manifest->nodes[i], i) : i;
        if (window->order[i] < 0)
            return lead_fail(LEAD_INVALID, "the model's node \"%s\" is not in the history",
                             manifest->nodes[i]);
    }
    return LEAD_OK;
}

/* Steps before the newest frame of frame f. */
static int lag_of(const lead_window *window, int f) {
    return f < window->day_count ? window->day_lags[f] : window->frame_count - 1 - f;
}

static void copy_frame(lead_window *window, int f, const double *tm) {
    const int n = window->manifest->node_count;
    double *frame = window->frames + (size_t)f * pairs_of(window);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            frame[i * n + j] =
                i == j ? 0 : tm[(size_t)window->order[i] * (size_t)n + (size_t)window->order[j]];
}

static void repeat_frame(lead_window *window, int f, int from) {
    const size_t p = pairs_of(window);
    memcpy(window->frames + (size_t)f * p, window->frames + (size_t)from * p, p * sizeof(double));
}

static void read_frames(lead_window *window, const lead_tm_series *history, int now) {
    const int64_t time = lead_tm_series_time(history, now);
    for (int f = 0; f < window->frame_count; f++) {
        int row = lead_tm_series_find(history, time - lag_of(window, f) * window->manifest->step);
        window->present[f] = row >= 0;
        if (row >= 0)
            copy_frame(window, f, lead_tm_series_tm(history, row));
    }
}

/* The rules for missing frames of tm_image.h. */
static void fill_frames(lead_window *window) {
    const int first = window->day_count, last = window->frame_count - 1;
    int oldest = first; /* the newest frame is always there */
    while (window->present[oldest] <= 0)
        oldest++;
    for (int f = oldest + 1; f < last; f++)
        if (window->present[f] <= 0)
            repeat_frame(window, f, f - 1);
    for (int f = first; f < oldest; f++)
        repeat_frame(window, f, oldest);
    for (int f = 0; f < first; f++)
        if (window->present[f] <= 0)
            repeat_frame(window, f, last);
}

/* --- measures -------------------------------------------------------------------------------- */

static double frame_total(const lead_window *window, int f) {
    return lead_sum(window->frames + (size_t)f * pairs_of(window), pairs_of(window));
}

static double level_of(const lead_window *window) {
    double total = 0;
    for (int f = window->day_count; f < window->frame_count; f++)
        total += frame_total(window, f);
    return total > 0 ? total / window->manifest->history : 1;
}

/* The mean of an OD pair over the L last frames, bit/s. */
static double recent_mean(const lead_window *window, size_t pair) {
    double sum = 0;
    for (int f = window->day_count; f < window->frame_count; f++)
        sum += window->frames[(size_t)f * pairs_of(window) + pair];
    return sum / window->manifest->history;
}

/* Shares over the last week's TMs, floored, so that sparse pairs do not explode. */
static void measure_shares(lead_window *window, const lead_tm_series *history, int now) {
    const size_t n = (size_t)window->manifest->node_count, p = n * n;
    const int64_t steps = 7 * (int64_t)DAY / window->manifest->step;
    const lead_span week = {0, steps > 1 ? (int)steps : 1, 1};
    const double least = SHARE_FLOOR / (double)(n * (n - 1));
    lead_span_read(&week, history, now, window->manifest->step, window->far);
    for (size_t i = 0; i < n; i++)
        window->far[i * n + i] = 0;
    const double total = lead_sum(window->far, p);
    for (size_t i = 0; i < p; i++)
        window->share[i] =
            i % (n + 1) == 0 ? 0 : fmax(total > 0 ? window->far[i] / total : 0, least);
}

static void find_shares(lead_window *window, const lead_tm_series *history, int now) {
    if (window->manifest->nodes)
        memcpy(window->share, window->manifest->scaling.share, pairs_of(window) * sizeof(double));
    else
        measure_shares(window, history, now);
}

static void measure_pairs(lead_window *window) {
    const size_t p = pairs_of(window);
    for (size_t i = 0; i < p; i++)
        window->scale[i] = fmax(window->share[i] * window->level, recent_mean(window, i));
}

/* --- what the networks see ------------------------------------------------------------------- */

/* Relative intensity, and the image's channels, of one OD pair along frames [first, last). */
static void draw_pair(lead_window *window, size_t pair, int first, int last) {
    const size_t p = pairs_of(window);
    const double scale = window->scale[pair] > 0 ? window->scale[pair] : 1;
    double before = 0, trend_before = 0;
    for (int f = first; f < last; f++) {
        const size_t at = (size_t)f * p + pair;
        const double relative = window->frames[at] / scale, intensity = asinh(relative);
        const double trend = f > first ? intensity - before : 0;
        float *image = window->images + (size_t)f * 3 * p + pair;
        window->relative[at] = (float)relative;
        image[0] = (float)intensity;
        image[p] = (float)trend;
        image[2 * p] = (float)(trend - trend_before);
        before = intensity;
        trend_before = trend;
    }
}

static void draw_images(lead_window *window) {
    const int first = window->day_count;
    for (size_t pair = 0; pair < pairs_of(window); pair++) {
        draw_pair(window, pair, 0, first);
        draw_pair(window, pair, first, window->frame_count);
    }
}

/* --- spans ----------------------------------------------------------------------------------- */

/* window->far, which is in the history's order, over the scale; or what stands in for it. */
static void write_span(lead_window *window, bool known, float *span) {
    const size_t n = (size_t)window->manifest->node_count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const size_t pair = i * n + j,
                         there = (size_t)window->order[i] * n + (size_t)window->order[j];
            const double value = known ? window->far[there] : recent_mean(window, pair);
            const double scale = window->scale[pair] > 0 ? window->scale[pair] : 1;
            span[pair] = (float)(i == j ? 0 : value / scale);
        }
}

static void read_spans(lead_window *window, const lead_tm_series *history, int now) {
    const lead_manifest *manifest = window->manifest;
    for (int g = 0; g < window->span_count; g++) {
        const lead_span *span = &window->spans_read[g];
        const int present = lead_span_read(span, history, now, manifest->step, window->far);
        const bool known = 2 * present >= span->until - span->from;
        write_span(window, known, window->spans + (size_t)g * pairs_of(window));
        window->known[g] = known;
    }
    for (size_t i = 0; i < pairs_of(window); i++)
        window->size[i] = (float)(window->scale[i] / window->level);
}

static void write_clock(int64_t time, float *features) {
    const double turn = 2 * acos(-1.0);
    const int64_t of_day = (time % DAY + DAY) % DAY, of_week = (time % WEEK + WEEK) % WEEK;
    const double day = turn * (double)of_day / DAY, week = turn * (double)of_week / WEEK;
    const double values[6] = {sin(day), cos(day), sin(2 * day), cos(2 * day), sin(week), cos(week)};
    for (int i = 0; i < 6; i++)
        features[i] = (float)values[i];
}

static void write_features(lead_window *window, int64_t now) {
    for (int f = 0; f <= window->frame_count; f++) {
        float *features = window->features + f * LEAD_FEATURES;
        const bool target = f == window->frame_count;
        const int lag = target ? -1 : lag_of(window, f);
        features[0] = target ? 0 : (float)window->present[f];
        features[1] = f < window->day_count;
        features[2] =
            target ? 0 : (float)log(fmax(frame_total(window, f) / window->level, LOG_FLOOR));
        write_clock(now - lag * window->manifest->step, features + 3);
    }
}

lead_status lead_window_fill(lead_window *window, const lead_tm_series *history, int now) {
    if (now < 0 || now >= lead_tm_series_length(history))
        return lead_fail(LEAD_INVALID, "now is %d, the history has %d TMs", now,
                         lead_tm_series_length(history));
    LEAD_TRY(match_nodes(window, history));
    read_frames(window, history, now);
    fill_frames(window);
    window->level = level_of(window);
    find_shares(window, history, now);
    measure_pairs(window);
    read_spans(window, history, now);
    draw_images(window);
    write_features(window, lead_tm_series_time(history, now));
    return LEAD_OK;
}

void lead_window_restore(const lead_window *window, const double *relative, double *tm) {
    const size_t n = (size_t)window->manifest->node_count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const size_t pair = i * n + j;
            tm[(size_t)window->order[i] * n + (size_t)window->order[j]] =
                i == j ? 0 : fmin(window->scale[pair] * relative[pair], CEILING * window->level);
        }
}
