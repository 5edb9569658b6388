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
        char iso[LEAD_TIME_LENGTH + 1];
        int64_t again;
        lead_time_format(seconds, iso);
        if (lead_time_parse(iso, &again) != LEAD_OK || again != seconds)
            abort();
    }
    for (int kind = 0; kind < 3; kind++)
        (void)lead_quantity_parse(text, (lead_quantity)kind, &value);
    if (lead_unit_parse(text, &value) == LEAD_OK && !(value > 0))
        abort();
    free(text);
    return 0;
}
