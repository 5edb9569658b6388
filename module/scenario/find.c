/* Where the files that a scenario names are. */
#define _GNU_SOURCE /* dladdr */
#include "scenario/find.h"
#include "base/expects.h"
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES = 4 };

/* "folder/name" in the canonical form when it exists; NULL otherwise. */
static char *existing(const char *folder, const char *name) {
    char path[PATH_MAX];
    if (!folder)
        return NULL;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    return length > 0 && (size_t)length < sizeof path ? realpath(path, NULL) : NULL;
}

/* The folder a path lies in, "." when it names none. */
static void folder_of(const char *path, char folder[PATH_MAX]) {
    const char *slash = strrchr(path, '/');
    if (!slash)
        snprintf(folder, PATH_MAX, ".");
    else
        snprintf(folder, PATH_MAX, "%.*s", (int)(slash - path > 0 ? slash - path : 1), path);
}

static lead_status not_found(const char *name, const char *const *places, int count) {
    char text[700] = "";
    for (int i = 0; i < count; i++)
        if (places[i] && strlen(text) + strlen(places[i]) + 3 < sizeof text)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", text[0] ? ", " : "",
                     places[i]);
    return lead_fail(LEAD_IO, "%s is not there (looked in %s)", name, text);
}

lead_status lead_find_file(const char *scenario, const char *data, const char *name, char **out) {
    char folder[PATH_MAX], beside[PATH_MAX + 8];
    if (!*name)
        return lead_fail(LEAD_INVALID, "the name of a file is missing");
    folder_of(scenario ? scenario : "", folder);
    snprintf(beside, sizeof beside, "%s/data", folder);
    if (name[0] == '/') {
        *out = realpath(name, NULL);
        return *out ? LEAD_OK : lead_fail(LEAD_IO, "%s is not there", name);
    }
    const char *places[PLACES] = {folder, data, getenv("LEAD_DATA"), beside};
    for (int i = 0; i < PLACES; i++)
        if ((*out = existing(places[i], name)))
            return LEAD_OK;
    return not_found(name, places, PLACES);
}

lead_status lead_find_check_folder(const char *data) {
    struct stat found;
    if (!data || (stat(data, &found) == 0 && S_ISDIR(found.st_mode)))
        return LEAD_OK;
    return lead_fail(LEAD_IO, "--data: there is no folder %s", data);
}

/* The folder of the file that this code is in, liblead's; "" when it is not known. In a program
 * that is not ours the program's own folder tells nothing. */
static void own_folder(char folder[PATH_MAX]) {
    static const char here;
    Dl_info self;
    char path[PATH_MAX] = "";
    folder[0] = '\0';
    if (dladdr(&here, &self) && self.dli_fname && realpath(self.dli_fname, path))
        folder_of(path, folder);
}

/* Joins liblead's folder to where checkpoints lie from there. */
static bool shipped_folder(int index, char path[PATH_MAX]) {
    static const char *const from_library[] = {
        "/../models/checkpoints",             /* the build tree */
        "/../share/ns3-lead/checkpoints",     /* PREFIX/lib */
        "/../../share/ns3-lead/checkpoints"}; /* PREFIX/lib/x86_64-linux-gnu */
    char own[PATH_MAX];
    own_folder(own);
    int length = snprintf(path, PATH_MAX, "%s%s", own, from_library[index]);
    return *own && length > 0 && length < PATH_MAX;
}

/* The places of a checkpoint's name, in their order; false: this one is nowhere. */
static bool checkpoint_place(const char *scenario, int index, char path[PATH_MAX]) {
    const char *named = getenv("LEAD_MODELS");
    if (index >= 2)
        return shipped_folder(index - 2, path);
    if (index == 0)
        folder_of(scenario ? scenario : "", path);
    else
        snprintf(path, PATH_MAX, "%s", named ? named : "");
    return *path;
}

bool lead_find_checkpoint_folder(int index, char *path, size_t size) {
    LEAD_EXPECTS(path && index >= 0 && index < LEAD_CHECKPOINT_FOLDERS);
    char place[PATH_MAX];
    struct stat found;
    if (!checkpoint_place(NULL, index, place) || stat(place, &found) != 0 ||
        !S_ISDIR(found.st_mode))
        return false;
    char *whole = realpath(place, NULL);
    snprintf(path, size, "%s", whole ? whole : place);
    free(whole);
    return true;
}

/* A folder with a manifest, or a TorchScript file: a name alone may be that of anything. */
static bool is_checkpoint(const char *path) {
    char manifest[PATH_MAX + 16];
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISDIR(found.st_mode))
        return stat(path, &found) == 0;
    snprintf(manifest, sizeof manifest, "%s/manifest.json", path);
    return access(manifest, F_OK) == 0;
}

/* Offers the folders with a manifest that lie in a place. */
static void offer_checkpoints(const char *place, lead_nearest *nearest) {
    DIR *folder = opendir(place);
    struct dirent *entry;
    char manifest[PATH_MAX + 300];
    while (folder && (entry = readdir(folder))) {
        snprintf(manifest, sizeof manifest, "%s/%s/manifest.json", place, entry->d_name);
        if (access(manifest, F_OK) == 0)
            lead_nearest_offer(nearest, entry->d_name);
    }
    if (folder)
        closedir(folder);
}

static const char where_to_look[] = "; `lead info` lists those that are";

static lead_status checkpoint_not_found(const char *scenario, const char *name) {
    char texts[LEAD_CHECKPOINT_FOLDERS][PATH_MAX];
    const char *places[LEAD_CHECKPOINT_FOLDERS] = {NULL};
    lead_nearest nearest = {.word = name};
    for (int i = 0; i < LEAD_CHECKPOINT_FOLDERS; i++)
        if (checkpoint_place(scenario, i, texts[i])) {
            places[i] = texts[i];
            offer_checkpoints(texts[i], &nearest);
        }
    lead_status status = not_found(name, places, LEAD_CHECKPOINT_FOLDERS);
    char message[900];
    const char *hint = lead_nearest_hint(&nearest);
    snprintf(message, sizeof message, "%s", lead_last_message());
    return lead_fail(status, "checkpoint %s%s", message, *hint ? hint : where_to_look);
}

/* A path is what it says, or nothing. */
static lead_status take_checkpoint_path(const char *scenario, const char *name, char **out) {
    char place[PATH_MAX];
    folder_of(scenario ? scenario : "", place);
    char *found = name[0] == '/' ? realpath(name, NULL) : existing(place, name);
    if (found && is_checkpoint(found)) {
        *out = found;
        return LEAD_OK;
    }
    bool there = found;
    free(found);
    if (there)
        return lead_fail(LEAD_IO, "checkpoint %s is a folder without a manifest.json%s", name,
                         where_to_look);
    bool beside = scenario && name[0] != '/';
    return lead_fail(LEAD_IO, "checkpoint %s is not there%s%s%s", name,
                     beside ? " beside the scenario, in " : "", beside ? place : "", where_to_look);
}

lead_status lead_find_checkpoint(const char *scenario, const char *name, char **out) {
    char place[PATH_MAX];
    *out = NULL;
    if (strchr(name, '/'))
        return take_checkpoint_path(scenario, name, out);
    for (int i = 0; i < LEAD_CHECKPOINT_FOLDERS; i++) {
        *out = checkpoint_place(scenario, i, place) ? existing(place, name) : NULL;
        if (*out && is_checkpoint(*out))
            return LEAD_OK;
        free(*out);
    }
    *out = NULL;
    return checkpoint_not_found(scenario, name);
}

lead_status lead_find_shipped(const char *name, char **out) {
    static const char *const from_library[] = {"", /* the build tree */
                                               "/../share/ns3-lead", "/../../share/ns3-lead"};
    char own[PATH_MAX], places_text[3][PATH_MAX + 64];
    const char *places[3];
    own_folder(own);
    for (int i = 0; i < 3; i++) {
        snprintf(places_text[i], sizeof places_text[i], "%s%s", own, from_library[i]);
        places[i] = places_text[i];
        if (*own && (*out = existing(places[i], name)))
            return LEAD_OK;
    }
    return not_found(name, places, 3);
}
