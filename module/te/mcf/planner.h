/* Plans by minimum-cost multicommodity flow; see planner.c. */
#ifndef LEAD_TE_MCF_PLANNER_H
#define LEAD_TE_MCF_PLANNER_H

#include "te/mcf/program.h"
#include <lead/te.h>

/* A linear program that is kept, and its prices. */
typedef struct lead_mcf_stage {
    lead_mcf_program *program;
    double *prices; /* [2m] */
    int columns;    /* it began with, after its first solution */
} lead_mcf_stage;

typedef struct lead_mcf_planner {
    const lead_topology *topology;
    lead_te_options options;
    lead_csr_graph graph;
    lead_mcf_stage first, second; /* least MLU; least load or Phi (at it) */
    double *tm, *weights, *length, *loads;
    double deadline, bound;
} lead_mcf_planner;

lead_status lead_mcf_planner_alloc(lead_mcf_planner *planner, const lead_topology *topology,
                                   const lead_te_options *options);
void lead_mcf_planner_free(lead_mcf_planner *planner);
/* Plans for the mean of the demand's TMs; the next plan goes on from this one's programs. */
lead_status lead_mcf_planner_plan(lead_mcf_planner *planner, const lead_te_demand *demand,
                                  lead_te_plan *plan);

#endif
