/* The shortest decimal of a number. */
#include "formats/text/decimal.h"
#include "base/expects.h"
#include <lead/base.h>
#include <stdio.h>
#include <stdlib.h>

/* Any decimal of 15 digits is the shortest of its double, and any double has one of 17 (IEEE 754).
 */
const char *lead_number_print(double value, char text[LEAD_NUMBER_SIZE]) {
    LEAD_EXPECTS(text);
    enum { ALWAYS_KEPT = 15, ENOUGH = 17 };
    lead_locale before = lead_locale_enter();
    for (int digits = ALWAYS_KEPT; digits <= ENOUGH; digits++) {
        snprintf(text, LEAD_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    lead_locale_leave(before);
    return text;
}
