/* Files of rows: a row is in the file whole or not at all, whatever the disk says. */
#ifndef LEAD_RECORD_FILES_H
#define LEAD_RECORD_FILES_H

#include <lead/base.h>

/* Rows are printed into `text` and go to the file together. */
typedef struct lead_rows {
    FILE *text; /* in memory */
    char *bytes;
    size_t size;
    char *path;
    int file;
    int64_t length; /* of the file, in whole rows */
} lead_rows;

/* Makes the file anew. One that is there is replaced; a link, or anything else that is no regular
 * file, is LEAD_IO: what it points to is not this run's. */
lead_status lead_rows_open(const char *folder, const char *name, lead_rows *rows);
/* What was printed so far to the file. After LEAD_IO the file ends with the last whole row. */
lead_status lead_rows_flush(lead_rows *rows);
void lead_rows_close(lead_rows *rows);

/* --- names ------------------------------------------------------------------------------------ */

/* A file of a run itself, beside its policies' folders; of one of these. Those that are being
 * written count. */
bool lead_file_is_of_run(const char *name);
bool lead_file_is_of_policy(const char *name);

#endif
