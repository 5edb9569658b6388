/* The algorithms and their options that the tables of TE tests go through. */
#ifndef TEST_TE_WAYS_H
#define TEST_TE_WAYS_H

#include "te_support.h"

typedef struct way_to_plan {
    const char *algorithm;
    lead_te_options options;
} way_to_plan;

static const way_to_plan ways[] = {
    {"ecmp", {0}},
    {"mcf", {0}},
    {"mcf", {.objective = LEAD_TE_OBJECTIVE_PHI}},
    {"mcf", {.objective = LEAD_TE_OBJECTIVE_MLU_PHI}},
    {"mcf", {.gap = 0.01}},
    {"mcf", {.survive = LEAD_TE_SURVIVE_LINKS}},
    {"mcf", {.survive = LEAD_TE_SURVIVE_GROUPS}},
    {"weights", {.evaluation_limit = 200}},
    {"weights", {.evaluation_limit = 200, .objective = LEAD_TE_OBJECTIVE_PHI}},
    {"weights", {.evaluation_limit = 200, .objective = LEAD_TE_OBJECTIVE_MLU_PHI}},
    {"weights", {.evaluation_limit = 100, .survive = LEAD_TE_SURVIVE_LINKS}},
    {"paths", {0}},
    {"paths", {.survive = LEAD_TE_SURVIVE_LINKS}},
    {"paths", {.path_choice = LEAD_TE_PATHS_DISJOINT, .split_cap = 0.6}},
    {"paths", {.path_choice = LEAD_TE_PATHS_OBLIVIOUS}},
    {"robust", {0}},
    {"robust", {.cvar_weight = 0.5, .cvar_level = 0.9}},
    {"robust", {.moved_cost = 0.3}},
    {"robust", {.moved_limit = 0.2}},
    {"robust", {.survive = LEAD_TE_SURVIVE_LINKS}},
    {"sr", {0}},
    {"sr", {.method = LEAD_TE_METHOD_SEARCH, .evaluation_limit = 500}},
    {"oblivious", {0}},
    {"smore", {0}},
    {"smore", {.survive = LEAD_TE_SURVIVE_LINKS}},
};
enum { WAYS = sizeof ways / sizeof *ways };

#endif
