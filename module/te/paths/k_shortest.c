/* The k shortest paths of a pair without loops: Yen 1971, deviations by Lawler 1972. A deviation's
 * rest is found by A* (Hart, Nilsson and Raphael 1968): the distances in the whole network never
 * overestimate those without the nodes and links that are barred. */
#include "te/paths/finder.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A path found, or a candidate. Its links before `deviation` are those of the path it left. */
typedef struct route {
    double cost;
    int length, deviation;
    int *links; /* [n] */
} route;

typedef struct search {
    const lead_path_finder *finder;
    int n, source, destination;
    route *found, *candidates; /* [count]; [candidate_room] */
    int found_count, candidate_count, candidate_room;
    unsigned char *barred_node, *barred_link; /* [n], [m] */
    double *reached;                          /* [n] cost from the spur; INFINITY: not yet */
    int *via, *open;                          /* [n] link by which a node was reached; nodes */
    unsigned char *closed;                    /* [n] */
    int open_count;
    route spare; /* where a candidate is put together */
} search;

static int take_nearest(search *self) {
    int best = 0;
    const double *h = self->finder->distance, *g = self->reached;
    for (int i = 1; i < self->open_count; i++) {
        int a = self->open[i], b = self->open[best];
        if (g[a] + h[a] < g[b] + h[b] || (g[a] + h[a] == g[b] + h[b] && a < b))
            best = i;
    }
    int node = self->open[best];
    self->open[best] = self->open[--self->open_count];
    return node;
}

static void expand(search *self, int v) {
    const lead_topology *topology = self->finder->topology;
    int degree;
    const int *links = lead_topology_links_out(topology, v, &degree);
    for (int i = 0; i < degree; i++) {
        int e = links[i];
        const lead_link *link = lead_topology_link(topology, e);
        int w = link->destination;
        double cost = self->reached[v] + self->finder->weights[e];
        if (!link->up || self->barred_link[e] || self->barred_node[w] || self->closed[w] ||
            !isfinite(self->finder->distance[w]) || cost >= self->reached[w])
            continue;
        if (!isfinite(self->reached[w]))
            self->open[self->open_count++] = w;
        self->reached[w] = cost;
        self->via[w] = e;
    }
}

/* The shortest way from a spur node to the destination around what is barred; false: none. */
static bool find_rest(search *self, int spur) {
    for (int v = 0; v < self->n; v++) {
        self->reached[v] = INFINITY;
        self->closed[v] = 0;
    }
    self->reached[spur] = 0;
    self->open[0] = spur;
    self->open_count = 1;
    while (self->open_count > 0) {
        int v = take_nearest(self);
        if (v == self->destination)
            return true;
        self->closed[v] = 1;
        expand(self, v);
    }
    return false;
}

static void copy_route(const route *from, route *to) {
    to->cost = from->cost;
    to->length = from->length;
    to->deviation = from->deviation;
    memcpy(to->links, from->links, (size_t)from->length * sizeof *from->links);
}

/* spare = the first `deviation` links of `root`, then the way that find_rest found. */
static void put_together(search *self, const route *root, int deviation, double root_cost) {
    const lead_topology *topology = self->finder->topology;
    int rest = 0,
        spur = deviation == 0
                   ? self->source
                   : lead_topology_link(topology, root->links[deviation - 1])->destination;
    for (int v = self->destination; v != spur;
         v = lead_topology_link(topology, self->via[v])->source)
        rest++;
    if (deviation > 0)
        memcpy(self->spare.links, root->links, (size_t)deviation * sizeof(int));
    self->spare.length = deviation + rest;
    self->spare.deviation = deviation;
    self->spare.cost = root_cost + self->reached[self->destination];
    for (int v = self->destination, i = deviation + rest; v != spur;
         v = lead_topology_link(topology, self->via[v])->source)
        self->spare.links[--i] = self->via[v];
}

static bool is_better(const route *a, const route *b) {
    if (a->cost != b->cost)
        return a->cost < b->cost;
    for (int i = 0; i < a->length && i < b->length; i++)
        if (a->links[i] != b->links[i])
            return a->links[i] < b->links[i];
    return a->length < b->length;
}

static int worst_candidate(const search *self) {
    int worst = 0;
    for (int i = 1; i < self->candidate_count; i++)
        if (is_better(&self->candidates[worst], &self->candidates[i]))
            worst = i;
    return worst;
}

/* No more candidates are kept than paths are wanted: the worst one goes. */
static void keep_candidate(search *self) {
    if (self->candidate_count < self->candidate_room) {
        copy_route(&self->spare, &self->candidates[self->candidate_count++]);
        return;
    }
    int worst = worst_candidate(self);
    if (is_better(&self->spare, &self->candidates[worst]))
        copy_route(&self->spare, &self->candidates[worst]);
}

/* Bars the links by which paths found so far leave the spur after the same root. */
static void bar_links(search *self, const route *root, int deviation, unsigned char mark) {
    for (int p = 0; p < self->found_count; p++) {
        const route *path = &self->found[p];
        if (path->length > deviation &&
            memcmp(path->links, root->links, (size_t)deviation * sizeof(int)) == 0)
            self->barred_link[path->links[deviation]] = mark;
    }
}

/* All deviations of a path from where it left its own root on. */
static void deviate(search *self, const route *root) {
    const lead_topology *topology = self->finder->topology;
    double root_cost = 0;
    int spur = self->source;
    for (int i = 0; i < root->length; i++) {
        if (i >= root->deviation) {
            bar_links(self, root, i, 1);
            if (find_rest(self, spur)) {
                put_together(self, root, i, root_cost);
                keep_candidate(self);
            }
            bar_links(self, root, i, 0);
        }
        self->barred_node[spur] = 1;
        root_cost += self->finder->weights[root->links[i]];
        spur = lead_topology_link(topology, root->links[i])->destination;
    }
    memset(self->barred_node, 0, (size_t)self->n);
}

/* Moves the best candidate to the paths found; false: there is none. */
static bool take_candidate(search *self) {
    int best = 0;
    if (self->candidate_count == 0)
        return false;
    for (int i = 1; i < self->candidate_count; i++)
        if (is_better(&self->candidates[i], &self->candidates[best]))
            best = i;
    copy_route(&self->candidates[best], &self->found[self->found_count++]);
    route gone = self->candidates[best];
    self->candidates[best] = self->candidates[--self->candidate_count];
    self->candidates[self->candidate_count] = gone;
    return true;
}

static void free_routes(route *routes, int count) {
    for (int i = 0; routes && i < count; i++)
        free(routes[i].links);
    free(routes);
}

static void search_free(search *self) {
    int count = self->finder->count;
    free_routes(self->found, count);
    free_routes(self->candidates, count);
    free(self->spare.links);
    free(self->barred_node);
    free(self->barred_link);
    free(self->reached);
    free(self->via);
    free(self->open);
    free(self->closed);
}

static lead_status alloc_routes(int count, size_t n, route **out) {
    LEAD_TRY(lead_calloc((size_t)count, sizeof **out, out));
    for (int i = 0; i < count; i++)
        LEAD_TRY(lead_calloc(n, sizeof(int), &(*out)[i].links));
    return LEAD_OK;
}

static lead_status search_alloc(search *self) {
    size_t n = (size_t)self->n, m = (size_t)lead_topology_link_count(self->finder->topology);
    self->candidate_room = self->finder->count;
    LEAD_TRY(alloc_routes(self->finder->count, n, &self->found));
    LEAD_TRY(alloc_routes(self->candidate_room, n, &self->candidates));
    LEAD_TRY(lead_calloc(n, sizeof(int), &self->spare.links));
    LEAD_TRY(lead_calloc(n, 1, &self->barred_node));
    LEAD_TRY(lead_calloc(m, 1, &self->barred_link));
    LEAD_TRY(lead_calloc(n, sizeof(double), &self->reached));
    LEAD_TRY(lead_calloc(n, sizeof(int), &self->via));
    LEAD_TRY(lead_calloc(n, sizeof(int), &self->open));
    return lead_calloc(n, 1, &self->closed);
}

lead_status lead_k_shortest(const lead_path_finder *finder, int source, int destination,
                            lead_path_set *set) {
    search self = {.finder = finder,
                   .n = lead_topology_node_count(finder->topology),
                   .source = source,
                   .destination = destination};
    const route nothing = {0};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(search_alloc(&self));
    if (find_rest(&self, source)) {
        put_together(&self, &nothing, 0, 0);
        keep_candidate(&self);
    }
    while (self.found_count < finder->count && take_candidate(&self)) {
        const route *path = &self.found[self.found_count - 1];
        LEAD_TRY_FREE(lead_path_set_add(set, path->links, path->length));
        if (self.found_count < finder->count)
            deviate(&self, path);
    }
fail:
    search_free(&self);
    return status;
}
