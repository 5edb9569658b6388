/* values: what a row's epochs come to. */
#ifndef LEAD_STUDY_VALUES_H
#define LEAD_STUDY_VALUES_H

#include "record/epochs.h"
#include <lead/study.h>

/* The epochs of a row, freed with lead_epochs_free; NULL in *out where it is not done, or the file
 * is not as its run left it, which is said in a warning. */
lead_status lead_values_read(const lead_study *study, int row, lead_epochs **out);
/* The values over these epochs; seeds is 0. */
lead_status lead_values_over(const lead_epochs *epochs, lead_study_result *out);
/* Both; *there: it is done. */
lead_status lead_values_of_row(const lead_study *study, int row, lead_study_result *out,
                               bool *there);
/* A value's column of the epochs, by which it is compared epoch by epoch. */
const double *lead_values_column(const lead_epochs *epochs, lead_study_value value);
/* How many columns the epochs have. */
int lead_values_columns(void);
/* The values' means over [count] lines, of those that are there. */
void lead_values_average(const lead_study_result *lines, int count, double *values);
/* Epochs from the first one until the MLU was near the optimum; NaN: it never was. */
double lead_values_back(const lead_epochs *epochs, const lead_epochs *against);
/* Over epochs whose plan knew the network and, where periods is not NULL, that are `during`: the
 * part of them that lost nothing, and the part of their traffic that was carried; NaN of none. */
void lead_values_carried(const lead_epochs *epochs, const unsigned char *periods,
                         double *all_carried, double *carried);

/* Says that the row's run came to its end: writes its `done`, which holds the checksum of its
 * epochs.csv, last. */
lead_status lead_values_seal(const lead_study *study, int row);

#endif
