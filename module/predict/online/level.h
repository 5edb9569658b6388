/* A change of level: the network's traffic, or a node's, jumps by more than its past explains. A
 * predictor is shown a past at the usual level, and its forecast is brought to the present one. */
#ifndef LEAD_PREDICT_ONLINE_LEVEL_H
#define LEAD_PREDICT_ONLINE_LEVEL_H

#include <lead/predict.h>

typedef struct lead_level lead_level;

/* For the predictor of these options (node_count, samples, step, window). LEAD_MEMORY. */
lead_status lead_level_alloc(const lead_predictor_options *options, lead_level **out);
void lead_level_free(lead_level *self);

/* Looks for jumps in the last 8 days (4096 TMs at most) of history[0..now], nothing after `now`.
 * *usual: a new series, whose last TM is that of `now`, at the level of most of the last day; NULL
 * where nothing jumped. Fewer than 48 TMs tell nothing, nor do rates below a thousandth of the
 * usual ones. O(n^2) a TM looked at. */
lead_status lead_level_find(lead_level *self, const lead_tm_series *history, int now,
                            lead_tm_series **usual);

/* Whether the level at the `now` of the last lead_level_find, which told a series, is the usual
 * one: jumps were over by then. O(n). */
bool lead_level_is_usual(const lead_level *self);

/* Brings samples [samples][steps][n*n] of a forecast from *usual to the level of `now`. A level
 * that is not the usual one, `age` steps old, lasts `ahead` steps more in (age + hour) / (age +
 * hour + ahead) of the samples; from then on a sample is at the usual one. Which samples, `key`
 * says. */
void lead_level_restore(lead_level *self, int steps, uint64_t key, double *samples);

#endif
