/* links: which link is the busiest, from links.csv. */
#ifndef LEAD_STUDY_LINKS_H
#define LEAD_STUDY_LINKS_H

#include <lead/study.h>

/* The links of a network in the order of the file, with their utilisation over all epochs so far.
 */
typedef struct lead_links {
    struct lead_links_one {
        char *name; /* "A-B" */
        double sum;
        long epochs; /* in which it is known */
    } * list;
    int count, room;
} lead_links;

/* Adds the epochs of a row's run; of the same network as those that are in it. LEAD_FORMAT with
 * file and line for what is no links.csv; LEAD_IO, LEAD_MEMORY. O(size of the file). */
lead_status lead_links_add(const lead_study *study, int row, lead_links *links);
/* Adds other runs of the same network; of another one nothing is known then. */
lead_status lead_links_merge(const lead_links *from, lead_links *to);
/* The name of the link of largest mean utilisation, the first of equal ones, in text; "" of none.
 */
void lead_links_busiest(const lead_links *links, char text[LEAD_STUDY_LINK]);
void lead_links_clear(lead_links *links);

#endif
