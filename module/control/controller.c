/* The lap of an epoch: counters to a TM, TMs to a forecast, forecast to a routing; and what is done
 * when one of them fails. */
#include "control/controller.h"
#include "base/expects.h"
#include "control/policy.h"
#include "control/widen.h"
#include <lead/control.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void lead_controller_free(lead_controller *controller) {
    if (!controller)
        return;
    lead_estimator_free(controller->estimator);
    lead_predictor_free(controller->predictor);
    lead_te_free(controller->te);
    lead_detector_free(controller->detector);
    lead_counters_free(controller->before);
    lead_rates_free(controller->rates);
    lead_routing_free(controller->in_force);
    lead_tm_series_free(controller->history);
    lead_topology_free(controller->topology);
    free(controller->tm);
    free(controller->variance);
    free(controller->shifts);
    free(controller->weights);
    free(controller->samples);
    free(controller->next);
    free(controller->loads);
    free(controller->gap);
    free(controller->stale);
    free(controller->unjudged);
    free(controller);
}

/* Judges forecasts, and has learnt from the history what is usual. */
static lead_status make_detector(lead_controller *self) {
    lead_detect_options options = self->policy.detect;
    bool asked = options.level > 0 || self->policy.surprise > 0;
    if (!asked || !self->policy.predictor || lead_topology_node_count(self->topology) < 2)
        return LEAD_OK;
    options.quiet = options.quiet > 0 ? options.quiet : 1;
    options.steps = self->steps;
    LEAD_TRY(
        lead_detector_alloc(lead_topology_node_count(self->topology), &options, &self->detector));
    return lead_detector_learn(self->detector, self->history, self->step);
}

static lead_status make_stages(lead_controller *self) {
    lead_policy *policy = &self->policy;
    lead_predictor_options *options = &policy->predictor_options;
    int n = lead_topology_node_count(self->topology), m = lead_topology_link_count(self->topology);
    size_t pairs = (size_t)n * (size_t)n;
    options->node_count = n;
    options->network = self->topology;
    options->step = self->step;
    options->horizon = self->steps = policy->every > 0 ? policy->every : 1;
    options->samples = options->samples > 0 ? options->samples : 1;
    if (policy->budget > 0)
        lead_predictor_options_hurry(options);
    if (policy->budget > 0 &&
        !(policy->te_options.time_limit > 0 && policy->te_options.time_limit < policy->budget))
        policy->te_options.time_limit = policy->budget;
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &self->tm));
    LEAD_TRY(lead_calloc(pairs, sizeof(double), &self->variance));
    LEAD_TRY(lead_calloc(pairs, 1, &self->gap));
    LEAD_TRY(lead_calloc(pairs, 1, &self->stale));
    LEAD_TRY(lead_calloc(pairs, 1, &self->unjudged));
    size_t samples = (size_t)options->samples;
    LEAD_TRY(lead_calloc(samples * (size_t)self->steps * pairs, sizeof(double), &self->samples));
    LEAD_TRY(lead_calloc(samples * pairs, sizeof(double), &self->next));
    LEAD_TRY(lead_calloc(samples, sizeof(double), &self->shifts));
    LEAD_TRY(lead_calloc((size_t)m, sizeof(double), &self->loads));
    LEAD_TRY(lead_counters_alloc(n, m, &self->before));
    LEAD_TRY(lead_rates_alloc(n, m, &self->rates));
    LEAD_TRY(
        lead_estimator_alloc(policy->estimator, self->topology, self->history, &self->estimator));
    LEAD_TRY(lead_te_alloc(policy->te, self->topology, &policy->te_options, &self->te));
    LEAD_TRY(make_detector(self));
    return policy->predictor ? lead_predictor_alloc(policy->predictor, options, &self->predictor)
                             : LEAD_OK;
}

lead_status lead_controller_alloc(const lead_topology *topology, const lead_policy *policy,
                                  lead_tm_series *history, int64_t step, lead_controller **out) {
    LEAD_EXPECTS(topology && policy && history && out);
    lead_controller *self = NULL;
    lead_status status = lead_calloc(1, sizeof *self, &self);
    if (status != LEAD_OK) {
        lead_tm_series_free(history);
        return status;
    }
    self->policy = *policy;
    self->policy.clock = policy->clock ? policy->clock : lead_clock_seconds;
    self->history = history;
    self->step = step;
    LEAD_TRY_FREE(lead_policy_check(policy, step));
    if (lead_tm_series_node_count(history) != lead_topology_node_count(topology)) {
        status = lead_fail(LEAD_INVALID, "a history of %d nodes is not that of a network of %d",
                           lead_tm_series_node_count(history), lead_topology_node_count(topology));
        goto fail;
    }
    LEAD_TRY_FREE(lead_topology_copy(topology, &self->topology));
    LEAD_TRY_FREE(make_stages(self));
    *out = self;
    return LEAD_OK;
fail:
    lead_controller_free(self);
    return lead_fail_within(status, "policy \"%s\"", policy->name);
}

static void fall_back(lead_decision *decision, lead_fallback fallback, const char *why) {
    if (!decision->fallbacks)
        snprintf(decision->why, sizeof decision->why, "%s", why);
    decision->fallbacks |= 1u << fallback;
}

static lead_status estimate(lead_controller *self, const lead_counters *reading, int64_t time) {
    lead_measurement measured = {self->rates, self->in_force, time};
    lead_estimate out = {self->tm, self->variance, self->gap};
    LEAD_TRY(lead_rates_update(self->rates, self->topology, self->before, reading));
    return lead_estimator_estimate(self->estimator, &measured, &out);
}

/* An upper bound of what the predictor does (predict/table.c). */
static bool may_recalibrate(const lead_policy *policy) {
    const lead_predictor_type *type = policy->predictor;
    lead_recalibrate asked = policy->predictor_options.recalibrate;
    if (!type || asked == LEAD_RECALIBRATE_NEVER)
        return false;
    return asked == LEAD_RECALIBRATE_DAILY || type->recalibrates || type->chooses;
}

/* As many TMs as any predictor looks back: the longest history of a TorchScript module, a week and
 * a day (seasonal, nlinear-day), the window of a mean; the days to recalibrate on before them. */
static int64_t kept(const lead_controller *self) {
    enum { LONGEST_HISTORY = 4096, EIGHT_DAYS = 8 * 86400, FOUR_DAYS = 4 * 86400 };
    const lead_predictor_options *options = &self->policy.predictor_options;
    int64_t window = options->window, days = EIGHT_DAYS / self->step;
    int64_t most = days > LONGEST_HISTORY ? days : LONGEST_HISTORY;
    int64_t before = may_recalibrate(&self->policy) ? FOUR_DAYS / self->step : 0;
    return (window > most ? window : most) + before + self->steps;
}

/* Forgets what no predictor looks back to, now and then. Without the memory to do so it waits. */
static void bound_history(lead_controller *self) {
    lead_tm_series *rest;
    int64_t length = lead_tm_series_length(self->history), keep = kept(self);
    if (length < 2 * keep ||
        lead_tm_series_slice(self->history, (int)(length - keep), (int)keep, &rest) != LEAD_OK)
        return;
    lead_tm_series_free(self->history);
    self->history = rest;
}

/* By the counters, not by the estimator, so that one blackout is one count for all policies. */
static int count_gaps(const lead_controller *self, bool measured) {
    int n = lead_topology_node_count(self->topology), count = 0;
    for (int od = 0; od < n * n; od++)
        count += od / n != od % n && (!measured || isnan(self->rates->od_offered[od]));
    return count;
}

/* The measured TM goes into the history; when it cannot be told, the last one does, so that the
 * grid keeps whole. */
static lead_status measure(lead_controller *self, const lead_counters *reading, int64_t time,
                           lead_decision *decision) {
    int n = lead_topology_node_count(self->topology), length = lead_tm_series_length(self->history);
    size_t pairs = (size_t)n * (size_t)n;
    double started = self->policy.clock();
    lead_status status = self->has_before
                             ? estimate(self, reading, time)
                             : lead_fail(LEAD_INVALID, "there was no reading before this one");
    if (status != LEAD_OK) {
        fall_back(decision, LEAD_FALLBACK_MEASURE, lead_last_message());
        if (length > 0)
            memcpy(self->tm, lead_tm_series_tm(self->history, length - 1), pairs * sizeof(double));
        else
            memset(self->tm, 0, pairs * sizeof(double));
        memset(self->gap, 1, pairs);
        memset(self->variance, 0, pairs * sizeof(double));
    }
    decision->gaps = count_gaps(self, status == LEAD_OK);
    LEAD_TRY(lead_controller_baseline(self, reading));
    if (lead_tm_series_append(self->history, time, self->tm) != LEAD_OK)
        fall_back(decision, LEAD_FALLBACK_MEASURE, lead_last_message());
    bound_history(self);
    decision->tm = self->tm;
    decision->variance = self->policy.estimator->tells_variance ? self->variance : NULL;
    decision->seconds_measure = self->policy.clock() - started;
    return LEAD_OK;
}

/* How far what was measured is from what was forecast of that epoch. */
static lead_status judge(lead_controller *self, lead_decision *decision) {
    lead_detect_epoch epoch = {.epoch = (int)self->laps - 1,
                               .ahead = self->told ? self->age - 1 : 0,
                               .samples = self->told ? self->next : NULL,
                               .sample_count = self->policy.predictor_options.samples,
                               .tm = self->tm,
                               .gap = self->unjudged,
                               .routing = self->in_force};
    size_t n = (size_t)lead_topology_node_count(self->topology);
    if (!self->detector)
        return LEAD_OK;
    for (size_t od = 0; od < n * n; od++)
        self->unjudged[od] = self->gap[od] || self->stale[od];
    return lead_detector_judge(self->detector, &epoch, &decision->surprise);
}

/* A forecast without any traffic, where there was some, is none, unless it is the truth. */
static lead_status check_forecast(const lead_controller *self) {
    if (self->policy.predictor->knows_truth)
        return LEAD_OK;
    int n = lead_topology_node_count(self->topology),
        count = self->policy.predictor_options.samples * self->steps;
    double total = lead_sum(self->samples, (size_t)count * (size_t)n * (size_t)n);
    const double *last = lead_tm_series_tm(self->history, lead_tm_series_length(self->history) - 1);
    if (total <= 0 && lead_tm_total(last, n) > 0)
        return lead_fail(LEAD_NUMERIC, "%s: the forecast is all zero",
                         self->policy.predictor->name);
    return LEAD_OK;
}

/* What was filled in the last TM is not known for sure, which no predictor knows. */
static void widen(lead_controller *self) {
    const lead_predictor_options *options = &self->policy.predictor_options;
    size_t n = (size_t)lead_topology_node_count(self->topology);
    lead_widening widening = {
        .tm = self->tm,
        .variance = self->variance,
        .pairs = n * n,
        .count = options->samples,
        .steps = self->steps,
        .key = lead_random_seed(options->seed + self->laps * 0x9e3779b97f4a7c15u, "gaps"),
        .shifts = self->shifts,
    };
    if (!self->policy.predictor->knows_truth)
        lead_widen(&widening, self->samples);
}

static lead_status forecast(lead_controller *self, int now) {
    bool joint = self->policy.predictor_options.joint;
    LEAD_TRY((joint ? lead_predictor_forecast_joint : lead_predictor_forecast)(
        self->predictor, self->history, now, self->laps, self->samples));
    widen(self);
    return LEAD_OK;
}

/* The forecast, or what a fault makes of it. */
static lead_status forecast_or_fault(lead_controller *self, int now) {
    const lead_fault_how *fault = self->forecast_fault;
    size_t n = (size_t)lead_topology_node_count(self->topology);
    size_t count = (size_t)self->policy.predictor_options.samples * (size_t)self->steps;
    if (fault && *fault == LEAD_FAULT_CRASH)
        return lead_fail(LEAD_MODEL, "the scenario's forecast-fault: crash");
    LEAD_TRY(forecast(self, now));
    if (fault && *fault == LEAD_FAULT_NAN) {
        self->samples[0] = self->samples[count * n * n - 1] = NAN;
        return lead_tm_check("the scenario's forecast-fault: nan", self->samples, count, (int)n);
    }
    return check_forecast(self);
}

/* Whether it came too late, or is made to. */
static bool is_late(const lead_controller *self, const lead_fault_how *fault, double now,
                    double started) {
    double budget = self->policy.budget;
    return (budget > 0 && now - started > budget) || (fault && *fault == LEAD_FAULT_LATE);
}

/* Fills the TMs to plan for: the forecast's samples of all steps, or the last TM. */
static lead_te_demand predict(lead_controller *self, double started, lead_decision *decision) {
    const lead_policy *policy = &self->policy;
    int length = lead_tm_series_length(self->history);
    lead_te_demand demand = {.in_force = self->in_force, .weights_in_force = self->weights};
    self->forecast = false;
    if (length == 0)
        return demand;
    demand.tms = lead_tm_series_tm(self->history, length - 1);
    demand.samples = 1;
    if (!self->predictor)
        return demand;
    double began = self->policy.clock();
    lead_status status = forecast_or_fault(self, length - 1);
    double now = self->policy.clock();
    decision->seconds_predict = now - began;
    decision->diffusion_steps = status == LEAD_OK ? lead_predictor_get_steps(self->predictor) : 0;
    if (status != LEAD_OK)
        fall_back(decision, LEAD_FALLBACK_PREDICT, lead_last_message());
    else if (is_late(self, self->forecast_fault, now, started))
        fall_back(decision, LEAD_FALLBACK_PREDICT_LATE, "the time budget was spent");
    else {
        demand.tms = self->samples;
        demand.samples = policy->predictor_options.samples * self->steps;
        self->forecast = true;
    }
    return demand;
}

/* The mean over the TMs planned for of the MLU that a routing gives them. */
static lead_status expected_mlu(lead_controller *self, const lead_routing *routing,
                                const lead_te_demand *demand, double *mlu) {
    size_t n = (size_t)lead_topology_node_count(self->topology);
    double cut_off;
    *mlu = 0;
    for (int k = 0; k < demand->samples; k++) {
        LEAD_TRY(lead_routing_loads_reached(routing, demand->tms + (size_t)k * n * n, self->loads,
                                            &cut_off));
        *mlu += lead_mlu(self->topology, self->loads) / demand->samples;
    }
    return LEAD_OK;
}

/* Whether a plan lowers the expected MLU by so much that it is worth to re-route (hysteresis). */
static lead_status is_worth_it(lead_controller *self, const lead_routing *routing,
                               const lead_te_demand *demand, bool *worth) {
    double now, then;
    *worth = true;
    if (self->policy.gain <= 0 || !self->in_force || self->topology_changed)
        return LEAD_OK;
    LEAD_TRY(expected_mlu(self, self->in_force, demand, &now));
    LEAD_TRY(expected_mlu(self, routing, demand, &then));
    *worth = then < (1 - self->policy.gain) * now;
    return LEAD_OK;
}

static void take(lead_controller *self, lead_te_plan *answer) {
    lead_routing_free(self->in_force);
    free(self->weights);
    self->in_force = answer->routing;
    self->weights = answer->weights;
    answer->routing = NULL;
    answer->weights = NULL;
    self->topology_changed = false;
    self->planned = true;
}

/* The plan, or what a fault makes of it. */
static lead_status plan_or_fault(lead_controller *self, const lead_te_demand *demand,
                                 lead_te_plan *answer) {
    const lead_fault_how *fault = self->plan_fault;
    if (fault && *fault == LEAD_FAULT_CRASH)
        return lead_fail(LEAD_MODEL, "the scenario's plan-fault: crash");
    if (fault && *fault == LEAD_FAULT_NAN)
        return lead_fail(LEAD_NUMERIC, "the scenario's plan-fault: its splits are no numbers");
    return lead_te_plan_for(self->te, demand, answer);
}

/* Plans, and puts the plan in force unless it fails, is late or not worth it. */
static lead_status plan(lead_controller *self, const lead_te_demand *demand, double started,
                        lead_decision *decision) {
    bool stands = self->planned && !self->policy.te->needs_demand && !self->topology_changed,
         worth = true;
    lead_te_plan answer = {0};
    if (stands)
        return LEAD_OK;
    double began = self->policy.clock();
    lead_status status = plan_or_fault(self, demand, &answer);
    decision->suspects = answer.suspects;
    if (status == LEAD_OK)
        status = is_worth_it(self, answer.routing, demand, &worth);
    double now = self->policy.clock();
    decision->seconds_te = now - began;
    if (status != LEAD_OK)
        fall_back(decision, LEAD_FALLBACK_PLAN, lead_last_message());
    else if (is_late(self, self->plan_fault, now, started) && self->in_force)
        fall_back(decision, LEAD_FALLBACK_PLAN_LATE, "the time budget was spent");
    else if (worth)
        take(self, &answer);
    lead_te_plan_clear(&answer);
    return LEAD_OK;
}

/* Inverse-capacity ECMP, for when there is no plan yet to stay with. */
static lead_status first_routing(lead_controller *self) {
    double *weights;
    LEAD_TRY(
        lead_calloc((size_t)lead_topology_link_count(self->topology), sizeof *weights, &weights));
    lead_status status = lead_link_weights(self->topology, LEAD_WEIGHTS_INVERSE_CAPACITY, weights);
    if (status == LEAD_OK)
        status = lead_routing_from_weights(self->topology, weights, &self->in_force);
    free(weights);
    return status;
}

/* Whether the epoch that ended was so far from its forecast that the plan is not for what comes. */
static bool is_surprised(const lead_controller *self, const lead_decision *decision) {
    return self->policy.surprise > 0 && decision->surprise.tail < self->policy.surprise;
}

/* A plan is made when the last one is over, when links changed, and on a surprise. */
static lead_status decide(lead_controller *self, double started, lead_decision *decision) {
    bool due = self->laps == 0 || self->age >= self->steps || self->topology_changed;
    decision->replanned = !due && is_surprised(self, decision);
    if (!due && !decision->replanned) {
        /* An epoch under a plan that was none is not as it should be either. */
        if (self->standing && !decision->fallbacks)
            memcpy(decision->why, self->standing_why, sizeof decision->why);
        decision->fallbacks |= self->standing;
        return LEAD_OK;
    }
    unsigned measured = decision->fallbacks;
    lead_te_demand demand = predict(self, started, decision);
    self->age = 0;
    LEAD_TRY(plan(self, &demand, started, decision));
    self->standing = decision->fallbacks & ~measured;
    memcpy(self->standing_why, decision->why, sizeof decision->why);
    return LEAD_OK;
}

/* Models and algorithms do not know whose they are: what they warn of gets policy and epoch here.
 */
static lead_status decide_by_name(lead_controller *self, double started, lead_decision *decision) {
    char within[200];
    snprintf(within, sizeof within, "policy \"%.120s\", epoch %llu", self->policy.name,
             (unsigned long long)self->laps);
    lead_log_within(within);
    lead_status status = decide(self, started, decision);
    lead_log_within(NULL);
    return status;
}

/* What was forecast for the coming epoch, whenever that was. */
static void tell_forecast(lead_controller *self, lead_decision *decision) {
    size_t n = (size_t)lead_topology_node_count(self->topology);
    int count = self->policy.predictor_options.samples;
    const double *point = self->predictor ? lead_predictor_point(self->predictor) : NULL;
    self->told = self->forecast && self->age < self->steps;
    if (!self->told)
        return;
    if (self->age == 0)
        memcpy(self->stale, self->gap, n * n);
    for (int k = 0; k < count; k++)
        memcpy(self->next + (size_t)k * n * n,
               self->samples + (size_t)(k * self->steps + self->age) * n * n,
               n * n * sizeof(double));
    decision->samples = self->next;
    decision->sample_count = count;
    decision->point = point ? point + (size_t)self->age * n * n : NULL;
    decision->steps = self->steps;
    decision->paths = self->age == 0 ? self->samples : NULL;
}

lead_status lead_controller_step(lead_controller *controller, const lead_counters *reading,
                                 int64_t time, lead_decision *decision) {
    LEAD_EXPECTS(controller && decision);
    double started = controller->policy.clock();
    *decision = (lead_decision){.surprise = {.tail = NAN, .pair_tail = NAN}};
    if (reading) {
        LEAD_TRY(measure(controller, reading, time, decision));
        LEAD_TRY(judge(controller, decision));
    }
    LEAD_TRY(decide_by_name(controller, started, decision));
    if (!controller->in_force)
        LEAD_TRY(first_routing(controller));
    tell_forecast(controller, decision);
    decision->routing = controller->in_force;
    decision->weights = controller->weights;
    controller->forecast_fault = controller->plan_fault = NULL;
    controller->laps++;
    controller->age++;
    return LEAD_OK;
}

const lead_predictor *lead_controller_predictor(const lead_controller *controller) {
    LEAD_EXPECTS(controller);
    return controller->predictor;
}

const lead_detector *lead_controller_detector(const lead_controller *controller) {
    LEAD_EXPECTS(controller);
    return controller->detector;
}

lead_status lead_controller_baseline(lead_controller *controller, const lead_counters *reading) {
    LEAD_EXPECTS(controller && reading);
    LEAD_TRY(lead_counters_assign(controller->before, reading));
    controller->has_before = true;
    return LEAD_OK;
}
