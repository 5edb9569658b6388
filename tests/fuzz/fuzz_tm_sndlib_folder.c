/* Any bytes, cut at every NUL, as a folder of SNDlib files: read or refused. */
#include "fuzz.h"
#include <lead/formats.h>
#include <string.h>

enum { MOST = 4 };

static void write_part(const char *folder, int number, const uint8_t *data, size_t size) {
    char path[300];
    snprintf(path, sizeof path, "%s/%d.xml", folder, number);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char folder[220];
    lead_tm_series *series;
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s.d", fuzz_file(data, 0, ".folder"));
        if (lead_directory_make(folder) != LEAD_OK)
            abort();
    }
    int count = 0;
    while (count < MOST && size > 0) {
        const uint8_t *end = memchr(data, 0, size);
        size_t part = end ? (size_t)(end - data) : size;
        write_part(folder, count++, data, part);
        data += part;
        size -= part;
        data += size > 0;
        size -= size > 0;
    }
    if (lead_tm_series_read(folder, NULL, &series) == LEAD_OK)
        lead_tm_series_free(series);
    for (int i = 0; i < count; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%d.xml", folder, i);
        unlink(path);
    }
    return 0;
}
