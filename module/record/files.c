/* files: see files.h. */
#include "record/files.h"
#include "base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lead_status make_anew(const char *path, int *file) {
    struct stat about;
    if (lstat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return lead_fail(LEAD_IO,
                         "%s: cannot be written: it is there and is no regular file; move it away",
                         path);
    unlink(path);
    *file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    return *file >= 0 ? LEAD_OK
                      : lead_fail(LEAD_IO, "%s: cannot be written: %s", path, strerror(errno));
}

lead_status lead_rows_open(const char *folder, const char *name, lead_rows *rows) {
    size_t size = strlen(folder) + strlen(name) + 2;
    *rows = (lead_rows){.file = -1};
    LEAD_TRY(lead_calloc(size, 1, &rows->path));
    snprintf(rows->path, size, "%s/%s", folder, name);
    if (lead_memory_allowed(1))
        rows->text = open_memstream(&rows->bytes, &rows->size);
    if (!rows->text)
        return lead_fail(LEAD_MEMORY, "%s: no memory for its rows", rows->path);
    return make_anew(rows->path, &rows->file);
}

static bool write_all(int file, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* A signal that ends the process would cut the rows at the page that is being written: it waits. */
static bool write_whole(int file, const char *bytes, size_t size) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool written = write_all(file, bytes, size);
    int why = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return written;
}

lead_status lead_rows_flush(lead_rows *rows) {
    if (fflush(rows->text) != 0 || ferror(rows->text))
        return lead_fail(LEAD_MEMORY, "%s: no memory for its rows", rows->path);
    size_t size = rows->size;
    if (!write_whole(rows->file, rows->bytes, size)) {
        int why = errno;
        bool cut = ftruncate(rows->file, rows->length) == 0;
        return lead_fail(LEAD_IO, "%s: cannot be written: %s%s", rows->path, strerror(why),
                         cut ? "" : " (and its last row is not whole)");
    }
    rows->length += (int64_t)size;
    rewind(rows->text);
    return LEAD_OK;
}

void lead_rows_close(lead_rows *rows) {
    if (rows->text)
        fclose(rows->text);
    if (rows->file >= 0)
        close(rows->file);
    free(rows->bytes);
    free(rows->path);
    *rows = (lead_rows){.file = -1};
}

/* One of the names, or one that is being written (lead_file_writer). */
static bool is_among(const char *name, const char *const *names, int count) {
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(name, names[i], length) == 0 &&
            (name[length] == '\0' || strncmp(name + length, ".part-", 6) == 0))
            return true;
    }
    return false;
}

bool lead_file_is_of_run(const char *name) {
    static const char *const names[] = {"summary.json", "summary.csv", "scenario.yaml",
                                        "events.csv", "report.html"};
    return is_among(name, names, 5);
}

/* A link's packets, "A-B.pcap", or while they are written. */
static bool is_capture(const char *name) {
    static const char ending[] = ".pcap";
    const char *at = strstr(name, ending);
    return at && at > name && (!at[5] || strncmp(at + 5, ".part-", 6) == 0);
}

bool lead_file_is_of_policy(const char *name) {
    static const char *const names[] = {
        "epochs.csv",   "links.csv", "timings.csv", "pairs.csv",     "tm.h5",
        "summary.json", "plans.csv", "flowmon.xml", "anomalies.csv", "surprise.csv"};
    return is_among(name, names, 10) || is_capture(name);
}
