/* Fields of a row. */
#ifndef LEAD_RECORD_FIELDS_H
#define LEAD_RECORD_FIELDS_H

#include <stdio.h>

/* ",value", nothing after the comma for NaN. */
void lead_put_number(FILE *file, double value);
/* A text as a CSV field: quoted, quotes doubled, line ends as blanks. */
void lead_put_quoted(FILE *file, const char *text);
/* ",name", quoted where it has to be. */
void lead_put_name(FILE *file, const char *name);

#endif
