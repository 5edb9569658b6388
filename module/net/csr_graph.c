/* Shortest-path trees over the links that are up, without an allocation per tree. */
#include "net/csr_graph.h"
#include <math.h>
#include <stdlib.h>

lead_status lead_csr_graph_alloc(const lead_topology *topology, lead_csr_graph *graph) {
    lead_status status = LEAD_OK;
    int at = 0;
    *graph = (lead_csr_graph){.n = lead_topology_node_count(topology),
                              .m = lead_topology_link_count(topology)};
    size_t n = (size_t)graph->n, m = (size_t)graph->m;
    LEAD_TRY_FREE(lead_calloc(m, sizeof(int), &graph->from));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(int), &graph->to));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &graph->capacity));
    LEAD_TRY_FREE(lead_calloc(n + 1, sizeof(int), &graph->in_first));
    LEAD_TRY_FREE(lead_calloc(m, sizeof(int), &graph->in_link));
    for (int e = 0; e < graph->m; e++) {
        const lead_link *link = lead_topology_link(topology, e);
        graph->from[e] = link->source;
        graph->to[e] = link->destination;
        graph->capacity[e] = link->up ? link->capacity : 0;
    }
    for (int v = 0; v < graph->n; v++) {
        int degree;
        const int *links = lead_topology_links_in(topology, v, &degree);
        graph->in_first[v] = at;
        for (int i = 0; i < degree; i++)
            if (graph->capacity[links[i]] > 0)
                graph->in_link[at++] = links[i];
    }
    graph->in_first[n] = at;
    return LEAD_OK;
fail:
    lead_csr_graph_free(graph);
    return status;
}

void lead_csr_graph_free(lead_csr_graph *graph) {
    free(graph->from);
    free(graph->to);
    free(graph->capacity);
    free(graph->in_first);
    free(graph->in_link);
    *graph = (lead_csr_graph){0};
}

bool lead_csr_graph_is_of(const lead_csr_graph *graph, const lead_topology *topology) {
    if (!graph->in_first || graph->n != lead_topology_node_count(topology) ||
        graph->m != lead_topology_link_count(topology))
        return false;
    for (int e = 0; e < graph->m; e++)
        if ((graph->capacity[e] > 0) != lead_topology_link(topology, e)->up)
            return false;
    return true;
}

lead_status lead_csr_tree_alloc(const lead_csr_graph *graph, lead_csr_tree *tree) {
    size_t n = (size_t)graph->n;
    lead_status status = LEAD_OK;
    *tree = (lead_csr_tree){0};
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &tree->distance));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &tree->next));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(int), &tree->order));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &tree->passing));
    LEAD_TRY_FREE(lead_calloc((size_t)graph->m + 1, sizeof *tree->heap, &tree->heap));
    return LEAD_OK;
fail:
    lead_csr_tree_free(tree);
    return status;
}

void lead_csr_tree_free(lead_csr_tree *tree) {
    free(tree->distance);
    free(tree->next);
    free(tree->order);
    free(tree->passing);
    free(tree->heap);
    *tree = (lead_csr_tree){0};
}

/* Looks at the links into the node just reached. */
static void relax(const lead_csr_graph *graph, const double *length, lead_heap_item nearest,
                  lead_csr_tree *tree, int *count) {
    for (int i = graph->in_first[nearest.node]; i < graph->in_first[nearest.node + 1]; i++) {
        int e = graph->in_link[i], from = graph->from[e];
        double through = nearest.distance + length[e];
        if (!(through < tree->distance[from]))
            continue;
        tree->distance[from] = through;
        tree->next[from] = e;
        lead_heap_push(tree->heap, count, (lead_heap_item){through, from});
    }
}

void lead_csr_tree_grow(const lead_csr_graph *graph, const double *length, int destination,
                        lead_csr_tree *tree) {
    int count = 0;
    for (int v = 0; v < graph->n; v++) {
        tree->distance[v] = INFINITY;
        tree->next[v] = -1;
    }
    tree->destination = destination;
    tree->reached = 0;
    tree->distance[destination] = 0;
    lead_heap_push(tree->heap, &count, (lead_heap_item){0, destination});
    while (count > 0) {
        lead_heap_item nearest = lead_heap_pop(tree->heap, &count);
        if (nearest.distance > tree->distance[nearest.node])
            continue;
        tree->order[tree->reached++] = nearest.node;
        relax(graph, length, nearest, tree, &count);
    }
}

void lead_csr_tree_load(const lead_csr_graph *graph, lead_csr_tree *tree, const double *demand,
                        int stride, double *load) {
    for (int i = 0; i < tree->reached; i++)
        tree->passing[tree->order[i]] = demand[(size_t)tree->order[i] * (size_t)stride];
    for (int i = tree->reached - 1; i > 0; i--) {
        int v = tree->order[i], e = tree->next[v];
        load[e] += tree->passing[v];
        tree->passing[graph->to[e]] += tree->passing[v];
    }
}

void lead_csr_tree_cost(const lead_csr_graph *graph, const lead_csr_tree *tree,
                        const double *length, double *cost) {
    for (int v = 0; v < graph->n; v++)
        cost[v] = INFINITY;
    cost[tree->destination] = 0;
    for (int i = 1; i < tree->reached; i++) {
        int v = tree->order[i], e = tree->next[v];
        cost[v] = length[e] + cost[graph->to[e]];
    }
}
