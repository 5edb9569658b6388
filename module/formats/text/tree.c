/* tree: see tree.h. Built from libyaml's events, which tell of aliases; a document would hide them.
 */
#include "formats/text/tree.h"
#include "base/array.h"
#include "base/expects.h"
#include "formats/text/yaml.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { LARGEST_FILE = 1 << 24 };

/* A collection that is not closed yet. */
typedef struct level {
    int node, last; /* its place, and that of its last child; 0: none yet */
    char *key;      /* of a mapping: read, and waiting for its value */
    long key_line;
} level;

typedef struct builder {
    const char *path, *wanted;
    yaml_parser_t parser;
    yaml_event_t event;
    lead_tree *tree; /* NULL until the key is found */
    level levels[LEAD_TREE_DEEPEST];
    int depth; /* of the part; 0: outside */
} builder;

static long line_of(const builder *self) {
    return (long)self->event.start_mark.line + 1;
}

static lead_status next(builder *self) {
    yaml_event_delete(&self->event);
    if (yaml_parser_parse(&self->parser, &self->event))
        return LEAD_OK;
    if (self->parser.error == YAML_MEMORY_ERROR)
        return lead_fail(LEAD_MEMORY, "%s: no memory", self->path);
    return lead_fail(LEAD_FORMAT, "%s:%zu: %s", self->path, self->parser.problem_mark.line + 1,
                     self->parser.problem ? self->parser.problem : "this is no YAML");
}

static bool is_end(yaml_event_type_t type) {
    return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
}

/* Passes the rest of the node that the event at hand begins. */
static lead_status pass(builder *self) {
    for (long open = 0;;) {
        yaml_event_type_t type = self->event.type;
        open += type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        open -= is_end(type);
        if (open == 0)
            return LEAD_OK;
        LEAD_TRY(next(self));
    }
}

/* --- the part --------------------------------------------------------------------------------- */

static lead_status scalar_text(const builder *self, char **out) {
    const char *text = (const char *)self->event.data.scalar.value;
    if (strlen(text) != self->event.data.scalar.length)
        return lead_fail(LEAD_FORMAT, "%s:%ld: there is a NUL byte in it", self->path,
                         line_of(self));
    return lead_string_copy(text, out);
}

/* Aliases would let a small file be a large tree. */
static lead_status check_plain(const builder *self) {
    const yaml_event_t *event = &self->event;
    bool anchored =
        event->type == YAML_ALIAS_EVENT ||
        (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
        (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
        (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
    return anchored ? lead_fail(LEAD_FORMAT,
                                "%s:%ld: %s: anchors and aliases (& and *) are not understood here",
                                self->path, line_of(self), self->wanted)
                    : LEAD_OK;
}

static lead_status take_key(const builder *self, level *at) {
    const lead_tree *tree = self->tree;
    if (self->event.type != YAML_SCALAR_EVENT)
        return lead_fail(LEAD_FORMAT, "%s:%ld: %s: a key must be a word", self->path, line_of(self),
                         self->wanted);
    LEAD_TRY(scalar_text(self, &at->key));
    at->key_line = line_of(self);
    return lead_tree_find(tree, &tree->nodes[at->node], at->key)
               ? lead_fail(LEAD_FORMAT, "%s:%ld: %s: \"%.60s\" is there twice", self->path,
                           line_of(self), self->wanted, at->key)
               : LEAD_OK;
}

/* A new node behind its elder ones; its key changes hands. */
static lead_status add(builder *self, lead_tree_kind kind, int *place) {
    lead_tree *tree = self->tree;
    if (tree->count == LEAD_TREE_MOST)
        return lead_fail(LEAD_FORMAT, "%s:%ld: %s: more than %d values", self->path, line_of(self),
                         self->wanted, LEAD_TREE_MOST);
    LEAD_TRY(lead_grow(&tree->nodes, sizeof *tree->nodes, tree->count, 1, &tree->room));
    lead_tree_node *node = &tree->nodes[tree->count];
    *node = (lead_tree_node){.kind = kind, .line = line_of(self)};
    *place = tree->count++;
    if (self->depth == 0)
        return LEAD_OK;
    level *at = &self->levels[self->depth - 1];
    lead_tree_node *parent = &tree->nodes[at->node];
    if (at->key)
        node->line = at->key_line;
    node->key = at->key;
    at->key = NULL;
    *(at->last ? &tree->nodes[at->last].next : &parent->first) = *place;
    at->last = *place;
    parent->count++;
    return LEAD_OK;
}

static lead_status open_level(builder *self, lead_tree_kind kind) {
    int place;
    if (self->depth == LEAD_TREE_DEEPEST)
        return lead_fail(LEAD_FORMAT, "%s:%ld: %s: more than %d levels", self->path, line_of(self),
                         self->wanted, LEAD_TREE_DEEPEST);
    LEAD_TRY(add(self, kind, &place));
    self->levels[self->depth++] = (level){.node = place};
    return LEAD_OK;
}

static lead_status take(builder *self) {
    level *at = self->depth > 0 ? &self->levels[self->depth - 1] : NULL;
    yaml_event_type_t type = self->event.type;
    int place;
    LEAD_TRY(check_plain(self));
    if (is_end(type)) {
        self->depth--;
        return LEAD_OK;
    }
    if (at && !at->key && self->tree->nodes[at->node].kind == LEAD_TREE_MAPPING)
        return take_key(self, at);
    if (type == YAML_SEQUENCE_START_EVENT)
        return open_level(self, LEAD_TREE_SEQUENCE);
    if (type == YAML_MAPPING_START_EVENT)
        return open_level(self, LEAD_TREE_MAPPING);
    LEAD_TRY(add(self, LEAD_TREE_SCALAR, &place));
    return scalar_text(self, &self->tree->nodes[place].text);
}

static lead_status build(builder *self) {
    LEAD_TRY(lead_calloc(1, sizeof *self->tree, &self->tree));
    do {
        LEAD_TRY(take(self));
        if (self->depth > 0)
            LEAD_TRY(next(self));
    } while (self->depth > 0);
    return LEAD_OK;
}

/* --- the file --------------------------------------------------------------------------------- */

static bool is_wanted(const builder *self) {
    return self->event.type == YAML_SCALAR_EVENT &&
           strcmp((const char *)self->event.data.scalar.value, self->wanted) == 0;
}

/* From the first event to the end of the part, or of the file where it is not there. */
static lead_status search(builder *self) {
    do
        LEAD_TRY(next(self));
    while (self->event.type == YAML_STREAM_START_EVENT ||
           self->event.type == YAML_DOCUMENT_START_EVENT);
    if (self->event.type != YAML_MAPPING_START_EVENT)
        return LEAD_OK;
    for (;;) {
        LEAD_TRY(next(self));
        if (self->event.type == YAML_MAPPING_END_EVENT)
            return LEAD_OK;
        bool wanted = is_wanted(self);
        if (wanted && self->tree)
            return lead_fail(LEAD_FORMAT, "%s:%ld: %s is there twice", self->path, line_of(self),
                             self->wanted);
        LEAD_TRY(pass(self)); /* the key */
        LEAD_TRY(next(self));
        LEAD_TRY(wanted ? build(self) : pass(self));
    }
}

lead_status lead_tree_read(const char *path, const char *key, lead_tree **out) {
    LEAD_EXPECTS(path && key && out);
    builder self = {.path = path, .wanted = key};
    char *text;
    size_t length;
    *out = NULL;
    LEAD_TRY(lead_file_read(path, LARGEST_FILE, &text, &length));
    lead_status status = yaml_parser_initialize(&self.parser)
                             ? LEAD_OK
                             : lead_fail(LEAD_MEMORY, "%s: no memory", path);
    if (status == LEAD_OK) {
        yaml_parser_set_input_string(&self.parser, (const unsigned char *)text, length);
        status = search(&self);
        yaml_event_delete(&self.event);
        yaml_parser_delete(&self.parser);
    }
    free(text);
    for (int i = 0; i < LEAD_TREE_DEEPEST; i++)
        free(self.levels[i].key);
    if (status == LEAD_OK)
        *out = self.tree;
    else
        lead_tree_free(self.tree);
    return status;
}

void lead_tree_free(lead_tree *tree) {
    if (!tree)
        return;
    for (int i = 0; i < tree->count; i++) {
        free(tree->nodes[i].key);
        free(tree->nodes[i].text);
    }
    free(tree->nodes);
    free(tree);
}

/* --- looking into it -------------------------------------------------------------------------- */

const lead_tree_node *lead_tree_next(const lead_tree *tree, const lead_tree_node *parent,
                                     const lead_tree_node *child) {
    int place = child ? child->next : parent->first;
    return place ? &tree->nodes[place] : NULL;
}

const lead_tree_node *lead_tree_find(const lead_tree *tree, const lead_tree_node *mapping,
                                     const char *key) {
    const lead_tree_node *child = NULL;
    while ((child = lead_tree_next(tree, mapping, child)))
        if (child->key && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

const char *lead_tree_kind_name(lead_tree_kind kind) {
    static const char *const names[] = {"a value", "a sequence", "a mapping"};
    return names[kind];
}

/* Words and numbers as people write them, all else in quotes. */
static void print_scalar(lead_file_writer *writer, const char *text) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (*text && *text != '-' && !text[strspn(text, plain)])
        lead_file_printf(writer, "%s", text);
    else
        lead_yaml_print(writer, text);
}

static void print(lead_file_writer *writer, const lead_tree *tree, const lead_tree_node *node,
                  bool bare) {
    static const char *const brackets[] = {"", "[]", "{}"};
    const lead_tree_node *child = NULL;
    if (node->kind == LEAD_TREE_SCALAR) {
        print_scalar(writer, node->text);
        return;
    }
    if (!bare)
        lead_file_printf(writer, "%c", brackets[node->kind][0]);
    while ((child = lead_tree_next(tree, node, child))) {
        if (node->first != child - tree->nodes)
            lead_file_printf(writer, ", ");
        if (child->key) {
            print_scalar(writer, child->key);
            lead_file_printf(writer, ": ");
        }
        print(writer, tree, child, false); /* at most LEAD_TREE_DEEPEST levels */
    }
    if (!bare)
        lead_file_printf(writer, "%c", brackets[node->kind][1]);
}

lead_status lead_tree_print(const lead_tree *tree, const lead_tree_node *node, bool bare,
                            char **text) {
    lead_file_writer *writer;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    print(writer, tree, node, bare);
    lead_status status = lead_text_writer_finish(writer, text);
    lead_file_writer_free(writer);
    return status;
}
