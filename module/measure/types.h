/* The rows of the estimator table, one algorithm a file. */
#ifndef LEAD_MEASURE_TYPES_H
#define LEAD_MEASURE_TYPES_H

#include <lead/measure.h>

extern const lead_estimator_type lead_estimator_od_counters;
extern const lead_estimator_type lead_estimator_gravity;
extern const lead_estimator_type lead_estimator_tomogravity;
extern const lead_estimator_type lead_estimator_minimum_kl;
extern const lead_estimator_type lead_estimator_state_space;

#endif
