/* betweenness: how many shortest paths lead over a node or a link. */
#ifndef LEAD_STUDY_ANSWERS_BETWEENNESS_H
#define LEAD_STUDY_ANSWERS_BETWEENNESS_H

#include <lead/net.h>

/* nodes[n], links[m]: over all pairs of other nodes (of any nodes, for links) the part of the
 * pair's shortest paths under weights[m] that lead over it, summed; parallel links make paths of
 * their own, links that are down make none. Brandes 2001, "A faster algorithm for betweenness
 * centrality"; LEAD_MEMORY. O(n m log n). */
lead_status lead_betweenness(const lead_topology *topology, const double *weights, double *nodes,
                             double *links);

#endif
