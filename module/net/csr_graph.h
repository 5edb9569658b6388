/* The links that are up as compressed rows, ready for many shortest-path trees. */
#ifndef LEAD_NET_CSR_GRAPH_H
#define LEAD_NET_CSR_GRAPH_H

#include "base/numbers/heap.h"
#include <lead/net.h>

typedef struct lead_csr_graph {
    int n, m;
    int *from, *to;          /* [m] */
    double *capacity;        /* [m] bit/s; 0: the link is down */
    int *in_first, *in_link; /* links up into v: in_link[in_first[v]] ... */
} lead_csr_graph;

/* Zero is an empty graph, which may be freed. */
lead_status lead_csr_graph_alloc(const lead_topology *topology, lead_csr_graph *graph);
void lead_csr_graph_free(lead_csr_graph *graph);
/* False when links were added, or went up or down, since the graph was made
 * (capacities never change). */
bool lead_csr_graph_is_of(const lead_csr_graph *graph, const lead_topology *topology);

/* A shortest-path tree to one destination. */
typedef struct lead_csr_tree {
    int destination, reached;
    double *distance; /* [n]; INFINITY without a path */
    int *next;        /* [n] the link by which a node leaves; -1: none */
    int *order;       /* the `reached` nodes, nearest first */
    double *passing;  /* [n] lead_csr_tree_load: what passes a node */
    lead_heap_item *heap;
} lead_csr_tree;

lead_status lead_csr_tree_alloc(const lead_csr_graph *graph, lead_csr_tree *tree);
void lead_csr_tree_free(lead_csr_tree *tree);
/* The tree under length[m] >= 0 (Dijkstra 1959, ties by lowest index). O(m log n). */
void lead_csr_tree_grow(const lead_csr_graph *graph, const double *length, int destination,
                        lead_csr_tree *tree);
/* Adds what demand[v * stride] puts on the tree's links to load[m]. O(n). */
void lead_csr_tree_load(const lead_csr_graph *graph, lead_csr_tree *tree, const double *demand,
                        int stride, double *load);
/* Every node's way along the tree under other lengths: cost[n], INFINITY without one. O(n). */
void lead_csr_tree_cost(const lead_csr_graph *graph, const lead_csr_tree *tree,
                        const double *length, double *cost);

#endif
