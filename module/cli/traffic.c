/* `lead traffic`: the TMs of a scenario as a file, for training models and for other programs. */
#include "cli/cli.h"
#include <lead/formats.h>
#include <lead/scenario.h>

static lead_status write_traffic(const lead_scenario *scenario, const char *path) {
    lead_subject subject;
    LEAD_TRY(lead_scenario_load(scenario, &subject));
    lead_status status = lead_tm_series_write(subject.series, path);
    if (status == LEAD_OK)
        printf("%s: %d TMs of %d nodes, the last %d are the scenario's epochs\n", path,
               lead_tm_series_length(subject.series), lead_tm_series_node_count(subject.series),
               lead_tm_series_length(subject.series) - subject.first);
    lead_subject_free(&subject);
    return status;
}

lead_status lead_cli_traffic(int argc, char **argv) {
    const char *data = NULL;
    const lead_cli_option options[] = {{"data", &data, NULL, NULL}};
    char **rest;
    int count;
    lead_scenario *scenario;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 1, &rest, &count));
    if (count != 2)
        return lead_fail(LEAD_INVALID, "traffic takes a scenario and the file to write");
    LEAD_TRY(lead_scenario_read(rest[0], data, &scenario));
    lead_status status = write_traffic(scenario, rest[1]);
    lead_scenario_free(scenario);
    return status;
}
