/* key: a hash of all that decides a run: the scenario's text, the build, the bytes of its files. */
#ifndef LEAD_STUDY_KEY_H
#define LEAD_STUDY_KEY_H

#include "base/digest/sha256.h"
#include <lead/study.h>

/* The checksums of files, each taken once. */
typedef struct lead_hashes {
    struct lead_hash {
        char *path;
        char hex[LEAD_SHA256_HEX];
    } * list;
    int count, room;
} lead_hashes;

void lead_hashes_clear(lead_hashes *hashes);

/* What built this library and how its bytes are told from another build's: "0.2.0 (GNU 12.2.0)
 * BUILD-ID". In text[200]. */
void lead_study_build(char text[200]);

/* The key of the run of `policy` of a scenario whose text (lead_scenario_text) is `text`. LEAD_IO
 * for a file that it names and that cannot be read. */
lead_status lead_study_key(const lead_scenario *scenario, const char *text, const char *policy,
                           const char *build, lead_hashes *hashes, char key[LEAD_STUDY_KEY]);

#endif
