/* fields: see fields.h. */
#include "record/fields.h"
#include <math.h>
#include <string.h>

void lead_put_number(FILE *file, double value) {
    if (isnan(value))
        fprintf(file, ",");
    else
        fprintf(file, ",%.9g", value);
}

void lead_put_quoted(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text == '\n' || *text == '\r' ? ' ' : *text, file);
    }
    fputc('"', file);
}

void lead_put_name(FILE *file, const char *name) {
    fputc(',', file);
    if (strpbrk(name, ",\"\n\r"))
        lead_put_quoted(file, name);
    else
        fputs(name, file);
}
