/* From samples and a measured TM to tail probabilities: of OD pairs, of the sums of each source,
 * each destination and the whole network, and of all of these together. */
#ifndef LEAD_DETECT_SCORING_H
#define LEAD_DETECT_SCORING_H

#include "detect/tail.h"
#include <lead/detect.h>

/* What tails are pooled over. */
enum { LEAD_POOL_PAIRS, LEAD_POOL_NODES, LEAD_POOL_ALL, LEAD_POOLS };

/* What is learnt of one target: a pair or a sum of pairs. Errors are log((measured + floor) /
 * (median + floor)). */
typedef struct lead_target {
    double error;                  /* mean squared, what is far out clipped */
    double errors;                 /* how many, as far as they count */
    double spread;                 /* mean squared half-width of the samples' central 68 % */
    double spreads;                /* how many */
    double scores, beyond, excess; /* how many, beyond 2, and by how much together */
} lead_target;

/* Of a target in one epoch. */
typedef struct lead_target_now {
    bool judged;
    double measured, median; /* bit/s */
    double error, spread;    /* spread squared; 0: there was one sample */
    double scale;            /* what `error` is compared with */
    double score;            /* |error| / scale */
    double tail;             /* two-sided tail probability; NaN: not judged */
} lead_target_now;

/* Targets: n*n pairs (the diagonal is never judged), n sources, n destinations, the whole. */
typedef struct lead_scoring {
    int n, count;
    lead_target *targets;
    lead_target_now *now; /* [count] */
    lead_tail pools[LEAD_POOLS];
    lead_tail network; /* of the epochs' -log of the least tail probability, corrected */
    double floor;      /* bit/s, of a pair: what is small beside it is all the same */
    double totals;     /* epochs that went into `total`, as far as they count */
    double total;      /* mean total of the TM, bit/s */
    double statistic;  /* of this epoch, see `network` */
    int odd;           /* epochs in a row that were not learnt from */
    int pairs;         /* judged in this epoch */
    double *values;    /* [room] of one target */
    double *sums;      /* [room][2n + 1] of each sample */
    int room;
} lead_scoring;

lead_status lead_scoring_alloc(int node_count, lead_scoring *out);
void lead_scoring_free(lead_scoring *scoring);
/* Fills `now`; *tail is the network-wide tail probability, NaN where nothing can be told. Then
 * learns from it. LEAD_MEMORY. */
lead_status lead_scoring_epoch(lead_scoring *scoring, const lead_detect_epoch *epoch, double *tail);
/* What was learnt of errors so far is of another forecast: new ones soon count more. */
void lead_scoring_change_forecast(lead_scoring *scoring);

#endif
