/* json: what the commands write alike. */
#ifndef LEAD_CLI_TEXT_JSON_H
#define LEAD_CLI_TEXT_JSON_H

#include <jansson.h>

/* Sets a number; null for one that is not finite. */
void lead_cli_json_set(json_t *object, const char *key, double value);

#endif
