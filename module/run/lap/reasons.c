/* reasons: see reasons.h. */
#include "run/lap/reasons.h"
#include <string.h>

void lead_reasons_add(lead_reasons *reasons, const lead_epoch_record *record) {
    char text[sizeof reasons->known[0].text];
    int at = 0;
    if (!record->fallbacks[0])
        return;
    snprintf(text, sizeof text, "%s: %s", record->fallbacks, record->why);
    while (at < reasons->count && strcmp(reasons->known[at].text, text) != 0)
        at++;
    if (at == LEAD_REASONS)
        return;
    if (at == reasons->count)
        memcpy(reasons->known[reasons->count++].text, text, sizeof text);
    reasons->known[at].epochs++;
}

lead_status lead_reasons_tell(const lead_reasons *reasons, lead_policy_summary *summary) {
    int most = 0;
    if (reasons->count == 0)
        return LEAD_OK;
    for (int i = 1; i < reasons->count; i++)
        if (reasons->known[i].epochs > reasons->known[most].epochs)
            most = i;
    summary->fallback_why_epochs = reasons->known[most].epochs;
    return lead_string_copy(reasons->known[most].text, &summary->fallback_why);
}
