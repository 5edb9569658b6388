/* Any bytes as a .json topology. */
#include "readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_topology(data, size, ".json");
}
