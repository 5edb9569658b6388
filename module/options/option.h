/* Options as tables: a row says an option's name, type, range, default, who heeds it and what it
 * is. From the same rows come the keys of scenario files and what is written back, the options of
 * `lead te`, the range checks of the C interface, equality, `lead explain`, the JSON Schema and the
 * key tables of docs/scenario.md.
 *
 * To add an option: a member in its struct, a row in its list (te_options.h, ...), and its use. */
#ifndef LEAD_OPTIONS_OPTION_H
#define LEAD_OPTIONS_OPTION_H

#include <lead/base.h>
#include <stddef.h>

/* What a row's member is, and how its text is read. */
typedef enum lead_option_kind {
    LEAD_OPTION_WORD,   /* an enum whose values follow the words */
    LEAD_OPTION_REAL,   /* double */
    LEAD_OPTION_TIME,   /* double, s */
    LEAD_OPTION_RATE,   /* double, bit/s */
    LEAD_OPTION_SIZE,   /* double, bytes */
    LEAD_OPTION_UNIT,   /* double, bit/s that 1 means */
    LEAD_OPTION_BYTES,  /* int, bytes */
    LEAD_OPTION_WHOLE,  /* int */
    LEAD_OPTION_LONG,   /* long */
    LEAD_OPTION_SEED,   /* uint64_t */
    LEAD_OPTION_MOMENT, /* int64_t, s since 1970 UTC */
    LEAD_OPTION_TEXT,   /* const char *, owned by whoever holds the struct */
    LEAD_OPTION_FILE,   /* the same: a file that is looked for, as found */
    LEAD_OPTION_OWN     /* no member: read and written by its section's own code */
} lead_option_kind;

typedef struct lead_option {
    const char *name;   /* its key */
    const char *member; /* of the section's struct, for messages of the C interface */
    lead_option_kind kind;
    size_t at;              /* the member's place in the struct */
    double least, most;     /* range of what may be stated */
    double usual;           /* what it is where nothing is stated; 0 out of the range: unset */
    const char *words;      /* of WORD, or what OWN may be: "a, b, c" */
    const char *heeded_by;  /* the algorithms or models that heed it: "mcf, sr"; "": all */
    bool only_how;          /* it changes how an answer is found, not which */
    const char *usual_text; /* the default in words, where the number does not tell; "": it does */
    const char *help;
} lead_option;

/* A list of rows is a macro LIST(X) of X(name, member, kind, least, most, usual, words, heeded_by,
 * only_how, usual_text, help); this makes its rows for a struct. */
#define LEAD_OPTION_ROW(type, name, member, kind, least, most, usual, words, heeded_by, only_how,  \
                        usual_text, help)                                                          \
    {                                                                                              \
#name, #member, LEAD_OPTION_##kind, offsetof(type, member), least, most, usual, words,     \
            heeded_by, only_how, usual_text, help                                                  \
    }

/* The rows of one struct. */
typedef struct lead_option_section {
    const char *key;   /* where they stand in a scenario: "policies[].te" */
    const char *title; /* what they are, for tables */
    const lead_option *rows;
    int count;
} lead_option_section;

/* The place of a row by its key; -1: there is none. */
int lead_option_find(const lead_option_section *section, const char *name);
/* Whether an algorithm or model of that name heeds the row. */
bool lead_option_is_heeded(const lead_option *row, const char *by);
/* The keys that it heeds, "a, b, c"; in text[size], "" for none. */
void lead_option_list(const lead_option_section *section, const char *by, char *text, size_t size);

/* Sets the row's member of `values` from a text. LEAD_FORMAT or LEAD_INVALID without the name. Not
 * for TEXT, FILE and OWN. */
lead_status lead_option_set(const lead_option *row, void *values, const char *text);
/* The member's value as text that lead_option_set takes; false where it is unset or the row is OWN.
 */
bool lead_option_get(const lead_option *row, const void *values, char *text, size_t size);
/* The same with numbers in 17 digits, for keys of random draws, which no change in how numbers are
 * shown may change. */
bool lead_option_get_exact(const lead_option *row, const void *values, char *text, size_t size);
/* Whether the member is its default, in the struct's terms. True for OWN and unset texts. */
bool lead_option_is_usual(const lead_option *row, const void *values);
/* Sets every member of the section to its default. */
void lead_options_reset(const lead_option_section *section, void *values);
/* LEAD_INVALID naming the first member that is out of its range and not unset. NaN is. */
lead_status lead_options_check(const lead_option_section *section, const char *what,
                               const void *values);
/* Whether all members are the same but for those that only say how; texts by their letters. */
bool lead_options_equal(const lead_option_section *section, const void *a, const void *b);

#endif
