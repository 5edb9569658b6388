/* From samples and a measured TM to tail probabilities: of each OD pair, and of the whole network.
 *
 * A pair's error is log((measured + floor) / (median + floor)). Its score is the error's size over
 * what is usual, which its past errors and the samples' spread say. The tail of a pair's scores is
 * learnt, and so is that of the network's statistics (sets.h), which allows for what pairs have in
 * common. */
#ifndef LEAD_DETECT_SCORING_H
#define LEAD_DETECT_SCORING_H

#include "detect/tail.h"
#include <lead/detect.h>

/* The kinds of sets that stand out: one pair, those of a node, all. */
enum { LEAD_KIND_PAIR, LEAD_KIND_NODES, LEAD_KIND_ALL, LEAD_KINDS };

/* What is learnt of a pair. */
typedef struct lead_target {
    double error;           /* mean squared, what is far out clipped */
    double errors;          /* how many, as far as they count */
    double spread;          /* mean squared half-width of the samples' central 68 % */
    double spreads;         /* how many */
    double scores, beyond;  /* how many, and of them beyond the threshold */
    double excess, excess2; /* by how much together, and squared */
    double record;          /* the largest, which fades */
} lead_target;

/* A pair in one epoch. */
typedef struct lead_target_now {
    double measured, median; /* bit/s */
    double error;            /* NaN: it was not measured */
    double spread;           /* squared; 0: there was one sample */
    double scale;            /* what `error` is compared with */
    double score;            /* |error| / scale */
    double tail;             /* two-sided tail probability; NaN: not judged */
    lead_tail_fit fit;       /* of its scores */
    double rarity;           /* -log of the fit's rate */
    double record;           /* the largest score so far */
    double record_rarity;    /* -log of the rate of such a one */
} lead_target_now;

typedef struct lead_scoring {
    int n;
    lead_target *targets;        /* [n*n] */
    lead_target_now *now;        /* [n*n] */
    lead_tail pool;              /* of all pairs' scores */
    lead_tail kinds[LEAD_KINDS]; /* of the epochs' statistics */
    int steps;                   /* that a forecast has */
    double *aheads, *visits;     /* [steps] squared errors over those of the first step, else alike;
                                    how many epochs they are from */
    double floor;                /* bit/s: what is small beside it is all the same */
    double totals, total;        /* epochs that went into the TM's mean total, which is in bit/s */
    int odd;                     /* epochs in a row that were not learnt from */
    int judged;                  /* pairs in this epoch */
    double *values;              /* [room] samples of a pair */
    int room;
    int *members; /* [n*n] room for a set */
} lead_scoring;

lead_status lead_scoring_alloc(int node_count, int steps, lead_scoring *out);
void lead_scoring_free(lead_scoring *scoring);
/* Fills `now`; *tail is the network-wide tail probability, NaN where nothing can be told. Then
 * learns from it. LEAD_MEMORY. */
lead_status lead_scoring_epoch(lead_scoring *scoring, const lead_detect_epoch *epoch, double *tail);
/* What was learnt of errors so far is of another forecast: new ones soon count more. */
void lead_scoring_change_forecast(lead_scoring *scoring);

/* How unlikely a score of that pair is, in nats: about -log of its tail probability. */
double lead_target_loss(const lead_target_now *now, double score);

#endif
