/* events.csv: what happened. */
#include "base/expects.h"
#include "base/table.h"
#include "events/timeline.h"
#include "options/event_options.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The beginning or the end of an occurrence. */
typedef struct row {
    const occurrence *of;
    double time;
    bool ends;
} row;

static int by_time(const void *a, const void *b) {
    const row *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->of->event != y->of->event)
        return x->of->event - y->of->event;
    return (int)x->ends - (int)y->ends;
}

/* A name as a CSV field. */
static void put_text(lead_file_writer *writer, const char *text) {
    if (!strpbrk(text, ",\"\n\r")) {
        lead_file_printf(writer, ",%s", text);
        return;
    }
    lead_file_printf(writer, ",\"");
    for (; *text; text++)
        lead_file_printf(writer, *text == '"' ? "\"\"" : "%c", *text);
    lead_file_printf(writer, "\"");
}

/* What the event is to the thing: "factor 10", "late", ... */
static void describe(const lead_event *event, char *text, size_t size) {
    static const char *const keys[] = {"factor", "rate",  "capacity", "counters",
                                       "share",  "above", "fault",    "delay"};
    char value[80], kind[20];
    size_t used = 0;
    text[0] = '\0';
    lead_word_at(lead_event_section.rows[0].words, (int)event->kind, kind, sizeof kind);
    for (size_t i = 0; i < sizeof keys / sizeof *keys && used < size; i++) {
        const lead_option *it =
            &lead_event_section.rows[lead_option_find(&lead_event_section, keys[i])];
        bool tells = it->kind == LEAD_OPTION_WORD || !lead_option_is_usual(it, event);
        if (!lead_option_is_heeded(it, kind) || !tells ||
            !lead_option_get(it, event, value, sizeof value))
            continue;
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s %s", used ? "; " : "", keys[i], value);
    }
}

static void put_row(const lead_timeline *self, const row *it, lead_file_writer *writer) {
    const lead_event *event = &self->events[it->of->event];
    char kind[20], text[300], time[LEAD_TIME_LENGTH + 1];
    int epoch = (int)floor(it->time / self->run.epoch);
    lead_word_at(lead_event_section.rows[0].words, (int)event->kind, kind, sizeof kind);
    lead_time_format(self->run.start + (int64_t)floor(it->time), time);
    describe(event, text, sizeof text);
    lead_file_printf(writer, "%d,%s,%.9g,%d,%s,%s", epoch, time, it->time - self->run.epoch * epoch,
                     it->of->event, kind, it->ends ? "end" : "begin");
    put_text(writer, it->of->target);
    put_text(writer, text);
    if (isnan(it->of->traffic) || it->ends)
        lead_file_printf(writer, ",\n");
    else
        lead_file_printf(writer, ",%.9g\n", it->of->traffic);
}

static int collect(const lead_timeline *self, row *rows) {
    int count = 0;
    for (int i = 0; i < self->occurrence_count; i++) {
        const occurrence *it = &self->occurrences[i];
        rows[count++] = (row){it, it->from, false};
        if (it->to > it->from && it->to < timeline_end(self))
            rows[count++] = (row){it, it->to, true};
    }
    if (count > 0)
        qsort(rows, (size_t)count, sizeof *rows, by_time);
    return count;
}

lead_status lead_timeline_write(const lead_timeline *timeline, const char *path) {
    LEAD_EXPECTS(timeline && path);
    lead_file_writer *writer = NULL;
    row *rows = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(2 * (size_t)timeline->occurrence_count, sizeof *rows, &rows));
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "epoch,time,offset_s,event,kind,action,target,value,traffic_bps\n");
    lead_locale before = lead_locale_enter();
    for (int i = 0, count = collect(timeline, rows); i < count; i++)
        put_row(timeline, &rows[i], writer);
    lead_locale_leave(before);
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    free(rows);
    return status;
}
