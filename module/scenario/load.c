/* The network and the TMs that a scenario names. */
#include "base/expects.h"
#include "formats/text/yaml.h"
#include "options/scenario_options.h"
#include "options/traffic_options.h"
#include <lead/formats.h>
#include <lead/scenario.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t step_of(const lead_scenario *scenario) {
    return (int64_t)llround(scenario->engine_options.epoch);
}

/* Times on another grid or of another zone would leave every TM in. */
static void say_unmatched(const lead_scenario *scenario, const lead_tm_series *all,
                          const lead_tm_series *left, const int64_t *times, int count) {
    int length = lead_tm_series_length(all), inside = 0;
    for (int i = 0; i < count && length > 0; i++)
        inside += times[i] >= lead_tm_series_time(all, 0) &&
                  times[i] <= lead_tm_series_time(all, length - 1);
    /* A part of the file may lie where there is nothing to suspect; all of it, hardly. */
    if (lead_tm_series_length(left) < length || (inside == 0 && scenario->start != INT64_MIN) ||
        count == 0)
        return;
    lead_yaml_warn(scenario->path, "traffic.tm.suspect",
                   "none of its times is one of a TM: no TM is left out");
}

static lead_status read_without_suspects(const lead_scenario *scenario,
                                         const lead_tm_reading *reading, lead_tm_series **out) {
    lead_tm_series *all = NULL;
    int64_t *times = NULL;
    int count;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_times_read(scenario->suspect_file, &times, &count));
    LEAD_TRY_FREE(lead_tm_series_read(scenario->tm_file, reading, &all));
    LEAD_TRY_FREE(lead_tm_series_without(all, times, count, out));
    say_unmatched(scenario, all, *out, times, count);
fail:
    free(times);
    lead_tm_series_free(all);
    return status;
}

static lead_status read_file(const lead_scenario *scenario, const lead_topology *topology,
                             lead_tm_series **out) {
    int64_t step = step_of(scenario);
    lead_tm_reading reading = {
        .topology = topology, .unit = scenario->unit, .step = (double)step, .from = INT64_MIN};
    if (scenario->start != INT64_MIN) {
        reading.from = scenario->start - scenario->history * step;
        reading.to = scenario->epochs > 0 ? scenario->start + scenario->epochs * step : 0;
    }
    return scenario->suspect_file ? read_without_suspects(scenario, &reading, out)
                                  : lead_tm_series_read(scenario->tm_file, &reading, out);
}

static lead_status generate(const lead_scenario *scenario, const lead_topology *topology,
                            lead_tm_series **out) {
    lead_synthetic model = scenario->synthetic;
    model.step = step_of(scenario);
    model.start = scenario->start - scenario->history * model.step;
    model.epochs = scenario->history + scenario->epochs;
    return lead_synthetic_generate(&model, topology, out);
}

/* The mean of the TMs [from, to) as the TM of `time`. */
static lead_status append_mean(const lead_tm_series *all, int from, int to, int64_t time,
                               double *mean, lead_tm_series *out) {
    size_t n = (size_t)lead_tm_series_node_count(all);
    memset(mean, 0, n * n * sizeof *mean);
    for (int i = from; i < to; i++)
        for (size_t od = 0; od < n * n; od++)
            mean[od] += lead_tm_series_tm(all, i)[od] / (to - from);
    return lead_tm_series_append(out, time, mean);
}

/* Means over the epochs, on the grid of the start; an epoch that lacks a TM is left out. */
static lead_status fill_means(const lead_scenario *scenario, const lead_tm_series *all,
                              double *mean, lead_tm_series *out) {
    int64_t epoch = step_of(scenario), step = lead_tm_series_step(all);
    int length = lead_tm_series_length(all), lacking = 0;
    int64_t origin = scenario->start != INT64_MIN ? scenario->start : lead_tm_series_time(all, 0);
    for (int from = 0, to; from < length; from = to) {
        int64_t time = lead_tm_series_time(all, from) - origin;
        time = origin + (time >= 0 ? time / epoch : -((epoch - 1 - time) / epoch)) * epoch;
        for (to = from; to < length && lead_tm_series_time(all, to) < time + epoch; to++)
            continue;
        if ((to - from) * step != epoch)
            lacking++;
        else
            LEAD_TRY(append_mean(all, from, to, time, mean, out));
    }
    if (lacking > 0)
        lead_log(LEAD_LOG_WARNING, "%s: %d epochs of %lld s lack some of their TMs: left out",
                 scenario->tm_file, lacking, (long long)epoch);
    return LEAD_OK;
}

/* The TMs of a finer grid become those of epochs. */
static lead_status aggregate(const lead_scenario *scenario, lead_tm_series **series) {
    size_t n = (size_t)lead_tm_series_node_count(*series);
    int64_t step = lead_tm_series_step(*series);
    double *mean = NULL;
    lead_tm_series *out = NULL;
    lead_status status = LEAD_OK;
    if (step == 0 || step == step_of(scenario))
        return LEAD_OK;
    if (step_of(scenario) % step != 0)
        return lead_fail(LEAD_INVALID,
                         "%s: an epoch of %lld s is no multiple of the TMs' %lld s: state another "
                         "time: { epoch: ... }",
                         scenario->tm_file, (long long)step_of(scenario), (long long)step);
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *mean, &mean));
    LEAD_TRY_FREE(lead_tm_series_alloc((int)n, NULL, &out));
    LEAD_TRY_FREE(fill_means(scenario, *series, mean, out));
    lead_tm_series_free(*series);
    *series = out;
    out = NULL;
fail:
    free(mean);
    lead_tm_series_free(out);
    return status;
}

/* Says what to type when the file's TMs are on another grid than the epochs. */
static lead_status check_step(const lead_scenario *scenario, const char *file, int64_t step) {
    long long epoch = step_of(scenario);
    if (step == 0 || step == epoch)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "%s: its TMs are %lld s apart and an epoch is %lld s: state time: { epoch: "
                     "%lld s }%s",
                     file, (long long)step, epoch, (long long)step,
                     epoch % step == 0 ? ", or traffic: { tm: { aggregate: mean } }" : "");
}

/* The index of the first epoch; then every epoch must be there, one step after the other. */
static lead_status check_epochs(const lead_scenario *scenario, const lead_tm_series *series,
                                int *first) {
    int length = lead_tm_series_length(series);
    const char *file = scenario->tm_file ? scenario->tm_file : "the synthetic TMs";
    char text[LEAD_TIME_LENGTH + 1];
    if (length == 0)
        return lead_fail(LEAD_INVALID, "%s: there are no TMs in the time that is asked for", file);
    int64_t start = scenario->start == INT64_MIN ? lead_tm_series_time(series, 0) : scenario->start;
    *first = lead_tm_series_find(series, start);
    lead_time_format(start, text);
    if (*first < 0)
        return lead_fail(LEAD_INVALID, "%s: there is no TM of %s, where the scenario starts", file,
                         text);
    int epochs = scenario->epochs > 0 ? scenario->epochs : length - *first;
    for (int i = 0; i < epochs; i++) {
        int64_t wanted = start + i * step_of(scenario);
        lead_time_format(wanted, text);
        if (*first + i < length && lead_tm_series_time(series, *first + i) == wanted)
            continue;
        LEAD_TRY(check_step(scenario, file, lead_tm_series_step(series)));
        return lead_fail(LEAD_INVALID,
                         "%s: there is no TM of %s (epoch %d; epochs are %lld s apart)", file, text,
                         i, (long long)step_of(scenario));
    }
    return LEAD_OK;
}

/* Without the TMs behind the last epoch. */
static lead_status cut_epochs(const lead_scenario *scenario, int first, lead_tm_series **series) {
    lead_tm_series *part;
    if (scenario->epochs == 0 || lead_tm_series_length(*series) <= first + scenario->epochs)
        return LEAD_OK;
    LEAD_TRY(lead_tm_series_slice(*series, 0, first + scenario->epochs, &part));
    lead_tm_series_free(*series);
    *series = part;
    return LEAD_OK;
}

/* Whose an event is that is no policy of the scenario's is said: it may be of those that --policy
 * left out. */
static void say_unknown_policies(const lead_scenario *scenario, int event) {
    const char *at = scenario->events[event].policies;
    if (at && !at[strspn(at, ", ")])
        lead_log(LEAD_LOG_WARNING, "events[%d].policies: it names no policy", event);
    for (size_t word; at && *(at += strspn(at, ", ")); at += word) {
        char name[61];
        bool known = false;
        word = strcspn(at, ", ");
        snprintf(name, sizeof name, "%.*s", (int)word, at);
        lead_nearest nearest = {.word = name};
        for (int i = 0; i < scenario->policy_count; i++) {
            lead_nearest_offer(&nearest, scenario->policies[i].name);
            known = known || (strlen(scenario->policies[i].name) == word &&
                              strncmp(scenario->policies[i].name, at, word) == 0);
        }
        if (!known)
            lead_log(LEAD_LOG_WARNING, "events[%d].policies: \"%s\" is no policy of this run%s",
                     event, name, lead_nearest_hint(&nearest));
    }
}

/* Faults of forecasts strike those who make some. */
static void say_without_forecasts(const lead_scenario *scenario, int event) {
    const lead_event *it = &scenario->events[event];
    int struck = 0;
    if (it->kind != LEAD_EVENT_FORECAST_FAULT)
        return;
    for (int i = 0; i < scenario->policy_count; i++) {
        const lead_policy *policy = &scenario->policies[i];
        bool named = lead_event_strikes(it, policy->name);
        struck += named && policy->predictor;
        if (it->policies && named && !policy->predictor)
            lead_log(
                LEAD_LOG_WARNING,
                "events[%d]: policy \"%s\" makes no forecasts: the fault changes nothing of it",
                event, policy->name);
    }
    if (struck == 0 && !it->policies)
        lead_log(LEAD_LOG_WARNING,
                 "events[%d]: no policy of this run makes forecasts: the fault changes nothing",
                 event);
}

/* Links that an engine cannot simulate, from the start or after an event. */
static lead_status check_capacity(const lead_scenario *scenario, const lead_subject *subject,
                                  int link, double capacity, const char *key) {
    char name[96], when[40] = "";
    lead_status status =
        lead_engine_check_capacity(scenario->engine, &scenario->engine_options, capacity);
    if (status == LEAD_OK)
        return LEAD_OK;
    lead_topology_link_name(subject->topology, link, name);
    if (strcmp(key, "events") == 0)
        snprintf(when, sizeof when, " after an event");
    lead_fail_within(status, "link %s%s", name, when);
    return lead_yaml_fail_within(scenario->path, key, status);
}

static lead_status check_capacities(const lead_scenario *scenario, const lead_subject *subject) {
    const lead_topology *topology = subject->topology;
    int epochs = lead_tm_series_length(subject->series) - subject->first;
    for (int e = 0; e < lead_topology_link_count(topology); e++)
        LEAD_TRY(check_capacity(scenario, subject, e, lead_topology_link(topology, e)->capacity,
                                "topology"));
    for (int epoch = 0; epoch < epochs; epoch++) {
        const lead_network_change *changes;
        int count = lead_timeline_changes(subject->timeline, epoch, &changes);
        for (int i = 0; i < count; i++)
            if (changes[i].capacity > 0)
                LEAD_TRY(check_capacity(scenario, subject, changes[i].link, changes[i].capacity,
                                        "events"));
    }
    return LEAD_OK;
}

/* The scenario's events over what was loaded. */
static lead_status make_timeline(const lead_scenario *scenario, lead_subject *subject) {
    lead_event_span span = {
        .start = lead_tm_series_time(subject->series, subject->first),
        .epoch = scenario->engine_options.epoch,
        .epochs = lead_tm_series_length(subject->series) - subject->first,
        .seed = scenario->seed,
    };
    char key[LEAD_EVENT_KEY];
    lead_status status = lead_timeline_alloc(scenario->events, scenario->event_count,
                                             subject->topology, &span, key, &subject->timeline);
    for (int i = 0; status == LEAD_OK && i < scenario->event_count; i++) {
        say_unknown_policies(scenario, i);
        say_without_forecasts(scenario, i);
    }
    if (status != LEAD_OK)
        return *key ? lead_yaml_fail_within(scenario->path, key, status) : status;
    return check_capacities(scenario, subject);
}

/* Says which pairs have traffic in some epoch and no path from the start: no plan is for them. */
static lead_status say_cut_off(const lead_scenario *scenario, const lead_topology *topology,
                               const lead_tm_series *series, int first) {
    size_t n = (size_t)lead_topology_node_count(topology);
    double *all;
    LEAD_TRY(lead_calloc(n * n, sizeof *all, &all));
    for (int i = first; i < lead_tm_series_length(series); i++)
        for (size_t od = 0; od < n * n; od++)
            all[od] += od / n == od % n ? 0 : lead_tm_series_tm(series, i)[od];
    lead_status status = lead_topology_check_connected(topology, all);
    free(all);
    if (status != LEAD_INFEASIBLE)
        return status;
    lead_log(
        LEAD_LOG_WARNING,
        "%s: %s, and there may be others: their demand counts as disconnected (if edges of the "
        "file are cables of both directions, state directions: both)",
        scenario->topology_file, lead_last_message());
    return LEAD_OK;
}

static lead_status read_tms(const lead_scenario *scenario, lead_subject *out) {
    LEAD_TRY(scenario->tm_file ? read_file(scenario, out->topology, &out->series)
                               : generate(scenario, out->topology, &out->series));
    if (scenario->aggregate)
        LEAD_TRY(aggregate(scenario, &out->series));
    lead_status status = check_epochs(scenario, out->series, &out->first);
    if (status != LEAD_OK)
        return lead_yaml_fail_within(
            scenario->path, scenario->tm_file ? "traffic.tm" : "traffic.synthetic", status);
    return cut_epochs(scenario, out->first, &out->series);
}

lead_status lead_scenario_check_events(const lead_scenario *scenario, const lead_subject *subject) {
    LEAD_EXPECTS(scenario && subject && subject->topology && subject->series);
    lead_subject tried = *subject; /* borrowed, but for the timeline */
    tried.timeline = NULL;
    lead_status status = make_timeline(scenario, &tried);
    lead_timeline_free(tried.timeline);
    return status;
}

bool lead_scenario_same_traffic(const lead_scenario *a, const lead_scenario *b) {
    LEAD_EXPECTS(a && b);
    return strcmp(a->topology_file, b->topology_file) == 0 && step_of(a) == step_of(b) &&
           lead_options_equal(&lead_topology_section, &a->topology_reading, &b->topology_reading) &&
           lead_options_equal(&lead_tm_section, a, b) &&
           (a->tm_file ||
            lead_options_equal(&lead_synthetic_section, &a->synthetic, &b->synthetic));
}

void lead_subject_free(lead_subject *subject) {
    lead_timeline_free(subject->timeline);
    lead_tm_series_free(subject->series);
    lead_topology_free(subject->topology);
    *subject = (lead_subject){0};
}

/* The links whose packets are asked for are there. */
static lead_status check_pcap(const lead_scenario *scenario, const lead_topology *topology) {
    const char *links = scenario->engine_options.pcap;
    unsigned char *named;
    if (!links)
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)lead_topology_link_count(topology), 1, &named));
    lead_status status = lead_topology_parse_links(topology, links, named);
    free(named);
    return status == LEAD_OK ? LEAD_OK
                             : lead_yaml_fail_within(scenario->path, "outputs.pcap", status);
}

lead_status lead_scenario_read_traffic(const lead_scenario *scenario, lead_subject *out) {
    LEAD_EXPECTS(scenario && out);
    lead_status status = LEAD_OK;
    *out = (lead_subject){0};
    LEAD_TRY_FREE(
        lead_topology_read(scenario->topology_file, &scenario->topology_reading, &out->topology));
    LEAD_TRY_FREE(check_pcap(scenario, out->topology));
    LEAD_TRY_FREE(read_tms(scenario, out));
    return LEAD_OK;
fail:
    lead_subject_free(out);
    return status;
}

lead_status lead_scenario_shape_traffic(const lead_scenario *scenario, lead_subject *subject) {
    LEAD_EXPECTS(scenario && subject && subject->topology && subject->series && !subject->timeline);
    LEAD_TRY(make_timeline(scenario, subject));
    LEAD_TRY(say_cut_off(scenario, subject->topology, subject->series, subject->first));
    LEAD_TRY(lead_tm_series_scale(subject->series, scenario->load_factor));
    return lead_timeline_shape(subject->timeline, subject->series, subject->first);
}

lead_status lead_scenario_load(const lead_scenario *scenario, lead_subject *out) {
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_scenario_read_traffic(scenario, out));
    LEAD_TRY_FREE(lead_scenario_shape_traffic(scenario, out));
    return LEAD_OK;
fail:
    lead_subject_free(out);
    return status;
}
