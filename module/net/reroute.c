/* What is left of a routing when links are down, and where the rest of its traffic goes. */
#include "base/expects.h"
#include "net/routing.h"
#include <stdlib.h>
#include <string.h>

typedef struct reroute {
    const lead_routing *routing;
    const lead_topology *network; /* with the links that are down now */
    const double *weights;
    double *distance, *splits; /* [n], [m] */
    unsigned char *leads_on;   /* [n] a next hop that is left leads to the destination */
} reroute;

/* The share of a node's traffic that next hops which lead on keep; their parts go to splits[]. */
static double keep(reroute *self, const double *asked, int node) {
    int degree;
    const int *links = lead_topology_links_out(self->network, node, &degree);
    double sum = 0;
    for (int i = 0; i < degree; i++) {
        const lead_link *link = lead_topology_link(self->network, links[i]);
        bool left = link->up && asked[links[i]] > 0 && self->leads_on[link->destination];
        self->splits[links[i]] = left ? asked[links[i]] : 0;
        sum += self->splits[links[i]];
    }
    return sum;
}

/* Against the direction of the traffic: what each node keeps. False: nothing changes. */
static bool prune(reroute *self, int t) {
    int n = lead_topology_node_count(self->network);
    const double *asked = lead_routing_splits(self->routing, t);
    const int *order = lead_routing_order(self->routing, t);
    bool changed = false;
    memset(self->leads_on, 0, (size_t)n);
    self->leads_on[t] = 1;
    for (int i = n - 1; i >= 0; i--) {
        int v = order[i];
        if (v == t)
            continue;
        double kept = keep(self, asked, v);
        self->leads_on[v] = kept > 0;
        changed = changed || kept < 1 - 1e-6;
    }
    return changed;
}

/* Nodes that keep no next hop take their shortest paths: these come to a node that leads on, which
 * never leads back, or to the destination. */
static void add_shortest(reroute *self, int t) {
    for (int v = 0; v < lead_topology_node_count(self->network); v++) {
        int degree;
        const int *links = lead_topology_links_out(self->network, v, &degree);
        for (int i = 0; i < degree && v != t && !self->leads_on[v]; i++)
            self->splits[links[i]] =
                lead_on_shortest_path(self->network, self->weights, self->distance, links[i]);
    }
}

static lead_status reroute_destination(reroute *self, int t, lead_routing *out) {
    memset(self->splits, 0, (size_t)lead_topology_link_count(self->network) * sizeof *self->splits);
    if (!prune(self, t))
        return LEAD_OK;
    LEAD_TRY(lead_distances_to(self->network, self->weights, t, self->distance));
    add_shortest(self, t);
    return lead_routing_set(out, t, self->splits);
}

lead_status lead_routing_reroute(const lead_routing *routing, const lead_topology *network,
                                 const double *weights, lead_routing **out) {
    LEAD_EXPECTS(routing && network && weights && out);
    reroute self = {.routing = routing, .network = network, .weights = weights};
    lead_routing *copy = NULL;
    int n = lead_topology_node_count(network);
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *self.distance, &self.distance));
    LEAD_TRY_FREE(lead_calloc((size_t)n, 1, &self.leads_on));
    LEAD_TRY_FREE(
        lead_calloc((size_t)lead_topology_link_count(network), sizeof *self.splits, &self.splits));
    LEAD_TRY_FREE(lead_routing_copy(routing, &copy));
    for (int t = 0; t < n; t++)
        LEAD_TRY_FREE(reroute_destination(&self, t, copy));
    *out = copy;
    copy = NULL;
fail:
    lead_routing_free(copy);
    free(self.distance);
    free(self.leads_on);
    free(self.splits);
    return status;
}
