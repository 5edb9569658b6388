/* fuzz_archive: any bytes as a TorchScript archive, as code and as a pickle; none may crash or
 * leak. */
#include "fuzz.h"
#include "predict/torch/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)lead_archive_check_code((const char *)data, size);
    (void)lead_archive_check_pickle(data, size);
    (void)lead_archive_check(fuzz_file(data, size, ".pt"));
    return 0;
}
