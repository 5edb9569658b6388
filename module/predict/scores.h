/* What scores.c and evaluation.c share: one value's samples against its truth. */
#ifndef LEAD_PREDICT_SCORES_H
#define LEAD_PREDICT_SCORES_H

#include <lead/predict.h>

/* CRPS of sorted samples x[count] by the fair estimator (Ferro 2014). */
double lead_crps_of_sorted(const double *x, int count, double y);

/* The q-quantile of sorted samples for an interval: at (count + 1) q (type 6 of Hyndman and Fan
 * 1996), so that a truth drawn like the samples falls below it with probability q, however few they
 * are (from 19 on for 5 %). */
double lead_interval_bound(const double *x, int count, double q);

/* Adds one OD pair of a window; sorts its samples x[count]. */
void lead_scores_add_pair(lead_scores *scores, double *x, int count, double truth);

#endif
