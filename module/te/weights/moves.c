/* weights_moves: see weights_moves.h.
 *
 * More than half of the draws are aimed: at a loaded link, at one destination whose traffic it
 * carries, and at a weight where that traffic changes its way: those between give the same routing.
 * The traffic is shared with, or leaves for, another next hop of the link's source or of a node
 * some hops before it (Fortz and Thorup 2000 even out traffic in this spirit). The rest are small
 * steps and any weight of any link, so that every setting can be reached. */
#include "te/weights/moves.h"

enum {
    TOURNAMENT = 8, /* links drawn for the most loaded of them; 4 and 20 measured alike */
    BACK = 2,       /* hops before the loaded link, at most */
    STEP = 3
};
static const double LOADED = 0.7, AIMED = 0.8;

static int draw(gsl_rng *random, int count) {
    return (int)gsl_rng_uniform_int(random, (unsigned long)count);
}

static int draw_link(const lead_te_spf *spf, const double *utilisation, gsl_rng *random,
                     int times) {
    int best = draw(random, spf->m);
    for (int i = 1; i < times; i++) {
        int link = draw(random, spf->m);
        if (utilisation[link] > utilisation[best])
            best = link;
    }
    return best;
}

static bool carries(const lead_te_spf *spf, int t, int link) {
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    const int u = spf->source[link];
    return distance[u] == distance[spf->target[link]] + spf->weight[link] &&
           spf->share[lead_te_spf_at(spf, t, u) * (size_t)spf->tms] > 0;
}

/* A destination to which the link carries traffic (of the first TM), or -1. */
static int draw_destination(const lead_te_spf *spf, int link, gsl_rng *random) {
    const int count = spf->destination_count, first = draw(random, count);
    for (int i = 0; i < count; i++) {
        int t = spf->destinations[first + i < count ? first + i : first + i - count];
        if (carries(spf, t, link))
            return t;
    }
    return -1;
}

/* A link into `link`'s source over which traffic for t comes, or `link` when none does. */
static int draw_before(const lead_te_spf *spf, int t, int link, gsl_rng *random) {
    const int u = spf->source[link];
    int seen = 0, chosen = link;
    for (int i = spf->in_first[u]; i < spf->in_first[u + 1]; i++)
        if (carries(spf, t, spf->in[i].link) && draw(random, ++seen) == 0)
            chosen = spf->in[i].link;
    return chosen;
}

static bool aim(const lead_te_spf *spf, int link, gsl_rng *random, lead_te_move *move) {
    const int t = draw_destination(spf, link, random);
    if (t < 0)
        return false;
    for (int i = draw(random, BACK + 1); i > 0; i--)
        link = draw_before(spf, t, link, random);
    const int u = spf->source[link], degree = spf->out_first[u + 1] - spf->out_first[u];
    const lead_te_spf_arc other = spf->out[spf->out_first[u] + draw(random, degree)];
    const int *distance = spf->distance + lead_te_spf_at(spf, t, 0);
    if (other.link == link)
        return false;
    if (draw(random, 3) == 0) /* draws the traffic to the other: a share of it, or all */
        *move = (lead_te_move){other.link, distance[u] - distance[other.node] - draw(random, 2)};
    else { /* pushes it off this link, likewise */
        int slack = distance[other.node] + spf->weight[other.link] - distance[u];
        *move = (lead_te_move){link, spf->weight[link] + slack + draw(random, 2)};
    }
    return true;
}

bool lead_te_move_draw(const lead_te_spf *spf, const double *utilisation, int max_weight,
                       gsl_rng *random, lead_te_move *move) {
    const bool loaded = gsl_rng_uniform(random) < LOADED;
    const int link = draw_link(spf, utilisation, random, loaded ? TOURNAMENT : 1);
    if (loaded && gsl_rng_uniform(random) < AIMED) {
        if (!aim(spf, link, random, move))
            return false;
    } else if (draw(random, 2) == 0)
        *move = (lead_te_move){link, spf->weight[link] + draw(random, 2 * STEP + 1) - STEP};
    else
        *move = (lead_te_move){link, 1 + draw(random, max_weight)};
    return move->weight >= 1 && move->weight <= max_weight && spf->up[move->link] &&
           move->weight != spf->weight[move->link];
}
