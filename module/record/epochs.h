/* Rows of an epochs.csv, by the names of its columns; see lead/record.h for who writes them. */
#ifndef LEAD_RECORD_EPOCHS_H
#define LEAD_RECORD_EPOCHS_H

#include <lead/base.h>

enum { LEAD_EPOCHS_MOST = 32 }; /* columns that one may ask for */

/* [count] each; the values in the order in which they were asked for, NaN: missing. */
typedef struct lead_epochs {
    int count;
    int *epoch;
    int64_t *time;
    double *offered; /* bit/s */
    double *values[LEAD_EPOCHS_MOST];
} lead_epochs;

/* Reads epoch, time, offered_bps and names[count] of an epochs.csv; a column of `names` may be
 * missing (all its values are), and others are not looked at. LEAD_FORMAT with file and line for
 * epochs that do not ascend, for what is no number or time and for a row that is cut; LEAD_IO,
 * LEAD_MEMORY. O(size of the file). */
lead_status lead_epochs_read(const char *path, const char *const *names, int count,
                             lead_epochs **out);
/* NULL is allowed. */
void lead_epochs_free(lead_epochs *epochs);

#endif
