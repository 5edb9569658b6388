/* Multicommodity flow near the optimum, without a linear program; for the MLU with a proven gap. */
#ifndef LEAD_TE_MCF_APPROXIMATION_H
#define LEAD_TE_MCF_APPROXIMATION_H

#include "te/mcf/program.h"

typedef struct lead_mcf_approximation {
    double *flow;   /* [n*m] bit/s for destination t on link e: flow[t * m + e] */
    double *load;   /* [m] their sum */
    double *prices; /* [2m] MLU and Phi prices as lead_mcf_program_optimise takes them */
    double mlu;     /* of the flow */
    double bound;   /* proven: no flow has a smaller MLU */
    double volume;  /* the sum of the loads that it began with: what costs.load is of */
    long sweeps;
} lead_mcf_approximation;

/* When to stop: whatever comes first. */
typedef struct lead_mcf_goal {
    double gap;      /* mlu <= bound * (1 + gap), when the MLU alone is minimised */
    long sweeps;     /* rounds over all destinations; 0: no limit */
    double deadline; /* of lead_clock_seconds(); 0: none */
} lead_mcf_goal;

/* Flow for tm[n*n] (diagonal 0), from the shortest paths under length[m] on. The graph connects
 * every pair with traffic. A sweep is O(n m log n). */
lead_status lead_mcf_approximate(const lead_csr_graph *graph, const double *tm,
                                 const lead_mcf_costs *costs, const double *length,
                                 const lead_mcf_goal *goal, lead_mcf_approximation *out);
void lead_mcf_approximation_free(lead_mcf_approximation *approximation);

#endif
