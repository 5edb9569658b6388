/* Any bytes as a .graphml topology: read or refused, and what was read can be written and read
 * again. */
#include "fuzz.h"
#include <lead/formats.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(data, size, ".graphml");
    lead_topology *topology, *again;
    if (lead_topology_read(path, 1e9, &topology) == LEAD_OK) {
        if (lead_topology_write(topology, path) == LEAD_OK) {
            if (lead_topology_read(path, 0, &again) != LEAD_OK)
                abort();
            lead_topology_free(again);
        }
        lead_topology_free(topology);
    }
    unlink(path);
    return 0;
}
