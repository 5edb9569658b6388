/* What scores.c and evaluation.c share: one value's samples against its truth. */
#ifndef LEAD_PREDICT_SCORES_H
#define LEAD_PREDICT_SCORES_H

#include <lead/predict.h>

/* CRPS of sorted samples x[count]: of random ones by the fair estimator (Ferro 2014). `even` ones
 * are the quantiles of evenly spaced levels, (k + 1/2) / count: they lie further apart than random
 * ones do, so that the fair estimator would come out too low (by 3 % with 40 samples); their own
 * CRPS, as that of a step function, is right. */
double lead_crps_of_sorted(const double *x, int count, double y, bool even);

/* The q-quantile of sorted samples for an interval, so that a truth drawn like the samples falls
 * below it with probability q, however few they are: of random ones at (count + 1) q (type 6 of
 * Hyndman and Fan 1996; from 19 samples on for 5 %), of even ones at count q + 1/2 (type 5). */
double lead_interval_bound(const double *x, int count, double q, bool even);

/* Adds one OD pair of a window; sorts its samples x[count]. */
void lead_scores_add_pair(lead_scores *scores, double *x, int count, double truth, bool even);

#endif
