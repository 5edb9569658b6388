/* Any bytes as a summary.json: read or refused. */
#include "fuzz.h"
#include <lead/record.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    lead_summary *summary;
    const char *path = fuzz_file(data, size, ".json");
    if (lead_summary_read_json(path, &summary) == LEAD_OK)
        lead_summary_free(summary);
    unlink(path);
    return 0;
}
