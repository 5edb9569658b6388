/* Periods of a run: see periods.h. */
#include "study/answers/periods.h"
#include "base/array.h"
#include "formats/text/columns.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[LEAD_STUDY_PERIODS] = {"before", "during", "after"};

const char *lead_study_period_name(lead_study_period period) {
    return names[period];
}

/* --- events.csv ------------------------------------------------------------------------------- */

enum { EPOCH, OFFSET, EVENT, KIND, ACTION, TARGET, WANTED };

static const char *const wanted[WANTED] = {"epoch", "offset_s", "event",
                                           "kind",  "action",   "target"};

/* A line of the file. */
typedef struct moment {
    int epoch, event;
    bool inside; /* not at the epoch's start */
    bool ends, repairs;
    char *target;
} moment;

typedef struct reader {
    lead_columns columns;
    moment *list; /* ascending in time */
    int count, room;
} reader;

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), wanted_length = strlen(end);
    return length >= wanted_length && strcmp(text + length - wanted_length, end) == 0;
}

static lead_status read_row(reader *self) {
    char *const *fields = self->columns.fields;
    double offset;
    moment one = {0};
    if (!lead_integer_parse(fields[EPOCH], &one.epoch) ||
        !lead_integer_parse(fields[EVENT], &one.event) ||
        !lead_number_parse(fields[OFFSET], &offset))
        return lead_lines_fail(self->columns.lines, LEAD_FORMAT,
                               "this is no row of a run's events");
    one.inside = offset > 0;
    one.ends = strcmp(fields[ACTION], "end") == 0;
    one.repairs = ends_with(fields[KIND], "-repair");
    LEAD_TRY(lead_grow(&self->list, sizeof *self->list, self->count, 1, &self->room));
    LEAD_TRY(lead_string_copy(fields[TARGET], &one.target));
    self->list[self->count++] = one;
    return LEAD_OK;
}

static lead_status read_rows(reader *self, const char *path) {
    bool there;
    LEAD_TRY(lead_columns_open(path, wanted, WANTED, "events.csv of a run", &self->columns));
    for (;;) {
        LEAD_TRY(lead_columns_next(&self->columns, &there));
        if (!there)
            return LEAD_OK;
        LEAD_TRY(read_row(self));
    }
}

/* The line that ends what the one at `begin` begins; the number of lines: none. */
static int end_of(const reader *self, int begin) {
    const moment *from = &self->list[begin];
    int i = begin + 1;
    for (; i < self->count; i++) {
        const moment *it = &self->list[i];
        bool same = strcmp(it->target, from->target) == 0;
        if (same && ((it->ends && it->event == from->event) || it->repairs))
            break;
    }
    return i;
}

/* --- epochs ----------------------------------------------------------------------------------- */

/* Epochs from..to-1, by their numbers. */
static void mark(const lead_epochs *epochs, int from, int to, unsigned char *of) {
    for (int i = 0; i < epochs->count; i++)
        if (epochs->epoch[i] >= from && epochs->epoch[i] < to)
            of[i] = LEAD_STUDY_DURING;
}

/* Whether anything lasts. */
static bool divide(const reader *self, const lead_epochs *epochs, unsigned char *of) {
    bool any = false;
    memset(of, LEAD_STUDY_AFTER, (size_t)epochs->count);
    for (int i = 0; i < self->count; i++) {
        if (self->list[i].ends || self->list[i].repairs)
            continue;
        int end = end_of(self, i), last = epochs->count > 0 ? epochs->epoch[epochs->count - 1] : 0;
        any = true;
        mark(epochs, self->list[i].epoch,
             end < self->count ? self->list[end].epoch + self->list[end].inside : last + 1, of);
    }
    if (!any)
        memset(of, LEAD_STUDY_DURING, (size_t)epochs->count);
    for (int i = 0; i < epochs->count && of[i] != LEAD_STUDY_DURING; i++)
        of[i] = LEAD_STUDY_BEFORE;
    return any;
}

lead_status lead_periods_read(const char *path, const lead_epochs *epochs, unsigned char *of,
                              bool *any) {
    reader self = {0};
    lead_status status = LEAD_OK;
    if (access(path, F_OK) == 0)
        LEAD_TRY_FREE(read_rows(&self, path));
    *any = divide(&self, epochs, of);
fail:
    lead_columns_close(&self.columns);
    for (int i = 0; i < self.count; i++)
        free(self.list[i].target);
    free(self.list);
    return status;
}

lead_status lead_periods_select(const lead_epochs *epochs, int columns, const unsigned char *of,
                                lead_study_period period, lead_epochs **out) {
    lead_epochs *to = NULL;
    size_t count = (size_t)epochs->count;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *to, &to));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *to->epoch, &to->epoch));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *to->time, &to->time));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *to->offered, &to->offered));
    for (int c = 0; c < columns; c++)
        LEAD_TRY_FREE(lead_calloc(count, sizeof(double), &to->values[c]));
    for (int i = 0; i < epochs->count; i++) {
        if (of[i] != (unsigned char)period)
            continue;
        to->epoch[to->count] = epochs->epoch[i];
        to->time[to->count] = epochs->time[i];
        to->offered[to->count] = epochs->offered[i];
        for (int c = 0; c < columns; c++)
            to->values[c][to->count] = epochs->values[c][i];
        to->count++;
    }
    *out = to;
    return LEAD_OK;
fail:
    lead_epochs_free(to);
    return status;
}
