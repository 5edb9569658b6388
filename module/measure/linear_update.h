/* Linear observations of unknowns that were independent before. */
#ifndef LEAD_MEASURE_LINEAR_UPDATE_H
#define LEAD_MEASURE_LINEAR_UPDATE_H

#include <stddef.h>

/* Unknowns x[count] of mean[count] and variance[count], and of each of `rows` observations y = h x
 * + e: its h[rows][count] (overwritten), residual[rows] = y less h mean (overwritten), and
 * noise[rows], the variance of e; room[rows]. */
typedef struct lead_linear_update {
    int rows, count;
    double *h, *residual;
    const double *noise;
    double *mean, *variance;
    double *room;
} lead_linear_update;

/* Mean and variance of each unknown given all observations together (Gaussian conditioning; what
 * they have in common afterwards is not told). An observation that those before it tell, and that
 * has no noise, changes nothing. O(rows^2 count). */
void lead_linear_update_apply(const lead_linear_update *self);

#endif
