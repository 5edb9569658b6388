/* spf: link loads of ECMP under integer link weights, kept up to date while single weights change.
 *
 * Ramalingam and Reps 1996 (distances) as Buriol, Resende and Thorup 2008 use it for weight search:
 * a change costs what it touches. Three things keep every answer the same whatever road led to it:
 * distances are integers; a node's traffic is always added up anew from its predecessors, in the
 * order of its links; and a link's load is a sum of whole quanta (2^-60 of a TM's total), which
 * integer addition neither rounds nor lets drift. The state after any number of changes is thus,
 * bit by bit, that of a full evaluation, and an undo is exact. */
#ifndef LEAD_TE_WEIGHTS_SPF_H
#define LEAD_TE_WEIGHTS_SPF_H

#include "te/weights/spf_state.h"

/* For tms[count][n*n], bit/s; a TM's diagonal is ignored. All weights are 1. LEAD_MEMORY. The
 * topology's links that are down now stay so. Room: O(count n^2). */
lead_status lead_te_spf_alloc(const lead_topology *topology, const double *tms, int count,
                              lead_te_spf **out);
void lead_te_spf_free(lead_te_spf *spf);

/* Evaluates weights[m] from nothing and keeps that. Weights are positive and n times the largest is
 * below LEAD_TE_SPF_DOWN. O(n (m log n + count m)). */
void lead_te_spf_set(lead_te_spf *spf, const int *weights);
/* The load of a link under one TM, bit/s. */
double lead_te_spf_load(const lead_te_spf *spf, int link, int tm);

#endif
