/* The options of TE algorithms by their keys, for `lead te` and scenarios. */
#include "base/expects.h"
#include "options/te_options.h"
#include <lead/scenario.h>
#include <string.h>

int lead_te_option_count(void) {
    return lead_te_section.count;
}

const char *lead_te_option_name(int index) {
    return lead_te_section.rows[index].name;
}

bool lead_te_option_is_file(int index) {
    return lead_te_section.rows[index].kind == LEAD_OPTION_FILE;
}

lead_status lead_te_option_set(const lead_te_type *type, lead_te_options *options, int index,
                               const char *text) {
    LEAD_EXPECTS(type && options && text);
    const lead_option *row = &lead_te_section.rows[index];
    char heeded[400];
    if (lead_option_is_heeded(row, type->name)) {
        if (row->kind != LEAD_OPTION_FILE)
            return lead_option_set(row, options, text);
        *(const char **)((char *)options + row->at) = text;
        return LEAD_OK;
    }
    lead_option_list(&lead_te_section, type->name, heeded, sizeof heeded);
    return lead_fail(LEAD_INVALID, "%s heeds %s, not this", type->name, heeded);
}

static bool for_samples(const lead_te_type *type, const lead_te_options *options) {
    return lead_te_plans_for_samples(type, options);
}

static bool has_risk(const lead_te_type *type, const lead_te_options *options) {
    return for_samples(type, options) && options->cvar_weight > 0;
}

static bool searches(const lead_te_type *type, const lead_te_options *options) {
    const lead_option *method = &lead_te_section.rows[lead_option_find(&lead_te_section, "method")];
    return !lead_option_is_heeded(method, type->name) || options->method == LEAD_TE_METHOD_SEARCH;
}

static bool may_be_smooth(const lead_te_type *type, const lead_te_options *options) {
    (void)type;
    return options->survive == LEAD_TE_SURVIVE_NOTHING && options->moved_limit <= 0 &&
           options->objective != LEAD_TE_OBJECTIVE_PHI &&
           options->objective != LEAD_TE_OBJECTIVE_MLU_PHI;
}

/* Options that need others to mean something. */
static const struct {
    const char *key;
    bool (*counts)(const lead_te_type *type, const lead_te_options *options);
    const char *why;
} needs[] = {
    {"cvar_weight", for_samples,
     "the plan is for the mean of the samples, which has no risk: "
     "state plan_for: samples"},
    {"cvar_level", has_risk, "without a cvar_weight (and plan_for: samples) no risk is weighed"},
    {"scenarios", for_samples, "the plan is for the mean of the samples: state plan_for: samples"},
    {"tie_break", may_be_smooth,
     "with survive, moved_limit and an objective of Phi every plan is a vertex"},
    {"evaluations", searches, "the program has no moves to count: state method: search"},
};

const char *lead_te_option_idle(const lead_te_type *type, const lead_te_options *options,
                                int index) {
    LEAD_EXPECTS(type && options);
    if (lead_option_is_usual(&lead_te_section.rows[index], options))
        return NULL;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (strcmp(needs[i].key, lead_te_section.rows[index].name) == 0 &&
            !needs[i].counts(type, options))
            return needs[i].why;
    return NULL;
}

_Static_assert(sizeof(lead_weight_rule) == sizeof(int) &&
                   sizeof(lead_te_objective) == sizeof(int) &&
                   sizeof(lead_te_method) == sizeof(int) &&
                   sizeof(lead_te_path_choice) == sizeof(int) &&
                   sizeof(lead_te_plan_for_what) == sizeof(int) &&
                   sizeof(lead_te_survival) == sizeof(int) &&
                   sizeof(lead_te_tie_break) == sizeof(int),
               "options of kind WORD are written as ints");
