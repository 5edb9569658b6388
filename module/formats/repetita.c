/* REPETITA's text formats (Gay, Schaus, Vissicchio 2017): .graph (kbit/s, microseconds, integer
 * weights) and .demands. */
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The words of a line that names columns, which must be these. */
static lead_status check_columns(lead_lines *lines, const char *wanted) {
    char *text, *word, expected[64];
    char *left = expected;
    LEAD_TRY(lead_lines_next(lines, &text));
    snprintf(expected, sizeof expected, "%s", wanted);
    for (const char *column = lead_field_next(&left, ' '); column;
         column = lead_field_next(&left, ' ')) {
        word = text ? lead_field_next(&text, ' ') : NULL;
        if (!word || strcmp(word, column) != 0)
            return lead_lines_fail(lines, LEAD_FORMAT, "the columns are not \"%s\"", wanted);
    }
    return text && lead_field_next(&text, ' ')
               ? lead_lines_fail(lines, LEAD_FORMAT, "the columns are not \"%s\"", wanted)
               : LEAD_OK;
}

/* Nothing but blank lines up to the end of the file. */
static lead_status check_end(lead_lines *lines, const char *keyword, int count) {
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(lines, &text));
        if (!text)
            return LEAD_OK;
        if (text[strspn(text, " \t")])
            return lead_lines_fail(lines, LEAD_FORMAT, "a row beyond the %d of \"%s %d\"", count,
                                   keyword, count);
    }
}

/* "NODES 11": the keyword and a count, with the line of columns that follows it. */
static lead_status read_count(lead_lines *lines, const char *keyword, const char *columns,
                              int *count) {
    char *text;
    LEAD_TRY(lead_lines_next(lines, &text));
    while (text && !*text)
        LEAD_TRY(lead_lines_next(lines, &text));
    char *rest = text, *word = text ? lead_field_next(&rest, ' ') : NULL,
         *number = lead_field_next(&rest, ' ');
    if (!word || strcmp(word, keyword) != 0 || !number || !lead_integer_parse(number, count) ||
        *count < 0)
        return lead_lines_fail(lines, LEAD_FORMAT, "expected \"%s <count>\"", keyword);
    return check_columns(lines, columns);
}

/* The next line's fields, exactly `count` of them. */
static lead_status read_fields(lead_lines *lines, int count, char **fields) {
    char *text;
    LEAD_TRY(lead_lines_next(lines, &text));
    if (!text)
        return lead_lines_fail(lines, LEAD_FORMAT, "the file ends before its count is reached");
    char *rest = text;
    for (int i = 0; i < count; i++) {
        fields[i] = lead_field_next(&rest, ' ');
        if (!fields[i])
            return lead_lines_fail(lines, LEAD_FORMAT, "%d fields where %d belong", i, count);
    }
    return lead_field_next(&rest, ' ')
               ? lead_lines_fail(lines, LEAD_FORMAT, "more than %d fields", count)
               : LEAD_OK;
}

static lead_status read_nodes(lead_lines *lines, const char *path, lead_topology *topology) {
    int count, unplaced = 0;
    LEAD_TRY(read_count(lines, "NODES", "label x y", &count));
    for (int i = 0; i < count; i++) {
        char *field[3];
        double x, y;
        LEAD_TRY(read_fields(lines, 3, field));
        lead_status status = lead_topology_add_node(topology, field[0], NULL);
        if (status != LEAD_OK)
            return lead_lines_fail_within(lines, status);
        if (!lead_number_parse(field[1], &x) || !lead_number_parse(field[2], &y))
            return lead_lines_fail(lines, LEAD_FORMAT, "place \"%.30s %.30s\" is not two numbers",
                                   field[1], field[2]);
        if (!lead_is_place(x, y))
            unplaced++;
        else if (x != 0 || y != 0)
            LEAD_TRY(lead_topology_place_node(topology, i, x, y));
    }
    lead_warn_of_places(path, unplaced);
    return LEAD_OK;
}

static lead_status read_edges(lead_lines *lines, const char *path,
                              const lead_topology_reading *reading, lead_topology *topology) {
    int count;
    LEAD_TRY(read_count(lines, "EDGES", "label src dest weight bw delay", &count));
    for (int i = 0; i < count; i++) {
        char *field[6];
        lead_link link = {.up = true};
        LEAD_TRY(read_fields(lines, 6, field));
        if (!lead_integer_parse(field[1], &link.source) ||
            !lead_integer_parse(field[2], &link.destination))
            return lead_lines_fail(lines, LEAD_FORMAT, "\"%.30s %.30s\" is not two node numbers",
                                   field[1], field[2]);
        if (!lead_number_parse(field[3], &link.weight) ||
            !lead_number_parse(field[4], &link.capacity) ||
            !lead_number_parse(field[5], &link.delay))
            return lead_lines_fail(
                lines, LEAD_FORMAT,
                "weight, bw and delay \"%.20s %.20s %.20s\" are not three numbers", field[3],
                field[4], field[5]);
        if (link.weight <= 0)
            return lead_lines_fail(lines, LEAD_FORMAT, "weight %s is not positive", field[3]);
        /* The format has no way to leave a capacity out but 0. */
        if (link.capacity == 0 && reading->capacity == 0)
            return lead_lines_fail(lines, LEAD_FORMAT,
                                   "bw is 0 (state one for such links: capacity: 10 Gbit/s)");
        link.capacity = link.capacity == 0
                            ? reading->capacity
                            : link.capacity * (reading->unit > 0 ? reading->unit : 1e3);
        link.delay *= 1e-6;
        LEAD_TRY(lead_add_link(topology, path, lead_lines_number(lines), link, false, NULL));
    }
    return check_end(lines, "EDGES", count);
}

lead_status lead_repetita_read(const char *path, const lead_topology_reading *reading,
                               lead_topology **out) {
    lead_lines *lines = NULL;
    lead_topology *topology = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_lines_alloc(path, &lines));
    LEAD_TRY_FREE(lead_topology_alloc(&topology));
    LEAD_TRY_FREE(read_nodes(lines, path, topology));
    LEAD_TRY_FREE(read_edges(lines, path, reading, topology));
    *out = topology;
    topology = NULL;
fail:
    lead_topology_free(topology);
    lead_lines_free(lines);
    return status;
}

/* A name as the format needs it, without blanks; "" when it has a line end. */
static lead_status make_name(const char *path, const char *name, char **out) {
    if (strpbrk(name, "\n\r"))
        return lead_fail(LEAD_UNAVAILABLE, "%s: node \"%s\" has a line end in its name", path,
                         name);
    LEAD_TRY(lead_string_copy(name, out));
    for (char *c = *out; *c; c++)
        *c = *c == ' ' || *c == '\t' ? '_' : *c;
    return LEAD_OK;
}

/* The names of all nodes as nodes of a network, which refuses two that became the same. */
static lead_status make_names(const lead_topology *topology, const char *path,
                              lead_topology **out) {
    lead_topology *names = NULL;
    int changed = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_topology_alloc(&names));
    for (int i = 0; i < lead_topology_node_count(topology) && status == LEAD_OK; i++) {
        const char *name = lead_topology_node_name(topology, i);
        char *made = NULL;
        LEAD_TRY_FREE(make_name(path, name, &made));
        changed += strcmp(made, name) != 0;
        status = lead_topology_add_node(names, made, NULL);
        free(made);
        if (status == LEAD_INVALID)
            status =
                lead_fail(LEAD_UNAVAILABLE,
                          "%s: without its blanks node \"%s\" is named like another", path, name);
    }
    if (status == LEAD_OK && changed > 0)
        lead_log(LEAD_LOG_WARNING, "%s: the format has no blanks in names: %d nodes have _ there",
                 path, changed);
fail:
    if (status == LEAD_OK)
        *out = names;
    else
        lead_topology_free(names);
    return status;
}

/* Links without weights are routed by inverse capacity, and the format needs a number. */
static lead_status make_weights(const lead_topology *topology, const char *path, double **out) {
    int m = lead_topology_link_count(topology);
    LEAD_TRY(lead_calloc((size_t)m, sizeof **out, out));
    lead_status status = lead_link_weights(topology, LEAD_WEIGHTS_DEFAULT, *out);
    if (status != LEAD_OK)
        return lead_fail_within(LEAD_UNAVAILABLE, "%s", path);
    if (m > 0 && !(lead_topology_link(topology, 0)->weight > 0))
        lead_log(LEAD_LOG_WARNING,
                 "%s: the links have no weights and the format needs some: inverse capacity", path);
    return LEAD_OK;
}

static void write_edges(lead_file_writer *writer, const lead_topology *topology,
                        const double *weights) {
    int m = lead_topology_link_count(topology);
    lead_file_printf(writer, "\nEDGES %d\nlabel src dest weight bw delay\n", m);
    for (int i = 0; i < m; i++) {
        const lead_link *link = lead_topology_link(topology, i);
        lead_file_printf(writer, "edge_%d %d %d %s %s %s\n", i, link->source, link->destination,
                         LEAD_NUMBER(weights[i]), LEAD_NUMBER(link->capacity / 1e3),
                         LEAD_NUMBER(link->delay * 1e6));
    }
}

lead_status lead_repetita_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    lead_topology *names = NULL;
    double *weights = NULL;
    lead_status status = LEAD_OK;
    int n = lead_topology_node_count(topology);
    LEAD_TRY_FREE(make_names(topology, path, &names));
    LEAD_TRY_FREE(make_weights(topology, path, &weights));
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "NODES %d\nlabel x y\n", n);
    for (int i = 0; i < n; i++) {
        double x, y;
        lead_topology_node_place(topology, i, &x, &y);
        lead_file_printf(writer, "%s %s %s\n", lead_topology_node_name(names, i),
                         LEAD_NUMBER(isfinite(x) ? x : 0), LEAD_NUMBER(isfinite(y) ? y : 0));
    }
    write_edges(writer, topology, weights);
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    lead_topology_free(names);
    free(weights);
    return status;
}

static lead_status read_demand(lead_lines *lines, int n, double unit, double *tm) {
    char *field[4];
    int source, destination;
    double demand;
    LEAD_TRY(read_fields(lines, 4, field));
    if (!lead_integer_parse(field[1], &source) || !lead_integer_parse(field[2], &destination) ||
        source < 0 || destination < 0 || source >= n || destination >= n)
        return lead_lines_fail(lines, LEAD_FORMAT, "\"%.30s %.30s\" is not two of the %d nodes",
                               field[1], field[2], n);
    if (!lead_number_parse(field[3], &demand) || demand < 0)
        return lead_lines_fail(lines, LEAD_FORMAT, "demand \"%.40s\" is not a number >= 0%s",
                               field[3], lead_comma_advice(field[3]));
    tm[source * n + destination] += demand * unit;
    return LEAD_OK;
}

lead_status lead_repetita_demands_read(const char *path, const lead_tm_reading *reading,
                                       lead_tm_series **out) {
    if (!reading->topology)
        return lead_fail(LEAD_INVALID,
                         "%s: demands are by node number: they need their topology (.graph)", path);
    int n = lead_topology_node_count(reading->topology), count;
    lead_lines *lines = NULL;
    lead_tm_series *series = NULL;
    double *tm = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_lines_alloc(path, &lines));
    LEAD_TRY_FREE(lead_calloc((size_t)n * (size_t)n, sizeof *tm, &tm));
    LEAD_TRY_FREE(read_count(lines, "DEMANDS", "label src dest bw", &count));
    for (int i = 0; i < count; i++)
        LEAD_TRY_FREE(read_demand(lines, n, reading->unit > 0 ? reading->unit : 1e3, tm));
    LEAD_TRY_FREE(check_end(lines, "DEMANDS", count));
    LEAD_TRY_FREE(lead_tm_series_alloc(n, NULL, &series));
    LEAD_TRY_FREE(lead_tm_series_append(series, 0, tm));
    status = lead_tm_reading_finish(path, reading, series, out);
    series = NULL;
fail:
    lead_tm_series_free(series);
    lead_lines_free(lines);
    free(tm);
    return status;
}

lead_status lead_repetita_demands_write(const lead_tm_series *series, const char *path) {
    if (lead_tm_series_length(series) != 1)
        return lead_fail(LEAD_INVALID, "%s: a .demands file holds one TM, not %d", path,
                         lead_tm_series_length(series));
    int n = lead_tm_series_node_count(series), count = 0;
    const double *tm = lead_tm_series_tm(series, 0);
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    for (int od = 0; od < n * n; od++)
        count += tm[od] > 0;
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "DEMANDS %d\nlabel src dest bw\n", count);
    count = 0;
    for (int od = 0; od < n * n; od++)
        if (tm[od] > 0)
            lead_file_printf(writer, "demand_%d %d %d %s\n", count++, od / n, od % n,
                             LEAD_NUMBER(tm[od] / 1e3));
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    return status;
}
