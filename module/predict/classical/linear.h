/* What nlinear and nlinear-day share: per OD pair and step ahead, the change from the last value as
 * a linear function of the last values and, with a day, of yesterday's values around the target's
 * time of day, each less the last one, and a constant (NLinear of Zeng et al. 2023, "Are
 * Transformers effective for time series forecasting?", with daily lags). Fitted by ridge
 * regression, directly for each step. An OD pair with few windows to fit on is joined by all of
 * them: the mean of the pairs' normal equations, each over its mean square, counts as 100 windows
 * more (an empirical prior: partial pooling, Gelman and Hill 2007), but for the constant. */
#ifndef LEAD_PREDICT_CLASSICAL_LINEAR_H
#define LEAD_PREDICT_CLASSICAL_LINEAR_H

#include "predict/classical/classical.h"

enum {
    LEAD_LINEAR_LAGS = 16,  /* 15 differences to the last value, and a constant */
    LEAD_LINEAR_AROUND = 3, /* of yesterday: so many steps before and after the target's time */
    LEAD_LINEAR_DAY = 2 * LEAD_LINEAR_AROUND + 1
};

/* The number of weights for those options. `day`: steps in a day; 0: without yesterday. */
size_t lead_linear_weight_count(const lead_predictor_options *options, int day);

/* weights[horizon][n*n][features], fitted on options->fit; those of pairs without traffic are 0.
 * `name` is the predictor's, for messages. LEAD_INVALID when the TMs to fit on are too few. O(W n^2
 * H (L + D)), twice where W < 3000, for W TMs, H steps, L = 16 last values and D = 7 of yesterday:
 * neighbouring steps have all but one of yesterday's values in common, and their products are
 * summed once. */
lead_status lead_linear_fit(const char *name, const lead_predictor_options *options, int day,
                            double *weights);

/* The point forecast [horizon][n*n] by those weights; the last 16 TMs are there (the caller has
 * seen to it). False when one of yesterday's values that it needs is not. O(n^2 H (L + D)). */
bool lead_linear_point(const lead_predictor_options *options, int day, const double *weights,
                       const lead_tm_series *history, int now, double *point);

#endif
