/* sha256: the checksum of a file, so that a model is what its manifest says. */
#ifndef LEAD_PREDICT_LEAD_SHA256_H
#define LEAD_PREDICT_LEAD_SHA256_H

#include <lead/base.h>

#define LEAD_SHA256_HEX 65

/* SHA-256 of `length` bytes / of a file's bytes as 64 lower-case hexadecimal digits and a NUL.
 * LEAD_IO for a file that cannot be read. O(length). */
void lead_sha256_bytes(const void *bytes, size_t length, char hex[LEAD_SHA256_HEX]);
lead_status lead_sha256_file(const char *path, char hex[LEAD_SHA256_HEX]);

#endif
