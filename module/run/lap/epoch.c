/* The record of an epoch, from what was offered, counted and decided. */
#include "run/lap/epoch.h"
#include <math.h>
#include <string.h>

static double bytes_of(const uint64_t *after, const uint64_t *before, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)(after[i] - before[i]);
    return sum;
}

/* What found no way: no path joined its ends, or the routing had not heard of a failure yet. */
static void split_loss(double bytes, double offered, double congested, double unrouted,
                       lead_epoch_record *record) {
    double disconnected =
        record->network_changed ? fmin(unrouted, record->disconnected * bytes) : unrouted;
    if (!(offered > 0))
        offered = 1; /* then nothing is lost either */
    record->loss_fraction = (congested + unrouted) / offered;
    record->loss_congestion = congested / offered;
    record->loss_disconnected = disconnected / offered;
    record->loss_transient = (unrouted - disconnected) / offered;
}

static void fill_traffic(const lead_epoch *epoch, lead_epoch_record *record) {
    const lead_counters *before = epoch->before, *after = epoch->after;
    int n = after->node_count, m = after->link_count;
    double offered = bytes_of(after->od_offered, before->od_offered, n * n);
    double congested = bytes_of(after->link_dropped, before->link_dropped, m),
           unrouted = (double)(after->unrouted - before->unrouted);
    record->offered = lead_tm_total(epoch->tm, n);
    record->mlu = lead_mlu(epoch->topology, epoch->rates->link_offered);
    split_loss(epoch->rates->interval * after->rate_scale / 8, offered, congested, unrouted,
               record);
    record->delay_mean = after->delay_mean;
    record->delay_p99 = after->delay_p99;
    record->flow_time_mean = after->flow_time_mean;
    record->flow_time_p99 = after->flow_time_p99;
}

static void fill_decision(const lead_decision *decision, lead_epoch_record *record) {
    char *names = record->fallbacks;
    size_t room = sizeof record->fallbacks;
    record->gaps = decision->gaps;
    record->suspects = decision->suspects;
    record->seconds_measure = decision->seconds_measure;
    record->seconds_predict = decision->seconds_predict;
    record->seconds_te = decision->seconds_te;
    record->diffusion_steps = decision->diffusion_steps;
    snprintf(record->why, sizeof record->why, "%s", decision->why);
    for (int i = 0; i < LEAD_FALLBACK_COUNT; i++)
        if (decision->fallbacks & (1u << i))
            snprintf(names + strlen(names), room - strlen(names), "%s%s", names[0] ? "+" : "",
                     lead_fallback_name((lead_fallback)i));
}

static lead_status fill_forecast(const lead_epoch *epoch, lead_scores *sum,
                                 lead_epoch_record *record) {
    const lead_decision *decision = epoch->decision;
    lead_scores scores = {0};
    if (decision->samples)
        LEAD_TRY(lead_scores_add(&scores, decision->samples, decision->sample_count,
                                 decision->point, epoch->tm, epoch->after->node_count));
    record->forecast_nrmse = lead_scores_nrmse(&scores);
    record->forecast_nmae = lead_scores_nmae(&scores);
    record->forecast_ncrps = lead_scores_ncrps(&scores);
    record->forecast_coverage_90 = lead_scores_coverage_90(&scores);
    lead_scores_merge(sum, &scores);
    return LEAD_OK;
}

lead_status lead_epoch_record_fill(const lead_epoch *epoch, lead_scores *scores,
                                   lead_epoch_record *record) {
    if (isnan(record->disconnected))
        LEAD_TRY(lead_topology_disconnected(epoch->topology, epoch->tm, &record->disconnected));
    fill_traffic(epoch, record);
    fill_decision(epoch->decision, record);
    LEAD_TRY(fill_forecast(epoch, scores, record));
    if (!epoch->earlier)
        return LEAD_OK;
    return lead_routing_change(epoch->earlier, epoch->decision->routing, epoch->tm,
                               &record->links_changed, &record->moved_fraction);
}
