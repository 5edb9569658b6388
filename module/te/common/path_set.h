/* Sets of paths of OD pairs, for the algorithms that plan over paths. */
#ifndef LEAD_TE_COMMON_PATH_SET_H
#define LEAD_TE_COMMON_PATH_SET_H

#include "te/common/failures.h"

/* The paths of pair od are first[od] .. first[od + 1] - 1, shortest first; path p has the links
 * links[start[p]] .. links[start[p + 1] - 1]. */
typedef struct lead_path_set {
    int pair_count, path_count, link_room, path_room;
    int *first; /* [pair_count + 1] */
    int *start; /* [path_count + 1] */
    int *links;
} lead_path_set;

void lead_path_set_free(lead_path_set *set);

/* Filling one: begins one of n*n pairs, adds a path to the pair that is
 * open, closes that pair (every pair in turn). */
lead_status lead_path_set_begin(int pair_count, lead_path_set *set);
lead_status lead_path_set_add(lead_path_set *set, const int *links, int length);
void lead_path_set_close(lead_path_set *set, int od);

/* Whether the path has a link of that failure. */
bool lead_path_fails(const lead_path_set *set, int path, const lead_failures *failures,
                     int failure);

/* Where candidate paths come from: up to `count` for every OD pair with wanted[n*n] > 0 over links
 * that are up. Past the deadline (of lead_clock_seconds(); 0: none) a pair gets one. */
typedef lead_status (*lead_path_source)(const lead_topology *topology, const double *wanted,
                                        int count, uint64_t seed, double deadline,
                                        lead_path_set *set);

#endif
