/* What is random in an event: a stream of its own, so that another event changes nothing here. */
#include "events/timeline.h"
#include "options/event_options.h"
#include <stdlib.h>

/* What an event says, in one line, which its draws are of: not in the digits that people get. */
static void describe(const lead_event *event, char *text, size_t size) {
    char value[120];
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < lead_event_section.count && used < size; i++) {
        const lead_option *row = &lead_event_section.rows[i];
        if (lead_option_is_usual(row, event) ||
            !lead_option_get_exact(row, event, value, sizeof value))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s: %s, ", row->name, value);
    }
}

/* Events that say the same draw one after the other. */
lead_status timeline_make_seeds(lead_timeline *timeline) {
    char text[1400], name[1500];
    uint64_t *plain;
    LEAD_TRY(lead_calloc((size_t)timeline->event_count, sizeof *plain, &plain));
    for (int i = 0; i < timeline->event_count; i++) {
        int same = 0;
        describe(&timeline->events[i], text, sizeof text);
        plain[i] = lead_random_seed(timeline->run.seed, text);
        for (int k = 0; k < i; k++)
            same += plain[k] == plain[i];
        snprintf(name, sizeof name, "event %d of %s", same, text);
        timeline->seeds[i] = lead_random_seed(timeline->run.seed, name);
    }
    free(plain);
    return LEAD_OK;
}

int timeline_draw(const lead_timeline *timeline, int event, const char *use, int round, int count) {
    uint32_t words[4];
    uint64_t key = lead_random_seed(timeline->seeds[event], use);
    lead_philox(key, (uint64_t)round, words);
    return (int)(((uint64_t)words[0] * (uint64_t)count) >> 32);
}
