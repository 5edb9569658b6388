/* A scalar state-space model of each OD pair for itself: what a rate will be, by its last ones and
 * the time of day, and how far off that may be. */
#ifndef LEAD_MEASURE_PAIR_FILTERS_H
#define LEAD_MEASURE_PAIR_FILTERS_H

#include <lead/measure.h>

/* The model of a pair's rate x at time t, in the root of bit/s:
 *
 *   sqrt x = profile[slot of t] + level + e,              e ~ N(0, scale noise)
 *   level  = usual + memory (last level - usual) + w,     w ~ N(0, scale drive)
 *
 * that is a damped local level about a daily profile (structural time series, Harvey 1989), in
 * the root since the spread of a rate grows with it. `usual` follows the level over hours, `scale`
 * the squares of what came as a surprise. Then x has mean m^2 + S and variance 4 m^2 S + 2 S^2
 * where sqrt x ~ N(m, S), and beside that the variance `jumps` that this did not tell in the past
 * (the mean of squared errors less that variance; below least_jumps it counts as that). All arrays
 * are [pairs]. */
typedef struct lead_pair_filters {
    int pairs;
    int64_t step, time;               /* s between TMs, 0: not known; of the last TM */
    bool begun;                       /* `time` is one */
    double least_jumps;               /* (bit/s)^2 */
    double *profile;                  /* [slots][pairs] */
    double *memory, *drive, *noise;   /* of a step */
    double *scale, *jumps, *seen;     /* seen: how often the pair was measured */
    double *level, *usual, *variance; /* of the level */
    double *mean, *spread;            /* of the coming rate: bit/s, (bit/s)^2 */
} lead_pair_filters;

/* Fits the model on `prior` (NULL or less than 16 TMs: a local level without a profile, whose size
 * the first measurements tell) and goes through it. LEAD_MEMORY. O(length x pairs). */
lead_status lead_pair_filters_alloc(lead_pair_filters *self, int pairs,
                                    const lead_tm_series *prior);
void lead_pair_filters_free(lead_pair_filters *self);

/* Goes on to `time`, s since 1970, and sets mean and spread. O(pairs). */
void lead_pair_filters_predict(lead_pair_filters *self, int64_t time);
/* The rate of a pair at the time predicted for was measured: bit/s. O(1). */
void lead_pair_filters_measure(lead_pair_filters *self, int od, double rate);
/* It is told only in part: mean bit/s and variance, less than `spread`, of what is known of it by
 * now. O(1). */
void lead_pair_filters_learn(lead_pair_filters *self, int od, double rate, double variance);

#endif
