/* What the tables say of themselves: for people, for editors, for docs/scenario.md. */
#ifndef LEAD_OPTIONS_DESCRIBE_H
#define LEAD_OPTIONS_DESCRIBE_H

#include "options/option.h"
#include <stdio.h>

/* Prints every row whose key or whole path ("policies[].te.survive") is `key`; with NULL a line for
 * each row there is. The number of rows printed. */
int lead_options_explain(const char *key, FILE *to);
/* The rows of the sections with that key ("policies[].te"; "" for the top) as a Markdown table;
 * false when there is none. */
bool lead_options_print_table(const char *key, FILE *to);
/* A JSON Schema (draft 2020-12) of scenario files. LEAD_MEMORY, LEAD_IO. */
lead_status lead_options_print_schema(FILE *to);

#endif
