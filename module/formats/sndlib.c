/* SNDlib XML (Orlowski et al. 2010): a network with capacities, and demands (one file an epoch, or
 * the network's own). */
#include "formats/text.h"
#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lead_status open_network(const char *path, xmlDoc **out) {
    char *text;
    size_t length;
    LEAD_TRY(lead_file_read(path, 1 << 30, &text, &length));
    xmlDoc *document = xmlReadMemory(text, (int)length, path, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    free(text);
    if (!document) {
        const xmlError *error = xmlGetLastError();
        const char *why = error && error->message ? error->message : "no XML";
        return lead_fail(LEAD_FORMAT, "%s:%d: %.*s", path, error ? error->line : 1,
                         (int)strcspn(why, "\n"), why);
    }
    xmlNode *root = xmlDocGetRootElement(document);
    if (!root || strcmp((const char *)root->name, "network") != 0) {
        xmlFreeDoc(document);
        return lead_fail(LEAD_FORMAT, "%s:1: the root element is not <network>", path);
    }
    *out = document;
    return LEAD_OK;
}

/* The next element of that name at or after `node` among its siblings. */
static xmlNode *element(xmlNode *node, const char *name) {
    while (node && (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, name) != 0))
        node = node->next;
    return node;
}

static xmlNode *child(xmlNode *node, const char *name) {
    return node ? element(node->children, name) : NULL;
}

/* The trimmed text of a child element into `text`; false when there is no such child or it is
 * longer. */
static bool child_text(xmlNode *node, const char *name, char *text, size_t room) {
    xmlNode *at = child(node, name);
    xmlChar *content = at ? xmlNodeGetContent(at) : NULL;
    if (!content)
        return false;
    const char *from = (const char *)content + strspn((const char *)content, " \t\r\n");
    size_t length = strlen(from);
    while (length > 0 && strchr(" \t\r\n", from[length - 1]))
        length--;
    bool fits = length > 0 && length < room;
    if (fits) {
        memcpy(text, from, length);
        text[length] = '\0';
    }
    xmlFree(content);
    return fits;
}

static lead_status fail_at(const char *path, const xmlNode *node, const char *what) {
    return lead_fail(LEAD_FORMAT, "%s:%ld: %s", path, xmlGetLineNo(node), what);
}

static lead_status number_child(const char *path, xmlNode *node, const char *name, double *value) {
    char text[64], what[160];
    if (!child_text(node, name, text, sizeof text)) {
        snprintf(what, sizeof what, "<%s> has no <%s>", (const char *)node->name, name);
        return fail_at(path, node, what);
    }
    if (!lead_number_parse(text, value)) {
        snprintf(what, sizeof what, "<%s> \"%s\" is not a number", name, text);
        return fail_at(path, node, what);
    }
    return LEAD_OK;
}

/* bit/s that 1 means in this file: `stated` if positive, else <meta><unit>. */
static lead_status unit_of(const char *path, xmlNode *root, double stated, double *unit) {
    static const struct {
        const char *name;
        double unit;
    } known[] = {{"MBITPERSEC", 1e6}, {"KBITPERSEC", 1e3}, {"GBITPERSEC", 1e9}, {"BITPERSEC", 1}};
    char text[64];
    *unit = stated;
    if (stated > 0)
        return LEAD_OK;
    if (!child_text(child(root, "meta"), "unit", text, sizeof text))
        return fail_at(path, root, "no <unit> is stated; state it in the scenario (unit: Mbit/s)");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(text, known[i].name) == 0)
            *unit = known[i].unit;
    return *unit > 0 ? LEAD_OK
                     : lead_fail(LEAD_FORMAT, "%s:%ld: unit %s is not a rate", path,
                                 xmlGetLineNo(root), text);
}

static lead_status read_nodes(const char *path, xmlNode *structure, lead_topology *topology) {
    for (xmlNode *at = child(child(structure, "nodes"), "node"); at;
         at = element(at->next, "node")) {
        xmlChar *id = xmlGetProp(at, (const xmlChar *)"id");
        int index;
        if (!id)
            return fail_at(path, at, "<node> has no id");
        lead_status status = lead_topology_add_node(topology, (const char *)id, &index);
        xmlFree(id);
        if (status != LEAD_OK)
            return lead_fail_within(status, "%s:%ld", path, xmlGetLineNo(at));
        xmlNode *place = child(at, "coordinates");
        double x, y;
        if (!place)
            continue;
        LEAD_TRY(number_child(path, place, "x", &x));
        LEAD_TRY(number_child(path, place, "y", &y));
        LEAD_TRY(lead_topology_place_node(topology, index, x, y));
    }
    return LEAD_OK;
}

static lead_status end_nodes(const char *path, xmlNode *at, const lead_topology *topology,
                             int *source, int *target) {
    char from[256], to[256];
    if (!child_text(at, "source", from, sizeof from) || !child_text(at, "target", to, sizeof to))
        return fail_at(path, at, "<source> or <target> is missing");
    *source = lead_topology_find_node(topology, from);
    *target = lead_topology_find_node(topology, to);
    if (*source < 0 || *target < 0)
        return lead_fail(LEAD_FORMAT, "%s:%ld: node \"%s\" is not known", path, xmlGetLineNo(at),
                         *source < 0 ? from : to);
    return LEAD_OK;
}

/* The installed capacity; without one `default_capacity`. The modules that could be bought are no
 * capacity. */
static lead_status capacity_of(const char *path, xmlNode *root, xmlNode *at,
                               double default_capacity, double *capacity) {
    xmlNode *installed = child(at, "preInstalledModule");
    double unit;
    *capacity = default_capacity;
    if (installed) {
        LEAD_TRY(unit_of(path, root, 0, &unit));
        LEAD_TRY(number_child(path, installed, "capacity", capacity));
        *capacity *= unit;
    }
    return *capacity > 0
               ? LEAD_OK
               : fail_at(path, at,
                         "the link has no installed capacity (state one: capacity: 10 Gbit/s)");
}

static lead_status read_links(const char *path, xmlNode *root, double default_capacity,
                              lead_topology *topology) {
    xmlNode *first = child(child(child(root, "networkStructure"), "links"), "link");
    for (xmlNode *at = first; at; at = element(at->next, "link")) {
        lead_link link = {.up = true};
        LEAD_TRY(end_nodes(path, at, topology, &link.source, &link.destination));
        LEAD_TRY(capacity_of(path, root, at, default_capacity, &link.capacity));
        link.delay = lead_delay_between(topology, link.source, link.destination);
        lead_link back = link;
        back.source = link.destination;
        back.destination = link.source;
        lead_status status = lead_topology_add_link(topology, link, NULL);
        if (status == LEAD_OK)
            status = lead_topology_add_link(topology, back, NULL);
        if (status != LEAD_OK)
            return lead_fail_within(status, "%s:%ld", path, xmlGetLineNo(at));
    }
    return LEAD_OK;
}

lead_status lead_sndlib_read(const char *path, double default_capacity, lead_topology **out) {
    xmlDoc *document = NULL;
    lead_topology *topology = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(open_network(path, &document));
    LEAD_TRY_FREE(lead_topology_alloc(&topology));
    xmlNode *root = xmlDocGetRootElement(document);
    LEAD_TRY_FREE(read_nodes(path, child(root, "networkStructure"), topology));
    if (lead_topology_node_count(topology) == 0) {
        status = fail_at(path, root, "the network has no nodes");
        goto fail;
    }
    LEAD_TRY_FREE(read_links(path, root, default_capacity, topology));
    *out = topology;
    topology = NULL;
fail:
    lead_topology_free(topology);
    xmlFreeDoc(document);
    return status;
}

/* "20040301-0005", "2004-03-01 00:05" or "200403010005"-like digits of <time>; 0 (1970) when there
 * is none. */
static lead_status time_of(const char *path, xmlNode *root, int64_t *time) {
    char text[64], digits[15] = "", iso[32];
    int count = 0;
    *time = 0;
    if (!child_text(child(root, "meta"), "time", text, sizeof text))
        return LEAD_OK;
    for (const char *c = text; *c && count < 14; c++)
        if (*c >= '0' && *c <= '9')
            digits[count++] = *c;
    if (count < 8)
        return LEAD_OK; /* "2004": a whole period, as in the static networks */
    while (count < 14)
        digits[count++] = '0';
    snprintf(iso, sizeof iso, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", digits, digits + 4, digits + 6,
             digits + 8, digits + 10, digits + 12);
    lead_status status = lead_time_parse(iso, time);
    return status == LEAD_OK ? LEAD_OK
                             : lead_fail_within(status, "%s:%ld: <time>", path, xmlGetLineNo(root));
}

static lead_status read_demands(const char *path, xmlNode *root, double unit,
                                const lead_topology *nodes, double *tm) {
    int n = lead_topology_node_count(nodes);
    xmlNode *demands = child(root, "demands");
    if (!demands)
        return fail_at(path, root, "there are no <demands>");
    for (xmlNode *at = child(demands, "demand"); at; at = element(at->next, "demand")) {
        int source, target;
        double value;
        LEAD_TRY(end_nodes(path, at, nodes, &source, &target));
        LEAD_TRY(number_child(path, at, "demandValue", &value));
        if (value < 0)
            return fail_at(path, at, "the demand is negative");
        tm[source * n + target] += value * unit;
    }
    return LEAD_OK;
}

/* Adds one file's TM to the series, which the first file makes. */
static lead_status add_file(const char *path, const lead_tm_reading *reading, lead_topology **nodes,
                            lead_tm_series **series) {
    xmlDoc *document = NULL;
    double *tm = NULL, unit;
    const char **names = NULL;
    int64_t time;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(open_network(path, &document));
    xmlNode *root = xmlDocGetRootElement(document);
    if (!*nodes) {
        LEAD_TRY_FREE(lead_topology_alloc(nodes));
        LEAD_TRY_FREE(read_nodes(path, child(root, "networkStructure"), *nodes));
    }
    int n = lead_topology_node_count(*nodes);
    if (n == 0) {
        status = fail_at(path, root, "the network has no nodes");
        goto fail;
    }
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *names, &names));
    for (int i = 0; i < n; i++)
        names[i] = lead_topology_node_name(*nodes, i);
    if (!*series)
        LEAD_TRY_FREE(lead_tm_series_alloc(n, names, series));
    LEAD_TRY_FREE(lead_calloc((size_t)n * (size_t)n, sizeof *tm, &tm));
    LEAD_TRY_FREE(unit_of(path, root, reading->unit, &unit));
    LEAD_TRY_FREE(time_of(path, root, &time));
    LEAD_TRY_FREE(read_demands(path, root, unit, *nodes, tm));
    if (time >= reading->from && (!reading->to || time < reading->to)) {
        status = lead_tm_series_append(*series, time, tm);
        if (status != LEAD_OK)
            status = lead_fail_within(status, "%s:1", path);
    }
fail:
    xmlFreeDoc(document);
    free(tm);
    free(names);
    return status;
}

static int is_xml(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".xml") == 0;
}

/* Every .xml of the folder in the order of the names, which SNDlib's sets give by time. */
static lead_status add_folder(const char *path, const lead_tm_reading *reading,
                              lead_topology **nodes, lead_tm_series **series) {
    struct dirent **entries;
    lead_status status = LEAD_OK;
    int count = scandir(path, &entries, is_xml, alphasort);
    if (count < 0)
        return lead_fail(LEAD_IO, "%s: the folder cannot be read", path);
    if (count == 0)
        status = lead_fail(LEAD_FORMAT, "%s: the folder holds no .xml", path);
    for (int i = 0; i < count; i++) {
        char *file = NULL;
        size_t room = strlen(path) + strlen(entries[i]->d_name) + 2;
        if (status == LEAD_OK && (status = lead_calloc(room, 1, &file)) == LEAD_OK) {
            snprintf(file, room, "%s/%s", path, entries[i]->d_name);
            status = add_file(file, reading, nodes, series);
        }
        free(file);
        free(entries[i]);
    }
    free(entries);
    return status;
}

lead_status lead_sndlib_demands_read(const char *path, const lead_tm_reading *reading,
                                     lead_tm_series **out) {
    lead_topology *nodes = NULL;
    lead_tm_series *series = NULL;
    bool file = lead_path_is_topology(path);
    lead_status status = file ? add_file(path, reading, &nodes, &series)
                              : add_folder(path, reading, &nodes, &series);
    lead_topology_free(nodes);
    if (status == LEAD_OK)
        return lead_tm_reading_finish(path, reading, series, out);
    lead_tm_series_free(series);
    return status;
}

/* --- writing: libxml2's tree does the escaping ------------------------------------------------ */

static void add_text(xmlNode *to, const char *name, const char *text) {
    xmlNewTextChild(to, NULL, (const xmlChar *)name, (const xmlChar *)text);
}

static void add_number(xmlNode *to, const char *name, double value) {
    char text[32];
    snprintf(text, sizeof text, "%.17g", value);
    add_text(to, name, text);
}

static xmlNode *add_child(xmlNode *to, const char *name, const char *id) {
    xmlNode *node = xmlNewChild(to, NULL, (const xmlChar *)name, NULL);
    if (id)
        xmlNewProp(node, (const xmlChar *)"id", (const xmlChar *)id);
    return node;
}

static xmlDoc *new_network(const char *time, xmlNode **root) {
    xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
    *root = xmlNewNode(NULL, (const xmlChar *)"network");
    xmlNewProp(*root, (const xmlChar *)"version", (const xmlChar *)"1.0");
    xmlNewNs(*root, (const xmlChar *)"http://sndlib.zib.de/network", NULL);
    xmlDocSetRootElement(document, *root);
    xmlNode *meta = add_child(*root, "meta", NULL);
    if (time)
        add_text(meta, "time", time);
    add_text(meta, "unit", "MBITPERSEC");
    return document;
}

static lead_status save(xmlDoc *document, const char *path) {
    xmlChar *text = NULL;
    int length = 0;
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    xmlDocDumpFormatMemoryEnc(document, &text, &length, "UTF-8", 1);
    if (!text) {
        status = lead_fail(LEAD_MEMORY, "%s: no memory for its XML", path);
        goto fail;
    }
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "%s", (const char *)text);
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    xmlFree(text);
    xmlFreeDoc(document);
    return status;
}

static void add_nodes(xmlNode *nodes, const lead_topology *topology) {
    for (int i = 0; i < lead_topology_node_count(topology); i++) {
        double x, y;
        lead_topology_node_place(topology, i, &x, &y);
        xmlNode *node = add_child(nodes, "node", lead_topology_node_name(topology, i));
        if (!isfinite(x) || !isfinite(y))
            continue;
        xmlNode *place = add_child(node, "coordinates", NULL);
        add_number(place, "x", x);
        add_number(place, "y", y);
    }
}

/* SNDlib's links are undirected: each link must have its reverse with the same capacity, and is
 * written once. */
static lead_status add_links(const char *path, xmlNode *links, const lead_topology *topology) {
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        int back = lead_topology_find_link(topology, link->destination, link->source);
        char name[96];
        if (back < 0 || lead_topology_link(topology, back)->capacity != link->capacity)
            return lead_fail(
                LEAD_UNAVAILABLE,
                "%s: SNDlib links are undirected, but %s has no reverse of its capacity", path,
                lead_topology_link_name(topology, i, name));
        if (link->source > link->destination)
            continue;
        char id[112];
        snprintf(id, sizeof id, "%s_%d", lead_topology_link_name(topology, i, name), i);
        xmlNode *at = add_child(links, "link", id);
        add_text(at, "source", lead_topology_node_name(topology, link->source));
        add_text(at, "target", lead_topology_node_name(topology, link->destination));
        add_number(add_child(at, "preInstalledModule", NULL), "capacity", link->capacity / 1e6);
    }
    return LEAD_OK;
}

lead_status lead_sndlib_write(const lead_topology *topology, const char *path) {
    xmlNode *root;
    xmlDoc *document = new_network(NULL, &root);
    xmlNode *structure = add_child(root, "networkStructure", NULL);
    add_nodes(add_child(structure, "nodes", NULL), topology);
    lead_status status = add_links(path, add_child(structure, "links", NULL), topology);
    if (status == LEAD_OK)
        return save(document, path);
    xmlFreeDoc(document);
    return status;
}

static lead_status write_tm(const lead_tm_series *series, int index, const char *folder) {
    int n = lead_tm_series_node_count(series);
    const double *tm = lead_tm_series_tm(series, index);
    char iso[LEAD_TIME_LENGTH + 1], path[4096];
    lead_time_format(lead_tm_series_time(series, index), iso);
    int length = snprintf(path, sizeof path, "%s/demandMatrix-%.4s%.2s%.2s-%.2s%.2s%.2s.xml",
                          folder, iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
    if (length >= (int)sizeof path)
        return lead_fail(LEAD_IO, "the path %.80s... is too long", path);
    xmlNode *root;
    xmlDoc *document = new_network(iso, &root);
    xmlNode *nodes = add_child(add_child(root, "networkStructure", NULL), "nodes", NULL);
    for (int i = 0; i < n; i++)
        add_child(nodes, "node", lead_tm_series_node_name(series, i));
    xmlNode *demands = add_child(root, "demands", NULL);
    for (int od = 0; od < n * n; od++) {
        if (tm[od] == 0)
            continue;
        const char *from = lead_tm_series_node_name(series, od / n),
                   *to = lead_tm_series_node_name(series, od % n);
        char id[512];
        snprintf(id, sizeof id, "%.250s_%.250s", from, to);
        xmlNode *demand = add_child(demands, "demand", id);
        add_text(demand, "source", from);
        add_text(demand, "target", to);
        add_number(demand, "demandValue", tm[od] / 1e6);
    }
    return save(document, path);
}

lead_status lead_sndlib_demands_write(const lead_tm_series *series, const char *path) {
    if (!lead_tm_series_node_name(series, 0))
        return lead_fail(LEAD_INVALID, "%s: the TMs' nodes have no names", path);
    LEAD_TRY(lead_directory_make(path));
    for (int i = 0; i < lead_tm_series_length(series); i++)
        LEAD_TRY(write_tm(series, i, path));
    return LEAD_OK;
}
