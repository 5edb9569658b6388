/* What a folder is, and the page of several. */
#include "base/expects.h"
#include "formats/text/json.h"
#include "report/parts.h"
#include <dirent.h>
#include <errno.h>
#include <lead/report.h>
#include <lead/version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has(const char *folder, const char *name) {
    char path[4300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static int is_run(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* The verdicts that `lead test` left in its folder. */
static lead_status put_test(const char *folder, json_t *root) {
    char path[4200];
    json_t *test;
    snprintf(path, sizeof path, "%s/test.json", folder);
    if (access(path, F_OK) != 0)
        return LEAD_OK;
    LEAD_TRY(lead_json_read(path, 1 << 26, &test));
    json_object_set_new(root, "test", test);
    return LEAD_OK;
}

/* The runs in a folder, by their names' order. */
static lead_status put_folder_of_runs(lead_page *page, const char *folder, json_t *root) {
    struct dirent **entries;
    char path[4200];
    size_t before = json_array_size(json_object_get(root, "runs"));
    lead_status status = LEAD_OK;
    int count = scandir(folder, &entries, is_run, alphasort);
    if (count < 0)
        return lead_fail(LEAD_IO, "%s: cannot be read: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (status == LEAD_OK && has(path, "summary.json"))
            status = lead_report_run(page, path, root);
        free(entries[i]);
    }
    free(entries);
    LEAD_TRY(status);
    if (json_array_size(json_object_get(root, "runs")) == before)
        return lead_fail(LEAD_INVALID,
                         "%s: neither summary.json (of `lead run`) nor whatif.csv (of `lead "
                         "whatif`) is in it, nor a folder with a run",
                         folder);
    return put_test(folder, root);
}

static lead_status put_folder(lead_page *page, const char *folder, json_t *root) {
    if (has(folder, "summary.json"))
        return lead_report_run(page, folder, root);
    if (has(folder, "whatif.csv"))
        return lead_report_whatif(page, folder, root);
    return put_folder_of_runs(page, folder, root);
}

lead_status lead_report_write(const char *const *folders, int count, const char *out,
                              lead_report_result *result) {
    LEAD_EXPECTS(folders && count > 0 && out && result);
    lead_page page;
    json_t *root = json_pack("{s: [], s: []}", "runs", "whatifs");
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_page_open(out, &page));
    json_object_set_new(root, "version", json_string(lead_version(NULL, NULL, NULL)));
    for (int i = 0; i < count; i++)
        LEAD_TRY_FREE(put_folder(&page, folders[i], root));
    result->runs = (int)(json_array_size(json_object_get(root, "runs")) +
                         json_array_size(json_object_get(root, "whatifs")));
    status = lead_page_finish(&page, root);
    root = NULL;
    result->bytes = page.bytes;
fail:
    json_decref(root);
    lead_page_close(&page);
    return status;
}
