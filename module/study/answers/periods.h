/* periods: which epochs of a run are before, during and after its events, from events.csv. */
#ifndef LEAD_STUDY_ANSWERS_PERIODS_H
#define LEAD_STUDY_ANSWERS_PERIODS_H

#include "record/epochs.h"
#include <lead/study.h>

/* of[epochs->count]: the period of each epoch. Without that file, and where nothing in it lasts,
 * all of them are LEAD_STUDY_DURING. What ends at an epoch's start is over in it; a repair ends
 * what it repairs. *any: something lasts. LEAD_FORMAT with file and line, LEAD_IO, LEAD_MEMORY.
 * O(epochs + events^2). */
lead_status lead_periods_read(const char *path, const lead_epochs *epochs, unsigned char *of,
                              bool *any);

/* The epochs of one period, whose first `columns` values are copied; freed with lead_epochs_free.
 */
lead_status lead_periods_select(const lead_epochs *epochs, int columns, const unsigned char *of,
                                lead_study_period period, lead_epochs **out);

#endif
