/* The second stage of plans over paths: of those that are nearly the best, the one that follows the
 * data smoothly. */
#ifndef LEAD_TE_PATHS_PROGRAM_SMOOTH_H
#define LEAD_TE_PATHS_PROGRAM_SMOOTH_H

#include "te/paths/program/solver.h"

/* Goes on from the solver's optimum, whose shares are in `answer`, to the smooth plan (smooth.c):
 * its cost, with what it moves, is at most LEAD_SMOOTH_TOLERANCE (relative) above the least one.
 * answer->share and ->smooth are set; where it is not found (in time) they stay, with the message
 * in lead_last_message. Some rounds of lead_interior_solve. LEAD_MEMORY alone is a failure. */
lead_status lead_path_smooth(lead_path_solver *solver, lead_path_answer *answer);

#endif
