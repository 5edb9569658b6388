/* The tables as a JSON Schema of scenario files; see lead/scenario.h. */
#include "options/scenario_options.h"
#include <jansson.h>
#include <string.h>

/* "a, b, c" as an array. */
static json_t *words_of(const char *words) {
    json_t *list = json_array();
    while (*words) {
        size_t length = strcspn(words, ",");
        json_array_append_new(list, json_stringn(words, length));
        words += length;
        words += strspn(words, ", ");
    }
    return list;
}

static bool is_plain(const lead_option *row) {
    return row->kind == LEAD_OPTION_REAL || row->kind == LEAD_OPTION_WHOLE ||
           row->kind == LEAD_OPTION_LONG || row->kind == LEAD_OPTION_SEED;
}

static json_t *value_of(const lead_option *row) {
    json_t *value = json_object();
    json_object_set_new(value, "description", json_string(row->help));
    if (*row->words)
        json_object_set_new(value, "enum", words_of(row->words));
    else if (is_plain(row)) {
        json_object_set_new(value, "type",
                            json_string(row->kind == LEAD_OPTION_REAL ? "number" : "integer"));
        json_object_set_new(value, "minimum", json_real(row->least));
        json_object_set_new(value, "maximum", json_real(row->most));
    } else /* with a unit or without */
        json_object_set_new(value, "type", json_pack("[ss]", "string", "number"));
    return value;
}

/* The object at a section's key, which is made where it is not there yet: "policies[].te". */
static json_t *object_at(json_t *root, const char *key) {
    json_t *at = root;
    while (*key && at) {
        size_t length = strcspn(key, ".[");
        bool many = key[length] == '[';
        char name[40];
        snprintf(name, sizeof name, "%.*s", (int)length, key);
        json_t *properties = json_object_get(at, "properties");
        json_t *next = json_object_get(properties, name);
        if (!next) {
            next =
                json_pack("{sssbs{}}", "type", "object", "additionalProperties", 0, "properties");
            json_object_set_new(properties, name,
                                many ? json_pack("{sssO}", "type", "array", "items", next) : next);
            if (many)
                json_decref(next); /* the array holds it */
        } else if (many)
            next = json_object_get(next, "items");
        at = next;
        key += length;
        key += strspn(key, ".[]");
    }
    return at;
}

static void add_row(json_t *object, const lead_option *row) {
    json_object_set_new(json_object_get(object, "properties"), row->name, value_of(row));
    if (strcmp(row->usual_text, "needed") != 0)
        return;
    if (!json_object_get(object, "required"))
        json_object_set_new(object, "required", json_array());
    json_array_append_new(json_object_get(object, "required"), json_string(row->name));
}

/* A variant's parts are no texts; it is a grid, or has a name. */
static void add_variants(json_t *root) {
    json_t *variant = object_at(root, "variants[]"), *keys = json_object_get(variant, "properties");
    json_object_del(variant, "required");
    json_object_set_new(json_object_get(keys, "set"), "type", json_string("object"));
    json_object_set_new(json_object_get(keys, "grid"), "type", json_string("object"));
    json_object_set(keys, "events", json_object_get(json_object_get(root, "properties"), "events"));
}

/* Policies, metrics and tolerances: module/baseline reads them. */
static void add_expectations(json_t *root) {
    json_object_set_new(json_object_get(root, "properties"), "expect",
                        json_pack("{ss}", "type", "object"));
}

/* What is no row: which parts must be there, and that a policy may measure on its own. */
static void add_parts(json_t *root) {
    json_t *required = json_object_get(root, "required"), *policy = object_at(root, "policies[]");
    json_array_append_new(required, json_string("topology"));
    json_array_append_new(required, json_string("traffic"));
    json_array_append_new(required, json_string("policies"));
    json_array_append_new(json_object_get(policy, "required"), json_string("te"));
    json_object_set(json_object_get(policy, "properties"), "measure", object_at(root, "measure"));
    add_variants(root);
    add_expectations(root);
}

lead_status lead_scenario_print_schema(FILE *to) {
    json_t *root = json_pack(
        "{sssssssbs{}}", "$schema", "https://json-schema.org/draft/2020-12/schema", "title",
        "A scenario of ns3-lead", "type", "object", "additionalProperties", 0, "properties");
    for (int s = 0; lead_option_sections[s]; s++)
        for (int i = 0; i < lead_option_sections[s]->count; i++)
            add_row(object_at(root, lead_option_sections[s]->key),
                    &lead_option_sections[s]->rows[i]);
    add_parts(root);
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    json_decref(root);
    if (!text)
        return lead_fail(LEAD_MEMORY, "no memory for the schema");
    int printed = fprintf(to, "%s\n", text);
    free(text);
    return printed > 0 ? LEAD_OK : lead_fail(LEAD_IO, "the schema cannot be written");
}
