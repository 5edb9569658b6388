/* libcyaml with its log turned into one message, and libyaml to find the line of a key. */
#include "formats/text/yaml.h"
#include "base/memory.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { LARGEST_FILE = 1 << 24 };

/* What libcyaml says while it fails: the first line is the reason, the backtrace holds the place,
 * innermost first. */
typedef struct yaml_log {
    char reason[300], field[120];
    unsigned line;
} yaml_log;

static void keep_log(cyaml_log_t level, void *context, const char *format, va_list arguments) {
    yaml_log *log = context;
    char text[300];
    (void)level;
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    char *field = strstr(text, "in mapping field '"), *place = strstr(text, "(line: ");
    if (place && !log->line)
        log->line = (unsigned)strtoul(place + 7, NULL, 10);
    if (field && !log->field[0])
        snprintf(log->field, sizeof log->field, "%.*s", (int)strcspn(field + 18, "'"), field + 18);
    if (!place && !log->reason[0] && !strstr(text, "Backtrace"))
        snprintf(log->reason, sizeof log->reason, "%s",
                 strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
}

/* As cyaml_mem: room for `size` bytes; 0 frees. */
static void *memory(void *context, void *old, size_t size) {
    (void)context;
    if (size > 0)
        return lead_realloc(old, size);
    free(old);
    return NULL;
}

static cyaml_config_t config_for(yaml_log *log) {
    return (cyaml_config_t){.log_fn = log ? keep_log : NULL,
                            .log_ctx = log,
                            .mem_fn = memory,
                            .log_level = CYAML_LOG_ERROR,
                            .flags = CYAML_CFG_DEFAULT};
}

static const char unexpected[] = "Unexpected key: ";

/* The key that libcyaml did not expect; NULL: it failed for another reason. */
static const char *unexpected_key(const yaml_log *log) {
    size_t length = sizeof unexpected - 1;
    return strncmp(log->reason, unexpected, length) == 0 ? log->reason + length : NULL;
}

/* libcyaml tells the line on which the mapping begins that has the unexpected key: the key's own
 * line is searched for from there. */
static void correct_line(yaml_log *log, const char *text) {
    const char *key = unexpected_key(log);
    unsigned number = 1;
    if (!key)
        return;
    for (const char *line = text; line; number++) {
        const char *end = strchr(line, '\n'),
                   *found = number >= log->line ? strstr(line, key) : NULL;
        if (found && (!end || found < end) &&
            found[strlen(key) + strspn(found + strlen(key), " \"'")] == ':') {
            log->line = number;
            return;
        }
        line = end ? end + 1 : NULL;
    }
}

/* The keys of a mapping, or of a sequence's mappings; NULL: it is neither. */
static const cyaml_schema_field_t *keys_of(const cyaml_schema_value_t *value) {
    while (value->type == CYAML_SEQUENCE || value->type == CYAML_SEQUENCE_FIXED)
        value = value->sequence.entry;
    return value->type == CYAML_MAPPING ? value->mapping.fields : NULL;
}

/* The keys of the first part of that name within `value`; NULL: none. Schemas are a few parts deep.
 */
static const cyaml_schema_field_t *find_part(const cyaml_schema_value_t *value, const char *name) {
    const cyaml_schema_field_t *found = NULL;
    for (const cyaml_schema_field_t *key = keys_of(value); key && key->key && !found; key++)
        found = strcmp(key->key, name) == 0 && keys_of(&key->value) ? keys_of(&key->value)
                                                                    : find_part(&key->value, name);
    return found;
}

/* Which key of the part at hand was meant by one that it does not have, in hint[]. */
static void guess_key(const yaml_log *log, const cyaml_schema_value_t *schema,
                      lead_nearest *nearest) {
    const char *key = unexpected_key(log);
    *nearest = (lead_nearest){.word = key ? key : ""};
    const cyaml_schema_field_t *known =
        *log->field ? find_part(schema, log->field) : keys_of(schema);
    for (; key && known && known->key; known++)
        lead_nearest_offer(nearest, known->key);
}

static lead_status read_text(const char *where, const char *text, size_t length,
                             const cyaml_schema_value_t *schema, void *out) {
    yaml_log log = {.line = 0};
    cyaml_config_t config = config_for(&log);
    cyaml_data_t *data = NULL;
    lead_locale before = lead_locale_enter();
    cyaml_err_t error =
        cyaml_load_data((const uint8_t *)text, length, &config, schema, &data, NULL);
    lead_locale_leave(before);
    correct_line(&log, text);
    if (error == CYAML_OK && data) {
        memcpy(out, &data, sizeof data);
        return LEAD_OK;
    }
    if (error == CYAML_ERR_OOM)
        return lead_fail(LEAD_MEMORY, "%s: no memory", where);
    const char *reason = log.reason[0] ? log.reason
                         : length == 0 ? "the file is empty"
                                       : cyaml_strerror(error);
    lead_nearest nearest;
    guess_key(&log, schema, &nearest);
    return lead_fail(LEAD_FORMAT, "%s:%u: %s%s%s%s", where, log.line ? log.line : 1, log.field,
                     log.field[0] ? ": " : "", reason, lead_nearest_hint(&nearest));
}

lead_status lead_yaml_read(const char *path, const cyaml_schema_value_t *schema, void *out) {
    char *text;
    size_t length;
    LEAD_TRY(lead_file_read(path, LARGEST_FILE, &text, &length));
    lead_status status = read_text(path, text, length, schema, out);
    free(text);
    return status;
}

lead_status lead_yaml_read_flow(const char *where, const char *flow,
                                const cyaml_schema_value_t *schema, void *out) {
    size_t room = strlen(flow) + 8;
    bool braced = flow[strspn(flow, " \t")] == '{';
    char *text;
    LEAD_TRY(lead_calloc(room, 1, &text));
    snprintf(text, room, braced ? "%s\n" : "{ %s }\n", flow);
    lead_status status = read_text(where, text, strlen(text), schema, out);
    free(text);
    return status;
}

void lead_yaml_free(const cyaml_schema_value_t *schema, void *data) {
    cyaml_config_t config = config_for(NULL);
    if (data)
        cyaml_free(&config, schema, data, 0);
}

/* Characters that YAML does not let stand or folds like line ends: controls (C0, DEL, C1), U+2028,
 * U+2029, the byte-order mark and what is no character. *length: bytes of it. */
static bool must_escape(const unsigned char *c, int *length, unsigned *code) {
    *length = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    *code = c[0];
    if (*length == 2)
        *code = (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
    else if (*length == 3 && c[1])
        *code = (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    return *code < 0x20 || (*code >= 0x7f && *code < 0xa0) || *code == 0x2028 || *code == 0x2029 ||
           *code == 0xfeff || *code == 0xfffe || *code == 0xffff;
}

void lead_yaml_print(lead_file_writer *writer, const char *text) {
    int length;
    unsigned code;
    lead_file_printf(writer, "\"");
    for (size_t rest = strlen(text); rest > 0; text += length, rest -= (size_t)length) {
        bool escape = must_escape((const unsigned char *)text, &length, &code);
        length = (size_t)length > rest ? (int)rest : length;
        if (escape)
            lead_file_printf(writer, "\\u%04x", code);
        else
            lead_file_printf(writer, "%s%.*s", *text == '"' || *text == '\\' ? "\\" : "", length,
                             text);
    }
    lead_file_printf(writer, "\"");
}

/* The value of a mapping's key (length bytes long), or NULL. */
static yaml_node_t *mapping_value(yaml_document_t *document, yaml_node_t *mapping, const char *key,
                                  size_t length) {
    if (mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name && name->type == YAML_SCALAR_NODE && name->data.scalar.length == length &&
            memcmp(name->data.scalar.value, key, length) == 0)
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

static yaml_node_t *sequence_item(yaml_document_t *document, yaml_node_t *sequence, long index) {
    if (sequence->type != YAML_SEQUENCE_NODE)
        return NULL;
    yaml_node_item_t *items = sequence->data.sequence.items.start;
    return index < sequence->data.sequence.items.top - items
               ? yaml_document_get_node(document, items[index])
               : NULL;
}

/* Follows the key path as far as it leads and answers the line (from 1) of the last node met; 0: it
 * is in a list that the file has not, or has less of: it was not said there. */
static unsigned long line_in(yaml_document_t *document, const char *key) {
    yaml_node_t *node = yaml_document_get_root_node(document);
    unsigned long line = node ? node->start_mark.line + 1 : 1;
    while (node && *key) {
        bool was_item = *key == '[';
        if (was_item) {
            char *end;
            node = sequence_item(document, node, strtol(key + 1, &end, 10));
            key = *end ? end + 1 : end;
        } else {
            key += *key == '.';
            size_t length = strcspn(key, ".[");
            node = mapping_value(document, node, key, length);
            key += length;
        }
        if (!node && (was_item || *key == '['))
            return 0;
        if (node)
            line = node->start_mark.line + 1;
    }
    return line;
}

static unsigned long line_of(const char *path, const char *key) {
    char *text;
    size_t length;
    unsigned long line = 1;
    yaml_parser_t parser;
    yaml_document_t document;
    if (lead_file_read(path, LARGEST_FILE, &text, &length) != LEAD_OK)
        return 1;
    if (yaml_parser_initialize(&parser)) {
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
        if (yaml_parser_load(&parser, &document)) {
            line = line_in(&document, key);
            yaml_document_delete(&document);
        }
        yaml_parser_delete(&parser);
    }
    free(text);
    return line;
}

enum { PLACE = 500 };

/* "file:12", or the file alone for what is not in it. */
static const char *place_of(const char *path, const char *key, char text[PLACE]) {
    unsigned long line = line_of(path, key);
    if (line > 0)
        snprintf(text, PLACE, "%.450s:%lu", path, line);
    else
        snprintf(text, PLACE, "%.450s", path);
    return text;
}

lead_status lead_yaml_fail(const char *path, const char *key, lead_status status,
                           const char *format, ...) {
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char place[PLACE];
    return lead_fail(status, "%s: %s: %s", place_of(path, key, place), key, text);
}

lead_status lead_yaml_fail_within(const char *path, const char *key, lead_status status) {
    char text[700];
    snprintf(text, sizeof text, "%s", lead_last_message());
    return lead_yaml_fail(path, key, status, "%s", text);
}

void lead_yaml_warn(const char *path, const char *key, const char *text) {
    char place[PLACE];
    lead_log(LEAD_LOG_WARNING, "%s: %s: %s", place_of(path, key, place), key, text);
}
