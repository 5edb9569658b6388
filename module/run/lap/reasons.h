/* reasons: why a policy's laps fell back, counted. */
#ifndef LEAD_RUN_LAP_REASONS_H
#define LEAD_RUN_LAP_REASONS_H

#include <lead/record.h>

enum { LEAD_REASONS = 32 }; /* different ones that are told apart, the first to come */

typedef struct lead_reasons {
    struct {
        int epochs;
        char text[sizeof((lead_epoch_record *)0)->fallbacks + sizeof((lead_epoch_record *)0)->why +
                  2]; /* "PREDICT: ..." */
    } known[LEAD_REASONS];
    int count;
} lead_reasons;

void lead_reasons_add(lead_reasons *reasons, const lead_epoch_record *record);
/* The one of most epochs into the summary, if there was any. */
lead_status lead_reasons_tell(const lead_reasons *reasons, lead_policy_summary *summary);

#endif
