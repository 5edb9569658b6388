/* Paths of a pair that share no link, of least total length: a unit flow is sent along one shortest
 * augmenting path after the other (Suurballe 1974; distances by Bellman-Ford with a queue, for the
 * links against used ones have negative length), then taken apart. */
#include "te/paths/finder.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct flow {
    const lead_path_finder *finder;
    int n;
    unsigned char *used, *queued; /* [m], [n] */
    double *reached;              /* [n] */
    int *via;                     /* [n] link by which a node was reached, ~link: against it */
    int *queue;                   /* [n], a ring */
    int *links;                   /* [n] of a path */
} flow;

static void flow_free(flow *self) {
    free(self->used);
    free(self->queued);
    free(self->reached);
    free(self->via);
    free(self->queue);
    free(self->links);
}

static lead_status flow_alloc(flow *self) {
    size_t n = (size_t)self->n, m = (size_t)lead_topology_link_count(self->finder->topology);
    LEAD_TRY(lead_calloc(m, 1, &self->used));
    LEAD_TRY(lead_calloc(n, 1, &self->queued));
    LEAD_TRY(lead_calloc(n, sizeof(double), &self->reached));
    LEAD_TRY(lead_calloc(n, sizeof(int), &self->via));
    LEAD_TRY(lead_calloc(n, sizeof(int), &self->queue));
    return lead_calloc(n, sizeof(int), &self->links);
}

/* Lengths differ by more than rounding. */
static bool is_shorter(double a, double b) {
    return isinf(b) ? isfinite(a) : a < b - 1e-12 * fabs(b);
}

static void reach(flow *self, int node, double length, int via, int *tail, int *count) {
    if (!is_shorter(length, self->reached[node]))
        return;
    self->reached[node] = length;
    self->via[node] = via;
    if (self->queued[node])
        return;
    self->queued[node] = 1;
    self->queue[*tail] = node;
    *tail = (*tail + 1) % self->n;
    (*count)++;
}

static bool find_augmenting(flow *self, int source, int destination) {
    const lead_topology *topology = self->finder->topology;
    const double *weights = self->finder->weights;
    int head = 0, tail = 0, count = 0, degree;
    for (int v = 0; v < self->n; v++)
        self->reached[v] = INFINITY;
    reach(self, source, 0, 0, &tail, &count);
    while (count > 0) {
        int v = self->queue[head];
        head = (head + 1) % self->n;
        count--;
        self->queued[v] = 0;
        const int *out = lead_topology_links_out(topology, v, &degree);
        for (int i = 0; i < degree; i++) {
            const lead_link *link = lead_topology_link(topology, out[i]);
            if (link->up && !self->used[out[i]])
                reach(self, link->destination, self->reached[v] + weights[out[i]], out[i], &tail,
                      &count);
        }
        const int *in = lead_topology_links_in(topology, v, &degree);
        for (int i = 0; i < degree; i++)
            if (self->used[in[i]])
                reach(self, lead_topology_link(topology, in[i])->source,
                      self->reached[v] - weights[in[i]], ~in[i], &tail, &count);
    }
    return isfinite(self->reached[destination]);
}

static void augment(flow *self, int source, int destination) {
    const lead_topology *topology = self->finder->topology;
    for (int v = destination; v != source;) {
        int via = self->via[v];
        self->used[via >= 0 ? via : ~via] = via >= 0;
        v = via >= 0 ? lead_topology_link(topology, via)->source
                     : lead_topology_link(topology, ~via)->destination;
    }
}

/* Takes a path out of the flow; its length. */
static int take_path(flow *self, int source, int destination, double *cost) {
    const lead_topology *topology = self->finder->topology;
    int length = 0, degree;
    *cost = 0;
    for (int v = source; v != destination;) {
        const int *out = lead_topology_links_out(topology, v, &degree);
        int i = 0;
        while (!self->used[out[i]])
            i++;
        self->used[out[i]] = 0;
        self->links[length++] = out[i];
        *cost += self->finder->weights[out[i]];
        v = lead_topology_link(topology, out[i])->destination;
    }
    return length;
}

typedef struct part {
    double cost;
    int *links, length;
} part;

static int by_cost(const void *a, const void *b) {
    const part *left = a, *right = b;
    if (left->cost != right->cost)
        return left->cost < right->cost ? -1 : 1;
    return left->links[0] - right->links[0]; /* disjoint: first links differ */
}

static lead_status take_apart(flow *self, int source, int destination, int count,
                              lead_path_set *set) {
    part *parts;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *parts, &parts));
    for (int i = 0; i < count; i++) {
        parts[i].length = take_path(self, source, destination, &parts[i].cost);
        LEAD_TRY_FREE(lead_calloc((size_t)parts[i].length, sizeof(int), &parts[i].links));
        memcpy(parts[i].links, self->links, (size_t)parts[i].length * sizeof(int));
    }
    qsort(parts, (size_t)count, sizeof *parts, by_cost);
    for (int i = 0; i < count; i++)
        LEAD_TRY_FREE(lead_path_set_add(set, parts[i].links, parts[i].length));
fail:
    for (int i = 0; i < count; i++)
        free(parts[i].links);
    free(parts);
    return status;
}

lead_status lead_k_disjoint(const lead_path_finder *finder, int source, int destination,
                            lead_path_set *set) {
    flow self = {.finder = finder, .n = lead_topology_node_count(finder->topology)};
    int count = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(flow_alloc(&self));
    while (count < finder->count && find_augmenting(&self, source, destination)) {
        augment(&self, source, destination);
        count++;
    }
    LEAD_TRY_FREE(take_apart(&self, source, destination, count, set));
fail:
    flow_free(&self);
    return status;
}
