/* Any bytes as the file of an attached controller: read or refused. */
#include "fuzz.h"
#include <lead/scenario.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    lead_scenario *scenario;
    const char *path = fuzz_file(data, size, ".yaml");
    if (lead_scenario_read_attached(path, &scenario) == LEAD_OK)
        lead_scenario_free(scenario);
    unlink(path);
    return 0;
}
