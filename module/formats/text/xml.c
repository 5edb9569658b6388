/* libxml2's tree with our errors. */
#include "formats/text/xml.h"
#include <libxml/parser.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct parsing {
    bool entities; /* the file declares some */
} parsing;

static void refuse_entity(void *context, const xmlChar *name, int type, const xmlChar *public_id,
                          const xmlChar *system_id, xmlChar *content) {
    xmlParserCtxt *parser = context;
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    ((parsing *)parser->_private)->entities = true;
    xmlStopParser(parser);
}

/* libxml2 prints what has no handler, out of memory above all. */
static void print_nothing(void *data, xmlErrorPtr error) {
    (void)data, (void)error;
}

static lead_status why_not(const char *path, xmlParserCtxt *parser, const parsing *state) {
    const xmlError *error = xmlCtxtGetLastError(parser);
    if (state->entities)
        return lead_fail(LEAD_FORMAT,
                         "%s:%d: entities are declared, which is not read (remove the <!DOCTYPE>)",
                         path, parser->input ? parser->input->line : 1);
    if (parser->errNo == XML_ERR_NO_MEMORY || (error && error->code == XML_ERR_NO_MEMORY))
        return lead_fail(LEAD_MEMORY, "%s: no memory for its XML", path);
    const char *why = error && error->message ? error->message : "no XML";
    return lead_fail(LEAD_FORMAT, "%s:%d: %.*s", path, error && error->line > 0 ? error->line : 1,
                     (int)strcspn(why, "\n"), why);
}

static lead_status parse(const char *path, const char *text, size_t length, xmlDoc **out) {
    parsing state = {false};
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser || !parser->sax) {
        xmlFreeParserCtxt(parser);
        return lead_fail(LEAD_MEMORY, "%s: no memory for its XML", path);
    }
    parser->_private = &state;
    parser->sax->entityDecl = refuse_entity;
    xmlDoc *document = xmlCtxtReadMemory(parser, text, (int)length, path, NULL,
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    /* Out of memory can leave a part of the tree behind that looks well. */
    bool whole =
        document && parser->wellFormed && !state.entities && parser->errNo != XML_ERR_NO_MEMORY;
    lead_status status = whole ? LEAD_OK : why_not(path, parser, &state);
    if (!whole)
        xmlFreeDoc(document);
    xmlFreeParserCtxt(parser);
    *out = whole ? document : NULL;
    return status;
}

lead_status lead_xml_parse(const char *path, const char *text, size_t length, const char *root,
                           xmlDoc **out) {
    xmlStructuredErrorFunc before = xmlStructuredError;
    void *data = xmlStructuredErrorContext;
    xmlSetStructuredErrorFunc(NULL, print_nothing);
    lead_status status = parse(path, text, length, out);
    xmlSetStructuredErrorFunc(data, before);
    LEAD_TRY(status);
    const xmlNode *top = xmlDocGetRootElement(*out);
    if (top && strcmp((const char *)top->name, root) == 0)
        return LEAD_OK;
    xmlFreeDoc(*out);
    *out = NULL;
    return lead_fail(LEAD_FORMAT, "%s:1: the root element is not <%s>", path, root);
}

xmlNode *lead_xml_element(xmlNode *node, const char *name) {
    while (node && (node->type != XML_ELEMENT_NODE ||
                    (name && strcmp((const char *)node->name, name) != 0)))
        node = node->next;
    return node;
}

xmlNode *lead_xml_child(xmlNode *node, const char *name) {
    return node ? lead_xml_element(node->children, name) : NULL;
}

static bool is_text(const xmlNode *node) {
    return (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content;
}

/* The text and CDATA among these siblings, in a new string. */
static lead_status join(const xmlNode *first, char **out) {
    size_t length = 0, used = 0;
    for (const xmlNode *at = first; at; at = at->next)
        length += is_text(at) ? strlen((const char *)at->content) : 0;
    LEAD_TRY(lead_calloc(length + 1, 1, out));
    for (const xmlNode *at = first; at; at = at->next) {
        if (!is_text(at))
            continue;
        size_t part = strlen((const char *)at->content);
        memcpy(*out + used, at->content, part);
        used += part;
    }
    return LEAD_OK;
}

lead_status lead_xml_text(const xmlNode *node, char **out) {
    return join(node->children, out);
}

lead_status lead_xml_attribute(const xmlNode *node, const char *name, char **out) {
    const xmlAttr *attribute = xmlHasProp((xmlNode *)(uintptr_t)node, (const xmlChar *)name);
    *out = NULL;
    return attribute ? join(attribute->children, out) : LEAD_OK;
}

lead_status lead_xml_fail(const char *path, const xmlNode *node, const char *format, ...) {
    char text[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return lead_fail(LEAD_FORMAT, "%s:%ld: %s", path, xmlGetLineNo(node), text);
}

void lead_xml_print(lead_file_writer *writer, const char *text) {
    for (; *text; text++)
        if (strchr("&<>\"'\t\n\r", *text))
            lead_file_printf(writer, "&#%d;", *text);
        else
            lead_file_printf(writer, "%c", *text);
}

/* XML 1.0 has no C0 controls but three, and neither U+FFFE nor U+FFFF. */
lead_status lead_xml_check(const char *path, const char *text) {
    for (const char *c = text; *c; c++)
        if (((unsigned char)*c < 0x20 && !strchr("\t\n\r", *c)) ||
            strncmp(c, "\xef\xbf\xbe", 3) == 0 || strncmp(c, "\xef\xbf\xbf", 3) == 0)
            return lead_fail(LEAD_UNAVAILABLE, "%s: \"%.60s\" has a character that XML cannot hold",
                             path, text);
    return LEAD_OK;
}
