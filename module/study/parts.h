/* parts: a variant before, during and after its events, beside the undisturbed run. */
#ifndef LEAD_STUDY_PARTS_H
#define LEAD_STUDY_PARTS_H

#include "record/epochs.h"
#include <lead/study.h>

/* The runs of one variant and policy: of each seed its epochs, those of the undisturbed run, and
 * the period of each. */
typedef struct lead_runs {
    const lead_study_row *row; /* the first of them, for its names */
    int seeds;
    lead_epochs *const *of, *const *against; /* [seeds] */
    unsigned char *const *periods;           /* [seeds][epochs] */
} lead_runs;

/* Differences from the undisturbed runs over the same epochs, with intervals; `what` is said of the
 * epochs in the name that decides the draws. Nothing (NaN) where the epochs are not the same. */
lead_status lead_runs_compare(const lead_runs *runs, const char *what,
                              lead_study_change changes[LEAD_STUDY_CHANGES]);
/* Each period of its own. */
lead_status lead_runs_divide(const lead_runs *runs, lead_study_part parts[LEAD_STUDY_PERIODS]);

#endif
