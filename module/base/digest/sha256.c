/* sha256: checksums by Nettle. */
#include "base/digest/sha256.h"
#include <dirent.h>
#include <errno.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* --- folders ---------------------------------------------------------------------------------- */

enum { DEEPEST = 8 };

static lead_status of_path(const char *path, int depth, char hex[LEAD_SHA256_HEX]);

/* By the bytes of the names, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static lead_status add_entry(const char *folder, const char *name, int depth,
                             struct sha256_ctx *sum) {
    char path[4096], hex[LEAD_SHA256_HEX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return lead_fail(LEAD_INVALID, "the path %.80s... is too long", folder);
    LEAD_TRY(of_path(path, depth, hex));
    sha256_update(sum, strlen(name) + 1, (const uint8_t *)name);
    sha256_update(sum, sizeof hex, (const uint8_t *)hex);
    return LEAD_OK;
}

static lead_status of_folder(const char *path, int depth, char hex[LEAD_SHA256_HEX]) {
    struct dirent **entries;
    struct sha256_ctx sum;
    lead_status status = LEAD_OK;
    int count = depth < DEEPEST ? scandir(path, &entries, is_entry, by_name) : -1;
    if (depth == DEEPEST)
        return lead_fail(LEAD_FORMAT, "%s: folders in folders, more than %d", path, DEEPEST);
    if (count < 0)
        return lead_fail(LEAD_IO, "%s: %s", path, strerror(errno));
    sha256_init(&sum);
    for (int i = 0; i < count; i++) {
        if (status == LEAD_OK)
            status = add_entry(path, entries[i]->d_name, depth + 1, &sum);
        free(entries[i]);
    }
    free(entries);
    finish(&sum, hex);
    return status;
}

static lead_status of_path(const char *path, int depth, char hex[LEAD_SHA256_HEX]) {
    struct stat about;
    if (stat(path, &about) != 0)
        return lead_fail(LEAD_IO, "%s: %s", path, strerror(errno));
    return S_ISDIR(about.st_mode) ? of_folder(path, depth, hex) : lead_sha256_file(path, hex);
}

lead_status lead_sha256_path(const char *path, char hex[LEAD_SHA256_HEX]) {
    return of_path(path, 0, hex);
}
