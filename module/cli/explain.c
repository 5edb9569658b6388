/* `lead explain`, `lead scenario`: what the keys of scenario files are; `lead info`: what this
 * build can do. */
#include "cli/cli.h"
#include <lead/run.h>

lead_status lead_cli_explain(int argc, char **argv) {
    const char *table = NULL;
    const lead_cli_option options[] = {{"markdown", &table, NULL, NULL}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (count > 1)
        return lead_fail(LEAD_INVALID, "explain takes one key, or none for a list of all");
    if (table)
        return lead_scenario_print_keys(table, stdout)
                   ? LEAD_OK
                   : lead_fail(LEAD_INVALID, "--markdown: \"%.60s\" is no part of a scenario",
                               table);
    if (lead_scenario_explain(count ? rest[0] : NULL, stdout) > 0)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID, "there is no key \"%.60s\" (`lead explain` lists them)",
                     rest[0]);
}

lead_status lead_cli_scenario(int argc, char **argv) {
    bool schema = false;
    const lead_cli_option options[] = {{"schema", NULL, &schema, NULL}};
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (!schema || count > 0)
        return lead_fail(LEAD_INVALID,
                         "scenario takes --schema: the JSON Schema of scenario files");
    return lead_scenario_print_schema(stdout);
}

lead_status lead_cli_info(int argc, char **argv) {
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, NULL, 0, &rest, &count));
    if (count > 0)
        return lead_fail(LEAD_INVALID, "info takes no arguments");
    printf("ns3-lead %s\n", lead_build());
    printf("engines     %s\n", lead_engine_names());
    printf("estimators  %s\n", lead_estimator_names());
    printf("predictors  %s\n", lead_predictor_names());
    printf("algorithms  %s\n", lead_te_names());
    printf("topologies  .yaml .csv .graph .xml .graphml .gml .json\n");
    printf("TMs         .csv .csv.gz .demands .xml folder/\n");
    return LEAD_OK;
}
