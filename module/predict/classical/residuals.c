/* Quantiles of the relative residuals of a point forecast, and what they are relative to. */
#include "predict/classical/residuals.h"
#include "base/numbers/random.h"
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

enum { TRIAL_WINDOWS = 200, TRIAL_LEVELS = 20, TRIAL_LEAST = 20 };

/* The least scale, in means of the OD pair over the fitting TMs. A small one leaves residuals
 * relative: where a low forecast failed, they are huge, and blow up the samples of higher ones. A
 * large one makes them absolute: low forecasts are spread as high ones are. Which is better depends
 * on the traffic, the forecast and how far ahead it looks, so the fitting TMs choose; of those
 * about equally good the largest, whose tails are shortest: pairs hardly tell them apart, peaks of
 * links do. */
static const double floors[] = {0.1, 0.2, 0.3, 0.5, 0.7, 1, 2};
enum { FLOORS = sizeof floors / sizeof floors[0] };
#define EQUALLY_GOOD 1.005 /* times the least loss */

/* Point forecasts and truths less forecasts [windows][cells], newest first. */
typedef struct trial {
    int windows;
    double *forecasts, *errors;
    double *mean;   /* [n*n] of the fitting TMs */
    double *sorted; /* [windows] working space */
} trial;

/* --- the windows ------------------------------------------------------------------------------ */

/* Whether the TMs after row `now` up to the horizon have no gap. */
static bool is_whole(const lead_classical *self, int now) {
    const lead_tm_series *fit = self->options.fit;
    int horizon = self->options.horizon;
    return lead_tm_series_time(fit, now + horizon) - lead_tm_series_time(fit, now) ==
           horizon * self->options.step;
}

/* The point forecast at row `now`; false where it cannot be made. */
static bool foresee(lead_classical *self, int now) {
    return self->point(self, self->options.fit, now, self->forecast) == LEAD_OK;
}

static double error_of(const lead_classical *self, int now, size_t cell) {
    size_t pairs = lead_classical_pairs(self);
    const double *truth = lead_tm_series_tm(self->options.fit, now + 1 + (int)(cell / pairs));
    return truth[cell % pairs] - self->forecast[cell];
}

static double relative(const lead_classical *self, double error, double forecast, size_t cell) {
    double scale = lead_classical_scale(self, forecast, cell);
    return scale > 0 ? error / scale : 0;
}

/* The last row that a window can end at. */
static int last_window(const lead_classical *self) {
    return lead_tm_series_length(self->options.fit) - 1 - self->options.horizon;
}

/* Keeps the relative residuals of the windows that end at the last rows of the fitting TMs. */
static void collect(lead_classical *self, int room) {
    size_t cells = lead_classical_cells(self);
    for (int now = last_window(self); now >= 0 && self->vector_count < room; now--) {
        if (!is_whole(self, now) || !foresee(self, now))
            continue;
        double *residuals = self->vectors + (size_t)self->vector_count++ * cells;
        for (size_t cell = 0; cell < cells; cell++)
            residuals[cell] = relative(self, error_of(self, now, cell), self->forecast[cell], cell);
    }
}

/* --- the least scale -------------------------------------------------------------------------- */

static void fill_mean(const lead_classical *self, double *mean) {
    const lead_tm_series *fit = self->options.fit;
    int length = lead_tm_series_length(fit);
    for (int i = 0; i < length; i++)
        for (size_t od = 0; od < lead_classical_pairs(self); od++)
            mean[od] += lead_tm_series_tm(fit, i)[od] / length;
}

static void set_floor(lead_classical *self, const trial *it, int step, double means) {
    size_t pairs = lead_classical_pairs(self);
    for (size_t od = 0; od < pairs; od++)
        self->floor[(size_t)step * pairs + od] = means * it->mean[od];
}

static void keep(const lead_classical *self, int now, trial *it) {
    size_t cells = lead_classical_cells(self), at = (size_t)it->windows++ * cells;
    for (size_t cell = 0; cell < cells; cell++) {
        it->forecasts[at + cell] = self->forecast[cell];
        it->errors[at + cell] = error_of(self, now, cell);
    }
}

/* Some of the windows that collect() will keep, evenly spaced. `room` whole windows are counted,
 * those that foresee() refuses among them, so where it does this reaches less far back. */
static void watch(lead_classical *self, int room, trial *it) {
    int every = (room + TRIAL_WINDOWS - 1) / TRIAL_WINDOWS, whole = 0;
    for (int now = last_window(self); now >= 0 && whole < room; now--)
        if (is_whole(self, now) && whole++ % every == 0 && foresee(self, now))
            keep(self, now, it);
}

/* Pinball loss of an error beside TRIAL_LEVELS samples at evenly spaced levels, none of which is
 * below 0: their CRPS, but for a factor (Gneiting and Raftery 2007). */
static double loss_of(double error, double forecast, double scale, const double *quantiles) {
    double loss = 0;
    for (int k = 0; k < TRIAL_LEVELS; k++) {
        double sample = scale * quantiles[k] > -forecast ? scale * quantiles[k] : -forecast;
        double short_by = error - sample, level = (k + 0.5) / TRIAL_LEVELS;
        loss += short_by * (level - (short_by < 0));
    }
    return loss;
}

/* Of a cell: the quantiles of the older half's residuals on the newer half. */
static double loss_of_cell(const lead_classical *self, const trial *it, size_t cell) {
    size_t cells = lead_classical_cells(self);
    int half = it->windows / 2, older = it->windows - half;
    for (int i = 0; i < older; i++) {
        size_t at = (size_t)(half + i) * cells + cell;
        it->sorted[i] = relative(self, it->errors[at], it->forecasts[at], cell);
    }
    lead_sort(it->sorted, (size_t)older);
    double quantiles[TRIAL_LEVELS], loss = 0;
    for (int k = 0; k < TRIAL_LEVELS; k++)
        quantiles[k] = gsl_stats_quantile_from_sorted_data(it->sorted, 1, (size_t)older,
                                                           (k + 0.5) / TRIAL_LEVELS);
    for (int i = 0; i < half; i++) {
        size_t at = (size_t)i * cells + cell;
        loss += loss_of(it->errors[at], it->forecasts[at],
                        lead_classical_scale(self, it->forecasts[at], cell), quantiles);
    }
    return loss;
}

static double loss_of_floor(lead_classical *self, const trial *it, int step, double means) {
    size_t pairs = lead_classical_pairs(self);
    double loss = 0;
    set_floor(self, it, step, means);
    for (size_t od = 0; od < pairs; od++)
        loss += loss_of_cell(self, it, (size_t)step * pairs + od);
    return loss;
}

/* Of a step ahead, in means; the first where there are too few windows to choose by. */
static double best_floor(lead_classical *self, const trial *it, int step) {
    if (it->windows < TRIAL_LEAST)
        return floors[0];
    double losses[FLOORS], least = INFINITY;
    for (int i = 0; i < FLOORS; i++) {
        losses[i] = loss_of_floor(self, it, step, floors[i]);
        least = losses[i] < least ? losses[i] : least;
    }
    int best = FLOORS - 1;
    while (losses[best] > EQUALLY_GOOD * least)
        best--;
    return floors[best];
}

static lead_status choose_floor(lead_classical *self, int room) {
    trial it = {0};
    size_t cells = lead_classical_cells(self),
           windows = room < TRIAL_WINDOWS ? (size_t)room : TRIAL_WINDOWS;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(cells, sizeof(double), &self->floor));
    LEAD_TRY_FREE(lead_calloc(lead_classical_pairs(self), sizeof(double), &it.mean));
    LEAD_TRY_FREE(lead_calloc(windows * cells, sizeof(double), &it.forecasts));
    LEAD_TRY_FREE(lead_calloc(windows * cells, sizeof(double), &it.errors));
    LEAD_TRY_FREE(lead_calloc(windows, sizeof(double), &it.sorted));
    watch(self, room, &it);
    fill_mean(self, it.mean);
    for (int step = 0; step < self->options.horizon; step++)
        set_floor(self, &it, step, best_floor(self, &it, step));
fail:
    free(it.forecasts);
    free(it.errors);
    free(it.mean);
    free(it.sorted);
    return status;
}

/* --- the quantiles ---------------------------------------------------------------------------- */

static void fit_quantiles_of(lead_classical *self, size_t cell, double *residuals) {
    size_t cells = lead_classical_cells(self), count = (size_t)self->vector_count;
    for (size_t window = 0; window < count; window++)
        residuals[window] = self->vectors[window * cells + cell];
    lead_sort(residuals, count);
    for (int q = 0; q < LEAD_RESIDUAL_QUANTILES; q++)
        self->quantiles[cell * LEAD_RESIDUAL_QUANTILES + (size_t)q] =
            gsl_stats_quantile_from_sorted_data(residuals, 1, count,
                                                (double)q / (LEAD_RESIDUAL_QUANTILES - 1));
}

static lead_status fit_quantiles(lead_classical *self) {
    size_t cells = lead_classical_cells(self);
    double *residuals;
    LEAD_TRY(lead_calloc(cells * LEAD_RESIDUAL_QUANTILES, sizeof(double), &self->quantiles));
    LEAD_TRY(lead_calloc((size_t)self->vector_count, sizeof *residuals, &residuals));
    for (size_t cell = 0; cell < cells; cell++)
        fit_quantiles_of(self, cell, residuals);
    free(residuals);
    return LEAD_OK;
}

lead_status lead_residuals_fit(lead_classical *self) {
    int length = lead_tm_series_length(self->options.fit);
    int room = length < LEAD_RESIDUAL_WINDOWS ? length : LEAD_RESIDUAL_WINDOWS;
    LEAD_TRY(choose_floor(self, room));
    LEAD_TRY(
        lead_calloc((size_t)room * lead_classical_cells(self), sizeof(double), &self->vectors));
    collect(self, room);
    if (self->vector_count == 0)
        return lead_fail(LEAD_INVALID, "%s: %d TMs are too few to fit the spread of %d samples on",
                         self->name, length, self->options.samples);
    LEAD_TRY(fit_quantiles(self));
    if (self->options.joint)
        return LEAD_OK;
    free(self->vectors);
    self->vectors = NULL;
    return LEAD_OK;
}
