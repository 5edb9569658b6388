/* What no row of the table wants any more. */
#define _GNU_SOURCE /* nftw's flags */
#include "base/expects.h"
#include "study/table.h"
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_key(const char *name) {
    return strspn(name, "0123456789abcdef") == LEAD_STUDY_KEY - 1 && !name[LEAD_STUDY_KEY - 1];
}

static bool is_wanted(const lead_study *study, const char *key) {
    for (int i = 0; i < study->count; i++)
        if (strcmp(study->rows[i].key, key) == 0)
            return true;
    return false;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place) {
    (void)about, (void)type, (void)place;
    return remove(path);
}

static lead_status remove_run(const lead_study *study, const char *key) {
    char path[4096];
    LEAD_TRY(lead_study_path(study, path, "runs/%s", key));
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return lead_fail(LEAD_IO, "%s: cannot be removed: %s", path, strerror(errno));
    LEAD_TRY(lead_study_path(study, path, "scenarios/%s.yaml", key));
    return unlink(path) == 0 || errno == ENOENT
               ? LEAD_OK
               : lead_fail(LEAD_IO, "%s: cannot be removed: %s", path, strerror(errno));
}

lead_status lead_study_unwanted(const lead_study *study, bool remove, int *count) {
    LEAD_EXPECTS(study && count);
    char path[4096];
    lead_status status = LEAD_OK;
    *count = 0;
    LEAD_TRY(lead_study_path(study, path, "runs"));
    DIR *folder = opendir(path);
    if (!folder)
        return lead_fail(LEAD_IO, "%s: %s", path, strerror(errno));
    const struct dirent *entry;
    while (status == LEAD_OK && (entry = readdir(folder))) {
        if (!is_key(entry->d_name) || is_wanted(study, entry->d_name))
            continue;
        ++*count;
        if (remove)
            status = remove_run(study, entry->d_name);
    }
    closedir(folder);
    return status;
}
