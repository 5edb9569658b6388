/* help: the table of the program's commands and their options. What is parsed, `lead help`, the man
 * pages, docs/commands.md and the completions of shells are all made of it. */
#ifndef LEAD_CLI_HELP_TABLE_H
#define LEAD_CLI_HELP_TABLE_H

#include <lead/base.h>

/* What a value is: how it is checked while it is parsed, and what a shell offers for it. */
typedef enum lead_cli_kind {
    LEAD_CLI_FLAG,  /* no value */
    LEAD_CLI_TEXT,  /* whoever takes it looks at it */
    LEAD_CLI_WHOLE, /* a whole number in least..most */
    LEAD_CLI_REAL,  /* a number in least..most */
    LEAD_CLI_WORD,  /* one of the words */
    LEAD_CLI_FILE,
    LEAD_CLI_FOLDER,
    LEAD_CLI_SCENARIO,  /* a file.yaml */
    LEAD_CLI_POLICY,    /* names of a scenario's or a run's policies; whoever takes them looks */
    LEAD_CLI_PREDICTOR, /* names that the library has; it looks at them */
    LEAD_CLI_ALGORITHM,
    LEAD_CLI_ENGINE,
    LEAD_CLI_METRIC, /* of lead compare */
    LEAD_CLI_VALUE,  /* a column of whatif.csv */
    LEAD_CLI_KEY,    /* of scenario files */
    LEAD_CLI_COMMAND
} lead_cli_kind;

/* An option, or what a command takes beside them. */
typedef struct lead_cli_row {
    const char *name;     /* without dashes */
    const char *argument; /* what its value is called, "N"; NULL of a flag */
    lead_cli_kind kind;
    double least, most; /* of WHOLE and REAL */
    const char *words;  /* of WORD, "json, text" */
    bool many;          /* it may be there several times */
    const char *range;  /* what it may be, where nothing else tells; NULL: any */
    const char *usual;  /* the default in words; NULL: nothing to tell */
    const char *help;
} lead_cli_row;

typedef struct lead_cli_example {
    const char *line; /* "lead run ..." in a folder that has scenarios/ */
    const char *does;
} lead_cli_example;

enum { LEAD_CLI_FORMS = 2, LEAD_CLI_EXAMPLES = 2, LEAD_CLI_ROWS = 96 };

typedef struct lead_cli_command {
    const char *name, *summary;        /* one line */
    const char *forms[LEAD_CLI_FORMS]; /* what stands behind `lead NAME`; NULL: no more */
    lead_cli_kind takes;               /* what is no option; FLAG: nothing */
    const char *text;                  /* what the summary leaves open; "": nothing */
    const lead_cli_row *rows;
    int row_count;
    /* Further rows, which the library knows; NULL: none. */
    int (*more)(const lead_cli_row **rows);
    lead_cli_example examples[LEAD_CLI_EXAMPLES];
    const char *page; /* of the documentation, "whatif.md"; NULL: none */
} lead_cli_command;

int lead_cli_command_count(void);
const lead_cli_command *lead_cli_command_at(int index);
/* NULL: there is none of that name. */
const lead_cli_command *lead_cli_command_find(const char *name);
/* The rows of a command one after the other; NULL behind the last one. */
const lead_cli_row *lead_cli_row_at(const lead_cli_command *command, int index);
/* LEAD_INVALID: there is no command NAME, and which one it is near. */
lead_status lead_cli_fail_command(const char *name);

/* What a value may be and what it is by itself, "1 to 1024; default: 1", in text[size]; "" where
 * neither is told. */
void lead_cli_row_range(const lead_cli_row *row, char *text, size_t size);
/* LEAD_INVALID, "--NAME: ...", for a value that a row's kind does not let be. */
lead_status lead_cli_row_check(const lead_cli_row *row, const char *value);

/* The options of `lead te` and `lead whatif` that the library has tables of (rows.c). */
int lead_cli_te_rows(const lead_cli_row **rows);
int lead_cli_study_rows(const lead_cli_row **rows);

#endif
