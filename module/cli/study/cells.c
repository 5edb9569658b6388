/* Cells of tables: see cells.h. */
#include "cli/study/cells.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 79 };

void lead_cell(int width, double value) {
    char text[40] = "-";
    for (int digits = 4; isfinite(value) && digits > 0; digits--)
        if (snprintf(text, sizeof text, "%#.*g", digits, value) <= width)
            break;
    printf(" %*s", width, text);
}

void lead_cell_fixed(int width, int decimals, double value) {
    char text[400] = "-";
    for (; isfinite(value) && decimals >= 0; decimals--)
        if (snprintf(text, sizeof text, "%.*f", decimals, value) <= width)
            break;
    if ((int)strlen(text) > width)
        snprintf(text, sizeof text, "%.0e", value);
    if (*text == '-' && text[1] && !text[strspn(text, "-0.")]) /* rounded to nothing */
        memmove(text, text + 1, strlen(text));
    printf(" %*s", width, text);
}

int lead_cell_width(const char *text) {
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

void lead_cell_name(int width, const char *name) {
    char shown[900];
    lead_printable(name, shown, sizeof shown);
    int taken = lead_cell_width(shown);
    if (taken <= width) {
        printf("%s%*s", shown, width - taken, "");
        return;
    }
    char *end = shown;
    for (int letters = 0; *end; end++) {
        letters += ((unsigned char)*end & 0xC0) != 0x80;
        if (letters > LINE - 3)
            break;
    }
    bool cut = *end;
    *end = '\0';
    printf("%s%s\n%*s", shown, cut ? "..." : "", width, "");
}

int lead_cell_cut(const char *text, int width) {
    int bytes = 0;
    for (; text[bytes]; bytes++) {
        bool begins = ((unsigned char)text[bytes] & 0xC0) != 0x80;
        if (begins && width-- == 0)
            break;
    }
    return bytes > 0 ? bytes : 1;
}

/* Where the letter `index` begins. */
static const char *letter_at(const char *text, int index) {
    return text + lead_cell_cut(text, index);
}

void lead_cell_last(int width, const char *name) {
    char shown[900];
    lead_printable(name, shown, sizeof shown);
    int letters = lead_cell_width(shown), head = (width - 3 + 1) / 2, tail = width - 3 - head;
    if (letters <= width)
        printf("%s\n", shown);
    else
        printf("%.*s...%s\n", (int)(letter_at(shown, head) - shown), shown,
               letter_at(shown, letters - tail));
}
