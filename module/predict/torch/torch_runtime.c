/* torch_runtime: see torch_runtime.h. libtorch takes a third of a second to load, so nobody pays
 * for it who asks for no model; what was loaded stays until the process ends. */
#define _GNU_SOURCE /* dladdr, MAP_NORESERVE */
#include "predict/torch/torch_runtime.h"
#include "predict/torch/archive.h"

lead_status lead_torch_load(const torchc_api *torch, const char *path, const char *device,
                            lead_precision precision, torchc_module **out) {
    *out = NULL;
    LEAD_TRY(lead_archive_check(path));
    return torch->module_load(path, device,
                              precision == LEAD_PRECISION_HALF ? TORCHC_HALF : TORCHC_SINGLE, out);
}

#ifndef LEAD_TORCH_PLUGIN

lead_status lead_torch_runtime(const torchc_api **out) {
    *out = NULL;
    return lead_fail(LEAD_UNAVAILABLE,
                     "this build of liblead has no TorchScript (LEAD_TORCH is OFF)");
}

#else

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

static const size_t LOADING = (size_t)800 << 20; /* bytes of addresses, with something to spare */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const torchc_api *loaded;
static char failure[512];
static const torchc_host host = {lead_fail, lead_fail_within, lead_cores, lead_log};

/* The plug-in's path beside the file that this function's code is in; false when that is not known.
 */
static bool beside_own_library(char *path, size_t room) {
    Dl_info self;
    if (!dladdr((const void *)&once, &self) || !self.dli_fname)
        return false;
    const char *slash = strrchr(self.dli_fname, '/');
    if (!slash)
        return false;
    const int length = (int)(slash - self.dli_fname);
    const int written = snprintf(path, room, "%.*s/%s", length, self.dli_fname, LEAD_TORCH_PLUGIN);
    return written > 0 && (size_t)written < room;
}

static void *open_plugin(void) {
    char path[4096];
    if (beside_own_library(path, sizeof path)) {
        FILE *file = fopen(path, "rb");
        if (file) {
            fclose(file);
            return dlopen(path, RTLD_NOW | RTLD_LOCAL);
        }
    }
    return dlopen(LEAD_TORCH_PLUGIN, RTLD_NOW | RTLD_LOCAL);
}

/* Libraries that run out of memory while they are loaded end the process. */
static bool has_room(void) {
    void *room = mmap(NULL, LOADING, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED || munmap(room, LOADING) != 0) {
        snprintf(failure, sizeof failure, "no memory for it: it needs %zu MB (see ulimit -v)",
                 LOADING >> 20);
        return false;
    }
    return true;
}

static void load(void) {
    void *plugin = has_room() ? open_plugin() : NULL;
    if (!plugin && failure[0])
        return;
    if (!plugin) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
    const torchc_api *(*get_api)(const torchc_host *) = NULL;
    *(void **)&get_api = dlsym(plugin, "torchc_get_api");
    const torchc_api *api = get_api ? get_api(&host) : NULL;
    if (!api || api->version != TORCHC_VERSION)
        snprintf(failure, sizeof failure, "%s is no plug-in of version %d", LEAD_TORCH_PLUGIN,
                 TORCHC_VERSION);
    else
        loaded = api;
}

lead_status lead_torch_runtime(const torchc_api **out) {
    pthread_once(&once, load);
    *out = loaded;
    if (!loaded)
        return lead_fail(LEAD_UNAVAILABLE, "the TorchScript plug-in cannot be loaded: %s", failure);
    return LEAD_OK;
}

#endif
