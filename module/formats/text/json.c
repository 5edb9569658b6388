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

json_t *lead_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}
