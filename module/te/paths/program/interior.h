/* The quadratic program behind smooth plans over paths. */
#ifndef LEAD_TE_PATHS_PROGRAM_INTERIOR_H
#define LEAD_TE_PATHS_PROGRAM_INTERIOR_H

#include "te/paths/program/solver.h"

typedef struct lead_interior_answer {
    double *share; /* [path_count], the caller's; of pairs without traffic: the target's */
    double *z;     /* [samples], the caller's: the levels that the rows bound the loads by */
    long steps;    /* counted on */
} lead_interior_answer;

/* Solves the program over paths (program.c) with the rows of links that the solver has, with
 * convexity / 2 sum of w (x - target)^2 in its objective and the MLUs rounded off by `softness`
 * (both > 0; interior.c has the formulas); without moved_limit and failures. A primal-dual
 * interior-point method: some 20 steps, each O(sum over pairs of (rows that the pair is in)^2 +
 * rows^3). LEAD_LATE past the deadline (of lead_clock_seconds(); 0: none), LEAD_NUMERIC where it
 * does not end, LEAD_MEMORY. */
lead_status lead_interior_solve(const lead_path_solver *solver, const double *target,
                                double convexity, double softness, double deadline,
                                lead_interior_answer *answer);

#endif
