/* One scenario: run, compared with its baseline, which is replaced when that is asked for. */
#include "base/expects.h"
#include "baseline/first.h"
#include "baseline/judge.h"
#include "scenario/spare.h"
#include <lead/run.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct test {
    const lead_baseline_options *options;
    lead_scenario *scenario;
    lead_rules rules;
    lead_summary *summary;
    lead_kept *before, *now; /* before NULL: there is none */
    char path[4096], out[4096];
    lead_baseline_report *report;
} test;

void lead_baseline_report_free(lead_baseline_report *report) {
    if (!report)
        return;
    for (int i = 0; i < report->policy_count; i++) {
        free(report->policies[i].name);
        free(report->policies[i].metrics);
        free(report->policies[i].problem);
        free(report->policies[i].first);
    }
    free(report->policies);
    free(report->path);
    free(report->name);
    free(report->problem);
    free(report->note);
    free(report);
}

static void test_free(test *self) {
    lead_rules_free(&self->rules);
    lead_summary_free(self->summary);
    lead_kept_free(self->before);
    lead_kept_free(self->now);
    lead_scenario_free(self->scenario);
}

static lead_status set_problem(const char *text, char **problem, lead_verdict *verdict) {
    *verdict = LEAD_VERDICT_WORSE;
    return lead_string_copy(text, problem);
}

/* --- run -------------------------------------------------------------------------------------- */

/* What fails in the run is a problem of the report, not of the caller. */
static lead_status run(test *self) {
    lead_run_options options = {.out = self->out, .jobs = self->options->jobs};
    double started = lead_clock_seconds();
    lead_scenario_spare(self->scenario);
    lead_status status = lead_run(self->scenario, &options, &self->summary);
    self->report->seconds = lead_clock_seconds() - started;
    if (status == LEAD_OK || status == LEAD_MEMORY)
        return status;
    return set_problem(lead_last_message(), &self->report->problem, &self->report->verdict);
}

/* A baseline that cannot be read is a problem of the report, too: other scenarios go on. */
static lead_status read_before(test *self) {
    char text[4200];
    if (access(self->path, F_OK) != 0)
        return LEAD_OK;
    lead_status status = lead_kept_read(self->path, &self->before);
    if (status == LEAD_OK || status == LEAD_MEMORY)
        return status;
    snprintf(text, sizeof text, "%s (where it is removed --update makes another)",
             lead_last_message());
    return set_problem(text, &self->report->problem, &self->report->verdict);
}

/* --- what is other than then ------------------------------------------------------------------ */

static lead_status note_changes(test *self) {
    char text[9000] = "";
    if (strcmp(self->before->build, self->now->build) != 0)
        snprintf(text, sizeof text, "the baseline's build was %.100s, this is %.100s",
                 self->before->build, self->now->build);
    if (strcmp(self->before->data, self->now->data) != 0)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "%sthe baseline's data were %.3000s; these are %.3000s", *text ? "; " : "",
                 self->before->data, self->now->data);
    return *text ? lead_string_copy(text, &self->report->note) : LEAD_OK;
}

/* The rows of then, if they are those of the baseline; a baseline is good without them. */
static lead_status read_rows(const test *self, const lead_kept_policy *before, const char *file,
                             char **text) {
    char path[4096];
    size_t length;
    lead_kept_rows_path(self->path, before->name, file, path);
    return lead_file_read(path, 1 << 28, text, &length);
}

static lead_status read_new_rows(const test *self, const char *policy, const char *file,
                                 char **text) {
    char path[4200];
    size_t length;
    snprintf(path, sizeof path, "%s/%s/%s", self->out, policy, file);
    return lead_file_read(path, 1 << 28, text, &length);
}

static lead_status find_first(const test *self, const lead_kept_policy *before, char **first) {
    char *texts[4] = {NULL}, hex[LEAD_SHA256_HEX];
    lead_status status = LEAD_OK;
    if (read_rows(self, before, "epochs.csv", &texts[0]) != LEAD_OK ||
        read_rows(self, before, "links.csv", &texts[2]) != LEAD_OK)
        goto fail;
    lead_sha256_bytes(texts[0], strlen(texts[0]), hex);
    if (strcmp(hex, before->digest) != 0)
        goto fail;
    LEAD_TRY_FREE(read_new_rows(self, before->name, "epochs.csv", &texts[1]));
    LEAD_TRY_FREE(read_new_rows(self, before->name, "links.csv", &texts[3]));
    status = lead_first_change(texts[0], texts[1], texts[2], texts[3], first);
fail:
    for (int i = 0; i < 4; i++)
        free(texts[i]);
    return status;
}

/* --- verdicts --------------------------------------------------------------------------------- */

static lead_status judge_policy(test *self, int index, lead_baseline_policy *out) {
    const lead_kept_policy *now = &self->now->policies[index],
                           *before = self->before ? lead_kept_find(self->before, now->name) : NULL;
    lead_judged what = {self->scenario, self->summary, &self->rules, before, index};
    LEAD_TRY(lead_string_copy(now->name, &out->name));
    LEAD_TRY(lead_judge(&what, out));
    if (self->before && !before)
        return set_problem("the baseline has no such policy", &out->problem, &out->verdict);
    if (!before || strcmp(before->digest, now->digest) == 0)
        return LEAD_OK;
    if (out->verdict == LEAD_VERDICT_SAME)
        out->verdict = LEAD_VERDICT_WITHIN; /* other epochs, the same numbers */
    return find_first(self, before, &out->first);
}

/* Policies that the baseline has and the run has not. */
static lead_status add_gone(test *self, lead_baseline_report *report) {
    for (int i = 0; self->before && i < self->before->policy_count; i++) {
        const char *name = self->before->policies[i].name;
        if (lead_kept_find(self->now, name))
            continue;
        lead_baseline_policy *gone = &report->policies[report->policy_count++];
        LEAD_TRY(lead_string_copy(name, &gone->name));
        LEAD_TRY(set_problem("the scenario has it no more", &gone->problem, &gone->verdict));
    }
    return LEAD_OK;
}

static lead_status judge(test *self) {
    lead_baseline_report *report = self->report;
    size_t most =
        (size_t)self->now->policy_count + (self->before ? (size_t)self->before->policy_count : 0);
    LEAD_TRY(lead_calloc(most, sizeof *report->policies, &report->policies));
    for (int i = 0; i < self->now->policy_count; i++)
        LEAD_TRY(judge_policy(self, i, &report->policies[report->policy_count++]));
    LEAD_TRY(add_gone(self, report));
    for (int i = 0; i < report->policy_count; i++)
        if (report->policies[i].verdict > report->verdict)
            report->verdict = report->policies[i].verdict;
    return self->before ? note_changes(self) : LEAD_OK;
}

static lead_status update(test *self) {
    LEAD_TRY(lead_kept_write(self->now, self->scenario->name, self->path, self->out));
    self->report->updated = true;
    return LEAD_OK;
}

static lead_status compare(test *self) {
    char text[4200];
    LEAD_TRY(lead_kept_make(self->scenario, self->summary, self->out, &self->now));
    LEAD_TRY(judge(self));
    if (self->options->update)
        return update(self);
    if (self->before)
        return LEAD_OK;
    snprintf(text, sizeof text, "there is no baseline %s: --update makes it", self->path);
    return set_problem(text, &self->report->problem, &self->report->verdict);
}

static lead_status begin(test *self, const char *scenario) {
    static const lead_overrides none;
    const lead_baseline_options *options = self->options;
    LEAD_TRY(lead_scenario_read_with(
        scenario, options->data, options->overrides ? options->overrides : &none, &self->scenario));
    LEAD_TRY(lead_rules_read(self->scenario, &self->rules));
    lead_kept_path(self->scenario, self->path);
    snprintf(self->out, sizeof self->out, "%s/%s", options->out ? options->out : "out/test",
             self->scenario->name);
    LEAD_TRY(lead_string_copy(scenario, &self->report->path));
    LEAD_TRY(lead_string_copy(self->scenario->name, &self->report->name));
    return read_before(self);
}

lead_status lead_baseline_test(const char *scenario, const lead_baseline_options *options,
                               lead_baseline_report **out) {
    LEAD_EXPECTS(scenario && options && out);
    test self = {.options = options};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(1, sizeof *self.report, &self.report));
    LEAD_TRY_FREE(begin(&self, scenario));
    if (!self.report->problem)
        LEAD_TRY_FREE(run(&self));
    if (!self.report->problem)
        LEAD_TRY_FREE(compare(&self));
    *out = self.report;
    self.report = NULL;
fail:
    lead_baseline_report_free(self.report);
    test_free(&self);
    return status;
}
