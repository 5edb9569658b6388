/* Any bytes as a .csv.gz file of traffic matrices: read or refused. */
#include "fuzz.h"
#include <lead/formats.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static lead_topology *topology;
    if (!topology) {
        if (lead_topology_alloc(&topology) != LEAD_OK ||
            lead_topology_add_node(topology, "a", NULL) != LEAD_OK ||
            lead_topology_add_node(topology, "b", NULL) != LEAD_OK)
            abort();
    }
    lead_tm_reading reading = {.topology = topology, .from = INT64_MIN};
    lead_tm_series *series;
    const char *path = fuzz_file(data, size, ".csv.gz");
    if (lead_tm_series_read(path, &reading, &series) == LEAD_OK)
        lead_tm_series_free(series);
    reading.topology = NULL;
    if (lead_tm_series_read(path, &reading, &series) == LEAD_OK)
        lead_tm_series_free(series);
    unlink(path);
    return 0;
}
