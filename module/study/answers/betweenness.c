/* Betweenness, a destination after the other: see betweenness.h. */
#include "study/answers/betweenness.h"
#include "base/array.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
    double distance;
    int node;
} place;

typedef struct work {
    const lead_topology *topology;
    const double *weights;
    int n;
    double *distance; /* [n] to the destination at hand */
    double *paths;    /* [n] how many shortest ones lead there */
    double *depends;  /* [n] parts of pairs whose paths lead over the node, or begin there */
    place *order;     /* [n] those that reach it, the nearest first */
    int reached;
} work;

static int nearest_first(const void *a, const void *b) {
    const place *x = a, *y = b;
    return x->distance != y->distance ? (x->distance < y->distance ? -1 : 1) : x->node - y->node;
}

static void put_in_order(work *self) {
    self->reached = 0;
    for (int v = 0; v < self->n; v++)
        if (isfinite(self->distance[v]))
            self->order[self->reached++] = (place){self->distance[v], v};
    qsort(self->order, (size_t)self->reached, sizeof *self->order, nearest_first);
}

static void count_paths(work *self) {
    self->paths[self->order[0].node] = 1;
    for (int i = 1; i < self->reached; i++) {
        int v = self->order[i].node, degree;
        const int *out = lead_topology_links_out(self->topology, v, &degree);
        self->paths[v] = 0;
        for (int k = 0; k < degree; k++)
            if (lead_on_shortest_path(self->topology, self->weights, self->distance, out[k]))
                self->paths[v] +=
                    self->paths[lead_topology_link(self->topology, out[k])->destination];
    }
}

/* From the farthest node to the destination. */
static void add_parts(work *self, double *nodes, double *links) {
    memset(self->depends, 0, (size_t)self->n * sizeof *self->depends);
    for (int i = self->reached - 1; i > 0; i--) {
        int v = self->order[i].node, degree;
        const int *out = lead_topology_links_out(self->topology, v, &degree);
        nodes[v] += self->depends[v];
        for (int k = 0; k < degree; k++) {
            if (!lead_on_shortest_path(self->topology, self->weights, self->distance, out[k]))
                continue;
            int next = lead_topology_link(self->topology, out[k])->destination;
            double part = self->paths[next] / self->paths[v] * (1 + self->depends[v]);
            links[out[k]] += part;
            self->depends[next] += part;
        }
    }
}

lead_status lead_betweenness(const lead_topology *topology, const double *weights, double *nodes,
                             double *links) {
    work self = {topology, weights, lead_topology_node_count(topology), NULL, NULL, NULL, NULL, 0};
    size_t n = (size_t)self.n;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self.distance));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self.paths));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self.depends));
    LEAD_TRY_FREE(lead_calloc(n, sizeof *self.order, &self.order));
    memset(nodes, 0, n * sizeof *nodes);
    memset(links, 0, (size_t)lead_topology_link_count(topology) * sizeof *links);
    for (int t = 0; t < self.n; t++) {
        LEAD_TRY_FREE(lead_distances_to(topology, weights, t, self.distance));
        put_in_order(&self);
        count_paths(&self);
        add_parts(&self, nodes, links);
    }
fail:
    free(self.distance);
    free(self.paths);
    free(self.depends);
    free(self.order);
    return status;
}
