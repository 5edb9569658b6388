/* The failures that a plan is to survive. */
#ifndef LEAD_TE_COMMON_FAILURES_H
#define LEAD_TE_COMMON_FAILURES_H

#include <lead/te.h>

/* Failure i takes the links links[first[i]] .. links[first[i + 1] - 1] at once; those that take
 * link e are of_link[first_of_link[e]] .. of_link[first_of_link[e + 1] - 1]. */
typedef struct lead_failures {
    int count;
    int *first;         /* [count + 1] */
    int *links;         /* [first[count]] */
    int *first_of_link; /* [m + 1] */
    int *of_link;       /* [first[count]] */
} lead_failures;

/* Every cable (a link and its opposite direction; parallel links are paired by their order), then
 * with LEAD_TE_SURVIVE_GROUPS every risk group with the opposite directions of its links. Links
 * that are down do not fail; none with LEAD_TE_SURVIVE_NOTHING. O(m degree + m log m). */
lead_status lead_failures_alloc(const lead_topology *topology, lead_te_survival survival,
                                lead_failures *failures);
void lead_failures_free(lead_failures *failures);

#endif
