/* Online recalibration: where a predictor's samples ought to have lain in the last days. */
#ifndef LEAD_PREDICT_ONLINE_RECALIBRATE_H
#define LEAD_PREDICT_ONLINE_RECALIBRATE_H

#include "predict/online/reforecast.h"

typedef struct lead_recalibration lead_recalibration;

/* For the predictor of these options (node_count, horizon, samples, step). LEAD_MEMORY. */
lead_status lead_recalibration_alloc(const lead_predictor_options *options,
                                     lead_recalibration **out);
void lead_recalibration_free(lead_recalibration *self);

/* Shifts samples[samples][horizon][n*n] of a forecast made at history[now], each OD pair's at each
 * step, by at most their spread (half of their central 68 %; that of the days, if it is less), and
 * stretches them about their median by a factor of 0.5 to 2; none falls below 0, their order stays.
 * Shifts and factors are a function of the 24 forecasts a day, one an hour, that the predictor
 * makes of the three days before the last midnight (UTC) of `now`, and of their truths up to the
 * end of their day: nothing after it is read. They are kept until the next midnight, and what a day
 * told for the two after, so a history only grows. Moments less than a day after its
 * first TM are left out. Steps ahead at which fewer than 12 of the forecasts of any of the three
 * days can be judged stay as they are, all do with fewer than 8 samples; where
 * LEAD_RECALIBRATE_DAILY was asked for, a warning says so once. Any failure of the predictor but
 * LEAD_INVALID (a history that is too short). O(samples log samples horizon n^2), once a day 24
 * forecasts, 72 at first. */
lead_status lead_recalibration_apply(lead_recalibration *self, const lead_reforecaster *own,
                                     const lead_tm_series *history, int now, double *samples);

#endif
