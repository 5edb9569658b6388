/* paths: what samples start from. The bank of a checkpoint holds, for windows of the past evenly
 * spaced in time, the normal scores of the truth at every step and OD pair under a base forecast
 * that had not seen them (models/crossfit.py). A sample takes one of them, and all are then made
 * even in every cell, in their own order (even.h; the Schaake shuffle: Clark et al. 2004). The twin
 * of models/lead/paths.py. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_PATHS_H
#define LEAD_PREDICT_LEAD_SAMPLING_PATHS_H

#include "predict/lead/checkpoint/manifest.h"

/* Window of a bank of `length` that sample 0..samples - 1 takes: one drawn from its own of
 * `samples` equal parts of the bank. */
int lead_paths_row(uint64_t seed, int sample, int samples, int length);

enum { LEAD_PATHS_UNIT = 40 }; /* of a bank's numbers, in a normal score */

/* A bank of the past: `length` windows of `horizon` steps and `paths` paths, of -120 to 120 in the
 * file, of -127 to 127 once smoothed. */
typedef struct lead_paths {
    int8_t *bank;
    int length, horizon, paths;
} lead_paths;

/* Of a manifest that is one network's, or has been settled on one. */
lead_paths lead_paths_of(const lead_manifest *manifest);

/* Smooths the paths over their steps, in place: every number takes the share `smooth`
 * (0..1/3, in whole hundredths; 0 leaves them as they are) from either neighbour, an end's missing
 * one being itself; then each step is stretched to the mean square that it had. A smoothed
 * bootstrap (Silverman and Young 1987), here along time: the residuals are those of smaller base
 * forecasts, whose noise makes paths rougher than the truth's. Whole numbers all the way but for
 * one factor a step, so that models/lead/paths.py comes to the same. O(length horizon paths). */
lead_status lead_paths_smooth(const lead_paths *paths, double smooth);

/* The path that OD pair `pair` takes, of a bank of another network's: a random one, the same for
 * all samples. */
int lead_paths_column(uint64_t seed, size_t pair, int paths);

/* z[samples][horizon][pairs]: the windows of the bank that the samples take. What the bank rounded
 * off is drawn, once for a sample and pair: so it is decided which of equal ones is the larger, and
 * at all steps alike. `own`: its paths are the pairs' own; else see lead_paths_column. */
void lead_paths_take(uint64_t seed, int samples, size_t pairs, const lead_paths *paths, bool own,
                     float *z);

#endif
