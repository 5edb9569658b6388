/* archive: what a TorchScript archive holds, before libtorch reads it. An archive is a program:
 * libtorch would run it on a file's word, and recurse as deep as it is nested. */
#ifndef LEAD_PREDICT_TORCH_ARCHIVE_H
#define LEAD_PREDICT_TORCH_ARCHIVE_H

#include <lead/base.h>

/* LEAD_FORMAT with the entry, the line and what was found, when the archive is larger, unpacks to
 * more or is nested deeper than a model is, or its code calls what touches files, prints or talks
 * (docs/security.md). */
lead_status lead_archive_check(const char *path);

/* The same of one file of code, and of one pickle. */
lead_status lead_archive_check_code(const char *text, size_t length);
lead_status lead_archive_check_pickle(const unsigned char *bytes, size_t length);

#endif
