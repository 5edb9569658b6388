/* spf: the steps that both an evaluation and a change consist of. */
#include "te/weights/spf_state.h"
#include <string.h>

void lead_te_spf_push(lead_te_spf *spf, int key, int node) {
    lead_te_spf_item *heap = spf->heap, item = (int64_t)key * ((int64_t)1 << 32) + node;
    int at = spf->heap_count++;
    for (; at > 0 && item < heap[(at - 1) / 2]; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
}

int lead_te_spf_pop(lead_te_spf *spf, int *key) {
    lead_te_spf_item *heap = spf->heap, top = heap[0], last = heap[--spf->heap_count];
    int at = 0, count = spf->heap_count;
    for (int child = 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    *key = (int)(top >> 32);
    return (int)(top & 0xffffffff);
}

bool lead_te_spf_pull(lead_te_spf *spf, int t, int v) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    size_t tms = (size_t)spf->tms;
    double *own = spf->share + lead_te_spf_at(spf, t, v) * tms;
    const double *demand = spf->demand + lead_te_spf_at(spf, t, v) * tms;
    const int next_hops = spf->next_hops[lead_te_spf_at(spf, t, v)];
    bool other = false;
    for (size_t k = 0; k < tms; k++) {
        double sum = demand[k];
        for (int i = spf->in_first[v]; i < spf->in_first[v + 1]; i++) {
            const lead_te_spf_arc arc = spf->in[i];
            if (distance[arc.node] == distance[v] + arc.weight)
                sum += spf->share[lead_te_spf_at(spf, t, arc.node) * tms + k];
        }
        sum /= next_hops;
        other = other || sum != own[k];
        own[k] = sum;
    }
    return other;
}

void lead_te_spf_weigh(lead_te_spf *spf, int link, int weight) {
    spf->weight[link] = weight;
    if (!spf->up[link])
        return;
    spf->in[spf->in_at[link]].weight = weight;
    spf->out[spf->out_at[link]].weight = weight;
}

void lead_te_spf_keep(lead_te_spf *spf) {
    spf->changed_node_count = spf->changed_link_count = spf->changed_weight_count = 0;
    if (++spf->change > 0)
        return;
    const size_t n = (size_t)spf->n, m = (size_t)spf->m; /* the stamps' numbers have run out */
    memset(spf->node_stamp, 0, n * n * sizeof(unsigned));
    memset(spf->link_stamp, 0, m * sizeof(unsigned));
    memset(spf->weight_stamp, 0, m * sizeof(unsigned));
    spf->change = 1;
}
