/* folder: see folder.h. */
#include "run/process/folder.h"
#include "record/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char epochs_begin[] = "epoch,time,offered_bps,"; /* epochs.csv of every version */

/* --- an earlier run's folders ----------------------------------------------------------------- */

static bool has_our_epochs(int folder) {
    char text[sizeof epochs_begin] = "";
    int file = openat(folder, "epochs.csv", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return false;
    ssize_t got = read(file, text, sizeof text - 1);
    close(file);
    return got == (ssize_t)sizeof text - 1 && strcmp(text, epochs_begin) == 0;
}

/* Files of ours, and whether there is anything else. */
typedef struct contents {
    bool ours, others;
} contents;

static bool is_dot(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static contents look_into(DIR *folder) {
    contents found = {.ours = has_our_epochs(dirfd(folder))};
    const struct dirent *entry;
    while ((entry = readdir(folder)))
        found.others =
            found.others || (!is_dot(entry->d_name) && !lead_file_is_of_policy(entry->d_name));
    rewinddir(folder);
    return found;
}

static void remove_ours(DIR *folder) {
    const struct dirent *entry;
    while ((entry = readdir(folder)))
        if (lead_file_is_of_policy(entry->d_name))
            unlinkat(dirfd(folder), entry->d_name, 0);
}

static bool is_policy_of(const lead_scenario *scenario, const char *name) {
    for (int i = 0; i < scenario->policy_count; i++)
        if (strcmp(scenario->policies[i].name, name) == 0)
            return true;
    return false;
}

/* A policy's folder of an earlier run goes, or is emptied for this run's policy of that name; one
 * that somebody keeps things in stays, and is said to. */
static void clear_policy(const lead_scenario *scenario, const char *out, int run,
                         const char *name) {
    int at = openat(run, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = at >= 0 ? fdopendir(at) : NULL;
    if (!folder) {
        if (at >= 0)
            close(at);
        return;
    }
    contents found = look_into(folder);
    bool wanted = is_policy_of(scenario, name);
    if (found.ours && (wanted || !found.others))
        remove_ours(folder);
    else if (found.ours)
        lead_log(LEAD_LOG_WARNING,
                 "%s/%s is of an earlier run, not of this one; it stays, since it holds more than "
                 "a run writes",
                 out, name);
    closedir(folder);
    if (found.ours && !wanted && !found.others && unlinkat(run, name, AT_REMOVEDIR) == 0)
        lead_log(LEAD_LOG_INFO, "%s/%s, of an earlier run, is removed: this run has no such policy",
                 out, name);
}

static lead_status clear(const lead_scenario *scenario, const char *out) {
    int at = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = at >= 0 ? fdopendir(at) : NULL;
    if (!folder) {
        if (at >= 0)
            close(at);
        return lead_fail(LEAD_IO, "%s: cannot be read: %s", out, strerror(errno));
    }
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (is_dot(entry->d_name))
            continue;
        if (lead_file_is_of_run(entry->d_name))
            unlinkat(dirfd(folder), entry->d_name, 0);
        else
            clear_policy(scenario, out, dirfd(folder), entry->d_name);
    }
    closedir(folder);
    return LEAD_OK;
}

lead_status lead_folder_take(const lead_scenario *scenario, const char *out, int *lock) {
    LEAD_TRY(lead_directory_make(out));
    LEAD_TRY(lead_directory_lock(out, lock));
    lead_status status = clear(scenario, out);
    if (status != LEAD_OK && *lock >= 0) {
        close(*lock);
        *lock = -1;
    }
    return status;
}
