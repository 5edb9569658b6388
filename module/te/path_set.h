/* Candidate paths of OD pairs, for the algorithms that plan over paths. */
#ifndef LEAD_TE_PATH_SET_H
#define LEAD_TE_PATH_SET_H

#include "te/failures.h"
#include <lead/te.h>

/* The paths of pair od are first[od] .. first[od + 1] - 1, shortest first; path p has the links
 * links[start[p]] .. links[start[p + 1] - 1]. */
typedef struct lead_path_set {
    int pair_count, path_count, link_room, path_room;
    int *first; /* [pair_count + 1] */
    int *start; /* [path_count + 1] */
    int *links;
} lead_path_set;

/* Up to `count` paths without loops over links that are up, for every OD pair with wanted[od] > 0:
 * the shortest under weights[m] > 0 (Yen 1971 with Lawler's (1972) deviations, spurs found by A*
 * with exact distances), or `count` that share no link of least total length (successive shortest
 * augmenting paths, Suurballe 1974), or the `count` of largest share of an oblivious routing
 * (raecke.h; `seed` is for it alone, and its order is by share). Ties go to the lower link index.
 * Past the deadline (of lead_clock_seconds(); 0: none) a pair gets one path.
 * O(pairs count n m) at worst, mostly far less; memory is the paths' own. */
lead_status lead_path_set_alloc(const lead_topology *topology, const double *weights,
                                const double *wanted, int count, lead_te_path_choice choice,
                                uint64_t seed, double deadline, lead_path_set *set);
void lead_path_set_free(lead_path_set *set);

/* For those that fill a set on their own: begins one of n*n pairs, adds a path to the pair that is
 * open, closes that pair (every pair in turn). */
lead_status lead_path_set_begin(int pair_count, lead_path_set *set);
lead_status lead_path_set_add(lead_path_set *set, const int *links, int length);
void lead_path_set_close(lead_path_set *set, int od);

/* Whether the path has a link of that failure. */
bool lead_path_fails(const lead_path_set *set, int path, const lead_failures *failures,
                     int failure);

/* links = a walk from `source` without what it goes in circles: at every node it goes on as after
 * the last visit. Its length; at[n] is working space. O(n + length). */
int lead_cut_circles(const lead_topology *topology, int source, const int *walk, int length,
                     int *at, int *links);

/* The algorithms behind it, one pair each. */
typedef struct lead_path_finder {
    const lead_topology *topology;
    const double *weights;
    int count;
    double *distance; /* [n] to the destination */
} lead_path_finder;

lead_status lead_k_shortest(const lead_path_finder *finder, int source, int destination,
                            lead_path_set *set);
lead_status lead_k_disjoint(const lead_path_finder *finder, int source, int destination,
                            lead_path_set *set);

#endif
