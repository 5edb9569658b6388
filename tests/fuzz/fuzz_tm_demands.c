/* Any bytes as a .demands file of traffic matrices. */
#include "readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_tms(data, size, ".demands");
}
