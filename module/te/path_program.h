/* The linear program behind plans over paths: shares of every OD pair's paths, the same for all
 * TMs, that make the utilisation small over the TMs. */
#ifndef LEAD_TE_PATH_PROGRAM_H
#define LEAD_TE_PATH_PROGRAM_H

#include "te/path_set.h"

typedef struct lead_path_program {
    const lead_topology *topology;
    const lead_path_set *set;
    const double *tms;         /* [samples][n*n] bit/s */
    int samples;               /* >= 1 */
    const double *probability; /* [samples], sum 1 */
    double cvar_weight;        /* (1 - weight) mean + weight CVaR(level) of the MLU */
    double cvar_level;
    double split_cap;       /* 0: none */
    const double *in_force; /* [path_count] shares in force, all 0 for a pair that has none in the
                               set; NULL: nothing is in force */
    double moved_cost;      /* what moving all of the mean TM costs, in parts of the largest
                              MLU that shortest paths give the TMs */
    double moved_limit;     /* 0: none */
    bool survive;           /* the failure of any one link (both directions) */
    double time_limit;      /* s; 0: none */
} lead_path_program;

typedef struct lead_path_answer {
    double *share; /* [path_count], the caller's; sums to 1 for every pair with paths */
    double cost;   /* of the MLU, without what is moved */
    bool optimal;  /* proven, over this set of paths */
    long iterations;
} lead_path_answer;

/* Rows of links that no TM loads most are left out until they are violated (row generation), so the
 * time hardly grows with samples * links: a dual simplex over pairs + few rows. Deterministic
 * without a time limit. LEAD_INFEASIBLE when moved_limit cannot be kept. */
lead_status lead_path_program_solve(const lead_path_program *program, lead_path_answer *answer);

#endif
