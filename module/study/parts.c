/* Runs beside the undisturbed ones, and their parts: see parts.h. */
#include "study/parts.h"
#include "study/answers/periods.h"
#include "study/values.h"
#include <lead/compare.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 999 };

/* --- differences ------------------------------------------------------------------------------ */

static bool same_epochs(const lead_epochs *a, const lead_epochs *b) {
    return a->count == b->count &&
           memcmp(a->time, b->time, (size_t)a->count * sizeof *a->time) == 0;
}

static bool all_alike(const lead_runs *in) {
    for (int s = 0; s < in->seeds; s++)
        if (!same_epochs(in->of[0], in->of[s]) || !same_epochs(in->of[0], in->against[s]))
            return false;
    return in->of[0]->count > 0;
}

/* Seed by seed, one after the other. */
static void lay_out(lead_epochs *const *of, int seeds, lead_study_value value, double *to) {
    for (int s = 0; s < seeds; s++) {
        memcpy(to, lead_values_column(of[s], value), (size_t)of[s]->count * sizeof *to);
        to += of[s]->count;
    }
}

static lead_status compare(const lead_runs *in, const char *what, int change, double *values,
                           lead_study_change *out) {
    lead_compare_options options = lead_compare_defaults();
    lead_compare_estimate estimate;
    lead_study_value value = lead_study_change_of(change);
    size_t all = (size_t)in->seeds * (size_t)in->of[0]->count;
    char name[700];
    options.resamples = RESAMPLES;
    snprintf(name, sizeof name, "%.300s/%.200s/%s%s", in->row->variant, in->row->policy,
             lead_study_value_name(value), what);
    lay_out(in->against, in->seeds, value, values);
    lay_out(in->of, in->seeds, value, values + all);
    lead_compare_stretch stretch = {values, values + all, in->seeds, in->of[0]->count};
    LEAD_TRY(lead_compare_estimate_of(&stretch, 1, LEAD_COMPARE_MEAN, name, &options, &estimate));
    *out = (lead_study_change){estimate.difference, estimate.low, estimate.high};
    return LEAD_OK;
}

lead_status lead_runs_compare(const lead_runs *runs, const char *what,
                              lead_study_change changes[LEAD_STUDY_CHANGES]) {
    double *values;
    lead_status status = LEAD_OK;
    for (int i = 0; i < LEAD_STUDY_CHANGES; i++)
        changes[i] = (lead_study_change){NAN, NAN, NAN};
    if (!all_alike(runs))
        return LEAD_OK;
    LEAD_TRY(
        lead_calloc(2 * (size_t)runs->seeds * (size_t)runs->of[0]->count, sizeof *values, &values));
    for (int i = 0; i < LEAD_STUDY_CHANGES && status == LEAD_OK; i++)
        status = compare(runs, what, i, values, &changes[i]);
    free(values);
    return status;
}

/* --- a period --------------------------------------------------------------------------------- */

static lead_status average(lead_epochs *const *of, int seeds, double *values) {
    lead_study_result *lines;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)seeds, sizeof *lines, &lines));
    for (int s = 0; s < seeds && status == LEAD_OK; s++)
        status = lead_values_over(of[s], &lines[s]);
    if (status == LEAD_OK)
        lead_values_average(lines, seeds, values);
    free(lines);
    return status;
}

/* Bits lost in epochs of `step` s, and bits offered. */
static double lost_of(const lead_epochs *epochs, double step, double *offered) {
    const double *loss = lead_values_column(epochs, LEAD_STUDY_LOSS);
    double lost = 0;
    *offered = 0;
    for (int i = 0; i < epochs->count; i++) {
        lost += isnan(loss[i]) ? 0 : loss[i] * epochs->offered[i] * step;
        *offered += epochs->offered[i] * step;
    }
    return lost;
}

static void count_lost(const lead_runs *in, double step, lead_study_part *part) {
    double lost = 0, quiet = 0, offered = 0, seconds = 0;
    for (int s = 0; s < in->seeds; s++) {
        double bits, unused;
        lost += lost_of(in->of[s], step, &unused);
        quiet += lost_of(in->against[s], step, &bits);
        offered += bits;
        seconds += in->against[s]->count * step;
    }
    part->lost = lost / 8 / in->seeds;
    part->lost_undisturbed = quiet / 8 / in->seeds;
    part->lost_seconds = offered > 0 ? lost / (offered / seconds) / in->seeds : NAN;
}

static lead_status fill(const lead_runs *in, const char *what, double step, lead_study_part *part) {
    const lead_epochs *first = in->of[0];
    part->epochs = first->count;
    if (first->count == 0)
        return LEAD_OK;
    part->begin = first->time[0];
    part->end = first->time[first->count - 1] + (isnan(step) ? 0 : (int64_t)step);
    LEAD_TRY(average(in->of, in->seeds, part->values));
    LEAD_TRY(average(in->against, in->seeds, part->undisturbed));
    LEAD_TRY(lead_runs_compare(in, what, part->changes));
    count_lost(in, step, part);
    for (int s = 0; s < in->seeds; s++)
        part->back += lead_values_back(in->of[s], in->against[s]) / in->seeds;
    return LEAD_OK;
}

/* s from an epoch to the next; NaN of one alone. */
static double step_of(const lead_epochs *epochs) {
    return epochs->count > 1 ? (double)(epochs->time[1] - epochs->time[0]) : NAN;
}

static lead_status select_period(const lead_runs *in, lead_study_period period, lead_epochs **to) {
    for (int s = 0; s < in->seeds; s++) {
        LEAD_TRY(
            lead_periods_select(in->of[s], lead_values_columns(), in->periods[s], period, &to[s]));
        LEAD_TRY(lead_periods_select(in->against[s], lead_values_columns(), in->periods[s], period,
                                     &to[in->seeds + s]));
    }
    return LEAD_OK;
}

static lead_status divide_one(const lead_runs *in, lead_study_period period,
                              lead_study_part *part) {
    lead_epochs **some;
    char what[20];
    LEAD_TRY(lead_calloc(2 * (size_t)in->seeds, sizeof(lead_epochs *), &some));
    lead_status status = select_period(in, period, some);
    if (status == LEAD_OK) {
        lead_runs of = {in->row, in->seeds, some, some + in->seeds, NULL};
        snprintf(what, sizeof what, "/%s", lead_study_period_name(period));
        status = fill(&of, what, step_of(in->of[0]), part);
    }
    for (int i = 0; i < 2 * in->seeds; i++)
        lead_epochs_free(some[i]);
    free(some);
    return status;
}

lead_status lead_runs_divide(const lead_runs *runs, lead_study_part parts[LEAD_STUDY_PERIODS]) {
    memset(parts, 0, LEAD_STUDY_PERIODS * sizeof *parts);
    for (int s = 0; s < runs->seeds; s++)
        if (!same_epochs(runs->of[s], runs->against[s]))
            return LEAD_OK;
    for (int p = 0; p < LEAD_STUDY_PERIODS; p++)
        LEAD_TRY(divide_one(runs, (lead_study_period)p, &parts[p]));
    return LEAD_OK;
}
