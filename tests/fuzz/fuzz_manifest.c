#define _GNU_SOURCE /* memmem */
/* fuzz_manifest: any bytes as manifest.json, and, when they are one, as its scaling.json and
 * its bank; none may crash or leak. */
#include "predict/lead/checkpoint/manifest.h"
#include "predict/lead/sampling/paths.h"

#include <stdlib.h>
#include <string.h>

enum { BANK_MAX = 1 << 16 };

/* A bank of the size that the manifest wants, of the input's bytes over and over, smoothed. */
static void take_bank(lead_manifest *manifest, const uint8_t *data, size_t size) {
    const size_t n = (size_t)manifest->node_count,
                 each = manifest->bank_pairs > 0 ? (size_t)manifest->bank_pairs : n * n,
                 wanted = (size_t)manifest->bank * (size_t)manifest->horizon * each;
    char *bytes = wanted <= BANK_MAX ? malloc(wanted) : NULL;
    for (size_t i = 0; bytes && i < wanted; i++)
        bytes[i] = (char)data[i % size];
    if (bytes)
        (void)lead_manifest_take_bank(manifest, bytes, wanted, "bank.bin");
    const lead_paths paths = lead_paths_of(manifest);
    if (manifest->scaling.bank && bytes)
        (void)lead_paths_smooth(&paths, manifest->smooth);
    free(bytes);
}

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
    take_bank(manifest, data, size);
    lead_manifest_free(manifest);
    return 0;
}
