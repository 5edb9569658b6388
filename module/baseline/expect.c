/* `expect: { POLICY: { METRIC: { rel: 0.02 } } }`, POLICY and METRIC `"*"` for all. */
#include "baseline/expect.h"
#include "base/array.h"
#include "base/table.h"
#include "formats/text/tree.h"
#include <lead/formats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char kinds[] = "rel, abs, max, min, below, above";

typedef struct reader {
    const lead_scenario *scenario;
    const lead_tree *tree;
    lead_rules *rules;
} reader;

void lead_rules_free(lead_rules *rules) {
    free(rules->list);
    *rules = (lead_rules){0};
}

static int find_policy(const lead_scenario *scenario, const char *name) {
    for (int i = 0; i < scenario->policy_count; i++)
        if (strcmp(scenario->policies[i].name, name) == 0)
            return i;
    return -1;
}

static lead_status unknown(const reader *in, const lead_tree_node *at, const char *what,
                           const char *known) {
    return lead_fail_within(lead_fail_unknown(what, known), "%s:%ld: expect", in->scenario->path,
                            at->line);
}

static lead_status unknown_policy(const reader *in, const lead_tree_node *at, const char *name) {
    char known[400] = "";
    for (int i = 0; i < in->scenario->policy_count; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "",
                 in->scenario->policies[i].name);
    return unknown(in, at, name, known);
}

/* "*" is all, -1. */
static lead_status read_policy(const reader *in, const lead_tree_node *at, int *policy) {
    *policy = find_policy(in->scenario, at->key);
    if (*policy >= 0 || strcmp(at->key, "*") == 0)
        return LEAD_OK;
    return unknown_policy(in, at, at->key);
}

static lead_status read_metric(const reader *in, const lead_tree_node *at, int *metric) {
    char name[40], known[900] = "";
    *metric = -1;
    if (strcmp(at->key, "*") == 0)
        return LEAD_OK;
    for (int i = 0; i < lead_summary_metrics(); i++) {
        lead_summary_metric_name(i, name);
        if (strcmp(name, at->key) == 0) {
            *metric = i;
            return LEAD_OK;
        }
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "", name);
    }
    return unknown(in, at, at->key, known);
}

static lead_status read_value(const reader *in, const lead_tree_node *at, lead_rule *rule) {
    if (rule->kind == LEAD_RULE_BELOW || rule->kind == LEAD_RULE_ABOVE) {
        rule->other = at->text ? find_policy(in->scenario, at->text) : -1;
        return rule->other >= 0 ? LEAD_OK : unknown_policy(in, at, at->text ? at->text : "");
    }
    bool number = at->text && lead_number_parse(at->text, &rule->value);
    bool distance = rule->kind == LEAD_RULE_REL || rule->kind == LEAD_RULE_ABS;
    if (number && isfinite(rule->value) && (!distance || rule->value >= 0))
        return LEAD_OK;
    return lead_fail(LEAD_FORMAT, "%s:%ld: expect: %s: \"%.40s\" is not a number%s",
                     in->scenario->path, at->line, at->key, at->text ? at->text : "",
                     distance ? " from 0 on" : "");
}

static lead_status need_mapping(const reader *in, const lead_tree_node *at, const char *of) {
    if (at->kind == LEAD_TREE_MAPPING)
        return LEAD_OK;
    return lead_fail(LEAD_FORMAT, "%s:%ld: expect%s%.60s is %s, not a mapping of %s",
                     in->scenario->path, at->line, at->key ? ": " : "", at->key ? at->key : "",
                     lead_tree_kind_name(at->kind), of);
}

static lead_status read_rules(const reader *in, const lead_tree_node *of, int policy, int metric) {
    const lead_tree_node *at = NULL;
    lead_rules *rules = in->rules;
    LEAD_TRY(need_mapping(in, of, kinds));
    if (!lead_tree_next(in->tree, of,
                        NULL)) /* it would take the place of the others, for nothing */
        return lead_fail(LEAD_INVALID, "%s:%ld: expect: %.60s says nothing: state %s",
                         in->scenario->path, of->line, of->key, kinds);
    while ((at = lead_tree_next(in->tree, of, at))) {
        int kind = lead_word_place(at->key, kinds);
        if (kind < 0)
            return unknown(in, at, at->key, kinds);
        lead_rule rule = {policy, metric, (lead_rule_kind)kind, 0, -1};
        LEAD_TRY(read_value(in, at, &rule));
        LEAD_TRY(lead_grow(&rules->list, sizeof *rules->list, rules->count, 1, &rules->room));
        rules->list[rules->count++] = rule;
    }
    return LEAD_OK;
}

static lead_status read_all(const reader *in) {
    const lead_tree_node *root = in->tree->nodes, *of = NULL;
    LEAD_TRY(need_mapping(in, root, "policies"));
    while ((of = lead_tree_next(in->tree, root, of))) {
        const lead_tree_node *at = NULL;
        int policy, metric;
        LEAD_TRY(read_policy(in, of, &policy));
        LEAD_TRY(need_mapping(in, of, "metrics"));
        while ((at = lead_tree_next(in->tree, of, at))) {
            LEAD_TRY(read_metric(in, at, &metric));
            LEAD_TRY(read_rules(in, at, policy, metric));
        }
    }
    return LEAD_OK;
}

lead_status lead_rules_read(const lead_scenario *scenario, lead_rules *out) {
    lead_tree *tree;
    *out = (lead_rules){0};
    LEAD_TRY(lead_tree_read(scenario->path, "expect", &tree));
    if (!tree)
        return LEAD_OK;
    reader in = {scenario, tree, out};
    lead_status status = read_all(&in);
    lead_tree_free(tree);
    if (status != LEAD_OK)
        lead_rules_free(out);
    return status;
}
