/* The OD pairs that bursts are of: what they sent, and what was forecast of it. */
#ifndef LEAD_RUN_WATCH_H
#define LEAD_RUN_WATCH_H

#include <lead/control.h>
#include <lead/record.h>

typedef struct lead_watch {
    const lead_timeline *timeline;
    lead_recorder *recorder;
    int n, count, room;     /* nodes; pairs; samples that `values` has room for */
    int *pairs;             /* [count] */
    lead_pair_record *rows; /* [count] */
    double *values;         /* [room] of one pair */
} lead_watch;

/* Begins pairs.csv where there are such pairs; all borrowed. */
lead_status lead_watch_alloc(const lead_timeline *timeline, int node_count, lead_recorder *recorder,
                             lead_watch *out);
void lead_watch_free(lead_watch *watch);
/* The rows of an epoch whose TM was tm[n*n], under a decision. */
lead_status lead_watch_add(lead_watch *watch, int epoch, const double *tm,
                           const lead_decision *decision);

#endif
