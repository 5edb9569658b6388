/* ranges: see ranges.h. */
#include "cli/text/ranges.h"
#include <stdio.h>
#include <string.h>

int lead_cli_ranges(const int *values, int count, int plus, const char *between, char *text,
                    size_t size) {
    size_t used = 0;
    int first = 0, last;
    text[0] = '\0';
    for (; first < count; first = last + 1) {
        char range[40];
        for (last = first; last + 1 < count && values[last + 1] == values[last] + 1;)
            last++;
        int length =
            snprintf(range, sizeof range, "%s%d", first > 0 ? between : "", values[first] + plus);
        if (last > first)
            length +=
                snprintf(range + length, sizeof range - (size_t)length, "-%d", values[last] + plus);
        if (used + (size_t)length + 1 > size)
            break;
        memcpy(text + used, range, (size_t)length + 1);
        used += (size_t)length;
    }
    return first;
}
