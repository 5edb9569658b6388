/* links: what links.csv of runs say of each link: how busy it is, and when it was the busiest. */
#ifndef LEAD_STUDY_ANSWERS_LINKS_H
#define LEAD_STUDY_ANSWERS_LINKS_H

#include <lead/study.h>

/* The links of a network in the order of the file, over all epochs so far. */
typedef struct lead_links {
    struct lead_links_one {
        char *name;  /* "A-B" */
        double sum;  /* of utilisations */
        long epochs; /* in which it is known */
        double worst,
            traffic; /* the largest utilisation, the most offered traffic, bit/s; -1: none */
        int worst_row, worst_epoch, traffic_row; /* where */
    } * list;
    int count, room;
} lead_links;

/* Adds the epochs of a row's links.csv; of the same network as those that are in it. LEAD_FORMAT
 * with file and line for what is no links.csv; LEAD_IO, LEAD_MEMORY. O(size of the file). */
lead_status lead_links_add(const char *path, int row, lead_links *links);
/* Adds other runs of the same network; of another one nothing is known then. */
lead_status lead_links_merge(const lead_links *from, lead_links *to);
/* The name of the link of largest mean utilisation, the first of equal ones, in text; "" of none.
 */
void lead_links_busiest(const lead_links *links, char text[LEAD_STUDY_LINK]);
void lead_links_clear(lead_links *links);

/* Links of each policy over its variants. */
typedef struct lead_loads {
    struct lead_loads_policy {
        int policy;     /* its first row */
        lead_links all; /* of all variants */
        double
            *undisturbed; /* [links] the largest utilisation without events; NaN: none is known */
        int *rows;        /* [count] the variants' first ones */
        double *worst;    /* [count][links] the largest utilisation in each variant */
        int count, room, worst_room;
    } * list;
    int count, room;
} lead_loads;

/* Adds the links of a variant and policy; of another network than the policy's first variant they
 * are left out. LEAD_MEMORY. O(links). */
lead_status lead_loads_add(lead_loads *loads, int row, int policy, bool undisturbed,
                           const lead_links *links);
/* What they say together, policy by policy; *out of *count is freed by lead_loads_free_answers.
 * O(variants x links log variants). */
lead_status lead_loads_answer(const lead_loads *loads, double within, lead_study_load **out,
                              int *count);
void lead_loads_free_answers(lead_study_load *answers, int count);
void lead_loads_clear(lead_loads *loads);

#endif
