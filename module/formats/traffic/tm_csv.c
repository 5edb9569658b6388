/* TMs as CSV: a time and a column SOURCE>DESTINATION for each pair, in any order, then a row an
 * epoch; or a row a pair (tm_long.c). Values in kbit/s. */
#include "formats/traffic/tm_csv.h"
#include "base/expects.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

lead_status lead_tm_table_node(lead_tm_table *table, const char *name, int *node) {
    *node = lead_topology_find_node(table->nodes, name);
    if (*node >= 0)
        return LEAD_OK;
    lead_status status = lead_topology_add_node(table->nodes, name, node);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(table->lines, status);
}

lead_status lead_tm_table_start(lead_tm_table *table) {
    int n = lead_topology_node_count(table->nodes);
    const char **names;
    LEAD_TRY(lead_calloc((size_t)n, sizeof *names, &names));
    for (int i = 0; i < n; i++)
        names[i] = lead_topology_node_name(table->nodes, i);
    lead_status status = lead_tm_series_alloc(n, names, &table->series);
    free(names);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(table->lines, status);
}

lead_status lead_tm_table_value(const lead_tm_table *table, const char *text, int column,
                                double unit, bool *missing, double *value) {
    *value = 0;
    *missing = !lead_number_parse(text, value) && lead_is_missing(text);
    if (*missing)
        return LEAD_OK;
    if (!lead_number_parse(text, value))
        return lead_lines_fail(table->lines, LEAD_FORMAT, "column %d: \"%.40s\" is not a number%s",
                               column, text, lead_comma_advice(text));
    if (*value < 0)
        return lead_lines_fail(table->lines, LEAD_FORMAT, "column %d: demand %s is negative",
                               column, text);
    *value *= unit;
    return LEAD_OK;
}

bool lead_tm_table_wanted(const lead_tm_table *table, int64_t time) {
    return time >= table->reading->from && (!table->reading->to || time < table->reading->to);
}

void lead_tm_table_leave_out(lead_tm_table *table, long line, int source, int destination) {
    if (table->left_out++ == 0)
        snprintf(table->first, sizeof table->first, "line %ld, %.25s>%.25s", line,
                 lead_topology_node_name(table->nodes, source),
                 lead_topology_node_name(table->nodes, destination));
}

/* --- a column a pair -------------------------------------------------------------------------- */

/* What the columns are: pairs, and the one that is none. */
typedef struct columns {
    lead_pair *pairs; /* [count]; from -1 for the time */
    int count, time;
} columns;

/* "A>B" cut in two; false when it is none. */
static bool cut_pair(char *field, char **to) {
    char *arrow = strchr(field, '>');
    if (!arrow || strchr(arrow + 1, '>') || arrow == field || !arrow[1])
        return false;
    *arrow = '\0';
    *to = arrow + 1;
    return true;
}

static bool names_time(const char *name) {
    static const char *const words[] = {"time", "timestamp", "date", "datetime"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(name, words[i]) == 0)
            return true;
    return false;
}

/* Which of the columns that are no pairs holds the time: the only one, or the only one that says
 * so; the others are named in a warning. */
static lead_status choose_time(const lead_tm_table *table, char *const *header, columns *out) {
    char others[200] = "";
    int strangers = 0, named = 0, last = -1;
    out->time = -1;
    for (int i = 0; i < out->count; i++) {
        if (out->pairs[i].from >= 0)
            continue;
        strangers++;
        last = i;
        if (names_time(header[i])) {
            named++;
            out->time = i;
        } else
            snprintf(others + strlen(others), sizeof others - strlen(others), "%s\"%.30s\"",
                     *others ? ", " : "", header[i]);
    }
    if (strangers == 1)
        out->time = last;
    if (strangers > 1 && named == 1)
        lead_log(LEAD_LOG_WARNING, "%s:1: columns that are not looked at: %s", table->path, others);
    if (strangers == 1 || named == 1)
        return LEAD_OK;
    return lead_lines_fail(table->lines, LEAD_FORMAT,
                           strangers == 0
                               ? "no column holds the time: all are SOURCE>DESTINATION"
                               : "which column holds the time? Name one of them time: %s",
                           others);
}

/* The columns of a header. */
static lead_status read_columns(lead_tm_table *table, char *const *header, columns *out) {
    char *to;
    for (int i = 0; i < out->count; i++) {
        out->pairs[i].from = -1;
        if (!cut_pair(header[i], &to))
            continue;
        LEAD_TRY(lead_tm_table_node(table, header[i], &out->pairs[i].from));
        LEAD_TRY(lead_tm_table_node(table, to, &out->pairs[i].to));
    }
    if (lead_topology_node_count(table->nodes) == 0)
        return lead_lines_fail(table->lines, LEAD_FORMAT,
                               "the header has no columns SOURCE>DESTINATION (a time and one for "
                               "each pair, with commas between; or time,src,dst,value)");
    return choose_time(table, header, out);
}

/* Each pair but those of a node with itself needs one column; all that are wrong in one message. */
static lead_status check_columns(const lead_tm_table *table, const columns *in) {
    int n = lead_topology_node_count(table->nodes), lacking = 0, twice = 0;
    unsigned char *seen;
    char text[300] = "";
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, 1, &seen));
    for (int i = 0; i < in->count; i++)
        if (in->pairs[i].from >= 0) {
            unsigned char *times = &seen[in->pairs[i].from * n + in->pairs[i].to];
            *times = (unsigned char)(*times < 2 ? *times + 1 : 2);
        }
    for (int od = 0; od < n * n; od++) {
        bool wrong = seen[od] == 2 || (seen[od] == 0 && od / n != od % n);
        lacking += seen[od] == 0 && od / n != od % n;
        twice += seen[od] == 2;
        if (wrong && strlen(text) < sizeof text - 100)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.40s>%.40s",
                     *text ? ", " : "", lead_topology_node_name(table->nodes, od / n),
                     lead_topology_node_name(table->nodes, od % n));
        else if (wrong && !strstr(text, " ..."))
            strcat(text, " ...");
    }
    free(seen);
    if (lacking + twice == 0)
        return LEAD_OK;
    return lead_lines_fail(table->lines, LEAD_FORMAT,
                           "%d pairs of the %d nodes have no column and %d have more than one: %s",
                           lacking, n, twice, text);
}

static lead_status read_row(lead_tm_table *table, const columns *in, char **fields, double *tm,
                            bool *whole) {
    int n = lead_topology_node_count(table->nodes);
    double unit = table->reading->unit > 0 ? table->reading->unit : 1e3;
    *whole = true;
    for (int i = 0; i < in->count; i++) {
        const lead_pair *at = &in->pairs[i];
        bool missing;
        if (at->from < 0)
            continue;
        LEAD_TRY(lead_tm_table_value(table, fields[i], i + 1, unit, &missing,
                                     &tm[at->from * n + at->to]));
        if (!missing || at->from == at->to)
            continue;
        if (*whole)
            lead_tm_table_leave_out(table, lead_lines_number(table->lines), at->from, at->to);
        *whole = false;
    }
    return LEAD_OK;
}

/* The row's fields, as many as the header's; *empty: all are, as in rows that spreadsheets add. */
static lead_status cut_row(const lead_lines *lines, char *text, int count, char **fields,
                           bool *empty) {
    *empty = lead_csv_is_blank(lines, text);
    if (*empty)
        return LEAD_OK;
    for (int i = 0; i < count; i++) {
        LEAD_TRY(lead_csv_next(lines, &text, &fields[i]));
        if (!fields[i])
            return lead_lines_fail(lines, LEAD_FORMAT, "%d values where %d belong", i, count);
    }
    return text ? lead_lines_fail(lines, LEAD_FORMAT, "more than %d values", count) : LEAD_OK;
}

/* The time of a row without cutting it, for most rows of a long file lie outside the times that are
 * asked for; false where it must be cut to be understood, or refused. */
static bool peek_time(const lead_tm_table *table, const columns *in, const char *text,
                      int64_t *time) {
    const char separator = lead_csv_separator(table->lines), *from = in->time == 0 ? text : NULL;
    char field[64];
    int fields = 1;
    for (const char *at = text; *at; at++) {
        if (*at == '"')
            return false;
        if (*at == separator && fields++ == in->time)
            from = at + 1;
    }
    if (fields != in->count || !from)
        return false;
    size_t length = 0;
    for (; from[length] && from[length] != separator; length++)
        if (length + 1 == sizeof field)
            return false;
    memcpy(field, from, length);
    field[length] = '\0';
    return lead_time_parse(field, time) == LEAD_OK;
}

static lead_status read_rows(lead_tm_table *table, const columns *in, char **fields, double *tm) {
    for (;;) {
        char *text;
        int64_t time;
        bool whole;
        LEAD_TRY(lead_lines_next(table->lines, &text));
        if (!text)
            return LEAD_OK;
        if (!*text || (peek_time(table, in, text, &time) && !lead_tm_table_wanted(table, time)))
            continue;
        LEAD_TRY(cut_row(table->lines, text, in->count, fields, &whole));
        if (whole)
            continue;
        lead_status status = lead_time_parse(fields[in->time], &time);
        if (status != LEAD_OK)
            return lead_lines_fail_within(table->lines, status);
        if (!lead_tm_table_wanted(table, time))
            continue;
        LEAD_TRY(read_row(table, in, fields, tm, &whole));
        status = whole ? lead_tm_series_append(table->series, time, tm) : LEAD_OK;
        if (status != LEAD_OK)
            return lead_lines_fail_within(table->lines, status);
    }
}

static lead_status read_wide(lead_tm_table *table, char **header, int count) {
    columns in = {.count = count};
    double *tm = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *in.pairs, &in.pairs));
    LEAD_TRY_FREE(read_columns(table, header, &in));
    LEAD_TRY_FREE(check_columns(table, &in));
    LEAD_TRY_FREE(lead_tm_table_start(table));
    size_t n = (size_t)lead_topology_node_count(table->nodes);
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *tm, &tm));
    status = read_rows(table, &in, header, tm); /* the header's fields have been read */
fail:
    free(tm);
    free(in.pairs);
    return status;
}

/* --- both ------------------------------------------------------------------------------------- */

/* The first line's fields; *header is an array of them, borrowed from the line. */
static lead_status read_header(lead_tm_table *table, char ***header, int *count) {
    char *text;
    size_t room;
    LEAD_TRY(lead_csv_header(table->lines, &text, &room));
    LEAD_TRY(lead_calloc(room, sizeof **header, header));
    for (;; (*count)++) {
        char *field;
        LEAD_TRY(lead_csv_next(table->lines, &text, &field));
        if (!field)
            return LEAD_OK;
        (*header)[*count] = field;
    }
}

lead_status lead_tm_csv_read(const char *path, const lead_tm_reading *reading,
                             lead_tm_series **out) {
    lead_tm_table table = {.path = path, .reading = reading};
    char **header = NULL;
    int count = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_lines_alloc(path, &table.lines));
    LEAD_TRY_FREE(lead_topology_alloc(&table.nodes));
    LEAD_TRY_FREE(read_header(&table, &header, &count));
    LEAD_TRY_FREE(lead_tm_is_long(header, count) ? lead_tm_long_read(&table, header, count)
                                                 : read_wide(&table, header, count));
    if (table.left_out > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d TMs have values that are missing (the first: %s): these TMs are left out",
                 path, table.left_out, table.first);
    status = lead_tm_reading_finish(path, reading, table.series, out);
    table.series = NULL;
fail:
    free(header);
    lead_tm_series_free(table.series);
    lead_topology_free(table.nodes);
    lead_lines_free(table.lines);
    return status;
}

lead_status lead_csv_holds_tms(const char *path, bool *tms) {
    LEAD_EXPECTS(path && tms);
    lead_tm_table table = {.path = path};
    char **header = NULL;
    int count = 0, time = 0;
    lead_status status = LEAD_OK;
    *tms = false;
    LEAD_TRY_FREE(lead_lines_alloc(path, &table.lines));
    LEAD_TRY_FREE(read_header(&table, &header, &count));
    for (int i = 0; i < count; i++) {
        *tms = *tms || strchr(header[i], '>');
        time += strncasecmp(header[i], "time", 4) == 0 || strncasecmp(header[i], "date", 4) == 0;
    }
    *tms = *tms || time > 0;
fail:
    free(header);
    lead_lines_free(table.lines);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_name(lead_file_writer *writer, const char *from, const char *to) {
    char text[2 * 256 + 2];
    if ((size_t)snprintf(text, sizeof text, "%s>%s", from, to) < sizeof text)
        lead_csv_print(writer, text);
    else
        lead_file_printf(writer, "%s>%s", from, to); /* so long a name is checked to be plain */
}

static void write_header(lead_file_writer *writer, const lead_tm_series *series) {
    int n = lead_tm_series_node_count(series);
    lead_file_printf(writer, "time");
    for (int od = 0; od < n * n; od++) {
        lead_file_printf(writer, ",");
        write_name(writer, lead_tm_series_node_name(series, od / n),
                   lead_tm_series_node_name(series, od % n));
    }
    lead_file_printf(writer, "\n");
}

static lead_status check_name(const char *path, const char *name) {
    LEAD_TRY(lead_csv_check_name(path, name, ">"));
    return strlen(name) > 255 ? lead_csv_check_name(path, name, ",\" \t") : LEAD_OK;
}

lead_status lead_tm_csv_write(const lead_tm_series *series, const char *path) {
    int n = lead_tm_series_node_count(series);
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    if (!lead_tm_series_node_name(series, 0))
        return lead_fail(LEAD_INVALID, "%s: the TMs' nodes have no names", path);
    for (int i = 0; i < n; i++)
        LEAD_TRY(check_name(path, lead_tm_series_node_name(series, i)));
    LEAD_TRY_FREE(lead_file_writer_alloc(path, lead_path_ends(path, ".gz"), &writer));
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
