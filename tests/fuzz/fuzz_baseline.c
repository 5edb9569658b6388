/* Baselines, expectations and rows of runs from any bytes: understood or refused, never more. The
 * first byte says which of them the rest is. */
#include "baseline/expect.h"
#include "baseline/file.h"
#include "baseline/first.h"
#include "bytes.h"
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *put(const char *name, const uint8_t *data, size_t size) {
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", scratch_folder(NULL), name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    return path;
}

static void read_baseline(const uint8_t *data, size_t size) {
    lead_kept *kept;
    if (lead_kept_read(put("b.json", data, size), &kept) == LEAD_OK)
        lead_kept_free(kept);
}

static void read_expectations(const uint8_t *data, size_t size) {
    lead_policy policies[] = {{.name = "a"}, {.name = "b"}};
    char path[300];
    snprintf(path, sizeof path, "%s", put("s.yaml", data, size));
    lead_scenario scenario = {.path = path, .policies = policies, .policy_count = 2};
    lead_rules rules;
    if (lead_rules_read(&scenario, &rules) != LEAD_OK)
        return;
    for (int i = 0; i < rules.count; i++)
        FUZZ_HOLDS(rules.list[i].policy < 2 && rules.list[i].metric < lead_summary_metrics() &&
                       rules.list[i].other < 2,
                   "rule %d", i);
    lead_rules_free(&rules);
}

/* Four files, one after the other, of the same length. */
static void compare_rows(const uint8_t *data, size_t size) {
    size_t part = size / 4;
    char *texts[4], *first;
    for (size_t i = 0; i < 4; i++) {
        texts[i] = calloc(part + 1, 1);
        if (!texts[i])
            abort();
        memcpy(texts[i], data + i * part, part);
    }
    FUZZ_HOLDS(lead_first_change(texts[0], texts[1], texts[2], texts[3], &first) == LEAD_OK, "%s",
               lead_last_message());
    free(first);
    for (int i = 0; i < 4; i++)
        free(texts[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    switch (data[0] % 3) {
    case 0:
        read_baseline(data + 1, size - 1);
        break;
    case 1:
        read_expectations(data + 1, size - 1);
        break;
    default:
        compare_rows(data + 1, size - 1);
    }
    return 0;
}
