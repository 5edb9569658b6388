/* Rows as text and as Markdown; see lead/scenario.h. */
#include "base/expects.h"
#include "base/table.h"
#include "options/scenario_options.h"
#include "options/te_options.h"
#include <string.h>

static const char *kind_text(const lead_option *row) {
    static const char *const texts[] = {[LEAD_OPTION_WORD] = "a word",
                                        [LEAD_OPTION_REAL] = "a number",
                                        [LEAD_OPTION_TIME] = "a time (300 s)",
                                        [LEAD_OPTION_RATE] = "a rate (10 Gbit/s)",
                                        [LEAD_OPTION_SIZE] = "a size (64 kB)",
                                        [LEAD_OPTION_UNIT] = "a unit (Mbit/s)",
                                        [LEAD_OPTION_BYTES] = "a size (64 kB)",
                                        [LEAD_OPTION_WHOLE] = "a whole number",
                                        [LEAD_OPTION_LONG] = "a whole number",
                                        [LEAD_OPTION_SEED] = "a whole number",
                                        [LEAD_OPTION_MOMENT] =
                                            "a point in time (2004-07-20T00:00:00Z)",
                                        [LEAD_OPTION_TEXT] = "a text",
                                        [LEAD_OPTION_FILE] = "a file",
                                        [LEAD_OPTION_OWN] = "a text"};
    return texts[row->kind];
}

static bool has_range(const lead_option *row) {
    return row->least < row->most;
}

/* The default in words; numbers as people write them. */
static void usual(const lead_option *row, char *text, size_t size) {
    if (*row->usual_text)
        snprintf(text, size, "%s", row->usual_text);
    else if (row->kind == LEAD_OPTION_WORD) {
        char word[60];
        lead_word_at(row->words, (int)row->usual, word, sizeof word);
        snprintf(text, size, "`%s`", word);
    } else
        snprintf(text, size, "%.12g%s", row->usual, row->kind == LEAD_OPTION_TIME ? " s" : "");
}

/* The part of a default's words that is for `by`: "2" of "1; `sr`: 2" for sr, "1" for others. */
static void usual_for(const lead_option *row, const char *by, char *text, size_t size) {
    char all[200], wanted[80], *rest = NULL;
    usual(row, all, sizeof all);
    snprintf(text, size, "%s", all);
    snprintf(wanted, sizeof wanted, "`%s`: ", by);
    for (char *part = strtok_r(all, ";", &rest); part; part = strtok_r(NULL, ";", &rest)) {
        part += strspn(part, " ");
        bool own = strncmp(part, wanted, strlen(wanted)) == 0;
        if (own || !strstr(part, "`: "))
            snprintf(text, size, "%s", own ? part + strlen(wanted) : part);
        if (own)
            return;
    }
}

/* Text in lines of at most 80 columns, those after the first indented; marks for code are left out.
 */
typedef struct text_page {
    FILE *to;
    int column;
    bool follows; /* a word stands before on the line */
} text_page;

static void put_word(text_page *page, const char *word, int length) {
    int shown = 0;
    for (int i = 0; i < length; i++)
        shown += word[i] != '`';
    if (page->column > 0 && page->column + 1 + shown > 80) {
        fprintf(page->to, "\n    ");
        page->column = 4;
    } else if (page->follows) {
        putc(' ', page->to);
        page->column++;
    }
    for (int i = 0; i < length; i++)
        if (word[i] != '`')
            putc(word[i], page->to);
    page->column += shown;
    page->follows = true;
}

static void put(text_page *page, const char *text) {
    while (*(text += strspn(text, " "))) {
        int length = (int)strcspn(text, " ");
        put_word(page, text, length);
        text += length;
    }
}

static void end_line(text_page *page) {
    fprintf(page->to, "\n");
    page->column = 0;
    page->follows = false;
}

static void path_of(const lead_option_section *section, const lead_option *row, char *text,
                    size_t size) {
    snprintf(text, size, "%s%s%s", section->key, *section->key ? "." : "", row->name);
}

/* What may be stated: "one of a, b", "a number, 0 to 1". */
static void range_text(const lead_option *row, char *text, size_t size) {
    if (*row->words)
        snprintf(text, size, "one of %s", row->words);
    else if (has_range(row))
        snprintf(text, size, "%s, %.12g to %.12g", kind_text(row), row->least, row->most);
    else
        snprintf(text, size, "%s", kind_text(row));
}

void lead_te_option_describe(int index, lead_te_option_text *text) {
    LEAD_EXPECTS(text);
    const lead_option *row = &lead_te_section.rows[index];
    *text =
        (lead_te_option_text){.help = row->help, .words = row->words, .heeded_by = row->heeded_by};
    range_text(row, text->range, sizeof text->range);
    usual(row, text->usual, sizeof text->usual);
}

static void explain_row(const lead_option *row, const char *path, FILE *to) {
    text_page page = {.to = to};
    char text[200], range[200];
    put(&page, path);
    put(&page, "-");
    put(&page, row->help);
    end_line(&page);
    usual(row, text, sizeof text);
    range_text(row, range, sizeof range);
    fprintf(to, "    ");
    page.column = 4;
    put(&page, range);
    end_line(&page);
    fprintf(to, "    default:");
    page.column = 12;
    page.follows = true;
    put(&page, text);
    end_line(&page);
    if (!*row->heeded_by)
        return;
    fprintf(to, "    heeded by:");
    page.column = 14;
    page.follows = true;
    put(&page, row->heeded_by);
    end_line(&page);
}

/* Whether `by` heeds a key that others do not. */
static bool is_only_for(const lead_option *row, const char *by) {
    return *row->heeded_by && lead_option_is_heeded(row, by);
}

/* Whether a key is that of a path, or its last parts: "survive", "te.survive". */
static bool is_end_of(const char *key, const char *path) {
    size_t length = strlen(key), all = strlen(path);
    return length <= all && strcmp(path + all - length, key) == 0 &&
           (length == all || path[all - length - 1] == '.');
}

/* Whether a row is printed under `word`. */
typedef bool (*row_filter)(const lead_option *row, const char *path, const char *word);

static bool is_any(const lead_option *row, const char *path, const char *word) {
    (void)row, (void)path, (void)word;
    return true;
}

static bool is_called(const lead_option *row, const char *path, const char *word) {
    (void)row;
    return is_end_of(word, path);
}

static bool is_heeded_alone(const lead_option *row, const char *path, const char *word) {
    return is_only_for(row, word) && !is_end_of(word, path);
}

/* Of the rows that are wanted all (word) or their paths (NULL). How many there were. */
static int print_rows(row_filter wanted, const char *word, FILE *to) {
    char path[120];
    int found = 0;
    for (int s = 0; lead_option_sections[s]; s++)
        for (int i = 0; i < lead_option_sections[s]->count; i++) {
            const lead_option *row = &lead_option_sections[s]->rows[i];
            path_of(lead_option_sections[s], row, path, sizeof path);
            if (!wanted(row, path, word))
                continue;
            found++;
            if (word)
                explain_row(row, path, to);
            else
                fprintf(to, "%s\n", path);
        }
    return found;
}

int lead_scenario_explain(const char *key, FILE *to) {
    return print_rows(key ? is_called : is_any, key, to);
}

int lead_scenario_explain_heeded(const char *by, FILE *to) {
    return print_rows(is_heeded_alone, by, to);
}

/* --- tables in Markdown ----------------------------------------------------------------------- */

/* Which rows a table has, and which columns: those of a part of the scenario, of them those that
 * `by` heeds and others do not, or (by "all") those that everything heeds. */
typedef struct key_table {
    char part[80];
    const char *by; /* NULL: every row */
    bool heeded_by; /* has a column of who heeds a key */
} key_table;

static bool has_row(const key_table *table, const lead_option_section *section,
                    const lead_option *row) {
    if (strcmp(section->key, table->part) != 0)
        return false;
    if (!table->by)
        return true;
    return strcmp(table->by, "all") == 0 ? !*row->heeded_by : is_only_for(row, table->by);
}

static bool any_heeded(const key_table *table) {
    for (int s = 0; lead_option_sections[s]; s++)
        for (int i = 0; i < lead_option_sections[s]->count; i++)
            if (has_row(table, lead_option_sections[s], &lead_option_sections[s]->rows[i]) &&
                *lead_option_sections[s]->rows[i].heeded_by)
                return true;
    return false;
}

static key_table table_of(const char *key) {
    key_table table = {.by = strchr(key, ':')};
    int length = table.by ? (int)(table.by - key) : (int)strlen(key);
    snprintf(table.part, sizeof table.part, "%.*s", length, key);
    if (table.by)
        table.by++;
    table.heeded_by = !table.by && any_heeded(&table);
    return table;
}

/* ": `a`, `b`" for "a, b". */
static void print_words(const char *words, FILE *to) {
    char word[60] = "";
    for (int i = 0; lead_word_at(words, i, word, sizeof word), *word; i++)
        fprintf(to, "%s`%s`", i ? ", " : ": ", word);
}

static void print_table_head(const key_table *table, const char *title, FILE *to) {
    if (table->heeded_by)
        fprintf(to, "| %s | heeded by | meaning | default |\n| --- | --- | --- | --- |\n", title);
    else
        fprintf(to, "| %s | meaning | default |\n| --- | --- | --- |\n", title);
}

static void print_table_row(const key_table *table, const lead_option *row, FILE *to) {
    char text[200];
    usual_for(row, table->by ? table->by : "", text, sizeof text);
    if (!table->by)
        usual(row, text, sizeof text);
    fprintf(to, "| `%s` ", row->name);
    if (table->heeded_by)
        fprintf(to, "| %s ", *row->heeded_by ? row->heeded_by : "all");
    fprintf(to, "| %s", row->help);
    if (row->kind == LEAD_OPTION_OWN && *row->words)
        print_words(row->words, to);
    fprintf(to, " | %s |\n", text);
}

bool lead_scenario_print_keys(const char *key, FILE *to) {
    const key_table table = table_of(key);
    bool begun = false;
    for (int s = 0; lead_option_sections[s]; s++)
        for (int i = 0; i < lead_option_sections[s]->count; i++) {
            if (!has_row(&table, lead_option_sections[s], &lead_option_sections[s]->rows[i]))
                continue;
            if (!begun)
                print_table_head(&table, lead_option_sections[s]->title, to);
            print_table_row(&table, &lead_option_sections[s]->rows[i], to);
            begun = true;
        }
    return begun;
}
