/* columns: see columns.h. */
#include "formats/text/columns.h"
#include "base/expects.h"
#include <string.h>

static int kind_of(const char *const *names, int count, const char *field) {
    for (int i = 0; i < count; i++)
        if (strcmp(field, names[i]) == 0)
            return i;
    return count;
}

lead_status lead_columns_open(const char *path, const char *const *names, int count,
                              const char *what, lead_columns *out) {
    LEAD_EXPECTS(count <= LEAD_COLUMNS_MOST);
    char *text, *field;
    size_t most;
    int found = 0;
    *out = (lead_columns){.wanted = count};
    LEAD_TRY(lead_lines_alloc(path, &out->lines));
    LEAD_TRY(lead_csv_header(out->lines, &text, &most));
    for (; out->count < LEAD_COLUMNS_MOST; out->count++) {
        LEAD_TRY(lead_csv_next(out->lines, &text, &field));
        if (!field)
            break;
        out->kinds[out->count] = kind_of(names, count, field);
        found += out->kinds[out->count] < count;
    }
    return found == count ? LEAD_OK
                          : lead_lines_fail(out->lines, LEAD_FORMAT, "this is no %s", what);
}

static lead_status split(lead_columns *self, char *text) {
    memset(self->fields, 0, sizeof self->fields);
    for (int i = 0; i < self->count; i++)
        LEAD_TRY(lead_csv_next(self->lines, &text, &self->fields[self->kinds[i]]));
    for (int i = 0; i < self->wanted; i++)
        if (!self->fields[i])
            return lead_lines_fail(self->lines, LEAD_FORMAT, "the row is cut");
    return LEAD_OK;
}

lead_status lead_columns_next(lead_columns *columns, bool *there) {
    *there = false;
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(columns->lines, &text));
        if (!text)
            return LEAD_OK;
        if (lead_csv_is_blank(columns->lines, text))
            continue;
        *there = true;
        return split(columns, text);
    }
}

void lead_columns_close(lead_columns *columns) {
    lead_lines_free(columns->lines);
    columns->lines = NULL;
}
