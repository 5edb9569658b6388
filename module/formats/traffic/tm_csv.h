/* The two shapes of TMs in CSV files: a column a pair, and a row a pair. */
#ifndef LEAD_FORMATS_TRAFFIC_TM_CSV_H
#define LEAD_FORMATS_TRAFFIC_TM_CSV_H

#include "formats/text/text.h"

/* A file being read, after its first line. */
typedef struct lead_tm_table {
    const char *path;
    lead_lines *lines;
    const lead_tm_reading *reading;
    lead_topology *nodes; /* by name, in the order in which they come */
    lead_tm_series *series;
    int left_out;   /* TMs with values that are missing */
    char first[80]; /* where the first of them is */
} lead_tm_table;

/* The index of a node, which is added when it is new. */
lead_status lead_tm_table_node(lead_tm_table *table, const char *name, int *node);
/* Makes the series once the nodes are known. */
lead_status lead_tm_table_start(lead_tm_table *table);
/* A demand in bit/s: *missing for an empty field, NaN, NA, null or None. */
lead_status lead_tm_table_value(const lead_tm_table *table, const char *text, int column,
                                double unit, bool *missing, double *value);
bool lead_tm_table_wanted(const lead_tm_table *table, int64_t time);
/* Notes a TM that is left out for a value that is missing. */
void lead_tm_table_leave_out(lead_tm_table *table, long line, int source, int destination);

/* Rows of time, source, destination and value in any order; a pair without a row at a time has no
 * demand then. `header` is the first line, cut by lead_csv_next. */
lead_status lead_tm_long_read(lead_tm_table *table, char *const *header, int count);
/* Whether a header is of that shape. */
bool lead_tm_is_long(char *const *header, int count);

#endif
