/* key: see key.h. */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "study/key.h"
#include "base/array.h"
#include "scenario/files.h"
#include <lead/run.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* --- the build -------------------------------------------------------------------------------- */

/* What is looked for among the objects of this process: the one that this code is in. */
typedef struct search {
    uintptr_t here;
    char *hex; /* of its build id */
    size_t size;
} search;

/* The linker's note of one segment. */
static void read_notes(const char *at, size_t length, search *self) {
    while (length >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, at, sizeof note);
        size_t name = (note.n_namesz + 3u) & ~(size_t)3, text = (note.n_descsz + 3u) & ~(size_t)3,
               whole = sizeof note + name + text;
        if (whole > length)
            return;
        const unsigned char *id = (const unsigned char *)at + sizeof note + name;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(at + sizeof note, "GNU", 4) == 0)
            for (size_t i = 0; i < note.n_descsz && 2 * i + 3 <= self->size; i++)
                snprintf(self->hex + 2 * i, 3, "%02x", id[i]);
        at += whole;
        length -= whole;
    }
}

static bool holds(const struct dl_phdr_info *object, uintptr_t address) {
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && address >= begin && address - begin < part->p_memsz)
            return true;
    }
    return false;
}

static int look_at(struct dl_phdr_info *object, size_t size, void *data) {
    search *self = data;
    (void)size;
    if (!holds(object, self->here))
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type == PT_NOTE)
            read_notes((const char *)(object->dlpi_addr + part->p_vaddr), part->p_memsz, self);
    }
    return 1;
}

void lead_study_build(char text[200]) {
    char hex[100] = "";
    search self = {(uintptr_t)lead_study_build, hex, sizeof hex};
    dl_iterate_phdr(look_at, &self);
    snprintf(text, 200, "%s %s", lead_build(), hex);
}

/* --- the files -------------------------------------------------------------------------------- */

void lead_hashes_clear(lead_hashes *hashes) {
    for (int i = 0; i < hashes->count; i++)
        free(hashes->list[i].path);
    free(hashes->list);
    *hashes = (lead_hashes){0};
}

static lead_status hash_of(lead_hashes *hashes, const char *path, const char **hex) {
    for (int i = 0; i < hashes->count; i++)
        if (strcmp(hashes->list[i].path, path) == 0) {
            *hex = hashes->list[i].hex;
            return LEAD_OK;
        }
    LEAD_TRY(lead_grow(&hashes->list, sizeof *hashes->list, hashes->count, 1, &hashes->room));
    struct lead_hash *hash = &hashes->list[hashes->count];
    LEAD_TRY(lead_sha256_path(path, hash->hex));
    LEAD_TRY(lead_string_copy(path, &hash->path));
    hashes->count++;
    *hex = hash->hex;
    return LEAD_OK;
}

/* Where the checksums of a scenario's files go. */
typedef struct sink {
    lead_file_writer *writer;
    lead_hashes *hashes;
} sink;

static lead_status add_file(const char *what, const char *path, void *data) {
    const sink *to = data;
    const char *hex = "";
    if (path)
        LEAD_TRY(hash_of(to->hashes, path, &hex));
    lead_file_printf(to->writer, "# %s: %s\n", what, hex);
    return LEAD_OK;
}

lead_status lead_study_key(const lead_scenario *scenario, const char *text, const char *policy,
                           const char *build, lead_hashes *hashes, char key[LEAD_STUDY_KEY]) {
    char *whole = NULL, hex[LEAD_SHA256_HEX];
    lead_file_writer *writer;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    lead_file_printf(writer, "%s# policy: %s\n# build: %s\n", text, policy, build);
    sink to = {writer, hashes};
    lead_status status = lead_scenario_each_file(scenario, add_file, &to);
    if (status == LEAD_OK)
        status = lead_text_writer_finish(writer, &whole);
    lead_file_writer_free(writer);
    if (status != LEAD_OK)
        return status;
    lead_sha256_bytes(whole, strlen(whole), hex);
    free(whole);
    snprintf(key, LEAD_STUDY_KEY, "%.*s", LEAD_STUDY_KEY - 1, hex);
    return LEAD_OK;
}
