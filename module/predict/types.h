/* The rows of the predictor table, one algorithm a file. */
#ifndef LEAD_PREDICT_TYPES_H
#define LEAD_PREDICT_TYPES_H

#include <lead/predict.h>

extern const lead_predictor_type lead_predictor_last;
extern const lead_predictor_type lead_predictor_mean;
extern const lead_predictor_type lead_predictor_ewma;
extern const lead_predictor_type lead_predictor_seasonal;
extern const lead_predictor_type lead_predictor_nlinear;
extern const lead_predictor_type lead_predictor_nlinear_day;
extern const lead_predictor_type lead_predictor_oracle;
extern const lead_predictor_type lead_predictor_noisy_oracle;
extern const lead_predictor_type lead_predictor_auto;
extern const lead_predictor_type lead_predictor_torchscript;
extern const lead_predictor_type lead_predictor_lead;

#endif
