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
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0
               ? LEAD_OK
               : lead_fail(LEAD_IO, "%s: cannot be removed: %s", path, strerror(errno));
}

/* A scenario of no row, or a file that was being written when its process was killed. */
static bool is_left_over(const lead_study *study, const char *name) {
    char key[LEAD_STUDY_KEY];
    if (strstr(name, ".yaml.part-"))
        return true;
    snprintf(key, sizeof key, "%s", name);
    return is_key(key) && strcmp(name + sizeof key - 1, ".yaml") == 0 && !is_wanted(study, key);
}

static lead_status remove_scenario(const lead_study *study, const char *name) {
    char path[4096];
    LEAD_TRY(lead_study_path(study, path, "scenarios/%s", name));
    return unlink(path) == 0 || errno == ENOENT
               ? LEAD_OK
               : lead_fail(LEAD_IO, "%s: cannot be removed: %s", path, strerror(errno));
}

/* What there is in a folder of the study, one after the other. */
static lead_status look_at(const lead_study *study, const char *folder,
                           lead_status (*take)(const lead_study *, const char *, int *),
                           int *count) {
    char path[4096];
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_study_path(study, path, "%s", folder));
    DIR *open = opendir(path);
    if (!open)
        return lead_fail(LEAD_IO, "%s: %s", path, strerror(errno));
    const struct dirent *entry;
    while (status == LEAD_OK && (entry = readdir(open)))
        status = take(study, entry->d_name, count);
    closedir(open);
    return status;
}

static lead_status count_run(const lead_study *study, const char *name, int *count) {
    *count += is_key(name) && !is_wanted(study, name);
    return LEAD_OK;
}

static lead_status take_run(const lead_study *study, const char *name, int *count) {
    if (!is_key(name) || is_wanted(study, name))
        return LEAD_OK;
    ++*count;
    return remove_run(study, name);
}

static lead_status take_scenario(const lead_study *study, const char *name, int *count) {
    (void)count;
    return is_left_over(study, name) ? remove_scenario(study, name) : LEAD_OK;
}

lead_status lead_study_unwanted(const lead_study *study, bool remove, int *count) {
    LEAD_EXPECTS(study && count);
    *count = 0;
    LEAD_TRY(look_at(study, "runs", remove ? take_run : count_run, count));
    return remove ? look_at(study, "scenarios", take_scenario, count) : LEAD_OK;
}
