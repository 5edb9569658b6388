/* A demand-oblivious routing: a convex combination of decomposition trees. */
#ifndef LEAD_TE_TREES_RAECKE_H
#define LEAD_TE_TREES_RAECKE_H

#include <lead/te.h>

typedef struct lead_raecke lead_raecke;

/* Raecke 2008: trees are drawn one after the other for lengths that grow exponentially with what
 * the trees so far put on a link when every cut is filled; a tree is a hierarchy of random balls
 * (Fakcharoenphol, Rao and Talwar 2004). Links that are down are left out. Past the deadline (of
 * lead_clock_seconds(); 0: none) no more trees are drawn, and a pair has the first tree's path.
 * O(trees (n m log n + levels n^2)). */
lead_status lead_raecke_alloc(const lead_topology *topology, uint64_t seed, double deadline,
                              lead_raecke **out);
void lead_raecke_free(lead_raecke *raecke);

/* The pair's paths over all trees, without circles, equal ones joined, largest share first, fewer
 * than `room`; *count = 0 where there is no way there and back. paths[room] and links[room * n] are
 * the caller's, the paths' links lie in `links`. O(trees levels n + trees room). */
void lead_raecke_pair(const lead_raecke *raecke, int source, int destination, int room,
                      lead_path *paths, int *links, int *count);

#endif
