/* spf: what an evaluation holds, and the steps that it and a change of it consist of. What it is
 * for stands in spf.h. */
#ifndef LEAD_TE_WEIGHTS_SPF_STATE_H
#define LEAD_TE_WEIGHTS_SPF_STATE_H

#include <lead/net.h>

enum {
    /* The weight of a link that is to carry nothing for a while: longer than any path of others. */
    LEAD_TE_SPF_DOWN = 1 << 28,
    LEAD_TE_SPF_UNREACHED = 6 << 28
};

typedef struct lead_te_spf_arc {
    int link, node, weight; /* the link, the node at its far end, and the weight at hand */
} lead_te_spf_arc;

/* A heap's item: the key above, the node below, so that one comparison orders both. */
typedef int64_t lead_te_spf_item;

/* What a room's other files may read: weights, loads, distances. t is a destination's node. */
typedef struct lead_te_spf {
    int n, m, tms;
    int *weight;       /* [m] */
    int64_t *load;     /* [m][tms], in quanta of the TM */
    double *quantum;   /* [tms] bit/s */
    double *demand;    /* [n of t][n][tms], in quanta */
    int *destinations; /* those with traffic, ascending */
    int destination_count;
    int *distance;        /* [n of t][n] to t */
    int *next_hops;       /* [n of t][n] */
    double *share;        /* [n of t][n][tms]: traffic to t on each of a node's next hops, quanta */
    int *source, *target; /* [m] */
    bool *up;             /* [m] */
    int *in_first, *out_first;
    lead_te_spf_arc *in, *out; /* of links that are up */
    int *in_at, *out_at;       /* [m] where a link is among those */

    /* What has changed since the last keep or undo: each thing once, with its value from before. */
    unsigned change;
    unsigned *node_stamp, *link_stamp, *weight_stamp; /* [n*n], [m], [m] */
    int *changed_nodes, *changed_links, *changed_weights;
    int changed_node_count, changed_link_count, changed_weight_count;
    int *old_distance, *old_next_hops, *old_weights;
    double *old_share;
    int64_t *old_load;

    /* For the destination at work: [n] each, and a heap. */
    unsigned pass;
    unsigned *moved, *split, *queued, *counted, *seen;
    double *share_before; /* [tms] */
    int *new_distance, *remaining, *moved_nodes, *counted_nodes;
    int moved_count, counted_count, heap_count;
    lead_te_spf_item *heap;
} lead_te_spf;

/* --- for spf.c and spf_change.c alone -------------------------------------------------------- */

void lead_te_spf_push(lead_te_spf *spf, int key, int node);
/* The least key (and of equals the lowest node); answers the node. */
int lead_te_spf_pop(lead_te_spf *spf, int *key);
/* Puts a weight in its places, and no more. */
void lead_te_spf_weigh(lead_te_spf *spf, int link, int weight);
/* share of node v, from its predecessors and its demand; answers whether it is another than it was.
 */
bool lead_te_spf_pull(lead_te_spf *spf, int t, int v);

static inline size_t lead_te_spf_at(const lead_te_spf *spf, int t, int v) {
    return (size_t)t * (size_t)spf->n + (size_t)v;
}

/* Makes the changes since the last keep or undo final. */
void lead_te_spf_keep(lead_te_spf *spf);

#endif
