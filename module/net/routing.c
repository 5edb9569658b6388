/* Per-destination split ratios, their loop-free node order, and the explicit paths of OD pairs
 * above them. What they do to a TM is in routing_loads.c. */
#include "net/routing.h"
#include "base/expects.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double smallest_split = 1e-9;

void lead_pair_paths_clear(lead_pair_paths *pair) {
    free(pair->paths);
    free(pair->links);
    *pair = (lead_pair_paths){0};
}

/* Room for the splits of a routing whose topology is there. */
static lead_status make_room(lead_routing *routing) {
    size_t n = (size_t)lead_topology_node_count(routing->topology),
           m = (size_t)lead_topology_link_count(routing->topology);
    LEAD_TRY(lead_calloc(n * m, sizeof *routing->splits, &routing->splits));
    LEAD_TRY(lead_calloc(n * n, sizeof *routing->order, &routing->order));
    return lead_calloc(n * n, 1, &routing->routed);
}

lead_status lead_routing_alloc(const lead_topology *topology, lead_routing **out) {
    LEAD_EXPECTS(topology && out);
    lead_routing *routing = NULL;
    lead_status status = LEAD_OK;
    size_t n = (size_t)lead_topology_node_count(topology);
    LEAD_TRY(lead_calloc(1, sizeof *routing, &routing));
    LEAD_TRY_FREE(lead_calloc(1, sizeof *routing->users, &routing->users));
    atomic_init(routing->users, 1);
    LEAD_TRY_FREE(lead_topology_copy(topology, &routing->topology));
    LEAD_TRY_FREE(make_room(routing));
    for (size_t t = 0; t < n; t++) {
        routing->routed[t * n + t] = 1;
        for (size_t i = 0; i < n; i++)
            routing->order[t * n + i] = (int)i;
    }
    *out = routing;
    return LEAD_OK;
fail:
    lead_routing_free(routing);
    return status;
}

static lead_status copy_paths(const lead_routing *from, lead_routing *to) {
    int n = lead_routing_node_count(from);
    for (int od = 0; from->pairs && od < n * n; od++)
        if (from->pairs[od].count > 0)
            LEAD_TRY(lead_routing_set_paths(to, od / n, od % n, from->pairs[od].paths,
                                            from->pairs[od].count));
    return LEAD_OK;
}

lead_status lead_routing_copy(const lead_routing *routing, lead_routing **out) {
    LEAD_EXPECTS(routing && out);
    lead_routing *copy;
    lead_status status = LEAD_OK;
    size_t n = (size_t)lead_routing_node_count(routing),
           m = (size_t)lead_routing_link_count(routing);
    LEAD_TRY(lead_calloc(1, sizeof *copy, &copy));
    copy->topology = routing->topology;
    copy->users = routing->users;
    atomic_fetch_add(copy->users, 1);
    LEAD_TRY_FREE(make_room(copy));
    memcpy(copy->splits, routing->splits, n * m * sizeof *copy->splits);
    memcpy(copy->order, routing->order, n * n * sizeof *copy->order);
    memcpy(copy->routed, routing->routed, n * n);
    LEAD_TRY_FREE(copy_paths(routing, copy));
    *out = copy;
    return LEAD_OK;
fail:
    lead_routing_free(copy);
    return status;
}

/* The last one that uses it frees the topology. */
static void leave_topology(lead_routing *routing) {
    if (!routing->users || atomic_fetch_sub(routing->users, 1) > 1)
        return;
    lead_topology_free(routing->topology);
    free(routing->users);
}

void lead_routing_free(lead_routing *routing) {
    if (!routing)
        return;
    int n = routing->topology ? lead_routing_node_count(routing) : 0;
    free(routing->splits);
    free(routing->order);
    free(routing->routed);
    if (routing->pairs)
        for (int od = 0; od < n * n; od++)
            lead_pair_paths_clear(&routing->pairs[od]);
    free(routing->pairs);
    leave_topology(routing);
    free(routing);
}

int lead_routing_node_count(const lead_routing *routing) {
    LEAD_EXPECTS(routing);
    return lead_topology_node_count(routing->topology);
}

const lead_topology *lead_routing_topology(const lead_routing *routing) {
    LEAD_EXPECTS(routing);
    return routing->topology;
}

int lead_routing_link_count(const lead_routing *routing) {
    LEAD_EXPECTS(routing);
    return lead_topology_link_count(routing->topology);
}

const double *lead_routing_splits(const lead_routing *routing, int destination) {
    LEAD_EXPECTS(routing);
    return routing->splits + (size_t)destination * (size_t)lead_routing_link_count(routing);
}

const int *lead_routing_order(const lead_routing *routing, int destination) {
    LEAD_EXPECTS(routing);
    return routing->order + (size_t)destination * (size_t)lead_routing_node_count(routing);
}

/* Copies the splits, small ones as 0, and scales what leaves each node to 1; marks those nodes. */
static lead_status normalise(const lead_topology *topology, int destination, const double *from,
                             double *to, unsigned char *routed) {
    int n = lead_topology_node_count(topology);
    for (int v = 0; v < n; v++) {
        int degree;
        const int *links = lead_topology_links_out(topology, v, &degree);
        double sum = 0;
        for (int i = 0; i < degree; i++) {
            double split = from[links[i]];
            if (!isfinite(split) || split < -smallest_split) {
                char name[96];
                return lead_fail(LEAD_NUMERIC, "link %d (%s): split %g for %s is not a fraction",
                                 links[i], lead_topology_link_name(topology, links[i], name), split,
                                 lead_topology_node_name(topology, destination));
            }
            to[links[i]] = v == destination || split < smallest_split ? 0 : split;
            sum += to[links[i]];
        }
        routed[v] = v == destination || sum > 0;
        for (int i = 0; i < degree && sum > 0; i++)
            to[links[i]] /= sum;
    }
    return LEAD_OK;
}

/* Kahn's topological order (1962) over the links with a split; the order is short when there is a
 * loop. */
static int order_nodes(const lead_topology *topology, const double *splits, int *incoming,
                       int *order) {
    int n = lead_topology_node_count(topology), head = 0, tail = 0;
    memset(incoming, 0, (size_t)n * sizeof *incoming);
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        incoming[lead_topology_link(topology, i)->destination] += splits[i] > 0;
    for (int v = 0; v < n; v++)
        if (!incoming[v])
            order[tail++] = v;
    while (head < tail) {
        int degree;
        const int *links = lead_topology_links_out(topology, order[head++], &degree);
        for (int i = 0; i < degree; i++) {
            int next = lead_topology_link(topology, links[i])->destination;
            if (splits[links[i]] > 0 && --incoming[next] == 0)
                order[tail++] = next;
        }
    }
    return tail;
}

lead_status lead_routing_set(lead_routing *routing, int destination, const double *splits) {
    LEAD_EXPECTS(routing && splits);
    int n = lead_routing_node_count(routing), m = lead_routing_link_count(routing);
    if (destination < 0 || destination >= n)
        return lead_fail(LEAD_INVALID, "destination %d is not in 0..%d", destination, n - 1);
    double *clean = NULL;
    int *incoming = NULL, *order = NULL;
    unsigned char *routed = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, 1, &routed));
    LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof *clean, &clean));
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *incoming, &incoming));
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *order, &order));
    LEAD_TRY_FREE(normalise(routing->topology, destination, splits, clean, routed));
    if (order_nodes(routing->topology, clean, incoming, order) < n) {
        int on_loop = 0;
        while (!incoming[on_loop])
            on_loop++;
        status =
            lead_fail(LEAD_INVALID, "the splits for %s lead traffic in a loop through or before %s",
                      lead_topology_node_name(routing->topology, destination),
                      lead_topology_node_name(routing->topology, on_loop));
        goto fail;
    }
    memcpy(routing->splits + (size_t)destination * (size_t)m, clean, (size_t)m * sizeof *clean);
    memcpy(routing->order + (size_t)destination * (size_t)n, order, (size_t)n * sizeof *order);
    memcpy(routing->routed + (size_t)destination * (size_t)n, routed, (size_t)n);
fail:
    free(routed);
    free(clean);
    free(incoming);
    free(order);
    return status;
}

static void share_equally(const lead_topology *topology, const double *weights,
                          const double *distance, double *splits) {
    for (int v = 0; v < lead_topology_node_count(topology); v++) {
        int degree, next_hops = 0;
        const int *links = lead_topology_links_out(topology, v, &degree);
        for (int i = 0; i < degree; i++) {
            splits[links[i]] = lead_on_shortest_path(topology, weights, distance, links[i]);
            next_hops += splits[links[i]] > 0;
        }
        for (int i = 0; i < degree && next_hops > 0; i++)
            splits[links[i]] /= next_hops;
    }
}

static lead_status check_weights(const lead_topology *topology, const double *weights) {
    char name[96];
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (!isfinite(weights[i]) || weights[i] <= 0)
            return lead_fail(LEAD_NUMERIC, "link %d (%s): weight %g is not positive", i,
                             lead_topology_link_name(topology, i, name), weights[i]);
    return LEAD_OK;
}

lead_status lead_routing_from_weights(const lead_topology *topology, const double *weights,
                                      lead_routing **out) {
    LEAD_EXPECTS(topology && weights && out);
    LEAD_TRY(check_weights(topology, weights));
    lead_routing *routing = NULL;
    double *distance = NULL, *splits = NULL;
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *distance, &distance));
    LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof *splits, &splits));
    LEAD_TRY_FREE(lead_routing_alloc(topology, &routing));
    for (int t = 0; t < n; t++) {
        LEAD_TRY_FREE(lead_distances_to(topology, weights, t, distance));
        share_equally(topology, weights, distance, splits);
        LEAD_TRY_FREE(lead_routing_set(routing, t, splits));
    }
    *out = routing;
    routing = NULL;
fail:
    lead_routing_free(routing);
    free(distance);
    free(splits);
    return status;
}
