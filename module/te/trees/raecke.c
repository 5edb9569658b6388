/* Decomposition trees, and the paths that they give.
 *
 * A tree has a level for every doubling of radius. At level i a node belongs to the first node of a
 * random order that lies within the radius, its centre; a cluster are the nodes that agree on their
 * centres from level i up. A pair's traffic goes up from centre to centre until both belong to one
 * cluster, and down to the destination, between centres by shortest paths. */
#include "te/trees/raecke.h"
#include "base/numbers/random.h"
#include "net/walk.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TREES_MAX = 200, LEVELS_MAX = 128 };

typedef struct decomposition {
    double share;
    int levels;
    int *centre, *cluster; /* [levels][n] */
    double *length;        /* [m] */
    double *distance;      /* [n][n] to column's node: distance[destination * n + node]; gone when
                              the tree is made */
    int *next;             /* [n][n] the first link of the shortest path there; -1: none */
} decomposition;

struct lead_raecke {
    const lead_topology *topology;
    int n, m, count;
    decomposition trees[TREES_MAX];
    int *walk, *at; /* [walk_room] links of a walk; [n] */
    int walk_room;
    double deadline; /* of lead_clock_seconds; 0: none */
};

typedef struct builder {
    lead_raecke *raecke;
    int n, m;
    gsl_rng *random;
    double *burden, *load;      /* [m] of the trees so far; of this tree */
    double *leaving, *entering; /* [n] capacity of a cluster's links */
    int *order;                 /* [n] */
} builder;

static void tree_free(decomposition *tree) {
    free(tree->centre);
    free(tree->cluster);
    free(tree->length);
    free(tree->distance);
    free(tree->next);
}

void lead_raecke_free(lead_raecke *raecke) {
    if (!raecke)
        return;
    for (int i = 0; i < TREES_MAX; i++)
        tree_free(&raecke->trees[i]);
    free(raecke->walk);
    free(raecke->at);
    free(raecke);
}

/* Half of the way there and back. */
static double between(const decomposition *tree, int n, int a, int b) {
    return (tree->distance[a * n + b] + tree->distance[b * n + a]) / 2;
}

static lead_status measure(builder *self, decomposition *tree) {
    double largest = 0;
    for (int e = 0; e < self->m; e++)
        largest = fmax(largest, self->burden[e]);
    for (int e = 0; e < self->m; e++)
        tree->length[e] = exp(self->burden[e] - largest) /
                          lead_topology_link(self->raecke->topology, e)->capacity;
    for (int t = 0; t < self->n; t++)
        LEAD_TRY(lead_distances_to(self->raecke->topology, tree->length, t,
                                   tree->distance + t * self->n));
    return LEAD_OK;
}

/* Radii double from below the smallest distance to above the largest. */
static void choose_levels(const builder *self, decomposition *tree, double *least) {
    double most = 0;
    *least = INFINITY;
    for (int a = 0; a < self->n; a++)
        for (int b = 0; b < a; b++) {
            double d = between(tree, self->n, a, b);
            if (isfinite(d)) {
                *least = fmin(*least, d);
                most = fmax(most, d);
            }
        }
    *least = fmax(*least, ldexp(most, 3 - LEVELS_MAX));
    double doublings = most > 0 ? ceil(log2(most / *least)) : 0;
    tree->levels = (int)fmin(doublings + 3, LEVELS_MAX);
}

static void find_centres(const builder *self, decomposition *tree, double least, double beta) {
    int n = self->n;
    for (int v = 0; v < n; v++)
        tree->centre[v] = v;
    for (int level = 1; level < tree->levels; level++) {
        double radius = level == tree->levels - 1 ? INFINITY : beta * least * pow(2, level - 1);
        for (int v = 0; v < n; v++)
            for (int i = 0; i < n; i++) {
                double d = v == self->order[i] ? 0 : between(tree, n, v, self->order[i]);
                if (isfinite(d) && d <= radius) {
                    tree->centre[level * n + v] = self->order[i];
                    break;
                }
            }
    }
}

/* A cluster is called after its lowest node. */
static void find_clusters(const builder *self, decomposition *tree) {
    int n = self->n;
    for (int level = tree->levels - 1; level >= 0; level--) {
        const int *centre = tree->centre + level * n, *above = tree->cluster + (level + 1) * n;
        int *cluster = tree->cluster + level * n;
        for (int v = 0; v < n; v++) {
            cluster[v] = v;
            for (int w = 0; w < v && cluster[v] == v; w++)
                if (centre[w] == centre[v] && (level == tree->levels - 1 || above[w] == above[v]))
                    cluster[v] = cluster[w];
        }
    }
}

static int find_next(const builder *self, const decomposition *tree, int v, int to) {
    const lead_topology *topology = self->raecke->topology;
    int degree;
    const int *links = lead_topology_links_out(topology, v, &degree);
    for (int i = 0; i < degree && v != to; i++)
        if (lead_on_shortest_path(topology, tree->length, tree->distance + to * self->n, links[i]))
            return links[i];
    return -1;
}

static void find_next_links(const builder *self, decomposition *tree) {
    for (int to = 0; to < self->n; to++)
        for (int v = 0; v < self->n; v++)
            tree->next[to * self->n + v] = find_next(self, tree, v, to);
}

static void burden_path(builder *self, const decomposition *tree, int from, int to,
                        double traffic) {
    for (int e; (e = tree->next[to * self->n + from]) >= 0;
         from = lead_topology_link(self->raecke->topology, e)->destination)
        self->load[e] += traffic;
}

/* What the links carry when all cuts are filled, over their capacity; the largest of it. */
static double find_loads(builder *self, const decomposition *tree) {
    const lead_topology *topology = self->raecke->topology;
    int n = self->n;
    double largest = 0;
    memset(self->load, 0, (size_t)self->m * sizeof(double));
    for (int level = 0; level + 1 < tree->levels; level++) {
        const int *cluster = tree->cluster + level * n, *centre = tree->centre + level * n;
        memset(self->leaving, 0, (size_t)n * sizeof(double));
        memset(self->entering, 0, (size_t)n * sizeof(double));
        for (int e = 0; e < self->m; e++) {
            const lead_link *link = lead_topology_link(topology, e);
            if (!link->up || cluster[link->source] == cluster[link->destination])
                continue;
            self->leaving[cluster[link->source]] += link->capacity;
            self->entering[cluster[link->destination]] += link->capacity;
        }
        for (int v = 0; v < n; v++) {
            int above = tree->centre[(level + 1) * n + v];
            if (cluster[v] != v || centre[v] == above)
                continue;
            burden_path(self, tree, centre[v], above, self->leaving[v]);
            burden_path(self, tree, above, centre[v], self->entering[v]);
        }
    }
    for (int e = 0; e < self->m; e++) {
        self->load[e] /= lead_topology_link(topology, e)->capacity;
        largest = fmax(largest, self->load[e]);
    }
    return largest;
}

static lead_status draw_tree(builder *self, decomposition *tree) {
    size_t n = (size_t)self->n;
    double least;
    LEAD_TRY(lead_calloc((size_t)self->m, sizeof(double), &tree->length));
    LEAD_TRY(lead_calloc(n * n, sizeof(double), &tree->distance));
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &tree->next));
    LEAD_TRY(measure(self, tree));
    find_next_links(self, tree);
    choose_levels(self, tree, &least);
    LEAD_TRY(lead_calloc(n * (size_t)tree->levels, sizeof(int), &tree->centre));
    LEAD_TRY(lead_calloc(n * (size_t)tree->levels, sizeof(int), &tree->cluster));
    gsl_ran_shuffle(self->random, self->order, n, sizeof(int));
    find_centres(self, tree, least, pow(2, gsl_rng_uniform(self->random)));
    find_clusters(self, tree);
    free(tree->distance);
    tree->distance = NULL;
    return LEAD_OK;
}

static bool is_late(const lead_raecke *self) {
    return self->deadline > 0 && lead_clock_seconds() >= self->deadline;
}

/* Trees until their shares, each the inverse of the most that it puts on a link, are 1; one at
 * least. */
static lead_status draw_trees(builder *self) {
    lead_raecke *raecke = self->raecke;
    double sum = 0;
    while (raecke->count < TREES_MAX && sum < 1 - 1e-9 && !(sum > 0 && is_late(raecke))) {
        decomposition *tree = &raecke->trees[raecke->count++];
        LEAD_TRY(draw_tree(self, tree));
        double largest = find_loads(self, tree);
        tree->share = fmin(1 - sum, largest > 1 ? 1 / largest : 1);
        sum += tree->share;
        for (int e = 0; e < self->m; e++)
            self->burden[e] += tree->share * self->load[e];
    }
    for (int i = 0; i < raecke->count; i++)
        raecke->trees[i].share /= sum;
    return LEAD_OK;
}

lead_status lead_raecke_alloc(const lead_topology *topology, uint64_t seed, double deadline,
                              lead_raecke **out) {
    builder self = {.n = lead_topology_node_count(topology),
                    .m = lead_topology_link_count(topology)};
    size_t n = (size_t)self.n, m = (size_t)self.m;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(1, sizeof *self.raecke, &self.raecke));
    *self.raecke =
        (lead_raecke){.topology = topology, .n = self.n, .m = self.m, .deadline = deadline};
    self.raecke->walk_room = 2 * LEVELS_MAX * self.n;
    LEAD_TRY_FREE(lead_calloc((size_t)self.raecke->walk_room, sizeof(int), &self.raecke->walk));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &self.raecke->at));
    LEAD_TRY_FREE(lead_random_alloc(seed, "raecke", &self.random));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self.burden));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self.load));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self.leaving));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self.entering));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &self.order));
    for (int v = 0; v < self.n; v++)
        self.order[v] = v;
    LEAD_TRY_FREE(draw_trees(&self));
    *out = self.raecke;
    self.raecke = NULL;
fail:
    lead_raecke_free(self.raecke);
    if (self.random)
        gsl_rng_free(self.random);
    free(self.burden);
    free(self.load);
    free(self.leaving);
    free(self.entering);
    free(self.order);
    return status;
}

/* --- a pair's paths -----------------------------------------------------------------------------
 */

/* Adds the shortest path to the walk; its new length. */
static int walk_to(const lead_raecke *self, const decomposition *tree, int from, int to,
                   int length) {
    for (int e; (e = tree->next[to * self->n + from]) >= 0;
         from = lead_topology_link(self->topology, e)->destination)
        self->walk[length++] = e;
    return length;
}

/* Up from the source to the cluster that both are in, and down; the walk's length. */
static int walk_tree(const lead_raecke *self, const decomposition *tree, int source,
                     int destination) {
    int n = self->n, level = 0, length = 0, at = source;
    while (tree->cluster[level * n + source] != tree->cluster[level * n + destination]) {
        level++;
        length = walk_to(self, tree, at, tree->centre[level * n + source], length);
        at = tree->centre[level * n + source];
    }
    for (level--; level >= 0; level--) {
        length = walk_to(self, tree, at, tree->centre[level * n + destination], length);
        at = tree->centre[level * n + destination];
    }
    return length;
}

static int larger_share_first(const void *a, const void *b) {
    const lead_path *x = a, *y = b;
    if (x->share != y->share)
        return x->share < y->share ? 1 : -1;
    return x->links < y->links ? -1 : 1; /* the one found first */
}

/* Adds to an equal path's share, or keeps the path. */
static void keep(lead_path path, int room, lead_path *paths, int *count) {
    for (int i = 0; i < *count; i++)
        if (paths[i].length == path.length &&
            memcmp(paths[i].links, path.links, (size_t)path.length * sizeof(int)) == 0) {
            paths[i].share += path.share;
            return;
        }
    if (*count < room)
        paths[(*count)++] = path;
}

void lead_raecke_pair(const lead_raecke *raecke, int source, int destination, int room,
                      lead_path *paths, int *links, int *count) {
    const int n = raecke->n, *next = raecke->trees[0].next;
    *count = 0;
    if (next[destination * n + source] < 0 || next[source * n + destination] < 0)
        return;
    int trees = is_late(raecke) ? 1 : raecke->count;
    for (int i = 0; i < trees; i++) {
        const decomposition *tree = &raecke->trees[i];
        int *kept = links + *count * n, walked = walk_tree(raecke, tree, source, destination),
            length =
                lead_cut_circles(raecke->topology, source, raecke->walk, walked, raecke->at, kept);
        keep((lead_path){tree->share, length, kept}, room - 1, paths, count);
    }
    qsort(paths, (size_t)*count, sizeof *paths, larger_share_first);
}
