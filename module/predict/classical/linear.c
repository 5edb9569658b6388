/* linear: see linear.h. The sums of all steps are made in one pass over the windows of an OD pair,
 * from its values in one column: everything is a row of sums += factor * row or row * row, which
 * the compiler makes vector instructions of. Each step then picks its normal equations. */
#include "predict/classical/linear.h"
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LAGS = LEAD_LINEAR_LAGS,
    AROUND = LEAD_LINEAR_AROUND,
    DAY = LEAD_LINEAR_DAY,
    FEATURES = LAGS + DAY, /* at most */
    LANES = 4,             /* rows of sums are padded to that */
    POOLED = 100,          /* windows that the sums of all OD pairs count as */
    POOL_BELOW = 3000      /* windows of a pair: with more, others would change little */
};

/* Shares of the features' mean square, of the lags and of yesterday's values; the latter chosen on
 * the 70 to 80 % of Abilene and GEANT, where 1e-3 and 1e-2 were worse on GEANT and 1 on Abilene. */
static const double ridge = 1e-3, ridge_day = 1e-1;
/* A pair whose targets' or yesterday's mean square is so many times that of its lags says nothing
 * about others: it was calm for all of the time that it could learn from. */
static const double calm = 1e3;

static size_t pairs_of(const lead_predictor_options *options) {
    return (size_t)options->node_count * (size_t)options->node_count;
}

static size_t features_of(int day) {
    return LAGS + (day > 0 ? DAY : 0);
}

size_t lead_linear_weight_count(const lead_predictor_options *options, int day) {
    return (size_t)options->horizon * pairs_of(options) * features_of(day);
}

/* --- yesterday -------------------------------------------------------------------------------- */

/* Steps first .. first + count - 1 ahead whose like lies `back` steps before each: the least whole
 * number of days for which no value around it is yet to come. */
typedef struct stretch {
    int first, count, back;
} stretch;

static stretch stretch_from(int first, int horizon, int day) {
    if (day == 0)
        return (stretch){first, horizon - first + 1, 0};
    int back = (first + AROUND + day - 1) / day * day;
    int last = back - AROUND < horizon ? back - AROUND : horizon;
    return (stretch){first, last - first + 1, back};
}

/* The row of the first of yesterday's values that the steps need, all following it; -1 when one of
 * them is missing. */
static int find_past(const lead_tm_series *history, int now, const stretch *steps, int64_t step) {
    int lag = steps->back - steps->first + AROUND, length = steps->count + 2 * AROUND,
        row = lead_history_find(history, now, lag, step), end = row + length - 1;
    bool whole = row >= 0 && end <= now && lead_history_is_whole(history, end, length, step);
    return whole ? row : -1;
}

/* --- fitting ---------------------------------------------------------------------------------- */

typedef struct window {
    int now, past; /* rows of the last value and of the first of yesterday's */
} window;

/* One stretch of steps. Rows of `steps` and of `wide` = steps + 2 AROUND sums. */
typedef struct fitting {
    const lead_predictor_options *options;
    stretch steps;
    size_t around, steps_room, wide, wide_room; /* around: DAY or 0 */
    window *windows;
    int count;
    double scale;
    double *column;        /* of one OD pair, in units of its mean */
    double *target, *past; /* of one window, padded with 0 */
    double target_square;  /* of one OD pair, summed over windows and steps */
    double *sums, *pooled; /* [sum_count]: all that follow; the same of all pairs */
    size_t sum_count;
    double *lags, *moments, *cross; /* [LAGS][LAGS], [LAGS][steps], [LAGS][wide] */
    double *band, *day;             /* [DAY][wide] past * past, [DAY][steps] past * target */
} fitting;

static size_t padded(size_t count) {
    return (count + LANES - 1) / LANES * LANES;
}

static void fitting_free(fitting *self) {
    double *const rows[] = {self->column, self->target, self->past, self->sums, self->pooled};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        free(rows[i]);
    free(self->windows);
}

/* Windows without a gap, those that need yesterday where it is whole, too. */
static lead_status find_windows(fitting *self, bool with_day) {
    const lead_predictor_options *options = self->options;
    const lead_tm_series *fit = options->fit;
    int length = lead_tm_series_length(fit), horizon = options->horizon;
    LEAD_TRY(lead_calloc((size_t)length, sizeof(window), &self->windows));
    for (int now = LAGS - 1; now + horizon < length; now++) {
        if (!lead_history_is_whole(fit, now + horizon, LAGS + horizon, options->step))
            continue;
        int past = with_day ? find_past(fit, now, &self->steps, options->step) : 0;
        if (past >= 0)
            self->windows[self->count++] = (window){now, past};
    }
    return LEAD_OK;
}

/* One block for all sums. */
static lead_status sums_alloc(fitting *self) {
    size_t lags = LAGS * LAGS, moments = LAGS * self->steps_room, cross = LAGS * self->wide_room,
           band = self->around * self->wide_room, day = self->around * self->steps_room;
    self->sum_count = lags + moments + cross + band + day;
    LEAD_TRY(lead_calloc(self->sum_count, sizeof(double), &self->pooled));
    LEAD_TRY(lead_calloc(self->sum_count, sizeof(double), &self->sums));
    self->lags = self->sums;
    self->moments = self->lags + lags;
    self->cross = self->moments + moments;
    self->band = self->cross + cross;
    self->day = self->band + band;
    return LEAD_OK;
}

static lead_status fitting_alloc(fitting *self, int day) {
    size_t steps = (size_t)self->steps.count;
    self->around = day > 0 ? DAY : 0;
    self->steps_room = padded(steps);
    self->wide = day > 0 ? steps + 2 * AROUND : 0;
    self->wide_room = padded(self->wide);
    LEAD_TRY(find_windows(self, day > 0));
    LEAD_TRY(lead_calloc((size_t)lead_tm_series_length(self->options->fit), sizeof(double),
                         &self->column));
    LEAD_TRY(lead_calloc(self->steps_room, sizeof(double), &self->target));
    LEAD_TRY(lead_calloc(self->wide_room + DAY + LANES, sizeof(double), &self->past));
    return sums_alloc(self);
}

/* False for a pair without traffic. */
static bool take_column(fitting *self, size_t od) {
    const lead_tm_series *fit = self->options->fit;
    int length = lead_tm_series_length(fit);
    for (int i = 0; i < length; i++)
        self->column[i] = lead_tm_series_tm(fit, i)[od];
    self->scale = lead_sum(self->column, (size_t)length) / length;
    for (int i = 0; i < length && self->scale > 0; i++)
        self->column[i] /= self->scale;
    return self->scale > 0;
}

/* sums[count] += factor * row[count]; `count` is padded. */
static void add_scaled(double *restrict sums, double factor, const double *restrict row,
                       size_t count) {
    for (size_t i = 0; i < count; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            sums[i + k] += factor * row[i + k];
}

static void add_products(double *restrict sums, const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            sums[i + k] += a[i + k] * b[i + k];
}

static void add_window(fitting *self, const window *at) {
    const double *x = self->column;
    double last = x[at->now], lag[LAGS];
    for (int k = 0; k < LAGS - 1; k++)
        lag[k] = x[at->now - 1 - k] - last;
    lag[LAGS - 1] = 1;
    for (int h = 0; h < self->steps.count; h++)
        self->target[h] = x[at->now + self->steps.first + h] - last;
    for (int h = 0; h < self->steps.count; h++)
        self->target_square += self->target[h] * self->target[h];
    for (size_t s = 0; s < self->wide; s++)
        self->past[s] = x[(size_t)at->past + s] - last;
    for (size_t a = 0; a < LAGS; a++) {
        add_scaled(self->lags + a * LAGS, lag[a], lag, LAGS);
        add_scaled(self->moments + a * self->steps_room, lag[a], self->target, self->steps_room);
        add_scaled(self->cross + a * self->wide_room, lag[a], self->past, self->wide_room);
    }
    for (size_t j = 0; j < self->around; j++) {
        add_products(self->band + j * self->wide_room, self->past, self->past + j, self->wide_room);
        add_products(self->day + j * self->steps_room, self->target, self->past + j,
                     self->steps_room);
    }
}

static void add_windows(fitting *self) {
    memset(self->sums, 0, self->sum_count * sizeof(double));
    self->target_square = 0;
    for (int i = 0; i < self->count; i++)
        add_window(self, &self->windows[i]);
}

/* --- what all OD pairs know ------------------------------------------------------------------- */

/* Mean square of the pair's differences to its last value. */
static double size_of(const fitting *self) {
    double trace = 0;
    for (size_t a = 0; a < LAGS - 1; a++)
        trace += self->lags[a * LAGS + a];
    return trace / (LAGS - 1) / self->count;
}

static bool tells_others(const fitting *self, double size) {
    double target = self->target_square / self->steps.count / self->count, day = 0;
    for (size_t s = 0; s < self->wide; s++) /* the first row of the band: squares */
        day += self->band[s] / (double)self->wide / self->count;
    return size > 0 && target < calm * size && day < calm * size;
}

/* The constant is the pair's own. */
static void forget_constants(fitting *self) {
    for (size_t a = 0; a < LAGS; a++)
        self->lags[a * LAGS + LAGS - 1] = self->lags[(LAGS - 1) * LAGS + a] = 0;
    memset(self->moments + (LAGS - 1) * self->steps_room, 0, self->steps_room * sizeof(double));
    memset(self->cross + (LAGS - 1) * self->wide_room, 0, self->wide_room * sizeof(double));
}

/* The mean of the pairs' sums, each in units of its own size, as of POOLED windows. */
static void pool(fitting *self) {
    size_t pairs = pairs_of(self->options), room = self->sum_count;
    int pooled = 0;
    for (size_t od = 0; od < pairs; od++) {
        if (!take_column(self, od))
            continue;
        add_windows(self);
        double size = size_of(self);
        if (!tells_others(self, size))
            continue;
        forget_constants(self);
        add_scaled(self->pooled, 1 / size, self->sums, room);
        pooled++;
    }
    for (size_t i = 0; i < room && pooled > 0; i++)
        self->pooled[i] *= (double)POOLED / ((double)self->count * pooled);
}

/* --- one step's equations --------------------------------------------------------------------- */

/* Features in the order of the weights: lags, yesterday, constant. */
typedef struct equations {
    size_t features;
    double gram[FEATURES * FEATURES], moments[FEATURES];
} equations;

static void set(equations *of, size_t a, size_t b, double value) {
    of->gram[a * of->features + b] = of->gram[b * of->features + a] = value;
}

static void pick(const fitting *self, size_t h, equations *out) {
    size_t constant = out->features - 1;
    for (size_t a = 0; a < LAGS; a++) {
        size_t at = a < LAGS - 1 ? a : constant;
        for (size_t b = 0; b <= a; b++)
            set(out, at, b < LAGS - 1 ? b : constant, self->lags[a * LAGS + b]);
        for (size_t j = 0; j < self->around; j++)
            set(out, at, LAGS - 1 + j, self->cross[a * self->wide_room + h + j]);
        out->moments[at] = self->moments[a * self->steps_room + h];
    }
    for (size_t j = 0; j < self->around; j++) {
        for (size_t i = 0; i <= j; i++)
            set(out, LAGS - 1 + j, LAGS - 1 + i, self->band[(j - i) * self->wide_room + h + i]);
        out->moments[LAGS - 1 + j] = self->day[j * self->steps_room + h];
    }
}

static double mean_square(const equations *of, size_t from, size_t until) {
    double trace = 0;
    for (size_t a = from; a < until; a++)
        trace += of->gram[a * of->features + a];
    return trace / (double)(until - from);
}

/* The lags' own mean square decides on their ridge: yesterday's deviations are larger. */
static void add_ridge(equations *of, int count) {
    size_t constant = of->features - 1;
    double lags = ridge * mean_square(of, 0, LAGS - 1),
           day = constant >= LAGS ? ridge_day * mean_square(of, LAGS - 1, constant) : 0;
    for (size_t a = 0; a < of->features; a++) {
        bool of_day = a >= LAGS - 1 && a < constant;
        of->gram[a * of->features + a] += (of_day ? day : lags) + 1e-12 * count;
    }
}

static void solve(equations *of, int count) {
    gsl_matrix_view gram = gsl_matrix_view_array(of->gram, of->features, of->features);
    gsl_vector_view moments = gsl_vector_view_array(of->moments, of->features);
    add_ridge(of, count);
    gsl_linalg_cholesky_decomp1(&gram.matrix);
    gsl_linalg_cholesky_svx(&gram.matrix, &moments.vector);
}

/* --- all -------------------------------------------------------------------------------------- */

static void fit_pair(fitting *self, size_t od, double *weights) {
    size_t pairs = pairs_of(self->options);
    equations of = {.features = LAGS + self->around};
    if (!take_column(self, od))
        return;
    add_windows(self);
    if (self->count < POOL_BELOW)
        add_scaled(self->sums, size_of(self), self->pooled, self->sum_count);
    for (size_t h = 0; h < (size_t)self->steps.count; h++) {
        size_t step = (size_t)self->steps.first - 1 + h;
        double *of_step = weights + (step * pairs + od) * of.features;
        pick(self, h, &of);
        solve(&of, self->count);
        memcpy(of_step, of.moments, of.features * sizeof *of_step);
        of_step[of.features - 1] *= self->scale; /* the constant is no multiple of a difference */
    }
}

static lead_status fit_stretch(const char *name, const lead_predictor_options *options, int day,
                               const stretch *steps, double *weights) {
    fitting self = {.options = options, .steps = *steps};
    lead_status status = fitting_alloc(&self, day);
    if (status == LEAD_OK && self.count < 2 * (int)features_of(day))
        status =
            lead_fail(LEAD_INVALID, "%s: %d whole windows of %d TMs%s are too few to fit on", name,
                      self.count, LAGS + options->horizon, day > 0 ? " and the day before" : "");
    if (status == LEAD_OK && self.count < POOL_BELOW)
        pool(&self);
    for (size_t od = 0; od < pairs_of(options) && status == LEAD_OK; od++)
        fit_pair(&self, od, weights);
    fitting_free(&self);
    return status;
}

lead_status lead_linear_fit(const char *name, const lead_predictor_options *options, int day,
                            double *weights) {
    if (!options->fit)
        return lead_fail(LEAD_INVALID, "%s: there are no TMs to fit on", name);
    stretch steps = stretch_from(1, options->horizon, day);
    for (; steps.count > 0; steps = stretch_from(steps.first + steps.count, options->horizon, day))
        LEAD_TRY(fit_stretch(name, options, day, &steps, weights));
    return LEAD_OK;
}

/* One step: the last TM and what the `count` differences to it say. */
static void point_at(const double *last, const double *const *values, size_t count, size_t pairs,
                     const double *weights, double *point) {
    for (size_t od = 0; od < pairs; od++) {
        const double *weight = weights + od * (count + 1);
        double change = weight[count];
        for (size_t k = 0; k < count; k++)
            change += weight[k] * (values[k][od] - last[od]);
        point[od] = fmax(0, last[od] + change);
    }
}

bool lead_linear_point(const lead_predictor_options *options, int day, const double *weights,
                       const lead_tm_series *history, int now, double *point) {
    size_t pairs = pairs_of(options), features = features_of(day);
    const double *last = lead_tm_series_tm(history, now), *values[FEATURES];
    for (int k = 1; k < LAGS; k++)
        values[k - 1] = lead_tm_series_tm(history, now - k);
    stretch steps = stretch_from(1, options->horizon, day);
    for (; steps.count > 0;
         steps = stretch_from(steps.first + steps.count, options->horizon, day)) {
        int past = day > 0 ? find_past(history, now, &steps, options->step) : 0;
        if (past < 0)
            return false;
        for (int h = 0; h < steps.count; h++) {
            size_t step = (size_t)(steps.first - 1 + h);
            for (int j = 0; j < (day > 0 ? DAY : 0); j++)
                values[LAGS - 1 + j] = lead_tm_series_tm(history, past + h + j);
            point_at(last, values, features - 1, pairs, weights + step * pairs * features,
                     point + step * pairs);
        }
    }
    return true;
}
