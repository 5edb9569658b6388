/* zip: the entries of a zip archive, read with suspicion: none is believed to be what it says. */
#ifndef LEAD_PREDICT_TORCH_ZIP_H
#define LEAD_PREDICT_TORCH_ZIP_H

#include <lead/base.h>

enum { LEAD_ZIP_ENTRIES = 65535, LEAD_ZIP_NAME = 512 };

typedef struct lead_zip_entry {
    char name[LEAD_ZIP_NAME];
    bool deflated;
    uint64_t packed, size; /* bytes in the file, and of the content */
    uint64_t header;       /* where its own header lies */
    uint32_t sum;          /* CRC-32 of the content */
} lead_zip_entry;

typedef struct lead_zip {
    int file;
    uint64_t length;
    lead_zip_entry *entries;
    int count;
} lead_zip;

/* LEAD_IO when there is no such file, LEAD_FORMAT when it is no archive that every reader
 * understands in the same way (more than 4 GB, comments, encryption and other methods than deflate
 * are refused). Free with lead_zip_close. */
lead_status lead_zip_open(const char *path, lead_zip *zip);
void lead_zip_close(lead_zip *zip);

/* An entry's content, NUL-terminated, in a new buffer; the caller has bounded its size. */
lead_status lead_zip_read(const lead_zip *zip, const lead_zip_entry *entry, char **content);

#endif
