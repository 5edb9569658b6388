/* Line by line through a text file, plain or gzip'd, with the file and line in every error. */
#include "formats/text/text.h"
#include "base/memory.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FIRST_ROOM = 1 << 16, LONGEST_LINE = 1 << 26 };

struct lead_lines {
    gzFile file;
    char *path, *text;
    size_t room;
    long number;
    char separator; /* of CSV fields */
};

lead_status lead_lines_alloc(const char *path, lead_lines **out) {
    lead_lines *lines = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_file_check(path));
    LEAD_TRY(lead_calloc(1, sizeof *lines, &lines));
    LEAD_TRY_FREE(lead_string_copy(path, &lines->path));
    LEAD_TRY_FREE(lead_calloc(FIRST_ROOM, 1, &lines->text));
    lines->room = FIRST_ROOM;
    lines->separator = ',';
    errno = 0;
    lines->file = gzopen(path, "rb");
    if (!lines->file) {
        status = lead_fail(LEAD_IO, "%s: cannot be opened: %s", path, strerror(errno));
        goto fail;
    }
    gzbuffer(lines->file, 1 << 17);
    *out = lines;
    return LEAD_OK;
fail:
    lead_lines_free(lines);
    return status;
}

void lead_lines_free(lead_lines *lines) {
    if (!lines)
        return;
    if (lines->file)
        gzclose_r(lines->file);
    free(lines->path);
    free(lines->text);
    free(lines);
}

long lead_lines_number(const lead_lines *lines) {
    return lines->number > 0 ? lines->number : 1;
}

lead_status lead_lines_fail(const lead_lines *lines, lead_status status, const char *format, ...) {
    char text[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return lead_fail(status, "%s:%ld: %s", lines->path, lead_lines_number(lines), text);
}

lead_status lead_lines_fail_within(const lead_lines *lines, lead_status status) {
    return lead_fail_within(status, "%s:%ld", lines->path, lines->number);
}

static lead_status damaged(lead_lines *lines) {
    int code;
    const char *why = gzerror(lines->file, &code);
    lines->number++;
    if (code == Z_ERRNO)
        return lead_lines_fail(lines, LEAD_IO, "%s", strerror(errno));
    return lead_lines_fail(lines, LEAD_FORMAT, "damaged or truncated gzip data (%s)", why);
}

/* More of the present line behind its first `used` bytes; *got: how much, 0 at the end of the file.
 */
static lead_status read_more(lead_lines *lines, size_t used, size_t *got) {
    int code;
    z_off_t before = gztell(lines->file);
    char *text = gzgets(lines->file, lines->text + used, (int)(lines->room - used));
    gzerror(lines->file, &code);
    /* A gzip stream that ends early is told only after its last bytes were given out. */
    if (code != Z_OK && code != Z_STREAM_END)
        return damaged(lines);
    *got = text ? strlen(text) : 0;
    if (text && gztell(lines->file) - before != (z_off_t)*got) {
        lines->number++;
        return lead_lines_fail(lines, LEAD_FORMAT, "a NUL byte stands in this line");
    }
    return LEAD_OK;
}

/* Doubles the room for a line. */
static lead_status make_room(lead_lines *lines) {
    if (lines->room >= LONGEST_LINE) {
        lines->number++;
        return lead_lines_fail(lines, LEAD_FORMAT, "a line of more than %d bytes", LONGEST_LINE);
    }
    char *larger = lead_realloc(lines->text, lines->room * 2);
    if (!larger)
        return lead_fail(LEAD_MEMORY, "%s: no memory for a line of %zu bytes", lines->path,
                         lines->room * 2);
    lines->text = larger;
    lines->room *= 2;
    return LEAD_OK;
}

lead_status lead_lines_next(lead_lines *lines, char **text) {
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    size_t used = 0, got = 1;
    *text = NULL;
    while (got > 0 && (used == 0 || lines->text[used - 1] != '\n')) {
        if (used + 1 == lines->room)
            LEAD_TRY(make_room(lines));
        LEAD_TRY(read_more(lines, used, &got));
        used += got;
    }
    if (used == 0)
        return LEAD_OK;
    while (used > 0 && (lines->text[used - 1] == '\n' || lines->text[used - 1] == '\r'))
        used--;
    lines->text[used] = '\0';
    lines->number++;
    bool marked = lines->number == 1 && strncmp(lines->text, byte_order_mark, 3) == 0;
    *text = lines->text + (marked ? 3 : 0);
    return LEAD_OK;
}

/* Whether this may stand around fields; a tab that separates them may not. */
static bool blank(char c, char separator) {
    return c == ' ' || (c == '\t' && separator != '\t');
}

char *lead_field_next(char **rest, char separator) {
    char *from = *rest;
    if (!from)
        return NULL;
    while (blank(*from, separator))
        from++;
    if (separator == ' ' && !*from)
        return *rest = NULL;
    char *end = from;
    while (*end && (separator == ' ' ? !blank(*end, ' ') : *end != separator))
        end++;
    *rest = *end ? end + 1 : NULL;
    *end = '\0';
    while (end > from && blank(end[-1], separator))
        *--end = '\0';
    return from;
}

/* Over a quoted field: its text, without the quotes and with "" for ", moved to its beginning. */
static char *read_quoted(char *from) {
    char *to = from - 1;
    for (; *from; from++) {
        if (*from == '"' && from[1] != '"')
            break;
        from += *from == '"';
        *to++ = *from;
    }
    if (*from != '"')
        return NULL;
    *to = '\0';
    return from + 1;
}

/* How often `c` stands in the text outside quotes. */
static int count_outside(const char *text, char c) {
    bool quoted = false;
    int count = 0;
    for (; *text; text++) {
        quoted = quoted != (*text == '"');
        count += !quoted && *text == c;
    }
    return count;
}

static char find_separator(const char *header) {
    int semicolons = count_outside(header, ';'), tabs = count_outside(header, '\t');
    if (count_outside(header, ',') > 0 || semicolons + tabs == 0)
        return ',';
    return semicolons >= tabs ? ';' : '\t';
}

lead_status lead_csv_header(lead_lines *lines, char **text, size_t *most) {
    LEAD_TRY(lead_lines_next(lines, text));
    if (!*text)
        return lead_lines_fail(lines, LEAD_FORMAT, "the file is empty");
    lines->separator = find_separator(*text);
    *most = 1;
    for (const char *c = *text; *c; c++)
        *most += *c == lines->separator;
    return LEAD_OK;
}

char lead_csv_separator(const lead_lines *lines) {
    return lines->separator;
}

bool lead_csv_is_blank(const lead_lines *lines, const char *text) {
    while (*text == lines->separator || blank(*text, lines->separator))
        text++;
    return !*text;
}

lead_status lead_csv_next(const lead_lines *lines, char **rest, char **field) {
    char *from = *rest;
    *field = NULL;
    if (!from)
        return LEAD_OK;
    while (blank(*from, lines->separator))
        from++;
    if (*from != '"') {
        *field = lead_field_next(rest, lines->separator);
        return LEAD_OK;
    }
    *field = from;
    char *end = read_quoted(from + 1);
    if (!end)
        return lead_lines_fail(lines, LEAD_FORMAT, "a quote is not closed in this line");
    while (blank(*end, lines->separator))
        end++;
    if (*end && *end != lines->separator)
        return lead_lines_fail(lines, LEAD_FORMAT, "\"%.40s\" follows a closed quote", end);
    *rest = *end ? end + 1 : NULL;
    return LEAD_OK;
}

void lead_csv_print(lead_file_writer *writer, const char *name) {
    size_t last = strlen(name) - 1;
    if (!strpbrk(name, ",\"") && !strchr(" \t", *name) && !strchr(" \t", name[last])) {
        lead_file_printf(writer, "%s", name);
        return;
    }
    lead_file_printf(writer, "\"");
    for (; *name; name++)
        lead_file_printf(writer, *name == '"' ? "\"\"" : "%c", *name);
    lead_file_printf(writer, "\"");
}

bool lead_is_missing(const char *text) {
    static const char *const words[] = {"", "NaN", "nan", "NA", "N/A", "null", "NULL", "None"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* Up to 15 digits and at most 22 decimals are exact in a double, and so is the power of ten: one
 * division rounds right. */
static bool short_decimal(const char *text, double *value) {
    static const double power[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int64_t mantissa = 0;
    int digits = 0, decimals = 0;
    bool point = false;
    for (; *text; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9' || ++digits > 15)
            return false;
        mantissa = 10 * mantissa + (*text - '0');
        decimals += point;
    }
    *value = (double)mantissa / power[decimals];
    return digits > 0;
}

bool lead_number_parse(const char *text, double *value) {
    if (short_decimal(text, value))
        return true;
    if (!*text || strspn(text, "+-.0123456789eE") != strlen(text))
        return false;
    char *end;
    lead_locale before = lead_locale_enter();
    *value = strtod(text, &end);
    lead_locale_leave(before);
    return *end == '\0' && isfinite(*value);
}

bool lead_integer_parse(const char *text, int *value) {
    if (!*text)
        return false;
    char *end;
    errno = 0;
    long parsed = strtol(text, &end, 10);
    if (*end || errno || parsed < -2147483647L || parsed > 2147483647L)
        return false;
    *value = (int)parsed;
    return true;
}

const char *lead_comma_advice(const char *text) {
    return strchr(text, ',') ? " (write 1.5 for 1,5 and 1500 for 1,500: numbers have a decimal "
                               "point and no other marks)"
                             : "";
}
