/* recalibrate: see recalibrate.h. Distances from a cell's median are in spreads of its samples. Of
 * each OD pair and step two numbers: by how much the truths lie above the median, in the mean, more
 * than the samples do (a distance counting as 1 at most, so that few bursts do not decide); and the
 * logarithm of how much farther from the median they are, in the mean, than the samples (as 4 at
 * most). How much of either lasts is learnt from the days: the slope of the last day's on that of
 * the days before, through 0 and at least 0, over all pairs of a step, a pair counting by its
 * spread in bit/s. So both are shrunk towards nothing by as much as chance is in them (empirical
 * Bayes: Efron and Morris 1975). */
#include "predict/online/recalibrate.h"
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, HOUR = 3600, DAYS = 3, A_DAY = 24, LEAST = 12, LEAST_SAMPLES = 8 };
static const double FAR = 4, NEAR = 0.05, ASIDE = 1; /* spreads that distances count as */
static const double MOST = 0.6931471805599453;       /* log 2, of a factor */

/* Sums over the forecasts of a day, [horizon][n*n]. They are a function of what came until its end,
 * so a day is looked at once, though three midnights ask for it. */
typedef struct day {
    bool known;
    int64_t end, phase; /* the midnight it ends at; the TMs' times modulo the step */
    double *aside;      /* how far truths lie above the median, less the samples' mean of that */
    double *truth, *samples; /* how far they lie from it */
    double *spread;          /* bit/s */
    int *count;              /* [horizon] forecasts that came true */
} day;

struct lead_recalibration {
    int samples, horizon;
    int64_t step, midnight; /* that the factors are of */
    size_t pairs;
    bool known, done;                /* factors were looked for; found */
    bool asked, said;                /* for them; that they are not there */
    day days[DAYS];                  /* the last day first */
    double *factor, *shift, *spread; /* [horizon][n*n], the shift in spreads of at most `spread` */
    double *forecast;                /* [samples][horizon][n*n] */
    double *sorted;                  /* [samples] */
};

static void day_free(day *self) {
    free(self->aside);
    free(self->truth);
    free(self->samples);
    free(self->spread);
    free(self->count);
}

void lead_recalibration_free(lead_recalibration *self) {
    if (!self)
        return;
    for (int d = 0; d < DAYS; d++)
        day_free(&self->days[d]);
    free(self->factor);
    free(self->forecast);
    free(self->sorted);
    free(self->shift);
    free(self->spread);
    free(self);
}

static size_t cells_of(const lead_recalibration *self) {
    return (size_t)self->horizon * self->pairs;
}

static lead_status day_alloc(const lead_recalibration *self, day *of) {
    LEAD_TRY(lead_calloc(cells_of(self), sizeof(double), &of->aside));
    LEAD_TRY(lead_calloc(cells_of(self), sizeof(double), &of->truth));
    LEAD_TRY(lead_calloc(cells_of(self), sizeof(double), &of->samples));
    LEAD_TRY(lead_calloc(cells_of(self), sizeof(double), &of->spread));
    return lead_calloc((size_t)self->horizon, sizeof(int), &of->count);
}

lead_status lead_recalibration_alloc(const lead_predictor_options *options,
                                     lead_recalibration **out) {
    size_t n = (size_t)options->node_count, samples = (size_t)options->samples;
    lead_recalibration *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    *self = (lead_recalibration){.samples = options->samples,
                                 .horizon = options->horizon,
                                 .step = options->step,
                                 .asked = options->recalibrate == LEAD_RECALIBRATE_DAILY,
                                 .pairs = n * n};
    for (int d = 0; d < DAYS; d++)
        LEAD_TRY_FREE(day_alloc(self, &self->days[d]));
    LEAD_TRY_FREE(lead_calloc(cells_of(self), sizeof(double), &self->factor));
    LEAD_TRY_FREE(lead_calloc(cells_of(self), sizeof(double), &self->shift));
    LEAD_TRY_FREE(lead_calloc(cells_of(self), sizeof(double), &self->spread));
    LEAD_TRY_FREE(lead_calloc(samples * cells_of(self), sizeof(double), &self->forecast));
    LEAD_TRY_FREE(lead_calloc(samples, sizeof(double), &self->sorted));
    *out = self;
    return LEAD_OK;
fail:
    lead_recalibration_free(self);
    return status;
}

/* --- one forecast of the past -------------------------------------------------------------------
 */

/* The median of a cell's samples; self->sorted holds them. */
static double median_of(lead_recalibration *self, const double *samples, size_t cell) {
    for (size_t k = 0; k < (size_t)self->samples; k++)
        self->sorted[k] = samples[k * cells_of(self) + cell];
    return lead_quantile(self->sorted, (size_t)self->samples, 0.5);
}

/* Half of the central 68 % of self->sorted: a standard deviation, where they are normal. */
static double spread_of(const lead_recalibration *self) {
    size_t count = (size_t)self->samples;
    return (gsl_stats_quantile_from_sorted_data(self->sorted, 1, count, 0.84) -
            gsl_stats_quantile_from_sorted_data(self->sorted, 1, count, 0.16)) /
           2;
}

static double cut(double value, double most) {
    return fmin(most, fmax(-most, value));
}

static void judge_cell(lead_recalibration *self, size_t cell, double truth, day *of) {
    double median = median_of(self, self->forecast, cell), spread = spread_of(self);
    double aside = 0, away = 0, z = (truth - median) / spread;
    if (!(spread > 0))
        return;
    for (int k = 0; k < self->samples; k++) {
        double own = (self->sorted[k] - median) / spread;
        aside += cut(own, ASIDE) / self->samples;
        away += fmin(fabs(own), FAR) / self->samples;
    }
    of->aside[cell] += cut(z, ASIDE) - aside;
    of->truth[cell] += fmin(fabs(z), FAR);
    of->samples[cell] += away;
    of->spread[cell] += spread;
}

/* self->forecast, made at history[row], against what came until the day's end. */
static void judge(lead_recalibration *self, const lead_tm_series *history, int row, day *of) {
    for (int step = 0; step < self->horizon; step++) {
        int64_t time = lead_tm_series_time(history, row) + (step + 1) * self->step;
        int came = time <= of->end ? lead_tm_series_find(history, time) : -1;
        if (came < 0)
            continue;
        for (size_t od = 0; od < self->pairs; od++)
            judge_cell(self, (size_t)step * self->pairs + od, lead_tm_series_tm(history, came)[od],
                       of);
        of->count[step]++;
    }
}

static lead_status reforecast(lead_recalibration *self, const lead_reforecaster *own,
                              const lead_tm_series *history, int64_t time, day *of) {
    int row = lead_tm_series_find(history, time);
    if (row < 0 || time < lead_tm_series_time(history, 0) + DAY)
        return LEAD_OK;
    lead_status status =
        own->forecast(own->predictor, history, row, (uint64_t)(time / self->step), self->forecast);
    if (status == LEAD_OK)
        judge(self, history, row, of);
    return status == LEAD_INVALID ? LEAD_OK : status;
}

static void begin_day(const lead_recalibration *self, int64_t end, int64_t phase, day *of) {
    of->known = false;
    of->end = end;
    of->phase = phase;
    memset(of->aside, 0, cells_of(self) * sizeof(double));
    memset(of->truth, 0, cells_of(self) * sizeof(double));
    memset(of->samples, 0, cells_of(self) * sizeof(double));
    memset(of->spread, 0, cells_of(self) * sizeof(double));
    memset(of->count, 0, (size_t)self->horizon * sizeof(int));
}

/* The day that ends then. A forecast an hour, each a step later in its hour than the last one
 * in its: measured traffic has a pattern within the hour, which is not to be taken for the day's.
 */
static lead_status look_at_day(lead_recalibration *self, const lead_reforecaster *own,
                               const lead_tm_series *history, day *of) {
    for (int i = 0; i < A_DAY; i++) {
        int64_t wish = of->end - DAY + i * (int64_t)HOUR;
        int64_t time =
            wish - wish % self->step + of->phase + i * self->step % HOUR / self->step * self->step;
        LEAD_TRY(reforecast(self, own, history, time, of));
    }
    of->known = true;
    return LEAD_OK;
}

/* Puts the day that ends then, if it is known, at place d. */
static bool recall_day(lead_recalibration *self, int64_t end, int64_t phase, int d) {
    for (int other = 0; other <= d; other++) {
        day found = self->days[other];
        if (!found.known || found.end != end || found.phase != phase)
            continue;
        self->days[other] = self->days[d];
        self->days[d] = found;
        return true;
    }
    return false;
}

/* Whether enough forecasts of the day came true some steps ahead. */
static bool tells(const lead_recalibration *self, const day *of) {
    int most = 0;
    for (int step = 0; step < self->horizon; step++)
        most = of->count[step] > most ? of->count[step] : most;
    return most >= LEAST;
}

/* The oldest day first: where it tells nothing, the others are not asked. */
static lead_status look_at_days(lead_recalibration *self, const lead_reforecaster *own,
                                const lead_tm_series *history, int now) {
    int64_t phase = lead_tm_series_time(history, now) % self->step;
    for (int d = DAYS - 1; d >= 0; d--) {
        int64_t end = self->midnight - d * (int64_t)DAY;
        if (recall_day(self, end, phase, d))
            continue;
        begin_day(self, end, phase, &self->days[d]);
        if (self->samples >= LEAST_SAMPLES)
            LEAD_TRY(look_at_day(self, own, history, &self->days[d]));
        if (!tells(self, &self->days[d]))
            return LEAD_OK;
    }
    return LEAD_OK;
}

/* --- what to do to samples -----------------------------------------------------------------------
 */

/* A number of a cell over the days first..last. */
typedef double (*measuring)(const lead_recalibration *self, size_t cell, int first, int last);

static double forecasts_of(const lead_recalibration *self, size_t cell, int first, int last) {
    double count = 0;
    for (int d = first; d <= last; d++)
        count += self->days[d].count[cell / self->pairs];
    return count;
}

static double aside_of(const lead_recalibration *self, size_t cell, int first, int last) {
    double aside = 0;
    for (int d = first; d <= last; d++)
        aside += self->days[d].aside[cell];
    return aside / forecasts_of(self, cell, first, last);
}

static double mean_spread(const lead_recalibration *self, size_t cell, int first, int last) {
    double spread = 0;
    for (int d = first; d <= last; d++)
        spread += self->days[d].spread[cell];
    return spread / forecasts_of(self, cell, first, last);
}

static double log_factor(const lead_recalibration *self, size_t cell, int first, int last) {
    double truth = 0, samples = 0, count = forecasts_of(self, cell, first, last);
    for (int d = first; d <= last; d++) {
        truth += self->days[d].truth[cell];
        samples += self->days[d].samples[cell];
    }
    return samples > 0 ? log(fmax(truth / count, NEAR) / fmax(samples / count, NEAR)) : 0;
}

/* How much of it lasts, 0..1. */
static double slope_of(const lead_recalibration *self, size_t step, measuring measure) {
    double both = 0, square = 0;
    for (size_t od = 0; od < self->pairs; od++) {
        size_t cell = step * self->pairs + od;
        double weight = 0, before = measure(self, cell, 1, DAYS - 1),
               last = measure(self, cell, 0, 0);
        for (int d = 0; d < DAYS; d++)
            weight += self->days[d].spread[cell];
        both += weight * before * last;
        square += weight * before * before;
    }
    return square > 0 ? fmin(1, fmax(0, both / square)) : 0;
}

/* Whether enough forecasts of each day came true so many steps ahead. */
static bool is_enough(const lead_recalibration *self, size_t step) {
    for (int d = 0; d < DAYS; d++)
        if (self->days[d].count[step] < LEAST)
            return false;
    return true;
}

static void set_step(lead_recalibration *self, size_t step) {
    bool enough = is_enough(self, step);
    double lasting_shift = enough ? slope_of(self, step, aside_of) : 0,
           lasting_factor = enough ? slope_of(self, step, log_factor) : 0;
    for (size_t od = 0; od < self->pairs; od++) {
        size_t cell = step * self->pairs + od;
        self->spread[cell] = enough ? mean_spread(self, cell, 0, DAYS - 1) : 0;
        self->shift[cell] = enough ? lasting_shift * aside_of(self, cell, 0, DAYS - 1) : 0;
        self->factor[cell] =
            enough ? exp(cut(lasting_factor * log_factor(self, cell, 0, DAYS - 1), MOST)) : 1;
    }
}

/* What keeps forecasts of so many steps ahead from being judged. */
static void explain(const lead_recalibration *self, const lead_tm_series *history, size_t step,
                    char *text, size_t size) {
    double ahead = (double)(step + 1) * (double)self->step;
    char midnight[LEAD_TIME_LENGTH + 1], first[LEAD_TIME_LENGTH + 1];
    lead_time_format(self->midnight, midnight);
    lead_time_format(lead_tm_series_time(history, 0), first);
    if (self->samples < LEAST_SAMPLES)
        snprintf(text, size, "%d samples or more, and has %d", LEAST_SAMPLES, self->samples);
    else if (2 * ahead >= DAY)
        snprintf(text, size,
                 "forecasts of less than 12 hours ahead, and those of step %zu are of %.3g hours",
                 step + 1, ahead / HOUR);
    else
        snprintf(text, size,
                 "TMs of the %d days before %s and of what a forecast then looks back to, a day or "
                 "more, and some of these are missing: the first known is of %s",
                 DAYS, midnight, first);
}

static void say(lead_recalibration *self, const char *name, const lead_tm_series *history,
                size_t step) {
    char text[300];
    if (!self->asked || self->said)
        return;
    explain(self, history, step, text, sizeof text);
    lead_log(LEAD_LOG_WARNING,
             "%s: `recalibrate: daily` wants %s; samples that it cannot judge stay as they are",
             name, text);
    self->said = true;
}

static lead_status look_back(lead_recalibration *self, const lead_reforecaster *own,
                             const lead_tm_series *history, int now) {
    size_t judged = 0, horizon = (size_t)self->horizon; /* steps before the first that is not */
    self->done = false;
    LEAD_TRY(look_at_days(self, own, history, now));
    for (size_t step = 0; step < horizon; step++) {
        set_step(self, step);
        self->done |= is_enough(self, step);
        judged += judged == step && is_enough(self, step);
    }
    if (judged < horizon)
        say(self, own->name, history, judged);
    return LEAD_OK;
}

static void set_samples(lead_recalibration *self, double *samples) {
    for (size_t cell = 0; cell < cells_of(self); cell++) {
        double median = median_of(self, samples, cell),
               usual = fmin(self->spread[cell], spread_of(self)),
               middle = median + self->shift[cell] * usual;
        for (size_t k = 0; k < (size_t)self->samples; k++) {
            double *value = &samples[k * cells_of(self) + cell];
            *value = fmax(0, middle + self->factor[cell] * (*value - median));
        }
    }
}

lead_status lead_recalibration_apply(lead_recalibration *self, const lead_reforecaster *own,
                                     const lead_tm_series *history, int now, double *samples) {
    int64_t time = lead_tm_series_time(history, now), since = (time % DAY + DAY) % DAY;
    if (!self->known || self->midnight != time - since) {
        self->midnight = time - since;
        self->known = false;
        LEAD_TRY(look_back(self, own, history, now));
        self->known = true;
    }
    if (self->done)
        set_samples(self, samples);
    return LEAD_OK;
}
