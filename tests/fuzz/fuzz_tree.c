/* Any bytes as a scenario file with variants: read as a tree, and as variants, or refused. What is
 * printed of a tree reads back the same. */
#include "bytes.h"
#include "formats/text/tree.h"
#include "fuzz.h"
#include "study/variants/variants.h"
#include <string.h>

static void print_again(const lead_tree *tree) {
    char *text, *again;
    lead_tree *copy;
    if (lead_tree_print(tree, &tree->nodes[0], false, &text) != LEAD_OK)
        return;
    size_t size = strlen(text) + 20;
    char *whole = malloc(size);
    if (!whole)
        abort();
    int length = snprintf(whole, size, "variants: %s\n", text);
    const char *path = fuzz_file((const uint8_t *)whole, (size_t)length, ".again.yaml");
    lead_status status = lead_tree_read(path, "variants", &copy);
    /* libyaml takes no more than 1024 bytes for a key in a flow */
    FUZZ_HOLDS(status == LEAD_OK || strstr(lead_last_message(), "could not find expected ':'") ||
                   strstr(lead_last_message(), "did not find"),
               "%s: %s", lead_last_message(), text);
    if (status == LEAD_OK) {
        if (lead_tree_print(copy, &copy->nodes[0], false, &again) != LEAD_OK)
            abort();
        FUZZ_HOLDS(strcmp(text, again) == 0, "%s\n%s", text, again);
        free(again);
        lead_tree_free(copy);
    }
    unlink(path);
    free(whole);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(data, size, ".yaml");
    lead_variants variants = {0};
    lead_tree *tree;
    if (lead_tree_read(path, "variants", &tree) == LEAD_OK && tree) {
        print_again(tree);
        lead_tree_free(tree);
    }
    path = fuzz_file(data, size, ".yaml");
    (void)lead_variants_read(path, &variants);
    lead_variants_clear(&variants);
    unlink(path);
    return 0;
}
