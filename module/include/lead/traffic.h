/* traffic: synthetic traffic matrices.
 *
 * Threads: as lead/base.h has it. */
#ifndef LEAD_TRAFFIC_H
#define LEAD_TRAFFIC_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A gravity model with a daily and weekly cycle, log-normal AR(1) noise and heavy-tailed bursts. */
typedef struct lead_synthetic {
    uint64_t seed;
    int64_t start, step; /* s since 1970 UTC; s */
    int epochs;
    double mean_total;    /* bit/s, mean of the TM's total over a week without bursts */
    double gravity_sigma; /* of the nodes' log-normal masses */
    double daily_swing;   /* 0..1: the night is 1 - swing of the day's mean, the day 1 + swing */
    double weekend;       /* factor on Saturday and Sunday */
    double noise_sigma;   /* stationary standard deviation of the log noise of an OD pair */
    double noise_memory;  /* AR(1) coefficient per step, 0..1 */
    double burst_rate;    /* bursts begun per OD pair and day */
    double burst_shape;   /* Pareto shape of a burst's factor, > 1 */
    double burst_steps;   /* mean length of a burst in steps (geometric) */
} lead_synthetic;

/* Neutral values of every field but start, step and epochs: a backbone like Abilene. */
LEAD_API lead_synthetic lead_synthetic_default(void);

/* The TMs on `topology`'s nodes. Gravity means and cycles after Roughan 2005 ("Simplifying the
 * synthesis of Internet traffic matrices"). LEAD_INVALID naming the parameter that is out of range.
 * O(epochs n^2). */
LEAD_API lead_status lead_synthetic_generate(const lead_synthetic *model,
                                             const lead_topology *topology, lead_tm_series **out);

#ifdef __cplusplus
}
#endif
#endif
