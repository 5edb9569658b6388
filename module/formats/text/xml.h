/* XML files, read by libxml2 without anything that a file could bring in from elsewhere. */
#ifndef LEAD_FORMATS_TEXT_XML_H
#define LEAD_FORMATS_TEXT_XML_H

#include <lead/base.h>
#include <libxml/tree.h>

/* Parses `text` of the file `path`, whose root element must have that name. LEAD_FORMAT with the
 * line for what is not XML; declarations of entities are refused. Free with xmlFreeDoc. */
lead_status lead_xml_parse(const char *path, const char *text, size_t length, const char *root,
                           xmlDoc **out);
/* The next element of that name (NULL: of any) at or after `node` among its siblings, or NULL. */
xmlNode *lead_xml_element(xmlNode *node, const char *name);
/* The first child element of that name; NULL also for a NULL node. */
xmlNode *lead_xml_child(xmlNode *node, const char *name);
/* The text of an element, as it stands there, in a new string. */
lead_status lead_xml_text(const xmlNode *node, char **out);
/* The value of an attribute in a new string; NULL in *out when there is none. */
lead_status lead_xml_attribute(const xmlNode *node, const char *name, char **out);
/* "path:line: ...". */
lead_status lead_xml_fail(const char *path, const xmlNode *node, const char *format, ...)
    LEAD_PRINTF(3, 4);

/* Writes `text` so that it reads back the same as text or as an attribute's value. */
void lead_xml_print(lead_file_writer *writer, const char *text);
/* LEAD_UNAVAILABLE when XML has no way to write the text: most control characters. */
lead_status lead_xml_check(const char *path, const char *text);

#endif
