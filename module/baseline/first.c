/* first: see first.h. The files are our own: a header, then rows of as many fields, quoted where
 * they hold commas. */
#include "baseline/first.h"
#include <lead/formats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD = 200, SHOWN = 6 };

/* The text behind the line's end; NULL: it was the last. */
static const char *next_line(const char *line) {
    const char *end = strchr(line, '\n');
    return end && end[1] ? end + 1 : NULL;
}

static size_t line_length(const char *line) {
    return strcspn(line, "\n");
}

/* Behind a field and its comma; copies it, without quotes, into field[FIELD]. NULL behind the last.
 */
static const char *take_field(const char *at, char *field) {
    bool quoted = *at == '"';
    size_t used = 0;
    at += quoted;
    for (; *at && *at != '\n'; at++) {
        if (!quoted && *at == ',')
            break;
        if (quoted && *at == '"' && at[1] != '"')
            quoted = false;
        else if (used + 1 < FIELD)
            field[used++] = *at;
        at += quoted && at[0] == '"' && at[1] == '"';
    }
    field[used] = '\0';
    return *at == ',' ? at + 1 : NULL;
}

/* Field number `index` of a line; false: it has not so many. */
static bool field_of(const char *line, int index, char *field) {
    const char *at = line;
    for (int i = 0; at; i++) {
        at = take_field(at, field);
        if (i == index)
            return true;
    }
    return false;
}

static int column_of(const char *header, const char *name) {
    char field[FIELD];
    for (int i = 0; field_of(header, i, field); i++)
        if (strcmp(field, name) == 0)
            return i;
    return -1;
}

/* --- the epoch -------------------------------------------------------------------------------- */

/* Columns in the order in which they tell most: decisions, then what came of them. */
static const char *const telling[] = {"fallbacks",        "gaps",
                                      "forecast_ncrps",   "links_changed",
                                      "moved_fraction",   "mlu",
                                      "loss_fraction",    "loss_transient",
                                      "delay_mean_s",     "offered_bps",
                                      "optimum",          "network_changed",
                                      "disconnected_bps", "withdrawn_bps",
                                      "suspects",         "loss_congestion",
                                      "delay_p99_s",      "forecast_nrmse",
                                      "forecast_nmae",    "why"};

static void show_value(FILE *to, const char *text) {
    fputs(*text ? text : "(none)", to);
}

static void show_epoch(FILE *to, const char *header_before, const char *header_after,
                       const char *before, const char *after) {
    char a[FIELD], b[FIELD], epoch[FIELD], time[FIELD];
    int shown = 0;
    field_of(after, 0, epoch);
    field_of(after, 1, time);
    fprintf(to, "first change in epoch %s, %s:\n", epoch, time);
    for (size_t i = 0; i < sizeof telling / sizeof *telling && shown < SHOWN; i++) {
        int in_before = column_of(header_before, telling[i]),
            in_after = column_of(header_after, telling[i]);
        if (in_before < 0 || in_after < 0 || !field_of(before, in_before, a) ||
            !field_of(after, in_after, b) || strcmp(a, b) == 0)
            continue;
        fprintf(to, "  %-15s ", telling[i]);
        show_value(to, a);
        fputs(" -> ", to);
        show_value(to, b);
        fputc('\n', to);
        shown++;
    }
}

/* --- the link --------------------------------------------------------------------------------- */

/* The first row of an epoch, by its number as text. */
static const char *rows_of(const char *text, const char *epoch) {
    char field[FIELD];
    for (const char *line = next_line(text); line; line = next_line(line))
        if (field_of(line, 0, field) && strcmp(field, epoch) == 0)
            return line;
    return NULL;
}

static void show_link(FILE *to, const char *links_before, const char *links_after,
                      const char *epoch) {
    int column_before = column_of(links_before, "utilisation"),
        column_after = column_of(links_after, "utilisation");
    const char *a = rows_of(links_before, epoch), *b = rows_of(links_after, epoch), *most = NULL;
    double change = 0, from = 0, until = 0;
    char field[FIELD], source[FIELD], destination[FIELD];
    while (a && b && field_of(b, 0, field) && strcmp(field, epoch) == 0) {
        char x[FIELD], y[FIELD];
        if (field_of(a, column_before, x) && field_of(b, column_after, y) &&
            fabs(atof(y) - atof(x)) > change) {
            from = atof(x);
            until = atof(y);
            change = fabs(until - from);
            most = b;
        }
        a = next_line(a);
        b = next_line(b);
    }
    if (!most || !field_of(most, 1, source) || !field_of(most, 2, destination))
        return;
    fprintf(to, "  link %s-%s, which changed most: utilisation %.4g -> %.4g\n", source, destination,
            from, until);
}

/* Last digits are not what changed first, unless nothing else did. */
static bool fields_differ(const char *a, const char *b, double digits) {
    double x, y;
    if (strcmp(a, b) == 0)
        return false;
    if (!lead_number_parse(a, &x) || !lead_number_parse(b, &y))
        return true;
    return fabs(x - y) > digits * fmax(fabs(x), fabs(y));
}

/* Whether two rows differ in a column that both files have. */
static bool rows_differ(const char *header_before, const char *header_after, const char *a,
                        const char *b, double digits) {
    char name[FIELD], x[FIELD], y[FIELD];
    if (line_length(a) == line_length(b) && strncmp(a, b, line_length(a)) == 0)
        return false;
    for (int i = 0; field_of(header_after, i, name); i++) {
        int column = column_of(header_before, name);
        if (column >= 0 && field_of(a, column, x) && field_of(b, i, y) &&
            fields_differ(x, y, digits))
            return true;
    }
    return false;
}

/* --- both ------------------------------------------------------------------------------------- */

/* Moves *a and *b to the first rows that differ by more than the digits say; NULL at the ends. */
static void find(const char *epochs_before, const char *epochs_after, double digits, const char **a,
                 const char **b) {
    *a = next_line(epochs_before);
    *b = next_line(epochs_after);
    while (*a && *b && !rows_differ(epochs_before, epochs_after, *a, *b, digits)) {
        *a = next_line(*a);
        *b = next_line(*b);
    }
}

static void show(FILE *to, const char *epochs_before, const char *epochs_after,
                 const char *links_before, const char *links_after) {
    const char *a, *b;
    find(epochs_before, epochs_after, 1e-6, &a, &b);
    if (!a && !b)
        find(epochs_before, epochs_after, 0, &a, &b);
    if (!a && !b)
        return;
    if (!a || !b) {
        fprintf(to, "one of the runs has fewer epochs; they agree up to there\n");
        return;
    }
    char epoch[FIELD];
    field_of(b, 0, epoch);
    show_epoch(to, epochs_before, epochs_after, a, b);
    show_link(to, links_before, links_after, epoch);
}

lead_status lead_first_change(const char *epochs_before, const char *epochs_after,
                              const char *links_before, const char *links_after, char **out) {
    size_t size;
    *out = NULL;
    FILE *to = open_memstream(out, &size);
    if (!to)
        return lead_fail(LEAD_MEMORY, "no memory for what changed");
    lead_locale before = lead_locale_enter();
    show(to, epochs_before, epochs_after, links_before, links_after);
    lead_locale_leave(before);
    if (fclose(to) != 0 || !*out) {
        free(*out);
        *out = NULL;
        return lead_fail(LEAD_MEMORY, "no memory for what changed");
    }
    if (size == 0) {
        free(*out);
        *out = NULL;
    }
    return LEAD_OK;
}
