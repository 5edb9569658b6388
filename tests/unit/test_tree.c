/* A part of a YAML file as a tree: what is there, where it stands, what is refused. */
#include "formats/text/tree.h"
#include "support.h"

static lead_tree *read_part(const char *text) {
    lead_tree *tree;
    assert_ok(lead_tree_read(test_file("tree.yaml", text), "part", &tree));
    return tree;
}

static void assert_prints(const lead_tree *tree, const lead_tree_node *node, bool bare,
                          const char *wanted) {
    char *text;
    assert_ok(lead_tree_print(tree, node, bare, &text));
    assert_string_equal(text, wanted);
    free(text);
}

static void a_part_is_read(void **state) {
    (void)state;
    lead_tree *tree = read_part("name: x\n"
                                "part:\n"
                                "  - name: dearer\n"
                                "    set: { a.b: 0.1, c: \"x, y\" }\n"
                                "  - [1, '', -]\n"
                                "other: &anchor { a: [1, 2] }\n"
                                "last: *anchor\n");
    const lead_tree_node *root = &tree->nodes[0], *first = lead_tree_next(tree, root, NULL);
    assert_int_equal(root->kind, LEAD_TREE_SEQUENCE);
    assert_int_equal(root->count, 2);
    assert_int_equal(first->kind, LEAD_TREE_MAPPING);
    assert_int_equal(first->line, 3);
    assert_string_equal(lead_tree_find(tree, first, "name")->text, "dearer");
    const lead_tree_node *set = lead_tree_find(tree, first, "set");
    assert_int_equal(set->line, 4);
    assert_string_equal(lead_tree_find(tree, set, "c")->text, "x, y");
    assert_null(lead_tree_find(tree, set, "b"));
    assert_prints(tree, set, true, "a.b: 0.1, c: \"x, y\"");
    const lead_tree_node *second = lead_tree_next(tree, root, first);
    assert_prints(tree, second, false, "[1, \"\", \"-\"]");
    assert_null(lead_tree_next(tree, root, second));
    assert_null(lead_tree_find(tree, second, "name"));
    lead_tree_free(tree);
}

static void what_is_printed_reads_back(void **state) {
    (void)state;
    static const char part[] = "{a: [1, {b: \"\\u0007\\\"x\\\"\"}], \"c d\": {}, e: \"\"}";
    char text[200];
    snprintf(text, sizeof text, "part: %s\n", part);
    lead_tree *tree = read_part(text);
    assert_prints(tree, &tree->nodes[0], false, part);
    lead_tree_free(tree);
}

static void a_scalar_and_nothing(void **state) {
    (void)state;
    lead_tree *tree = read_part("part: 12:00\n");
    assert_int_equal(tree->count, 1);
    assert_string_equal(tree->nodes[0].text, "12:00");
    lead_tree_free(tree);
    assert_null(read_part("name: x\n"));
    assert_null(read_part(""));
    assert_null(read_part("[part, x]\n"));
}

static void assert_refused(const char *text, const char *part) {
    lead_tree *tree;
    assert_fails(lead_tree_read(test_file("tree.yaml", text), "part", &tree), LEAD_FORMAT, part);
    assert_null(tree);
}

static void what_is_wrong_is_refused_with_its_line(void **state) {
    (void)state;
    assert_refused("name: x\npart: { a: 1, a: 2 }\n", "tree.yaml:2: part: \"a\" is there twice");
    assert_refused("x: &a 1\npart:\n  - *a\n", "tree.yaml:3: part: anchors");
    assert_refused("part:\n  - &a {}\n", "tree.yaml:2: part: anchors");
    assert_refused("part: [1]\nx: 1\npart: [2]\n", "tree.yaml:3: part is there twice");
    assert_refused("part: [1,\n", "tree.yaml:2: ");
    assert_refused("part: { [1]: 2 }\n", "tree.yaml:1: part: a key must be a word");
    assert_refused("part: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n", "more than 16 levels");
    assert_refused("part: \"a\\0b\"\n", "NUL");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_part_is_read),
                                       cmocka_unit_test(what_is_printed_reads_back),
                                       cmocka_unit_test(a_scalar_and_nothing),
                                       cmocka_unit_test(what_is_wrong_is_refused_with_its_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
