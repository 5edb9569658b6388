/* detect: what of the measured traffic its forecast did not expect. Tail probabilities of each OD
 * pair and of the whole network, anomalies with begin, end and size, and the smallest set of pairs
 * that explains each (docs/detect.md).
 *
 * Units: bit/s; probabilities from 0 to 1. n = nodes, m = links.
 *
 * Threads: as lead/base.h has it; a detector is used by one thread at a time. */
#ifndef LEAD_DETECT_H
#define LEAD_DETECT_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is called an anomaly. */
typedef struct lead_detect_options {
    double level; /* the network-wide tail probability below which one is on; 0: there are none */
    int quiet;    /* epochs in a row not below it after which it is over */
    int steps;    /* epochs that a forecast is for, whose last ones are less sure; 0: one */
} lead_detect_options;

/* What an anomaly is put down to; X(name, text). */
#define LEAD_CAUSE_LIST(X)                                                                         \
    X(PAIR, "pair")               /* one OD pair */                                                \
    X(PAIRS, "pairs")             /* a few, each by itself */                                      \
    X(SOURCE, "source")           /* all pairs of a source, by one factor; so are those below */   \
    X(DESTINATION, "destination") /* all pairs to a destination */                                 \
    X(NODE, "node")               /* both */                                                       \
    X(LINK, "link")               /* the pairs of whose traffic a link carries half or more */     \
    X(ALL, "all")                 /* all pairs */

/* What an anomaly is put down to. */
typedef enum lead_cause {
#define X(name, text) LEAD_CAUSE_##name,
    LEAD_CAUSE_LIST(X)
#undef X
        LEAD_CAUSE_COUNT
} lead_cause;

/* "source", static; "?" for a value that is none. O(1). */
LEAD_API const char *lead_cause_name(lead_cause cause);

enum { LEAD_NAMED_PAIRS = 8 }; /* most pairs that are named one by one */

/* A time in which the traffic was not what was forecast, all of it upward or all downward. Epochs
 * are numbered by the caller. */
typedef struct lead_anomaly {
    int first, last;  /* epochs: the first and the last below the level */
    int peak;         /* the epoch that says most about its cause: what follows is of it */
    double tail;      /* the least network-wide tail probability */
    double size;      /* bit/s that the pairs of the cause sent above (below 0: below) the
                         forecast's medians */
    double expected;  /* bit/s, these medians */
    double explained; /* these as a share of all pairs' excess in that direction */
    lead_cause cause;
    int node, link; /* of that cause; -1 */
    int pair_count; /* of PAIR and PAIRS, the one that stands out most first */
    int sources[LEAD_NAMED_PAIRS], destinations[LEAD_NAMED_PAIRS];
    bool open; /* it was not over when this was told */
} lead_anomaly;

/* What of an epoch was not expected. */
typedef struct lead_surprise {
    int epoch;
    double tail;             /* network-wide tail probability; NaN: it was not judged */
    int judged;              /* pairs that were */
    int source, destination; /* the pair of the least tail probability; -1: none */
    double pair_tail;        /* that probability, two-sided, of this pair alone; NaN: none */
    const lead_anomaly
        *ended; /* the one that this epoch ended, borrowed until the next epoch; NULL */
} lead_surprise;

/* One epoch, to be judged; all borrowed. */
typedef struct lead_detect_epoch {
    int epoch;             /* its number, ascending */
    int ahead;             /* which epoch of its forecast it is, from 0 on, below options.steps */
    const double *samples; /* [sample_count][n*n] of its TM, made before it; NULL: none */
    int sample_count;
    const double *tm;            /* [n*n] as measured */
    const unsigned char *gap;    /* [n*n] 1: not measured; NULL: all were */
    const lead_routing *routing; /* in force in it; NULL: no cause is a link */
} lead_detect_epoch;

/* What it has learnt of past forecasts and TMs, and the anomaly that is on. */
typedef struct lead_detector lead_detector;

/* A detector in *out for a network of `node_count` > 1 nodes. LEAD_INVALID for options out of their
 * range (level 0..0.5, quiet 1..100000, steps
 * 0..1000000), LEAD_MEMORY. */
LEAD_API lead_status lead_detector_alloc(int node_count, const lead_detect_options *options,
                                         lead_detector **out);
/* Frees the detector and what it lent. NULL is allowed. */
LEAD_API void lead_detector_free(lead_detector *detector);

/* Learns how much, and how surprisingly, pairs change from TM to TM, or in options.steps of them:
 * from the last 1008 steps of `step` s in a history (less on large networks), before anything is
 * judged. LEAD_MEMORY. O(steps
 * n^2). */
LEAD_API lead_status lead_detector_learn(lead_detector *detector, const lead_tm_series *history,
                                         int64_t step);

/* Judges an epoch by what was forecast for it, and learns from it. Nothing is judged without
 * samples, or before 50 epochs were learnt from; pairs that were not measured are left out.
 * LEAD_MEMORY. O(n^2 samples log samples), and O(n^2 (n + m)) where the epoch is part of an
 * anomaly. */
LEAD_API lead_status lead_detector_judge(lead_detector *detector, const lead_detect_epoch *epoch,
                                         lead_surprise *out);
/* The tail probability of each pair in the epoch judged last, tails[n*n] (NaN: not judged),
 * borrowed until the next one. O(1). */
LEAD_API const double *lead_detector_pair_tails(const lead_detector *detector);
/* The anomaly that is on, borrowed until the next epoch; NULL: none is. O(1). */
LEAD_API const lead_anomaly *lead_detector_open_anomaly(const lead_detector *detector);

#ifdef __cplusplus
}
#endif
#endif
