/* normal_score: from generated normal scores to multiples of each OD pair's scale. The twin
 * of models/lead/normal_score.py.
 *
 * The base forecast gives every step and OD pair K quantiles of y / scale: a piecewise linear
 * function Q of the normal scores of their levels (the knots), whose outer pieces go on. A
 * generated number z becomes
 *
 *     y / scale = max(0, Q(shift + stretch z)),  |shift + stretch z| <= 3
 *
 * so that standard normal z give exactly the base forecast's distributions. Shift and stretch,
 * fitted after the training, depend on the step and on the range of load that the window's level is
 * in. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_NORMAL_SCORE_H
#define LEAD_PREDICT_LEAD_SAMPLING_NORMAL_SCORE_H

#include "predict/lead/checkpoint/manifest.h"

/* relative[p] of step h from z[H][p] and quantiles[H][K][p] of a window at `level` (bit/s).
 * O(p log K). */
void lead_normal_score_restore(const lead_manifest *manifest, double level, const float *quantiles,
                               const float *z, int h, double *relative);

#endif
