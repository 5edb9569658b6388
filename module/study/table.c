/* table: see table.h. */
#include "study/table.h"
#include "base/array.h"
#include "base/expects.h"
#include "formats/text/text.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1000000 };

static const char done[] = "done", log_name[] = "log.txt";

bool lead_study_owns(const char *name) {
    return strncmp(name, done, sizeof done - 1) == 0 || strcmp(name, log_name) == 0;
}

/* --- paths ------------------------------------------------------------------------------------ */

lead_status lead_study_path(const lead_study *study, char path[4096], const char *format, ...) {
    va_list arguments;
    size_t used = (size_t)snprintf(path, 4096, "%s/", study->out);
    va_start(arguments, format);
    if (used < 4096)
        used += (size_t)vsnprintf(path + used, 4096 - used, format, arguments);
    va_end(arguments);
    return used < 3600 ? LEAD_OK
                       : lead_fail(LEAD_INVALID, "the path %.80s... is too long", study->out);
}

lead_status lead_study_run_folder(const lead_study *study, int row, char *path) {
    return lead_study_path(study, path, "runs/%s", study->rows[row].key);
}

lead_status lead_study_epochs_file(const lead_study *study, int row, char *path) {
    return lead_study_path(study, path, "runs/%s/%s/epochs.csv", study->rows[row].key,
                           study->rows[row].policy);
}

lead_status lead_study_scenario_file(const lead_study *study, int row, char *path) {
    return lead_study_path(study, path, "scenarios/%s.yaml", study->rows[row].key);
}

lead_status lead_study_done_file(const lead_study *study, int row, char *path) {
    return lead_study_path(study, path, "runs/%s/%s", study->rows[row].key, done);
}

bool lead_study_is_done(const lead_study *study, int row) {
    LEAD_EXPECTS(study && row >= 0 && row < study->count);
    char path[4096];
    return lead_study_done_file(study, row, path) == LEAD_OK && access(path, F_OK) == 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void free_row(lead_study_row *row) {
    free(row->variant);
    free(row->policy);
    free(row->changes);
}

void lead_study_free(lead_study *study) {
    if (!study)
        return;
    for (int i = 0; i < study->count; i++)
        free_row(&study->rows[i]);
    free(study->rows);
    free(study->out);
    free(study);
}

lead_status lead_study_alloc(const char *folder, lead_study **out) {
    lead_study *study;
    LEAD_TRY(lead_calloc(1, sizeof *study, &study));
    lead_status status = lead_string_copy(folder, &study->out);
    if (status == LEAD_OK)
        *out = study;
    else
        free(study);
    return status;
}

/* Line ends in what a variant changes are blanks: it is to be read by people. */
static void flatten(char *text) {
    for (; *text; text++)
        if (*text == '\n' || *text == '\r')
            *text = ' ';
}

static int first_of_key(const lead_study *study, const char *key) {
    for (int i = 0; i < study->count; i++)
        if (strcmp(study->rows[i].key, key) == 0)
            return i;
    return study->count;
}

lead_status lead_study_add(lead_study *study, const lead_study_row *row) {
    lead_study_row copy = *row;
    copy.variant = copy.policy = copy.changes = NULL;
    lead_status status = LEAD_OK;
    if (study->count == MOST)
        return lead_fail(LEAD_INVALID, "more than %d rows", MOST);
    LEAD_TRY(lead_grow(&study->rows, sizeof *study->rows, study->count, 1, &study->room));
    LEAD_TRY_FREE(lead_string_copy(row->variant, &copy.variant));
    LEAD_TRY_FREE(lead_string_copy(row->policy, &copy.policy));
    LEAD_TRY_FREE(lead_string_copy(row->changes, &copy.changes));
    flatten(copy.changes);
    copy.same_as = first_of_key(study, copy.key);
    study->runs += copy.same_as == study->count;
    study->rows[study->count++] = copy;
    return LEAD_OK;
fail:
    free_row(&copy);
    return status;
}

/* --- runs.csv --------------------------------------------------------------------------------- */

static const char *const columns[] = {"row",     "variant", "policy", "seed",   "key",
                                      "same_as", "against", "factor", "changes"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void print_row(lead_file_writer *writer, const lead_study *study, int index) {
    const lead_study_row *row = &study->rows[index];
    lead_file_printf(writer, "%d,", index + 1);
    lead_csv_print(writer, row->variant);
    lead_file_printf(writer, ",");
    lead_csv_print(writer, row->policy);
    lead_file_printf(writer, ",%llu,%s,", (unsigned long long)row->seed, row->key);
    if (row->same_as != index)
        lead_file_printf(writer, "%d", row->same_as + 1);
    lead_file_printf(writer, ",%d,", row->against + 1);
    if (row->factor > 0)
        lead_file_printf(writer, "%.12g", row->factor);
    lead_file_printf(writer, ",");
    if (*row->changes)
        lead_csv_print(writer, row->changes);
    lead_file_printf(writer, "\n");
}

static void print_all(lead_file_writer *writer, const lead_study *study) {
    for (int i = 0; i < COLUMNS; i++)
        lead_file_printf(writer, "%s%s", columns[i], i + 1 < COLUMNS ? "," : "\n");
    for (int i = 0; i < study->count; i++)
        print_row(writer, study, i);
}

static lead_status text_of(const lead_study *study, char **text) {
    lead_file_writer *writer;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    print_all(writer, study);
    lead_status status = lead_text_writer_finish(writer, text);
    lead_file_writer_free(writer);
    return status;
}

enum { LARGEST = 1 << 30 };

/* The lines that a table has; -1: the file is none. */
static int lines_of(const char *text, const char *header) {
    size_t length = strcspn(header, "\n") + 1;
    int lines = 0;
    if (strncmp(text, header, length) != 0)
        return -1;
    for (const char *at = text + length; *at; at++)
        lines += *at == '\n';
    return lines;
}

/* Whether the file says just that. Another table is told of; what is none is not overwritten. */
static lead_status look_at(const char *path, const char *text, bool *same) {
    char *there;
    size_t length;
    *same = false;
    if (access(path, F_OK) != 0)
        return LEAD_OK;
    LEAD_TRY(lead_file_read(path, LARGEST, &there, &length));
    int lines = lines_of(there, text);
    bool grows = strncmp(there, text, length) == 0;
    *same = grows && strlen(text) == length;
    free(there);
    if (lines < 0)
        return lead_fail(
            LEAD_INVALID,
            "%s is there and is no table of `lead whatif`: state another folder: --out", path);
    if (!grows)
        lead_log(
            LEAD_LOG_INFO,
            "%s was another table, of %d rows: this one takes its place (--out FOLDER keeps both)",
            path, lines);
    return LEAD_OK;
}

lead_status lead_study_write(const lead_study *study) {
    char path[4096], *text;
    lead_file_writer *writer;
    bool same;
    LEAD_TRY(lead_study_path(study, path, "runs.csv"));
    LEAD_TRY(text_of(study, &text));
    lead_status status = look_at(path, text, &same);
    if (status == LEAD_OK && !same)
        status = lead_file_writer_alloc(path, false, &writer);
    if (status == LEAD_OK && !same) {
        lead_file_printf(writer, "%s", text);
        status = lead_file_writer_finish(writer);
        lead_file_writer_free(writer);
    }
    free(text);
    return status;
}

/* A row's number in a file, from 1 on; -1: it is none. */
static int row_number(const char *text, int most) {
    int number;
    return lead_integer_parse(text, &number) && number >= 1 && number <= most ? number - 1 : -1;
}

static bool is_key(const char *text) {
    return strlen(text) == LEAD_STUDY_KEY - 1 &&
           strspn(text, "0123456789abcdef") == LEAD_STUDY_KEY - 1;
}

/* A name of a folder: nothing leads out of OUT. */
static bool is_plain(const char *policy) {
    return *policy && *policy != '.' && !strchr(policy, '/');
}

static lead_status read_row(lead_study *study, lead_lines *lines, char *text) {
    char *fields[COLUMNS], *more;
    lead_study_row row = {0};
    for (int i = 0; i < COLUMNS; i++) {
        LEAD_TRY(lead_csv_next(lines, &text, &fields[i]));
        if (!fields[i])
            return lead_lines_fail(lines, LEAD_FORMAT, "%d fields where %d belong", i, COLUMNS);
    }
    LEAD_TRY(lead_csv_next(lines, &text, &more));
    double seed, factor = 0;
    int same = *fields[5] ? row_number(fields[5], study->count) : study->count;
    if (more || row_number(fields[0], MOST) != study->count || !is_plain(fields[2]) ||
        !lead_number_parse(fields[3], &seed) || !(seed >= 0 && seed <= 9007199254740992.0) ||
        !is_key(fields[4]) || same < 0 || row_number(fields[6], study->count + 1) < 0 ||
        (*fields[7] && !(lead_number_parse(fields[7], &factor) && factor > 0)))
        return lead_lines_fail(lines, LEAD_FORMAT, "this is no row of a table of `lead whatif`");
    row = (lead_study_row){.variant = fields[1],
                           .policy = fields[2],
                           .seed = (uint64_t)seed,
                           .against = row_number(fields[6], study->count + 1),
                           .factor = factor,
                           .changes = fields[8]};
    memcpy(row.key, fields[4], LEAD_STUDY_KEY);
    LEAD_TRY(lead_study_add(study, &row));
    return study->rows[study->count - 1].same_as == same
               ? LEAD_OK
               : lead_lines_fail(lines, LEAD_FORMAT, "same_as is not the first row of that key");
}

static lead_status read_rows(lead_study *study, lead_lines *lines) {
    char *text, *field;
    size_t most;
    LEAD_TRY(lead_csv_header(lines, &text, &most));
    for (int i = 0; i < COLUMNS; i++) {
        LEAD_TRY(lead_csv_next(lines, &text, &field));
        if (!field || strcmp(field, columns[i]) != 0)
            return lead_lines_fail(lines, LEAD_FORMAT,
                                   "this is no table of this version's `lead whatif`");
    }
    for (;;) {
        LEAD_TRY(lead_lines_next(lines, &text));
        if (!text)
            return LEAD_OK;
        if (!lead_csv_is_blank(lines, text))
            LEAD_TRY(read_row(study, lines, text));
    }
}

lead_status lead_study_read(const char *folder, lead_study **out) {
    LEAD_EXPECTS(folder && out);
    char path[4096];
    lead_study *study = NULL;
    lead_lines *lines = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_study_alloc(folder, &study));
    LEAD_TRY_FREE(lead_study_path(study, path, "runs.csv"));
    if (access(path, F_OK) != 0) {
        status = lead_fail(LEAD_IO,
                           "%s: there is no runs.csv in it: `lead whatif SCENARIO --out "
                           "%s` makes one",
                           folder, folder);
        goto fail;
    }
    LEAD_TRY_FREE(lead_lines_alloc(path, &lines));
    status = read_rows(study, lines);
fail:
    lead_lines_free(lines);
    if (status == LEAD_OK)
        *out = study;
    else
        lead_study_free(study);
    return status;
}
