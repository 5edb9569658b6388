/* Rows or columns for Clp, collected and added in one call: one by one each would copy the whole
 * program. */
#ifndef LEAD_TE_COMMON_CLP_LINES_H
#define LEAD_TE_COMMON_CLP_LINES_H

#include "clp/clpc.h"

typedef struct lead_clp_lines {
    int count, room;
    CoinBigIndex entries, entry_room;
    CoinBigIndex *start;          /* [count + 1] */
    double *lower, *upper, *cost; /* [count] */
    int *index;                   /* [entries] */
    double *value;
} lead_clp_lines;

/* Begins a line; its cost is a column's. */
lead_status lead_clp_line(lead_clp_lines *lines, double lower, double upper, double cost);
/* Adds an entry to the line begun last. */
lead_status lead_clp_entry(lead_clp_lines *lines, int index, double value);
/* Hands all over as rows or columns, and begins anew. */
lead_status lead_clp_add_rows(lead_clp_lines *lines, Clp_Simplex **clp);
lead_status lead_clp_add_columns(lead_clp_lines *lines, Clp_Simplex **clp);
void lead_clp_lines_free(lead_clp_lines *lines);

#endif
