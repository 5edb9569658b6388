#include "scenario/heeded.h"
#include "formats/text/yaml.h"
#include "options/engine_options.h"
#include "options/te_options.h"
#include <string.h>

/* What the transport does not heed, in an engine that has packets. */
static const char *why_idle(const lead_engine_options *options, const char *name) {
    bool tcp = options->packets == LEAD_PACKETS_TCP;
    if (tcp && strcmp(name, "flows_per_pair") == 0)
        return "changes nothing: these are flows of UDP (model: cbr, poisson, pareto)";
    if (!tcp && strcmp(name, "mean_flow_bytes") == 0)
        return "changes nothing: these are flows of TCP (model: tcp)";
    return NULL;
}

static void warn_row(const lead_scenario *scenario, const lead_option_section *section,
                     const lead_option *row) {
    const lead_engine_options *options = &scenario->engine_options;
    char key[80], text[160];
    if (lead_option_is_usual(row, options))
        return;
    snprintf(key, sizeof key, "%s%s%s", section->key, *section->key ? "." : "", row->name);
    snprintf(text, sizeof text, "changes nothing in the engine %s: it is heeded by %s",
             scenario->engine->name, row->heeded_by);
    const char *why =
        lead_option_is_heeded(row, scenario->engine->name) ? why_idle(options, row->name) : text;
    if (why)
        lead_yaml_warn(scenario->path, key, why);
}

void lead_scenario_warn_idle_policies(const lead_scenario *scenario) {
    char key[80];
    for (int i = 0; i < scenario->policy_count; i++) {
        const lead_policy *policy = &scenario->policies[i];
        for (int option = 0; option < lead_te_option_count(); option++) {
            const char *why = lead_te_option_idle(policy->te, &policy->te_options, option);
            snprintf(key, sizeof key, "policies[%d].te.%s", i, lead_te_option_name(option));
            if (why)
                lead_yaml_warn(scenario->path, key, why);
        }
        snprintf(key, sizeof key, "policies[%d].te.when.surprise", i);
        if (policy->surprise > 0 && policy->every == 1)
            lead_yaml_warn(scenario->path, key,
                           "changes nothing: every is 1, and a plan is made after each epoch");
    }
}

void lead_scenario_warn_idle(const lead_scenario *scenario) {
    const lead_option_section *const sections[] = {&lead_packets_section, &lead_time_section,
                                                   &lead_queue_section, &lead_convergence_section,
                                                   &lead_outputs_section};
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
        for (int i = 0; i < sections[s]->count; i++)
            warn_row(scenario, sections[s], &sections[s]->rows[i]);
    lead_scenario_warn_idle_policies(scenario);
}
