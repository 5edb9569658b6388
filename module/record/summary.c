/* The summary of a run: statistics over epochs, and summary.json and summary.csv. */
#include "base/expects.h"
#include "formats/text/json.h"
#include <gsl/gsl_statistics_double.h>
#include <lead/record.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

lead_status lead_spread_of(const double *values, int count, lead_spread *out) {
    LEAD_EXPECTS(values && out);
    double *known;
    size_t n = 0;
    *out = (lead_spread){NAN, NAN, NAN, NAN, NAN, NAN};
    LEAD_TRY(lead_calloc((size_t)count, sizeof *known, &known));
    for (int i = 0; i < count; i++)
        if (!isnan(values[i]))
            known[n++] = values[i];
    lead_sort(known, n);
    if (n > 0)
        *out = (lead_spread){.mean = lead_sum(known, n) / (double)n,
                             .p50 = gsl_stats_quantile_from_sorted_data(known, 1, n, 0.5),
                             .p90 = gsl_stats_quantile_from_sorted_data(known, 1, n, 0.9),
                             .p95 = gsl_stats_quantile_from_sorted_data(known, 1, n, 0.95),
                             .p99 = gsl_stats_quantile_from_sorted_data(known, 1, n, 0.99),
                             .max = known[n - 1]};
    free(known);
    return LEAD_OK;
}

void lead_policy_summary_clear(lead_policy_summary *policy) {
    LEAD_EXPECTS(policy);
    free(policy->name);
    free(policy->fallback_why);
    *policy = (lead_policy_summary){0};
}

void lead_summary_free(lead_summary *summary) {
    if (!summary)
        return;
    for (int i = 0; i < summary->policy_count; i++)
        lead_policy_summary_clear(&summary->policies[i]);
    for (int i = 0; i < summary->failure_count; i++) {
        free(summary->failures[i].name);
        free(summary->failures[i].why);
    }
    free(summary->policies);
    free(summary->failures);
    free(summary->scenario);
    free(summary->engine);
    free(summary->build);
    free(summary);
}

/* Every number of a policy's summary and where it stands in the JSON: one table for writing,
 * reading and the CSV. */
typedef struct place {
    const char *group, *key; /* group NULL: at the policy's own level */
    size_t offset;
    bool may_lack; /* releases before 0.3 did not write it: then it is not known */
} place;

#define AT(group, key, member)                                                                     \
    { group, key, offsetof(lead_policy_summary, member), false }
#define AT_LATER(group, key, member)                                                               \
    { group, key, offsetof(lead_policy_summary, member), true }
#define SPREAD(group, member)                                                                      \
    AT(group, "mean", member.mean), AT(group, "p50", member.p50), AT(group, "p90", member.p90),    \
        AT(group, "p95", member.p95), AT(group, "p99", member.p99), AT(group, "max", member.max)

static const place places[] = {
    SPREAD("mlu", mlu),
    SPREAD("mlu_over_optimum", mlu_over_optimum),
    AT(NULL, "loss_fraction", loss_fraction),
    AT_LATER("loss", "congestion", loss_congestion),
    AT_LATER("loss", "transient", loss_transient),
    AT_LATER("loss", "disconnected", loss_disconnected),
    AT(NULL, "disconnected_bps", disconnected),
    AT_LATER(NULL, "withdrawn_bps", withdrawn),
    AT("delay_s", "mean", delay_mean),
    AT("delay_s", "p99", delay_p99),
    AT("flow_time_s", "mean", flow_time_mean),
    AT("flow_time_s", "p99", flow_time_p99),
    AT("route_changes", "links", links_changed),
    AT("route_changes", "split_moved_fraction", moved_fraction),
    AT("forecast", "nrmse", nrmse),
    AT("forecast", "nmae", nmae),
    AT("forecast", "ncrps", ncrps),
    AT("forecast", "coverage_90", coverage_90),
    AT_LATER("forecast", "link_peak_crps", link_peak_crps),
    AT_LATER("forecast", "peak_mlu_crps", peak_mlu_crps),
    AT_LATER("forecast", "peak_mlu_coverage_90", peak_mlu_coverage_90),
    AT_LATER("forecast", "path_energy", path_energy),
    AT_LATER("forecast", "variogram", variogram),
    AT("seconds", "simulate", seconds_simulate),
    AT("seconds", "measure", seconds_measure),
    AT("seconds", "predict", seconds_predict),
    AT("seconds", "te", seconds_te),
};

enum { PLACES = sizeof places / sizeof *places };

static double *value_at(const lead_policy_summary *policy, const place *at) {
    return (double *)((char *)(uintptr_t)policy + at->offset);
}

/* --- as a list of numbers --------------------------------------------------------------------- */

/* Counts beside the places. */
static const struct {
    const char *name;
    size_t offset;
} counts[] = {{"fallbacks", offsetof(lead_policy_summary, fallbacks)},
              {"suspects", offsetof(lead_policy_summary, suspects)}};

enum { COUNTS = sizeof counts / sizeof *counts };

static bool is_clock(const place *at) {
    return at->group && strcmp(at->group, "seconds") == 0;
}

/* The place of a metric among those that are no wall clock's; NULL: it is a count. */
static const place *place_of(int metric, int *count) {
    for (int i = 0; i < PLACES; i++)
        if (!is_clock(&places[i]) && metric-- == 0)
            return &places[i];
    *count = metric;
    return NULL;
}

int lead_summary_metrics(void) {
    int metrics = COUNTS;
    for (int i = 0; i < PLACES; i++)
        metrics += !is_clock(&places[i]);
    return metrics;
}

const char *lead_summary_metric_name(int metric, char text[40]) {
    LEAD_EXPECTS(metric >= 0 && metric < lead_summary_metrics() && text);
    int count = 0;
    const place *at = place_of(metric, &count);
    if (at)
        snprintf(text, 40, "%s%s%s", at->group ? at->group : "", at->group ? "." : "", at->key);
    else
        snprintf(text, 40, "%s", counts[count].name);
    return text;
}

double lead_summary_metric(const lead_policy_summary *policy, int metric) {
    LEAD_EXPECTS(policy && metric >= 0 && metric < lead_summary_metrics());
    int count = 0;
    const place *at = place_of(metric, &count);
    if (at)
        return *value_at(policy, at);
    return *(const int *)((const char *)policy + counts[count].offset);
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* A message may hold what a file had in it. */
static json_t *text_to_json(const char *text) {
    json_t *value = json_string(text);
    return value ? value : json_string("(no UTF-8)");
}

static json_t *policy_to_json(const lead_policy_summary *policy) {
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(policy->name));
    json_object_set_new(object, "epochs", json_integer(policy->epochs));
    for (int i = 0; i < PLACES; i++) {
        json_t *in = object;
        double value = *value_at(policy, &places[i]);
        if (places[i].group && !json_object_get(object, places[i].group))
            json_object_set_new(object, places[i].group, json_object());
        if (places[i].group)
            in = json_object_get(object, places[i].group);
        json_object_set_new(in, places[i].key, lead_json_number(value));
    }
    json_object_set_new(object, "fallbacks", json_integer(policy->fallbacks));
    if (policy->fallback_why) {
        json_object_set_new(object, "fallback_why", text_to_json(policy->fallback_why));
        json_object_set_new(object, "fallback_why_epochs",
                            json_integer(policy->fallback_why_epochs));
    }
    json_object_set_new(object, "suspects", json_integer(policy->suspects));
    json_object_set_new(object, "gap_epochs", json_integer(policy->gap_epochs));
    json_object_set_new(object, "gap_pairs", lead_json_number(policy->gap_pairs));
    if (policy->anomalies >= 0)
        json_object_set_new(object, "anomalies", json_integer(policy->anomalies));
    return object;
}

static json_t *failures_to_json(const lead_summary *summary) {
    json_t *failures = json_array();
    for (int i = 0; i < summary->failure_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "name", text_to_json(summary->failures[i].name));
        json_object_set_new(object, "why", text_to_json(summary->failures[i].why));
        json_array_append_new(failures, object);
    }
    return failures;
}

lead_status lead_summary_write_json(const lead_summary *summary, const char *path) {
    LEAD_EXPECTS(summary && path);
    json_t *root = json_object(), *policies = json_array();
    json_object_set_new(root, "scenario", json_string(summary->scenario));
    json_object_set_new(root, "engine", json_string(summary->engine));
    json_object_set_new(root, "seed", json_integer((json_int_t)summary->seed));
    json_object_set_new(root, "build", json_string(summary->build));
    json_object_set_new(root, "policies", policies);
    for (int i = 0; i < summary->policy_count; i++)
        json_array_append_new(policies, policy_to_json(&summary->policies[i]));
    if (summary->failure_count > 0)
        json_object_set_new(root, "failed", failures_to_json(summary));
    return lead_json_write(path, root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
}

lead_status lead_summary_write_csv(const lead_summary *summary, const char *path) {
    LEAD_EXPECTS(summary && path);
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "name,epochs");
    for (int i = 0; i < PLACES; i++)
        lead_file_printf(writer, ",%s%s%s", places[i].group ? places[i].group : "",
                         places[i].group ? "_" : "", places[i].key);
    lead_file_printf(writer, ",fallbacks,suspects,gap_epochs,gap_pairs\n");
    for (int k = 0; k < summary->policy_count; k++) {
        const lead_policy_summary *policy = &summary->policies[k];
        lead_file_printf(writer, "%s,%d", policy->name, policy->epochs);
        for (int i = 0; i < PLACES; i++) {
            double value = *value_at(policy, &places[i]);
            lead_file_printf(writer, isfinite(value) ? ",%.9g" : ",", value);
        }
        lead_file_printf(writer, ",%d,%d,%d", policy->fallbacks, policy->suspects,
                         policy->gap_epochs);
        lead_file_printf(writer, isfinite(policy->gap_pairs) ? ",%.9g\n" : ",\n",
                         policy->gap_pairs);
    }
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    return status;
}

static lead_status read_text(const char *path, const json_t *object, const char *key, char **out) {
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        return lead_fail(LEAD_FORMAT, "%s:1: %s is not a text", path, key);
    return lead_string_copy(text, out);
}

static lead_status read_count(const char *path, const json_t *object, const char *key, int *out) {
    const json_t *value = json_object_get(object, key);
    json_int_t count = json_integer_value(value);
    if (!json_is_integer(value) || count < 0 || count > 1000000000)
        return lead_fail(LEAD_FORMAT, "%s:1: %s is not a count", path, key);
    *out = (int)count;
    return LEAD_OK;
}

/* Releases before 0.3 did not write them. */
static lead_status read_gaps(const char *path, const json_t *object, lead_policy_summary *policy) {
    const json_t *pairs = json_object_get(object, "gap_pairs");
    policy->gap_pairs = json_is_number(pairs) ? json_number_value(pairs) : NAN;
    return json_object_get(object, "gap_epochs")
               ? read_count(path, object, "gap_epochs", &policy->gap_epochs)
               : LEAD_OK;
}

static lead_status read_policy(const char *path, const json_t *object,
                               lead_policy_summary *policy) {
    LEAD_TRY(read_text(path, object, "name", &policy->name));
    LEAD_TRY(read_count(path, object, "epochs", &policy->epochs));
    LEAD_TRY(read_count(path, object, "fallbacks", &policy->fallbacks));
    if (json_object_get(object, "fallback_why")) {
        LEAD_TRY(read_text(path, object, "fallback_why", &policy->fallback_why));
        LEAD_TRY(read_count(path, object, "fallback_why_epochs", &policy->fallback_why_epochs));
    }
    LEAD_TRY(read_count(path, object, "suspects", &policy->suspects));
    LEAD_TRY(read_gaps(path, object, policy));
    policy->anomalies = -1;
    if (json_object_get(object, "anomalies"))
        LEAD_TRY(read_count(path, object, "anomalies", &policy->anomalies));
    for (int i = 0; i < PLACES; i++) {
        const json_t *in = places[i].group ? json_object_get(object, places[i].group) : object;
        const json_t *value = json_object_get(in, places[i].key);
        bool lacks = !value && places[i].may_lack;
        if (!lacks && !json_is_number(value) && !json_is_null(value))
            return lead_fail(LEAD_FORMAT, "%s:1: policies: %s: %s%s%s is neither a number nor null",
                             path, policy->name, places[i].group ? places[i].group : "",
                             places[i].group ? "." : "", places[i].key);
        *value_at(policy, &places[i]) = json_is_number(value) ? json_number_value(value) : NAN;
    }
    return LEAD_OK;
}

static lead_status read_failures(const char *path, const json_t *failures, lead_summary *summary) {
    size_t count = json_array_size(failures); /* 0 when there are none */
    LEAD_TRY(lead_calloc(count, sizeof *summary->failures, &summary->failures));
    for (size_t i = 0; i < count; i++) {
        lead_policy_failure *failure = &summary->failures[summary->failure_count++];
        LEAD_TRY(read_text(path, json_array_get(failures, i), "name", &failure->name));
        LEAD_TRY(read_text(path, json_array_get(failures, i), "why", &failure->why));
    }
    return LEAD_OK;
}

static lead_status read_summary(const char *path, const json_t *root, lead_summary *summary) {
    const json_t *policies = json_object_get(root, "policies"),
                 *seed = json_object_get(root, "seed");
    LEAD_TRY(read_text(path, root, "scenario", &summary->scenario));
    LEAD_TRY(read_text(path, root, "engine", &summary->engine));
    LEAD_TRY(read_text(path, root, "build", &summary->build));
    if (!json_is_integer(seed) || !json_is_array(policies))
        return lead_fail(LEAD_FORMAT, "%s:1: seed is not a number or policies not a list", path);
    summary->seed = (uint64_t)json_integer_value(seed);
    LEAD_TRY(lead_calloc(json_array_size(policies), sizeof *summary->policies, &summary->policies));
    for (size_t i = 0; i < json_array_size(policies); i++) {
        summary->policy_count++;
        LEAD_TRY(read_policy(path, json_array_get(policies, i), &summary->policies[i]));
    }
    return read_failures(path, json_object_get(root, "failed"), summary);
}

lead_status lead_summary_read_json(const char *path, lead_summary **out) {
    LEAD_EXPECTS(path && out);
    json_t *root;
    lead_summary *summary = NULL;
    LEAD_TRY(lead_json_read(path, 1 << 26, &root));
    lead_status status = lead_calloc(1, sizeof *summary, &summary);
    if (status == LEAD_OK)
        status = read_summary(path, root, summary);
    json_decref(root);
    if (status == LEAD_OK)
        *out = summary;
    else
        lead_summary_free(summary);
    return status;
}
