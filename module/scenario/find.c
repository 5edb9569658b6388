/* Where the files that a scenario names are. */
#include "scenario/find.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES = 4 };

/* "folder/name" in the canonical form when it exists; NULL otherwise. */
static char *existing(const char *folder, const char *middle, const char *name) {
    char path[PATH_MAX];
    if (!folder)
        return NULL;
    int length = snprintf(path, sizeof path, "%s%s/%s", folder, middle, name);
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
    folder_of(scenario, folder);
    snprintf(beside, sizeof beside, "%s/data", folder);
    if (name[0] == '/') {
        *out = realpath(name, NULL);
        return *out ? LEAD_OK : lead_fail(LEAD_IO, "%s is not there", name);
    }
    const char *places[PLACES] = {folder, data, getenv("LEAD_DATA"), beside};
    for (int i = 0; i < PLACES; i++)
        if ((*out = existing(places[i], "", name)))
            return LEAD_OK;
    return not_found(name, places, PLACES);
}

lead_status lead_find_checkpoint(const char *scenario, const char *name, char **out) {
    char folder[PATH_MAX], program[PATH_MAX] = "";
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    folder_of(scenario, folder);
    if (strchr(name, '/')) {
        *out = name[0] == '/' ? realpath(name, NULL) : existing(folder, "", name);
        return *out ? LEAD_OK : lead_fail(LEAD_IO, "checkpoint %s is not there", name);
    }
    char own[PATH_MAX], built[PATH_MAX + 32], installed[PATH_MAX + 32];
    folder_of(program, own);
    snprintf(built, sizeof built, "%s/../models/checkpoints", own);
    snprintf(installed, sizeof installed, "%s/../share/ns3-lead/checkpoints", own);
    const char *places[] = {getenv("LEAD_MODELS"), built, installed};
    for (int i = 0; i < 3; i++)
        if ((*out = existing(places[i], "", name)))
            return LEAD_OK;
    return not_found(name, places, 3);
}
