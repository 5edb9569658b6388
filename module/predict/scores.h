/* What scores.c and evaluation.c share: one value's samples against its truth. */
#ifndef LEAD_PREDICT_SCORES_H
#define LEAD_PREDICT_SCORES_H

#include <lead/predict.h>

/* How samples lie over what they are of. Random ones are drawn independently. Even ones lie one in
 * each of equally likely intervals, hence further apart. Sums and largest ones of many even ones,
 * with intervals in orders of their own (LEAD's link loads, totals and peaks; the orders of its
 * pairs and steps are not independent, nor the same), lie in between: differences' squares of sums
 * are count / (count - 1) times those of random ones. */
typedef enum lead_spacing { LEAD_RANDOM, LEAD_EVEN, LEAD_EVEN_SUMS } lead_spacing;

/* What sum_ij |x_i - x_j| / count is divided by to give E|X - X'|: the fair estimator's count - 1
 * (Ferro 2014) for random samples, which would come out too low by 3 % with 40 even ones; count;
 * sqrt(count (count - 1)). */
double lead_spacing_others(lead_spacing spacing, int count);

/* CRPS of sorted samples x[count]. */
double lead_crps_of_sorted(const double *x, int count, double y, lead_spacing spacing);

/* |a|2, and the energy score E|X - y| - 1/2 E|X - X'| (Gneiting and Raftery 2007, eq. 22) of
 * samples[count][size] against truth[size]. O(count^2 size). */
double lead_norm(const double *a, size_t size);
double lead_energy_score(const double *samples, int count, const double *truth, size_t size,
                         lead_spacing spacing);

/* The q-quantile of sorted samples for an interval, so that a truth drawn like the samples falls
 * below it with probability q, however few they are: of random ones at (count + 1) q (type 6 of
 * Hyndman and Fan 1996; from 19 samples on for 5 %), of even ones at count q + 1/2 (type 5), of
 * their sums in the middle of both, at (count + 1/2) q + 1/4: of 20 samples or more 90 % intervals
 * then hold 89 to 91 % for sums and largest ones of five cells or more, where of 20 type 5 holds
 * 88 %. Fewer than 10 have their outermost samples for bounds, which hold less. */
double lead_interval_bound(const double *x, int count, double q, lead_spacing spacing);

/* Adds one OD pair of a window; sorts its samples x[count]. *point is its point forecast; NULL: the
 * samples' mean and median are. */
void lead_scores_add_pair(lead_scores *scores, double *x, int count, const double *point,
                          double truth, bool even);

#endif
