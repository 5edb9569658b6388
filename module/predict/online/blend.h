/* Quantile averaging of a predictor's forecast with that of a linear one fitted on the network's
 * own last days. */
#ifndef LEAD_PREDICT_ONLINE_BLEND_H
#define LEAD_PREDICT_ONLINE_BLEND_H

#include <lead/predict.h>

typedef struct lead_blending lead_blending;

/* For the predictor of these options (node_count, horizon, samples, step, seed). LEAD_MEMORY. */
lead_status lead_blending_alloc(const lead_predictor_options *options, lead_blending **out);
void lead_blending_free(lead_blending *self);

/* Takes samples[samples][horizon][n*n] of a forecast made at history[now] half of the way to the
 * linear forecast's: in each OD pair and step the k-th smallest to its k-th smallest (the mean of
 * the two quantile functions: Vincent 1912, Ratcliff 1979), so that which sample is the k-th, and
 * with it how pairs and steps go together, stays. The linear forecast is nlinear-day, or nlinear
 * while there are too few TMs to fit that on; fitted on the last 7 days (4096 TMs at most) before
 * the last full six hours (UTC) up to `now`: nothing after them is fitted on. Without enough TMs
 * for either, or for a forecast now, samples stay. LEAD_MEMORY, or what a fit says but
 * LEAD_INVALID. O(samples log samples horizon n^2); a fit in six hours: see lead_linear_fit. */
lead_status lead_blending_apply(lead_blending *self, const lead_tm_series *history, int now,
                                uint64_t draw, double *samples);

#endif
