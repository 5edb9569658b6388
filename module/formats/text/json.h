/* JSON files, with file and line in every error. */
#ifndef LEAD_FORMATS_TEXT_JSON_H
#define LEAD_FORMATS_TEXT_JSON_H

#include <jansson.h>
#include <lead/base.h>

/* Reads a file of at most `limit` bytes into *root, to be freed with json_decref(). LEAD_FORMAT for
 * what is no JSON, LEAD_IO, LEAD_MEMORY. */
lead_status lead_json_read(const char *path, size_t limit, json_t **root);

/* Writes *root, which it frees, as the file (through a lead_file_writer: whole or not at all), with
 * `flags` of json_dumps(). LEAD_MEMORY, LEAD_IO. */
lead_status lead_json_write(const char *path, json_t *root, size_t flags);

/* A number as JSON has it: null for one that is not finite. */
json_t *lead_json_number(double value);
/* Sets that of an object. */
void lead_json_set(json_t *object, const char *key, double value);

#endif
