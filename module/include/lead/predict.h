/* predict: past TMs -> samples of the next ones. */
#ifndef LEAD_PREDICT_H
#define LEAD_PREDICT_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a predictor may be told; every field has a neutral value. Pointers are borrowed and outlive
 * the predictor. */
typedef struct lead_predictor_options {
    int node_count;
    int horizon;  /* steps ahead to forecast, >= 1 */
    int samples;  /* >= 1 */
    int64_t step; /* seconds between TMs */
    uint64_t seed;
    const lead_tm_series
        *fit; /* TMs to fit on, NULL: none (a predictor that must fit says LEAD_INVALID) */
    const lead_tm_series *truth; /* what `oracle` looks up; NULL for everybody else */
    double alpha;           /* ewma: smoothing factor in (0, 1]; 0: chosen on the fitting data */
    const char *checkpoint; /* lead: folder with manifest.json; torchscript: the module's file */
    const char *device;     /* "auto", "cpu", "cuda:N"; NULL: auto */
    int diffusion_steps;    /* lead: DDIM steps; 0: the manifest's default */
    int threads;            /* 0: the library's default */
} lead_predictor_options;

/* An algorithm. To add one: one file, one row in predict/table.c. */
typedef struct lead_predictor_type {
    const char *name;
    const char *summary;
    size_t size; /* of the state */
    lead_status (*alloc)(void *state, const lead_predictor_options *options);
    /* Samples [sample][step][source][destination], bit/s, of the TMs at time(now) + (1..horizon) *
     * step, given history[0..now] (the series may go on after `now`: reading past it is a leak and
     * forbidden). Diagonal 0. LEAD_INVALID when the history is too short. `draw` names this
     * forecast's random draws: same draw, same samples. */
    lead_status (*forecast)(void *state, const lead_tm_series *history, int now, uint64_t draw,
                            double *samples);
    void (*free)(void *state);
} lead_predictor_type;

typedef struct lead_predictor lead_predictor;

const lead_predictor_type *lead_predictor_find(const char *name);
const char *lead_predictor_names(void);
lead_status lead_predictor_alloc(const lead_predictor_type *type,
                                 const lead_predictor_options *options, lead_predictor **out);
/* As the type's forecast, checked: samples[samples * horizon * n * n] are finite and not negative
 * on return (LEAD_NUMERIC otherwise), diagonals 0. */
lead_status lead_predictor_forecast(lead_predictor *predictor, const lead_tm_series *history,
                                    int now, uint64_t draw, double *samples);
const lead_predictor_options *lead_predictor_get_options(const lead_predictor *predictor);
void lead_predictor_free(lead_predictor *predictor);

/* The row of `history` one `lag` (steps) before `now` by time, or -1 when it is missing. O(log
 * length). */
int lead_history_find(const lead_tm_series *history, int now, int lag, int64_t step);

/* --- scores ---------------------------------------------------------------------------------- */

/* Running sums behind the forecast scores; diagonals are left out. All zero to begin with. */
typedef struct lead_scores {
    long windows;
    double squared_error, squared_truth;   /* of the samples' mean */
    double absolute_error, absolute_truth; /* of the samples' median */
    double crps;                           /* summed over OD pairs, bit/s */
    long covered_90, intervals;            /* truths inside the central 90 % interval */
} lead_scores;

/* Adds one window: samples[count][n*n] of one TM against truth[n*n]. CRPS by the fair (unbiased)
 * estimator, E|X - y| - 1/2 E|X - X'| over distinct pairs (Ferro 2014). O(n^2 count log count). */
lead_status lead_scores_add(lead_scores *scores, const double *samples, int count,
                            const double *truth, int node_count);
double lead_scores_nrmse(const lead_scores *scores);
double lead_scores_nmae(const lead_scores *scores);
double lead_scores_ncrps(const lead_scores *scores);
double lead_scores_coverage_90(const lead_scores *scores);

#ifdef __cplusplus
}
#endif
#endif
