/* Lists of times: CSV with a header, of which the column `time` counts. */
#include "base/array.h"
#include "base/expects.h"
#include "formats/text/text.h"
#include <stdlib.h>
#include <string.h>

typedef struct times {
    int64_t *values;
    int count, room;
} times;

static lead_status find_column(lead_lines *lines, int *column) {
    char *text, *field;
    size_t most;
    LEAD_TRY(lead_csv_header(lines, &text, &most));
    for (*column = 0;; (*column)++) {
        LEAD_TRY(lead_csv_next(lines, &text, &field));
        if (!field || strcmp(field, "time") == 0)
            break;
    }
    return field ? LEAD_OK : lead_lines_fail(lines, LEAD_FORMAT, "no column is called time");
}

static lead_status read_rows(lead_lines *lines, int column, times *list) {
    for (;;) {
        char *text, *field;
        int64_t time;
        LEAD_TRY(lead_lines_next(lines, &text));
        if (!text)
            return LEAD_OK;
        if (!*text)
            continue;
        LEAD_TRY(lead_csv_next(lines, &text, &field));
        for (int i = 0; i < column && field; i++)
            LEAD_TRY(lead_csv_next(lines, &text, &field));
        if (!field)
            return lead_lines_fail(lines, LEAD_FORMAT, "column %d, time, is missing", column + 1);
        lead_status status = lead_time_parse(field, &time);
        if (status != LEAD_OK)
            return lead_lines_fail_within(lines, status);
        LEAD_TRY(lead_grow(&list->values, sizeof *list->values, list->count, 1, &list->room));
        list->values[list->count++] = time;
    }
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

lead_status lead_times_read(const char *path, int64_t **values, int *count) {
    LEAD_EXPECTS(path && values && count);
    lead_lines *lines;
    times list = {0};
    int column = 0;
    LEAD_TRY(lead_lines_alloc(path, &lines));
    lead_status status = find_column(lines, &column);
    if (status == LEAD_OK)
        status = read_rows(lines, column, &list);
    lead_lines_free(lines);
    if (status != LEAD_OK) {
        free(list.values);
        return status;
    }
    if (list.count > 0)
        qsort(list.values, (size_t)list.count, sizeof *list.values, compare);
    *values = list.values;
    *count = list.count;
    return LEAD_OK;
}
