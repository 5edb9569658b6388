/* Files that appear whole or not at all, and whole files read at once. */
#include "base/expects.h"
#include "base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <lead/base.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct lead_file_writer {
    char *path, *part; /* no part: it writes straight into path */
    FILE *plain;
    gzFile zipped;
    int error;     /* errno of the first failed write */
    char *text;    /* of one that writes into memory, whose path is NULL */
    size_t length; /* of it */
};

/* Devices, pipes, and links such as /dev/stdout: root's rename would put a file in their place. */
static bool is_special(const char *path) {
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode))
        return true;
    return strncmp(path, "/dev/", 5) == 0 && lstat(path, &about) == 0 && S_ISLNK(about.st_mode);
}

lead_status lead_file_writer_alloc(const char *path, bool gzip, lead_file_writer **out) {
    LEAD_EXPECTS(path && out);
    lead_file_writer *writer = NULL;
    size_t size = strlen(path) + 32;
    const char *to = path, *mode = "wb";
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *writer, &writer));
    LEAD_TRY_FREE(lead_string_copy(path, &writer->path));
    if (!is_special(path)) {
        LEAD_TRY_FREE(lead_calloc(size, 1, &writer->part));
        snprintf(writer->part, size, "%s.part-%ld", path, (long)getpid());
        unlink(writer->part); /* of an earlier process of that number */
        to = writer->part;
        mode = "wbx";
    }
    if (gzip)
        writer->zipped = gzopen(to, mode);
    else
        writer->plain = fopen(to, mode);
    if (!writer->zipped && !writer->plain) {
        status = lead_fail(LEAD_IO, "%s: cannot be written: %s", path, strerror(errno));
        goto fail;
    }
    *out = writer;
    return LEAD_OK;
fail:
    free(writer->path);
    free(writer->part);
    free(writer);
    return status;
}

lead_status lead_text_writer_alloc(lead_file_writer **out) {
    LEAD_EXPECTS(out);
    lead_file_writer *writer;
    LEAD_TRY(lead_calloc(1, sizeof *writer, &writer));
    writer->plain = lead_memory_allowed(1) ? open_memstream(&writer->text, &writer->length) : NULL;
    if (writer->plain) {
        *out = writer;
        return LEAD_OK;
    }
    free(writer);
    return lead_fail(LEAD_MEMORY, "no memory for a text");
}

lead_status lead_text_writer_finish(lead_file_writer *writer, char **text) {
    LEAD_EXPECTS(writer && !writer->path && text);
    bool whole = fclose(writer->plain) == 0 && !writer->error;
    writer->plain = NULL;
    if (!whole || !writer->text) /* glibc closes well without the room for the last of it */
        return lead_fail(LEAD_MEMORY, "no memory for a text");
    *text = writer->text;
    writer->text = NULL;
    return LEAD_OK;
}

/* gzvprintf writes nothing of what is longer than its buffer, and says so as it says "nothing to
 * write". */
static int zip_text(gzFile file, const char *format, va_list arguments) {
    char text[256], *longer = NULL;
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length >= (int)sizeof text) {
        longer = lead_realloc(NULL, (size_t)length + 1);
        length = longer ? vsnprintf(longer, (size_t)length + 1, format, again) : -1;
    }
    va_end(again);
    if (length > 0 && gzwrite(file, longer ? longer : text, (unsigned)length) != length)
        length = -1;
    free(longer);
    return length;
}

void lead_file_printf(lead_file_writer *writer, const char *format, ...) {
    va_list arguments;
    lead_locale before = lead_locale_enter();
    va_start(arguments, format);
    int written = writer->zipped ? zip_text(writer->zipped, format, arguments)
                                 : vfprintf(writer->plain, format, arguments);
    va_end(arguments);
    lead_locale_leave(before);
    if (written < 0 && !writer->error)
        writer->error = errno ? errno : EIO;
}

static int close_parts(lead_file_writer *writer) {
    int failed = 0;
    if (writer->zipped)
        failed = gzclose(writer->zipped) != Z_OK;
    if (writer->plain) {
        failed = fflush(writer->plain) != 0;
        failed |= writer->part && fsync(fileno(writer->plain)) != 0;
        failed |= fclose(writer->plain) != 0;
    }
    writer->zipped = NULL;
    writer->plain = NULL;
    return failed;
}

lead_status lead_file_writer_finish(lead_file_writer *writer) {
    LEAD_EXPECTS(writer);
    if (close_parts(writer) && !writer->error)
        writer->error = errno ? errno : EIO;
    if (writer->error)
        return lead_fail(LEAD_IO, "%s: writing failed: %s", writer->path, strerror(writer->error));
    if (writer->part && rename(writer->part, writer->path) != 0)
        return lead_fail(LEAD_IO, "%s: cannot be put in place: %s", writer->path, strerror(errno));
    free(writer->part);
    writer->part = NULL;
    return LEAD_OK;
}

void lead_file_writer_free(lead_file_writer *writer) {
    if (!writer)
        return;
    if (writer->path)
        close_parts(writer);
    else if (writer->plain)
        fclose(writer->plain);
    if (writer->part)
        unlink(writer->part);
    free(writer->part);
    free(writer->path);
    free(writer->text);
    free(writer);
}

static lead_status read_all(gzFile file, const char *path, size_t limit, char **out,
                            size_t *length) {
    size_t room = 1 << 16, used = 0;
    char *text = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(room + 1, 1, &text));
    for (;;) {
        int got = gzread(file, text + used, (unsigned)(room - used));
        if (got < 0) {
            int code;
            const char *why = gzerror(file, &code);
            status = lead_fail(code == Z_ERRNO ? LEAD_IO : LEAD_FORMAT, "%s: %s", path,
                               code == Z_ERRNO ? strerror(errno) : why);
            goto fail;
        }
        used += (size_t)got;
        if (used > limit) {
            status = lead_fail(LEAD_FORMAT, "%s: larger than the %zu bytes that are allowed here",
                               path, limit);
            goto fail;
        }
        if (used < room && got == 0)
            break;
        if (used == room) {
            char *larger = lead_realloc(text, room * 2 + 1);
            if (!larger) {
                status = lead_fail(LEAD_MEMORY, "%s: no memory for %zu bytes", path, room * 2);
                goto fail;
            }
            text = larger;
            room *= 2;
        }
    }
    text[used] = '\0';
    *out = text;
    *length = used;
    return LEAD_OK;
fail:
    free(text);
    return status;
}

lead_status lead_file_check(const char *path) {
    LEAD_EXPECTS(path);
    struct stat about;
    if (stat(path, &about) != 0 || S_ISREG(about.st_mode))
        return LEAD_OK;
    return lead_fail(LEAD_IO, "%s: %s", path,
                     S_ISDIR(about.st_mode) ? "is a folder" : "is not a regular file");
}

lead_status lead_file_read(const char *path, size_t limit, char **out, size_t *length) {
    LEAD_EXPECTS(path && out && length);
    LEAD_TRY(lead_file_check(path));
    errno = 0;
    gzFile file = gzopen(path, "rb");
    if (!file)
        return lead_fail(LEAD_IO, "%s: cannot be opened: %s", path, strerror(errno));
    lead_status status = read_all(file, path, limit, out, length);
    if (gzclose_r(file) != Z_OK && status == LEAD_OK) {
        free(*out);
        *out = NULL;
        return lead_fail(LEAD_FORMAT, "%s: truncated gzip data", path);
    }
    return status;
}

lead_status lead_directory_make(const char *path) {
    LEAD_EXPECTS(path);
    char *copy;
    int above = 0; /* why the first folder on the way could not be made */
    LEAD_TRY(lead_string_copy(path, &copy));
    for (char *slash = copy + 1; *copy && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST && !above)
            above = errno;
        *slash = '/';
    }
    struct stat about;
    int failed = mkdir(copy, 0777) != 0 && errno != EEXIST;
    int why = failed && errno == ENOENT && above ? above : errno;
    if (!failed && (stat(copy, &about) != 0 || !S_ISDIR(about.st_mode))) {
        failed = 1;
        why = ENOTDIR;
    }
    free(copy);
    return failed ? lead_fail(LEAD_IO, "%s: cannot be made: %s", path, strerror(why)) : LEAD_OK;
}

lead_status lead_directory_lock(const char *path, int *lock) {
    LEAD_EXPECTS(path && lock);
    *lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0)
        return lead_fail(LEAD_IO, "%s: cannot be opened: %s", path, strerror(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
        return LEAD_OK;
    int why = errno;
    close(*lock);
    *lock = -1;
    if (why == EWOULDBLOCK)
        return lead_fail(LEAD_IO,
                         "%s: another run is writing there; wait for its end, or take another "
                         "folder",
                         path);
    lead_log(LEAD_LOG_WARNING, "%s: cannot be locked against other runs: %s", path, strerror(why));
    return LEAD_OK;
}
