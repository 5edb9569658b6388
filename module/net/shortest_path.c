/* Shortest-path distances to one destination, and the conventional link weights. */
#include "base/expects.h"
#include "base/numbers/heap.h"
#include <lead/net.h>
#include <math.h>
#include <stdlib.h>

/* A weight that is lost in rounding beside a distance still leads farther away: a node that is no
 * nearer than its next hop would have none. */
static double farther(double distance, double weight) {
    return fmax(distance + weight, nextafter(distance, INFINITY));
}

lead_status lead_distances_to(const lead_topology *topology, const double *weights, int destination,
                              double *distance) {
    LEAD_EXPECTS(topology && weights && distance);
    lead_heap_item *heap;
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology), count = 0;
    LEAD_TRY(lead_calloc((size_t)m + 1, sizeof *heap, &heap));
    for (int i = 0; i < n; i++)
        distance[i] = INFINITY;
    distance[destination] = 0;
    lead_heap_push(heap, &count, (lead_heap_item){0, destination});
    while (count > 0) {
        lead_heap_item nearest = lead_heap_pop(heap, &count);
        if (nearest.distance > distance[nearest.node])
            continue;
        int degree;
        const int *links = lead_topology_links_in(topology, nearest.node, &degree);
        for (int i = 0; i < degree; i++) {
            const lead_link *link = lead_topology_link(topology, links[i]);
            double through = farther(nearest.distance, weights[links[i]]);
            if (!link->up || !(through < distance[link->source]))
                continue;
            distance[link->source] = through;
            lead_heap_push(heap, &count, (lead_heap_item){through, link->source});
        }
    }
    free(heap);
    return LEAD_OK;
}

bool lead_on_shortest_path(const lead_topology *topology, const double *weights,
                           const double *distance, int link) {
    LEAD_EXPECTS(topology && weights && distance);
    const lead_link *about = lead_topology_link(topology, link);
    double from = distance[about->source], to = distance[about->destination];
    return about->up && isfinite(from) && isfinite(to) && to < from &&
           to + weights[link] <= from * (1 + 1e-12);
}

static double largest_capacity(const lead_topology *topology) {
    double largest = 0;
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        largest = fmax(largest, lead_topology_link(topology, i)->capacity);
    return largest;
}

/* Sums and ratios of weights must be numbers. */
static lead_status check_weights(const lead_topology *topology, const double *weights) {
    char name[96];
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (!(weights[i] >= 1e-100 && weights[i] <= 1e100))
            return lead_fail(LEAD_NUMERIC,
                             "link %s: a weight of %g is out of range (1e-100 to 1e100); state "
                             "another one, or a capacity nearer to the others",
                             lead_topology_link_name(topology, i, name), weights[i]);
    return LEAD_OK;
}

/* Whether the links have weights to be used. */
static lead_status weights_given(const lead_topology *topology, lead_weight_rule rule,
                                 bool *given) {
    int m = lead_topology_link_count(topology), with = 0, without = -1;
    for (int i = 0; i < m; i++)
        if (lead_topology_link(topology, i)->weight > 0)
            with++;
        else if (without < 0)
            without = i;
    char name[96];
    *given = with == m && m > 0;
    if (with == m || (with == 0 && rule == LEAD_WEIGHTS_DEFAULT))
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "link %s has no weight; %d of %d links have one (state it, or choose "
                     "weights: inverse-capacity or unit)",
                     lead_topology_link_name(topology, without, name), with, m);
}

lead_status lead_link_weights(const lead_topology *topology, lead_weight_rule rule,
                              double *weights) {
    LEAD_EXPECTS(topology && weights);
    bool given = false;
    if (rule == LEAD_WEIGHTS_FILE || rule == LEAD_WEIGHTS_DEFAULT)
        LEAD_TRY(weights_given(topology, rule, &given));
    double largest = largest_capacity(topology);
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        weights[i] = rule == LEAD_WEIGHTS_UNIT ? 1
                     : given                   ? link->weight
                                               : largest / link->capacity;
    }
    return check_weights(topology, weights);
}
