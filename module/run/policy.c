/* One policy over the whole scenario, in this process: engine and controller in turn, and a record
 * of every epoch. */
#include "base/expects.h"
#include "run/experts.h"
#include "run/lap/lap.h"
#include "run/lap/paths.h"
#include "run/lap/reasons.h"
#include "run/passage.h"
#include "run/watch.h"
#include <lead/run.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything that lives as long as the run. */
typedef struct loop {
    const lead_scenario *scenario;
    const lead_policy *policy;
    const lead_subject *subject; /* network, history and epochs as loaded */
    lead_topology *network;      /* as events have made it */
    lead_brain brain;
    int epochs;
    lead_engine *engine;
    lead_recorder *recorder;
    lead_lap lap;
    lead_lap_paths paths;
    lead_watch watch;
    lead_passage passage;
    lead_counters *seen, *seen_before; /* readings with blackouts; NULL: there are none */
    double *utilisation;               /* [m] */
    double *mlu, *ratio, *delay, *p99, *flow, *flow_p99, *bytes; /* [epochs] */
    double *loss, *congestion, *transient, *disconnected;        /* [epochs] */
    lead_policy_summary *summary;
    lead_reasons reasons;       /* of fallbacks */
    lead_run_listener listener; /* NULL: none */
    void *listener_data;
} loop;

static void loop_free(loop *self) {
    lead_engine_free(self->engine);
    lead_brain_free(&self->brain);
    lead_recorder_free(self->recorder);
    lead_lap_free(&self->lap);
    lead_lap_paths_free(&self->paths);
    lead_passage_free(&self->passage);
    lead_watch_free(&self->watch);
    lead_counters_free(self->seen);
    lead_counters_free(self->seen_before);
    lead_topology_free(self->network);
    free(self->utilisation);
    free(self->mlu);
}

static lead_status tell(const loop *self, lead_run_event event, int epoch) {
    return self->listener ? self->listener(event, epoch, self->listener_data) : LEAD_OK;
}

static int64_t time_of(const loop *self, int epoch) {
    return lead_tm_series_time(self->subject->series, self->subject->first + epoch);
}

/* Warns when a model forecasts what it learnt from. */
static void warn_of_seen(const loop *self) {
    const lead_predictor *predictor = lead_controller_predictor(self->brain.controller);
    int seen = 0;
    for (int i = 0; predictor && i < self->epochs; i++)
        seen += lead_predictor_has_seen(predictor, time_of(self, i));
    if (seen > 0)
        lead_log(LEAD_LOG_WARNING,
                 "policy \"%s\": %d of %d epochs lie in the time that its model was trained on: "
                 "its results flatter",
                 self->policy->name, seen, self->epochs);
}

static lead_status make_engine(loop *self, const char *folder) {
    lead_engine_options options = self->scenario->engine_options;
    options.topology = self->subject->topology;
    options.seed = self->scenario->seed;
    options.folder = folder;
    return lead_engine_alloc(self->scenario->engine, &options, &self->engine);
}

/* Room for what is kept of every epoch. */
static lead_status make_columns(loop *self) {
    double **columns[] = {&self->mlu,        &self->ratio,     &self->delay,       &self->p99,
                          &self->flow,       &self->flow_p99,  &self->bytes,       &self->loss,
                          &self->congestion, &self->transient, &self->disconnected};
    const size_t count = sizeof columns / sizeof *columns;
    double *all;
    LEAD_TRY(lead_calloc(count * (size_t)self->epochs, sizeof *all, &all));
    for (size_t i = 0; i < count; i++)
        *columns[i] = all + i * (size_t)self->epochs;
    return LEAD_OK;
}

/* What the controller sees of the counters, where that is not what they say. */
static lead_status make_blackouts(loop *self) {
    int n = lead_topology_node_count(self->network), m = lead_topology_link_count(self->network);
    if (!lead_timeline_blinds(self->subject->timeline))
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)m, sizeof *self->utilisation, &self->utilisation));
    LEAD_TRY(lead_counters_alloc(n, m, &self->seen));
    return lead_counters_alloc(n, m, &self->seen_before);
}

/* tm.h5, where it is asked for. */
static lead_status open_traffic(loop *self) {
    char title[300];
    bool samples = self->scenario->record == LEAD_RECORD_SAMPLES && self->policy->predictor;
    lead_traffic_options options = {
        .epochs = self->epochs,
        .steps = self->policy->every,
        .samples = samples ? self->policy->predictor_options.samples : 0,
        .variances = self->policy->estimator->tells_variance,
        .title = title,
        .source = lead_build(),
    };
    if (self->scenario->record == LEAD_RECORD_TABLES)
        return LEAD_OK;
    snprintf(title, sizeof title, "%.120s, policy %.120s, seed %llu", self->scenario->name,
             self->policy->name, (unsigned long long)self->scenario->seed);
    return lead_recorder_open_traffic(self->recorder, &options);
}

static lead_status loop_alloc(loop *self, const char *folder) {
    const lead_subject *subject = self->subject;
    LEAD_TRY(lead_topology_copy(subject->topology, &self->network));
    self->epochs = lead_tm_series_length(subject->series) - subject->first;
    LEAD_TRY(
        lead_passage_alloc(self->scenario, subject->timeline, subject->topology, &self->passage));
    LEAD_TRY(make_columns(self));
    LEAD_TRY(make_blackouts(self));
    LEAD_TRY(lead_brain_alloc(self->scenario, self->policy, subject->topology, subject->series,
                              subject->first, subject->first, &self->brain));
    warn_of_seen(self);
    LEAD_TRY(lead_recorder_alloc(folder, self->network, &self->recorder));
    LEAD_TRY(make_engine(self, folder));
    LEAD_TRY(open_traffic(self));
    if (self->scenario->plans == LEAD_PLANS_CHANGES)
        LEAD_TRY(lead_recorder_open_plans(self->recorder));
    if (lead_controller_detector(self->brain.controller))
        LEAD_TRY(lead_recorder_open_anomalies(self->recorder, time_of(self, 0),
                                              (int64_t)self->scenario->engine_options.epoch));
    LEAD_TRY(lead_watch_alloc(subject->timeline, lead_topology_node_count(self->network),
                              self->recorder, &self->watch));
    LEAD_TRY(lead_lap_paths_alloc(self->network, self->policy,
                                  lead_controller_predictor(self->brain.controller), &self->paths));
    return lead_lap_alloc(self->network, self->brain.controller, self->recorder,
                          self->policy->clock, &self->lap);
}

/* --- one epoch -------------------------------------------------------------------------------- */

static void keep_for_summary(loop *self, int epoch, const lead_epoch_record *record) {
    lead_policy_summary *summary = self->summary;
    self->mlu[epoch] = record->mlu;
    self->ratio[epoch] = record->optimum > 0 ? record->mlu / record->optimum : NAN;
    self->bytes[epoch] = record->offered;
    self->loss[epoch] = record->loss_fraction;
    self->congestion[epoch] = record->loss_congestion;
    self->transient[epoch] = record->loss_transient;
    self->disconnected[epoch] = record->loss_disconnected;
    self->delay[epoch] = record->delay_mean;
    self->p99[epoch] = record->delay_p99;
    self->flow[epoch] = record->flow_time_mean;
    self->flow_p99[epoch] = record->flow_time_p99;
    summary->disconnected += record->disconnected / self->epochs;
    summary->withdrawn += record->withdrawn / self->epochs;
    summary->suspects += record->suspects > 0;
    summary->gap_epochs += record->gaps > 0;
    summary->gap_pairs += (double)record->gaps / self->epochs;
    summary->links_changed += (double)record->links_changed / self->epochs;
    summary->moved_fraction += record->moved_fraction / self->epochs;
    summary->seconds_simulate += record->seconds_simulate;
    summary->seconds_measure += record->seconds_measure;
    summary->seconds_predict += record->seconds_predict;
    summary->seconds_te += record->seconds_te;
    summary->fallbacks += record->fallbacks[0] != '\0';
    lead_reasons_add(&self->reasons, record);
}

static lead_status change_link(lead_lap *lap, const lead_network_change *it) {
    if (it->link < 0)
        return LEAD_OK;
    return it->capacity > 0 ? lead_lap_set_capacity(lap, it->link, it->capacity)
                            : lead_lap_set_up(lap, it->link, it->up);
}

/* What changes in an epoch: what is planned before its decision, the rest after it. */
static lead_status tell_changes(loop *self, int epoch, bool planned) {
    const lead_network_change *changes;
    int count = lead_timeline_changes(self->subject->timeline, epoch, &changes);
    for (int i = 0; i < count; i++)
        if (changes[i].planned == planned)
            LEAD_TRY(change_link(&self->lap, &changes[i]));
    return LEAD_OK;
}

/* Lets the epoch pass. */
static lead_status simulate(loop *self, int epoch, const double *tm, lead_epoch_record *record) {
    lead_passage *passage = &self->passage;
    LEAD_TRY(lead_passage_make(passage, epoch, self->network, &self->lap.decision, tm));
    LEAD_TRY(lead_engine_run(self->engine, passage->tm, passage->routing, passage->changes,
                             passage->count, self->lap.after));
    record->disconnected = passage->disconnected;
    record->withdrawn = lead_timeline_withdrawn(self->subject->timeline, epoch);
    record->network_changed = passage->surprised;
    return tell_changes(self, epoch, false);
}

/* What was in force in the epoch; changes have their offsets in simulated time. */
static lead_status record_plans(const loop *self, int epoch) {
    const lead_passage *passage = &self->passage;
    const lead_engine_options *options = &self->scenario->engine_options;
    LEAD_TRY(lead_recorder_add_plan(self->recorder, epoch, 0, passage->routing));
    for (int i = 0; i < passage->count; i++)
        if (passage->changes[i].what == LEAD_ENGINE_ROUTING)
            LEAD_TRY(lead_recorder_add_plan(self->recorder, epoch,
                                            passage->changes[i].offset * options->epoch /
                                                options->simulated,
                                            passage->changes[i].routing));
    return LEAD_OK;
}

/* The reading at the end of the last epoch as the controller sees it. */
static lead_status see(loop *self, int epoch, const lead_counters **reading) {
    const lead_lap *lap = &self->lap;
    *reading = NULL;
    if (!self->seen || epoch == 0)
        return LEAD_OK;
    for (int e = 0; e < lead_topology_link_count(self->network); e++)
        self->utilisation[e] =
            lap->rates->link_offered[e] / lead_topology_link(self->network, e)->capacity;
    LEAD_TRY(lead_counters_assign(self->seen_before, self->seen));
    LEAD_TRY(lead_counters_assign(self->seen, lap->after));
    lead_timeline_blind(self->subject->timeline, epoch - 1, self->utilisation, self->seen_before,
                        self->seen);
    *reading = self->seen;
    return LEAD_OK;
}

static void set_faults(loop *self, int epoch) {
    const lead_timeline *timeline = self->subject->timeline;
    const char *name = self->policy->name;
    lead_fault_how forecast, plan;
    bool forecasts =
             lead_timeline_fault(timeline, LEAD_EVENT_FORECAST_FAULT, epoch, name, &forecast),
         plans = lead_timeline_fault(timeline, LEAD_EVENT_PLAN_FAULT, epoch, name, &plan);
    lead_controller_set_faults(self->brain.controller, forecasts ? &forecast : NULL,
                               plans ? &plan : NULL);
}

/* What the lap before `epoch` measured and forecast. */
static lead_status record_lap(const loop *self, int epoch) {
    const lead_decision *decision = &self->lap.decision;
    if (epoch > 0 && decision->tm)
        LEAD_TRY(lead_recorder_add_measured(self->recorder, epoch - 1, decision->tm,
                                            decision->variance));
    return decision->paths ? lead_recorder_add_paths(self->recorder, epoch, decision->paths)
                           : LEAD_OK;
}

/* Decides on `epoch`; `time`: when the one before it began. */
static lead_status decide(loop *self, int epoch, int64_t time) {
    const lead_counters *reading;
    LEAD_TRY(tell(self, LEAD_RUN_LAP_BEGINS, epoch));
    LEAD_TRY(see(self, epoch, &reading));
    LEAD_TRY(tell_changes(self, epoch, true));
    set_faults(self, epoch);
    LEAD_TRY(epoch == 0 ? lead_lap_begin(&self->lap) : lead_lap_decide(&self->lap, time, reading));
    LEAD_TRY(record_lap(self, epoch));
    LEAD_TRY(lead_lap_paths_decide(&self->paths, &self->lap.decision));
    return tell(self, LEAD_RUN_LAP_ENDS, epoch);
}

static lead_status run_epoch(loop *self, int epoch, double optimum) {
    const double *tm = lead_tm_series_tm(self->subject->series, self->subject->first + epoch);
    lead_epoch_record record = {.epoch = epoch, .optimum = optimum, .time = time_of(self, epoch)};
    LEAD_TRY(simulate(self, epoch, tm, &record));
    LEAD_TRY(record_plans(self, epoch));
    LEAD_TRY(lead_lap_close(&self->lap, tm, &record));
    LEAD_TRY(lead_recorder_add_traffic(self->recorder, epoch, record.time, tm,
                                       self->lap.decision.samples,
                                       self->lap.decision.sample_count));
    LEAD_TRY(lead_watch_add(&self->watch, epoch, tm, &self->lap.decision));
    LEAD_TRY(lead_lap_paths_pass(&self->paths, tm));
    keep_for_summary(self, epoch, &record);
    LEAD_TRY(tell(self, LEAD_RUN_EPOCH_DONE, epoch));
    return epoch + 1 < self->epochs ? decide(self, epoch + 1, record.time) : LEAD_OK;
}

/* --- the whole run ---------------------------------------------------------------------------- */

static double weighted_mean(const double *values, const double *weights, int count) {
    double sum = 0, weight = 0;
    for (int i = 0; i < count; i++)
        if (!isnan(values[i])) {
            sum += values[i] * weights[i];
            weight += weights[i];
        }
    return weight > 0 ? sum / weight : NAN;
}

static lead_status summarise(loop *self) {
    lead_policy_summary *summary = self->summary;
    lead_spread p99, flow_p99;
    LEAD_TRY(lead_string_copy(self->policy->name, &summary->name));
    LEAD_TRY(lead_reasons_tell(&self->reasons, summary));
    summary->epochs = self->epochs;
    summary->anomalies =
        lead_controller_detector(self->brain.controller) ? self->lap.anomalies : -1;
    LEAD_TRY(lead_spread_of(self->mlu, self->epochs, &summary->mlu));
    LEAD_TRY(lead_spread_of(self->ratio, self->epochs, &summary->mlu_over_optimum));
    LEAD_TRY(lead_spread_of(self->p99, self->epochs, &p99));
    summary->loss_fraction = weighted_mean(self->loss, self->bytes, self->epochs);
    summary->loss_congestion = weighted_mean(self->congestion, self->bytes, self->epochs);
    summary->loss_transient = weighted_mean(self->transient, self->bytes, self->epochs);
    summary->loss_disconnected = weighted_mean(self->disconnected, self->bytes, self->epochs);
    summary->delay_mean = weighted_mean(self->delay, self->bytes, self->epochs);
    LEAD_TRY(lead_spread_of(self->flow_p99, self->epochs, &flow_p99));
    summary->delay_p99 = p99.mean;
    summary->flow_time_mean = weighted_mean(self->flow, self->bytes, self->epochs);
    summary->flow_time_p99 = flow_p99.mean;
    summary->nrmse = lead_scores_nrmse(&self->lap.scores);
    summary->nmae = lead_scores_nmae(&self->lap.scores);
    summary->ncrps = lead_scores_ncrps(&self->lap.scores);
    summary->coverage_90 = lead_scores_coverage_90(&self->lap.scores);
    const lead_path_result paths = lead_lap_paths_result(&self->paths);
    summary->link_peak_crps = paths.link_peak_crps;
    summary->peak_mlu_crps = paths.peak_mlu_crps;
    summary->peak_mlu_coverage_90 = paths.peak_mlu_coverage_90;
    summary->path_energy = paths.path_energy;
    summary->variogram = paths.variogram;
    return LEAD_OK;
}

lead_status lead_run_policy(const lead_scenario *scenario, int policy, const lead_subject *subject,
                            const double *optimum, const char *folder, lead_run_listener listener,
                            void *data, lead_policy_summary *summary) {
    LEAD_EXPECTS(scenario && subject && optimum && folder && summary);
    loop self = {.scenario = scenario,
                 .subject = subject,
                 .policy = &scenario->policies[policy],
                 .summary = summary,
                 .listener = listener,
                 .listener_data = data};
    lead_status status = LEAD_OK;
    *summary = (lead_policy_summary){0};
    LEAD_TRY_FREE(loop_alloc(&self, folder));
    LEAD_TRY_FREE(decide(&self, 0, 0));
    for (int epoch = 0; epoch < self.epochs; epoch++)
        LEAD_TRY_FREE(run_epoch(&self, epoch, optimum[epoch]));
    LEAD_TRY_FREE(lead_engine_finish(self.engine));
    LEAD_TRY_FREE(lead_lap_finish(&self.lap));
    LEAD_TRY_FREE(lead_recorder_finish_traffic(self.recorder));
    LEAD_TRY_FREE(summarise(&self));
fail:
    if (status != LEAD_OK)
        lead_policy_summary_clear(summary);
    loop_free(&self);
    return status;
}
