#define _GNU_SOURCE /* memmem */
/* fuzz_manifest: any bytes as manifest.json, and, when they are one, as its scaling.json and
 * its bank; none may crash or leak. */
#include "predict/lead/checkpoint/manifest.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line feed followed by another splits the input into manifest and scaling. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    const char *split = size > 2 ? memmem(text, size, "\n\n", 2) : NULL;
    const size_t length = split ? (size_t)(split - text) : size;
    lead_manifest *manifest = NULL;
    if (lead_manifest_parse(text, length, "manifest.json", &manifest) != LEAD_OK)
        return 0;
    if (split) {
        (void)lead_manifest_parse_scaling(manifest, split, size - length, "scaling.json");
        (void)lead_manifest_take_bank(manifest, split, size - length, "bank.bin");
    }
    lead_manifest_free(manifest);
    return 0;
}
