/* Memory of the C library, which a host may refuse. */
#include "base/memory.h"
#include "base/expects.h"
#include <stdlib.h>
#include <string.h>

static lead_memory_hook asked;
static void *asked_data;

void lead_memory_set_hook(lead_memory_hook hook, void *data) {
    asked = hook;
    asked_data = data;
}

bool lead_memory_allowed(size_t size) {
    return !asked || asked(size, asked_data);
}

void *lead_realloc(void *old, size_t size) {
    return lead_memory_allowed(size) ? realloc(old, size) : NULL;
}

lead_status lead_calloc(size_t count, size_t size, void *out) {
    LEAD_EXPECTS(out);
    bool fits = size == 0 || count <= PTRDIFF_MAX / size;
    fits = fits && lead_memory_allowed(count * size);
    void *memory = fits ? calloc(count ? count : 1, size ? size : 1) : NULL;
    if (!memory)
        return lead_fail(LEAD_MEMORY, "no memory for %zu items of %zu bytes", count, size);
    memcpy(out, &memory, sizeof memory);
    return LEAD_OK;
}

lead_status lead_string_copy(const char *text, char **out) {
    LEAD_EXPECTS(text && out);
    size_t size = strlen(text) + 1;
    LEAD_TRY(lead_calloc(size, 1, out));
    memcpy(*out, text, size);
    return LEAD_OK;
}
