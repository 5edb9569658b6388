/* `lead check`: whether a scenario is in order, without running it. */
#include "cli/cli.h"
#include <lead/scenario.h>

static lead_status describe(const lead_scenario *scenario) {
    lead_topology *topology;
    lead_tm_series *series;
    int first;
    LEAD_TRY(lead_scenario_load(scenario, &topology, &series, &first));
    printf("%s: %d nodes, %d links; %d epochs of %g s after %d past TMs; %s engine, seed %llu\n",
           scenario->name, lead_topology_node_count(topology), lead_topology_link_count(topology),
           lead_tm_series_length(series) - first, scenario->engine_options.epoch, first,
           scenario->engine->name, (unsigned long long)scenario->seed);
    for (int i = 0; i < scenario->policy_count; i++) {
        const lead_policy *policy = &scenario->policies[i];
        printf("  %s: %s -> %s -> %s\n", policy->name, policy->estimator->name,
               policy->predictor ? policy->predictor->name : "(no forecast)", policy->te->name);
    }
    lead_tm_series_free(series);
    lead_topology_free(topology);
    return LEAD_OK;
}

lead_status lead_cli_check(int argc, char **argv) {
    const char *data = NULL;
    const lead_cli_option options[] = {{"data", &data, NULL, NULL}};
    char **rest;
    int count;
    lead_scenario *scenario;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (count != 1)
        return lead_fail(LEAD_INVALID, "check takes one scenario");
    LEAD_TRY(lead_scenario_read(rest[0], data, &scenario));
    lead_status status = describe(scenario);
    lead_scenario_free(scenario);
    return status;
}
