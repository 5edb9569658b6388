/* What a forecast does not know of the TM that it starts from. */
#ifndef LEAD_CONTROL_WIDEN_H
#define LEAD_CONTROL_WIDEN_H

#include <lead/control.h>

/* Samples [count][steps][pairs] of a forecast that starts from a TM, some of whose entries were
 * filled in with an error. */
typedef struct lead_widening {
    const double *tm, *variance; /* [pairs] bit/s; (bit/s)^2 of the errors, 0: measured */
    size_t pairs;
    int count, steps;
    uint64_t key;   /* of the draws */
    double *shifts; /* [count] room */
} lead_widening;

/* Multiplies each sample of a pair of variance v and rate r, in all its steps, by a log-normal
 * factor of mean 1 and variance v / r^2 (at most 1), one in each of `count` equally likely
 * intervals (Latin hypercube sampling), in random order: the mean stays, nothing falls below 0, and
 * pairs without a variance stay as they are, as does a forecast of one sample. O(pairs count
 * steps). */
void lead_widen(const lead_widening *self, double *samples);

#endif
