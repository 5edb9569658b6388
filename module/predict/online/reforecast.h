/* How what watches a predictor has it forecast again from a moment of the past. */
#ifndef LEAD_PREDICT_ONLINE_REFORECAST_H
#define LEAD_PREDICT_ONLINE_REFORECAST_H

#include <lead/predict.h>

/* A forecast of the predictor's own, as lead_predictor_type has it. */
typedef lead_status (*lead_reforecast)(void *predictor, const lead_tm_series *history, int now,
                                       uint64_t draw, double *samples);

/* Whose samples they are. */
typedef struct lead_reforecaster {
    lead_reforecast forecast;
    /* CRPS of the sorted samples x[count] of a value, spaced as the predictor's are. */
    double (*crps)(const void *predictor, const double *x, int count, double truth);
    void *predictor;
    const char *name;
} lead_reforecaster;

#endif
