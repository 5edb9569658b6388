/* Sets of candidate paths. */
#include "te/path_set.h"
#include "te/raecke.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void lead_path_set_free(lead_path_set *set) {
    free(set->first);
    free(set->start);
    free(set->links);
    *set = (lead_path_set){0};
}

lead_status lead_path_set_begin(int pair_count, lead_path_set *set) {
    *set = (lead_path_set){.pair_count = pair_count};
    return lead_calloc((size_t)pair_count + 1, sizeof *set->first, &set->first);
}

static lead_status grow(int **array, int needed, int *room) {
    if (needed <= *room)
        return LEAD_OK;
    int more = needed + *room + 64;
    int *longer = realloc(*array, (size_t)more * sizeof *longer);
    if (!longer)
        return lead_fail(LEAD_MEMORY, "no memory for %d path entries", more);
    *array = longer;
    *room = more;
    return LEAD_OK;
}

lead_status lead_path_set_add(lead_path_set *set, const int *links, int length) {
    int at = set->path_count ? set->start[set->path_count] : 0;
    LEAD_TRY(grow(&set->start, set->path_count + 2, &set->path_room));
    LEAD_TRY(grow(&set->links, at + length, &set->link_room));
    memcpy(set->links + at, links, (size_t)length * sizeof *links);
    set->start[set->path_count] = at;
    set->start[++set->path_count] = at + length;
    return LEAD_OK;
}

void lead_path_set_close(lead_path_set *set, int od) {
    set->first[od + 1] = set->path_count;
}

bool lead_path_fails(const lead_path_set *set, int path, const lead_failures *failures,
                     int failure) {
    for (int i = set->start[path]; i < set->start[path + 1]; i++)
        for (int k = failures->first_of_link[set->links[i]];
             k < failures->first_of_link[set->links[i] + 1]; k++)
            if (failures->of_link[k] == failure)
                return true;
    return false;
}

int lead_cut_circles(const lead_topology *topology, int source, const int *walk, int length,
                     int *at, int *links) {
    int kept = 0;
    for (int v = 0; v < lead_topology_node_count(topology); v++)
        at[v] = -1; /* where in the links the node is reached */
    at[source] = 0;
    for (int i = 0; i < length; i++) {
        int v = lead_topology_link(topology, walk[i])->destination;
        if (at[v] >= 0) { /* back where it has been: the circle's nodes are forgotten */
            int back = at[v];
            for (int k = back; k < kept; k++)
                at[lead_topology_link(topology, links[k])->destination] = -1;
            kept = back;
        } else {
            links[kept++] = walk[i];
        }
        at[v] = kept;
    }
    return kept;
}

/* The pairs of one destination share its distances, so these are found destination by destination
 * and put in the pairs' order afterwards. */
typedef struct parts {
    lead_path_set *of_destination; /* [n], pairs numbered by source */
    int n;
} parts;

static lead_status find_for(const lead_path_finder *finder, const double *wanted, int t,
                            lead_te_path_choice choice, lead_path_set *part) {
    int n = lead_topology_node_count(finder->topology);
    LEAD_TRY(lead_path_set_begin(n, part));
    LEAD_TRY(lead_distances_to(finder->topology, finder->weights, t, finder->distance));
    for (int s = 0; s < n; s++) {
        if (s != t && wanted[s * n + t] > 0 && isfinite(finder->distance[s]))
            LEAD_TRY(choice == LEAD_TE_PATHS_DISJOINT ? lead_k_disjoint(finder, s, t, part)
                                                      : lead_k_shortest(finder, s, t, part));
        lead_path_set_close(part, s);
    }
    return LEAD_OK;
}

static lead_status join(const parts *all, lead_path_set *set) {
    for (int od = 0; od < all->n * all->n; od++) {
        const lead_path_set *part = &all->of_destination[od % all->n];
        for (int p = part->first[od / all->n]; p < part->first[od / all->n + 1]; p++)
            LEAD_TRY(lead_path_set_add(set, part->links + part->start[p],
                                       part->start[p + 1] - part->start[p]));
        lead_path_set_close(set, od);
    }
    return LEAD_OK;
}

static lead_status take_largest(const lead_raecke *raecke, const double *wanted, int n, int count,
                                lead_path_set *set) {
    enum { ROOM = 255 };
    lead_path *paths = NULL;
    int *links = NULL, found;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(ROOM, sizeof *paths, &paths));
    LEAD_TRY_FREE(lead_calloc((size_t)ROOM * (size_t)n, sizeof *links, &links));
    for (int od = 0; od < n * n; od++) {
        found = 0;
        if (od / n != od % n && wanted[od] > 0)
            lead_raecke_pair(raecke, od / n, od % n, ROOM, paths, links, &found);
        for (int i = 0; i < found && i < count; i++)
            LEAD_TRY_FREE(lead_path_set_add(set, paths[i].links, paths[i].length));
        lead_path_set_close(set, od);
    }
fail:
    free(paths);
    free(links);
    return status;
}

static lead_status find_oblivious(const lead_topology *topology, const double *wanted, int count,
                                  uint64_t seed, double deadline, lead_path_set *set) {
    int n = lead_topology_node_count(topology);
    lead_raecke *raecke = NULL;
    LEAD_TRY(lead_path_set_begin(n * n, set));
    lead_status status = lead_raecke_alloc(topology, seed, deadline, &raecke);
    if (status == LEAD_OK)
        status = take_largest(raecke, wanted, n, count, set);
    lead_raecke_free(raecke);
    if (status != LEAD_OK)
        lead_path_set_free(set);
    return status;
}

/* Disjoint paths are found by lengths that are taken away again: those that rounding would lose
 * beside the largest count as a 1e9th of it, or the ways back would run in circles. */
static lead_status bridge(const double *weights, size_t m, double **out) {
    double largest = 0;
    LEAD_TRY(lead_calloc(m, sizeof **out, out));
    for (size_t e = 0; e < m; e++)
        largest = fmax(largest, weights[e]);
    for (size_t e = 0; e < m; e++)
        (*out)[e] = fmax(weights[e], 1e-9 * largest);
    return LEAD_OK;
}

lead_status lead_path_set_alloc(const lead_topology *topology, const double *weights,
                                const double *wanted, int count, lead_te_path_choice choice,
                                uint64_t seed, double deadline, lead_path_set *set) {
    if (choice == LEAD_TE_PATHS_OBLIVIOUS)
        return find_oblivious(topology, wanted, count, seed, deadline, set);
    parts all = {.n = lead_topology_node_count(topology)};
    double *bridged = NULL;
    size_t n = (size_t)all.n, m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_path_set_begin(all.n * all.n, set));
    lead_path_finder finder = {topology, weights, count, NULL};
    if (choice == LEAD_TE_PATHS_DISJOINT) {
        LEAD_TRY_FREE(bridge(weights, m, &bridged));
        finder.weights = bridged;
    }
    LEAD_TRY_FREE(lead_calloc(n, sizeof *all.of_destination, &all.of_destination));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &finder.distance));
    for (int t = 0; t < all.n; t++) {
        finder.count = deadline > 0 && lead_clock_seconds() >= deadline ? 1 : count;
        LEAD_TRY_FREE(find_for(&finder, wanted, t, choice, &all.of_destination[t]));
    }
    LEAD_TRY_FREE(join(&all, set));
fail:
    for (int t = 0; all.of_destination && t < all.n; t++)
        lead_path_set_free(&all.of_destination[t]);
    free(all.of_destination);
    free(finder.distance);
    free(bridged);
    if (status != LEAD_OK)
        lead_path_set_free(set);
    return status;
}
