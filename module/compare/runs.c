/* Runs in pairs: their policies, their epochs, the rows of the table. */
#include "base/expects.h"
#include "compare/stretches.h"
#include <lead/record.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_RESAMPLES = 9999, RESAMPLES_MAX = 1000000 };

/* --- policies --------------------------------------------------------------------------------- */

static bool has_policy(const lead_summary *summary, const char *name) {
    for (int i = 0; i < summary->policy_count; i++)
        if (strcmp(summary->policies[i].name, name) == 0)
            return true;
    return false;
}

/* "static, reactive" in text[size], cut where it is too long. */
static const char *names_of(const lead_summary *summary, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < summary->policy_count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 summary->policies[i].name);
    return text;
}

static lead_status read_summary(const char *run, lead_summary **out) {
    char *path;
    *out = NULL;
    LEAD_TRY(lead_compare_path(run, "summary.json", NULL, &path));
    lead_status status = lead_summary_read_json(path, out);
    free(path);
    return status == LEAD_OK
               ? LEAD_OK
               : lead_fail_within(status, "%s is not the folder of a run that came to its end",
                                  run);
}

typedef struct comparison {
    const lead_compare_request *request;
    lead_summary **summaries; /* of A's runs, then of B's */
    int summary_count;
    const char **policies[2]; /* of A and of B: the pairs; borrowed */
    int pair_count;
    lead_compare_table *table;
} comparison;

static const char *run_of(const comparison *self, int side, int index) {
    const lead_compare_request *request = self->request;
    return side == 1 && request->runs_b ? request->runs_b[index] : request->runs_a[index];
}

static lead_status read_summaries(comparison *self) {
    int runs = self->request->run_count, sides = self->request->runs_b ? 2 : 1;
    LEAD_TRY(lead_calloc((size_t)(sides * runs), sizeof *self->summaries, &self->summaries));
    for (int side = 0; side < sides; side++)
        for (int k = 0; k < runs; k++) {
            lead_summary **summary = &self->summaries[self->summary_count++];
            LEAD_TRY(read_summary(run_of(self, side, k), summary));
        }
    return LEAD_OK;
}

/* The run, as it was named, that lacks a policy; NULL: all have it. */
static const char *lacks(const comparison *self, const char *policy, int *index) {
    for (*index = 0; *index < self->summary_count; (*index)++)
        if (!has_policy(self->summaries[*index], policy))
            return run_of(self, *index / self->request->run_count,
                          *index % self->request->run_count);
    return NULL;
}

static lead_status check_policy(const comparison *self, const char *policy) {
    char names[300];
    int index;
    const char *run = lacks(self, policy, &index);
    if (!run)
        return LEAD_OK;
    lead_nearest nearest = {.word = policy};
    lead_nearest_offer_list(&nearest, names_of(self->summaries[index], names, sizeof names));
    return lead_fail(LEAD_INVALID, "%s has no policy \"%.60s\" (--policy: %s)%s", run, policy,
                     names, lead_nearest_hint(&nearest));
}

static void add_pair(comparison *self, const char *a, const char *b) {
    self->policies[0][self->pair_count] = a;
    self->policies[1][self->pair_count++] = b;
}

/* All that all runs have, in the first one's order. */
static lead_status pair_common(comparison *self) {
    const lead_summary *first = self->summaries[0];
    for (int i = 0; i < first->policy_count; i++) {
        int index;
        const char *name = first->policies[i].name, *run = lacks(self, name, &index);
        if (run)
            lead_log(LEAD_LOG_WARNING, "policy \"%s\" is left out: %s does not have it", name, run);
        else
            add_pair(self, name, name);
    }
    if (self->pair_count > 0)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "the runs have no policy of one name; two policies of one run are compared by "
                     "`lead compare RUN --policy A --policy B`");
}

static lead_status pair_policies(comparison *self) {
    const lead_compare_request *request = self->request;
    bool within = !request->runs_b;
    int room = request->policy_count + self->summaries[0]->policy_count;
    for (int side = 0; side < 2; side++)
        LEAD_TRY(lead_calloc((size_t)room, sizeof(char *), &self->policies[side]));
    for (int i = 0; i < request->policy_count; i++) {
        LEAD_TRY(check_policy(self, request->policies[i]));
        for (int k = 0; k < i; k++)
            if (strcmp(request->policies[k], request->policies[i]) == 0)
                return lead_fail(LEAD_INVALID, "--policy %s is there twice", request->policies[i]);
        if (!within || i > 0)
            add_pair(self, request->policies[within ? 0 : i], request->policies[i]);
    }
    if (!within && request->policy_count == 0)
        return pair_common(self);
    if (self->pair_count > 0)
        return LEAD_OK;
    char names[300];
    return lead_fail(
        LEAD_INVALID,
        "one run is compared with another, `lead compare RUN_A RUN_B`, or its policies "
        "with each other, `lead compare %s --policy A --policy B` (of %s)",
        request->runs_a[0], names_of(self->summaries[0], names, sizeof names));
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Of a metric: the mean, and of what has a peak the 99th percentile and the maximum. */
static int statistics_of(const char *metric) {
    return strncmp(metric, "mlu", 3) == 0 ? 3 : 1;
}

/* A share of truths within an interval is best at its nominal value: neither more nor less. */
static bool is_judged(const char *metric, lead_compare_statistic statistic) {
    return statistic != LEAD_COMPARE_MAX && strcmp(metric, "forecast_coverage_90") != 0;
}

static bool is_asked(const lead_compare_request *request, const char *metric) {
    for (int i = 0; i < request->metric_count; i++)
        if (strcmp(request->metrics[i], metric) == 0)
            return true;
    return request->metric_count == 0;
}

static lead_status check_metrics(const lead_compare_request *request) {
    for (int i = 0; i < request->metric_count; i++) {
        bool known = false;
        lead_nearest nearest = {.word = request->metrics[i]};
        for (int k = 0; k < LEAD_COMPARE_METRICS && !known; k++) {
            known = strcmp(request->metrics[i], lead_compare_metric(k)) == 0;
            lead_nearest_offer(&nearest, lead_compare_metric(k));
        }
        if (!known)
            return lead_fail(LEAD_INVALID,
                             "--metric: \"%.60s\" is none; they are mlu, mlu_over_optimum and so "
                             "on, columns of epochs.csv (docs/compare-runs.md)%s",
                             request->metrics[i], lead_nearest_hint(&nearest));
    }
    return LEAD_OK;
}

/* Rows of a pair of policies, at most. */
static int rows_of_pair(const lead_compare_request *request, bool judged) {
    int rows = 0;
    for (int k = 0; k < LEAD_COMPARE_METRICS; k++) {
        const char *metric = lead_compare_metric(k);
        for (int s = 0; s < statistics_of(metric) && is_asked(request, metric); s++)
            rows += !judged || is_judged(metric, (lead_compare_statistic)s);
    }
    return rows;
}

/* So many that the least p, times all rows, is a tenth of what is asked for. */
static int resamples_for(const lead_compare_request *request, int pairs) {
    double least = 10.0 * pairs * rows_of_pair(request, true) / (1 - request->options.confidence);
    return request->options.resamples > 0 ? request->options.resamples
                                          : (int)fmin(fmax(least, USUAL_RESAMPLES), RESAMPLES_MAX);
}

static lead_status add_row(comparison *self, const lead_compare_stretches *stretches, int pair,
                           int metric, lead_compare_statistic statistic) {
    lead_compare_table *table = self->table;
    lead_compare_row *row = &table->rows[table->row_count];
    lead_compare_options options = self->request->options;
    char *stream;
    options.resamples = table->resamples;
    *row = (lead_compare_row){.metric = lead_compare_metric(metric), .statistic = statistic};
    row->judged = is_judged(row->metric, statistic);
    LEAD_TRY(lead_compare_path("compare", self->policies[1][pair], row->metric, &stream));
    lead_status status = lead_compare_estimate_of(stretches->stretches[metric], stretches->count,
                                                  statistic, stream, &options, &row->estimate);
    free(stream);
    if (status != LEAD_OK || row->estimate.used == 0)
        return status;
    table->row_count++; /* from here on its names are freed with the table */
    LEAD_TRY(lead_string_copy(self->policies[0][pair], &row->policy_a));
    return lead_string_copy(self->policies[1][pair], &row->policy_b);
}

static lead_status add_rows(comparison *self, const lead_compare_stretches *stretches, int pair) {
    for (int k = 0; k < LEAD_COMPARE_METRICS; k++) {
        const char *metric = lead_compare_metric(k);
        for (int s = 0; s < statistics_of(metric) && is_asked(self->request, metric); s++)
            LEAD_TRY(add_row(self, stretches, pair, k, (lead_compare_statistic)s));
    }
    self->table->epochs = stretches->epochs;
    self->table->distinct = stretches->count;
    return LEAD_OK;
}

static lead_status compare_pair(comparison *self, int pair) {
    const lead_compare_request *request = self->request;
    lead_compare_stretches stretches = {0};
    lead_status status = LEAD_OK;
    for (int k = 0; k < request->run_count && status == LEAD_OK; k++)
        status = lead_compare_stretches_add(&stretches, run_of(self, 0, k), self->policies[0][pair],
                                            run_of(self, 1, k), self->policies[1][pair]);
    if (status == LEAD_OK)
        status = lead_compare_stretches_finish(&stretches);
    if (status == LEAD_OK)
        status = add_rows(self, &stretches, pair);
    lead_compare_stretches_clear(&stretches);
    return status;
}

static lead_status compare_all(comparison *self) {
    const lead_compare_request *request = self->request;
    LEAD_TRY(check_metrics(request));
    LEAD_TRY(read_summaries(self));
    LEAD_TRY(pair_policies(self));
    LEAD_TRY(lead_calloc(1, sizeof *self->table, &self->table));
    size_t rows = (size_t)(self->pair_count * rows_of_pair(request, false));
    LEAD_TRY(lead_calloc(rows, sizeof *self->table->rows, &self->table->rows));
    self->table->seeds = request->run_count;
    self->table->resamples = resamples_for(request, self->pair_count);
    for (int pair = 0; pair < self->pair_count; pair++)
        LEAD_TRY(compare_pair(self, pair));
    return lead_compare_judge(self->table->rows, self->table->row_count, &request->options);
}

void lead_compare_table_free(lead_compare_table *table) {
    if (!table)
        return;
    for (int i = 0; i < table->row_count; i++) {
        free(table->rows[i].policy_a);
        free(table->rows[i].policy_b);
    }
    free(table->rows);
    free(table);
}

lead_status lead_compare_runs(const lead_compare_request *request, lead_compare_table **out) {
    LEAD_EXPECTS(request && request->runs_a && request->run_count > 0 && out);
    comparison self = {.request = request};
    LEAD_TRY(lead_compare_options_check(&request->options));
    lead_status status = compare_all(&self);
    if (status == LEAD_OK)
        *out = self.table;
    else
        lead_compare_table_free(self.table);
    for (int i = 0; i < self.summary_count; i++)
        lead_summary_free(self.summaries[i]);
    free(self.summaries);
    free(self.policies[0]);
    free(self.policies[1]);
    return status;
}
