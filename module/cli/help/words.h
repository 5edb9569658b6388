/* The words that a value may be, for completions. */
#ifndef LEAD_CLI_HELP_WORDS_H
#define LEAD_CLI_HELP_WORDS_H

#include "cli/help/table.h"

/* The names that the library has for a kind of value, or a row's own words, with blanks between
 * them, in *text, freed with free(); "" where there are none to list. LEAD_MEMORY. */
lead_status lead_cli_words(const lead_cli_row *row, char **text);

/* A function of either shell that prints the names of policies of the files and folders that it is
 * given. */
#define LEAD_CLI_POLICY_NAMES                                                                      \
    "# The policies of the scenarios and the runs that the line names.\n"                          \
    "_lead_policy_names() {\n"                                                                     \
    "    local at\n"                                                                               \
    "    for at in \"$@\"; do\n"                                                                   \
    "        if [[ $at == *.yaml && -r $at ]]; then\n"                                             \
    "            sed -n '/^policies:/,/^[^ #-]/p' \"$at\" | grep -oE '([{]|^ *-) *name: *[^ "      \
    ",}]+' | "                                                                                     \
    "sed 's/.*: *//'\n"                                                                            \
    "        elif [[ -d $at ]]; then\n"                                                            \
    "            find \"$at\" -mindepth 2 -maxdepth 2 -name epochs.csv 2>/dev/null | sed "         \
    "'s|/epochs.csv$||; s|.*/||'\n"                                                                \
    "        fi\n"                                                                                 \
    "    done | sort -u\n"                                                                         \
    "}\n"

/* What a shell does to complete a value that has no words: a command, "" where nothing completes
 * it.
 */
typedef struct lead_cli_action {
    lead_cli_kind kind;
    const char *bash, *zsh;
} lead_cli_action;

const lead_cli_action *lead_cli_action_of(lead_cli_kind kind);

#endif
