/* A part of a YAML file as a tree of mappings, sequences and scalars, each with its line: for parts
 * whose keys are free, which no libcyaml schema can list. */
#ifndef LEAD_FORMATS_TEXT_TREE_H
#define LEAD_FORMATS_TEXT_TREE_H

#include <lead/base.h>

typedef enum lead_tree_kind {
    LEAD_TREE_SCALAR,
    LEAD_TREE_SEQUENCE,
    LEAD_TREE_MAPPING
} lead_tree_kind;

typedef struct lead_tree_node {
    lead_tree_kind kind;
    long line;        /* in the file, from 1; a mapping's value has that of its key */
    char *key;        /* of a mapping's value; NULL in a sequence and at the root */
    char *text;       /* of a scalar; NULL of what is none */
    int first, count; /* children: the place of the first one, 0 for none, and how many */
    int next;         /* the place of the next child of the same parent; 0: none */
} lead_tree_node;

/* nodes[0] is the root: the value of the part's key. */
typedef struct lead_tree {
    lead_tree_node *nodes;
    int count, room;
} lead_tree;

enum { LEAD_TREE_DEEPEST = 16, LEAD_TREE_MOST = 1 << 20 }; /* levels, nodes of a part */

/* Reads the value of a key of the file's top mapping. *out is NULL where the file has no such key;
 * the rest of the file is only looked at as far as YAML needs. LEAD_FORMAT, "file:line: ...", for
 * what is no YAML, a key that is there twice or is no scalar, an alias or an anchor within the
 * part, and more levels or nodes than there may be; LEAD_IO, LEAD_MEMORY. O(size of the file), but
 * quadratic in the keys of one mapping. */
lead_status lead_tree_read(const char *path, const char *key, lead_tree **out);
/* NULL is allowed. */
void lead_tree_free(lead_tree *tree);

/* The children of a node one after the other: NULL before the first, NULL after the last. */
const lead_tree_node *lead_tree_next(const lead_tree *tree, const lead_tree_node *parent,
                                     const lead_tree_node *child);
/* A mapping's value; NULL: there is none, or it is no mapping. */
const lead_tree_node *lead_tree_find(const lead_tree *tree, const lead_tree_node *mapping,
                                     const char *key);
/* "a mapping", "a sequence", "a value". */
const char *lead_tree_kind_name(lead_tree_kind kind);

/* A node as YAML in one line, as it stands in a flow: "{a: 1}"; without the braces of a
 * mapping where `bare`. In *text, freed with free(). */
lead_status lead_tree_print(const lead_tree *tree, const lead_tree_node *node, bool bare,
                            char **text);

#endif
