/* path_generation: see path_generation.h. */
#include "te/paths/program/generation.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct generator {
    const lead_topology *topology;
    const lead_failures *failures;
    const lead_path_set *old;
    lead_path_set set; /* that grows: the old one's paths and new ones */
    double *length;    /* [m] */
    double *distance;  /* [n] */
    int *path;         /* [n] links of the path found last */
    int path_length;
} generator;

static void generator_free(generator *self) {
    lead_path_set_free(&self->set);
    free(self->length);
    free(self->distance);
    free(self->path);
}

static lead_status generator_alloc(const lead_topology *topology, const lead_failures *failures,
                                   const lead_path_set *old, generator *self) {
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    *self = (generator){.topology = topology, .failures = failures, .old = old};
    LEAD_TRY(lead_calloc(m, sizeof(double), &self->length));
    LEAD_TRY(lead_calloc(n, sizeof(double), &self->distance));
    LEAD_TRY(lead_calloc(n, sizeof(int), &self->path));
    return lead_path_set_begin(old->pair_count, &self->set);
}

/* The shortest path under `length`, into `path`; LEAD_INFEASIBLE where there is none. */
static lead_status find_path(generator *self, int source, int destination) {
    LEAD_TRY(lead_distances_to(self->topology, self->length, destination, self->distance));
    self->path_length = 0;
    if (!isfinite(self->distance[source]))
        return LEAD_INFEASIBLE;
    for (int v = source; v != destination;) {
        int degree, best = -1;
        double least = INFINITY;
        const int *out = lead_topology_links_out(self->topology, v, &degree);
        for (int i = 0; i < degree; i++) {
            const lead_link *link = lead_topology_link(self->topology, out[i]);
            const double over = self->length[out[i]] + self->distance[link->destination];
            if (link->up && over < least) {
                least = over;
                best = out[i];
            }
        }
        self->path[self->path_length++] = best;
        v = lead_topology_link(self->topology, best)->destination;
    }
    return LEAD_OK;
}

/* --- the pair that is open in `set` ------------------------------------------------------------
 */

static lead_status copy_paths(generator *self, int od) {
    const lead_path_set *old = self->old;
    for (int p = old->first[od]; p < old->first[od + 1]; p++)
        LEAD_TRY(lead_path_set_add(&self->set, old->links + old->start[p],
                                   old->start[p + 1] - old->start[p]));
    return LEAD_OK;
}

static bool has_path(const generator *self, int od) {
    const lead_path_set *set = &self->set;
    for (int p = set->first[od]; p < set->path_count; p++)
        if (set->start[p + 1] - set->start[p] == self->path_length &&
            memcmp(set->links + set->start[p], self->path,
                   (size_t)self->path_length * sizeof *self->path) == 0)
            return true;
    return false;
}

static bool all_fail(const generator *self, int od, int failure) {
    for (int p = self->set.first[od]; p < self->set.path_count; p++)
        if (!lead_path_fails(&self->set, p, self->failures, failure))
            return false;
    return true;
}

/* Multiplies the lengths of the failure's links. */
static void stretch(generator *self, int failure, double factor) {
    const lead_failures *failures = self->failures;
    for (int i = failures->first[failure]; i < failures->first[failure + 1]; i++)
        self->length[failures->links[i]] *= factor;
}

static lead_status protect_pair(generator *self, int n, int od, int failure) {
    static const double far = 1099511627776; /* 2^40: there and back without rounding */
    if (!all_fail(self, od, failure))
        return LEAD_OK;
    stretch(self, failure, far);
    lead_status status = find_path(self, od / n, od % n);
    stretch(self, failure, 1 / far);
    LEAD_TRY(status);
    LEAD_TRY(lead_path_set_add(&self->set, self->path, self->path_length));
    if (lead_path_fails(&self->set, self->set.path_count - 1, self->failures, failure))
        self->set.path_count--; /* it cuts the pair off */
    return LEAD_OK;
}

static void take(generator *self, lead_path_set *set) {
    lead_path_set old = *set;
    *set = self->set;
    self->set = old;
}

lead_status lead_path_set_protect(const lead_topology *topology, const double *weights,
                                  const lead_failures *failures, lead_path_set *set) {
    const int n = lead_topology_node_count(topology);
    generator self;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(generator_alloc(topology, failures, set, &self));
    memcpy(self.length, weights, (size_t)lead_topology_link_count(topology) * sizeof(double));
    for (int od = 0; od < n * n; od++) {
        LEAD_TRY_FREE(copy_paths(&self, od));
        for (int i = 0; i < failures->count && set->first[od + 1] > set->first[od]; i++)
            LEAD_TRY_FREE(protect_pair(&self, n, od, i));
        lead_path_set_close(&self.set, od);
    }
    take(&self, set);
fail:
    generator_free(&self);
    return status;
}

/* --- by prices ---------------------------------------------------------------------------------
 */

/* What the pair's new path would cost by its links; failures that take several are counted for
 * each, which no path of a single cable's failures has. */
static void price_links(generator *self, const lead_path_prices *prices, double traffic, int od) {
    const lead_failures *failures = self->failures;
    for (int e = 0; e < lead_topology_link_count(self->topology); e++)
        self->length[e] = prices->length[od] + prices->link[e] * traffic;
    for (int k = prices->survival_of[od]; k < prices->survival_of[od + 1]; k++) {
        const int failure = prices->survival[k].failure;
        for (int i = failures->first[failure]; i < failures->first[failure + 1]; i++)
            self->length[failures->links[i]] += prices->survival[k].price;
    }
}

/* Adds the pair's cheapest path if it is new and cheap enough; what it would better. */
static lead_status extend_pair(generator *self, const lead_path_prices *prices, double traffic,
                               int n, int od, double least_gain, double *gain) {
    price_links(self, prices, traffic, od);
    LEAD_TRY(find_path(self, od / n, od % n));
    const double better = prices->pair[od] - self->distance[od / n];
    *gain += fmax(0, better);
    return better > least_gain && !has_path(self, od)
               ? lead_path_set_add(&self->set, self->path, self->path_length)
               : LEAD_OK;
}

lead_status lead_path_set_extend(const lead_topology *topology, const double *tm,
                                 const lead_failures *failures, const lead_path_prices *prices,
                                 double least_gain, const lead_path_set *set, lead_path_set *more,
                                 double *gain) {
    const int n = lead_topology_node_count(topology);
    generator self;
    lead_status status = LEAD_OK;
    *gain = 0;
    LEAD_TRY_FREE(generator_alloc(topology, failures, set, &self));
    for (int od = 0; od < n * n; od++) {
        LEAD_TRY_FREE(copy_paths(&self, od));
        if (set->first[od + 1] > set->first[od] && tm[od] > 0)
            LEAD_TRY_FREE(extend_pair(&self, prices, tm[od], n, od, least_gain, gain));
        lead_path_set_close(&self.set, od);
    }
    take(&self, more);
fail:
    generator_free(&self);
    return status;
}
