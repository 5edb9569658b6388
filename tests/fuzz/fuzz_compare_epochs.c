/* Any bytes as an epochs.csv: read, in order, or refused; what was read can be compared with
 * itself. */
#include "fuzz.h"
#include <lead/compare.h>

enum { COMPARED = 64 };

static void compare(const lead_compare_epochs *epochs) {
    lead_compare_options options = lead_compare_defaults();
    lead_compare_estimate estimate;
    int count = epochs->count < COMPARED ? epochs->count : COMPARED;
    options.resamples = 99;
    for (int i = 0; i + 1 < LEAD_COMPARE_METRICS && count > 0; i++) {
        lead_compare_stretch stretch = {epochs->values[i], epochs->values[i + 1], 1, count};
        for (int s = LEAD_COMPARE_MEAN; s <= LEAD_COMPARE_MAX; s++)
            if (lead_compare_estimate_of(&stretch, 1, (lead_compare_statistic)s, "fuzz", &options,
                                         &estimate) != LEAD_OK ||
                estimate.used > count || estimate.p > 1 || estimate.p <= 0)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(data, size, ".csv");
    lead_compare_epochs *epochs;
    if (lead_compare_epochs_read(path, &epochs) == LEAD_OK) {
        for (int i = 1; i < epochs->count; i++)
            if (epochs->epoch[i] <= epochs->epoch[i - 1] || epochs->time[i] <= epochs->time[i - 1])
                abort();
        compare(epochs);
        lead_compare_epochs_free(epochs);
    }
    unlink(path);
    return 0;
}
