/* spf: room for the state, and the evaluation from nothing. */
#include "te/weights/spf.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Dijkstra 1959 towards t; the reached nodes in the order of their distance go to moved_nodes. */
static void find_distances(lead_te_spf *spf, int t) {
    int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    for (int v = 0; v < spf->n; v++)
        distance[v] = LEAD_TE_SPF_UNREACHED;
    distance[t] = 0;
    spf->moved_count = 0;
    lead_te_spf_push(spf, 0, t);
    while (spf->heap_count > 0) {
        int key, nearest = lead_te_spf_pop(spf, &key);
        if (key > distance[nearest])
            continue;
        spf->moved_nodes[spf->moved_count++] = nearest;
        for (int i = spf->in_first[nearest]; i < spf->in_first[nearest + 1]; i++) {
            int through = key + spf->in[i].weight;
            if (through >= distance[spf->in[i].node])
                continue;
            distance[spf->in[i].node] = through;
            lead_te_spf_push(spf, through, spf->in[i].node);
        }
    }
}

/* Adds node v's traffic for t to the loads of its next hops, counting those. */
static void send(lead_te_spf *spf, int t, int v) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    size_t tms = (size_t)spf->tms, at = lead_te_spf_at(spf, t, v);
    int count = 0;
    for (int i = spf->out_first[v]; i < spf->out_first[v + 1]; i++)
        count += distance[v] == distance[spf->out[i].node] + spf->out[i].weight;
    spf->next_hops[at] = count;
    lead_te_spf_pull(spf, t, v);
    for (int i = spf->out_first[v]; i < spf->out_first[v + 1]; i++) {
        const lead_te_spf_arc arc = spf->out[i];
        if (distance[v] == distance[arc.node] + arc.weight)
            for (size_t k = 0; k < tms; k++)
                spf->load[(size_t)arc.link * tms + k] += (int64_t)spf->share[at * tms + k];
    }
}

void lead_te_spf_set(lead_te_spf *spf, const int *weights) {
    for (int e = 0; e < spf->m; e++)
        lead_te_spf_weigh(spf, e, weights[e]);
    memset(spf->load, 0, (size_t)spf->m * (size_t)spf->tms * sizeof *spf->load);
    for (int i = 0; i < spf->destination_count; i++) {
        int t = spf->destinations[i];
        find_distances(spf, t);
        for (int j = spf->moved_count - 1; j > 0; j--) /* farthest first; the last would be t */
            send(spf, t, spf->moved_nodes[j]);
    }
    lead_te_spf_keep(spf);
}

double lead_te_spf_load(const lead_te_spf *spf, int link, int tm) {
    return (double)spf->load[(size_t)link * (size_t)spf->tms + (size_t)tm] * spf->quantum[tm];
}

/* Links that are up, by their far end (in) and by their near end (out). */
static void index_links(lead_te_spf *spf, const lead_topology *topology) {
    int ins = 0, outs = 0;
    for (int e = 0; e < spf->m; e++) {
        spf->source[e] = lead_topology_link(topology, e)->source;
        spf->target[e] = lead_topology_link(topology, e)->destination;
        spf->up[e] = lead_topology_link(topology, e)->up;
    }
    for (int v = 0; v < spf->n; v++) {
        int count;
        const int *links = lead_topology_links_in(topology, v, &count);
        for (int i = 0; i < count; i++)
            if (spf->up[links[i]]) {
                spf->in_at[links[i]] = ins;
                spf->in[ins++] = (lead_te_spf_arc){links[i], spf->source[links[i]], 0};
            }
        links = lead_topology_links_out(topology, v, &count);
        for (int i = 0; i < count; i++)
            if (spf->up[links[i]]) {
                spf->out_at[links[i]] = outs;
                spf->out[outs++] = (lead_te_spf_arc){links[i], spf->target[links[i]], 0};
            }
        spf->in_first[v + 1] = ins;
        spf->out_first[v + 1] = outs;
    }
}

/* Demands in quanta: a TM's total is 2^60 of them, so that no load, a part of it, overflows. */
static void take_demands(lead_te_spf *spf, const double *tms) {
    int n = spf->n;
    for (int k = 0; k < spf->tms; k++) {
        const double *tm = tms + (size_t)k * (size_t)n * (size_t)n;
        double total = lead_tm_total(tm, n);
        spf->quantum[k] = total > 0 ? ldexp(total, -60) : 1;
        for (int v = 0; v < n; v++)
            for (int t = 0; t < n; t++)
                if (v != t)
                    spf->demand[lead_te_spf_at(spf, t, v) * (size_t)spf->tms + (size_t)k] =
                        tm[lead_te_spf_at(spf, v, t)] / spf->quantum[k];
    }
    for (int t = 0; t < n; t++)
        for (size_t i = 0; i < (size_t)n * (size_t)spf->tms; i++)
            if (spf->demand[lead_te_spf_at(spf, t, 0) * (size_t)spf->tms + i] > 0) {
                spf->destinations[spf->destination_count++] = t;
                break;
            }
}

static lead_status alloc_network(lead_te_spf *spf) {
    size_t n = (size_t)spf->n, m = (size_t)spf->m, tms = (size_t)spf->tms;
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->weight));
    LEAD_TRY(lead_calloc(m * tms, sizeof(int64_t), &spf->load));
    LEAD_TRY(lead_calloc(tms, sizeof(double), &spf->quantum));
    LEAD_TRY(lead_calloc(n * n * tms, sizeof(double), &spf->demand));
    LEAD_TRY(lead_calloc(n, sizeof(int), &spf->destinations));
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &spf->distance));
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &spf->next_hops));
    LEAD_TRY(lead_calloc(n * n * tms, sizeof(double), &spf->share));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->source));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->target));
    LEAD_TRY(lead_calloc(m, sizeof(bool), &spf->up));
    LEAD_TRY(lead_calloc(n + 1, sizeof(int), &spf->in_first));
    LEAD_TRY(lead_calloc(n + 1, sizeof(int), &spf->out_first));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->in_at));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->out_at));
    LEAD_TRY(lead_calloc(m, sizeof *spf->in, &spf->in));
    return lead_calloc(m, sizeof *spf->out, &spf->out);
}

static lead_status alloc_changes(lead_te_spf *spf) {
    size_t n = (size_t)spf->n, m = (size_t)spf->m, tms = (size_t)spf->tms;
    LEAD_TRY(lead_calloc(n * n, sizeof(unsigned), &spf->node_stamp));
    LEAD_TRY(lead_calloc(m, sizeof(unsigned), &spf->link_stamp));
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &spf->changed_nodes));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->changed_links));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->changed_weights));
    LEAD_TRY(lead_calloc(m, sizeof(int), &spf->old_weights));
    LEAD_TRY(lead_calloc(m, sizeof(unsigned), &spf->weight_stamp));
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &spf->old_distance));
    LEAD_TRY(lead_calloc(n * n, sizeof(int), &spf->old_next_hops));
    LEAD_TRY(lead_calloc(n * n * tms, sizeof(double), &spf->old_share));
    LEAD_TRY(lead_calloc(m * tms, sizeof(int64_t), &spf->old_load));
    LEAD_TRY(lead_calloc(n, sizeof(unsigned), &spf->moved));
    LEAD_TRY(lead_calloc(n, sizeof(unsigned), &spf->split));
    LEAD_TRY(lead_calloc(n, sizeof(unsigned), &spf->queued));
    LEAD_TRY(lead_calloc(n, sizeof(unsigned), &spf->counted));
    LEAD_TRY(lead_calloc(n, sizeof(unsigned), &spf->seen));
    LEAD_TRY(lead_calloc(tms, sizeof(double), &spf->share_before));
    LEAD_TRY(lead_calloc(n, sizeof(int), &spf->new_distance));
    LEAD_TRY(lead_calloc(n, sizeof(int), &spf->remaining));
    LEAD_TRY(lead_calloc(n, sizeof(int), &spf->moved_nodes));
    LEAD_TRY(lead_calloc(n, sizeof(int), &spf->counted_nodes));
    return lead_calloc(n + m + 1, sizeof *spf->heap, &spf->heap);
}

lead_status lead_te_spf_alloc(const lead_topology *topology, const double *tms, int count,
                              lead_te_spf **out) {
    lead_te_spf *spf = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *spf, &spf));
    spf->n = lead_topology_node_count(topology);
    spf->m = lead_topology_link_count(topology);
    spf->tms = count;
    LEAD_TRY_FREE(alloc_network(spf));
    LEAD_TRY_FREE(alloc_changes(spf));
    index_links(spf, topology);
    take_demands(spf, tms);
    for (int e = 0; e < spf->m; e++)
        spf->weight[e] = 1;
    lead_te_spf_set(spf, spf->weight);
    *out = spf;
    return LEAD_OK;
fail:
    lead_te_spf_free(spf);
    return status;
}

void lead_te_spf_free(lead_te_spf *spf) {
    if (!spf)
        return;
    void *const all[] = {
        spf->weight,       spf->load,          spf->quantum,       spf->demand,
        spf->destinations, spf->distance,      spf->next_hops,     spf->share,
        spf->source,       spf->target,        spf->in_first,      spf->out_first,
        spf->in,           spf->out,           spf->node_stamp,    spf->link_stamp,
        spf->weight_stamp, spf->changed_nodes, spf->changed_links, spf->changed_weights,
        spf->old_distance, spf->old_next_hops, spf->old_share,     spf->old_load,
        spf->moved,        spf->split,         spf->queued,        spf->counted,
        spf->new_distance, spf->remaining,     spf->moved_nodes,   spf->counted_nodes,
        spf->heap,         spf->seen,          spf->share_before,  spf->old_weights,
        spf->up,           spf->in_at,         spf->out_at};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(spf);
}
