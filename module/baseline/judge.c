/* judge: see judge.h. */
#include "baseline/judge.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *lead_verdict_name(lead_verdict verdict) {
    static const char *const names[] = {"same", "within", "better", "WORSE"};
    return (size_t)verdict < sizeof names / sizeof *names ? names[verdict] : "?";
}

/* Of these more or less is neither better nor worse: they are the scenario's, or have a best value.
 */
static bool has_no_side(const char *metric) {
    static const char *const names[] = {"disconnected_bps",
                                        "withdrawn_bps",
                                        "loss.disconnected",
                                        "forecast.coverage_90",
                                        "forecast.peak_mlu_coverage_90",
                                        "suspects"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], metric) == 0)
            return true;
    return false;
}

/* There only where a plan is for several epochs: without them nothing was lost. */
static bool is_of_paths(const char *metric) {
    static const char *const names[] = {"forecast.link_peak_crps", "forecast.peak_mlu_crps",
                                        "forecast.peak_mlu_coverage_90", "forecast.path_energy",
                                        "forecast.variogram"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], metric) == 0)
            return true;
    return false;
}

/* Of all others less is better. */
static lead_verdict side_of(const lead_baseline_metric *metric) {
    if (has_no_side(metric->name) || isnan(metric->before) || isnan(metric->after))
        return LEAD_VERDICT_WORSE;
    return metric->after < metric->before ? LEAD_VERDICT_BETTER : LEAD_VERDICT_WORSE;
}

static bool is_same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* Against the baseline: at most `room` away. */
static lead_verdict against(const lead_baseline_metric *metric, double room) {
    bool missing = isnan(metric->before) || isnan(metric->after);
    if (is_same(metric->before, metric->after) || (missing && is_of_paths(metric->name)))
        return LEAD_VERDICT_SAME;
    return fabs(metric->after - metric->before) <= room ? LEAD_VERDICT_WITHIN : side_of(metric);
}

/* --- rules ------------------------------------------------------------------------------------ */

static int place_of(const lead_judged *what, int policy) {
    const char *name = what->scenario->policies[policy].name;
    for (int i = 0; i < what->summary->policy_count; i++)
        if (strcmp(what->summary->policies[i].name, name) == 0)
            return i;
    return -1;
}

/* By another policy's number, of this run. */
static lead_verdict beside(const lead_judged *what, const lead_rule *rule, int index,
                           lead_baseline_metric *metric) {
    int place = place_of(what, rule->other);
    double other = place >= 0 ? lead_summary_metric(&what->summary->policies[place], index) : NAN;
    bool below = rule->kind == LEAD_RULE_BELOW;
    snprintf(metric->why, sizeof metric->why, "%s %.60s, which has %.6g",
             below ? "to be below" : "to be above", what->scenario->policies[rule->other].name,
             other);
    bool good = below ? metric->after < other : metric->after > other;
    return good ? LEAD_VERDICT_SAME : LEAD_VERDICT_WORSE;
}

static lead_verdict apply(const lead_judged *what, const lead_rule *rule, int index,
                          lead_baseline_metric *metric) {
    switch (rule->kind) {
    case LEAD_RULE_REL:
        snprintf(metric->why, sizeof metric->why, "limit %g %%", 100 * rule->value);
        return against(metric, rule->value * fabs(metric->before));
    case LEAD_RULE_ABS:
        snprintf(metric->why, sizeof metric->why, "limit %g", rule->value);
        return against(metric, rule->value);
    case LEAD_RULE_MAX:
        snprintf(metric->why, sizeof metric->why, "to be at most %g", rule->value);
        return metric->after <= rule->value ? LEAD_VERDICT_SAME : LEAD_VERDICT_WORSE;
    case LEAD_RULE_MIN:
        snprintf(metric->why, sizeof metric->why, "to be at least %g", rule->value);
        return metric->after >= rule->value ? LEAD_VERDICT_SAME : LEAD_VERDICT_WORSE;
    default:
        return beside(what, rule, index, metric);
    }
}

static bool is_of(const lead_judged *what, const lead_rule *rule, int metric) {
    bool policy = rule->policy < 0 || place_of(what, rule->policy) == what->policy;
    return policy && (rule->metric < 0 || rule->metric == metric);
}

/* How closely a rule is about one policy and one metric. */
static int closeness(const lead_rule *rule) {
    return 2 * (rule->metric >= 0) + (rule->policy >= 0);
}

static void judge_usually(lead_baseline_metric *metric) {
    double room = LEAD_BASELINE_TOLERANCE * fabs(metric->before);
    bool loss = strncmp(metric->name, "loss", 4) == 0;
    if (loss && room < LEAD_BASELINE_LOSS)
        room = LEAD_BASELINE_LOSS;
    metric->verdict = against(metric, room);
    snprintf(metric->why, sizeof metric->why, "limit %g %%%s", 100 * LEAD_BASELINE_TOLERANCE,
             loss ? " or 0.0001" : "");
}

/* By the rules that are closest, or by the usual tolerance where there is none. */
static void judge_metric(const lead_judged *what, int index, lead_baseline_metric *metric) {
    int closest = -1;
    for (int i = 0; i < what->rules->count; i++)
        if (is_of(what, &what->rules->list[i], index) && closeness(&what->rules->list[i]) > closest)
            closest = closeness(&what->rules->list[i]);
    if (closest < 0) {
        judge_usually(metric);
        return;
    }
    char worst[sizeof metric->why] = "";
    for (int i = 0; i < what->rules->count; i++) {
        const lead_rule *rule = &what->rules->list[i];
        if (!is_of(what, rule, index) || closeness(rule) != closest)
            continue;
        lead_verdict verdict = apply(what, rule, index, metric);
        if (!*worst || verdict > metric->verdict) {
            metric->verdict = verdict;
            memcpy(worst, metric->why, sizeof worst);
        }
    }
    memcpy(metric->why, worst, sizeof worst);
}

/* What is newer than the baseline has nothing to be compared with. */
static bool is_known(const lead_judged *what, int metric) {
    return what->before && !what->before->lacks[metric];
}

lead_status lead_judge(const lead_judged *what, lead_baseline_policy *out) {
    const lead_policy_summary *now = &what->summary->policies[what->policy];
    LEAD_TRY(lead_calloc((size_t)lead_summary_metrics(), sizeof *out->metrics, &out->metrics));
    out->metric_count = lead_summary_metrics();
    for (int i = 0; i < out->metric_count; i++) {
        lead_baseline_metric *metric = &out->metrics[i];
        lead_summary_metric_name(i, metric->name);
        metric->after = lead_summary_metric(now, i);
        metric->before = is_known(what, i) ? what->before->metrics[i] : metric->after;
        judge_metric(what, i, metric);
        out->verdict = metric->verdict > out->verdict ? metric->verdict : out->verdict;
    }
    return LEAD_OK;
}
