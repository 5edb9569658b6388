/* epochs.csv, by the names of its columns. */
#include "record/epochs.h"
#include "base/array.h"
#include "base/expects.h"
#include "formats/text/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a column holds: the value of that index, or one of these. */
enum { EPOCH = LEAD_EPOCHS_MOST, TIME, OFFERED, KINDS, OTHER = KINDS };

static const char *const needed[] = {"epoch", "time", "offered_bps"};

typedef struct reader {
    const char *const *names; /* of values, [count] */
    int count;
    lead_lines *lines;
    int *kinds; /* of the columns */
    int columns;
    lead_epochs *epochs;
    int room;
} reader;

static int kind_of(const reader *self, const char *name) {
    for (int i = 0; i < self->count; i++)
        if (strcmp(name, self->names[i]) == 0)
            return i;
    for (int i = 0; i < KINDS - EPOCH; i++)
        if (strcmp(name, needed[i]) == 0)
            return EPOCH + i;
    return OTHER;
}

static lead_status read_header(reader *self) {
    bool seen[KINDS + 1] = {false};
    char *text, *field;
    size_t most;
    LEAD_TRY(lead_csv_header(self->lines, &text, &most));
    LEAD_TRY(lead_calloc(most, sizeof *self->kinds, &self->kinds));
    for (;;) {
        LEAD_TRY(lead_csv_next(self->lines, &text, &field));
        if (!field)
            break;
        int kind = kind_of(self, field);
        if (kind != OTHER && seen[kind])
            return lead_lines_fail(self->lines, LEAD_FORMAT, "two columns are called %.40s", field);
        seen[kind] = true;
        self->kinds[self->columns++] = kind;
    }
    for (int i = 0; i < KINDS - EPOCH; i++)
        if (!seen[EPOCH + i])
            return lead_lines_fail(self->lines, LEAD_FORMAT,
                                   "no column is called %s: is this the epochs.csv of a run?",
                                   needed[i]);
    return LEAD_OK;
}

/* Room for one more row in every column: all of them have as much. */
static lead_status grow(reader *self) {
    lead_epochs *epochs = self->epochs;
    int count = epochs->count, room = self->room;
    LEAD_TRY(lead_grow(&epochs->epoch, sizeof *epochs->epoch, count, 1, &room));
    room = self->room;
    LEAD_TRY(lead_grow(&epochs->time, sizeof *epochs->time, count, 1, &room));
    room = self->room;
    LEAD_TRY(lead_grow(&epochs->offered, sizeof *epochs->offered, count, 1, &room));
    for (int i = 0; i < self->count; i++) {
        room = self->room;
        LEAD_TRY(lead_grow(&epochs->values[i], sizeof *epochs->values[i], count, 1, &room));
    }
    self->room = room;
    return LEAD_OK;
}

static lead_status read_epoch(const reader *self, const char *field) {
    lead_epochs *epochs = self->epochs;
    int *epoch = &epochs->epoch[epochs->count];
    if (!lead_integer_parse(field, epoch) || *epoch < 0)
        return lead_lines_fail(self->lines, LEAD_FORMAT, "epoch: \"%.40s\" is no epoch", field);
    return LEAD_OK;
}

static lead_status read_time(const reader *self, const char *field) {
    lead_status status = lead_time_parse(field, &self->epochs->time[self->epochs->count]);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(self->lines, status);
}

static lead_status read_value(const reader *self, const char *name, const char *field,
                              double *value) {
    *value = NAN;
    if (lead_is_missing(field) || lead_number_parse(field, value))
        return LEAD_OK;
    return lead_lines_fail(self->lines, LEAD_FORMAT, "%s: \"%.40s\" is not a number%s", name, field,
                           lead_comma_advice(field));
}

static lead_status read_field(const reader *self, int kind, const char *field) {
    lead_epochs *epochs = self->epochs;
    if (kind == EPOCH)
        return read_epoch(self, field);
    if (kind == TIME)
        return read_time(self, field);
    if (kind == OFFERED)
        return read_value(self, "offered_bps", field, &epochs->offered[epochs->count]);
    return kind == OTHER
               ? LEAD_OK
               : read_value(self, self->names[kind], field, &epochs->values[kind][epochs->count]);
}

static lead_status read_row(const reader *self, char *text) {
    const lead_epochs *epochs = self->epochs;
    int last = epochs->count;
    for (int i = 0; i < self->count; i++)
        epochs->values[i][last] = NAN;
    for (int column = 0; column < self->columns; column++) {
        char *field;
        LEAD_TRY(lead_csv_next(self->lines, &text, &field));
        if (!field)
            return lead_lines_fail(self->lines, LEAD_FORMAT,
                                   "%d fields for %d columns: the row is cut; run it again", column,
                                   self->columns);
        LEAD_TRY(read_field(self, self->kinds[column], field));
    }
    if (last > 0 && (epochs->epoch[last] <= epochs->epoch[last - 1] ||
                     epochs->time[last] <= epochs->time[last - 1]))
        return lead_lines_fail(self->lines, LEAD_FORMAT, "epoch %d is not after the one before, %d",
                               epochs->epoch[last], epochs->epoch[last - 1]);
    return LEAD_OK;
}

static lead_status read_rows(reader *self) {
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(self->lines, &text));
        if (!text)
            return LEAD_OK;
        if (lead_csv_is_blank(self->lines, text))
            continue;
        LEAD_TRY(grow(self));
        LEAD_TRY(read_row(self, text));
        self->epochs->count++;
    }
}

void lead_epochs_free(lead_epochs *epochs) {
    if (!epochs)
        return;
    free(epochs->epoch);
    free(epochs->time);
    free(epochs->offered);
    for (int i = 0; i < LEAD_EPOCHS_MOST; i++)
        free(epochs->values[i]);
    free(epochs);
}

lead_status lead_epochs_read(const char *path, const char *const *names, int count,
                             lead_epochs **out) {
    LEAD_EXPECTS(path && count <= LEAD_EPOCHS_MOST && out);
    reader self = {.names = names, .count = count};
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self.epochs, &self.epochs));
    LEAD_TRY_FREE(lead_lines_alloc(path, &self.lines));
    LEAD_TRY_FREE(read_header(&self));
    LEAD_TRY_FREE(read_rows(&self));
    *out = self.epochs;
    self.epochs = NULL;
fail:
    lead_lines_free(self.lines);
    free(self.kinds);
    lead_epochs_free(self.epochs);
    return status;
}
