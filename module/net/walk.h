/* Walks over links: paths that may meet a node more than once. */
#ifndef LEAD_NET_WALK_H
#define LEAD_NET_WALK_H

#include <lead/net.h>

/* links = a walk from `source` without what it goes in circles: at every node it goes on as after
 * the last visit. Its length; at[n] is working space. O(n + length). */
int lead_cut_circles(const lead_topology *topology, int source, const int *walk, int length,
                     int *at, int *links);

#endif
