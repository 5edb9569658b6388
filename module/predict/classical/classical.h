/* What the classical predictors share: a point forecast is theirs, samples around it come from
 * their own residuals.
 *
 * With one sample the point forecast is the sample. With more, each OD pair's samples are the
 * quantiles of the relative residuals that the point forecast left on the fitting TMs, (truth -
 * forecast) / scale with scale = max(forecast, some of the pair's means), in a random order for
 * each pair. How many means, 0.1 to 2, is chosen by CRPS for each step: quantiles of the older half
 * of up to 200 windows on the newer half. A joint sample takes all its relative residuals from one
 * fitting window, so that what OD pairs and steps have in common stays; windows are drawn without
 * replacement while there are enough. */
#ifndef LEAD_PREDICT_CLASSICAL_CLASSICAL_H
#define LEAD_PREDICT_CLASSICAL_CLASSICAL_H

#include <lead/predict.h>

typedef struct lead_classical lead_classical;

/* A point forecast [horizon][n*n], bit/s, from history[0..now]; LEAD_INVALID when the history does
 * not reach back far enough or has a gap where a value is needed. */
typedef lead_status (*lead_point_forecast)(const lead_classical *classical,
                                           const lead_tm_series *history, int now, double *point);

struct lead_classical {
    lead_predictor_options options;
    lead_point_forecast point;
    double *quantiles; /* [horizon][n*n][LEAD_RESIDUAL_QUANTILES], NULL with one sample */
    double *vectors;   /* joint: [vector_count][horizon][n*n], newest window first; at most 16 kB
                          for each step and OD pair: 2.3 MB a step for 12 nodes, 40 MB for 50 */
    int vector_count;
    double *floor;         /* [horizon][n*n] the least scale, bit/s; NULL with one sample */
    double *forecast;      /* [horizon][n*n] the point forecast made last */
    int *shuffled, *order; /* [samples], joint: [vector_count]; working space */
    void *own;             /* what the point forecast has fitted, freed with free() */
    const char *name;
};

enum { LEAD_RESIDUAL_QUANTILES = 101, LEAD_RESIDUAL_WINDOWS = 2016 };

/* Sets up, with `own` (taken over, may be NULL) for the point forecast, and fits the residuals when
 * samples > 1. */
lead_status lead_classical_alloc(lead_classical *self, const char *name,
                                 const lead_predictor_options *options, lead_point_forecast point,
                                 void *own);
lead_status lead_classical_forecast(void *state, const lead_tm_series *history, int now,
                                    uint64_t draw, double *samples);
lead_status lead_classical_forecast_joint(void *state, const lead_tm_series *history, int now,
                                          uint64_t draw, double *samples);
const double *lead_classical_last_point(const void *state);
void lead_classical_free(void *state);

/* The point forecast of `last`: the TM at `now` for every step. */
lead_status lead_last_point(const lead_classical *classical, const lead_tm_series *history, int now,
                            double *point);

/* True when rows now - length + 1 .. now of the history are on the grid without a gap. */
bool lead_history_is_whole(const lead_tm_series *history, int now, int length, int64_t step);

#endif
