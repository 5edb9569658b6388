/* The page: a template with a place for data. Columns of numbers go into it as blocks, each an
 * element with gzip'd bytes in base64 that the page unpacks when it shows them; all else is one
 * JSON text. */
#ifndef LEAD_REPORT_PAGE_H
#define LEAD_REPORT_PAGE_H

#include <jansson.h>
#include <lead/base.h>

typedef struct lead_page {
    char *template, *tail; /* tail: behind the place for data, in template */
    lead_file_writer *writer;
    int blocks;
    size_t bytes;       /* written so far */
    const char *folder; /* that is being read, as it was named */
} lead_page;

/* Finds the template (LEAD_UNAVAILABLE, with what to type, without one) and begins `out`. Close it,
 * failed or not. */
lead_status lead_page_open(const char *out, lead_page *page);
void lead_page_close(lead_page *page);

/* Adds a block of values[count] and gives {"block", "type": "f4", "count"} in *place: float32,
 * little-endian, the first bytes of all, then the second ones and so on, which packs better; NaN
 * where there is none. `rounded`: to 13 bits of mantissa, one part in 16,384. */
lead_status lead_page_floats(lead_page *page, const double *values, size_t count, bool rounded,
                             json_t **place);
/* The same of bytes: "type": "u1". */
lead_status lead_page_bytes(lead_page *page, const unsigned char *values, size_t count,
                            json_t **place);

/* Writes the JSON and the rest of the template; the file is in its place then. Takes `data` over.
 */
lead_status lead_page_finish(lead_page *page, json_t *data);

/* A text of a file as JSON: what is not UTF-8 or a control character is shown (lead_printable). */
json_t *lead_page_text(const char *text);

#endif
