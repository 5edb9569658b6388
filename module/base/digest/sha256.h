/* sha256: checksums, so that a model is what its manifest says and a run is of what it was made of.
 */
#ifndef LEAD_BASE_DIGEST_SHA256_H
#define LEAD_BASE_DIGEST_SHA256_H

#include <lead/base.h>

#define LEAD_SHA256_HEX 65

/* SHA-256 of `length` bytes / of a file's bytes as 64 lower-case hexadecimal digits and a NUL.
 * LEAD_IO for a file that cannot be read. O(length). */
void lead_sha256_bytes(const void *bytes, size_t length, char hex[LEAD_SHA256_HEX]);
lead_status lead_sha256_file(const char *path, char hex[LEAD_SHA256_HEX]);
/* Of a file's bytes, or of a folder's: names and checksums of all that is in it, in the order of
 * the names; links in it are followed to files only. LEAD_FORMAT for a folder deeper than 8. */
lead_status lead_sha256_path(const char *path, char hex[LEAD_SHA256_HEX]);

#endif
