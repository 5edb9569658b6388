/* A routing into the routers that ns-3 simulates. */
#ifdef LEAD_NS3

#include "engine/ns3_install.h"
#include <stdlib.h>

/* The paths of all pairs in a row; with paths NULL their number alone. */
static int list_paths(const lead_routing *routing, ns3c_path *paths) {
    int n = lead_routing_node_count(routing), count = 0;
    for (int od = 0; od < n * n; od++) {
        const lead_path *of_pair;
        int of_pair_count = lead_routing_paths(routing, od / n, od % n, &of_pair);
        for (int i = 0; i < of_pair_count; i++, count++)
            if (paths)
                paths[count] = (ns3c_path){od / n, od % n, of_pair[i].share, of_pair[i].length,
                                           of_pair[i].links};
    }
    return count;
}

static lead_status install_paths(ns3c_network *network, const lead_routing *routing,
                                 const double *delays) {
    ns3c_path *paths;
    int count = list_paths(routing, NULL);
    LEAD_TRY(lead_calloc((size_t)count, sizeof *paths, &paths));
    list_paths(routing, paths);
    lead_status status = ns3c_install_paths(network, paths, count, delays);
    free(paths);
    return status;
}

static lead_status install_splits(ns3c_network *network, const lead_routing *routing,
                                  const double *delays) {
    const double **splits;
    int n = lead_routing_node_count(routing);
    LEAD_TRY(lead_calloc((size_t)n, sizeof *splits, &splits));
    for (int t = 0; t < n; t++)
        splits[t] = lead_routing_splits(routing, t);
    lead_status status = ns3c_install(network, splits, delays);
    free(splits);
    return status;
}

lead_status lead_ns3_install(ns3c_network *network, const lead_routing *routing,
                             const double *delays) {
    LEAD_TRY(install_splits(network, routing, delays));
    return install_paths(network, routing, delays);
}

#endif
