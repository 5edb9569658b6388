/* TMs of DOTE (Perry et al., NSDI 2023) and FIGRET (2024): .hist files, a TM a line as n*n numbers
 * between blanks, row by row, without times and units; or a folder that has them in train/ and
 * test/. */
#define _GNU_SOURCE /* versionsort */
#include "formats/text/text.h"
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char ending[] = ".hist";

typedef struct reader {
    const lead_tm_reading *reading;
    lead_tm_series *series; /* NULL before the first line */
    double *tm;
    size_t n;
    int64_t next; /* TMs so far, also those that are not asked for */
} reader;

/* --- lines ------------------------------------------------------------------------------------ */

static size_t count_fields(const char *text) {
    size_t count = 0;
    for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
        count++;
        text += strcspn(text, " \t");
    }
    return count;
}

/* The names are the topology's. */
static lead_status begin_named(reader *in, const lead_topology *topology) {
    const char **names;
    LEAD_TRY(lead_calloc(in->n, sizeof *names, &names));
    for (size_t v = 0; v < in->n; v++)
        names[v] = lead_topology_node_name(topology, (int)v);
    lead_status status = lead_tm_series_alloc((int)in->n, names, &in->series);
    free(names);
    return status;
}

/* As many nodes as the topology has, or as the first line says. */
static lead_status begin(reader *in, const lead_lines *lines, size_t fields) {
    const lead_topology *topology = in->reading->topology;
    in->n = topology ? (size_t)lead_topology_node_count(topology)
                     : (size_t)llround(sqrt((double)fields));
    if (in->n * in->n != fields && !topology)
        return lead_lines_fail(lines, LEAD_FORMAT, "%zu numbers are no square: this is no TM",
                               fields);
    LEAD_TRY(lead_calloc(in->n * in->n, sizeof *in->tm, &in->tm));
    if (!topology)
        return lead_tm_series_alloc((int)in->n, NULL, &in->series);
    return begin_named(in, topology);
}

static lead_status read_line(reader *in, const lead_lines *lines, char *text) {
    size_t pairs, fields = count_fields(text);
    if (!in->series)
        LEAD_TRY(begin(in, lines, fields));
    pairs = in->n * in->n;
    if (fields != pairs)
        return lead_lines_fail(lines, LEAD_FORMAT, "%zu numbers where a TM of %zu nodes has %zu",
                               fields, in->n, pairs);
    for (size_t od = 0; od < pairs; od++) {
        const char *field = lead_field_next(&text, ' ');
        if (!lead_number_parse(field, &in->tm[od]))
            return lead_lines_fail(lines, LEAD_FORMAT, "\"%.40s\" is no number", field);
        in->tm[od] *= in->reading->unit;
    }
    int64_t time = (int64_t)llround((double)in->next++ * in->reading->step);
    if (time < in->reading->from || (in->reading->to && time >= in->reading->to))
        return LEAD_OK;
    lead_status status = lead_tm_series_append(in->series, time, in->tm);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(lines, status);
}

static lead_status read_lines(reader *in, lead_lines *lines) {
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(lines, &text));
        if (!text)
            return LEAD_OK;
        if (text[strspn(text, " \t\r")])
            LEAD_TRY(read_line(in, lines, text));
    }
}

static lead_status read_file(reader *in, const char *path) {
    lead_lines *lines;
    LEAD_TRY(lead_lines_alloc(path, &lines));
    lead_status status = read_lines(in, lines);
    lead_lines_free(lines);
    return status;
}

/* --- folders ---------------------------------------------------------------------------------- */

static int is_hist(const struct dirent *entry) {
    return lead_path_ends(entry->d_name, ending);
}

static int list(const char *folder, struct dirent ***entries) {
    return scandir(folder, entries, is_hist, versionsort); /* 2.hist before 10.hist */
}

static lead_status read_folder(reader *in, const char *folder) {
    struct dirent **entries;
    lead_status status = LEAD_OK;
    int count = list(folder, &entries);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%.3800s/%.250s", folder, entries[i]->d_name);
        if (status == LEAD_OK)
            status = read_file(in, path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return status;
}

static int count_in(const char *folder) {
    struct dirent **entries;
    int count = list(folder, &entries);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    if (count >= 0)
        free(entries);
    return count;
}

static const char *const parts[] = {"", "/train", "/test"};
enum { PARTS = sizeof parts / sizeof *parts };

bool lead_hist_is_folder(const char *path) {
    bool any = false;
    for (int i = 0; i < PARTS; i++) {
        char folder[4096];
        snprintf(folder, sizeof folder, "%.4000s%s", path, parts[i]);
        any = any || count_in(folder) > 0;
    }
    return any;
}

static lead_status read_all(reader *in, const char *path) {
    if (lead_path_ends(path, ending))
        return read_file(in, path);
    for (int i = 0; i < PARTS; i++) {
        char folder[4096];
        snprintf(folder, sizeof folder, "%.4000s%s", path, parts[i]);
        LEAD_TRY(read_folder(in, folder));
    }
    return LEAD_OK;
}

/* --- all of it -------------------------------------------------------------------------------- */

static lead_status check_reading(const char *path, const lead_tm_reading *reading) {
    if (!(reading->unit > 0))
        return lead_fail(LEAD_INVALID,
                         "%s: the format states no unit: state it, unit: bit/s (or --unit bit/s)",
                         path);
    if (!(reading->step >= 1))
        return lead_fail(
            LEAD_INVALID,
            "%s: the format states no times: state how far its TMs are apart (--step 300s)", path);
    return LEAD_OK;
}

static int is_optima(const struct dirent *entry) {
    return lead_path_ends(entry->d_name, ".opt") || strcmp(entry->d_name, "tunnels.txt") == 0;
}

/* What lies beside the TMs of a folder and is not read, by one of its files: "" for nothing. */
static void find_beside(const char *path, char *name, size_t size) {
    name[0] = '\0';
    for (int i = 0; i < PARTS; i++) {
        struct dirent **entries;
        char folder[4096];
        snprintf(folder, sizeof folder, "%.4000s%s", path, parts[i]);
        int count = scandir(folder, &entries, is_optima, versionsort);
        for (int k = 0; k < count; k++) {
            if (!*name)
                snprintf(name, size, "%.60s/%.200s", parts[i], entries[k]->d_name);
            free(entries[k]);
        }
        if (count >= 0)
            free(entries);
    }
}

static void warn_of_beside(const char *path) {
    char name[300];
    if (!lead_path_ends(path, ending))
        find_beside(path, name, sizeof name);
    else
        name[0] = '\0';
    if (*name)
        lead_log(LEAD_LOG_WARNING,
                 "%s%s: .opt files and tunnels.txt are not read with the TMs: optima are computed "
                 "anew, over all routings; te: { tunnels: FILE } takes the paths",
                 path, name);
}

lead_status lead_hist_read(const char *path, const lead_tm_reading *reading, lead_tm_series **out) {
    reader in = {.reading = reading};
    LEAD_TRY(check_reading(path, reading));
    lead_status status = read_all(&in, path);
    free(in.tm);
    if (status == LEAD_OK && !in.series)
        status = lead_fail(LEAD_FORMAT, "%s: there is no TM in it", path);
    if (status == LEAD_OK)
        *out = in.series;
    else
        lead_tm_series_free(in.series);
    if (status == LEAD_OK)
        warn_of_beside(path);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Read by programs alone, and large: all digits, whose shortest form would take time. */
lead_status lead_hist_write_part(const lead_tm_series *series, int first, int count,
                                 const char *path) {
    int n = lead_tm_series_node_count(series);
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    for (int i = first; i < first + count; i++) {
        const double *tm = lead_tm_series_tm(series, i);
        for (int od = 0; od < n * n; od++)
            lead_file_printf(writer, "%.17g%s", tm[od], od + 1 < n * n ? " " : "\n");
    }
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

void lead_hist_warn(const lead_tm_series *series, const char *path) {
    const long long step = (long long)lead_tm_series_step(series);
    int gaps = 0;
    for (int i = 1; i < lead_tm_series_length(series); i++)
        gaps += lead_tm_series_time(series, i) - lead_tm_series_time(series, i - 1) != step;
    lead_log(LEAD_LOG_WARNING,
             "%s: the format has no times, names and unit: its TMs are %lld s apart, in bit/s",
             path, step);
    if (gaps > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: TMs are missing in %d places: those around a gap follow one another in it",
                 path, gaps);
}

lead_status lead_hist_write(const lead_tm_series *series, const char *path) {
    LEAD_TRY(lead_hist_write_part(series, 0, lead_tm_series_length(series), path));
    lead_hist_warn(series, path);
    return LEAD_OK;
}
