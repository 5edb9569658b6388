/* What a routing holds, for the files of this room. */
#ifndef LEAD_NET_ROUTING_H
#define LEAD_NET_ROUTING_H

#include <lead/net.h>
#include <stdatomic.h>

/* The paths of one OD pair. */
typedef struct lead_pair_paths {
    int count;
    lead_path *paths; /* their links lie in `links` */
    int *links;
} lead_pair_paths;

struct lead_routing {
    lead_topology *topology; /* never changed; shared by copies */
    atomic_int *users;       /* of the topology; copies may live in several threads */
    double *splits;          /* [destination][link] */
    int *order;              /* [destination][node] */
    unsigned char *routed; /* [destination][node]: some split leaves it, or it is the destination */
    lead_pair_paths *pairs; /* [n*n]; NULL as long as no pair has paths */
};

void lead_pair_paths_clear(lead_pair_paths *pair);

#endif
