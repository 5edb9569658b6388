/* Variants, and those that a scenario's file lists. */
#include "study/variants/variants.h"
#include "base/array.h"
#include "formats/text/tree.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

lead_status lead_texts_take(lead_texts *texts, char *text) {
    lead_status status =
        lead_grow(&texts->list, sizeof *texts->list, texts->count, 1, &texts->room);
    if (status == LEAD_OK)
        texts->list[texts->count++] = text;
    else
        free(text);
    return status;
}

lead_status lead_texts_add(lead_texts *texts, const char *format, ...) {
    va_list arguments, again;
    char *text;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    lead_status status = lead_calloc((size_t)length + 1, 1, &text);
    if (status == LEAD_OK)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return status == LEAD_OK ? lead_texts_take(texts, text) : status;
}

void lead_texts_clear(lead_texts *texts) {
    for (int i = 0; i < texts->count; i++)
        free(texts->list[i]);
    free(texts->list);
    *texts = (lead_texts){0};
}

int lead_variants_find(const lead_variants *variants, const char *name) {
    for (int i = 0; i < variants->count; i++)
        if (strcmp(variants->list[i].name, name) == 0)
            return i;
    return -1;
}

static lead_status check_name(const lead_variants *variants, const char *name) {
    char shown[4 * LEAD_VARIANT_NAME + 1];
    if (!*name || strlen(name) > LEAD_VARIANT_NAME)
        return lead_fail(LEAD_INVALID, "a variant's name has 1 to %d bytes", LEAD_VARIANT_NAME);
    if (strcmp(lead_printable(name, shown, sizeof shown), name) != 0)
        return lead_fail(LEAD_INVALID, "\"%.60s\" cannot name a variant: it cannot be printed",
                         shown);
    if (lead_variants_find(variants, name) >= 0)
        return lead_fail(LEAD_INVALID, "two variants are called \"%.60s\"", name);
    return variants->count < LEAD_VARIANTS_MOST
               ? LEAD_OK
               : lead_fail(LEAD_INVALID, "more than %d variants", LEAD_VARIANTS_MOST);
}

lead_status lead_variants_add(lead_variants *variants, const char *name, long line,
                              lead_variant **out) {
    char *copy;
    LEAD_TRY(check_name(variants, name));
    LEAD_TRY(
        lead_grow(&variants->list, sizeof *variants->list, variants->count, 1, &variants->room));
    LEAD_TRY(lead_string_copy(name, &copy));
    *out = &variants->list[variants->count++];
    **out = (lead_variant){.name = copy, .line = line};
    return LEAD_OK;
}

void lead_variants_clear(lead_variants *variants) {
    for (int i = 0; i < variants->count; i++) {
        lead_texts_clear(&variants->list[i].sets);
        lead_texts_clear(&variants->list[i].events);
        free(variants->list[i].name);
    }
    free(variants->list);
    *variants = (lead_variants){0};
}

lead_status lead_variant_changes(const lead_variant *variant, char **text) {
    lead_file_writer *writer;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    const lead_texts *const parts[] = {&variant->sets, &variant->events};
    for (int p = 0, first = 1; p < 2; p++)
        for (int i = 0; i < parts[p]->count; i++, first = 0)
            lead_file_printf(writer, "%s%s", first ? "" : "; ", parts[p]->list[i]);
    lead_status status = lead_text_writer_finish(writer, text);
    lead_file_writer_free(writer);
    return status;
}

/* --- `variants:` of a file -------------------------------------------------------------------- */

typedef struct reader {
    const char *path;
    const lead_tree *tree;
    lead_variants *variants;
} reader;

static lead_status fail_at(const reader *in, long line, const char *format, ...) LEAD_PRINTF(3, 4);

static lead_status fail_at(const reader *in, long line, const char *format, ...) {
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return lead_fail(LEAD_FORMAT, "%s:%ld: variants: %s", in->path, line, text);
}

static lead_status expect(const reader *in, const lead_tree_node *node, lead_tree_kind kind,
                          const char *what) {
    return node->kind == kind ? LEAD_OK
                              : fail_at(in, node->line, "%s is %s, not %s", what,
                                        lead_tree_kind_name(node->kind), lead_tree_kind_name(kind));
}

/* Keys that a mapping may have. */
static lead_status check_keys(const reader *in, const lead_tree_node *mapping,
                              const char *const *known, const char *names) {
    const lead_tree_node *child = NULL;
    while ((child = lead_tree_next(in->tree, mapping, child))) {
        int i = 0;
        while (known[i] && strcmp(known[i], child->key) != 0)
            i++;
        if (!known[i])
            return lead_fail_within(lead_fail_unknown(child->key, names), "%s:%ld: variants",
                                    in->path, child->line);
    }
    return LEAD_OK;
}

static lead_status add(const reader *in, const char *name, long line, lead_variant **out) {
    lead_status status = lead_variants_add(in->variants, name, line, out);
    return status == LEAD_OK || status == LEAD_MEMORY
               ? status
               : lead_fail_within(status, "%s:%ld: variants", in->path, line);
}

/* --- a variant with a name -------------------------------------------------------------------- */

static lead_status take_sets(const reader *in, const lead_tree_node *set, lead_variant *variant) {
    const lead_tree_node *child = NULL;
    LEAD_TRY(expect(in, set, LEAD_TREE_MAPPING, "set"));
    while ((child = lead_tree_next(in->tree, set, child))) {
        if (child->kind != LEAD_TREE_SCALAR)
            return fail_at(in, child->line,
                           "%.60s is %s; state a key by its path, %.60s.KEY: VALUE", child->key,
                           lead_tree_kind_name(child->kind), child->key);
        LEAD_TRY(lead_texts_add(&variant->sets, "%s=%s", child->key, child->text));
    }
    return LEAD_OK;
}

static lead_status take_events(const reader *in, const lead_tree_node *events,
                               lead_variant *variant) {
    const lead_tree_node *child = NULL;
    LEAD_TRY(expect(in, events, LEAD_TREE_SEQUENCE, "events"));
    while ((child = lead_tree_next(in->tree, events, child))) {
        char *text;
        LEAD_TRY(expect(in, child, LEAD_TREE_MAPPING, "an event"));
        LEAD_TRY(lead_tree_print(in->tree, child, true, &text));
        LEAD_TRY(lead_texts_take(&variant->events, text));
    }
    return LEAD_OK;
}

static lead_status read_named(const reader *in, const lead_tree_node *node) {
    static const char *const known[] = {"name", "set", "events", NULL};
    const lead_tree_node *name = lead_tree_find(in->tree, node, "name"),
                         *set = lead_tree_find(in->tree, node, "set"),
                         *events = lead_tree_find(in->tree, node, "events");
    lead_variant *variant;
    LEAD_TRY(check_keys(in, node, known, "name, set, events; or grid"));
    if (!name)
        return fail_at(in, node->line, "a variant needs a name, or is a grid");
    LEAD_TRY(expect(in, name, LEAD_TREE_SCALAR, "name"));
    if (!set && !events)
        return fail_at(in, node->line, "\"%.60s\" changes nothing: state set, or events",
                       name->text);
    LEAD_TRY(add(in, name->text, node->line, &variant));
    if (set)
        LEAD_TRY(take_sets(in, set, variant));
    return events ? take_events(in, events, variant) : LEAD_OK;
}

/* --- a grid ----------------------------------------------------------------------------------- */

enum { AXES = 16 };

typedef struct axis {
    const char *key, *label; /* label: the end of the key that tells it from the others' */
    const lead_tree_node *values, *at;
} axis;

/* Where the last `depth` parts of a key begin. */
static const char *tail_of(const char *key, int depth) {
    const char *at = key + strlen(key);
    while (at > key && (at[-1] != '.' || --depth > 0))
        at--;
    return at;
}

static void label_axes(axis *axes, int count) {
    for (int i = 0; i < count; i++) {
        bool alone = false;
        for (int depth = 1; !alone; depth++) {
            axes[i].label = tail_of(axes[i].key, depth);
            alone = true;
            for (int j = 0; j < count; j++)
                alone =
                    alone && (j == i || strcmp(axes[i].label, tail_of(axes[j].key, depth)) != 0);
            if (axes[i].label == axes[i].key)
                break;
        }
    }
}

static lead_status check_axis(const reader *in, const lead_tree_node *values) {
    const lead_tree_node *child = NULL;
    if (values->kind == LEAD_TREE_SCALAR)
        return LEAD_OK;
    LEAD_TRY(expect(in, values, LEAD_TREE_SEQUENCE, values->key));
    if (values->count == 0)
        return fail_at(in, values->line, "%.60s has no values", values->key);
    while ((child = lead_tree_next(in->tree, values, child)))
        LEAD_TRY(expect(in, child, LEAD_TREE_SCALAR, values->key));
    return LEAD_OK;
}

static lead_status add_point(const reader *in, const axis *axes, int count, long line) {
    char name[LEAD_VARIANT_NAME + 2];
    lead_variant *variant;
    int length = 0;
    for (int i = 0; i < count; i++) {
        length += snprintf(name + length, sizeof name - (size_t)length, "%s%s=%s", i ? "," : "",
                           axes[i].label, axes[i].at->text);
        if (length > LEAD_VARIANT_NAME)
            return fail_at(in, line, "the name of a point of the grid has more than %d bytes",
                           LEAD_VARIANT_NAME);
    }
    LEAD_TRY(add(in, name, line, &variant));
    for (int i = 0; i < count; i++)
        LEAD_TRY(lead_texts_add(&variant->sets, "%s=%s", axes[i].key, axes[i].at->text));
    return LEAD_OK;
}

static const lead_tree_node *first_value(const reader *in, const axis *of) {
    return of->values->kind == LEAD_TREE_SCALAR ? of->values
                                                : lead_tree_next(in->tree, of->values, NULL);
}

/* To the next point, the last axis first; false behind the last. */
static bool step(const reader *in, axis *axes, int count) {
    for (int i = count - 1; i >= 0; i--) {
        const lead_tree_node *next = axes[i].values->kind == LEAD_TREE_SCALAR
                                         ? NULL
                                         : lead_tree_next(in->tree, axes[i].values, axes[i].at);
        axes[i].at = next ? next : first_value(in, &axes[i]);
        if (next)
            return true;
    }
    return false;
}

static lead_status read_grid(const reader *in, const lead_tree_node *node) {
    static const char *const known[] = {"grid", NULL};
    const lead_tree_node *grid = lead_tree_find(in->tree, node, "grid"), *child = NULL;
    axis axes[AXES];
    int count = 0;
    LEAD_TRY(check_keys(in, node, known, "grid, which stands alone; or name, set, events"));
    LEAD_TRY(expect(in, grid, LEAD_TREE_MAPPING, "grid"));
    while ((child = lead_tree_next(in->tree, grid, child))) {
        if (count == AXES)
            return fail_at(in, child->line, "a grid has at most %d keys", AXES);
        LEAD_TRY(check_axis(in, child));
        axes[count] = (axis){.key = child->key, .values = child};
        axes[count].at = first_value(in, &axes[count]);
        count++;
    }
    if (count == 0)
        return fail_at(in, grid->line, "the grid is empty");
    label_axes(axes, count);
    do
        LEAD_TRY(add_point(in, axes, count, node->line));
    while (step(in, axes, count));
    return LEAD_OK;
}

static lead_status read_all(const reader *in) {
    const lead_tree_node *root = &in->tree->nodes[0], *child = NULL;
    LEAD_TRY(expect(in, root, LEAD_TREE_SEQUENCE, "it"));
    while ((child = lead_tree_next(in->tree, root, child))) {
        LEAD_TRY(expect(in, child, LEAD_TREE_MAPPING, "a variant"));
        LEAD_TRY(lead_tree_find(in->tree, child, "grid") ? read_grid(in, child)
                                                         : read_named(in, child));
    }
    return LEAD_OK;
}

lead_status lead_variants_read(const char *path, lead_variants *variants) {
    lead_tree *tree;
    LEAD_TRY(lead_tree_read(path, "variants", &tree));
    reader in = {path, tree, variants};
    lead_status status = tree ? read_all(&in) : LEAD_OK;
    lead_tree_free(tree);
    return status;
}
