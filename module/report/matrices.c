/* Traffic matrices of tm.h5: of the pairs that carry most, in bytes on a log scale of each pair. */
#include "report/h5.h"
#include "report/parts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARE 0.95   /* of the traffic that the pairs on the page carry */
#define DECADES 1e-5 /* least value over the largest one that a scale tells from 0 */
enum { MOST_PAIRS = 400, SLAB = 64, CODES = 253, FAN = 7 };

/* Levels of the fans: 95, 80 and 50 %, and the median. */
static const double fan[FAN] = {0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975};

typedef struct pair {
    int cell; /* source * nodes + destination */
    double total;
} pair;

typedef struct matrices {
    lead_page *page;
    lead_h5 file;
    const pair *pairs;
    int pair_count;
    float *truth; /* [pairs][times] */
    json_t *policy;
} matrices;

/* --- which pairs ------------------------------------------------------------------------------ */

static int by_total(const void *a, const void *b) {
    const pair *x = a, *y = b;
    if (x->total != y->total)
        return x->total > y->total ? -1 : 1;
    return (x->cell > y->cell) - (x->cell < y->cell);
}

static lead_status add_totals(const lead_h5 *file, pair *pairs) {
    size_t cells = (size_t)file->nodes * (size_t)file->nodes;
    float *slab;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(SLAB * cells, sizeof *slab, &slab));
    for (int first = 0; first < file->times; first += SLAB) {
        int count = file->times - first < SLAB ? file->times - first : SLAB;
        LEAD_TRY_FREE(lead_h5_read(file, "traffic", first, count, 1, slab));
        for (size_t i = 0; i < (size_t)count * cells; i++)
            if (isfinite(slab[i]) && i % cells / (size_t)file->nodes != i % (size_t)file->nodes)
                pairs[i % cells].total += (double)slab[i];
    }
fail:
    free(slab);
    return status;
}

/* The pairs with the most traffic that together carry SHARE of it, at most MOST_PAIRS. */
static lead_status choose(const lead_h5 *file, pair **out, int *count, json_t *about) {
    int cells = file->nodes * file->nodes, with_traffic = 0;
    double all = 0, kept = 0;
    LEAD_TRY(lead_calloc((size_t)cells, sizeof **out, out));
    for (int i = 0; i < cells; i++)
        (*out)[i].cell = i;
    LEAD_TRY(add_totals(file, *out));
    qsort(*out, (size_t)cells, sizeof **out, by_total);
    for (int i = 0; i < cells && (*out)[i].total > 0; i++, with_traffic++)
        all += (*out)[i].total;
    for (*count = 0; *count < with_traffic && *count < MOST_PAIRS && kept < SHARE * all; ++*count)
        kept += (*out)[*count].total;
    json_object_set_new(about, "share", json_real(all > 0 ? kept / all : 0));
    json_object_set_new(about, "all", json_integer(with_traffic));
    return LEAD_OK;
}

static void put_pairs(const lead_h5 *file, const pair *pairs, int count, json_t *about) {
    json_t *list = json_array(), *names = json_array();
    for (int i = 0; i < file->nodes; i++)
        json_array_append_new(names, lead_page_text(file->names[i]));
    for (int i = 0; i < count; i++)
        json_array_append_new(
            list, json_pack("[i, i]", pairs[i].cell / file->nodes, pairs[i].cell % file->nodes));
    json_object_set_new(about, "nodes", names);
    json_object_set_new(about, "list", list);
}

/* --- columns of them -------------------------------------------------------------------------- */

/* values[planes][pairs][times]; `planes` as lead_h5_read has it. */
static lead_status gather(const matrices *self, const char *name, int planes, float *values) {
    const lead_h5 *file = &self->file;
    size_t cells = (size_t)file->nodes * (size_t)file->nodes, times = (size_t)file->times,
           pairs = (size_t)self->pair_count, wide = (size_t)planes;
    float *slab;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(SLAB * cells * wide, sizeof *slab, &slab));
    for (size_t first = 0; first < times; first += SLAB) {
        size_t count = times - first < SLAB ? times - first : SLAB;
        LEAD_TRY_FREE(lead_h5_read(file, name, (int)first, (int)count, planes, slab));
        for (size_t t = 0; t < count; t++)
            for (size_t k = 0; k < wide; k++)
                for (size_t p = 0; p < pairs; p++)
                    values[(k * pairs + p) * times + first + t] =
                        slab[(t * wide + k) * cells + (size_t)self->pairs[p].cell];
    }
fail:
    free(slab);
    return status;
}

/* The range of a pair's values over planes[count], those of 0 left out; 1..1 where there are none.
 */
static void range_of(const float *const *planes, int count, size_t at, size_t times, double *low,
                     double *high) {
    *low = INFINITY;
    *high = 0;
    for (int k = 0; k < count; k++)
        for (size_t t = 0; t < times; t++) {
            double value = planes[k] ? (double)planes[k][at + t] : NAN;
            if (isfinite(value) && value > 0) {
                *low = fmin(*low, value);
                *high = fmax(*high, value);
            }
        }
    if (*high == 0)
        *low = *high = 1;
    *low = fmax(*low, *high * DECADES);
}

/* 0: none; 1: 0, or too little to tell; 2..255: from low to high by ratio. */
static unsigned char code_of(double value, double low, double high) {
    if (!isfinite(value))
        return 0;
    if (value < low * (1 - 1e-6))
        return 1;
    double part = high > low ? log(value / low) / log(high / low) : 0;
    return (unsigned char)(2 + lround(CODES * fmin(fmax(part, 0), 1)));
}

/* codes[pairs][times] of a plane, by the scales of the pairs. */
static void encode(const matrices *self, const float *plane, const double *low, const double *high,
                   unsigned char *codes) {
    size_t times = (size_t)self->file.times;
    for (size_t i = 0; i < (size_t)self->pair_count * times; i++)
        codes[i] = code_of((double)plane[i], low[i / times], high[i / times]);
}

/* Each byte less the one before it, of the next plane below (`step`: a plane's size) or, in the
 * first plane, of the epoch before; small numbers pack well. */
static void take_differences(unsigned char *codes, size_t count, size_t step) {
    for (size_t i = count; i-- > step;)
        codes[i] = (unsigned char)(codes[i] - codes[i - step]);
    for (size_t i = step; i-- > 1;)
        codes[i] = (unsigned char)(codes[i] - codes[i - 1]);
}

static lead_status put_codes(const matrices *self, const char *key, const float *const *planes,
                             int count, const double *low, const double *high) {
    size_t step = (size_t)self->pair_count * (size_t)self->file.times;
    unsigned char *codes;
    json_t *place;
    LEAD_TRY(lead_calloc((size_t)count * step, 1, &codes));
    for (int k = 0; k < count; k++)
        encode(self, planes[k], low, high, codes + (size_t)k * step);
    take_differences(codes, (size_t)count * step, step);
    lead_status status = lead_page_bytes(self->page, codes, (size_t)count * step, &place);
    free(codes);
    LEAD_TRY(status);
    json_object_set_new(self->policy, key, place);
    return LEAD_OK;
}

/* --- calibration ------------------------------------------------------------------------------ */

/* "levels", and of each how often the truth was at most its quantile; "count" of all. */
static void put_calibration(const matrices *self, const float *quantiles) {
    size_t step = (size_t)self->pair_count * (size_t)self->file.times;
    json_t *levels = json_array(), *below = json_array();
    json_int_t count = 0;
    for (size_t i = 0; i < step; i++)
        count += isfinite(self->truth[i]) && isfinite(quantiles[i]);
    for (int k = 0; k < self->file.quantiles; k++) {
        const float *plane = quantiles + (size_t)k * step;
        json_int_t under = 0;
        for (size_t i = 0; i < step; i++)
            under +=
                isfinite(self->truth[i]) && isfinite(quantiles[i]) && self->truth[i] <= plane[i];
        json_array_append_new(levels, json_real(self->file.levels[k]));
        json_array_append_new(below, json_integer(under));
    }
    json_object_set_new(
        self->policy, "calibration",
        json_pack("{s: o, s: o, s: I}", "levels", levels, "below", below, "count", count));
}

/* --- a policy --------------------------------------------------------------------------------- */

static int plane_of(const lead_h5 *file, double level) {
    for (int k = 0; k < file->quantiles; k++)
        if (fabs(file->levels[k] - level) < 1e-9)
            return k;
    return -1;
}

/* What a policy's planes are: the measured one, then those of its forecast in an order in which
 * each is near the one before it: the fan's up to the median, the mean, the fan's others. Without a
 * fan the mean alone. NULL: there is none. */
enum { MEASURED, FORECAST, MEDIAN = FAN / 2, PLANES = 2 + FAN };

static lead_status put_planes(const matrices *self, const float *const *planes, int forecasts) {
    size_t pairs = (size_t)self->pair_count;
    double *scale;
    json_t *place;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(2 * pairs, sizeof *scale, &scale));
    for (size_t p = 0; p < pairs; p++)
        range_of(planes, FORECAST + forecasts, p * (size_t)self->file.times,
                 (size_t)self->file.times, &scale[p], &scale[pairs + p]);
    LEAD_TRY_FREE(lead_page_floats(self->page, scale, 2 * pairs, false, &place));
    json_object_set_new(self->policy, "scale", place);
    if (planes[MEASURED])
        LEAD_TRY_FREE(put_codes(self, "measured", planes, 1, scale, scale + pairs));
    if (forecasts > 0)
        LEAD_TRY_FREE(
            put_codes(self, "forecast", planes + FORECAST, forecasts, scale, scale + pairs));
fail:
    free(scale);
    return status;
}

/* A dataset's planes in *values, freed with free(); NULL where there is no such dataset. */
static lead_status read_planes(const matrices *self, const char *name, int count, float **values) {
    size_t step = (size_t)self->pair_count * (size_t)self->file.times;
    *values = NULL;
    if (!lead_h5_has(&self->file, name))
        return LEAD_OK;
    LEAD_TRY(lead_calloc(step * (size_t)count, sizeof **values, values));
    return gather(self, name, count, *values);
}

/* The places of the fan's levels in the file; false: one of them is not there. */
static bool find_fan(const lead_h5 *file, int places[FAN]) {
    for (int k = 0; k < FAN; k++)
        if ((places[k] = plane_of(file, fan[k])) < 0)
            return false;
    return true;
}

/* Puts the forecast's planes in their order; how many. */
static int order(const matrices *self, const float *mean, const float *quantiles,
                 const float **planes) {
    size_t step = (size_t)self->pair_count * (size_t)self->file.times;
    int places[FAN], count = 0;
    if (!mean)
        return 0;
    if (!quantiles || !find_fan(&self->file, places)) {
        planes[0] = mean;
        return 1;
    }
    for (int k = 0; k < FAN; k++) {
        planes[count++] = quantiles + (size_t)places[k] * step;
        if (k == MEDIAN)
            planes[count++] = mean;
    }
    return count;
}

static lead_status put_policy(const matrices *self) {
    float *measured = NULL, *mean = NULL, *quantiles = NULL;
    const float *planes[PLANES];
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(read_planes(self, "measured", 1, &measured));
    LEAD_TRY_FREE(read_planes(self, "forecast_mean", 1, &mean));
    if (self->file.quantiles > 1)
        LEAD_TRY_FREE(read_planes(self, "forecast_quantiles", self->file.quantiles, &quantiles));
    if (quantiles)
        put_calibration(self, quantiles);
    planes[MEASURED] = measured;
    status = put_planes(self, planes, order(self, mean, quantiles, planes + FORECAST));
fail:
    free(measured);
    free(mean);
    free(quantiles);
    return status;
}

static lead_status put_truth(const matrices *self, json_t *about) {
    size_t step = (size_t)self->pair_count * (size_t)self->file.times;
    double *values;
    json_t *place;
    LEAD_TRY(lead_calloc(step, sizeof *values, &values));
    for (size_t i = 0; i < step; i++)
        values[i] = (double)self->truth[i];
    lead_status status = lead_page_floats(self->page, values, step, true, &place);
    free(values);
    LEAD_TRY(status);
    json_object_set_new(about, "truth", place);
    return LEAD_OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The run's pairs are those of the first file; other policies met the same traffic. */
static lead_status put_file(matrices *self, pair **pairs, int *pair_count, json_t *about) {
    lead_status status = LEAD_OK;
    bool first = !*pairs;
    if (first) {
        LEAD_TRY(choose(&self->file, pairs, pair_count, about));
        put_pairs(&self->file, *pairs, *pair_count, about);
        json_object_set_new(about, "times", json_integer(self->file.times));
    }
    if (self->file.times != json_integer_value(json_object_get(about, "times")) ||
        self->file.nodes != (int)json_array_size(json_object_get(about, "nodes")))
        return lead_fail(LEAD_FORMAT, "%s: has not as many times or nodes as the first policy's",
                         self->file.path);
    self->pairs = *pairs;
    self->pair_count = *pair_count;
    LEAD_TRY(lead_calloc((size_t)*pair_count * (size_t)self->file.times, sizeof *self->truth,
                         &self->truth));
    LEAD_TRY_FREE(gather(self, "traffic", 1, self->truth));
    if (first)
        LEAD_TRY_FREE(put_truth(self, about));
    status = put_policy(self);
fail:
    free(self->truth);
    return status;
}

static lead_status check_times(const lead_h5 *file, const json_t *policy) {
    json_int_t epochs = json_integer_value(json_object_get(policy, "epochs"));
    return epochs == file->times
               ? LEAD_OK
               : lead_fail(LEAD_FORMAT, "%s: %d times, where epochs.csv has %lld epochs: run again",
                           file->path, file->times, (long long)epochs);
}

lead_status lead_report_matrices(lead_page *page, const char *folder, json_t *policies,
                                 json_t *run) {
    json_t *about = json_object(), *policy;
    pair *pairs = NULL;
    int pair_count = 0;
    size_t i;
    lead_status status = LEAD_OK;
    json_object_set_new(run, "pairs", about);
    json_array_foreach(policies, i, policy) {
        matrices self = {.page = page, .policy = json_object()};
        char path[4300];
        bool there;
        json_object_set_new(policy, "matrices", self.policy);
        snprintf(path, sizeof path, "%s/%s/tm.h5", folder,
                 json_string_value(json_object_get(policy, "name")));
        status = lead_h5_open(path, &self.file, &there);
        if (status == LEAD_OK && there)
            status = check_times(&self.file, policy);
        if (status == LEAD_OK && there)
            status = put_file(&self, &pairs, &pair_count, about);
        lead_h5_close(&self.file);
        if (status == LEAD_OK && !there)
            json_object_set_new(self.policy, "missing", lead_page_text(path));
        if (status != LEAD_OK)
            break;
    }
    free(pairs);
    return status;
}
