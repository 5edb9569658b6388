/* Any bytes as a list of times: read, in order, or refused. */
#include "fuzz.h"
#include <lead/formats.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(data, size, ".csv");
    int64_t *times;
    int count;
    if (lead_times_read(path, &times, &count) == LEAD_OK) {
        for (int i = 1; i < count; i++)
            if (times[i] < times[i - 1])
                abort();
        free(times);
    }
    unlink(path);
    return 0;
}
