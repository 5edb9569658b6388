/* json: see json.h. */
#include "cli/text/json.h"
#include <math.h>

void lead_cli_json_set(json_t *object, const char *key, double value) {
    json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}
