/* What policies are given. */
#include "run/experts.h"
#include "options/predict_options.h"
#include <lead/formats.h>
#include <math.h>
#include <stdlib.h>

lead_status lead_load_fit(const lead_scenario *scenario, const lead_policy *policy,
                          const lead_topology *topology, const lead_tm_series *series, int first,
                          lead_tm_series **fit) {
    lead_tm_reading reading = {.topology = topology,
                               .unit = scenario->unit,
                               .step = scenario->engine_options.epoch,
                               .from = INT64_MIN};
    if (!policy->predictor_options.fit_file)
        return lead_tm_series_slice(series, 0, first, fit);
    LEAD_TRY(lead_tm_series_read(policy->predictor_options.fit_file, &reading, fit));
    return lead_tm_series_scale(*fit, scenario->load_factor);
}

void lead_experts_free(lead_experts *experts) {
    for (int i = 0; i < experts->count; i++)
        lead_tm_series_free(experts->fits[i]);
    free(experts->fits);
    free(experts->experts);
    *experts = (lead_experts){0};
}

/* Whether two policies forecast alike; how many samples does not matter. */
static bool same_predictor(const lead_policy *a, const lead_policy *b) {
    return a->predictor == b->predictor &&
           lead_options_equal(&lead_predict_section, &a->predictor_options, &b->predictor_options);
}

static bool is_expert(const lead_scenario *scenario, int index) {
    const lead_policy *policy = &scenario->policies[index];
    if (!policy->predictor || policy->predictor->knows_truth || policy->predictor->chooses)
        return false;
    for (int i = 0; i < index; i++)
        if (scenario->policies[i].predictor && same_predictor(&scenario->policies[i], policy))
            return false;
    return true;
}

lead_status lead_experts_find(const lead_scenario *scenario, const lead_policy *policy,
                              const lead_topology *topology, const lead_tm_series *series,
                              int first, lead_experts *experts) {
    size_t most = (size_t)scenario->policy_count;
    if (!policy->predictor || !policy->predictor->chooses)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(most, sizeof *experts->experts, &experts->experts));
    LEAD_TRY(lead_calloc(most, sizeof *experts->fits, &experts->fits));
    for (int i = 0; i < scenario->policy_count; i++) {
        const lead_policy *other = &scenario->policies[i];
        if (!is_expert(scenario, i))
            continue;
        lead_predictor_expert *expert = &experts->experts[experts->count];
        *expert = (lead_predictor_expert){other->predictor, other->predictor_options};
        if (policy->budget > 0)
            lead_predictor_options_hurry(&expert->options);
        LEAD_TRY(lead_load_fit(scenario, other, topology, series, first,
                               &experts->fits[experts->count++]));
        expert->options.fit = experts->fits[experts->count - 1];
    }
    return LEAD_OK;
}

lead_status lead_load_tunnels(const lead_policy *policy, const lead_topology *topology,
                              lead_routing **tunnels) {
    *tunnels = NULL;
    return policy->te_options.tunnels_file
               ? lead_tunnels_read(policy->te_options.tunnels_file, topology, tunnels)
               : LEAD_OK;
}

void lead_warn_of_short_history(const lead_policy *policy, const lead_controller *controller,
                                int known, int epochs, const char *remedy) {
    const lead_predictor *predictor = lead_controller_predictor(controller);
    int wanted = predictor ? lead_predictor_looks_back(predictor) : 0,
        last = (wanted - known < epochs ? wanted - known : epochs) - 1;
    if (last < 0)
        return;
    lead_log(
        LEAD_LOG_WARNING,
        "policy \"%s\": its forecasts look at the last %d TMs, and in epochs 0 to %d fewer are "
        "known: the oldest stands in for those before it, and forecasts are poorer%s%s",
        policy->name, wanted, last,
        known == 0 ? "; epoch 0, before which none is known, has no forecast" : "", remedy);
}

/* A forecast is for the step after the last TM. Where that of just before the first epoch is not
 * there, the last one known stands in for it, as in a run, and that is said of policies that
 * forecast from it. */
static lead_status fill_last(const lead_policy *policy, const lead_tm_series *series, int known,
                             int64_t step, lead_tm_series *history) {
    char wanted[LEAD_TIME_LENGTH + 1], last[LEAD_TIME_LENGTH + 1];
    if (known == 0 || known >= lead_tm_series_length(series))
        return LEAD_OK;
    const int64_t before = lead_tm_series_time(series, known) - step;
    if (lead_tm_series_time(series, known - 1) >= before)
        return LEAD_OK;
    lead_time_format(before, wanted);
    lead_time_format(lead_tm_series_time(series, known - 1), last);
    if (policy->predictor && !policy->predictor->knows_truth)
        lead_log(LEAD_LOG_WARNING,
                 "policy \"%s\": there is no TM of %s, just before the run: the one of %s stands "
                 "in for it",
                 policy->name, wanted, last);
    return lead_tm_series_append(history, before, lead_tm_series_tm(series, known - 1));
}

lead_status lead_brain_alloc(const lead_scenario *scenario, const lead_policy *from,
                             const lead_topology *topology, const lead_tm_series *series, int first,
                             int known, lead_brain *brain) {
    lead_policy policy = *from;
    lead_tm_series *history;
    LEAD_TRY(lead_load_fit(scenario, from, topology, series, first, &brain->fit));
    LEAD_TRY(lead_experts_find(scenario, from, topology, series, first, &brain->experts));
    LEAD_TRY(lead_load_tunnels(from, topology, &brain->tunnels));
    const int64_t step = (int64_t)llround(scenario->engine_options.epoch);
    LEAD_TRY(lead_tm_series_slice(series, 0, known, &history));
    lead_status status = fill_last(from, series, known, step, history);
    if (status != LEAD_OK) {
        lead_tm_series_free(history);
        return status;
    }
    policy.te_options.tunnels = brain->tunnels;
    policy.predictor_options.experts = brain->experts.experts;
    policy.predictor_options.expert_count = brain->experts.count;
    policy.predictor_options.truth = series;
    policy.predictor_options.fit = brain->fit;
    LEAD_TRY(lead_controller_alloc(topology, &policy, history, step, &brain->controller));
    lead_warn_of_short_history(
        from, brain->controller, known, lead_tm_series_length(series) - known,
        ". More are known with a larger `history`, or a `start` later in the file");
    return LEAD_OK;
}

void lead_brain_free(lead_brain *brain) {
    lead_controller_free(brain->controller);
    lead_tm_series_free(brain->fit);
    lead_experts_free(&brain->experts);
    lead_routing_free(brain->tunnels);
    *brain = (lead_brain){0};
}
