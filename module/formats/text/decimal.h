/* Numbers as people would write them, which read back as what they are. */
#ifndef LEAD_FORMATS_TEXT_DECIMAL_H
#define LEAD_FORMATS_TEXT_DECIMAL_H

enum { LEAD_NUMBER_SIZE = 32 };

/* The shortest decimal that reads back as `value`: 0.2, not 0.20000000000000001; returns `text`.
 * In any locale. "nan" and "inf" as printf has them. O(1). */
const char *lead_number_print(double value, char text[LEAD_NUMBER_SIZE]);

/* It as an argument of a printf's %s; lent until the block ends. */
#define LEAD_NUMBER(value) lead_number_print(value, (char[LEAD_NUMBER_SIZE]){0})

#endif
