/* scenarios: a few TMs with probabilities in the place of many. */
#ifndef LEAD_TE_COMMON_SAMPLE_REDUCTION_H
#define LEAD_TE_COMMON_SAMPLE_REDUCTION_H

#include <lead/base.h>

/* Chooses `keep` of tms[samples][n*n], each of the same probability, and gives each chosen one
 * the probability of those that are nearest to it (Euclid, without the diagonals; ties to the one
 * chosen first, so a chosen one may have 0): forward selection by Heitsch and Roemisch 2003, which
 * adds the TM that lowers the probability-weighted sum of distances most (ties to the lowest
 * index). chosen[keep] ascending, probability[keep] sums to 1. keep >= samples keeps all; then both
 * arrays hold `samples`. LEAD_INVALID for no samples or keep < 1, LEAD_MEMORY. O(samples^2 (n^2 +
 * keep)). */
lead_status lead_te_reduce(const double *tms, int samples, int n, int keep, int *chosen,
                           double *probability);

#endif
