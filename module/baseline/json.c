/* What tests came to, as JSON: for the report's page, and for scripts. */
#include "formats/text/json.h"
#include "base/expects.h"
#include <lead/baseline.h>

static void set_text(json_t *object, const char *key, const char *text) {
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static json_t *metric_to_json(const lead_baseline_metric *metric) {
    json_t *object = json_object();
    set_text(object, "name", metric->name);
    json_object_set_new(object, "before", lead_json_number(metric->before));
    json_object_set_new(object, "after", lead_json_number(metric->after));
    set_text(object, "verdict", lead_verdict_name(metric->verdict));
    set_text(object, "why", metric->why);
    return object;
}

static json_t *policy_to_json(const lead_baseline_policy *policy) {
    json_t *object = json_object(), *metrics = json_array();
    set_text(object, "name", policy->name);
    set_text(object, "verdict", lead_verdict_name(policy->verdict));
    set_text(object, "problem", policy->problem);
    set_text(object, "first", policy->first);
    for (int i = 0; i < policy->metric_count; i++)
        json_array_append_new(metrics, metric_to_json(&policy->metrics[i]));
    json_object_set_new(object, "metrics", metrics);
    return object;
}

static json_t *report_to_json(const lead_baseline_report *report) {
    json_t *object = json_object(), *policies = json_array();
    set_text(object, "name", report->name);
    set_text(object, "verdict", report->problem ? "FAILED" : lead_verdict_name(report->verdict));
    set_text(object, "problem", report->problem);
    set_text(object, "note", report->note);
    for (int i = 0; i < report->policy_count; i++)
        json_array_append_new(policies, policy_to_json(&report->policies[i]));
    json_object_set_new(object, "policies", policies);
    return object;
}

lead_status lead_baseline_write_json(lead_baseline_report *const *reports, int count,
                                     const char *path) {
    LEAD_EXPECTS(reports && path);
    json_t *root = json_object(), *scenarios = json_array();
    json_object_set_new(root, "scenarios", scenarios);
    for (int i = 0; i < count; i++)
        json_array_append_new(scenarios, report_to_json(reports[i]));
    return lead_json_write(path, root, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
}
