/* Any bytes as a scenario: read or refused. Files it names are not there, so a whole scenario is
 * refused at its topology at the latest, unless it names one of the seeds' own. */
#include "fuzz.h"
#include <lead/scenario.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    lead_scenario *scenario;
    const char *path = fuzz_file(data, size, ".yaml");
    if (lead_scenario_read(path, NULL, &scenario) == LEAD_OK)
        lead_scenario_free(scenario);
    unlink(path);
    return 0;
}
