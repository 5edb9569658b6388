/* failures: see failures.h. */
#include "te/common/failures.h"
#include <stdlib.h>

/* One link of one failure, before they are put in order. */
typedef struct entry {
    int failure, link;
} entry;

typedef struct list {
    entry *entries; /* [3m]: a link is once in its cable, and in one group or two */
    int count, failures;
    int *opposite; /* [m] or -1 */
} list;

/* How many of the links from `link`'s source to its destination come before it. */
static int rank_of(const lead_topology *topology, int link) {
    const lead_link *it = lead_topology_link(topology, link);
    int rank = 0, degree;
    const int *out = lead_topology_links_out(topology, it->source, &degree);
    for (int i = 0; i < degree && out[i] < link; i++)
        rank += lead_topology_link(topology, out[i])->destination == it->destination;
    return rank;
}

/* The link back of the same rank, or -1. */
static int find_opposite(const lead_topology *topology, int link) {
    const lead_link *it = lead_topology_link(topology, link);
    int rank = rank_of(topology, link), degree;
    const int *out = lead_topology_links_out(topology, it->destination, &degree);
    for (int i = 0; i < degree; i++)
        if (lead_topology_link(topology, out[i])->destination == it->source && rank-- == 0)
            return out[i];
    return -1;
}

static void add(const lead_topology *topology, list *to, int failure, int link) {
    if (link >= 0 && lead_topology_link(topology, link)->up)
        to->entries[to->count++] = (entry){failure, link};
}

static void add_cables(const lead_topology *topology, list *to) {
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const int back = to->opposite[e], before = to->count;
        if (back >= 0 && back < e)
            continue;
        add(topology, to, to->failures, e);
        add(topology, to, to->failures, back);
        to->failures += to->count > before;
    }
}

static int by_failure_and_link(const void *a, const void *b) {
    const entry *x = a, *y = b;
    return x->failure != y->failure ? (x->failure > y->failure) - (x->failure < y->failure)
                                    : (x->link > y->link) - (x->link < y->link);
}

/* Sorts the entries from `begun` on, drops what is there twice, and numbers the failures anew. */
static void tidy(list *all, int begun) {
    int kept = begun;
    entry last = {-1, -1};
    qsort(all->entries + begun, (size_t)(all->count - begun), sizeof(entry), by_failure_and_link);
    for (int i = begun; i < all->count; i++) {
        const entry it = all->entries[i];
        if (it.failure == last.failure && it.link == last.link)
            continue;
        all->failures += it.failure != last.failure;
        all->entries[kept++] = (entry){all->failures - 1, it.link};
        last = it;
    }
    all->count = kept;
}

/* Until they are numbered, the groups' failures have the groups' numbers. */
static void add_groups(const lead_topology *topology, list *to) {
    const int begun = to->count;
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const int group = lead_topology_link(topology, e)->risk_group;
        if (group == 0)
            continue;
        add(topology, to, group, e);
        add(topology, to, group, to->opposite[e]);
    }
    tidy(to, begun);
}

static lead_status index_entries(const list *all, int m, lead_failures *failures) {
    LEAD_TRY(lead_calloc((size_t)all->failures + 1, sizeof(int), &failures->first));
    LEAD_TRY(lead_calloc((size_t)all->count, sizeof(int), &failures->links));
    LEAD_TRY(lead_calloc((size_t)m + 2, sizeof(int), &failures->first_of_link));
    LEAD_TRY(lead_calloc((size_t)all->count, sizeof(int), &failures->of_link));
    failures->count = all->failures;
    for (int i = 0; i < all->count; i++) {
        failures->links[i] = all->entries[i].link;
        failures->first[all->entries[i].failure + 1] = i + 1;
        failures->first_of_link[all->entries[i].link + 2]++;
    }
    for (int e = 0; e < m; e++)
        failures->first_of_link[e + 2] += failures->first_of_link[e + 1];
    for (int i = 0; i < all->count; i++)
        failures->of_link[failures->first_of_link[all->entries[i].link + 1]++] =
            all->entries[i].failure;
    return LEAD_OK;
}

lead_status lead_failures_alloc(const lead_topology *topology, lead_te_survival survival,
                                lead_failures *failures) {
    const int m = lead_topology_link_count(topology);
    list all = {0};
    lead_status status = LEAD_OK;
    *failures = (lead_failures){0};
    LEAD_TRY_FREE(lead_calloc(3 * (size_t)m, sizeof(entry), &all.entries));
    LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof(int), &all.opposite));
    for (int e = 0; e < m; e++)
        all.opposite[e] = find_opposite(topology, e);
    if (survival != LEAD_TE_SURVIVE_NOTHING)
        add_cables(topology, &all);
    if (survival == LEAD_TE_SURVIVE_GROUPS)
        add_groups(topology, &all);
    LEAD_TRY_FREE(index_entries(&all, m, failures));
fail:
    free(all.entries);
    free(all.opposite);
    if (status != LEAD_OK)
        lead_failures_free(failures);
    return status;
}

void lead_failures_free(lead_failures *failures) {
    free(failures->first);
    free(failures->links);
    free(failures->first_of_link);
    free(failures->of_link);
    *failures = (lead_failures){0};
}
