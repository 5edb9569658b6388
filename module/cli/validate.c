/* `lead validate`: whether a scenario is in order, without running it. */
#include "cli/cli.h"
#include <lead/run.h>
#include <math.h>

/* Packets of one policy's run, about: the demands' bytes over the epochs that are simulated. */
static double packets(const lead_scenario *scenario, const lead_subject *subject) {
    const lead_engine_options *options = &scenario->engine_options;
    const lead_tm_series *series = subject->series;
    double bits = 0;
    for (int i = subject->first; i < lead_tm_series_length(series); i++)
        bits += lead_tm_total(lead_tm_series_tm(series, i), lead_tm_series_node_count(series));
    return bits * options->simulated * options->rate_scale / (8 * options->packet_bytes);
}

/* The factor of the load, from the epoch with the most traffic. */
static lead_status load_factor(const lead_scenario *scenario, const lead_subject *subject,
                               double *factor) {
    const lead_tm_series *series = subject->series;
    int n = lead_tm_series_node_count(series), busiest = subject->first;
    double optimum = 0;
    *factor = 1;
    if (scenario->load_peak == 0)
        return LEAD_OK;
    for (int i = subject->first; i < lead_tm_series_length(series); i++)
        if (lead_tm_total(lead_tm_series_tm(series, i), n) >
            lead_tm_total(lead_tm_series_tm(series, busiest), n))
            busiest = i;
    LEAD_TRY(lead_run_optimum(NULL, 1, subject->topology, series, busiest, 1, &optimum));
    *factor = optimum > 0 ? scenario->load_peak / optimum : 1;
    return LEAD_OK;
}

/* What the packet engine has before it; long runs are said before they are begun. */
static lead_status print_packets(const lead_scenario *scenario, const lead_subject *subject) {
    double factor;
    LEAD_TRY(load_factor(scenario, subject, &factor));
    double count = factor * packets(scenario, subject);
    printf("about %.3g packets a policy (%g s of each epoch are simulated, rates times %g)\n",
           count, scenario->engine_options.simulated, scenario->engine_options.rate_scale);
    if (count > 1e8)
        lead_log(LEAD_LOG_WARNING,
                 "that is long: state time: { simulated: 2 s, rate_scale: 1e-3 } or less, or "
                 "engine: fluid");
    return LEAD_OK;
}

static lead_status try_policy(const lead_scenario *scenario, int index,
                              const lead_subject *subject) {
    const lead_policy *policy = &scenario->policies[index];
    const int epochs = lead_tm_series_length(subject->series) - subject->first;
    lead_trial trial;
    LEAD_TRY(lead_run_try(scenario, index, subject, &trial));
    printf("  %s: %s -> %s -> %s; %d laps, the first took %.2g s\n", policy->name,
           policy->estimator->name, policy->predictor ? policy->predictor->name : "(no forecast)",
           policy->te->name, (epochs + policy->every - 1) / policy->every, trial.seconds);
    if (*trial.fallback &&
        subject->first > 0) /* without any past TM there is nothing to plan for yet */
        lead_log(LEAD_LOG_WARNING, "policy \"%s\": the first lap falls back, %s", policy->name,
                 trial.fallback);
    return LEAD_OK;
}

enum { EVENTS_SHOWN = 12 };

/* What will happen, and when. */
static void print_events(const lead_scenario *scenario, const lead_subject *subject) {
    int count = lead_timeline_happenings(subject->timeline);
    int64_t start = lead_tm_series_time(subject->series, subject->first);
    double epoch = scenario->engine_options.epoch;
    for (int i = 0; i < count && i < EVENTS_SHOWN; i++) {
        lead_happening it = lead_timeline_happening(subject->timeline, i);
        char time[LEAD_TIME_LENGTH + 1], plain[120];
        lead_time_format(start + (int64_t)it.from, time);
        printf("  %s, epoch %.0f: %s %s", time, floor(it.from / epoch),
               lead_event_kind_name(it.kind), lead_printable(it.target, plain, sizeof plain));
        if (it.to > it.from && isfinite(it.to))
            printf(", for %g s", it.to - it.from);
        printf("\n");
    }
    if (count > EVENTS_SHOWN)
        printf("  ... and %d more events\n", count - EVENTS_SHOWN);
}

static void say_without_delays(const lead_scenario *scenario, const lead_topology *topology) {
    int count = lead_topology_link_count(topology);
    for (int e = 0; e < count; e++)
        if (lead_topology_link(topology, e)->delay > 0)
            return;
    if (count > 0)
        printf("no link has a delay: %s states neither delays nor places of nodes\n",
               scenario->topology_file);
}

static lead_status describe(const lead_scenario *scenario) {
    lead_subject subject;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_scenario_load(scenario, &subject));
    printf("%s: %d nodes, %d links; %d epochs of %g s after %d past TMs; %s engine, seed %llu\n",
           scenario->name, lead_topology_node_count(subject.topology),
           lead_topology_link_count(subject.topology),
           lead_tm_series_length(subject.series) - subject.first, scenario->engine_options.epoch,
           subject.first, scenario->engine->name, (unsigned long long)scenario->seed);
    say_without_delays(scenario, subject.topology);
    if (scenario->engine->packets)
        LEAD_TRY_FREE(print_packets(scenario, &subject));
    print_events(scenario, &subject);
    for (int i = 0; i < scenario->policy_count; i++)
        LEAD_TRY_FREE(try_policy(scenario, i, &subject));
    printf("up to %.0f MB a policy, and as many at a time as there are cores (--jobs)\n",
           lead_cli_peak_memory() / 1e6);
fail:
    lead_subject_free(&subject);
    return status;
}

static lead_status check(const char *path, const char *data, const lead_overrides *overrides) {
    lead_scenario *scenario;
    LEAD_TRY(lead_scenario_read_with(path, data, overrides, &scenario));
    lead_status status = describe(scenario);
    lead_scenario_free(scenario);
    return status;
}

lead_status lead_cli_validate(int argc, char **argv) {
    const char *data = NULL;
    lead_cli_overrides changes;
    const lead_cli_option options[] = {{"data", &data, NULL, NULL},
                                       {"set", NULL, NULL, &changes.sets},
                                       {"engine", &changes.engine, NULL, NULL},
                                       {"policy", &changes.policies, NULL, NULL},
                                       {"event", NULL, NULL, &changes.events}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_overrides_alloc(argc, &changes));
    lead_status status =
        lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count);
    if (status == LEAD_OK && count != 1)
        status = lead_fail(LEAD_INVALID, "validate takes one scenario");
    if (status == LEAD_OK)
        status = check(rest[0], data, lead_cli_overrides_of(&changes));
    lead_cli_overrides_free(&changes);
    return status;
}

/* Its name in earlier releases. */
lead_status lead_cli_check(int argc, char **argv) {
    lead_log(LEAD_LOG_WARNING,
             "`lead check` is called `lead validate` now; this name goes with the "
             "next release");
    argv[0] = (char[]){"validate"};
    return lead_cli_validate(argc, argv);
}
