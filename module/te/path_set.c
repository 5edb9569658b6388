/* Sets of candidate paths. */
#include "te/path_set.h"
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

lead_status lead_path_set_alloc(const lead_topology *topology, const double *weights,
                                const double *wanted, int count, lead_te_path_choice choice,
                                lead_path_set *set) {
    parts all = {.n = lead_topology_node_count(topology)};
    lead_path_finder finder = {topology, weights, count, NULL};
    size_t n = (size_t)all.n;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_path_set_begin(all.n * all.n, set));
    LEAD_TRY_FREE(lead_calloc(n, sizeof *all.of_destination, &all.of_destination));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &finder.distance));
    for (int t = 0; t < all.n; t++)
        LEAD_TRY_FREE(find_for(&finder, wanted, t, choice, &all.of_destination[t]));
    LEAD_TRY_FREE(join(&all, set));
fail:
    for (int t = 0; all.of_destination && t < all.n; t++)
        lead_path_set_free(&all.of_destination[t]);
    free(all.of_destination);
    free(finder.distance);
    if (status != LEAD_OK)
        lead_path_set_free(set);
    return status;
}
