/* JSON files, with file and line in every error. */
#ifndef LEAD_FORMATS_TEXT_JSON_H
#define LEAD_FORMATS_TEXT_JSON_H

#include <jansson.h>
#include <lead/base.h>

/* Reads a file of at most `limit` bytes into *root, to be freed with json_decref(). LEAD_FORMAT for
 * what is no JSON, LEAD_IO, LEAD_MEMORY. */
lead_status lead_json_read(const char *path, size_t limit, json_t **root);

/* A number as JSON has it: null for one that is not finite. */
json_t *lead_json_number(double value);

#endif
