/* `lead info`: what this build can do. */
#include "cli/cli.h"
#include <lead/run.h>

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
    printf("topologies  .yaml .csv .graph .xml .graphml .gml\n");
    printf("TMs         .csv .csv.gz .demands .xml folder/\n");
    return LEAD_OK;
}
