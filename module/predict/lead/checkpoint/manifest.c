/* manifest: reads manifest.json and scaling.json and believes neither: types, bounds, names and
 * checksums. */
#include "predict/lead/checkpoint/manifest.h"
#include "base/digest/sha256.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NODES_MAX = 1024,
    HISTORY_MAX = 256,
    LIST_MAX = 64,
    OFFSET_MAX = 1024, /* steps */
    DAYS_MAX = 28,
    HORIZON_MAX = 288,
    WIDTH_MAX = 65536,
    KNOTS_MAX = 1024,
    LOADS_MAX = 64,
    BANK_MAX = 1 << 16, /* windows */
    NAME_MAX_BYTES = 255
};

static const struct {
    const char *key;
    bool generative; /* there only where there is a denoiser */
} components[LEAD_COMPONENT_COUNT] = {{"base", false},    {"encoder", true},  {"conditioner", true},
                                      {"denoiser", true}, {"scaling", false}, {"bank", false}};

/* --- one value of an object ------------------------------------------------------------------ */

static lead_status get(const json_t *object, const char *key, json_type type,
                       const json_t **value) {
    static const char *const types[] = {"object", "array", "string", "whole number",
                                        "number", "true",  "false",  "null"};
    *value = json_object_get(object, key);
    if (!*value)
        return lead_fail(LEAD_FORMAT, "key \"%s\" is missing", key);
    bool fits = json_typeof(*value) == type || (type == JSON_REAL && json_is_integer(*value));
    if (!fits)
        return lead_fail(LEAD_FORMAT, "key \"%s\": expected %s, found %s", key, types[type],
                         types[json_typeof(*value)]);
    return LEAD_OK;
}

static lead_status get_integer(const json_t *object, const char *key, int64_t low, int64_t high,
                               int64_t *out) {
    const json_t *value;
    LEAD_TRY(get(object, key, JSON_INTEGER, &value));
    *out = json_integer_value(value);
    if (*out < low || *out > high)
        return lead_fail(LEAD_FORMAT, "key \"%s\": %lld is not in %lld..%lld", key, (long long)*out,
                         (long long)low, (long long)high);
    return LEAD_OK;
}

static lead_status get_int(const json_t *object, const char *key, int low, int high, int *out) {
    int64_t value;
    LEAD_TRY(get_integer(object, key, low, high, &value));
    *out = (int)value;
    return LEAD_OK;
}

static lead_status get_number(const json_t *object, const char *key, double low, double high,
                              double *out) {
    const json_t *value;
    LEAD_TRY(get(object, key, JSON_REAL, &value));
    *out = json_number_value(value);
    if (!(*out >= low && *out <= high))
        return lead_fail(LEAD_FORMAT, "key \"%s\": %g is not in %g..%g", key, *out, low, high);
    return LEAD_OK;
}

static lead_status get_word(const json_t *object, const char *key, const char **out) {
    const json_t *value;
    LEAD_TRY(get(object, key, JSON_STRING, &value));
    *out = json_string_value(value);
    return LEAD_OK;
}

/* --- the parts of a manifest ----------------------------------------------------------------- */

static lead_status parse_version(const json_t *root) {
    const char *format;
    int version;
    LEAD_TRY(get_word(root, "format", &format));
    if (strcmp(format, "ns3-lead model") != 0)
        return lead_fail(LEAD_FORMAT,
                         "key \"format\": expected \"ns3-lead model\", found \"%.40s\"", format);
    LEAD_TRY(get_int(root, "version", 0, 1 << 20, &version));
    if (version != LEAD_MANIFEST_VERSION)
        return lead_fail(LEAD_FORMAT, "key \"version\": %d, this program reads version %d", version,
                         LEAD_MANIFEST_VERSION);
    return LEAD_OK;
}

static lead_status parse_nodes(const json_t *root, lead_manifest *manifest) {
    const json_t *nodes;
    LEAD_TRY(get(root, "nodes", JSON_ARRAY, &nodes));
    const size_t count = json_array_size(nodes);
    if (count == 1 || count > NODES_MAX)
        return lead_fail(LEAD_FORMAT,
                         "key \"nodes\": %zu names, expected 2..%d, or none: for any network",
                         count, NODES_MAX);
    if (count == 0)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(count, sizeof *manifest->nodes, &manifest->nodes));
    manifest->node_count = (int)count;
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(nodes, i));
        if (!name || !*name || strlen(name) > NAME_MAX_BYTES)
            return lead_fail(LEAD_FORMAT, "key \"nodes\": entry %zu is no name", i);
        LEAD_TRY(lead_string_copy(name, &manifest->nodes[i]));
    }
    return LEAD_OK;
}

/* Whole numbers of low..high, each above the one before. */
static lead_status parse_list(const json_t *object, const char *key, int low, int high,
                              lead_list *list) {
    const json_t *array;
    LEAD_TRY(get(object, key, JSON_ARRAY, &array));
    const size_t count = json_array_size(array);
    if (count > LIST_MAX)
        return lead_fail(LEAD_FORMAT, "key \"%s\": %zu numbers, at most %d", key, count, LIST_MAX);
    LEAD_TRY(lead_calloc(count, sizeof *list->values, &list->values));
    list->count = (int)count;
    json_int_t last = (json_int_t)low - 1;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_integer(value) || json_integer_value(value) <= last ||
            json_integer_value(value) > high)
            return lead_fail(LEAD_FORMAT,
                             "key \"%s\": entry %zu is not a whole number of %d..%d above the one "
                             "before",
                             key, i, low, high);
        last = json_integer_value(value);
        list->values[i] = (int)last;
    }
    return LEAD_OK;
}

static lead_status parse_spans(const json_t *root, lead_span_rule *rule) {
    const json_t *spans;
    LEAD_TRY(get(root, "spans", JSON_OBJECT, &spans));
    LEAD_TRY(parse_list(spans, "days", 1, DAYS_MAX, &rule->days));
    LEAD_TRY(get_int(spans, "block", 1, HORIZON_MAX, &rule->block));
    LEAD_TRY(parse_list(spans, "levels", 1, 24 * DAYS_MAX, &rule->levels));
    return parse_list(spans, "bursts", 1, 24 * DAYS_MAX, &rule->bursts);
}

static lead_status parse_shapes(const json_t *root, lead_manifest *manifest) {
    const json_t *shapes;
    LEAD_TRY(get(root, "shapes", JSON_OBJECT, &shapes));
    int features;
    LEAD_TRY(get_int(shapes, "features", LEAD_FEATURES, LEAD_FEATURES, &features));
    LEAD_TRY(get_int(shapes, "token", 1, WIDTH_MAX, &manifest->token));
    LEAD_TRY(get_int(shapes, "condition", 1, WIDTH_MAX, &manifest->condition));
    LEAD_TRY(get_int(shapes, "map", 1, WIDTH_MAX, &manifest->map));
    LEAD_TRY(get_int(shapes, "knots", 2, KNOTS_MAX, &manifest->knots));
    LEAD_TRY(get_int(shapes, "loads", 0, LOADS_MAX, &manifest->loads));
    LEAD_TRY(get_int(shapes, "bank", 1, BANK_MAX, &manifest->bank));
    return get_int(shapes, "bank_pairs", manifest->node_count == 0, BANK_MAX,
                   &manifest->bank_pairs);
}

/* A manifest of a bank that is taken as it is need not tell. */
static lead_status parse_paths(const json_t *root, lead_manifest *manifest) {
    const json_t *paths;
    if (!json_object_get(root, "paths"))
        return LEAD_OK;
    LEAD_TRY(get(root, "paths", JSON_OBJECT, &paths));
    return get_number(paths, "smooth", 0, 1.0 / 3, &manifest->smooth);
}

static lead_status parse_diffusion(const json_t *root, lead_schedule *schedule) {
    const json_t *diffusion;
    const char *kind, *sampler;
    LEAD_TRY(get(root, "diffusion", JSON_OBJECT, &diffusion));
    LEAD_TRY(get_int(diffusion, "training_steps", 1, 1000000, &schedule->training_steps));
    LEAD_TRY(get_int(diffusion, "sampling_steps", 0, schedule->training_steps,
                     &schedule->sampling_steps));
    LEAD_TRY(get_word(diffusion, "schedule", &kind));
    if (strcmp(kind, "cosine") != 0)
        return lead_fail(LEAD_FORMAT, "key \"schedule\": expected \"cosine\", found \"%.40s\"",
                         kind);
    LEAD_TRY(get_number(diffusion, "offset", 0, 1, &schedule->offset));
    LEAD_TRY(get_word(diffusion, "sampler", &sampler));
    schedule->ddim = strcmp(sampler, "ddim") == 0;
    if (!schedule->ddim && strcmp(sampler, "euler") != 0)
        return lead_fail(LEAD_FORMAT,
                         "key \"sampler\": expected \"euler\" or \"ddim\", found \"%.40s\"",
                         sampler);
    return LEAD_OK;
}

/* A file of a checkpoint lies in its folder: a plain name, no way out. */
static bool is_plain_name(const char *name) {
    return *name && *name != '.' && strlen(name) <= NAME_MAX_BYTES && !strpbrk(name, "/\\");
}

static lead_status parse_file(const json_t *files, lead_manifest *manifest, int component) {
    const json_t *entry;
    const char *name, *sum;
    LEAD_TRY(get(files, components[component].key, JSON_OBJECT, &entry));
    LEAD_TRY(get_word(entry, "name", &name));
    if (!is_plain_name(name))
        return lead_fail(LEAD_FORMAT,
                         "key \"name\": \"%.80s\" is not the name of a file beside the manifest",
                         name);
    LEAD_TRY(get_word(entry, "sha256", &sum));
    if (strlen(sum) != 64 || strspn(sum, "0123456789abcdef") != 64)
        return lead_fail(LEAD_FORMAT,
                         "key \"sha256\": \"%.80s\" is not 64 lower-case hexadecimal digits", sum);
    memcpy(manifest->files[component].sha256, sum, 65);
    return lead_string_copy(name, &manifest->files[component].name);
}

static lead_status parse_files(const json_t *root, lead_manifest *manifest) {
    const json_t *files;
    LEAD_TRY(get(root, "files", JSON_OBJECT, &files));
    for (int i = 0; i < LEAD_COMPONENT_COUNT; i++) {
        if (components[i].generative && manifest->schedule.sampling_steps == 0)
            continue;
        lead_status status = parse_file(files, manifest, i);
        if (status != LEAD_OK)
            return lead_fail_within(status, "files.%s", components[i].key);
    }
    return LEAD_OK;
}

/* The name and the times of what it learnt from; a manifest need not tell them. */
static lead_status parse_seen(const json_t *root, lead_manifest *manifest) {
    const json_t *training = json_object_get(root, "training"),
                 *series = json_object_get(training, "series");
    const char *data =
        json_string_value(json_object_get(json_object_get(training, "config"), "data"));
    snprintf(manifest->data, sizeof manifest->data, "%s", data ? data : "");
    const char *first = json_string_value(json_object_get(series, "first")),
               *until = json_string_value(json_object_get(series, "choose_until"));
    if (!first || !until)
        return LEAD_OK;
    lead_status status = lead_time_parse(first, &manifest->seen_from);
    if (status == LEAD_OK)
        status = lead_time_parse(until, &manifest->seen_until);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "training.series");
}

static lead_status parse_root(const json_t *root, lead_manifest *manifest) {
    LEAD_TRY(parse_version(root));
    LEAD_TRY(parse_nodes(root, manifest));
    LEAD_TRY(get_integer(root, "step_seconds", manifest->node_count > 0, 86400, &manifest->step));
    LEAD_TRY(get_int(root, "history", 2, HISTORY_MAX, &manifest->history));
    LEAD_TRY(parse_list(root, "day_offsets", -OFFSET_MAX, OFFSET_MAX, &manifest->day_offsets));
    LEAD_TRY(parse_spans(root, &manifest->spans));
    LEAD_TRY(get_int(root, "horizon", 1, HORIZON_MAX, &manifest->horizon));
    LEAD_TRY(parse_shapes(root, manifest));
    LEAD_TRY(parse_paths(root, manifest));
    LEAD_TRY(parse_diffusion(root, &manifest->schedule));
    LEAD_TRY(parse_seen(root, manifest));
    return parse_files(root, manifest);
}

/* --- the constants --------------------------------------------------------------------------- */

static lead_status parse_array(const json_t *root, const char *key, size_t count, double low,
                               double high, double **out) {
    const json_t *array;
    LEAD_TRY(get(root, key, JSON_ARRAY, &array));
    if (json_array_size(array) != count)
        return lead_fail(LEAD_FORMAT, "key \"%s\": %zu numbers, expected %zu", key,
                         json_array_size(array), count);
    LEAD_TRY(lead_calloc(count, sizeof **out, out));
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        (*out)[i] = json_number_value(value);
        if (!json_is_number(value) || !((*out)[i] >= low && (*out)[i] <= high))
            return lead_fail(LEAD_FORMAT, "key \"%s\": entry %zu is not a number in %g..%g", key, i,
                             low, high);
    }
    return LEAD_OK;
}

static lead_status check_rising(const char *key, const double *values, int count) {
    for (int k = 1; k < count; k++)
        if (values[k] <= values[k - 1])
            return lead_fail(LEAD_FORMAT, "key \"%s\": entry %d is not above the one before", key,
                             k);
    return LEAD_OK;
}

static lead_status parse_constants(const json_t *root, const lead_manifest *manifest,
                                   lead_scaling *scaling) {
    const size_t pairs = (size_t)manifest->node_count * (size_t)manifest->node_count;
    const size_t steps = (size_t)manifest->horizon, knots = (size_t)manifest->knots,
                 loads = (size_t)manifest->loads;
    LEAD_TRY(parse_array(root, "share", pairs, 0, 1, &scaling->share));
    LEAD_TRY(parse_array(root, "knots", knots, -40, 40, &scaling->knots));
    LEAD_TRY(parse_array(root, "loads", loads, 0, 1e18, &scaling->loads));
    LEAD_TRY(parse_array(root, "calibration", (loads + 1) * steps * 2, -100, 100,
                         &scaling->calibration));
    for (size_t i = 0; i < pairs; i++)
        if (scaling->share[i] <= 0 && i % (size_t)(manifest->node_count + 1) != 0)
            return lead_fail(LEAD_FORMAT, "key \"share\": entry %zu is not positive", i);
    LEAD_TRY(check_rising("loads", scaling->loads, manifest->loads));
    return check_rising("knots", scaling->knots, manifest->knots);
}

static lead_status parse_json(const char *text, size_t length, json_t **root) {
    json_error_t error;
    *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!*root)
        return lead_fail(LEAD_FORMAT, "line %d: %s", error.line, error.text);
    if (!json_is_object(*root)) {
        json_decref(*root);
        *root = NULL;
        return lead_fail(LEAD_FORMAT, "expected an object");
    }
    return LEAD_OK;
}

static void free_scaling(lead_scaling *scaling) {
    free(scaling->share);
    free(scaling->knots);
    free(scaling->loads);
    free(scaling->calibration);
    *scaling = (lead_scaling){.bank = scaling->bank};
}

lead_status lead_manifest_parse_scaling(lead_manifest *manifest, const char *text, size_t length,
                                        const char *file) {
    json_t *root = NULL;
    free_scaling(&manifest->scaling);
    lead_status status = parse_json(text, length, &root);
    if (status == LEAD_OK)
        status = parse_constants(root, manifest, &manifest->scaling);
    json_decref(root);
    return status == LEAD_OK ? status : lead_fail_within(status, "%s", file);
}

lead_status lead_manifest_take_bank(lead_manifest *manifest, const char *bytes, size_t length,
                                    const char *file) {
    const size_t n = (size_t)manifest->node_count,
                 each = manifest->bank_pairs > 0 ? (size_t)manifest->bank_pairs : n * n;
    const size_t wanted = (size_t)manifest->bank * (size_t)manifest->horizon * each;
    if (length != wanted)
        return lead_fail(LEAD_FORMAT,
                         "%s: %zu bytes, expected %zu: %d windows of %d steps and %zu paths", file,
                         length, wanted, manifest->bank, manifest->horizon, each);
    free(manifest->scaling.bank);
    LEAD_TRY(lead_calloc(wanted, 1, &manifest->scaling.bank));
    memcpy(manifest->scaling.bank, bytes, wanted);
    return LEAD_OK;
}

/* --- whole ----------------------------------------------------------------------------------- */

lead_status lead_manifest_parse(const char *text, size_t length, const char *file,
                                lead_manifest **out) {
    json_t *root = NULL;
    lead_manifest *manifest = NULL;
    *out = NULL;
    LEAD_TRY(lead_calloc(1, sizeof *manifest, &manifest));
    lead_status status = parse_json(text, length, &root);
    if (status == LEAD_OK)
        status = parse_root(root, manifest);
    json_decref(root);
    if (status != LEAD_OK) {
        lead_manifest_free(manifest);
        return lead_fail_within(status, "%s", file);
    }
    *out = manifest;
    return LEAD_OK;
}

lead_status lead_manifest_path(const char *folder, const char *name, char **path) {
    const size_t length = strlen(folder) + strlen(name) + 2;
    LEAD_TRY(lead_calloc(length, 1, path));
    snprintf(*path, length, "%s/%s", folder, name);
    return LEAD_OK;
}

static lead_status check_sum(const char *path, const char *expected) {
    char sum[LEAD_SHA256_HEX];
    LEAD_TRY(lead_sha256_file(path, sum));
    if (strcmp(sum, expected) != 0)
        return lead_fail(LEAD_FORMAT, "%s: SHA-256 is %s, the manifest says %s", path, sum,
                         expected);
    return LEAD_OK;
}

static lead_status check_files(const lead_manifest *manifest, const char *folder) {
    for (int i = 0; i < LEAD_COMPONENT_COUNT; i++) {
        char *path = NULL;
        if (!manifest->files[i].name)
            continue;
        LEAD_TRY(lead_manifest_path(folder, manifest->files[i].name, &path));
        lead_status status = check_sum(path, manifest->files[i].sha256);
        free(path);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}

static lead_status read_text(const char *folder, const char *name, size_t limit, char **path,
                             char **text, size_t *length) {
    LEAD_TRY(lead_manifest_path(folder, name, path));
    return lead_file_read(*path, limit, text, length);
}

typedef lead_status (*take_part)(lead_manifest *, const char *bytes, size_t length,
                                 const char *file);

/* Reads a file of the checkpoint and hands its bytes to `take`. */
static lead_status load_part(lead_manifest *manifest, const char *folder, lead_component part,
                             size_t limit, take_part take) {
    char *path = NULL, *bytes = NULL;
    size_t length = 0;
    lead_status status =
        read_text(folder, manifest->files[part].name, limit, &path, &bytes, &length);
    if (status == LEAD_OK)
        status = take(manifest, bytes, length, path);
    free(bytes);
    free(path);
    return status;
}

lead_status lead_manifest_load(const char *folder, lead_manifest **out) {
    char *path = NULL, *text = NULL;
    size_t length = 0;
    lead_manifest *manifest = NULL;
    *out = NULL;
    lead_status status =
        read_text(folder, "manifest.json", LEAD_MANIFEST_LIMIT, &path, &text, &length);
    if (status == LEAD_OK)
        status = lead_manifest_parse(text, length, path, &manifest);
    if (status == LEAD_OK)
        status = check_files(manifest, folder);
    if (status == LEAD_OK)
        status = load_part(manifest, folder, LEAD_COMPONENT_SCALING, LEAD_SCALING_LIMIT,
                           lead_manifest_parse_scaling);
    if (status == LEAD_OK)
        status = load_part(manifest, folder, LEAD_COMPONENT_BANK, LEAD_BANK_LIMIT,
                           lead_manifest_take_bank);
    free(text);
    free(path);
    if (status != LEAD_OK) {
        lead_manifest_free(manifest);
        return status;
    }
    *out = manifest;
    return LEAD_OK;
}

void lead_manifest_free(lead_manifest *manifest) {
    if (!manifest)
        return;
    for (int i = 0; manifest->nodes && i < manifest->node_count; i++)
        free(manifest->nodes[i]);
    for (int i = 0; i < LEAD_COMPONENT_COUNT; i++)
        free(manifest->files[i].name);
    free(manifest->nodes);
    free(manifest->day_offsets.values);
    free(manifest->spans.days.values);
    free(manifest->spans.levels.values);
    free(manifest->spans.bursts.values);
    free_scaling(&manifest->scaling);
    free(manifest->scaling.bank);
    free(manifest);
}
