/* Any bytes as TMs of DOTE's kind. */
#include "readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_tms(data, size, ".hist");
}
