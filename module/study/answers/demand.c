/* The search for the largest demands that a network carries: see demand.h. */
#include "study/answers/demand.h"
#include <math.h>

static const double least = 1e-6, most = 1e6;

enum { GUESSES = 5, DIGITS = 7 };

void lead_trials_bracket(const lead_trial *trials, int count, double *low, double *high) {
    *low = *high = NAN;
    for (int i = 0; i < count; i++)
        if (trials[i].mlu <= 1 && !(trials[i].factor <= *low))
            *low = trials[i].factor;
    for (int i = 0; i < count; i++)
        if (trials[i].mlu > 1 && !(trials[i].factor < *low) && !(trials[i].factor >= *high))
            *high = trials[i].factor;
}

/* With few digits, so that a file holds it. */
static double rounded(double factor) {
    double scale = pow(10, DIGITS - 1 - floor(log10(factor)));
    return round(factor * scale) / scale;
}

/* Where the MLU is 1 if it is linear, by the trial that is nearest to 1. */
static double linear(const lead_trial *trials, int count) {
    const lead_trial *best = &trials[0];
    for (int i = 1; i < count; i++)
        if (fabs(log(trials[i].mlu)) < fabs(log(best->mlu)))
            best = &trials[i];
    return best->factor / best->mlu;
}

static bool is_between(double factor, double low, double high) {
    return !(factor <= low) && !(factor >= high);
}

/* Strictly between low and high, either of which may be NaN. */
static double choose(const lead_trial *trials, int count, double low, double high) {
    double guess = linear(trials, count);
    for (int side = -1; side <= 1 && count < GUESSES; side += 2) {
        double factor = rounded(guess * (1 + side * 0.45 * LEAD_STUDY_LIMIT));
        if (is_between(factor, low, high))
            return factor;
    }
    return rounded(isnan(high) ? 2 * low : isnan(low) ? high / 2 : sqrt(low * high));
}

double lead_trials_next(const lead_trial *trials, int count) {
    double low, high;
    if (count == LEAD_TRIALS_MOST)
        return 0;
    for (int i = 0; i < count; i++)
        if (!(trials[i].mlu > 0) || !isfinite(trials[i].mlu))
            return 0;
    lead_trials_bracket(trials, count, &low, &high);
    if (high <= low * (1 + LEAD_STUDY_LIMIT))
        return 0;
    double next = choose(trials, count, low, high);
    return next >= least && next <= most && is_between(next, low, high) ? next : 0;
}
