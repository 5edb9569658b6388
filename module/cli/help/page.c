/* Help for terminals. */
#include "cli/help/pages.h"
#include <string.h>

enum { WIDTH = 80, MARGIN = 2, HELP_COLUMN = 24 };

/* Where the next word goes, and where lines begin. */
typedef struct text_page {
    FILE *to;
    int column, indent;
} text_page;

static int shown_length(const char *text, int length) {
    int shown = 0;
    for (int i = 0; i < length; i++)
        shown += text[i] != '`' && (text[i] & 0xc0) != 0x80; /* no marks; characters, not bytes */
    return shown;
}

static void put_word(text_page *page, const char *word, int length) {
    int shown = shown_length(word, length);
    if (page->column > page->indent && page->column + 1 + shown > WIDTH) {
        fprintf(page->to, "\n");
        page->column = 0;
    }
    int blanks =
        page->column < page->indent ? page->indent - page->column : page->column > page->indent;
    fprintf(page->to, "%*s", blanks, "");
    for (int i = 0; i < length; i++)
        if (word[i] != '`')
            putc(word[i], page->to);
    page->column += blanks + shown;
}

static void put(text_page *page, const char *text) {
    while (*(text += strspn(text, " "))) {
        int length = (int)strcspn(text, " ");
        put_word(page, text, length);
        text += length;
    }
}

/* The same of how a command is called: what is in brackets stays together. */
static void put_form(text_page *page, const char *form) {
    while (*(form += strspn(form, " "))) {
        int length = 0, open = 0;
        for (; form[length] && (open > 0 || form[length] != ' '); length++)
            open += (form[length] == '[') - (form[length] == ']');
        put_word(page, form, length);
        form += length;
    }
}

static void end_line(text_page *page) {
    fprintf(page->to, "\n");
    page->column = 0;
}

/* A label, and a text beside or below it. */
static void put_row(FILE *to, const char *label, const char *text) {
    text_page page = {to, 0, HELP_COLUMN};
    int length = (int)strlen(label);
    fprintf(to, "%*s%s", MARGIN, "", label);
    page.column = MARGIN + length;
    if (page.column + 1 >= HELP_COLUMN)
        end_line(&page);
    put(&page, text);
    end_line(&page);
}

static void put_option(FILE *to, const lead_cli_row *row) {
    char label[120], range[600], text[1400];
    snprintf(label, sizeof label, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    lead_cli_row_range(row, range, sizeof range);
    snprintf(text, sizeof text, "%s%s%s%s%s", row->help, *range ? " (" : "", range,
             *range ? ")" : "", row->many ? "; may be repeated" : "");
    put_row(to, label, text);
}

/* The length of a shell's word. */
static int word_length(const char *line) {
    bool quoted = false;
    int length = 0;
    for (; line[length] && (quoted || line[length] != ' '); length++)
        quoted = quoted != (line[length] == '\'');
    return length;
}

/* The length of what stays on one line: a word, or an option with its value. */
static int piece_length(const char *line) {
    int length = word_length(line);
    bool option = strncmp(line, "--", 2) == 0, last = !line[length];
    return option && !last && line[length + 1] != '-' ? length + 1 + word_length(line + length + 1)
                                                      : length;
}

/* A line to type: as it is where it fits, else broken by a backslash, as a shell takes it. */
static void put_line(FILE *to, const char *line) {
    int column = 2 * MARGIN;
    bool first = true;
    fprintf(to, "%*s", column, "");
    while (*line) {
        int length = piece_length(line);
        if (!first && column + 1 + length > WIDTH - 2) {
            fprintf(to, " \\\n%*s", 4 * MARGIN, "");
            column = 4 * MARGIN;
            first = true;
        }
        fprintf(to, "%s%.*s", first ? "" : " ", length, line);
        column += length + !first;
        first = false;
        line += length + (line[length] == ' ');
    }
    fprintf(to, "\n");
}

void lead_cli_print_list(FILE *to) {
    fprintf(to, "lead: proactive routing for ns-3 simulations\n\n");
    for (int i = 0; i < lead_cli_command_count(); i++) {
        const lead_cli_command *command = lead_cli_command_at(i);
        char text[120];
        snprintf(text, sizeof text, "lead %s", command->name);
        fprintf(to, "  %-14s  %s\n", text, command->summary);
    }
    fprintf(to, "\n`lead help COMMAND` or `lead COMMAND --help` says what a command takes.\n");
}

static void put_examples(const lead_cli_command *command, FILE *to) {
    fprintf(to, "\nExamples\n");
    for (int i = 0; i < LEAD_CLI_EXAMPLES; i++) {
        text_page page = {to, 0, MARGIN};
        put(&page, command->examples[i].does);
        end_line(&page);
        put_line(to, command->examples[i].line);
    }
}

void lead_cli_print_help(const lead_cli_command *command, FILE *to) {
    text_page page = {to, 0, 0};
    const lead_cli_row *row;
    fprintf(to, "lead %s:", command->name);
    page.column = 6 + (int)strlen(command->name);
    put(&page, command->summary);
    fprintf(to, "\n\n");
    for (int i = 0; i < LEAD_CLI_FORMS && command->forms[i]; i++) {
        page = (text_page){to, 0, MARGIN};
        put(&page, "lead");
        put(&page, command->name);
        page.indent = 4 * MARGIN; /* of what goes on */
        put_form(&page, command->forms[i]);
        end_line(&page);
    }
    fprintf(to, "\n");
    page = (text_page){to, 0, 0};
    put(&page, command->text);
    fprintf(to, "\n\nOptions\n");
    for (int i = 0; (row = lead_cli_row_at(command, i)); i++)
        put_option(to, row);
    put_row(to, "--help", "this text");
    put_examples(command, to);
    if (command->page)
        fprintf(to, "\nMore: docs/%s\n", command->page);
}
