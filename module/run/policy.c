/* One policy over the whole scenario, in this process: engine and controller in turn, and a record
 * of every epoch. */
#include "run/events.h"
#include <lead/run.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything that lives as long as the run. */
typedef struct loop {
    const lead_scenario *scenario;
    const lead_policy *policy;
    lead_topology *topology;
    lead_tm_series *series, *fit; /* history and epochs; history alone */
    int first, epochs, n, m;
    lead_engine *engine;
    lead_controller *controller;
    lead_recorder *recorder;
    lead_counters *before, *after;
    lead_rates *rates;
    lead_routing *last_routing; /* of the epoch before, NULL at first */
    lead_link_event *events;
    lead_decision decision;
    lead_scores scores;
    double *mlu, *ratio, *loss, *delay, *p99, *bytes; /* [epochs] */
    lead_policy_summary *summary;
} loop;

static void loop_free(loop *self) {
    lead_engine_free(self->engine);
    lead_controller_free(self->controller);
    lead_recorder_free(self->recorder);
    lead_counters_free(self->before);
    lead_counters_free(self->after);
    lead_rates_free(self->rates);
    lead_routing_free(self->last_routing);
    lead_tm_series_free(self->series);
    lead_tm_series_free(self->fit);
    lead_topology_free(self->topology);
    free(self->events);
    free(self->mlu);
}

static lead_status make_controller(loop *self) {
    lead_policy policy = *self->policy;
    lead_tm_series *history;
    LEAD_TRY(lead_tm_series_slice(self->series, 0, self->first, &self->fit));
    LEAD_TRY(lead_tm_series_slice(self->series, 0, self->first, &history));
    policy.predictor_options.truth = self->series;
    policy.predictor_options.fit = self->fit;
    return lead_controller_alloc(self->topology, &policy, history,
                                 (int64_t)llround(self->scenario->engine_options.epoch),
                                 &self->controller);
}

static lead_status make_engine(loop *self) {
    lead_engine_options options = self->scenario->engine_options;
    options.topology = self->topology;
    options.seed = self->scenario->seed;
    return lead_engine_alloc(self->scenario->engine, &options, &self->engine);
}

static lead_status loop_alloc(loop *self, const char *folder) {
    LEAD_TRY(lead_scenario_load(self->scenario, &self->topology, &self->series, &self->first));
    self->n = lead_topology_node_count(self->topology);
    self->m = lead_topology_link_count(self->topology);
    self->epochs = lead_tm_series_length(self->series) - self->first;
    LEAD_TRY(lead_counters_alloc(self->n, self->m, &self->before));
    LEAD_TRY(lead_counters_alloc(self->n, self->m, &self->after));
    LEAD_TRY(lead_rates_alloc(self->n, self->m, &self->rates));
    LEAD_TRY(
        lead_calloc(2 * (size_t)self->scenario->event_count, sizeof *self->events, &self->events));
    LEAD_TRY(lead_calloc(6 * (size_t)self->epochs, sizeof(double), &self->mlu));
    self->ratio = self->mlu + self->epochs;
    self->loss = self->ratio + self->epochs;
    self->delay = self->loss + self->epochs;
    self->p99 = self->delay + self->epochs;
    self->bytes = self->p99 + self->epochs;
    LEAD_TRY(make_controller(self));
    LEAD_TRY(make_engine(self));
    return lead_recorder_alloc(folder, self->topology, &self->recorder);
}

/* --- one epoch -------------------------------------------------------------------------------- */

static double bytes_of(const uint64_t *after, const uint64_t *before, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)(after[i] - before[i]);
    return sum;
}

static void record_traffic(const loop *self, int epoch, double optimum, lead_epoch_record *record) {
    const double *tm = lead_tm_series_tm(self->series, self->first + epoch);
    const lead_counters *before = self->before, *after = self->after;
    double offered = bytes_of(after->od_offered, before->od_offered, self->n * self->n);
    double dropped = bytes_of(after->link_dropped, before->link_dropped, self->m) +
                     (double)(after->unrouted - before->unrouted);
    record->epoch = epoch;
    record->time = lead_tm_series_time(self->series, self->first + epoch);
    record->offered = lead_tm_total(tm, self->n);
    record->mlu = lead_mlu(self->topology, self->rates->link_offered);
    record->optimum = optimum;
    record->loss_fraction = offered > 0 ? dropped / offered : 0;
    record->delay_mean = after->delay_mean;
    record->delay_p99 = after->delay_p99;
}

/* What the lap before the epoch decided and cost. */
static void record_decision(const lead_decision *decision, lead_epoch_record *record) {
    record->gaps = decision->gaps;
    record->seconds_measure = decision->seconds_measure;
    record->seconds_predict = decision->seconds_predict;
    record->seconds_te = decision->seconds_te;
    snprintf(record->why, sizeof record->why, "%s", decision->why);
    for (int i = 0; i < LEAD_FALLBACK_COUNT; i++)
        if (decision->fallbacks & (1u << i))
            snprintf(record->fallbacks + strlen(record->fallbacks),
                     sizeof record->fallbacks - strlen(record->fallbacks), "%s%s",
                     record->fallbacks[0] ? "+" : "", lead_fallback_name((lead_fallback)i));
}

static lead_status record_routing(loop *self, const double *tm, lead_epoch_record *record) {
    const lead_routing *routing = self->decision.routing;
    if (self->last_routing)
        LEAD_TRY(lead_routing_change(self->last_routing, routing, tm, &record->links_changed,
                                     &record->moved_fraction));
    lead_routing_free(self->last_routing);
    self->last_routing = NULL;
    return lead_routing_copy(routing, &self->last_routing);
}

static void add_scores(lead_scores *sum, const lead_scores *one) {
    sum->windows += one->windows;
    sum->squared_error += one->squared_error;
    sum->squared_truth += one->squared_truth;
    sum->absolute_error += one->absolute_error;
    sum->absolute_truth += one->absolute_truth;
    sum->crps += one->crps;
    sum->covered_90 += one->covered_90;
    sum->intervals += one->intervals;
}

static lead_status record_forecast(loop *self, const double *tm, lead_epoch_record *record) {
    lead_scores scores = {0};
    if (self->decision.samples)
        LEAD_TRY(lead_scores_add(&scores, self->decision.samples, self->decision.sample_count, tm,
                                 self->n));
    record->forecast_nrmse = lead_scores_nrmse(&scores);
    record->forecast_nmae = lead_scores_nmae(&scores);
    record->forecast_ncrps = lead_scores_ncrps(&scores);
    record->forecast_coverage_90 = lead_scores_coverage_90(&scores);
    add_scores(&self->scores, &scores);
    return LEAD_OK;
}

static void keep_for_summary(loop *self, int epoch, const lead_epoch_record *record) {
    lead_policy_summary *summary = self->summary;
    self->mlu[epoch] = record->mlu;
    self->ratio[epoch] = record->optimum > 0 ? record->mlu / record->optimum : NAN;
    self->bytes[epoch] = record->offered;
    self->loss[epoch] = record->loss_fraction;
    self->delay[epoch] = record->delay_mean;
    self->p99[epoch] = record->delay_p99;
    summary->links_changed += (double)record->links_changed / self->epochs;
    summary->moved_fraction += record->moved_fraction / self->epochs;
    summary->seconds_simulate += record->seconds_simulate;
    summary->seconds_measure += record->seconds_measure;
    summary->seconds_predict += record->seconds_predict;
    summary->seconds_te += record->seconds_te;
    summary->fallbacks += record->fallbacks[0] != '\0';
}

/* The controller hears of links when the epoch is over. */
static lead_status tell_links(loop *self, int count) {
    for (int i = 0; i < count; i++)
        LEAD_TRY(
            lead_controller_set_up(self->controller, self->events[i].link, self->events[i].up));
    return LEAD_OK;
}

static lead_status run_epoch(loop *self, int epoch, double optimum) {
    const double *tm = lead_tm_series_tm(self->series, self->first + epoch);
    lead_epoch_record record = {0};
    int events;
    LEAD_TRY(lead_events_of(self->scenario, self->topology, epoch, self->events, &events));
    LEAD_TRY(record_routing(self, tm, &record));
    double started = lead_clock_seconds();
    LEAD_TRY(lead_engine_run(self->engine, tm, self->decision.routing, self->events, events,
                             self->after));
    record.seconds_simulate = lead_clock_seconds() - started;
    LEAD_TRY(lead_rates_update(self->rates, self->topology, self->before, self->after));
    record_traffic(self, epoch, optimum, &record);
    record_decision(&self->decision, &record);
    LEAD_TRY(record_forecast(self, tm, &record));
    LEAD_TRY(lead_recorder_add(self->recorder, &record, self->rates->link_offered,
                               self->rates->link_carried));
    keep_for_summary(self, epoch, &record);
    LEAD_TRY(lead_counters_assign(self->before, self->after));
    if (epoch + 1 == self->epochs)
        return LEAD_OK;
    LEAD_TRY(tell_links(self, events));
    return lead_controller_step(self->controller, self->after, record.time, &self->decision);
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
    lead_spread p99;
    LEAD_TRY(lead_string_copy(self->policy->name, &summary->name));
    summary->epochs = self->epochs;
    LEAD_TRY(lead_spread_of(self->mlu, self->epochs, &summary->mlu));
    LEAD_TRY(lead_spread_of(self->ratio, self->epochs, &summary->mlu_over_optimum));
    LEAD_TRY(lead_spread_of(self->p99, self->epochs, &p99));
    summary->loss_fraction = weighted_mean(self->loss, self->bytes, self->epochs);
    summary->delay_mean = weighted_mean(self->delay, self->bytes, self->epochs);
    summary->delay_p99 = p99.mean;
    summary->nrmse = lead_scores_nrmse(&self->scores);
    summary->nmae = lead_scores_nmae(&self->scores);
    summary->ncrps = lead_scores_ncrps(&self->scores);
    summary->coverage_90 = lead_scores_coverage_90(&self->scores);
    return LEAD_OK;
}

lead_status lead_run_policy(const lead_scenario *scenario, int policy, const double *optimum,
                            const char *folder, void (*done)(int epoch, void *data), void *data,
                            lead_policy_summary *summary) {
    loop self = {.scenario = scenario, .policy = &scenario->policies[policy], .summary = summary};
    lead_status status = LEAD_OK;
    *summary = (lead_policy_summary){0};
    LEAD_TRY_FREE(loop_alloc(&self, folder));
    LEAD_TRY_FREE(lead_controller_baseline(self.controller, self.before));
    LEAD_TRY_FREE(lead_controller_step(self.controller, NULL, 0, &self.decision));
    for (int epoch = 0; epoch < self.epochs; epoch++) {
        LEAD_TRY_FREE(run_epoch(&self, epoch, optimum[epoch]));
        if (done)
            done(epoch, data);
    }
    LEAD_TRY_FREE(summarise(&self));
fail:
    loop_free(&self);
    return status;
}
