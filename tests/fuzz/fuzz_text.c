/* Any text as a time and as quantities. */
#include "fuzz.h"
#include <lead/formats.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    int64_t seconds;
    double value;
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    if (lead_time_parse(text, &seconds) == LEAD_OK) {
        char back[LEAD_TIME_LENGTH + 1];
        lead_time_format(seconds, back);
        if (strcmp(back, text) != 0)
            abort();
    }
    for (int kind = 0; kind < 3; kind++)
        (void)lead_quantity_parse(text, (lead_quantity)kind, &value);
    free(text);
    return 0;
}
