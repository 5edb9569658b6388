/* Readings of counters, and the rates between two of them. */
#include "base/expects.h"
#include <lead/measure.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

lead_status lead_counters_alloc(int node_count, int link_count, lead_counters **out) {
    LEAD_EXPECTS(out);
    lead_counters *counters = NULL;
    size_t pairs = (size_t)node_count * (size_t)node_count, links = (size_t)link_count;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *counters, &counters));
    counters->node_count = node_count;
    counters->link_count = link_count;
    counters->bits = 64;
    counters->rate_scale = 1;
    LEAD_TRY_FREE(lead_calloc(links, sizeof(uint64_t), &counters->link_bytes));
    LEAD_TRY_FREE(lead_calloc(links, sizeof(uint64_t), &counters->link_dropped));
    LEAD_TRY_FREE(lead_calloc(links, 1, &counters->link_missing));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(uint64_t), &counters->od_offered));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(uint64_t), &counters->od_delivered));
    LEAD_TRY_FREE(lead_calloc(pairs, 1, &counters->od_missing));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &counters->od_delay_mean));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &counters->od_delay_p99));
    *out = counters;
    return LEAD_OK;
fail:
    lead_counters_free(counters);
    return status;
}

void lead_counters_free(lead_counters *counters) {
    if (!counters)
        return;
    free(counters->link_bytes);
    free(counters->link_dropped);
    free(counters->link_missing);
    free(counters->od_offered);
    free(counters->od_delivered);
    free(counters->od_missing);
    free(counters->od_delay_mean);
    free(counters->od_delay_p99);
    free(counters);
}

lead_status lead_counters_assign(lead_counters *to, const lead_counters *from) {
    LEAD_EXPECTS(to && from);
    if (to->node_count != from->node_count || to->link_count != from->link_count)
        return lead_fail(LEAD_INVALID,
                         "counters of %d nodes and %d links are not those of %d and %d",
                         from->node_count, from->link_count, to->node_count, to->link_count);
    size_t pairs = (size_t)to->node_count * (size_t)to->node_count, links = (size_t)to->link_count;
    memcpy(to->link_bytes, from->link_bytes, links * sizeof(uint64_t));
    memcpy(to->link_dropped, from->link_dropped, links * sizeof(uint64_t));
    memcpy(to->link_missing, from->link_missing, links);
    memcpy(to->od_offered, from->od_offered, pairs * sizeof(uint64_t));
    memcpy(to->od_delivered, from->od_delivered, pairs * sizeof(uint64_t));
    memcpy(to->od_missing, from->od_missing, pairs);
    memcpy(to->od_delay_mean, from->od_delay_mean, pairs * sizeof(double));
    memcpy(to->od_delay_p99, from->od_delay_p99, pairs * sizeof(double));
    to->time = from->time;
    to->rate_scale = from->rate_scale;
    to->bits = from->bits;
    to->unrouted = from->unrouted;
    to->delay_mean = from->delay_mean;
    to->delay_p99 = from->delay_p99;
    to->flow_time_mean = from->flow_time_mean;
    to->flow_time_p99 = from->flow_time_p99;
    return LEAD_OK;
}

lead_status lead_rates_alloc(int node_count, int link_count, lead_rates **out) {
    LEAD_EXPECTS(out);
    lead_rates *rates = NULL;
    size_t pairs = (size_t)node_count * (size_t)node_count, links = (size_t)link_count;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *rates, &rates));
    rates->node_count = node_count;
    rates->link_count = link_count;
    LEAD_TRY_FREE(lead_calloc(links, sizeof(double), &rates->link_carried));
    LEAD_TRY_FREE(lead_calloc(links, sizeof(double), &rates->link_offered));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &rates->od_offered));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &rates->od_delivered));
    *out = rates;
    return LEAD_OK;
fail:
    lead_rates_free(rates);
    return status;
}

void lead_rates_free(lead_rates *rates) {
    if (!rates)
        return;
    free(rates->link_carried);
    free(rates->link_offered);
    free(rates->od_offered);
    free(rates->od_delivered);
    free(rates);
}

/* What turns a pair of totals into a rate. */
typedef struct scale {
    double bits_per_byte; /* 8 / interval / rate_scale: bit/s at full scale that one byte of
                             difference means */
    int width;            /* of the totals, bits */
} scale;

/* The rate of a running total, NaN when it restarted: a total that went down and whose wrapped
 * difference is more than `most` bit/s. */
static double rate_of(uint64_t before, uint64_t after, scale by, double most) {
    if (after >= before)
        return (double)(after - before) * by.bits_per_byte;
    uint64_t wrapped = by.width == 32 ? (after - before) & 0xffffffffu : after - before;
    double rate = (double)wrapped * by.bits_per_byte;
    return rate <= 1.5 * most ? rate : NAN;
}

static double capacity_out_of(const lead_topology *topology, int node) {
    int degree;
    const int *links = lead_topology_links_out(topology, node, &degree);
    double sum = 0;
    for (int i = 0; i < degree; i++)
        sum += lead_topology_link(topology, links[i])->capacity;
    return sum;
}

static void update_links(lead_rates *rates, const lead_topology *topology,
                         const lead_counters *before, const lead_counters *after, scale by) {
    for (int e = 0; e < rates->link_count; e++) {
        double capacity = lead_topology_link(topology, e)->capacity;
        double carried = rate_of(before->link_bytes[e], after->link_bytes[e], by, capacity);
        double dropped = rate_of(before->link_dropped[e], after->link_dropped[e], by, capacity);
        bool missing = before->link_missing[e] || after->link_missing[e];
        rates->link_carried[e] = missing ? NAN : carried;
        rates->link_offered[e] = missing ? NAN : carried + dropped;
    }
}

static void update_pairs(lead_rates *rates, const lead_topology *topology,
                         const lead_counters *before, const lead_counters *after, scale by) {
    int n = rates->node_count;
    for (int s = 0; s < n; s++) {
        double most = capacity_out_of(topology, s);
        for (int od = s * n; od < (s + 1) * n; od++) {
            bool missing = before->od_missing[od] || after->od_missing[od];
            rates->od_offered[od] =
                missing ? NAN : rate_of(before->od_offered[od], after->od_offered[od], by, most);
            rates->od_delivered[od] =
                missing ? NAN
                        : rate_of(before->od_delivered[od], after->od_delivered[od], by, most);
        }
    }
}

lead_status lead_rates_update(lead_rates *rates, const lead_topology *topology,
                              const lead_counters *before, const lead_counters *after) {
    LEAD_EXPECTS(rates && topology && before && after);
    double interval = after->time - before->time;
    if (!(interval > 0) || !isfinite(interval))
        return lead_fail(LEAD_INVALID, "a reading at %g s does not come after one at %g s",
                         after->time, before->time);
    if (!(after->rate_scale > 0) || (after->bits != 32 && after->bits != 64))
        return lead_fail(LEAD_INVALID, "counters of %d bits at rate scale %g", after->bits,
                         after->rate_scale);
    if (rates->node_count != after->node_count || rates->link_count != after->link_count ||
        before->node_count != after->node_count || before->link_count != after->link_count)
        return lead_fail(LEAD_INVALID, "readings of %d nodes and %d links against %d and %d",
                         after->node_count, after->link_count, rates->node_count,
                         rates->link_count);
    scale by = {8 / interval / after->rate_scale, after->bits};
    rates->interval = interval;
    update_links(rates, topology, before, after, by);
    update_pairs(rates, topology, before, after, by);
    return LEAD_OK;
}
