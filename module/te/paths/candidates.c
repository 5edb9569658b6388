/* Which paths OD pairs may take. */
#include "te/paths/candidates.h"
#include "te/paths/finder.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
                                double deadline, lead_path_set *set) {
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
