/* What every table of options can do; see option.h. */
#include "options/option.h"
#include "base/table.h"
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include <lead/formats.h>
#include <math.h>
#include <string.h>

int lead_option_find(const lead_option_section *section, const char *name) {
    for (int i = 0; i < section->count; i++)
        if (strcmp(section->rows[i].name, name) == 0)
            return i;
    return -1;
}

bool lead_option_is_heeded(const lead_option *row, const char *by) {
    return !*row->heeded_by || lead_word_place(by, row->heeded_by) >= 0;
}

void lead_option_list(const lead_option_section *section, const char *by, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < section->count && used < size; i++)
        if (lead_option_is_heeded(&section->rows[i], by))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     section->rows[i].name);
}

/* --- members as numbers ----------------------------------------------------------------------- */

static bool is_text(const lead_option *row) {
    return row->kind == LEAD_OPTION_TEXT || row->kind == LEAD_OPTION_FILE;
}

static bool is_number(const lead_option *row) {
    return !is_text(row) && row->kind != LEAD_OPTION_OWN;
}

static double number_at(const lead_option *row, const void *values) {
    const void *member = (const char *)values + row->at;
    switch (row->kind) {
    case LEAD_OPTION_WORD:
    case LEAD_OPTION_WHOLE:
    case LEAD_OPTION_BYTES:
        return *(const int *)member;
    case LEAD_OPTION_LONG:
        return (double)*(const long *)member;
    case LEAD_OPTION_SEED:
        return (double)*(const uint64_t *)member;
    case LEAD_OPTION_MOMENT:
        return (double)*(const int64_t *)member;
    default:
        return *(const double *)member;
    }
}

static void put_number(const lead_option *row, void *values, double value) {
    void *member = (char *)values + row->at;
    switch (row->kind) {
    case LEAD_OPTION_WORD:
    case LEAD_OPTION_WHOLE:
    case LEAD_OPTION_BYTES:
        *(int *)member = (int)value;
        break;
    case LEAD_OPTION_LONG:
        *(long *)member = (long)value;
        break;
    case LEAD_OPTION_SEED:
        *(uint64_t *)member = (uint64_t)value;
        break;
    case LEAD_OPTION_MOMENT:
        *(int64_t *)member = value <= (double)INT64_MIN ? INT64_MIN : (int64_t)value;
        break;
    default:
        *(double *)member = value;
    }
}

/* Words and times have no range. */
static bool has_range(const lead_option *row) {
    return row->kind != LEAD_OPTION_WORD && row->kind != LEAD_OPTION_MOMENT;
}

static bool is_whole(const lead_option *row) {
    return row->kind == LEAD_OPTION_WHOLE || row->kind == LEAD_OPTION_LONG ||
           row->kind == LEAD_OPTION_SEED;
}

/* 0 says that nothing was stated. */
static bool may_be_unset(const lead_option *row) {
    return row->kind != LEAD_OPTION_WORD && row->usual == 0 && row->least > 0;
}

/* --- texts ------------------------------------------------------------------------------------ */

static lead_status parse_word(const lead_option *row, const char *text, double *value) {
    *value = lead_word_place(text, row->words);
    return *value >= 0 ? LEAD_OK : lead_fail_unknown(text, row->words);
}

static lead_status parse_plain(const lead_option *row, const char *text, double *value) {
    if (lead_number_parse(text, value) && !(is_whole(row) && *value != floor(*value)))
        return LEAD_OK;
    return lead_fail(LEAD_FORMAT, "\"%.40s\" is not a%s number", text,
                     is_whole(row) ? " whole" : "");
}

static lead_status parse_moment(const char *text, double *value) {
    int64_t seconds;
    LEAD_TRY(lead_time_parse(text, &seconds));
    *value = (double)seconds;
    return LEAD_OK;
}

static lead_status parse(const lead_option *row, const char *text, double *value) {
    switch (row->kind) {
    case LEAD_OPTION_WORD:
        return parse_word(row, text, value);
    case LEAD_OPTION_TIME:
        return lead_quantity_parse(text, LEAD_QUANTITY_TIME, value);
    case LEAD_OPTION_RATE:
        return lead_quantity_parse(text, LEAD_QUANTITY_RATE, value);
    case LEAD_OPTION_SIZE:
    case LEAD_OPTION_BYTES:
        return lead_quantity_parse(text, LEAD_QUANTITY_SIZE, value);
    case LEAD_OPTION_UNIT:
        return lead_unit_parse(text, value);
    case LEAD_OPTION_MOMENT:
        return parse_moment(text, value);
    default:
        return parse_plain(row, text, value);
    }
}

lead_status lead_option_set(const lead_option *row, void *values, const char *text) {
    double value;
    LEAD_TRY(parse(row, text, &value));
    if (has_range(row) && !(value >= row->least && value <= row->most))
        return lead_fail(LEAD_INVALID, "%s is not in %g..%g", text, row->least, row->most);
    put_number(row, values, value);
    return LEAD_OK;
}

static const char *unit_of(lead_option_kind kind) {
    switch (kind) {
    case LEAD_OPTION_TIME:
        return " s";
    case LEAD_OPTION_RATE:
    case LEAD_OPTION_UNIT:
        return " bit/s";
    case LEAD_OPTION_SIZE:
    case LEAD_OPTION_BYTES:
        return " B";
    default:
        return "";
    }
}

static void print(const lead_option *row, double value, bool exact, char *text, size_t size) {
    char moment[LEAD_TIME_LENGTH + 1];
    if (row->kind == LEAD_OPTION_WORD) {
        lead_word_at(row->words, (int)value, text, size);
    } else if (row->kind == LEAD_OPTION_MOMENT) {
        lead_time_format((int64_t)value, moment);
        snprintf(text, size, "%s", moment);
    } else if (exact) {
        lead_locale before = lead_locale_enter();
        snprintf(text, size, "%.17g%s", value, unit_of(row->kind));
        lead_locale_leave(before);
    } else {
        snprintf(text, size, "%s%s", LEAD_NUMBER(value), unit_of(row->kind));
    }
}

static bool get(const lead_option *row, const void *values, bool exact, char *text, size_t size) {
    text[0] = '\0';
    if (row->kind == LEAD_OPTION_OWN)
        return false;
    if (is_text(row)) {
        const char *member = *(const char *const *)((const char *)values + row->at);
        snprintf(text, size, "%s", member ? member : "");
        return member != NULL;
    }
    double value = number_at(row, values);
    if (row->kind == LEAD_OPTION_MOMENT &&
        *(const int64_t *)((const char *)values + row->at) == INT64_MIN)
        return false;
    print(row, value, exact, text, size);
    return value != 0 || !may_be_unset(row);
}

bool lead_option_get(const lead_option *row, const void *values, char *text, size_t size) {
    return get(row, values, false, text, size);
}

bool lead_option_get_exact(const lead_option *row, const void *values, char *text, size_t size) {
    return get(row, values, true, text, size);
}

bool lead_option_is_usual(const lead_option *row, const void *values) {
    if (is_text(row))
        return *(const char *const *)((const char *)values + row->at) == NULL;
    return row->kind == LEAD_OPTION_OWN || number_at(row, values) == row->usual;
}

/* --- sections --------------------------------------------------------------------------------- */

void lead_options_reset(const lead_option_section *section, void *values) {
    for (int i = 0; i < section->count; i++) {
        const lead_option *row = &section->rows[i];
        if (is_text(row))
            *(const char **)((char *)values + row->at) = NULL;
        else if (is_number(row))
            put_number(row, values, row->usual);
    }
}

static int word_count(const char *words) {
    int count = 1;
    for (; *words; words++)
        count += *words == ',';
    return count;
}

lead_status lead_options_check(const lead_option_section *section, const char *what,
                               const void *values) {
    for (int i = 0; i < section->count; i++) {
        const lead_option *row = &section->rows[i];
        if (!is_number(row) || row->kind == LEAD_OPTION_MOMENT || row->kind == LEAD_OPTION_SEED)
            continue;
        bool word = row->kind == LEAD_OPTION_WORD;
        double value = number_at(row, values), least = word ? 0 : row->least,
               most = word ? word_count(row->words) - 1 : row->most;
        if (!(value >= least && value <= most) && !(may_be_unset(row) && value == 0))
            return lead_fail(LEAD_INVALID, "%s: %s of %g is %s%g..%g", what, row->member, value,
                             may_be_unset(row) ? "neither 0 nor in " : "not in ", least, most);
    }
    return LEAD_OK;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool lead_options_equal(const lead_option_section *section, const void *a, const void *b) {
    for (int i = 0; i < section->count; i++) {
        const lead_option *row = &section->rows[i];
        if (row->only_how)
            continue;
        if (is_text(row)) {
            if (!same_text(*(const char *const *)((const char *)a + row->at),
                           *(const char *const *)((const char *)b + row->at)))
                return false;
        } else if (is_number(row) && number_at(row, a) != number_at(row, b)) {
            return false;
        }
    }
    return true;
}
