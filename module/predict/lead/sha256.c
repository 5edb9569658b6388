/* sha256: checksums by Nettle. */
#include "predict/lead/sha256.h"
#include <errno.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <string.h>

static void finish(struct sha256_ctx *sum, char hex[LEAD_SHA256_HEX]) {
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(sum, sizeof digest, digest);
    base16_encode_update(hex, sizeof digest, digest);
    hex[LEAD_SHA256_HEX - 1] = '\0';
}

void lead_sha256_bytes(const void *bytes, size_t length, char hex[LEAD_SHA256_HEX]) {
    struct sha256_ctx sum;
    sha256_init(&sum);
    sha256_update(&sum, length, bytes);
    finish(&sum, hex);
}

lead_status lead_sha256_file(const char *path, char hex[LEAD_SHA256_HEX]) {
    LEAD_TRY(lead_file_check(path));
    FILE *file = fopen(path, "rb");
    if (!file)
        return lead_fail(LEAD_IO, "%s: %s", path, strerror(errno));
    unsigned char bytes[16384];
    struct sha256_ctx sum;
    sha256_init(&sum);
    size_t length;
    while ((length = fread(bytes, 1, sizeof bytes, file)) > 0)
        sha256_update(&sum, length, bytes);
    const bool broken = ferror(file) != 0;
    fclose(file);
    if (broken)
        return lead_fail(LEAD_IO, "%s: cannot be read", path);
    finish(&sum, hex);
    return LEAD_OK;
}
