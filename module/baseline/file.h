/* What is kept of an accepted run: `baselines/NAME.json` and the rows in `baselines/NAME/`. */
#ifndef LEAD_BASELINE_FILE_H
#define LEAD_BASELINE_FILE_H

#include "base/digest/sha256.h"
#include <lead/record.h>
#include <lead/scenario.h>

typedef struct lead_kept_policy {
    char *name;
    char digest[LEAD_SHA256_HEX]; /* of its epochs.csv */
    double *metrics;              /* [lead_summary_metrics()]; NaN: none */
    bool *lacks; /* [the same]; it is newer than the baseline, which has no word of it */
} lead_kept_policy;

typedef struct lead_kept {
    char *build;
    char *data; /* "topology abilene.yaml 0123..., ..." */
    lead_kept_policy *policies;
    int policy_count;
} lead_kept;

/* What a run in folder `out` came to, with the checksums of what it read. */
lead_status lead_kept_make(const lead_scenario *scenario, const lead_summary *summary,
                           const char *out, lead_kept **kept);
/* Reads a baseline; LEAD_IO, LEAD_FORMAT with its name. */
lead_status lead_kept_read(const char *path, lead_kept **kept);
/* Writes it, and the rows of the run in `out` beside it. The JSON comes last. */
lead_status lead_kept_write(const lead_kept *kept, const char *scenario, const char *path,
                            const char *out);
void lead_kept_free(lead_kept *kept);
const lead_kept_policy *lead_kept_find(const lead_kept *kept, const char *name);

/* DIR/baselines/NAME.json for a scenario file in DIR. */
void lead_kept_path(const lead_scenario *scenario, char path[4096]);
/* Where the rows of one of its policies are: DIR/baselines/NAME/POLICY.FILE.gz. */
void lead_kept_rows_path(const char *path, const char *policy, const char *file, char rows[4096]);

#endif
