/* Any bytes as a .yaml topology. */
#include "readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_topology(data, size, ".yaml");
}
