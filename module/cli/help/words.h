/* The words that a value may be, for completions. */
#ifndef LEAD_CLI_HELP_WORDS_H
#define LEAD_CLI_HELP_WORDS_H

#include "cli/help/table.h"

/* The names that the library has for a kind of value, or a row's own words, with blanks between
 * them, in *text, freed with free(); "" where there are none to list. LEAD_MEMORY. */
lead_status lead_cli_words(const lead_cli_row *row, char **text);

#endif
