/* archive: see archive.h. */
#include "predict/torch/archive.h"
#include "predict/torch/zip.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    CODE_MOST = 4 << 20,     /* bytes of a file of code */
    PICKLE_MOST = 16 << 20,  /* of a pickle */
    TEXTS_MOST = 64 << 20,   /* of all that is no tensor */
    OTHER_MOST = 1 << 20,    /* of what tells versions, and of what somebody put in */
    INFLATION_MOST = 100,    /* times that a tensor may be larger than packed, but */
    INFLATION_FREE = 1 << 20 /* bytes always */
};

static const uint64_t TENSORS_MOST = (uint64_t)16 << 30; /* bytes of all tensors */

typedef enum kind { TENSOR, CODE, PICKLE, OTHER, UNKNOWN } kind;

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool is_numbered(const char *name, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(name, folder, length) == 0 && name[length] != '\0' &&
           name[length + strspn(name + length, "0123456789")] == '\0';
}

/* By the name within the archive's one folder. */
static kind kind_of(const char *name) {
    static const char *const others[] = {"version", "byteorder", ".format_version",
                                         ".storage_alignment", ".data/serialization_id"};
    if (is_numbered(name, "data/") || is_numbered(name, "constants/"))
        return TENSOR;
    if (strncmp(name, "code/", 5) == 0 && ends_with(name, ".py"))
        return CODE;
    if (strcmp(name, "data.pkl") == 0 || strcmp(name, "constants.pkl") == 0 ||
        (strncmp(name, "code/", 5) == 0 && ends_with(name, ".debug_pkl")))
        return PICKLE;
    if (strncmp(name, "extra/", 6) == 0)
        return OTHER;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0)
            return OTHER;
    return UNKNOWN;
}

static lead_status too_large(const lead_zip_entry *entry, uint64_t most) {
    return lead_fail(LEAD_FORMAT, "%s unpacks to %llu bytes, at most %llu are a model's",
                     entry->name, (unsigned long long)entry->size, (unsigned long long)most);
}

static lead_status check_content(const lead_zip *zip, const lead_zip_entry *entry, kind what) {
    char *content = NULL;
    LEAD_TRY(lead_zip_read(zip, entry, &content));
    lead_status status = what == CODE ? lead_archive_check_code(content, (size_t)entry->size)
                                      : lead_archive_check_pickle((const unsigned char *)content,
                                                                  (size_t)entry->size);
    free(content);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s", entry->name);
}

/* Bytes that were unpacked so far. */
typedef struct account {
    uint64_t tensors, texts;
} account;

static lead_status check_entry(const lead_zip *zip, const lead_zip_entry *entry, account *sum) {
    static const uint64_t most[] = {
        [CODE] = CODE_MOST, [PICKLE] = PICKLE_MOST, [OTHER] = OTHER_MOST};
    const char *slash = strchr(entry->name, '/');
    kind what = slash ? kind_of(slash + 1) : UNKNOWN;
    if (what == UNKNOWN)
        return lead_fail(LEAD_FORMAT, "%s is nothing that a TorchScript model has", entry->name);
    if (what == TENSOR) {
        sum->tensors += entry->size;
        if (sum->tensors > TENSORS_MOST ||
            entry->size > INFLATION_FREE + INFLATION_MOST * entry->packed)
            return too_large(entry, INFLATION_FREE + INFLATION_MOST * entry->packed);
        return LEAD_OK;
    }
    sum->texts += entry->size;
    if (entry->size > most[what] || sum->texts > TEXTS_MOST)
        return too_large(entry, most[what]);
    return what == OTHER ? LEAD_OK : check_content(zip, entry, what);
}

static int compare_names(const void *a, const void *b) {
    const lead_zip_entry *x = a, *y = b;
    return strcasecmp(x->name, y->name);
}

/* Readers differ in which of two they take, and in whether case counts. */
static lead_status check_names(lead_zip *zip) {
    qsort(zip->entries, (size_t)zip->count, sizeof *zip->entries, compare_names);
    for (int i = 1; i < zip->count; i++)
        if (compare_names(&zip->entries[i - 1], &zip->entries[i]) == 0)
            return lead_fail(LEAD_FORMAT, "%s is there twice", zip->entries[i].name);
    return LEAD_OK;
}

static lead_status check_zip(lead_zip *zip) {
    account sum = {0};
    LEAD_TRY(check_names(zip));
    for (int i = 0; i < zip->count; i++)
        LEAD_TRY(check_entry(zip, &zip->entries[i], &sum));
    return LEAD_OK;
}

lead_status lead_archive_check(const char *path) {
    lead_zip zip;
    lead_status status = lead_zip_open(path, &zip);
    if (status == LEAD_OK)
        status = check_zip(&zip);
    lead_zip_close(&zip);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s", path);
}
