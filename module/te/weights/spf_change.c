/* spf: what one weight change touches. See spf.h.
 *
 * For each destination whose shortest paths the link is on, before or after: find the nodes whose
 * distance moves (Ramalingam and Reps 1996); take the old traffic off the links of those nodes
 * whose next hops change; then go from the farthest such node inwards, and as far as traffic
 * differs. */
#include "te/weights/spf_change.h"
#include <string.h>

/* Gives v a new distance in this pass. */
static void move_to(lead_te_spf *spf, int v, int distance) {
    if (spf->moved[v] != spf->pass) {
        spf->moved[v] = spf->pass;
        spf->moved_nodes[spf->moved_count++] = v;
    }
    spf->new_distance[v] = distance;
}

/* Writes down what (t, v) is before it changes. */
static void save_node(lead_te_spf *spf, size_t at) {
    if (spf->node_stamp[at] == spf->change)
        return;
    size_t to = (size_t)spf->changed_node_count++, tms = (size_t)spf->tms;
    spf->node_stamp[at] = spf->change;
    spf->changed_nodes[to] = (int)at;
    spf->old_distance[to] = spf->distance[at];
    spf->old_next_hops[to] = spf->next_hops[at];
    for (size_t k = 0; k < tms; k++)
        spf->old_share[to * tms + k] = spf->share[at * tms + k];
}

/* load[link] += sign * share, in whole quanta. */
static void add_load(lead_te_spf *spf, int link, const double *share, int sign) {
    size_t tms = (size_t)spf->tms;
    int64_t *load = spf->load + (size_t)link * tms;
    if (spf->link_stamp[link] != spf->change) {
        spf->link_stamp[link] = spf->change;
        for (size_t k = 0; k < tms; k++)
            spf->old_load[(size_t)spf->changed_link_count * tms + k] = load[k];
        spf->changed_links[spf->changed_link_count++] = link;
    }
    for (size_t k = 0; k < tms; k++)
        load[k] += sign * (int64_t)share[k];
}

static void queue(lead_te_spf *spf, int t, int v) {
    if (spf->queued[v] == spf->pass || v == t)
        return;
    spf->queued[v] = spf->pass;
    lead_te_spf_push(spf, -spf->new_distance[v], v);
}

/* Dijkstra 1959 from the nodes on the heap over those that get nearer by it. */
static void spread(lead_te_spf *spf) {
    while (spf->heap_count > 0) {
        int key, nearest = lead_te_spf_pop(spf, &key);
        if (key > spf->new_distance[nearest])
            continue;
        for (int i = spf->in_first[nearest]; i < spf->in_first[nearest + 1]; i++) {
            const lead_te_spf_arc arc = spf->in[i];
            const int through = key + arc.weight;
            if (through >= spf->new_distance[arc.node])
                continue;
            move_to(spf, arc.node, through);
            lead_te_spf_push(spf, through, arc.node);
        }
    }
}

/* Moves, for the while to UNREACHED, the nodes all of whose next hops lead to nodes that lose
 * theirs; `u` has lost one. Those that lose some are listed with them in counted_nodes. */
static void find_cut_off(lead_te_spf *spf, const int *distance, const int *next_hops, int u) {
    spf->counted_count = 0;
    if (next_hops[u] > 1)
        return;
    move_to(spf, u, LEAD_TE_SPF_UNREACHED);
    for (int at = 0; at < spf->moved_count; at++) {
        const int x = spf->moved_nodes[at];
        for (int i = spf->in_first[x]; i < spf->in_first[x + 1]; i++) {
            const lead_te_spf_arc arc = spf->in[i];
            const int y = arc.node;
            if (distance[y] != distance[x] + arc.weight)
                continue;
            if (spf->counted[y] != spf->pass) {
                spf->counted[y] = spf->pass;
                spf->counted_nodes[spf->counted_count++] = y;
                spf->remaining[y] = next_hops[y];
            }
            if (--spf->remaining[y] == 0)
                move_to(spf, y, LEAD_TE_SPF_UNREACHED);
        }
    }
}

/* The distances of the nodes that are cut off. True when all of them only rise by what the link's
 * weight does, as no other way is as short: then their next hops stay, and no heap is needed
 * (Buriol et al. 2008). */
static bool raise_cut_off(lead_te_spf *spf, const int *distance, int link, int rise) {
    bool all_stay = true;
    for (int at = 0; at < spf->moved_count; at++) {
        const int x = spf->moved_nodes[at];
        int best = LEAD_TE_SPF_UNREACHED;
        for (int i = spf->out_first[x]; i < spf->out_first[x + 1]; i++) {
            const int through = spf->new_distance[spf->out[i].node] + spf->out[i].weight;
            if (through < best && spf->out[i].link != link)
                best = through;
        }
        spf->remaining[x] = best;
        all_stay = all_stay && best > distance[x] + rise;
    }
    for (int at = 0; at < spf->moved_count; at++) {
        const int x = spf->moved_nodes[at], along = distance[x] + rise;
        const int best = at == 0 && along < spf->remaining[x] ? along : spf->remaining[x];
        spf->new_distance[x] = all_stay ? along : best;
        if (!all_stay && best < LEAD_TE_SPF_UNREACHED)
            lead_te_spf_push(spf, best, x);
    }
    return all_stay;
}

/* Takes v's old traffic off its links if its next hops change, and queues all that feel it. */
static void take_off(lead_te_spf *spf, int t, int v, int link, int old_weight) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    const size_t at = lead_te_spf_at(spf, t, v);
    const int from = distance[v], from_now = spf->new_distance[v];
    bool changes = false;
    for (int i = spf->out_first[v]; i < spf->out_first[v + 1]; i++) {
        const lead_te_spf_arc arc = spf->out[i];
        int old = arc.link == link ? old_weight : arc.weight;
        bool was = from == distance[arc.node] + old,
             is = from_now == spf->new_distance[arc.node] + arc.weight;
        if (was != is) {
            changes = true;
            queue(spf, t, arc.node);
        }
    }
    if (!changes)
        return;
    spf->split[v] = spf->pass;
    queue(spf, t, v);
    for (int i = spf->out_first[v]; i < spf->out_first[v + 1]; i++) {
        const lead_te_spf_arc arc = spf->out[i];
        if (from == distance[arc.node] + (arc.link == link ? old_weight : arc.weight))
            add_load(spf, arc.link, spf->share + at * (size_t)spf->tms, -1);
    }
}

/* take_off, once for each node. */
static inline void look_at(lead_te_spf *spf, int t, int v, int link, int old_weight) {
    if (spf->seen[v] == spf->pass)
        return;
    spf->seen[v] = spf->pass;
    take_off(spf, t, v, link, old_weight);
}

/* Looks at every node that may have other next hops: the link's source, the nodes that moved, and
 * their predecessors. */
static void look_around(lead_te_spf *spf, int t, int link, int old_weight) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    look_at(spf, t, spf->source[link], link, old_weight);
    for (int at = 0; at < spf->moved_count; at++) {
        const int x = spf->moved_nodes[at], from = distance[x], to = spf->new_distance[x];
        look_at(spf, t, x, link, old_weight);
        for (int i = spf->in_first[x]; i < spf->in_first[x + 1]; i++) {
            const lead_te_spf_arc arc = spf->in[i]; /* not the link: its source is looked at */
            if (distance[arc.node] == from + arc.weight ||
                spf->new_distance[arc.node] == to + arc.weight)
                look_at(spf, t, arc.node, link, old_weight);
        }
    }
}

/* Where all cut-off nodes keep their next hops: at those that had others beside them. */
static void look_at_counted(lead_te_spf *spf, int t, int link, int old_weight) {
    for (int i = 0; i < spf->counted_count; i++)
        if (spf->moved[spf->counted_nodes[i]] != spf->pass)
            take_off(spf, t, spf->counted_nodes[i], link, old_weight);
}

/* The new distances count. */
static void settle(lead_te_spf *spf, int t) {
    for (int i = 0; i < spf->moved_count; i++) {
        const size_t at = lead_te_spf_at(spf, t, spf->moved_nodes[i]);
        save_node(spf, at);
        spf->distance[at] = spf->new_distance[spf->moved_nodes[i]];
    }
}

static void count_next_hops(lead_te_spf *spf, const int *distance, size_t at, int v) {
    int count = 0;
    for (int i = spf->out_first[v]; i < spf->out_first[v + 1]; i++)
        count += distance[v] == distance[spf->out[i].node] + spf->out[i].weight;
    spf->next_hops[at] = count;
}

/* A queued node's traffic anew, and onto its links; those behind them are queued if it differs. */
static void send_on(lead_te_spf *spf, int t, int v) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    const size_t at = lead_te_spf_at(spf, t, v), tms = (size_t)spf->tms;
    const bool split = spf->split[v] == spf->pass;
    double *share = spf->share + at * tms;
    save_node(spf, at);
    memcpy(spf->share_before, share, tms * sizeof *share);
    if (split)
        count_next_hops(spf, distance, at, v);
    if (!lead_te_spf_pull(spf, t, v) && !split)
        return;
    for (int i = spf->out_first[v]; i < spf->out_first[v + 1]; i++) {
        const lead_te_spf_arc arc = spf->out[i];
        if (distance[v] != distance[arc.node] + arc.weight)
            continue;
        if (!split)
            add_load(spf, arc.link, spf->share_before, -1);
        add_load(spf, arc.link, share, 1);
        queue(spf, t, arc.node);
    }
}

/* What the link's new weight does to the traffic for t. */
static void update(lead_te_spf *spf, int t, int link, int old_weight) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    const int u = spf->source[link], rise = spf->weight[link] - old_weight,
              through = distance[spf->target[link]] + spf->weight[link];
    bool all_stay = false;
    spf->pass++;
    spf->moved_count = 0;
    memcpy(spf->new_distance, distance, (size_t)spf->n * sizeof *distance);
    if (rise > 0) {
        find_cut_off(spf, distance, spf->next_hops + lead_te_spf_at(spf, t, 0), u);
        all_stay = raise_cut_off(spf, distance, link, rise) && spf->moved_count > 0;
        spread(spf);
    } else if (through < distance[u]) {
        move_to(spf, u, through);
        lead_te_spf_push(spf, through, u);
        spread(spf);
    }
    if (all_stay)
        look_at_counted(spf, t, link, old_weight);
    else
        look_around(spf, t, link, old_weight);
    settle(spf, t);
    for (int key; spf->heap_count > 0;)
        send_on(spf, t, lead_te_spf_pop(spf, &key));
}

/* Whether the link is on a shortest path to the destination before or after. */
static bool touches(int from, int to, int old_weight, int weight) {
    if (to == LEAD_TE_SPF_UNREACHED)
        return false;
    return weight > old_weight ? from == to + old_weight : from >= to + weight;
}

/* A pass is known by its number; before the numbers run out they begin anew. */
static void renew_stamps(lead_te_spf *spf) {
    const size_t n = (size_t)spf->n;
    if (spf->pass < UINT32_MAX - (unsigned)spf->n)
        return;
    spf->pass = 0;
    unsigned *const all[] = {spf->moved, spf->split, spf->queued, spf->counted, spf->seen};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        memset(all[i], 0, n * sizeof(unsigned));
}

void lead_te_spf_change(lead_te_spf *spf, int link, int weight) {
    const int old_weight = spf->weight[link], u = spf->source[link], v = spf->target[link];
    if (weight == old_weight)
        return;
    renew_stamps(spf);
    if (spf->weight_stamp[link] != spf->change) {
        spf->weight_stamp[link] = spf->change;
        spf->changed_weights[spf->changed_weight_count] = link;
        spf->old_weights[spf->changed_weight_count++] = old_weight;
    }
    lead_te_spf_weigh(spf, link, weight);
    if (!spf->up[link])
        return;
    for (int i = 0; i < spf->destination_count; i++) {
        const int t = spf->destinations[i];
        const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
        if (touches(distance[u], distance[v], old_weight, weight))
            update(spf, t, link, old_weight);
    }
}

void lead_te_spf_undo(lead_te_spf *spf) {
    const size_t tms = (size_t)spf->tms;
    for (int i = 0; i < spf->changed_node_count; i++) {
        const size_t at = (size_t)spf->changed_nodes[i];
        spf->distance[at] = spf->old_distance[i];
        spf->next_hops[at] = spf->old_next_hops[i];
        for (size_t k = 0; k < tms; k++)
            spf->share[at * tms + k] = spf->old_share[(size_t)i * tms + k];
    }
    for (int i = 0; i < spf->changed_link_count; i++)
        for (size_t k = 0; k < tms; k++)
            spf->load[(size_t)spf->changed_links[i] * tms + k] = spf->old_load[(size_t)i * tms + k];
    for (int i = 0; i < spf->changed_weight_count; i++)
        lead_te_spf_weigh(spf, spf->changed_weights[i], spf->old_weights[i]);
    lead_te_spf_keep(spf);
}
