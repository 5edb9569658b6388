/* A binary min-heap of nodes by distance, for Dijkstra's algorithm; ties go to the lower node. The
 * caller has the room. O(log count) each. */
#ifndef LEAD_BASE_NUMBERS_HEAP_H
#define LEAD_BASE_NUMBERS_HEAP_H

#include <stdbool.h>

typedef struct lead_heap_item {
    double distance;
    int node;
} lead_heap_item;

static inline bool lead_heap_before(lead_heap_item a, lead_heap_item b) {
    return a.distance < b.distance || (a.distance == b.distance && a.node < b.node);
}

static inline void lead_heap_push(lead_heap_item *heap, int *count, lead_heap_item item) {
    int at = (*count)++;
    for (; at > 0 && lead_heap_before(item, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
}

static inline lead_heap_item lead_heap_pop(lead_heap_item *heap, int *count) {
    lead_heap_item top = heap[0], last = heap[--*count];
    int at = 0;
    for (int child = 1; child < *count; child = 2 * at + 1) {
        if (child + 1 < *count && lead_heap_before(heap[child + 1], heap[child]))
            child++;
        if (!lead_heap_before(heap[child], last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

#endif
