/* Where the files that a scenario names are. */
#define _GNU_SOURCE /* dladdr */
#include "scenario/find.h"
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

lead_status lead_find_checkpoint(const char *scenario, const char *name, char **out) {
    static const char *const from_library[] = {
        "/../models/checkpoints",             /* the build tree */
        "/../share/ns3-lead/checkpoints",     /* PREFIX/lib */
        "/../../share/ns3-lead/checkpoints"}; /* PREFIX/lib/x86_64-linux-gnu */
    char folder[PATH_MAX], own[PATH_MAX], places_text[3][PATH_MAX + 64];
    folder_of(scenario ? scenario : "", folder);
    if (strchr(name, '/')) {
        *out = name[0] == '/' ? realpath(name, NULL) : existing(folder, name);
        return *out ? LEAD_OK
                    : lead_fail(LEAD_IO, "checkpoint %s is not there%s%s", name,
                                name[0] == '/' ? "" : " beside the scenario, in ",
                                name[0] == '/' ? "" : folder);
    }
    own_folder(own);
    const char *places[5] = {folder, getenv("LEAD_MODELS")};
    for (int i = 0; i < 3 && *own; i++) {
        snprintf(places_text[i], sizeof places_text[i], "%s%s", own, from_library[i]);
        places[2 + i] = places_text[i];
    }
    for (int i = 0; i < 5; i++)
        if ((*out = existing(places[i], name)))
            return LEAD_OK;
    return not_found(name, places, 5);
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
