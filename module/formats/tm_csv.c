/* TMs as CSV: a header time,A>A,A>B,... (row-major, diagonal included), then a row an epoch, values
 * in kbit/s. */
#include "formats/text.h"
#include <stdlib.h>
#include <string.h>

/* The number of columns after `time`, and with it the nodes. */
static lead_status count_nodes(const lead_lines *lines, const char *text, int *n) {
    long columns = 0;
    for (const char *c = text; *c; c++)
        columns += *c == ',';
    *n = 1;
    while ((long)*n * *n < columns)
        (*n)++;
    if (columns == 0 || (long)*n * *n != columns)
        return lead_lines_fail(lines, LEAD_FORMAT,
                               "the header has %ld columns after time, which is not a square",
                               columns);
    return LEAD_OK;
}

/* Node names out of the header: those of the first n columns' destinations; then every column is
 * checked. */
static lead_status read_header(const lead_lines *lines, char *text, int n, char **names) {
    char *rest = text, *field = lead_field_next(&rest, ',');
    if (strcmp(field, "time") != 0)
        return lead_lines_fail(lines, LEAD_FORMAT,
                               "the header begins with \"%.40s\", not with time", field);
    for (int od = 0; od < n * n; od++) {
        field = lead_field_next(&rest, ',');
        char *arrow = strchr(field, '>');
        if (!arrow || strchr(arrow + 1, '>') || arrow == field || !arrow[1])
            return lead_lines_fail(lines, LEAD_FORMAT,
                                   "column %d: \"%.80s\" is not SOURCE>DESTINATION", od + 2, field);
        *arrow = '\0';
        if (od < n)
            LEAD_TRY(lead_string_copy(arrow + 1, &names[od]));
        if (strcmp(field, names[od / n]) != 0 || strcmp(arrow + 1, names[od % n]) != 0)
            return lead_lines_fail(lines, LEAD_FORMAT,
                                   "column %d is %.40s>%.40s where %.40s>%.40s belongs (row-major)",
                                   od + 2, field, arrow + 1, names[od / n], names[od % n]);
    }
    return LEAD_OK;
}

static lead_status read_row(const lead_lines *lines, char *rest, int n, double unit, double *tm) {
    for (int od = 0; od < n * n; od++) {
        char *field = lead_field_next(&rest, ',');
        if (!field)
            return lead_lines_fail(lines, LEAD_FORMAT, "%d values where %d belong", od, n * n);
        if (!lead_number_parse(field, &tm[od]))
            return lead_lines_fail(lines, LEAD_FORMAT, "column %d: \"%.40s\" is not a number",
                                   od + 2, field);
        if (tm[od] < 0)
            return lead_lines_fail(lines, LEAD_FORMAT, "column %d: demand %s is negative", od + 2,
                                   field);
        tm[od] *= unit;
    }
    return rest ? lead_lines_fail(lines, LEAD_FORMAT, "more than %d values", n * n) : LEAD_OK;
}

static lead_status read_rows(lead_lines *lines, const lead_tm_reading *reading, int n, double *tm,
                             lead_tm_series *series) {
    for (;;) {
        char *text;
        int64_t time;
        LEAD_TRY(lead_lines_next(lines, &text));
        if (!text)
            return LEAD_OK;
        if (!*text)
            continue;
        char *rest = text, *field = lead_field_next(&rest, ',');
        lead_status status = lead_time_parse(field, &time);
        if (status != LEAD_OK)
            return lead_lines_fail_within(lines, status);
        if (reading->to && time >= reading->to)
            return LEAD_OK;
        if (time < reading->from)
            continue;
        LEAD_TRY(read_row(lines, rest, n, reading->unit > 0 ? reading->unit : 1e3, tm));
        status = lead_tm_series_append(series, time, tm);
        if (status != LEAD_OK)
            return lead_lines_fail_within(lines, status);
    }
}

lead_status lead_tm_csv_read(const char *path, const lead_tm_reading *reading,
                             lead_tm_series **out) {
    lead_lines *lines = NULL;
    lead_tm_series *series = NULL;
    char **names = NULL, *text;
    double *tm = NULL;
    int n = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_lines_alloc(path, &lines));
    LEAD_TRY_FREE(lead_lines_next(lines, &text));
    if (!text) {
        status = lead_fail(LEAD_FORMAT, "%s:1: the file is empty", path);
        goto fail;
    }
    LEAD_TRY_FREE(count_nodes(lines, text, &n));
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *names, &names));
    LEAD_TRY_FREE(lead_calloc((size_t)n * (size_t)n, sizeof *tm, &tm));
    LEAD_TRY_FREE(read_header(lines, text, n, names));
    status = lead_tm_series_alloc(n, (const char *const *)names, &series);
    if (status != LEAD_OK) {
        status = lead_lines_fail_within(lines, status);
        goto fail;
    }
    LEAD_TRY_FREE(read_rows(lines, reading, n, tm, series));
    status = lead_tm_reading_finish(path, reading, series, out);
    series = NULL;
fail:
    for (int i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
    free(tm);
    lead_tm_series_free(series);
    lead_lines_free(lines);
    return status;
}

static void write_header(lead_file_writer *writer, const lead_tm_series *series) {
    int n = lead_tm_series_node_count(series);
    lead_file_printf(writer, "time");
    for (int od = 0; od < n * n; od++)
        lead_file_printf(writer, ",%s>%s", lead_tm_series_node_name(series, od / n),
                         lead_tm_series_node_name(series, od % n));
    lead_file_printf(writer, "\n");
}

lead_status lead_tm_csv_write(const lead_tm_series *series, const char *path) {
    int n = lead_tm_series_node_count(series);
    size_t length = strlen(path);
    bool gzip = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    if (!lead_tm_series_node_name(series, 0))
        return lead_fail(LEAD_INVALID, "%s: the TMs' nodes have no names", path);
    for (int i = 0; i < n; i++)
        LEAD_TRY(lead_csv_check_name(path, lead_tm_series_node_name(series, i), ">"));
    LEAD_TRY_FREE(lead_file_writer_alloc(path, gzip, &writer));
    write_header(writer, series);
    for (int i = 0; i < lead_tm_series_length(series); i++) {
        char time[LEAD_TIME_LENGTH + 1];
        lead_time_format(lead_tm_series_time(series, i), time);
        const double *tm = lead_tm_series_tm(series, i);
        lead_file_printf(writer, "%s", time);
        for (int od = 0; od < n * n; od++)
            lead_file_printf(writer, ",%.10g", tm[od] / 1e3);
        lead_file_printf(writer, "\n");
    }
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    return status;
}
