/* Quantile averaging of a predictor's forecast with that of a linear one fitted on the network's
 * own last days, as far as that has paid. */
#ifndef LEAD_PREDICT_ONLINE_BLEND_H
#define LEAD_PREDICT_ONLINE_BLEND_H

#include "predict/online/reforecast.h"

typedef struct lead_blending lead_blending;

/* For the predictor of these options (node_count, horizon, samples, step, seed, blend); whether it
 * heeds changes of level, as the linear forecast then does, too. LEAD_MEMORY. */
lead_status lead_blending_alloc(const lead_predictor_options *options, bool heeds_level_shifts,
                                lead_blending **out);
void lead_blending_free(lead_blending *self);

/* Takes samples[samples][horizon][n*n] of a forecast made at history[now] a part of the way to a
 * linear forecast's: in each OD pair and step the k-th smallest towards its k-th smallest (the mean
 * of the two quantile functions: Vincent 1912, Ratcliff 1979), so that which sample is the k-th,
 * and with it how pairs and steps go together, stays.
 *
 * The linear forecast is nlinear-day, or nlinear while there are too few TMs to fit that on, fitted
 * on the last 7 days (4096 TMs at most) before the last midnight (UTC) up to `now`; before the last
 * full six hours until the network has two days before a midnight. The part, one of 0, 1/4, 1/2,
 * 3/4 for each step ahead, is that of the least CRPS of the steps up to three from it over 12
 * moments of the last third of these days, where a linear forecast that was fitted on the first two
 * thirds stands beside one of the predictor's own; 0 where fewer than 6 of them could be judged.
 * Nothing after the days is read for either. Samples stay without enough TMs for that (a warning
 * says so once where options.blend asked for it), and while one of the last 16 TMs is missing.
 *
 * LEAD_MEMORY, or any failure of a fit or of the predictor but LEAD_INVALID. O(samples log samples
 * horizon n^2); once a day, and again for every day that is gone back to, two fits
 * (lead_linear_fit) and 12 forecasts of the predictor. */
lead_status lead_blending_apply(lead_blending *self, const lead_reforecaster *own,
                                const lead_tm_series *history, int now, uint64_t draw,
                                double *samples);

#endif
