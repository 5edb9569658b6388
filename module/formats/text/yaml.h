/* YAML files read by a libcyaml schema, with file, line and key in every error. */
#ifndef LEAD_FORMATS_TEXT_YAML_H
#define LEAD_FORMATS_TEXT_YAML_H

#include <cyaml/cyaml.h>
#include <lead/base.h>

/* Reads `path` (at most 16 MiB) by `schema` into a new structure, freed by lead_yaml_free. Unknown
 * keys, wrong types and missing fields are LEAD_FORMAT. */
lead_status lead_yaml_read(const char *path, const cyaml_schema_value_t *schema, void *out);
/* The same of one mapping as a command line has it, "key: value, key: value"; `where` stands for
 * the path in messages. */
lead_status lead_yaml_read_flow(const char *where, const char *flow,
                                const cyaml_schema_value_t *schema, void *out);
void lead_yaml_free(const cyaml_schema_value_t *schema, void *data);

/* Writes `text` (UTF-8) as a double-quoted scalar that reads back the same. */
void lead_yaml_print(lead_file_writer *writer, const char *text);

/* Stores "path:line: key: ..." for the value at a key path like "policies[2].te.algorithm" (the
 * line of its nearest ancestor that is there) and returns `status`. */
lead_status lead_yaml_fail(const char *path, const char *key, lead_status status,
                           const char *format, ...) LEAD_PRINTF(4, 5);
/* The same around the message that is stored. */
lead_status lead_yaml_fail_within(const char *path, const char *key, lead_status status);
/* Logs "path:line: key: ..." as a warning. */
void lead_yaml_warn(const char *path, const char *key, const char *text);

#endif
