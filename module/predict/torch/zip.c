/* zip: see zip.h. */
#include "predict/torch/zip.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { END = 22, WIDE_END = 56 + 20, DIRECTORY = 46, HEADER = 30, DIRECTORY_MOST = 64 << 20 };
enum { ENCRYPTED = 1, STORED = 0, DEFLATED = 8 };

static uint64_t number(const unsigned char *bytes, int count) {
    uint64_t value = 0;
    for (int i = count - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static lead_status no_archive(const char *what) {
    return lead_fail(LEAD_FORMAT, "no TorchScript archive: %s", what);
}

static bool read_at(const lead_zip *zip, uint64_t at, void *bytes, size_t count) {
    for (size_t got = 0; got < count;) {
        ssize_t now = pread(zip->file, (char *)bytes + got, count - got, (off_t)(at + got));
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            return false;
        got += (size_t)now;
    }
    return true;
}

/* One entry of the directory; *used: its bytes there. */
static lead_status read_entry(const lead_zip *zip, const unsigned char *bytes, size_t left,
                              lead_zip_entry *entry, size_t *used) {
    if (left < DIRECTORY || number(bytes, 4) != 0x02014b50)
        return no_archive("its directory is damaged");
    uint64_t flags = number(bytes + 8, 2), method = number(bytes + 10, 2);
    size_t name = (size_t)number(bytes + 28, 2);
    *used = DIRECTORY + name + (size_t)number(bytes + 30, 2) + (size_t)number(bytes + 32, 2);
    if (*used > left || name == 0 || name >= LEAD_ZIP_NAME || memchr(bytes + DIRECTORY, 0, name))
        return no_archive("an entry's name is damaged");
    memcpy(entry->name, bytes + DIRECTORY, name);
    entry->name[name] = '\0';
    entry->deflated = method == DEFLATED;
    entry->sum = (uint32_t)number(bytes + 16, 4);
    entry->packed = number(bytes + 20, 4);
    entry->size = number(bytes + 24, 4);
    entry->header = number(bytes + 42, 4);
    if ((flags & ENCRYPTED) || (method != STORED && method != DEFLATED))
        return lead_fail(LEAD_FORMAT, "%s is packed in a way that is not read here", entry->name);
    if (entry->packed > zip->length || entry->header > zip->length ||
        (method == STORED && entry->packed != entry->size))
        return lead_fail(LEAD_FORMAT, "%s does not lie in the archive", entry->name);
    return LEAD_OK;
}

static lead_status read_directory(lead_zip *zip, const unsigned char *bytes, size_t size) {
    size_t at = 0, used = 0;
    for (int i = 0; i < zip->count; i++, at += used)
        LEAD_TRY(read_entry(zip, bytes + at, size - at, &zip->entries[i], &used));
    return at == size ? LEAD_OK : no_archive("its directory is longer than it says");
}

/* What torch's own writer puts between the directory and its end: the same numbers in 64 bits. It
 * must say what the end says. *room: its bytes. */
static lead_status check_wide_end(const lead_zip *zip, const unsigned char *end, uint64_t *room) {
    unsigned char wide[WIDE_END];
    *room = 0;
    if (zip->length < END + WIDE_END ||
        !read_at(zip, zip->length - END - WIDE_END, wide, WIDE_END) ||
        number(wide + 56, 4) != 0x07064b50)
        return LEAD_OK;
    *room = WIDE_END;
    bool same =
        number(wide, 4) == 0x06064b50 && number(wide + 64, 8) == zip->length - END - WIDE_END &&
        number(wide + 24, 8) == number(end + 8, 2) && number(wide + 32, 8) == number(end + 10, 2) &&
        number(wide + 40, 8) == number(end + 12, 4) && number(wide + 48, 8) == number(end + 16, 4);
    return same ? LEAD_OK : no_archive("its two ends say different things, or it is over 4 GB");
}

/* The end of the directory is the end of the file, so that there is one of it. */
static lead_status find_directory(lead_zip *zip, uint64_t *at, uint64_t *size) {
    unsigned char end[END];
    uint64_t wide = 0;
    if (zip->length < END || !read_at(zip, zip->length - END, end, END) ||
        number(end, 4) != 0x06054b50 || number(end + 20, 2) != 0)
        return no_archive("its end is not that of a zip file");
    *size = number(end + 12, 4);
    *at = number(end + 16, 4);
    zip->count = (int)number(end + 10, 2);
    if (number(end + 4, 4) != 0 || number(end + 8, 2) != (uint64_t)zip->count)
        return no_archive("it is in several parts");
    LEAD_TRY(check_wide_end(zip, end, &wide));
    if (*at + *size != zip->length - END - wide || *size > DIRECTORY_MOST)
        return no_archive("its directory is not where it says");
    return LEAD_OK;
}

static lead_status read_zip(lead_zip *zip) {
    uint64_t at = 0, size = 0;
    unsigned char begin[4], *bytes = NULL;
    off_t length = lseek(zip->file, 0, SEEK_END);
    zip->length = length > 0 ? (uint64_t)length : 0;
    if (!read_at(zip, 0, begin, sizeof begin) || number(begin, 4) != 0x04034b50)
        return no_archive("it does not begin as a zip file");
    LEAD_TRY(find_directory(zip, &at, &size));
    LEAD_TRY(lead_calloc((size_t)zip->count, sizeof *zip->entries, &zip->entries));
    LEAD_TRY(lead_calloc((size_t)size + 1, 1, &bytes));
    lead_status status = read_at(zip, at, bytes, (size_t)size)
                             ? read_directory(zip, bytes, (size_t)size)
                             : no_archive("it cannot be read");
    free(bytes);
    return status;
}

lead_status lead_zip_open(const char *path, lead_zip *zip) {
    *zip = (lead_zip){.file = -1};
    LEAD_TRY(lead_file_check(path));
    zip->file = open(path, O_RDONLY | O_CLOEXEC);
    if (zip->file < 0)
        return lead_fail(LEAD_IO, "cannot be opened: %s", strerror(errno));
    return read_zip(zip);
}

void lead_zip_close(lead_zip *zip) {
    if (zip->file >= 0)
        close(zip->file);
    free(zip->entries);
    *zip = (lead_zip){.file = -1};
}

static bool inflate_all(unsigned char *packed, size_t packed_size, char *content, size_t size) {
    z_stream stream = {.next_in = packed,
                       .avail_in = (unsigned)packed_size,
                       .next_out = (unsigned char *)content,
                       .avail_out = (unsigned)size};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return false;
    int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return result == Z_STREAM_END && stream.total_out == size;
}

static lead_status unpack(const lead_zip *zip, const lead_zip_entry *entry, uint64_t at,
                          char *content) {
    unsigned char *packed;
    if (!entry->deflated)
        return read_at(zip, at, content, (size_t)entry->size)
                   ? LEAD_OK
                   : lead_fail(LEAD_FORMAT, "%s does not lie in the archive", entry->name);
    LEAD_TRY(lead_calloc((size_t)entry->packed, 1, &packed));
    bool whole = read_at(zip, at, packed, (size_t)entry->packed) &&
                 inflate_all(packed, (size_t)entry->packed, content, (size_t)entry->size);
    free(packed);
    return whole ? LEAD_OK : lead_fail(LEAD_FORMAT, "%s cannot be unpacked", entry->name);
}

lead_status lead_zip_read(const lead_zip *zip, const lead_zip_entry *entry, char **content) {
    unsigned char header[HEADER];
    if (!read_at(zip, entry->header, header, HEADER) || number(header, 4) != 0x04034b50)
        return lead_fail(LEAD_FORMAT, "%s does not lie in the archive", entry->name);
    uint64_t at = entry->header + HEADER + number(header + 26, 2) + number(header + 28, 2);
    LEAD_TRY(lead_calloc((size_t)entry->size + 1, 1, content));
    lead_status status = unpack(zip, entry, at, *content);
    if (status == LEAD_OK &&
        crc32_z(0, (const unsigned char *)*content, (size_t)entry->size) != entry->sum)
        status = lead_fail(LEAD_FORMAT, "%s is damaged: its check sum is another", entry->name);
    if (status != LEAD_OK) {
        free(*content);
        *content = NULL;
    }
    return status;
}
