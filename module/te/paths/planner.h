/* What the algorithms that plan over paths have in common. */
#ifndef LEAD_TE_PATHS_PLANNER_H
#define LEAD_TE_PATHS_PLANNER_H

#include "te/paths/program/program.h"

/* The state of such an algorithm. */
typedef struct lead_path_planner {
    const lead_topology *topology;
    lead_te_options options;
    lead_path_set set;
    double *weights;   /* [m] by which paths are short, and of what pairs without traffic take */
    double *wanted;    /* [n*n] > 0: the set has paths for the pair */
    unsigned char *up; /* [m] links that were up when the set was made */
    lead_failures failures;     /* to survive, of those links */
    lead_path_source oblivious; /* of path_choice: oblivious; from another family */
    const lead_routing *given;  /* the paths of pairs, in place of a choice; NULL: none */
    bool generates; /* all paths there are, as the program asks for them; the set is a start */
    lead_path_basis *basis; /* where its last program ended */
    bool made;
    bool has_warned; /* that a plan is not smooth */
    bool has_told;   /* of pairs that `given` has no path for */
} lead_path_planner;

enum { LEAD_DEFAULT_PATHS = 4 };

lead_status lead_path_planner_alloc(void *state, const lead_topology *topology,
                                    const lead_te_options *options);
void lead_path_planner_free(void *state);

/* Whether plans are to be smooth (tie_break): without failures to survive and moved_limit. */
bool lead_path_planner_is_smooth(const lead_path_planner *planner);

/* Plans for the mean of the demand's TMs, or for all of them. Pairs without traffic in any of them
 * follow shortest paths. */
lead_status lead_path_planner_plan(lead_path_planner *planner, const lead_te_demand *demand,
                                   bool for_samples, lead_te_plan *plan);

/* The paths that it plans over, of all pairs that are joined: a new routing of even shares. */
lead_status lead_path_planner_paths(lead_path_planner *planner, lead_routing **out);

#endif
