/* Rows: those that the library has tables of, what they may be, and whether a value is that. */
#include "cli/help/table.h"
#include <lead/formats.h>
#include <lead/scenario.h>
#include <lead/study.h>
#include <math.h>
#include <string.h>

/* --- rows from the library -------------------------------------------------------------------- */

enum { TE_ROWS = 64, NAME_ROOM = 32 };

/* The texts of a row of `lead te`. */
typedef struct te_row {
    char name[NAME_ROOM], help[700];
    lead_te_option_text text;
} te_row;

static void fill_te_row(int index, te_row *texts, lead_cli_row *row) {
    snprintf(texts->name, NAME_ROOM, "%s", lead_te_option_name(index));
    for (char *c = texts->name; *c; c++)
        *c = *c == '_' ? '-' : *c;
    lead_te_option_describe(index, &texts->text);
    snprintf(texts->help, sizeof texts->help, "%s%s%s", texts->text.help,
             *texts->text.heeded_by ? "; of " : "", texts->text.heeded_by);
    const bool file = lead_te_option_is_file(index), word = *texts->text.words;
    *row = (lead_cli_row){.name = texts->name,
                          .argument = word   ? "WORD"
                                      : file ? "FILE"
                                             : "VALUE",
                          .kind = word   ? LEAD_CLI_WORD
                                  : file ? LEAD_CLI_FILE
                                         : LEAD_CLI_TEXT,
                          .words = texts->text.words,
                          .range = texts->text.range,
                          .usual = texts->text.usual,
                          .help = texts->help};
}

int lead_cli_te_rows(const lead_cli_row **rows) {
    static te_row texts[TE_ROWS];
    static lead_cli_row table[TE_ROWS];
    int count = lead_te_option_count() < TE_ROWS ? lead_te_option_count() : TE_ROWS;
    for (int i = 0; !table[count - 1].name && i < count; i++)
        fill_te_row(i, &texts[i], &table[i]);
    *rows = table;
    return count;
}

int lead_cli_study_rows(const lead_cli_row **rows) {
    static lead_cli_row table[LEAD_STUDY_KINDS];
    for (int i = 0; i < LEAD_STUDY_KINDS; i++) {
        const lead_study_kind *kind = lead_study_kind_at(i);
        table[i] = (lead_cli_row){.name = kind->name,
                                  .argument = kind->value,
                                  .kind = kind->value ? LEAD_CLI_TEXT : LEAD_CLI_FLAG,
                                  .words = "",
                                  .help = kind->help};
    }
    *rows = table;
    return LEAD_STUDY_KINDS;
}

/* --- what a value may be ---------------------------------------------------------------------- */

static bool has_range(const lead_cli_row *row) {
    return row->kind == LEAD_CLI_WHOLE || row->kind == LEAD_CLI_REAL;
}

enum { MANY = 1000000000 }; /* a bound that nobody meets is not told */

static void range_of(const lead_cli_row *row, char *text, size_t size) {
    text[0] = '\0';
    if (row->range)
        snprintf(text, size, "%s", row->range);
    else if (row->kind == LEAD_CLI_WORD)
        snprintf(text, size, "one of %s", row->words);
    else if (has_range(row) && row->most >= MANY)
        snprintf(text, size, "from %.12g on", row->least);
    else if (has_range(row))
        snprintf(text, size, "%.12g to %.12g", row->least, row->most);
}

void lead_cli_row_range(const lead_cli_row *row, char *text, size_t size) {
    char range[400];
    range_of(row, range, sizeof range);
    bool usual = row->usual && *row->usual;
    snprintf(text, size, "%s%s%s%s", range, *range && usual ? "; " : "", usual ? "default: " : "",
             usual ? row->usual : "");
}

static lead_status check_number(const lead_cli_row *row, const char *text) {
    double value;
    if (!lead_number_parse(text, &value) || !(value >= row->least && value <= row->most))
        return lead_fail(LEAD_INVALID, "--%s: \"%.40s\" is not a number in %.12g..%.12g", row->name,
                         text, row->least, row->most);
    return row->kind == LEAD_CLI_REAL || value == floor(value)
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "--%s: %.40s is not a whole number", row->name, text);
}

static bool is_word(const char *text, const char *words) {
    size_t length = strlen(text);
    for (size_t word; *(words += strspn(words, ", ")); words += word) {
        word = strcspn(words, ",");
        if (word == length && strncmp(words, text, word) == 0)
            return true;
    }
    return false;
}

lead_status lead_cli_row_check(const lead_cli_row *row, const char *value) {
    if (has_range(row))
        return check_number(row, value);
    if (row->kind != LEAD_CLI_WORD || row->range || is_word(value, row->words))
        return LEAD_OK; /* those with a range of their own are the library's to check */
    return lead_fail_within(lead_fail_unknown(value, row->words), "--%s", row->name);
}
