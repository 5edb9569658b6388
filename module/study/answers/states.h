/* states: which failures of the network variants are, how probable, and how central what fails is.
 */
#ifndef LEAD_STUDY_ANSWERS_STATES_H
#define LEAD_STUDY_ANSWERS_STATES_H

#include <lead/study.h>

/* A variant that is its undisturbed run but for failures that last to the end, or that run itself.
 */
typedef struct lead_state {
    const char *variant; /* borrowed */
    unsigned char *down; /* [links] */
    bool counts;         /* links alone are down, and no earlier one has the same */
    double probability;  /* of just these links down; 0 where links that fail together do not */
    int link, node;      /* the one that fails: the first link between two nodes; -1 */
} lead_state;

typedef struct lead_states {
    lead_topology *topology; /* of the undisturbed scenario */
    int links, nodes;
    int *fails_with;     /* [links] the first link that it fails together with: a cable, both its
                            directions and what is parallel; or a risk group */
    double *probability; /* [links] of the first ones */
    bool any;            /* some link has one */
    double *link_betweenness,
        *node_betweenness; /* of first links between two nodes: of all there */
    lead_state *list;
    int count, room;
} lead_states;

/* For variants of the scenario in that file; *out is freed with lead_states_free. LEAD_IO,
 * LEAD_FORMAT, LEAD_MEMORY. */
lead_status lead_states_alloc(const char *scenario, lead_states **out);
void lead_states_free(lead_states *states);
/* Adds the variant (borrowed) that the scenario file describes, if it is a state; `against` is the
 * file of its undisturbed run, start and epochs are those of the run. O(epochs + links + length of
 * the files). */
lead_status lead_states_add(lead_states *states, const char *variant, const char *scenario,
                            const char *against, int64_t start, int epochs);
/* The state that a variant is, borrowed; NULL: none. O(states). */
const lead_state *lead_states_find(const lead_states *states, const char *variant);
/* The place of a link or node by betweenness among those between two nodes, or the nodes; 1: the
 * first. */
int lead_states_rank(const lead_states *states, const lead_state *of);

#endif
