/* One policy over the whole scenario, in this process: engine and controller in turn, and a record
 * of every epoch. */
#include "base/expects.h"
#include "run/events.h"
#include "run/experts.h"
#include "run/lap/lap.h"
#include "run/lap/reasons.h"
#include <lead/run.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything that lives as long as the run. */
typedef struct loop {
    const lead_scenario *scenario;
    const lead_policy *policy;
    lead_topology *topology, *network; /* as loaded; with the links that events took down */
    lead_tm_series *series;            /* history and epochs */
    lead_brain brain;
    int first, epochs;
    lead_engine *engine;
    lead_recorder *recorder;
    lead_lap lap;
    lead_link_event *events;
    double *mlu, *ratio, *loss, *delay, *p99, *flow, *flow_p99, *bytes; /* [epochs] */
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
    lead_tm_series_free(self->series);
    lead_topology_free(self->topology);
    lead_topology_free(self->network);
    free(self->events);
    free(self->mlu);
}

static lead_status tell(const loop *self, lead_run_event event, int epoch) {
    return self->listener ? self->listener(event, epoch, self->listener_data) : LEAD_OK;
}

/* Warns when a model forecasts what it learnt from. */
static void warn_of_seen(const loop *self) {
    const lead_predictor *predictor = lead_controller_predictor(self->brain.controller);
    int seen = 0;
    for (int i = 0; predictor && i < self->epochs; i++)
        seen +=
            lead_predictor_has_seen(predictor, lead_tm_series_time(self->series, self->first + i));
    if (seen > 0)
        lead_log(LEAD_LOG_WARNING,
                 "policy \"%s\": %d of %d epochs lie in the time that its model was trained on: "
                 "its results flatter",
                 self->policy->name, seen, self->epochs);
}

static lead_status make_engine(loop *self) {
    lead_engine_options options = self->scenario->engine_options;
    options.topology = self->topology;
    options.seed = self->scenario->seed;
    return lead_engine_alloc(self->scenario->engine, &options, &self->engine);
}

static lead_status loop_alloc(loop *self, const char *folder) {
    LEAD_TRY(lead_scenario_load(self->scenario, &self->topology, &self->series, &self->first));
    LEAD_TRY(lead_topology_copy(self->topology, &self->network));
    self->epochs = lead_tm_series_length(self->series) - self->first;
    LEAD_TRY(lead_calloc(lead_events_room(self->scenario, self->topology), sizeof *self->events,
                         &self->events));
    LEAD_TRY(lead_calloc(8 * (size_t)self->epochs, sizeof(double), &self->mlu));
    self->ratio = self->mlu + self->epochs;
    self->loss = self->ratio + self->epochs;
    self->delay = self->loss + self->epochs;
    self->p99 = self->delay + self->epochs;
    self->flow = self->p99 + self->epochs;
    self->flow_p99 = self->flow + self->epochs;
    self->bytes = self->flow_p99 + self->epochs;
    LEAD_TRY(tell(self, LEAD_RUN_LOADED, 0));
    LEAD_TRY(lead_brain_alloc(self->scenario, self->policy, self->topology, self->series,
                              self->first, self->first, &self->brain));
    warn_of_seen(self);
    LEAD_TRY(make_engine(self));
    LEAD_TRY(lead_recorder_alloc(folder, self->topology, &self->recorder));
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
    self->delay[epoch] = record->delay_mean;
    self->p99[epoch] = record->delay_p99;
    self->flow[epoch] = record->flow_time_mean;
    self->flow_p99[epoch] = record->flow_time_p99;
    summary->disconnected += record->disconnected / self->epochs;
    summary->suspects += record->suspects > 0;
    summary->links_changed += (double)record->links_changed / self->epochs;
    summary->moved_fraction += record->moved_fraction / self->epochs;
    summary->seconds_simulate += record->seconds_simulate;
    summary->seconds_measure += record->seconds_measure;
    summary->seconds_predict += record->seconds_predict;
    summary->seconds_te += record->seconds_te;
    summary->fallbacks += record->fallbacks[0] != '\0';
    lead_reasons_add(&self->reasons, record);
}

/* Lets the epoch pass. */
static lead_status simulate(loop *self, int epoch, const double *tm) {
    lead_lap *lap = &self->lap;
    int events;
    LEAD_TRY(lead_events_of(self->scenario, self->topology, epoch, self->events, &events));
    LEAD_TRY(lead_engine_run(self->engine, tm, lap->routing, self->events, events, lap->after));
    for (int i = 0; i < events; i++)
        LEAD_TRY(lead_lap_set_up(lap, self->events[i].link, self->events[i].up));
    return LEAD_OK;
}

/* Decides on `epoch`; `time`: when the one before it began. */
static lead_status decide(loop *self, int epoch, int64_t time) {
    LEAD_TRY(tell(self, LEAD_RUN_LAP_BEGINS, epoch));
    LEAD_TRY(epoch == 0 ? lead_lap_begin(&self->lap) : lead_lap_decide(&self->lap, time));
    return tell(self, LEAD_RUN_LAP_ENDS, epoch);
}

static lead_status run_epoch(loop *self, int epoch, double optimum) {
    const double *tm = lead_tm_series_tm(self->series, self->first + epoch);
    lead_epoch_record record = {.epoch = epoch,
                                .optimum = optimum,
                                .time = lead_tm_series_time(self->series, self->first + epoch)};
    LEAD_TRY(simulate(self, epoch, tm));
    LEAD_TRY(lead_lap_close(&self->lap, tm, &record));
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
    LEAD_TRY(lead_spread_of(self->mlu, self->epochs, &summary->mlu));
    LEAD_TRY(lead_spread_of(self->ratio, self->epochs, &summary->mlu_over_optimum));
    LEAD_TRY(lead_spread_of(self->p99, self->epochs, &p99));
    summary->loss_fraction = weighted_mean(self->loss, self->bytes, self->epochs);
    summary->delay_mean = weighted_mean(self->delay, self->bytes, self->epochs);
    LEAD_TRY(lead_spread_of(self->flow_p99, self->epochs, &flow_p99));
    summary->delay_p99 = p99.mean;
    summary->flow_time_mean = weighted_mean(self->flow, self->bytes, self->epochs);
    summary->flow_time_p99 = flow_p99.mean;
    summary->nrmse = lead_scores_nrmse(&self->lap.scores);
    summary->nmae = lead_scores_nmae(&self->lap.scores);
    summary->ncrps = lead_scores_ncrps(&self->lap.scores);
    summary->coverage_90 = lead_scores_coverage_90(&self->lap.scores);
    return LEAD_OK;
}

lead_status lead_run_policy(const lead_scenario *scenario, int policy, const double *optimum,
                            const char *folder, lead_run_listener listener, void *data,
                            lead_policy_summary *summary) {
    LEAD_EXPECTS(scenario && optimum && folder && summary);
    loop self = {.scenario = scenario,
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
    LEAD_TRY_FREE(summarise(&self));
fail:
    if (status != LEAD_OK)
        lead_policy_summary_clear(summary);
    loop_free(&self);
    return status;
}
