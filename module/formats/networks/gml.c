/* GML (Himsolt 1997): keys and values, lists in brackets. */
#include "formats/networks/graph_file.h"
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 100 };

typedef struct reader {
    const char *at;
    long line;
    lead_graph_file *file;
    char *text; /* of the value read last; as long as the file */
} reader;

static lead_status fail(const reader *in, const char *what) {
    return lead_graph_file_fail(in->file, in->line, LEAD_FORMAT, "%s", what);
}

/* Over blanks, line ends and comments. */
static void skip(reader *in) {
    for (; *in->at; in->at++) {
        if (*in->at == '#')
            in->at += strcspn(in->at, "\r\n");
        if (!*in->at || !strchr(" \t\r\n", *in->at))
            return;
        in->line += *in->at == '\n';
    }
}

/* The key at hand into `key`; "" at the end of a list or of the file. */
static lead_status read_key(reader *in, char key[64]) {
    skip(in);
    size_t length = 0;
    while (isalnum((unsigned char)in->at[length]) || in->at[length] == '_')
        length++;
    key[0] = '\0';
    if (*in->at == ']' || *in->at == '\0')
        return LEAD_OK;
    if (length == 0 || length > 63)
        return lead_graph_file_fail(in->file, in->line, LEAD_FORMAT, "\"%.20s\" is not a key",
                                    in->at);
    memcpy(key, in->at, length);
    key[length] = '\0';
    in->at += length;
    skip(in);
    return LEAD_OK;
}

/* A character reference at `from` in UTF-8; its length there, 0 when it is none. */
static size_t reference(const char *from, char to[5]) {
    char name[32];
    size_t length = strcspn(from, ";");
    if (*from != '&' || from[length] != ';' || length < 2 || length >= sizeof name)
        return 0;
    memcpy(name, from + 1, length - 1);
    name[length - 1] = '\0';
    const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)name);
    unsigned long code = known ? known->value : 0;
    char *end = name;
    if (name[0] == '#')
        code = name[1] == 'x' ? strtoul(name + 2, &end, 16) : strtoul(name + 1, &end, 10);
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
        (name[0] == '#' && *end))
        return 0;
    lead_utf8_print((uint32_t)code, to);
    return length + 1;
}

/* A string in quotes, with its references resolved; bytes that are not UTF-8 are ISO 8859-1, the
 * format's own character set. */
static lead_status read_string(reader *in) {
    const char *from = ++in->at;
    size_t length = strcspn(from, "\""), used = 0;
    char *raw, one[5];
    if (from[length] != '"')
        return fail(in, "a quote is not closed");
    LEAD_TRY(lead_calloc(length + 1, 1, &raw));
    memcpy(raw, from, length);
    bool utf8 = lead_utf8_valid(raw);
    for (size_t i = 0; i < length;) {
        size_t taken = reference(raw + i, one);
        if (taken == 0 && !utf8)
            lead_utf8_print((unsigned char)raw[i], one);
        else if (taken == 0)
            snprintf(one, sizeof one, "%c", raw[i]);
        in->line += raw[i] == '\n';
        i += taken > 0 ? taken : 1;
        used += (size_t)sprintf(in->text + used, "%s", one);
    }
    in->text[used] = '\0';
    in->at = from + length + 1;
    free(raw);
    return LEAD_OK;
}

/* A number or a word: up to the next blank or bracket. */
static lead_status read_word(reader *in) {
    size_t length = strcspn(in->at, " \t\r\n[]\"");
    if (length == 0)
        return fail(in, "a key has no value");
    memcpy(in->text, in->at, length);
    in->text[length] = '\0';
    in->at += length;
    return LEAD_OK;
}

static lead_status read_scalar(reader *in) {
    return *in->at == '"' ? read_string(in) : read_word(in);
}

static lead_status close_list(reader *in) {
    if (*in->at != ']')
        return fail(in, "a [ is not closed");
    in->at++;
    return LEAD_OK;
}

/* Over a list whose keys mean nothing here. */
static lead_status skip_list(reader *in, int depth) {
    char key[64];
    if (depth > DEEPEST)
        return fail(in, "lists are nested too deep");
    in->at++;
    for (;;) {
        LEAD_TRY(read_key(in, key));
        if (!key[0])
            return close_list(in);
        LEAD_TRY(*in->at == '[' ? skip_list(in, depth + 1) : read_scalar(in));
    }
}

/* The attributes of a node or an edge up to its end. */
static lead_status read_item(reader *in, lead_graph_item *item) {
    char key[64];
    in->at++;
    for (;;) {
        LEAD_TRY(read_key(in, key));
        if (!key[0])
            return close_list(in);
        if (*in->at == '[') {
            LEAD_TRY(skip_list(in, 1));
            continue;
        }
        LEAD_TRY(read_scalar(in));
        LEAD_TRY(lead_graph_item_set(item, key, in->text));
    }
}

static lead_status read_graph(reader *in) {
    char key[64];
    lead_graph_item *item;
    in->at++;
    for (;;) {
        LEAD_TRY(read_key(in, key));
        if (!key[0])
            return close_list(in);
        bool list = *in->at == '[', node = strcmp(key, "node") == 0;
        if (list && (node || strcmp(key, "edge") == 0)) {
            LEAD_TRY(node ? lead_graph_file_node(in->file, in->line, &item)
                          : lead_graph_file_edge(in->file, in->line, &item));
            LEAD_TRY(read_item(in, item));
        } else if (list) {
            LEAD_TRY(skip_list(in, 1));
        } else {
            LEAD_TRY(read_scalar(in));
            LEAD_TRY(lead_graph_item_set(&in->file->graph, key, in->text));
        }
    }
}

static lead_status read_file(reader *in) {
    char key[64];
    bool seen = false;
    for (;;) {
        LEAD_TRY(read_key(in, key));
        if (!key[0])
            break;
        if (*in->at != '[') {
            LEAD_TRY(read_scalar(in));
            LEAD_TRY(lead_graph_item_set(&in->file->graph, key, in->text));
            continue;
        }
        if (strcmp(key, "graph") != 0) {
            LEAD_TRY(skip_list(in, 1));
            continue;
        }
        if (seen)
            return fail(in, "there is a second graph");
        seen = true;
        LEAD_TRY(read_graph(in));
    }
    if (*in->at)
        return fail(in, "a ] closes nothing");
    return seen ? LEAD_OK : fail(in, "there is no graph [");
}

static lead_status read_directed(lead_graph_file *file) {
    const char *text;
    LEAD_TRY(lead_graph_item_get(file, &file->graph, "directed", &text));
    if (text && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return lead_graph_file_fail(file, 1, LEAD_FORMAT, "directed \"%.40s\" is neither 0 nor 1",
                                    text);
    file->directed = text && *text == '1';
    for (int i = 0; i < file->edge_count; i++)
        file->edges[i].directed = file->directed;
    return LEAD_OK;
}

lead_status lead_gml_parse(const char *text, lead_graph_file *file) {
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    reader in = {text + (strncmp(text, byte_order_mark, 3) == 0 ? 3 : 0), 1, file, NULL};
    /* A byte of ISO 8859-1 becomes two of UTF-8; a reference becomes shorter. */
    LEAD_TRY(lead_calloc(2 * strlen(text) + 5, 1, &in.text));
    lead_status status = read_file(&in);
    free(in.text);
    LEAD_TRY(status);
    LEAD_TRY(read_directed(file));
    return lead_graph_file_link(file);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* In quotes, as other programs read it: references for quotes, ampersands, controls and all that is
 * not ASCII. */
static void print_string(lead_file_writer *writer, const char *text) {
    lead_file_printf(writer, "\"");
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        int length = *c < 0x80 ? 1 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : 4;
        unsigned code = length == 1 ? *c : *c & (0x7fu >> length);
        for (int i = 1; i < length; i++)
            code = code << 6 | (c[i] & 0x3fu);
        if (code < 0x20 || code >= 0x7f || code == '"' || code == '&')
            lead_file_printf(writer, "&#%u;", code);
        else
            lead_file_printf(writer, "%c", (int)code);
        c += length;
    }
    lead_file_printf(writer, "\"");
}

/* A real number has a point, also in front of an exponent. */
static void print_number(lead_file_writer *writer, const char *key, double value) {
    const char *text = LEAD_NUMBER(value);
    size_t digits = strcspn(text, "e");
    bool point = strchr(text, '.');
    lead_file_printf(writer, " %s %.*s%s%s", key, (int)digits, text, point ? "" : ".0",
                     text + digits);
}

static void print_node(lead_file_writer *writer, const lead_topology *topology, int node) {
    double x, y;
    lead_topology_node_place(topology, node, &x, &y);
    lead_file_printf(writer, "  node [ id %d label ", node);
    print_string(writer, lead_topology_node_name(topology, node));
    if (isfinite(x) && isfinite(y)) {
        print_number(writer, "Longitude", x);
        print_number(writer, "Latitude", y);
    }
    lead_file_printf(writer, " ]\n");
}

static void print_edge(lead_file_writer *writer, const lead_topology *topology, int index) {
    const lead_link *link = lead_topology_link(topology, index);
    const char *label = lead_topology_link_label(topology, index);
    lead_file_printf(writer, "  edge [ source %d target %d", link->source, link->destination);
    print_number(writer, "capacity", link->capacity);
    print_number(writer, "delay", link->delay);
    if (link->weight > 0)
        print_number(writer, "weight", link->weight);
    if (link->risk_group > 0)
        lead_file_printf(writer, " risk_group %d", link->risk_group);
    if (label) {
        lead_file_printf(writer, " name ");
        print_string(writer, label);
    }
    lead_file_printf(writer, " ]\n");
}

lead_status lead_gml_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "Creator \"ns3-lead\"\ngraph [\n  directed 1\n");
    if (lead_has_parallel_links(topology))
        lead_file_printf(writer, "  multigraph 1\n");
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        print_node(writer, topology, i);
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        print_edge(writer, topology, i);
    lead_file_printf(writer, "]\n");
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
