/* columns: a CSV file whose columns are found by their names; the others are passed over. */
#ifndef LEAD_FORMATS_TEXT_COLUMNS_H
#define LEAD_FORMATS_TEXT_COLUMNS_H

#include "formats/text/text.h"

enum { LEAD_COLUMNS_MOST = 32 };

typedef struct lead_columns {
    lead_lines *lines;
    int wanted;                          /* how many names */
    int kinds[LEAD_COLUMNS_MOST], count; /* of each column of the file: which name it has */
    char *fields[LEAD_COLUMNS_MOST + 1]; /* of the row read last, by name; borrowed */
} lead_columns;

/* Opens a file and reads its header. names[count] must all be there, within the first
 * LEAD_COLUMNS_MOST columns, else LEAD_FORMAT "this is no WHAT". Close it, failed or not. */
lead_status lead_columns_open(const char *path, const char *const *names, int count,
                              const char *what, lead_columns *out);
/* The next row that is not blank into `fields`, every one of them; *there is false at the end.
 * LEAD_FORMAT for a row that is cut. O(its length). */
lead_status lead_columns_next(lead_columns *columns, bool *there);
void lead_columns_close(lead_columns *columns);

#endif
