/* cells: what tables of at most 80 columns are made of, on standard output. */
#ifndef LEAD_CLI_STUDY_CELLS_H
#define LEAD_CLI_STUDY_CELLS_H

#include <lead/base.h>

enum { LEAD_CELL_NAME = 23, LEAD_CELL_POLICY = 11 }; /* widths of variants and policies */

/* A number in `width` columns with as many digits, of four, as have room; "-" for none. */
void lead_cell(int width, double value);
/* With so many decimals, fewer where they have no room. */
void lead_cell_fixed(int width, int decimals, double value);
/* How many columns a text of UTF-8 takes, about: its letters. */
int lead_cell_width(const char *text);
/* A name in its column; a longer one gets a line of its own, cut where that is not enough. */
void lead_cell_name(int width, const char *name);
/* The last cell of a line and its end: a name that is too long loses its middle. */
void lead_cell_last(int width, const char *name);
/* How many bytes of a text take `width` columns, at least one. */
int lead_cell_cut(const char *text, int width);

#endif
