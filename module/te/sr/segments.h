/* Segments of segment routing: what goes from one node to another by ECMP. */
#ifndef LEAD_TE_SR_SEGMENTS_H
#define LEAD_TE_SR_SEGMENTS_H

#include <lead/te.h>

/* The links that a unit from i to j by ECMP passes, with the part of it on each, for all i and j
 * that have a route: entries first[i * n + j] .. first[i * n + j + 1] - 1. */
typedef struct lead_segments {
    const lead_topology *topology;
    lead_routing *ecmp;
    int n, m;
    int *first; /* [n*n + 1] */
    int *link;
    double *part;
    unsigned char *there; /* [n*n] there is a route; not from a node to itself */
} lead_segments;

/* ECMP under weights[m] over links that are up. O(n^2 m); memory is the entries' own. */
lead_status lead_segments_alloc(const lead_topology *topology, const double *weights,
                                lead_segments *segments);
void lead_segments_free(lead_segments *segments);

/* cost[i * n + j] = sum of price[e] * part over the segment's links; INFINITY without a route.
 * O(n^2 m). */
void lead_segments_prices(const lead_segments *segments, const double *price, double *cost);

/* A share of an OD pair's traffic that goes by way of a node; `by` is the destination itself for
 * what goes there directly. */
typedef struct lead_waypoint {
    int by;
    double share;
} lead_waypoint;

/* Sets the pair's explicit paths in the routing: those of both segments in turn, what they go in a
 * circle cut out (which only takes load away), equal ones joined; at most LEAD_WAYS_MAX, the
 * largest. Branches with less than 1/4096 of the pair go with their node's largest. A pair that
 * goes directly alone keeps to the splits. O(4096 n + 4096 paths) a pair at most. */
lead_status lead_segments_set_paths(const lead_segments *segments, int source, int destination,
                                    const lead_waypoint *ways, int count, lead_routing *routing);

#endif
