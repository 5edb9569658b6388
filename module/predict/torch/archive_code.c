/* The code of a TorchScript archive, word by word: how deep it is nested, and what it calls. */
#include "predict/torch/archive.h"
#include <ctype.h>
#include <string.h>

enum {
    NESTING_MOST = 200, /* brackets, blocks, signs within one another */
    OPERATORS_MOST =
        2000, /* of one statement: libtorch reads a + b + c ... as deep as it is long */
    DEFINITIONS_MOST = 20000
};

/* Where the reading is, and how deep. */
typedef struct reading {
    const char *at, *end;
    int line, depth, signs, definitions, branches;
    int operators[NESTING_MOST + 2]; /* in what is between two commas of each bracket */
    bool after_dot;
    bool in_getattr; /* the next text is a name */
    bool in_class;   /* the last line without indentation began one, and none of values */
} reading;

static lead_status too_deep(const reading *in, const char *what, int count, int most) {
    return lead_fail(LEAD_FORMAT, "line %d: %d %s, at most %d are a model's", in->line, count, what,
                     most);
}

/* --- words ------------------------------------------------------------------------------------ */

/* Nothing but these reads or writes files, prints, talks to other processes or reaches Python; the
 * parser knows them by any name that ends in one. */
static bool is_forbidden(const char *word, size_t length, bool after_dot) {
    static const struct {
        const char *word;
        bool after_dot; /* forbidden there only: a variable may have that name */
    } table[] = {{"save", true},        {"from_file", true}, {"classes", true},
                 {"Print", true},       {"PythonOp", true},  {"IgnoredPythonOp", true},
                 {"c10d", true},        {"rpc_sync", false}, {"rpc_async", false},
                 {"rpc_remote", false}, {"print", false}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strlen(table[i].word) == length && strncmp(table[i].word, word, length) == 0)
            return after_dot || !table[i].after_dot;
    return false;
}

static bool is_word(const char *word, size_t length, const char *wanted) {
    return strlen(wanted) == length && strncmp(word, wanted, length) == 0;
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* Namespaces of operators that are torch's own computing. */
static lead_status check_namespace(const reading *in) {
    const char *at = skip_blanks(in->at, in->end);
    if (at >= in->end || *at != '.')
        return LEAD_OK;
    at = skip_blanks(at + 1, in->end);
    size_t length = 0;
    while (at + length < in->end && (isalnum((unsigned char)at[length]) || at[length] == '_'))
        length++;
    if (is_word(at, length, "prim") || is_word(at, length, "aten"))
        return LEAD_OK;
    return lead_fail(LEAD_FORMAT, "line %d: calls ops.%.*s, which is none of torch's operators",
                     in->line, (int)(length < 60 ? length : 60), at);
}

static lead_status forbidden(const reading *in, const char *word, size_t length) {
    return lead_fail(LEAD_FORMAT,
                     "line %d: uses \"%.*s\", which can touch what is no model's business (files, "
                     "the terminal, other programs); a model may compute only",
                     in->line, (int)length, word);
}

static lead_status read_word(reading *in) {
    const char *word = in->at;
    while (in->at < in->end && (isalnum((unsigned char)*in->at) || *in->at == '_'))
        in->at++;
    size_t length = (size_t)(in->at - word);
    if (is_forbidden(word, length, in->after_dot))
        return forbidden(in, word, length);
    in->in_getattr = in->in_getattr || is_word(word, length, "getattr");
    bool is_not = is_word(word, length, "not");
    in->signs = is_not ? in->signs + 1 : 0;
    in->operators[in->depth] += is_not || is_word(word, length, "and") ||
                                is_word(word, length, "or") || is_word(word, length, "if");
    in->definitions += is_word(word, length, "def") || is_word(word, length, "class");
    in->branches += is_word(word, length, "elif");
    lead_status status =
        !in->after_dot && is_word(word, length, "ops") ? check_namespace(in) : LEAD_OK;
    in->after_dot = false;
    return status;
}

/* --- the rest --------------------------------------------------------------------------------- */

static bool begins(const reading *in, char quote, int count) {
    for (int i = 0; i < count; i++)
        if (in->end - in->at <= i || in->at[i] != quote)
            return false;
    return true;
}

/* getattr(x, "0"): torch writes what is no name in itself so, but it could be any name. */
static lead_status check_attribute(reading *in, const char *text, size_t length) {
    const char *after = skip_blanks(in->at, in->end);
    in->in_getattr = false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return lead_fail(LEAD_FORMAT, "line %d: a name with odd characters", in->line);
    if (after >= in->end || *after != ')')
        return lead_fail(LEAD_FORMAT, "line %d: a name that is put together", in->line);
    return is_forbidden(text, length, true) ? forbidden(in, text, length) : LEAD_OK;
}

/* A text in quotes, of one line or, in three quotes, of several. */
static lead_status read_text(reading *in) {
    char quote = *in->at;
    int quotes = begins(in, quote, 3) ? 3 : 1;
    in->after_dot = false;
    in->at += quotes;
    const char *text = in->at;
    while (in->at < in->end && !begins(in, quote, quotes)) {
        if (*in->at == '\n' && quotes == 1)
            break;
        in->line += *in->at == '\n';
        in->at += *in->at == '\\' && in->end - in->at > 1 ? 2 : 1;
    }
    if (!begins(in, quote, quotes))
        return lead_fail(LEAD_FORMAT, "line %d: a text in quotes does not end", in->line);
    size_t length = (size_t)(in->at - text);
    in->at += quotes;
    return in->in_getattr ? check_attribute(in, text, length) : LEAD_OK;
}

/* A class's own lines give its attributes types; but for these, libtorch trusts that they do. */
static lead_status check_class_line(const reading *in) {
    static const char *const known[] = {"__parameters__", "__buffers__", "__annotations__",
                                        "__forward_hooks__", "__forward_pre_hooks__"};
    size_t length = 0;
    while (in->at + length < in->end &&
           (isalnum((unsigned char)in->at[length]) || in->at[length] == '_'))
        length++;
    const char *after = skip_blanks(in->at + length, in->end);
    if (length == 0 || after >= in->end || *after != '=')
        return LEAD_OK;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is_word(in->at, length, known[i]))
            return LEAD_OK;
    return lead_fail(LEAD_FORMAT, "line %d: attribute \"%.*s\" has no type", in->line,
                     (int)(length < 60 ? length : 60), in->at);
}

/* Whether a class of attributes begins here; one of values (Enum) gives no types. */
static bool begins_class(const reading *in) {
    size_t left = (size_t)(in->end - in->at);
    const char *end = memchr(in->at, '\n', left);
    size_t length = end ? (size_t)(end - in->at) : left;
    bool values = length > 7 && strncmp(in->at + length - 7, "(Enum):", 7) == 0;
    return length > 6 && strncmp(in->at, "class ", 6) == 0 && !values;
}

static lead_status begin_line(reading *in, int blanks) {
    if (blanks == 0 && in->at < in->end && *in->at != '\n')
        in->in_class = begins_class(in);
    return blanks == 2 && in->in_class ? check_class_line(in) : LEAD_OK;
}

/* A new line, in a statement or before the next one: its indentation is how deep its block is. */
static lead_status read_line_end(reading *in) {
    in->at++;
    in->line++;
    if (in->depth > 0)
        return LEAD_OK;
    in->operators[0] = in->signs = 0;
    int blanks = 0;
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t')) {
        blanks++;
        in->at++;
    }
    if (blanks > 2 * NESTING_MOST)
        return too_deep(in, "blocks within one another", blanks / 2, NESTING_MOST);
    return begin_line(in, blanks);
}

static bool is_one_of(char sign, const char *signs) {
    return memchr(signs, sign, strlen(signs)) != NULL;
}

static void read_sign(reading *in) {
    char sign = *in->at++;
    bool opens = is_one_of(sign, "([{"), closes = is_one_of(sign, ")]}");
    in->operators[in->depth] += is_one_of(sign, "-+*/%@&|^<>=.([~");
    if (sign == ',')
        in->operators[in->depth] = 0;
    if (opens)
        in->operators[++in->depth] = 0;
    if (closes && in->depth > 0)
        in->depth--;
    in->after_dot = sign == '.';
    in->signs = is_one_of(sign, "-+~!^") ? in->signs + 1 : opens ? in->signs : 0;
}

static lead_status read_one(reading *in) {
    unsigned char next = (unsigned char)*in->at;
    if (isalpha(next) || next == '_')
        return read_word(in);
    if (next == '\n')
        return read_line_end(in);
    if (isspace(next) || next == '\\') {
        in->at++;
        return LEAD_OK;
    }
    if (next == '#') {
        while (in->at < in->end && *in->at != '\n')
            in->at++;
        return LEAD_OK;
    }
    if (next == '"' || next == '\'')
        return read_text(in);
    if (isdigit(next)) {
        while (in->at < in->end && (isalnum((unsigned char)*in->at) || *in->at == '.'))
            in->at++;
        in->signs = 0;
        in->after_dot = false;
        return LEAD_OK;
    }
    read_sign(in);
    return LEAD_OK;
}

static lead_status check_depth(const reading *in) {
    if (in->depth > NESTING_MOST)
        return too_deep(in, "brackets within one another", in->depth, NESTING_MOST);
    if (in->signs > NESTING_MOST)
        return too_deep(in, "signs before one another", in->signs, NESTING_MOST);
    if (in->operators[in->depth] > OPERATORS_MOST)
        return too_deep(in, "operators in one statement", in->operators[in->depth], OPERATORS_MOST);
    if (in->branches > NESTING_MOST)
        return too_deep(in, "elif", in->branches, NESTING_MOST);
    if (in->definitions > DEFINITIONS_MOST)
        return too_deep(in, "definitions", in->definitions, DEFINITIONS_MOST);
    return LEAD_OK;
}

lead_status lead_archive_check_code(const char *text, size_t length) {
    reading in = {.at = text, .end = text + length, .line = 1};
    if (memchr(text, '\0', length))
        return lead_fail(LEAD_FORMAT, "is no text");
    LEAD_TRY(begin_line(&in, 0));
    while (in.at < in.end) {
        LEAD_TRY(read_one(&in));
        LEAD_TRY(check_depth(&in));
    }
    return LEAD_OK;
}
