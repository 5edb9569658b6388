/* The lap of an epoch; see lap.h. */
#include "run/lap/lap.h"
#include "run/lap/epoch.h"
#include <stdlib.h>

lead_status lead_lap_alloc(lead_topology *network, lead_controller *controller,
                           lead_recorder *recorder, double (*clock)(void), lead_lap *lap) {
    int n = lead_topology_node_count(network), m = lead_topology_link_count(network);
    *lap = (lead_lap){.network = network,
                      .controller = controller,
                      .recorder = recorder,
                      .clock = clock ? clock : lead_clock_seconds};
    LEAD_TRY(lead_counters_alloc(n, m, &lap->before));
    LEAD_TRY(lead_counters_alloc(n, m, &lap->after));
    LEAD_TRY(lead_calloc((size_t)m, sizeof *lap->changed, &lap->changed));
    LEAD_TRY(lead_calloc((size_t)m, 1, &lap->resized));
    return lead_rates_alloc(n, m, &lap->rates);
}

void lead_lap_free(lead_lap *lap) {
    lead_counters_free(lap->before);
    lead_counters_free(lap->after);
    lead_rates_free(lap->rates);
    lead_routing_free(lap->routing);
    lead_routing_free(lap->earlier);
    free(lap->changed);
    free(lap->resized);
    *lap = (lead_lap){0};
}

/* The decision's routing becomes the one in force. */
static lead_status take_over(lead_lap *lap) {
    lead_routing_free(lap->earlier);
    lap->earlier = lap->routing;
    lap->routing = NULL;
    LEAD_TRY(lead_routing_copy(lap->decision.routing, &lap->routing));
    lap->begun = lap->clock();
    return LEAD_OK;
}

/* What changed since the last decision. */
static lead_status tell_changes(lead_lap *lap) {
    for (int i = 0; i < lap->changed_count; i++) {
        int e = lap->changed[i];
        const lead_link *link = lead_topology_link(lap->network, e);
        LEAD_TRY(lead_controller_set_up(lap->controller, e, link->up));
        if (lap->resized[e])
            LEAD_TRY(lead_controller_set_capacity(lap->controller, e, link->capacity));
        lap->resized[e] = 0;
    }
    lap->changed_count = 0;
    return LEAD_OK;
}

lead_status lead_lap_begin(lead_lap *lap) {
    LEAD_TRY(tell_changes(lap));
    LEAD_TRY(lead_controller_baseline(lap->controller, lap->before));
    LEAD_TRY(lead_controller_step(lap->controller, NULL, 0, &lap->decision));
    return take_over(lap);
}

static void note_change(lead_lap *lap, int link) {
    for (int i = 0; i < lap->changed_count; i++)
        if (lap->changed[i] == link)
            return;
    lap->changed[lap->changed_count++] = link;
}

lead_status lead_lap_set_up(lead_lap *lap, int link, bool up) {
    LEAD_TRY(lead_topology_set_up(lap->network, link, up));
    note_change(lap, link);
    return LEAD_OK;
}

lead_status lead_lap_set_capacity(lead_lap *lap, int link, double capacity) {
    LEAD_TRY(lead_topology_set_capacity(lap->network, link, capacity));
    note_change(lap, link);
    lap->resized[link] = 1;
    return LEAD_OK;
}

lead_status lead_lap_close(lead_lap *lap, const double *tm, lead_epoch_record *row) {
    row->seconds_simulate = lap->clock() - lap->begun;
    LEAD_TRY(lead_rates_update(lap->rates, lap->network, lap->before, lap->after));
    lead_epoch all = {lap->network, tm ? tm : lap->rates->od_offered,
                      lap->before,  lap->after,
                      lap->rates,   &lap->decision,
                      lap->earlier};
    LEAD_TRY(lead_epoch_record_fill(&all, &lap->scores, row));
    if (!lap->recorder)
        return LEAD_OK;
    return lead_recorder_add(lap->recorder, row, lap->rates->link_offered,
                             lap->rates->link_carried);
}

static lead_status record_anomaly(lead_lap *lap, const lead_anomaly *anomaly) {
    lap->anomalies += anomaly != NULL;
    return anomaly && lap->recorder ? lead_recorder_add_anomaly(lap->recorder, anomaly) : LEAD_OK;
}

/* What the epoch that ended was like beside its forecast. */
static lead_status record_surprise(lead_lap *lap) {
    const lead_decision *decision = &lap->decision;
    if (lap->recorder && lead_controller_detector(lap->controller))
        LEAD_TRY(
            lead_recorder_add_surprise(lap->recorder, &decision->surprise, decision->replanned));
    return record_anomaly(lap, decision->surprise.ended);
}

lead_status lead_lap_finish(lead_lap *lap) {
    const lead_detector *detector = lead_controller_detector(lap->controller);
    return record_anomaly(lap, detector ? lead_detector_open_anomaly(detector) : NULL);
}

lead_status lead_lap_decide(lead_lap *lap, int64_t time, const lead_counters *reading) {
    LEAD_TRY(tell_changes(lap));
    LEAD_TRY(lead_controller_step(lap->controller, reading ? reading : lap->after, time,
                                  &lap->decision));
    LEAD_TRY(record_surprise(lap));
    LEAD_TRY(lead_counters_assign(lap->before, lap->after));
    return take_over(lap);
}
