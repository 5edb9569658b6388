/* file: see file.h. */
#include "baseline/file.h"
#include "formats/text/json.h"
#include "scenario/files.h"
#include <lead/run.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const rows_files[] = {"epochs.csv", "links.csv"};

void lead_kept_free(lead_kept *kept) {
    if (!kept)
        return;
    for (int i = 0; i < kept->policy_count; i++) {
        free(kept->policies[i].name);
        free(kept->policies[i].metrics);
        free(kept->policies[i].lacks);
    }
    free(kept->policies);
    free(kept->build);
    free(kept->data);
    free(kept);
}

const lead_kept_policy *lead_kept_find(const lead_kept *kept, const char *name) {
    for (int i = 0; i < kept->policy_count; i++)
        if (strcmp(kept->policies[i].name, name) == 0)
            return &kept->policies[i];
    return NULL;
}

/* --- where ------------------------------------------------------------------------------------ */

void lead_kept_path(const lead_scenario *scenario, char path[4096]) {
    const char *slash = strrchr(scenario->path, '/');
    int length = slash ? (int)(slash - scenario->path) + 1 : 0;
    snprintf(path, 4096, "%.*sbaselines/%s.json", length, scenario->path, scenario->name);
}

void lead_kept_rows_path(const char *path, const char *policy, const char *file, char rows[4096]) {
    int length = (int)(strlen(path) - strlen(".json"));
    snprintf(rows, 4096, "%.*s/%s.%s.gz", length, path, policy, file);
}

/* --- of a run --------------------------------------------------------------------------------- */

typedef struct listing {
    char text[8000];
} listing;

/* A file that several policies read is listed once. */
static lead_status list_file(const char *what, const char *path, void *data) {
    listing *all = data;
    char hex[LEAD_SHA256_HEX], one[600];
    if (!path)
        return LEAD_OK;
    const char *slash = strrchr(path, '/');
    LEAD_TRY(lead_sha256_path(path, hex));
    snprintf(one, sizeof one, "%s %.400s %.16s", what, slash ? slash + 1 : path, hex);
    if (strstr(all->text, one))
        return LEAD_OK;
    size_t used = strlen(all->text);
    snprintf(all->text + used, sizeof all->text - used, "%s%s", used ? ", " : "", one);
    return LEAD_OK;
}

static lead_status make_metrics(lead_kept_policy *policy) {
    size_t count = (size_t)lead_summary_metrics();
    LEAD_TRY(lead_calloc(count, sizeof *policy->metrics, &policy->metrics));
    return lead_calloc(count, sizeof *policy->lacks, &policy->lacks);
}

static lead_status fill_policy(const lead_policy_summary *from, const char *out,
                               lead_kept_policy *to) {
    char path[4096];
    LEAD_TRY(lead_string_copy(from->name, &to->name));
    LEAD_TRY(make_metrics(to));
    for (int i = 0; i < lead_summary_metrics(); i++)
        to->metrics[i] = lead_summary_metric(from, i);
    snprintf(path, sizeof path, "%s/%s/epochs.csv", out, from->name);
    return lead_sha256_file(path, to->digest);
}

lead_status lead_kept_make(const lead_scenario *scenario, const lead_summary *summary,
                           const char *out, lead_kept **kept) {
    lead_kept *self = NULL;
    listing data = {""};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(1, sizeof *self, &self));
    LEAD_TRY_FREE(lead_string_copy(summary->build, &self->build));
    LEAD_TRY_FREE(lead_scenario_each_file(scenario, list_file, &data));
    LEAD_TRY_FREE(lead_string_copy(data.text, &self->data));
    LEAD_TRY_FREE(
        lead_calloc((size_t)summary->policy_count, sizeof *self->policies, &self->policies));
    for (int i = 0; i < summary->policy_count; i++) {
        self->policy_count++;
        LEAD_TRY_FREE(fill_policy(&summary->policies[i], out, &self->policies[i]));
    }
    *kept = self;
    return LEAD_OK;
fail:
    lead_kept_free(self);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static json_t *policy_to_json(const lead_kept_policy *policy) {
    json_t *object = json_object(), *metrics = json_object();
    char name[40];
    json_object_set_new(object, "epochs_sha256", json_string(policy->digest));
    json_object_set_new(object, "metrics", metrics);
    for (int i = 0; i < lead_summary_metrics(); i++)
        json_object_set_new(metrics, lead_summary_metric_name(i, name),
                            lead_json_number(policy->metrics[i]));
    return object;
}

static lead_status write_json(const lead_kept *kept, const char *scenario, const char *path) {
    json_t *root = json_object(), *policies = json_object();
    json_object_set_new(root, "scenario", json_string(scenario));
    json_object_set_new(root, "build", json_string(kept->build));
    json_object_set_new(root, "data", json_string(kept->data));
    json_object_set_new(root, "policies", policies);
    for (int i = 0; i < kept->policy_count; i++)
        json_object_set_new(policies, kept->policies[i].name, policy_to_json(&kept->policies[i]));
    return lead_json_write(path, root, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
}

enum { LARGEST_ROWS = 1 << 28 };

static lead_status keep_rows(const char *path, const char *policy, const char *file,
                             const char *out) {
    char from[4096], to[4096], *text;
    size_t length;
    lead_file_writer *writer;
    snprintf(from, sizeof from, "%s/%s/%s", out, policy, file);
    lead_kept_rows_path(path, policy, file, to);
    LEAD_TRY(lead_file_read(from, LARGEST_ROWS, &text, &length));
    lead_status status = lead_file_writer_alloc(to, true, &writer);
    if (status == LEAD_OK) {
        lead_file_printf(writer, "%s", text);
        status = lead_file_writer_finish(writer);
        lead_file_writer_free(writer);
    }
    free(text);
    return status;
}

lead_status lead_kept_write(const lead_kept *kept, const char *scenario, const char *path,
                            const char *out) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%.*s", (int)(strlen(path) - strlen(".json")), path);
    LEAD_TRY(lead_directory_make(folder));
    for (int i = 0; i < kept->policy_count; i++)
        for (size_t k = 0; k < sizeof rows_files / sizeof *rows_files; k++)
            LEAD_TRY(keep_rows(path, kept->policies[i].name, rows_files[k], out));
    return write_json(kept, scenario, path);
}

/* --- reading ---------------------------------------------------------------------------------- */

static lead_status read_text(const char *path, const json_t *object, const char *key, char **out) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? lead_string_copy(text, out)
                : lead_fail(LEAD_FORMAT, "%s:1: %s is not a text", path, key);
}

static lead_status read_policy(const char *path, const char *name, const json_t *object,
                               lead_kept_policy *policy) {
    const json_t *metrics = json_object_get(object, "metrics");
    const char *digest = json_string_value(json_object_get(object, "epochs_sha256"));
    char metric[40];
    if (!digest || strlen(digest) + 1 != sizeof policy->digest || !json_is_object(metrics))
        return lead_fail(LEAD_FORMAT, "%s:1: policies: %.60s has no epochs_sha256 and metrics",
                         path, name);
    memcpy(policy->digest, digest, sizeof policy->digest);
    LEAD_TRY(lead_string_copy(name, &policy->name));
    LEAD_TRY(make_metrics(policy));
    for (int i = 0; i < lead_summary_metrics(); i++) {
        const json_t *value = json_object_get(metrics, lead_summary_metric_name(i, metric));
        policy->metrics[i] = json_is_number(value) ? json_number_value(value) : NAN;
        policy->lacks[i] = !value;
    }
    return LEAD_OK;
}

static lead_status read_root(const char *path, json_t *root, lead_kept *kept) {
    json_t *policies = json_object_get(root, "policies"), *value;
    const char *name;
    LEAD_TRY(read_text(path, root, "build", &kept->build));
    LEAD_TRY(read_text(path, root, "data", &kept->data));
    if (!json_is_object(policies))
        return lead_fail(LEAD_FORMAT, "%s:1: policies is not an object", path);
    LEAD_TRY(lead_calloc(json_object_size(policies), sizeof *kept->policies, &kept->policies));
    json_object_foreach(policies, name, value) {
        kept->policy_count++;
        LEAD_TRY(read_policy(path, name, value, &kept->policies[kept->policy_count - 1]));
    }
    return LEAD_OK;
}

lead_status lead_kept_read(const char *path, lead_kept **kept) {
    json_t *root;
    lead_kept *self = NULL;
    LEAD_TRY(lead_json_read(path, 1 << 24, &root));
    lead_status status = lead_calloc(1, sizeof *self, &self);
    if (status == LEAD_OK)
        status = read_root(path, root, self);
    json_decref(root);
    if (status == LEAD_OK)
        *kept = self;
    else
        lead_kept_free(self);
    return status;
}
