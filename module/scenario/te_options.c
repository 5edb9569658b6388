/* Reads and writes the options of TE algorithms by their names. */
#include "base/expects.h"
#include "base/words.h"
#include "formats/text.h"
#include "te/options.h"
#include <lead/formats.h>
#include <lead/scenario.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { WORD, TIME, REAL, WHOLE, LONG } kind;

typedef struct option {
    const char *key;
    size_t at; /* in lead_te_options */
    kind kind;
    double least, most;
    const char *words;
} option;

static const option table[] = {
#define X(key, member, kind, least, most, words)                                                   \
    {#key, offsetof(lead_te_options, member), kind, least, most, words},
    LEAD_TE_OPTION_LIST(X)
#undef X
};

enum { COUNT = sizeof table / sizeof *table };

int lead_te_option_count(void) {
    return COUNT;
}

const char *lead_te_option_name(int index) {
    return table[index].key;
}

static lead_status parse(const option *row, const char *text, double *value) {
    if (row->kind == TIME)
        LEAD_TRY(lead_quantity_parse(text, LEAD_QUANTITY_TIME, value));
    else if (row->kind == WORD) {
        *value = lead_word_place(text, row->words);
        return *value >= 0 ? LEAD_OK
                           : lead_fail(LEAD_INVALID, "\"%.60s\" is none of %s", text, row->words);
    } else {
        bool whole = row->kind == WHOLE || row->kind == LONG;
        if (!lead_number_parse(text, value) || (whole && *value != floor(*value)))
            return lead_fail(LEAD_FORMAT, "\"%.40s\" is not a%s number", text,
                             whole ? " whole" : "");
    }
    if (*value < row->least || *value > row->most)
        return lead_fail(LEAD_INVALID, "%s is not in %g..%g", text, row->least, row->most);
    return LEAD_OK;
}

lead_status lead_te_option_set(const lead_te_type *type, lead_te_options *options, int index,
                               const char *text) {
    LEAD_EXPECTS(type && options && text);
    const option *row = &table[index];
    void *member = (char *)options + row->at;
    double value;
    if (lead_word_place(row->key, type->options) < 0)
        return lead_fail(LEAD_INVALID, "%s heeds %s, not this", type->name, type->options);
    LEAD_TRY(parse(row, text, &value));
    if (row->kind == TIME || row->kind == REAL)
        *(double *)member = value;
    else if (row->kind == LONG)
        *(long *)member = (long)value;
    else
        *(int *)member = (int)value; /* enums are ints, see the assertion below */
    return LEAD_OK;
}

static bool for_samples(const lead_te_type *type, const lead_te_options *options) {
    return lead_te_plans_for_samples(type, options);
}

static bool has_risk(const lead_te_type *type, const lead_te_options *options) {
    return for_samples(type, options) && options->cvar_weight > 0;
}

static bool searches(const lead_te_type *type, const lead_te_options *options) {
    return lead_word_place("method", type->options) < 0 || options->method == LEAD_TE_METHOD_SEARCH;
}

/* Options that need others to mean something. */
static const struct {
    const char *key;
    bool (*counts)(const lead_te_type *type, const lead_te_options *options);
    const char *why;
} needs[] = {
    {"cvar_weight", for_samples,
     "the plan is for the mean of the samples, which has no risk: "
     "state plan_for: samples"},
    {"cvar_level", has_risk, "without a cvar_weight (and plan_for: samples) no risk is weighed"},
    {"scenarios", for_samples, "the plan is for the mean of the samples: state plan_for: samples"},
    {"evaluations", searches, "the program has no moves to count: state method: search"},
};

const char *lead_te_option_idle(const lead_te_type *type, const lead_te_options *options,
                                int index) {
    LEAD_EXPECTS(type && options);
    char text[64];
    if (!lead_te_option_get(options, index, text, sizeof text))
        return NULL;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (strcmp(needs[i].key, table[index].key) == 0 && !needs[i].counts(type, options))
            return needs[i].why;
    return NULL;
}

_Static_assert(sizeof(lead_weight_rule) == sizeof(int) &&
                   sizeof(lead_te_objective) == sizeof(int) &&
                   sizeof(lead_te_method) == sizeof(int) &&
                   sizeof(lead_te_path_choice) == sizeof(int) &&
                   sizeof(lead_te_plan_for_what) == sizeof(int) &&
                   sizeof(lead_te_survival) == sizeof(int),
               "options of kind WORD are written as ints");

static void write_word(const option *row, int place, char *text, size_t size) {
    const char *words = row->words;
    for (; place > 0; place--) {
        words += strcspn(words, ",");
        words += strspn(words, ", ");
    }
    snprintf(text, size, "%.*s", (int)strcspn(words, ","), words);
}

static bool print(const lead_te_options *options, int index, char *text, size_t size) {
    const option *row = &table[index];
    const void *member = (const char *)options + row->at;
    if (row->kind == TIME || row->kind == REAL) {
        double value = *(const double *)member;
        snprintf(text, size, row->kind == TIME ? "%.17g s" : "%.17g", value);
        return value != 0;
    }
    if (row->kind == LONG) {
        snprintf(text, size, "%ld", *(const long *)member);
        return *(const long *)member != 0;
    }
    int value = *(const int *)member;
    if (row->kind == WORD)
        write_word(row, value, text, size);
    else
        snprintf(text, size, "%d", value);
    return value != 0;
}

bool lead_te_option_get(const lead_te_options *options, int index, char *text, size_t size) {
    LEAD_EXPECTS(options && text);
    lead_locale before = lead_locale_enter();
    bool set = print(options, index, text, size);
    lead_locale_leave(before);
    return set;
}
