/* Walks over links. */
#include "net/walk.h"

int lead_cut_circles(const lead_topology *topology, int source, const int *walk, int length,
                     int *at, int *links) {
    int kept = 0;
    for (int v = 0; v < lead_topology_node_count(topology); v++)
        at[v] = -1; /* where in the links the node is reached */
    at[source] = 0;
    for (int i = 0; i < length; i++) {
        int v = lead_topology_link(topology, walk[i])->destination;
        if (at[v] >= 0) { /* back where it has been: the circle's nodes are forgotten */
            int back = at[v];
            for (int k = back; k < kept; k++)
                at[lead_topology_link(topology, links[k])->destination] = -1;
            kept = back;
        } else {
            links[kept++] = walk[i];
        }
        at[v] = kept;
    }
    return kept;
}
