/* Notes in lines, and texts from files that must not be taken for YAML. */
#include "cli/new/draft.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TERMINAL = 80, FILE_WIDTH = 120 };

/* --- characters ------------------------------------------------------------------------------- */

/* The bytes of a character of a UTF-8 text, and its number. */
static int take_character(const char *text, unsigned *code) {
    const unsigned char *c = (const unsigned char *)text;
    int length = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    *code = length == 1 ? c[0] : c[0] & (0x7fu >> length);
    for (int i = 1; i < length && c[i]; i++)
        *code = *code << 6 | (c[i] & 0x3fu);
    return length;
}

/* Characters that YAML does not let stand, or takes for line ends. */
static bool is_unsafe(unsigned code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
           code == 0xfeff || code == 0xfffe || code == 0xffff;
}

lead_status lead_cli_yaml_check(const char *text) {
    return lead_utf8_valid(text) ? LEAD_OK
                                 : lead_fail(LEAD_INVALID,
                                             "the name %s is not UTF-8, which a YAML file must be: "
                                             "rename it",
                                             text);
}

void lead_cli_yaml_write(lead_file_writer *writer, const char *text) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+- ";
    unsigned code;
    size_t length = strlen(text);
    if (length > 0 && !strchr("- ", text[0]) && text[length - 1] != ' ' &&
        !text[strspn(text, plain)]) {
        lead_file_printf(writer, "%s", text);
        return;
    }
    lead_file_printf(writer, "\"");
    for (int bytes; *text; text += bytes) {
        bytes = take_character(text, &code);
        if (is_unsafe(code))
            lead_file_printf(writer, "\\u%04x", code);
        else
            lead_file_printf(writer, "%s%.*s", code == '"' || code == '\\' ? "\\" : "", bytes,
                             text);
    }
    lead_file_printf(writer, "\"");
}

/* --- notes ------------------------------------------------------------------------------------ */

/* A note with nothing in it that a terminal obeys or YAML takes for the end of a comment. */
static void make_plain(char *text) {
    char shown[LEAD_CLI_NOTE_LENGTH];
    unsigned code;
    lead_printable(text, shown, sizeof shown);
    char *to = text;
    for (const char *from = shown, *next; *from; from = next) {
        int length = take_character(from, &code);
        next = from + length;
        if (is_unsafe(code))
            *to++ = '?';
        else
            for (; from < next; from++)
                *to++ = *from;
    }
    *to = '\0';
}

void lead_cli_note_add(lead_cli_draft *draft, lead_cli_place place, const char *format, ...) {
    if (draft->note_count == LEAD_CLI_NOTES)
        return;
    lead_cli_note *note = &draft->notes[draft->note_count++];
    va_list values;
    note->place = place;
    va_start(values, format);
    vsnprintf(note->text, sizeof note->text, format, values);
    va_end(values);
    make_plain(note->text);
}

static int columns_of(const char *text, size_t length) {
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += (text[i] & 0xc0) != 0x80;
    return columns;
}

/* Words in lines of `width` columns: the first behind `first`, the others behind `rest`. */
static void wrap(const char *text, const char *first, const char *rest, int width,
                 lead_file_writer *writer) {
    int at = (int)strlen(first);
    bool begun = false;
    lead_file_printf(writer, "%s", first);
    for (size_t length; *(text += strspn(text, " ")); text += length) {
        length = strcspn(text, " ");
        int columns = columns_of(text, length);
        if (begun && at + 1 + columns > width) {
            lead_file_printf(writer, "\n%s", rest);
            at = (int)strlen(rest);
            begun = false;
        }
        lead_file_printf(writer, "%s%.*s", begun ? " " : "", (int)length, text);
        at += columns + begun;
        begun = true;
    }
    lead_file_printf(writer, "\n");
}

lead_status lead_cli_notes_print(const lead_cli_draft *draft) {
    lead_file_writer *writer;
    char *text = NULL;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    for (int i = 0; i < draft->note_count; i++)
        wrap(draft->notes[i].text, "- ", "  ", TERMINAL, writer);
    lead_status status = lead_text_writer_finish(writer, &text);
    lead_file_writer_free(writer);
    if (status == LEAD_OK)
        printf("%s", text);
    free(text);
    return status;
}

void lead_cli_notes_write(const lead_cli_draft *draft, lead_cli_place place, int indent,
                          lead_file_writer *writer) {
    char before[40];
    snprintf(before, sizeof before, "%*s# ", indent, "");
    for (int i = 0; i < draft->note_count; i++)
        if (draft->notes[i].place == place)
            wrap(draft->notes[i].text, before, before, FILE_WIDTH, writer);
}

/* --- paths ------------------------------------------------------------------------------------ */

/* The folder of a file that need not be there, in the canonical form; freed with free(). */
static char *folder_of(const char *path) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash)
        return realpath(".", NULL);
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path > 0 ? slash - path : 1), path);
    return realpath(folder, NULL);
}

/* How far two paths have the same folders: the length of that, without the last slash. */
static size_t common(const char *folder, const char *path) {
    size_t same = 0, i = 0;
    for (; folder[i] && folder[i] == path[i]; i++)
        if (folder[i] == '/')
            same = i;
    return !folder[i] && path[i] == '/' ? i : same;
}

/* From a folder to a path, both canonical. */
static lead_status up_and_down(const char *folder, const char *path, char **out) {
    char text[PATH_MAX] = "";
    size_t same = strcmp(folder, "/") == 0 ? 0 : common(folder, path);
    for (const char *at = folder + same; at[0] && at[1]; at += strcspn(at + 1, "/") + 1)
        if (strlen(text) + 3 < sizeof text)
            strcat(text, "../");
    if (strlen(text) + strlen(path + same) >= sizeof text)
        return lead_fail(LEAD_INVALID, "%s: the path is too long", path);
    strcat(text, path + same + 1);
    return lead_string_copy(text, out);
}

lead_status lead_cli_relative(const char *path, const char *beside, char **out) {
    char *whole = realpath(path, NULL), *folder = folder_of(beside);
    lead_status status = LEAD_OK;
    if (!whole)
        status = lead_fail(LEAD_IO, "%s is not there", path);
    else if (!folder)
        status = lead_fail(LEAD_IO, "%s cannot be written: its folder is not there", beside);
    else
        status = up_and_down(folder, whole, out);
    free(whole);
    free(folder);
    return status;
}
