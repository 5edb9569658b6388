/* What windows added up to, and predictors compared by it. */
#ifndef LEAD_RUN_AGAINST_H
#define LEAD_RUN_AGAINST_H

#include <lead/evaluate.h>

/* The windows of one predictor at one horizon, in their order: sums up to and with each. */
typedef struct lead_evaluate_windows_sums {
    int count; /* 0: none was scored */
    lead_score_sums *sums;
} lead_evaluate_windows_sums;

/* Those of all predictors and horizons. */
typedef struct lead_evaluate_kept lead_evaluate_kept;

lead_status lead_evaluate_kept_alloc(const lead_evaluate_options *options, int windows,
                                     lead_evaluate_kept **out);
void lead_evaluate_kept_free(lead_evaluate_kept *kept);
/* [horizons] of one predictor. */
lead_evaluate_windows_sums *lead_evaluate_kept_of(lead_evaluate_kept *kept, int predictor);

/* LEAD_INVALID where options->against is none of the predictors. */
lead_status lead_evaluate_check_against(const lead_evaluate_options *options);
/* Tells options->difference of every predictor, horizon and score beside options->against's. */
lead_status lead_evaluate_compare(const lead_evaluate_options *options,
                                  const lead_evaluate_kept *kept);

#endif
