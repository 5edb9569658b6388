/* ECMP segments: their links, prices, and the explicit paths that two of them make. */
#include "te/sr/segments.h"
#include "base/array.h"
#include "net/walk.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void lead_segments_free(lead_segments *segments) {
    lead_routing_free(segments->ecmp);
    free(segments->first);
    free(segments->link);
    free(segments->part);
    free(segments->there);
    *segments = (lead_segments){0};
}

static lead_status append(lead_segments *self, int *room, int at, int link, double part) {
    int links_room = *room;
    LEAD_TRY(lead_grow(&self->link, sizeof *self->link, at, 1, &links_room));
    LEAD_TRY(lead_grow(&self->part, sizeof *self->part, at, 1, room));
    self->link[at] = link;
    self->part[at] = part;
    return LEAD_OK;
}

static bool leads_on(const lead_segments *self, int v, int t) {
    const double *splits = lead_routing_splits(self->ecmp, t);
    int degree;
    const int *links = lead_topology_links_out(self->topology, v, &degree);
    for (int i = 0; i < degree; i++)
        if (splits[links[i]] > 0)
            return true;
    return false;
}

static lead_status trace_all(lead_segments *self, double *through, double *share) {
    int room = 0, at = 0;
    for (int od = 0; od < self->n * self->n; od++) {
        int i = od / self->n, j = od % self->n;
        self->first[od] = at;
        self->there[od] = i != j && leads_on(self, i, j);
        if (!self->there[od])
            continue;
        memset(share, 0, (size_t)self->m * sizeof *share);
        lead_routing_trace(self->ecmp, i, j, through, share);
        for (int e = 0; e < self->m; e++)
            if (share[e] > 0)
                LEAD_TRY(append(self, &room, at++, e, share[e]));
    }
    self->first[self->n * self->n] = at;
    return LEAD_OK;
}

lead_status lead_segments_alloc(const lead_topology *topology, const double *weights,
                                lead_segments *segments) {
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    double *through = NULL, *share = NULL;
    lead_status status = LEAD_OK;
    *segments = (lead_segments){.topology = topology, .n = (int)n, .m = (int)m};
    LEAD_TRY_FREE(lead_routing_from_weights(topology, weights, &segments->ecmp));
    LEAD_TRY_FREE(lead_calloc(n * n + 1, sizeof(int), &segments->first));
    LEAD_TRY_FREE(lead_calloc(n * n, 1, &segments->there));
    LEAD_TRY_FREE(lead_calloc(n, sizeof *through, &through));
    LEAD_TRY_FREE(lead_calloc(m, sizeof *share, &share));
    LEAD_TRY_FREE(trace_all(segments, through, share));
fail:
    free(through);
    free(share);
    if (status != LEAD_OK)
        lead_segments_free(segments);
    return status;
}

void lead_segments_prices(const lead_segments *segments, const double *price, double *cost) {
    int n = segments->n, degree;
    for (int t = 0; t < n; t++) {
        const int *order = lead_routing_order(segments->ecmp, t);
        const double *splits = lead_routing_splits(segments->ecmp, t);
        for (int i = n - 1; i >= 0; i--) {
            int v = order[i];
            double sum = v == t || segments->there[v * n + t] ? 0 : INFINITY;
            const int *links = lead_topology_links_out(segments->topology, v, &degree);
            for (int k = 0; k < degree && v != t; k++) {
                int w = lead_topology_link(segments->topology, links[k])->destination;
                if (splits[links[k]] > 0)
                    sum += splits[links[k]] * (price[links[k]] + cost[w * n + t]);
            }
            cost[v * n + t] = sum;
        }
    }
}

/* --- explicit paths --------------------------------------------------------------------------- */

enum { PATHS_MAX = LEAD_WAYS_MAX, PARTS = 4096 };

/* The paths of a pair as they are found. */
typedef struct bundle {
    const lead_segments *segments;
    lead_path *paths; /* each with links of its own */
    int count, room;
    int *links, *at; /* [2 n] links of the walk so far; [n] for lead_cut_circles */
} bundle;

static lead_status keep_path(bundle *self, int source, int length, double share) {
    int *links;
    LEAD_TRY(lead_calloc((size_t)length, sizeof *links, &links));
    int kept =
        lead_cut_circles(self->segments->topology, source, self->links, length, self->at, links);
    for (int i = 0; i < self->count; i++)
        if (self->paths[i].length == kept &&
            memcmp(self->paths[i].links, links, (size_t)kept * sizeof *links) == 0) {
            self->paths[i].share += share;
            free(links);
            return LEAD_OK;
        }
    lead_status status = lead_grow(&self->paths, sizeof *self->paths, self->count, 1, &self->room);
    if (status != LEAD_OK) {
        free(links);
        return status;
    }
    self->paths[self->count++] = (lead_path){share, kept, links};
    return LEAD_OK;
}

/* What is left for a node's largest split when those whose share is below 1 / PARTS of the pair are
 * not followed: there may be exponentially many equal paths, but no more than PARTS of such shares.
 * *largest: where that split is among the links. */
static double largest_part(const double *splits, const int *links, int degree, double share,
                           int *largest) {
    double rest = 0;
    *largest = 0;
    for (int i = 1; i < degree; i++)
        if (splits[links[i]] > splits[links[*largest]])
            *largest = i;
    for (int i = 0; i < degree; i++)
        if (i == *largest || share * splits[links[i]] < 1.0 / PARTS)
            rest += share * splits[links[i]];
    return rest;
}

/* The paths of the segment to `by` and, when that is not the destination, of the one after it. */
static lead_status walk(bundle *self, int source, int v, int by, int destination, int length,
                        double share) {
    const lead_topology *topology = self->segments->topology;
    const double *splits = lead_routing_splits(self->segments->ecmp, by);
    int degree, largest;
    if (v == destination && by == destination)
        return keep_path(self, source, length, share);
    if (v == by)
        return walk(self, source, v, destination, destination, length, share);
    const int *links = lead_topology_links_out(topology, v, &degree);
    double rest = largest_part(splits, links, degree, share, &largest);
    for (int i = 0; i < degree; i++) {
        double part = i == largest ? rest : share * splits[links[i]];
        if (part <= 0 || (i != largest && part < 1.0 / PARTS))
            continue;
        self->links[length] = links[i];
        LEAD_TRY(walk(self, source, lead_topology_link(topology, links[i])->destination, by,
                      destination, length + 1, part));
    }
    return LEAD_OK;
}

static int larger_share_first(const void *a, const void *b) {
    double x = ((const lead_path *)a)->share, y = ((const lead_path *)b)->share;
    return (x < y) - (x > y);
}

static void bundle_free(bundle *self) {
    for (int i = 0; self->paths && i < self->count; i++)
        free((int *)(uintptr_t)self->paths[i].links);
    free(self->paths);
    free(self->links);
    free(self->at);
}

lead_status lead_segments_set_paths(const lead_segments *segments, int source, int destination,
                                    const lead_waypoint *ways, int count, lead_routing *routing) {
    size_t n = (size_t)segments->n;
    bundle self = {.segments = segments};
    lead_status status = LEAD_OK;
    if (count == 1 && ways[0].by == destination)
        return LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(2 * n, sizeof(int), &self.links));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &self.at));
    for (int i = 0; i < count; i++)
        LEAD_TRY_FREE(walk(&self, source, source, ways[i].by, destination, 0, ways[i].share));
    qsort(self.paths, (size_t)self.count, sizeof *self.paths, larger_share_first);
    status = lead_routing_set_paths(routing, source, destination, self.paths,
                                    self.count < PATHS_MAX ? self.count : PATHS_MAX);
fail:
    bundle_free(&self);
    return status;
}
