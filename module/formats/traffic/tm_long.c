/* TMs as rows of time, source, destination and value, as data frames and databases give them. */
#include "base/array.h"
#include "formats/traffic/tm_csv.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum meaning { TIME, SOURCE, DESTINATION, VALUE, MEANINGS } meaning;

/* Names of columns; the unit of a value, 0 for that of the file. */
static const struct {
    const char *name;
    meaning meaning;
    double unit;
} known[] = {{"time", TIME, 0},
             {"timestamp", TIME, 0},
             {"date", TIME, 0},
             {"datetime", TIME, 0},
             {"src", SOURCE, 0},
             {"source", SOURCE, 0},
             {"from", SOURCE, 0},
             {"origin", SOURCE, 0},
             {"dst", DESTINATION, 0},
             {"dest", DESTINATION, 0},
             {"destination", DESTINATION, 0},
             {"target", DESTINATION, 0},
             {"to", DESTINATION, 0},
             {"value", VALUE, 0},
             {"demand", VALUE, 0},
             {"value_bps", VALUE, 1},
             {"value_kbps", VALUE, 1e3},
             {"value_mbps", VALUE, 1e6},
             {"value_gbps", VALUE, 1e9},
             {"demand_bps", VALUE, 1},
             {"demand_kbps", VALUE, 1e3},
             {"demand_mbps", VALUE, 1e6},
             {"demand_gbps", VALUE, 1e9}};

/* One row; line and value -1 where the value is missing. */
typedef struct entry {
    int64_t time;
    double value;
    int source, destination;
    long line;
} entry;

typedef struct reader {
    lead_tm_table *table;
    int at[MEANINGS]; /* columns; -1: none */
    double unit;
    entry *entries;
    int count, room;
} reader;

static int find_known(const char *name) {
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++)
        if (strcasecmp(known[i].name, name) == 0)
            return i;
    return -1;
}

bool lead_tm_is_long(char *const *header, int count) {
    int seen = 0;
    for (int i = 0; i < count; i++) {
        int row = find_known(header[i]);
        seen |= row >= 0 ? 1 << known[row].meaning : 0;
    }
    return (seen & (1 << SOURCE)) && (seen & (1 << DESTINATION));
}

/* All that is wrong with the header in one message. */
static lead_status find_columns(reader *in, char *const *header, int count) {
    static const char *const words[MEANINGS] = {"time", "src", "dst", "value"};
    char wrong[300] = "", unknown[200] = "";
    double stated = in->table->reading->unit, own = 0;
    for (int i = 0; i < MEANINGS; i++)
        in->at[i] = -1;
    for (int i = 0; i < count; i++) {
        int row = find_known(header[i]);
        if (row >= 0 && in->at[known[row].meaning] < 0) {
            in->at[known[row].meaning] = i;
            own = known[row].meaning == VALUE ? known[row].unit : own;
        } else if (row >= 0)
            snprintf(wrong + strlen(wrong), sizeof wrong - strlen(wrong), "; a second %.30s",
                     header[i]);
        else
            snprintf(unknown + strlen(unknown), sizeof unknown - strlen(unknown), "%s\"%.30s\"",
                     *unknown ? ", " : "", header[i]);
    }
    for (int i = 0; i < MEANINGS; i++)
        if (in->at[i] < 0)
            snprintf(wrong + strlen(wrong), sizeof wrong - strlen(wrong), "; missing: %s",
                     words[i]);
    if (in->at[VALUE] < 0)
        snprintf(wrong + strlen(wrong), sizeof wrong - strlen(wrong),
                 " (a column called value, demand, or with its unit value_mbps)");
    if (stated > 0 && own > 0 && stated != own)
        snprintf(wrong + strlen(wrong), sizeof wrong - strlen(wrong),
                 "; the column states %g bit/s, unit %g: leave unit out", own, stated);
    in->unit = stated > 0 ? stated : own > 0 ? own : 1e3;
    if (!*wrong && *unknown)
        lead_log(LEAD_LOG_WARNING, "%s:1: columns that are not looked at: %s", in->table->path,
                 unknown);
    return *wrong ? lead_lines_fail(in->table->lines, LEAD_FORMAT, "rows of time,src,dst,value%s",
                                    wrong)
                  : LEAD_OK;
}

static lead_status cut(reader *in, char *text, char *fields[MEANINGS]) {
    memset(fields, 0, MEANINGS * sizeof *fields);
    for (int i = 0; text; i++) {
        char *field;
        LEAD_TRY(lead_csv_next(in->table->lines, &text, &field));
        for (int k = 0; k < MEANINGS; k++)
            if (in->at[k] == i)
                fields[k] = field;
    }
    for (int k = 0; k < MEANINGS; k++)
        if (!fields[k] || (k != VALUE && !*fields[k]))
            return lead_lines_fail(in->table->lines, LEAD_FORMAT,
                                   "a row needs time, src, dst and value");
    return LEAD_OK;
}

static lead_status read_row(reader *in, char *text) {
    char *fields[MEANINGS];
    entry made;
    bool missing;
    LEAD_TRY(cut(in, text, fields));
    lead_status status = lead_time_parse(fields[TIME], &made.time);
    if (status != LEAD_OK)
        return lead_lines_fail_within(in->table->lines, status);
    LEAD_TRY(lead_tm_table_node(in->table, fields[SOURCE], &made.source));
    LEAD_TRY(lead_tm_table_node(in->table, fields[DESTINATION], &made.destination));
    LEAD_TRY(lead_tm_table_value(in->table, fields[VALUE], in->at[VALUE] + 1, in->unit, &missing,
                                 &made.value));
    made.value = missing ? -1 : made.value;
    made.line = lead_lines_number(in->table->lines);
    if (!lead_tm_table_wanted(in->table, made.time))
        return LEAD_OK;
    LEAD_TRY(lead_grow(&in->entries, sizeof *in->entries, in->count, 1, &in->room));
    in->entries[in->count++] = made;
    return LEAD_OK;
}

static lead_status read_rows(reader *in) {
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(in->table->lines, &text));
        if (!text)
            return LEAD_OK;
        if (!lead_csv_is_blank(in->table->lines, text))
            LEAD_TRY(read_row(in, text));
    }
}

static int compare(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->destination != y->destination)
        return x->destination < y->destination ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static bool same(const entry *x, const entry *y) {
    return x->time == y->time && x->source == y->source && x->destination == y->destination;
}

/* The TM of the rows from `first` on that have its time; *next is behind them. */
static lead_status make_tm(reader *in, int first, double *tm, int *next) {
    int n = lead_tm_series_node_count(in->table->series), i = first, missing = -1;
    memset(tm, 0, (size_t)n * (size_t)n * sizeof *tm);
    for (; i < in->count && in->entries[i].time == in->entries[first].time; i++) {
        const entry *at = &in->entries[i];
        if (i > first && same(at, at - 1))
            return lead_fail(LEAD_FORMAT, "%s:%ld: the same time and pair as in line %ld",
                             in->table->path, at->line, at[-1].line);
        tm[at->source * n + at->destination] = fmax(at->value, 0);
        if (at->value < 0 && at->source != at->destination && missing < 0)
            missing = i;
    }
    *next = i;
    if (missing < 0)
        return lead_tm_series_append(in->table->series, in->entries[first].time, tm);
    const entry *gap = &in->entries[missing];
    lead_tm_table_leave_out(in->table, gap->line, gap->source, gap->destination);
    return LEAD_OK;
}

static lead_status make_series(reader *in) {
    double *tm;
    int n = lead_topology_node_count(in->table->nodes);
    if (n == 0)
        return lead_lines_fail(in->table->lines, LEAD_FORMAT, "there are no rows");
    LEAD_TRY(lead_tm_table_start(in->table));
    if (in->count > 0)
        qsort(in->entries, (size_t)in->count, sizeof *in->entries, compare);
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, sizeof *tm, &tm));
    lead_status status = LEAD_OK;
    for (int i = 0; i < in->count && status == LEAD_OK;)
        status = make_tm(in, i, tm, &i);
    free(tm);
    return status;
}

lead_status lead_tm_long_read(lead_tm_table *table, char *const *header, int count) {
    reader in = {.table = table};
    lead_status status = find_columns(&in, header, count);
    if (status == LEAD_OK)
        status = read_rows(&in);
    if (status == LEAD_OK)
        status = make_series(&in);
    free(in.entries);
    return status;
}
