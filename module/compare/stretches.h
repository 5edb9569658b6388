/* The epochs of pairs of runs, brought together. */
#ifndef LEAD_COMPARE_STRETCHES_H
#define LEAD_COMPARE_STRETCHES_H

#include "compare/bootstrap.h"

/* Runs of one policy of A and of B, the same traffic in each pair. */
typedef struct lead_compare_stretches {
    lead_compare_epochs **a, **b; /* [runs], in order */
    int runs, room_a, room_b;
    int *group;                                            /* [runs] the stretch of each */
    double *values;                                        /* what the stretches borrow */
    lead_compare_stretch *stretches[LEAD_COMPARE_METRICS]; /* [count] each */
    int count, epochs;
} lead_compare_stretches;

/* Reads RUN/POLICY/epochs.csv of both and checks that they met the same traffic: LEAD_INVALID. */
lead_status lead_compare_stretches_add(lead_compare_stretches *self, const char *run_a,
                                       const char *policy_a, const char *run_b,
                                       const char *policy_b);
/* Puts runs that met the same traffic into one stretch. O(runs^2 + runs x epochs). */
lead_status lead_compare_stretches_finish(lead_compare_stretches *self);
void lead_compare_stretches_clear(lead_compare_stretches *self);

/* "A/B" or "A/B/C"; free with free(). */
lead_status lead_compare_path(const char *a, const char *b, const char *c, char **out);

#endif
