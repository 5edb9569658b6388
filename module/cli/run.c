/* `lead run`: a scenario, a table. */
#include "cli/cli.h"
#include <lead/run.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number in `width` columns, "-" where there is none. */
static void cell(int width, int decimals, double value) {
    if (isfinite(value))
        printf(" %*.*f", width, decimals, value);
    else
        printf(" %*s", width, "-");
}

enum { NAME_WIDTH = 11 };

/* A name that has no room in its column gets a line of its own. */
static void print_name(const char *name) {
    bool fits = strlen(name) <= NAME_WIDTH;
    printf(fits ? "%-*s" : "%-*s\n", NAME_WIDTH, name);
    if (!fits)
        printf("%*s", NAME_WIDTH, "");
}

static void print_table(const lead_summary *summary) {
    printf("             MLU over optimum       MLU  loss      delay, ms moved forecast fell\n");
    printf("policy        mean    p99    max    p99     %%    mean    p99     %%    nrmse back\n");
    for (int i = 0; i < summary->policy_count; i++) {
        const lead_policy_summary *policy = &summary->policies[i];
        print_name(policy->name);
        cell(6, 3, policy->mlu_over_optimum.mean);
        cell(6, 3, policy->mlu_over_optimum.p99);
        cell(6, 3, policy->mlu_over_optimum.max);
        cell(6, 3, policy->mlu.p99);
        cell(5, 2, 100 * policy->loss_fraction);
        cell(7, 1, 1e3 * policy->delay_mean);
        cell(6, 1, 1e3 * policy->delay_p99);
        cell(5, 1, 100 * policy->moved_fraction);
        cell(8, 4, policy->nrmse);
        printf(" %4d\n", policy->fallbacks);
    }
}

/* Of TCP flows, where there are any. */
static void print_flow_times(const lead_summary *summary) {
    bool any = false;
    for (int i = 0; i < summary->policy_count; i++)
        any = any || isfinite(summary->policies[i].flow_time_mean);
    if (!any)
        return;
    printf("\n             TCP flows, s\npolicy          mean      p99\n");
    for (int i = 0; i < summary->policy_count; i++) {
        print_name(summary->policies[i].name);
        cell(8, 4, summary->policies[i].flow_time_mean);
        cell(8, 4, summary->policies[i].flow_time_p99);
        printf("\n");
    }
}

/* Why traffic was lost, where it was not full queues alone. */
static void print_losses(const lead_summary *summary) {
    bool any = false;
    for (int i = 0; i < summary->policy_count; i++)
        any = any || summary->policies[i].loss_transient > 0 ||
              summary->policies[i].loss_disconnected > 0;
    if (!any)
        return;
    printf("\n             lost, %% of the traffic: queues, before re-routing, without a path\n"
           "policy           all   queues  re-routing     path\n");
    for (int i = 0; i < summary->policy_count; i++) {
        const lead_policy_summary *policy = &summary->policies[i];
        print_name(policy->name);
        cell(8, 4, 100 * policy->loss_fraction);
        cell(8, 4, 100 * policy->loss_congestion);
        cell(11, 4, 100 * policy->loss_transient);
        cell(8, 4, 100 * policy->loss_disconnected);
        printf("\n");
    }
}

static bool same_gaps(const lead_summary *summary) {
    const lead_policy_summary *first = &summary->policies[0];
    for (int i = 1; i < summary->policy_count; i++)
        if (summary->policies[i].gap_epochs != first->gap_epochs ||
            summary->policies[i].gap_pairs != first->gap_pairs)
            return false;
    return true;
}

/* Of the policy with the most: a blackout by load is another one under other routes. */
static void print_gaps(const lead_summary *summary) {
    const lead_policy_summary *most = &summary->policies[0];
    for (int i = 1; i < summary->policy_count; i++)
        if (summary->policies[i].gap_pairs > most->gap_pairs)
            most = &summary->policies[i];
    if (most->gap_epochs == 0)
        return;
    printf("\nGaps: %d of %d epochs lacked counts of OD pairs, %.3g pairs a mean epoch,\n"
           "which `measure` filled",
           most->gap_epochs, most->epochs, most->gap_pairs);
    if (same_gaps(summary))
        printf(".\n");
    else
        printf(" (policy %s, the most; summary.csv has all).\n", most->name);
}

/* What a policy's numbers are worth when it mostly did something else. */
static void tell_fallbacks(const lead_summary *summary) {
    for (int i = 0; i < summary->policy_count; i++) {
        const lead_policy_summary *policy = &summary->policies[i];
        if (policy->fallbacks <= 2 || 50 * policy->fallbacks < policy->epochs)
            continue;
        lead_log(LEAD_LOG_WARNING,
                 "policy \"%s\" fell back in %d of %d epochs, in %d of them on %s", policy->name,
                 policy->fallbacks, policy->epochs, policy->fallback_why_epochs,
                 policy->fallback_why ? policy->fallback_why : "?");
    }
}

static lead_status run(const char *path, const char *data, const lead_overrides *overrides,
                       lead_run_options *options) {
    lead_scenario *scenario = NULL;
    lead_summary *summary = NULL;
    char out[400];
    lead_cli_progress shown = {.what = "epochs"};
    LEAD_TRY(lead_scenario_read_with(path, data, overrides, &scenario));
    snprintf(out, sizeof out, "out/%.300s", scenario->name);
    options->out = options->out ? options->out : out;
    options->progress = lead_cli_progress_show;
    options->progress_data = &shown;
    double started = lead_clock_seconds();
    lead_status status = lead_run(scenario, options, &summary);
    if (status != LEAD_OK)
        lead_cli_progress_end(&shown);
    if (summary && summary->policy_count > 0) {
        char seconds[16];
        lead_cli_seconds(lead_clock_seconds() - started, seconds);
        printf("%s: %d epochs of %g s, %s engine, seed %llu (%s)\n\n", summary->scenario,
               summary->policies[0].epochs, scenario->engine_options.epoch, summary->engine,
               (unsigned long long)summary->seed, seconds);
        print_table(summary);
        print_flow_times(summary);
        print_losses(summary);
        print_gaps(summary);
        printf("\nResults (summary.json, summary.csv, NAME/epochs.csv, NAME/links.csv%s) in\n%s\n",
               scenario->event_count > 0 ? ",\nevents.csv" : "", options->out);
        fflush(stdout);
        tell_fallbacks(summary);
    }
    lead_summary_free(summary);
    lead_scenario_free(scenario);
    return status;
}

lead_status lead_cli_run(int argc, char **argv) {
    const char *data = NULL, *jobs_text = NULL, *threads = NULL;
    lead_run_options run_options = {0};
    lead_cli_overrides changes = {0};
    const lead_cli_option options[] = {
        {"out", &run_options.out, NULL, NULL},   {"data", &data, NULL, NULL},
        {"jobs", &jobs_text, NULL, NULL},        {"set", NULL, NULL, &changes.sets},
        {"engine", &changes.engine, NULL, NULL}, {"policy", &changes.policies, NULL, NULL},
        {"event", NULL, NULL, &changes.events},  {"threads", &threads, NULL, NULL}};
    char **rest;
    int count;
    double jobs = 0;
    LEAD_TRY(lead_cli_overrides_alloc(argc, &changes));
    lead_status status =
        lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count);
    if (status == LEAD_OK && count != 1)
        status = lead_fail(LEAD_INVALID, "run takes one scenario");
    if (status == LEAD_OK)
        status = lead_cli_threads(threads);
    lead_cli_number(status == LEAD_OK ? jobs_text : NULL, &jobs);
    run_options.jobs = (int)jobs;
    if (status == LEAD_OK)
        status = run(rest[0], data, lead_cli_overrides_of(&changes), &run_options);
    lead_cli_overrides_free(&changes);
    return status;
}

lead_status lead_cli_run_policy(int argc, char **argv) {
    bool told;
    if (argc != 5)
        return lead_fail(LEAD_INVALID, "run-policy is what `lead run` starts; run that");
    lead_status status = lead_run_child(argv[1], atoi(argv[2]), argv[3], atol(argv[4]), &told);
    if (told)
        exit(1); /* what main would say, the parent does */
    return status;
}
