/* The record of an epoch, from what was offered, counted and decided: for runs and attached
 * programs. */
#ifndef LEAD_RUN_LAP_EPOCH_H
#define LEAD_RUN_LAP_EPOCH_H

#include <lead/control.h>
#include <lead/record.h>

/* What an epoch is recorded from; all borrowed. */
typedef struct lead_epoch {
    const lead_topology *topology;       /* with the links that are down at its end */
    const double *tm;                    /* [n*n] bit/s, of this epoch */
    const lead_counters *before, *after; /* readings at its two ends */
    const lead_rates *rates;             /* of these two */
    const lead_decision *decision;       /* of the lap before it */
    const lead_routing *earlier;         /* in force before that decision; NULL: none */
} lead_epoch;

/* Fills every field of *record but epoch, time, optimum, disconnected, withdrawn, network_changed
 * and seconds_simulate (disconnected may be NaN: pairs that no path joins at
 * its end), and adds the
 * forecast's scores to *scores. O(n m + n^2 samples log samples). */
lead_status lead_epoch_record_fill(const lead_epoch *epoch, lead_scores *scores,
                                   lead_epoch_record *record);

#endif
