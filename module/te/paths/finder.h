/* The paths of one OD pair. */
#ifndef LEAD_TE_PATHS_FINDER_H
#define LEAD_TE_PATHS_FINDER_H

#include "te/common/path_set.h"

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
