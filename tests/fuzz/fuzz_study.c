/* Any bytes as the table of a study, runs.csv: read, with rows that are in order, or refused. */
#include "bytes.h"
#include "fuzz.h"
#include <lead/study.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[300];
    lead_study *study;
    snprintf(path, sizeof path, "%s/runs.csv", scratch_folder(NULL));
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    if (lead_study_read(scratch_folder(NULL), &study) != LEAD_OK)
        return 0;
    int runs = 0;
    for (int i = 0; i < study->count; i++) {
        const lead_study_row *row = &study->rows[i];
        runs += row->same_as == i;
        FUZZ_HOLDS(row->same_as >= 0 && row->same_as <= i && row->against >= 0 &&
                       row->against < study->count,
                   "row %d", i);
        FUZZ_HOLDS(strlen(row->key) == LEAD_STUDY_KEY - 1 && !strchr(row->policy, '/'), "row %d",
                   i);
    }
    FUZZ_HOLDS(runs == study->runs, "%d runs", runs);
    lead_study_free(study);
    return 0;
}
