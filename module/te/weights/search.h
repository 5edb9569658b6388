/* weights_search: local search over integer link weights, on several threads. */
#ifndef LEAD_TE_WEIGHTS_SEARCH_H
#define LEAD_TE_WEIGHTS_SEARCH_H

#include <lead/te.h>

typedef struct lead_te_search {
    const lead_topology *topology;
    const lead_te_options *options;
    lead_te_objective objective; /* not DEFAULT */
    const double *tms;           /* [tm_count][n*n] */
    int tm_count;
    const double *probability; /* [tm_count], sums to 1 */
    const int *start;          /* [m] weights, in 1..max_weight */
    int max_weight;
    int max_changes;          /* links whose weight may differ from `start`; 0: all */
    bool stay_near;           /* a weight that need not differ from `start` does not */
    long limit;               /* of routings looked at; 0: none */
    double begun, time_limit; /* lead_clock_seconds, s; 0: none. One of the limits is there */
} lead_te_search;

/* The best weights[m] found, no worse than the start, and how many routings were looked at. The
 * same for any number of options->threads, unless there is a time limit. LEAD_MEMORY. */
lead_status lead_te_search_run(const lead_te_search *search, int *weights, long *evaluations);

#endif
