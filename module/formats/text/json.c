#include "formats/text/json.h"
#include <math.h>
#include <stdlib.h>

lead_status lead_json_read(const char *path, size_t limit, json_t **root) {
    char *text;
    size_t length;
    json_error_t error;
    LEAD_TRY(lead_file_read(path, limit, &text, &length));
    *root = json_loadb(text, length, 0, &error);
    free(text);
    return *root ? LEAD_OK : lead_fail(LEAD_FORMAT, "%s:%d: %s", path, error.line, error.text);
}

static lead_status write_text(const char *path, const char *text) {
    lead_file_writer *writer = NULL;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s\n", text);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

lead_status lead_json_write(const char *path, json_t *root, size_t flags) {
    char *text = json_dumps(root, flags);
    json_decref(root);
    if (!text)
        return lead_fail(LEAD_MEMORY, "%s: no memory for its JSON", path);
    lead_status status = write_text(path, text);
    free(text);
    return status;
}

json_t *lead_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

void lead_json_set(json_t *object, const char *key, double value) {
    json_object_set_new(object, key, lead_json_number(value));
}
