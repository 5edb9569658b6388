/* `lead test`: whether routing policies are as good as when somebody last accepted them. */
#include "cli/cli.h"
#include <lead/baseline.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 4 }; /* metrics of a policy */

typedef struct command {
    lead_cli_overrides changes;
    lead_baseline_options options;
    const char *jobs_text, *junit;
    char **scenarios;
    int count;
    lead_baseline_report **reports;
} command;

/* --- what is shown ---------------------------------------------------------------------------- */

static void print_metric(const lead_baseline_metric *metric) {
    double change = metric->after / metric->before - 1;
    printf("    %-22s %.4g -> %.4g", metric->name, metric->before, metric->after);
    if (isfinite(change) && change != 0)
        printf(" (%+.3g %%)", 100 * change);
    printf(", %s\n", metric->why);
}

/* The metrics of a verdict, the first of them. */
static void print_metrics(const lead_baseline_policy *policy, lead_verdict verdict) {
    int more = 0, shown = 0;
    for (int i = 0; i < policy->metric_count; i++) {
        if (policy->metrics[i].verdict != verdict)
            continue;
        if (shown++ < SHOWN)
            print_metric(&policy->metrics[i]);
        else
            more++;
    }
    if (more > 0)
        printf("    ... and %d more\n", more);
}

/* Lines of text, each two blanks deeper. */
static void print_lines(const char *text) {
    while (*text) {
        int length = (int)strcspn(text, "\n");
        printf("    %.*s\n", length, text);
        text += length;
        text += *text == '\n';
    }
}

static void print_policy(const lead_baseline_policy *policy, bool updated) {
    if (policy->verdict == LEAD_VERDICT_SAME)
        return;
    printf("  %s: %s%s%s\n", policy->name, lead_verdict_name(policy->verdict),
           policy->problem ? ": " : "", policy->problem ? policy->problem : "");
    print_metrics(policy, LEAD_VERDICT_WORSE);
    print_metrics(policy, LEAD_VERDICT_BETTER);
    if (updated)
        print_metrics(policy, LEAD_VERDICT_WITHIN);
    if (policy->first && policy->verdict >= LEAD_VERDICT_BETTER)
        print_lines(policy->first);
}

static void print_report(const lead_baseline_report *report) {
    const char *verdict = report->problem ? "FAILED" : lead_verdict_name(report->verdict);
    printf("%-30s %-7s %d policies, %.1f s%s\n", report->name, verdict, report->policy_count,
           report->seconds, report->updated ? ", accepted" : "");
    if (report->problem)
        printf("  %s\n", report->problem);
    for (int i = 0; i < report->policy_count; i++)
        print_policy(&report->policies[i], report->updated);
    if (report->note && report->verdict != LEAD_VERDICT_SAME)
        printf("  %s\n", report->note);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Names of cases and folders are the scenarios': each must have its own. */
static lead_status check_name(const command *self, int index) {
    for (int i = 0; i < index; i++)
        if (strcmp(self->reports[i]->name, self->reports[index]->name) == 0)
            return lead_fail(LEAD_INVALID,
                             "%s and %s are both named %s: another name: in one of them",
                             self->scenarios[i], self->scenarios[index], self->reports[i]->name);
    return LEAD_OK;
}

/* OUT/test.json, which `lead report OUT` reads. */
static lead_status write_json(const command *self) {
    char path[4200];
    const char *out = self->options.out ? self->options.out : "out/test";
    snprintf(path, sizeof path, "%s/test.json", out);
    LEAD_TRY(lead_directory_make(out));
    return lead_baseline_write_json(self->reports, self->count, path);
}

/* One after the other; how many are worse. */
static lead_status run_all(command *self, int *worse) {
    *worse = 0;
    LEAD_TRY(lead_calloc((size_t)self->count, sizeof *self->reports, &self->reports));
    for (int i = 0; i < self->count; i++) {
        LEAD_TRY(lead_baseline_test(self->scenarios[i], &self->options, &self->reports[i]));
        const lead_baseline_report *report = self->reports[i];
        LEAD_TRY(check_name(self, i));
        print_report(report);
        fflush(stdout);
        *worse += report->problem || (report->verdict == LEAD_VERDICT_WORSE && !report->updated);
    }
    if (self->junit)
        LEAD_TRY(lead_baseline_write_junit(self->reports, self->count, self->junit));
    return write_json(self);
}

/* The next test without them would find another policy. */
static void warn_of_overrides(const lead_cli_overrides *changes) {
    const struct {
        const char *name;
        bool given;
    } all[] = {{"--set", changes->sets.count > 0},
               {"--event", changes->events.count > 0},
               {"--engine", changes->engine}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].given)
            lead_log(LEAD_LOG_WARNING,
                     "--update accepts runs that %s makes other than the scenario files say",
                     all[i].name);
}

static lead_status parse(int argc, char **argv, command *self) {
    const lead_cli_option options[] = {{"data", &self->options.data, NULL, NULL},
                                       {"out", &self->options.out, NULL, NULL},
                                       {"jobs", &self->jobs_text, NULL, NULL},
                                       {"junit", &self->junit, NULL, NULL},
                                       {"update", NULL, &self->options.update, NULL},
                                       {"set", NULL, NULL, &self->changes.sets},
                                       {"event", NULL, NULL, &self->changes.events},
                                       {"engine", &self->changes.engine, NULL, NULL}};
    double jobs = 0;
    LEAD_TRY(lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &self->scenarios,
                            &self->count));
    if (self->count < 1)
        return lead_fail(LEAD_INVALID, "test takes one scenario or more");
    lead_cli_number(self->jobs_text, &jobs);
    self->options.jobs = (int)jobs;
    self->options.overrides = lead_cli_overrides_of(&self->changes);
    if (self->options.update)
        warn_of_overrides(&self->changes);
    return LEAD_OK;
}

static void command_free(command *self) {
    for (int i = 0; self->reports && i < self->count; i++)
        lead_baseline_report_free(self->reports[i]);
    free(self->reports);
    lead_cli_overrides_free(&self->changes);
}

lead_status lead_cli_test(int argc, char **argv) {
    command self = {.count = 0};
    int worse = 0;
    LEAD_TRY(lead_cli_overrides_alloc(argc, &self.changes));
    lead_status status = parse(argc, argv, &self);
    if (status == LEAD_OK)
        status = run_all(&self, &worse);
    if (status == LEAD_OK && worse > 0)
        status = lead_fail(LEAD_INVALID, "%d of %d scenarios are worse than their baseline%s",
                           worse, self.count,
                           self.options.update ? "" : " (--update accepts what is on purpose)");
    command_free(&self);
    return status;
}
