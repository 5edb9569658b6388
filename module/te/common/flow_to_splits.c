/* From a flow for one destination to loop-free split ratios that cover every node. */
#include "te/common/flow_to_splits.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNSEEN, ON_PATH, DONE };

typedef struct walk {
    const lead_topology *topology;
    double *flow;
    unsigned char *state; /* [n] */
    int *via;             /* [n] the link by which the current path leaves the node */
} walk;

/* Takes the smallest flow on the circle that closes at `node` off all its links. */
static void cancel_circle(walk *self, int node) {
    double least = INFINITY;
    int v = node;
    do {
        least = fmin(least, self->flow[self->via[v]]);
        v = lead_topology_link(self->topology, self->via[v])->destination;
    } while (v != node);
    do {
        double *flow = &self->flow[self->via[v]];
        *flow = *flow <= least ? 0 : *flow - least;
        v = lead_topology_link(self->topology, self->via[v])->destination;
    } while (v != node);
}

static int next_link(const walk *self, int v) {
    int degree;
    const int *links = lead_topology_links_out(self->topology, v, &degree);
    for (int i = 0; i < degree; i++)
        if (self->flow[links[i]] > 0 &&
            self->state[lead_topology_link(self->topology, links[i])->destination] != DONE)
            return links[i];
    return -1;
}

/* Walks along flow from `start`; true when a circle was found and cancelled (then the walk must
 * begin again). */
static bool walk_from(walk *self, int start, int *stack) {
    int depth = 0;
    stack[depth++] = start;
    self->state[start] = ON_PATH;
    while (depth > 0) {
        int v = stack[depth - 1], link = next_link(self, v);
        if (link < 0) {
            self->state[v] = DONE;
            depth--;
            continue;
        }
        int next = lead_topology_link(self->topology, link)->destination;
        self->via[v] = link;
        if (self->state[next] == ON_PATH) {
            cancel_circle(self, next);
            return true;
        }
        self->state[next] = ON_PATH;
        stack[depth++] = next;
    }
    return false;
}

static lead_status cancel_circles(const lead_topology *topology, double *flow) {
    size_t n = (size_t)lead_topology_node_count(topology);
    walk self = {topology, flow, NULL, NULL};
    int *stack = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(n, 1, &self.state));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &self.via));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &stack));
    for (int v = 0; v < (int)n; v++) {
        while (self.state[v] == UNSEEN && walk_from(&self, v, stack))
            for (size_t i = 0; i < n; i++)
                self.state[i] = self.state[i] == DONE ? DONE : UNSEEN;
    }
fail:
    free(self.state);
    free(self.via);
    free(stack);
    return status;
}

/* Takes out the flow into nodes that nothing leaves (what a linear program's rounding, or the
 * smallest flows left out, strands there), and so back to where it comes from: then flow leads to
 * nodes with flow or to the destination, and a node without any may take the shortest path to them
 * without making a loop. */
static void cut_dead_ends(const lead_topology *topology, int destination, double *flow) {
    for (bool again = true; again;) {
        again = false;
        for (int v = 0; v < lead_topology_node_count(topology); v++) {
            int out_degree, in_degree;
            const int *out = lead_topology_links_out(topology, v, &out_degree),
                      *in = lead_topology_links_in(topology, v, &in_degree);
            double leaving = v == destination;
            for (int i = 0; i < out_degree; i++)
                leaving += flow[out[i]];
            for (int i = 0; i < in_degree && leaving <= 0; i++) {
                again = again || flow[in[i]] > 0;
                flow[in[i]] = 0;
            }
        }
    }
}

/* Flow this small against what passes the node is rounding of the linear program. */
static const double negligible = 1e-9;

static void split_node(const lead_topology *topology, const double *flow, const double *weights,
                       const double *distance, int v, double *splits) {
    int degree, shortest = -1;
    const int *links = lead_topology_links_out(topology, v, &degree);
    double sum = 0;
    for (int i = 0; i < degree; i++) {
        sum += flow[links[i]];
        if (shortest < 0 && lead_on_shortest_path(topology, weights, distance, links[i]))
            shortest = links[i];
    }
    for (int i = 0; i < degree; i++)
        splits[links[i]] = sum > 0 && flow[links[i]] > negligible * sum ? flow[links[i]] / sum : 0;
    if (sum <= 0 && shortest >= 0)
        splits[shortest] = 1;
}

lead_status lead_te_flow_to_splits(const lead_topology *topology, const double *weights,
                                   int destination, double *flow, double *splits) {
    double *distance;
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    LEAD_TRY(lead_calloc((size_t)n, sizeof *distance, &distance));
    double largest = 0;
    for (int e = 0; e < m; e++)
        largest = fmax(largest, flow[e]);
    for (int e = 0; e < m; e++)
        flow[e] = flow[e] > negligible * largest ? flow[e] : 0;
    lead_status status = cancel_circles(topology, flow);
    cut_dead_ends(topology, destination, flow);
    if (status == LEAD_OK)
        status = lead_distances_to(topology, weights, destination, distance);
    memset(splits, 0, (size_t)m * sizeof *splits);
    for (int v = 0; v < n && status == LEAD_OK; v++)
        if (v != destination)
            split_node(topology, flow, weights, distance, v, splits);
    free(distance);
    return status;
}
