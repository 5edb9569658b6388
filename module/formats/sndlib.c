/* SNDlib XML (Orlowski et al. 2010): a network with capacities, and demands (one file an epoch, or
 * the network's own). */
#include "formats/text/text.h"
#include "formats/text/xml.h"
#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 256 };

static lead_status open_network(const char *path, xmlDoc **out) {
    char *text;
    size_t length;
    LEAD_TRY(lead_file_read(path, 1 << 28, &text, &length));
    lead_status status = lead_xml_parse(path, text, length, "network", out);
    free(text);
    return status;
}

/* The text of a child element, trimmed, into `text`; "" when there is no such child. */
static lead_status child_text(const char *path, xmlNode *node, const char *name, char text[TEXT]) {
    xmlNode *at = lead_xml_child(node, name);
    char *content;
    text[0] = '\0';
    if (!at)
        return LEAD_OK;
    LEAD_TRY(lead_xml_text(at, &content));
    const char *from = content + strspn(content, " \t\r\n");
    size_t length = strlen(from);
    while (length > 0 && strchr(" \t\r\n", from[length - 1]))
        length--;
    bool fits = length < TEXT;
    memcpy(text, from, fits ? length : 0);
    text[fits ? length : 0] = '\0';
    free(content);
    return fits ? LEAD_OK
                : lead_xml_fail(path, at, "<%s> holds more than %d characters", name, TEXT - 1);
}

static lead_status number_child(const char *path, xmlNode *node, const char *name, double *value) {
    char text[TEXT];
    LEAD_TRY(child_text(path, node, name, text));
    if (!*text)
        return lead_xml_fail(path, node, "<%s> has no <%s>", (const char *)node->name, name);
    if (!lead_number_parse(text, value))
        return lead_xml_fail(path, node, "<%s> \"%.60s\" is not a number%s", name, text,
                             lead_comma_advice(text));
    return LEAD_OK;
}

/* bit/s that 1 means by <meta><unit>, 0 when the file says nothing. */
static lead_status own_unit(const char *path, xmlNode *root, double *unit) {
    static const struct {
        const char *name;
        double unit;
    } known[] = {{"BITPERSEC", 1},     {"KBITPERSEC", 1e3},  {"MBITPERSEC", 1e6},
                 {"GBITPERSEC", 1e9},  {"TBITPERSEC", 1e12}, {"BITSPERSEC", 1},
                 {"KBITSPERSEC", 1e3}, {"MBITSPERSEC", 1e6}, {"GBITSPERSEC", 1e9},
                 {"TBITSPERSEC", 1e12}};
    char text[TEXT], one[TEXT + 2], advice[220];
    xmlNode *meta = lead_xml_child(root, "meta");
    *unit = 0;
    LEAD_TRY(child_text(path, meta, "unit", text));
    if (!*text)
        return LEAD_OK;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(text, known[i].name) == 0)
            *unit = known[i].unit;
    snprintf(one, sizeof one, "1 %s", text);
    if (*unit > 0 || lead_quantity_parse(one, LEAD_QUANTITY_RATE, unit) == LEAD_OK)
        return LEAD_OK;
    return lead_xml_fail(path, lead_xml_child(meta, "unit"),
                         "unit %.60s is not a rate that is known (MBITPERSEC and alike; "
                         "or state it: unit: Mbit/s)%s",
                         text, lead_quantity_advice(text, LEAD_QUANTITY_RATE, advice));
}

/* The unit of `what`: as stated, else the file's. Both, and not the same, is said. */
static lead_status unit_of(const char *path, xmlNode *root, const char *what, double stated,
                           bool say, double *unit) {
    lead_status status = own_unit(path, root, unit);
    if (stated > 0) {
        if (status == LEAD_OK && *unit > 0 && *unit != stated && say)
            lead_log(LEAD_LOG_WARNING,
                     "%s: <unit> says %g bit/s; %g bit/s is stated and taken for its %s", path,
                     *unit, stated, what);
        *unit = stated;
        return status == LEAD_MEMORY ? status : LEAD_OK;
    }
    LEAD_TRY(status);
    return *unit > 0
               ? LEAD_OK
               : lead_xml_fail(path, root, "no <unit> is stated for the %s; state it (%s)", what,
                               strcmp(what, "capacities") == 0
                                   ? "topology: { unit: Mbit/s }; --topology-unit Mbit/s"
                                   : "traffic: { tm: { unit: Mbit/s } }; --unit Mbit/s");
}

static lead_status read_place(const char *path, xmlNode *at, lead_topology *topology, int node,
                              int *unplaced) {
    xmlNode *place = lead_xml_child(at, "coordinates");
    double x, y;
    if (!place)
        return LEAD_OK;
    LEAD_TRY(number_child(path, place, "x", &x));
    LEAD_TRY(number_child(path, place, "y", &y));
    if (lead_is_place(x, y))
        return lead_topology_place_node(topology, node, x, y);
    (*unplaced)++;
    return LEAD_OK;
}

static lead_status read_node(const char *path, xmlNode *at, bool pixels, lead_topology *topology,
                             int *unplaced) {
    char *id;
    int index;
    LEAD_TRY(lead_xml_attribute(at, "id", &id));
    if (!id)
        return lead_xml_fail(path, at, "<node> has no id");
    lead_status status = lead_topology_add_node(topology, id, &index);
    free(id);
    if (status != LEAD_OK)
        return lead_fail_within(status, "%s:%ld", path, xmlGetLineNo(at));
    *unplaced += pixels && lead_xml_child(at, "coordinates");
    return pixels ? LEAD_OK : read_place(path, at, topology, index, unplaced);
}

/* The nodes, with their places where these are geographical. */
static lead_status read_nodes(const char *path, xmlNode *root, lead_topology *topology) {
    xmlNode *nodes = lead_xml_child(lead_xml_child(root, "networkStructure"), "nodes");
    char *kind = NULL;
    int unplaced = 0;
    if (nodes)
        LEAD_TRY(lead_xml_attribute(nodes, "coordinatesType", &kind));
    bool pixels = kind && strcmp(kind, "geographical") != 0;
    free(kind);
    for (xmlNode *at = lead_xml_child(nodes, "node"); at; at = lead_xml_element(at->next, "node"))
        LEAD_TRY(read_node(path, at, pixels, topology, &unplaced));
    lead_warn_of_places(path, unplaced);
    return lead_topology_node_count(topology) > 0
               ? LEAD_OK
               : lead_xml_fail(path, root, "the network has no nodes");
}

/* A node by the text of a child: as it stands there, or else without the blanks around it. */
static lead_status end_node(const char *path, xmlNode *at, const char *which,
                            const lead_topology *topology, int *node) {
    xmlNode *element = lead_xml_child(at, which);
    char *content, text[TEXT];
    if (!element)
        return lead_xml_fail(path, at, "<source> or <target> is missing");
    LEAD_TRY(lead_xml_text(element, &content));
    *node = lead_topology_find_node(topology, content);
    free(content);
    if (*node >= 0)
        return LEAD_OK;
    LEAD_TRY(child_text(path, at, which, text));
    *node = lead_topology_find_node(topology, text);
    return *node >= 0 ? LEAD_OK : lead_xml_fail(path, at, "node \"%s\" is not known", text);
}

static lead_status end_nodes(const char *path, xmlNode *at, const lead_topology *topology,
                             int *source, int *target) {
    LEAD_TRY(end_node(path, at, "source", topology, source));
    return end_node(path, at, "target", topology, target);
}

/* The installed capacity; without one the stated default. The modules that could be bought are no
 * capacity. */
static lead_status capacity_of(const char *path, xmlNode *root, xmlNode *at,
                               const lead_topology_reading *reading, bool say, double *capacity) {
    xmlNode *installed = lead_xml_child(at, "preInstalledModule");
    double unit;
    *capacity = reading->capacity;
    if (installed && lead_xml_element(installed->next, "preInstalledModule"))
        return lead_xml_fail(path, at, "<preInstalledModule> is there twice");
    if (installed) {
        LEAD_TRY(number_child(path, installed, "capacity", capacity));
        LEAD_TRY(unit_of(path, root, "capacities", reading->unit, say, &unit));
        *capacity *= unit;
    }
    if (installed || *capacity > 0)
        return LEAD_OK;
    return lead_xml_fail(path, at,
                         "the link has no installed capacity (state one: capacity: 10 Gbit/s)");
}

static xmlNode *first_link(xmlNode *root) {
    xmlNode *structure = lead_xml_child(root, "networkStructure");
    return lead_xml_child(lead_xml_child(structure, "links"), "link");
}

/* SNDlib's own directed networks (janos-us, sun, giul39) list each arc; the others list cables. The
 * model that says which is not in the file. */
static lead_status find_directions(const char *path, xmlNode *root, const lead_topology *topology,
                                   const lead_topology_reading *reading, bool *both) {
    int count = 0, at = 0;
    lead_pair *pairs;
    *both = reading->directions != LEAD_DIRECTIONS_ONE_WAY;
    for (xmlNode *link = first_link(root); link; link = lead_xml_element(link->next, "link"))
        count++;
    if (reading->directions != LEAD_DIRECTIONS_FILE || count == 0)
        return LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *pairs, &pairs));
    lead_status status = LEAD_OK;
    for (xmlNode *link = first_link(root); link && status == LEAD_OK;
         link = lead_xml_element(link->next, "link"), at++)
        status = end_nodes(path, link, topology, &pairs[at].from, &pairs[at].to);
    int alone = status == LEAD_OK ? lead_count_without_reverse(pairs, count) : 0;
    free(pairs);
    LEAD_TRY(status);
    *both = alone > 0;
    if (alone == 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: each of the %d links has its reverse beside it: they are taken for directed "
                 "(if they are cables of both directions, state directions: both)",
                 path, count);
    return LEAD_OK;
}

static lead_status read_links(const char *path, xmlNode *root, const lead_topology_reading *reading,
                              lead_topology *topology) {
    bool both;
    LEAD_TRY(find_directions(path, root, topology, reading, &both));
    for (xmlNode *at = first_link(root); at; at = lead_xml_element(at->next, "link")) {
        lead_link link = {.up = true};
        LEAD_TRY(end_nodes(path, at, topology, &link.source, &link.destination));
        LEAD_TRY(capacity_of(path, root, at, reading, at == first_link(root), &link.capacity));
        link.delay = lead_delay_between(topology, link.source, link.destination);
        LEAD_TRY(lead_add_link(topology, path, xmlGetLineNo(at), link, both, NULL));
    }
    return LEAD_OK;
}

lead_status lead_sndlib_read(const char *path, const lead_topology_reading *reading,
                             lead_topology **out) {
    xmlDoc *document = NULL;
    lead_topology *topology = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(open_network(path, &document));
    LEAD_TRY_FREE(lead_topology_alloc(&topology));
    xmlNode *root = xmlDocGetRootElement(document);
    LEAD_TRY_FREE(read_nodes(path, root, topology));
    LEAD_TRY_FREE(read_links(path, root, reading, topology));
    *out = topology;
    topology = NULL;
fail:
    lead_topology_free(topology);
    xmlFreeDoc(document);
    return status;
}

/* --- times ------------------------------------------------------------------------------------ */

/* `count` digits at *text, which is moved over them. */
static bool take_digits(const char **text, int count, char *to) {
    for (int i = 0; i < count; i++)
        if (!isdigit((unsigned char)(*text)[i]))
            return false;
    memcpy(to, *text, (size_t)count);
    *text += count;
    return true;
}

/* Two digits behind a mark, or behind nothing where the mark is 0. */
static bool take_part(const char **text, char mark, char *to) {
    const char *at = *text;
    if (mark && *at++ != mark)
        return false;
    if (!take_digits(&at, 2, to))
        return false;
    *text = at;
    return true;
}

/* "2004", "200403", "20040301", "2004-03-01", "2004.03.01": a date, the first day of what it is the
 * whole of. *day: it names one. */
static bool take_date(const char **text, char iso[11], bool *day) {
    strcpy(iso, "0000-01-01");
    if (!take_digits(text, 4, iso))
        return false;
    const char mark = isdigit((unsigned char)**text) ? '\0' : **text;
    if (mark && !strchr("-.", mark))
        return false;
    *day = take_part(text, mark, iso + 5) && take_part(text, mark, iso + 8);
    return true;
}

/* "0005", "000530", "00:05", "00:05:30" as "00:05:30". */
static bool take_clock(const char **text, char clock[9]) {
    strcpy(clock, "00:00:00");
    if (!take_digits(text, 2, clock))
        return false;
    const char mark = **text == ':' ? ':' : '\0';
    if (!take_part(text, mark, clock + 3))
        return false;
    (void)take_part(text, mark, clock + 6);
    return true;
}

/* Whether the text is the date that a period ends with: of as many characters as its beginning. */
static bool ends_period(const char *text, size_t length) {
    char until[11];
    const char *at = text;
    bool day;
    return strlen(text) == length && take_date(&at, until, &day) && !*at;
}

/* A date; a clock time and zone behind it; or the end of a period, of which the beginning counts.
 */
static bool take_time(const char *text, char iso[64]) {
    char date[11], clock[9] = "00:00:00";
    const char *from = text;
    bool day;
    if (!take_date(&text, date, &day))
        return false;
    const char *rest = text + (*text && strchr("-T ", *text) != NULL);
    if (*text && ends_period(rest, (size_t)(text - from)))
        rest += strlen(rest);
    else if (*text && (!day || !take_clock(&rest, clock)))
        return false;
    bool zone = !*rest || strcmp(rest, "Z") == 0 || *rest == '+' || *rest == '-';
    snprintf(iso, 64, "%sT%s%.20s", date, clock, rest);
    return zone;
}

/* What <time> says; *stated is false, and the time 1970, where the file has none. */
static lead_status time_of(const char *path, xmlNode *root, int64_t *time, bool *stated) {
    char text[TEXT], iso[64];
    xmlNode *meta = lead_xml_child(root, "meta");
    *time = 0;
    LEAD_TRY(child_text(path, meta, "time", text));
    *stated = *text != '\0';
    if (!*stated)
        return LEAD_OK;
    if (take_time(text, iso) && lead_time_parse(iso, time) == LEAD_OK)
        return LEAD_OK;
    return lead_xml_fail(
        path, lead_xml_child(meta, "time"),
        "<time> \"%.60s\" is not a time like 20040301-0005 or 2004-03-01T00:05:00Z", text);
}

/* --- demands ---------------------------------------------------------------------------------- */

static lead_status read_demands(const char *path, xmlNode *root, double unit,
                                const lead_topology *nodes, double *tm) {
    int n = lead_topology_node_count(nodes);
    xmlNode *demands = lead_xml_child(root, "demands");
    if (!demands)
        return lead_xml_fail(path, root, "there are no <demands>");
    for (xmlNode *at = lead_xml_child(demands, "demand"); at;
         at = lead_xml_element(at->next, "demand")) {
        int source, target;
        double value;
        LEAD_TRY(end_nodes(path, at, nodes, &source, &target));
        LEAD_TRY(number_child(path, at, "demandValue", &value));
        if (value < 0)
            return lead_xml_fail(path, at, "the demand is negative");
        tm[source * n + target] += value * unit;
    }
    return LEAD_OK;
}

/* The TMs that are read, one file after the other. */
typedef struct gathering {
    const lead_tm_reading *reading;
    lead_topology *nodes; /* of the first file */
    lead_tm_series *series;
    int files, timeless; /* files; and those without <time> */
} gathering;

static lead_status begin(gathering *all, const char *path, xmlNode *root) {
    const char **names;
    LEAD_TRY(lead_topology_alloc(&all->nodes));
    LEAD_TRY(read_nodes(path, root, all->nodes));
    int n = lead_topology_node_count(all->nodes);
    LEAD_TRY(lead_calloc((size_t)n, sizeof *names, &names));
    for (int i = 0; i < n; i++)
        names[i] = lead_topology_node_name(all->nodes, i);
    lead_status status = lead_tm_series_alloc(n, names, &all->series);
    free(names);
    return status;
}

static lead_status append(gathering *all, const char *path, xmlNode *root, double *tm) {
    const lead_tm_reading *reading = all->reading;
    double unit;
    int64_t time;
    bool stated;
    LEAD_TRY(unit_of(path, root, "demands", reading->unit, all->files == 0, &unit));
    LEAD_TRY(time_of(path, root, &time, &stated));
    LEAD_TRY(read_demands(path, root, unit, all->nodes, tm));
    all->files++;
    all->timeless += !stated;
    if (all->files > 1 && all->timeless > 0)
        return lead_fail(LEAD_FORMAT,
                         "%s:1: %s <time>, which every file of a folder needs (under <meta>)", path,
                         stated ? "an earlier file has no" : "there is no");
    if (time < reading->from || (reading->to && time >= reading->to))
        return LEAD_OK;
    lead_status status = lead_tm_series_append(all->series, time, tm);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s:1", path);
}

/* Adds one file's TM to the series, which the first file makes. */
static lead_status add_file(gathering *all, const char *path) {
    xmlDoc *document = NULL;
    double *tm = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(open_network(path, &document));
    xmlNode *root = xmlDocGetRootElement(document);
    if (!all->nodes)
        LEAD_TRY_FREE(begin(all, path, root));
    size_t n = (size_t)lead_topology_node_count(all->nodes);
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *tm, &tm));
    status = append(all, path, root, tm);
fail:
    xmlFreeDoc(document);
    free(tm);
    return status;
}

static int is_xml(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".xml") == 0;
}

/* Every .xml of the folder in the order of the names, which SNDlib's sets give by time. */
static lead_status add_folder(gathering *all, const char *path) {
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
            status = add_file(all, file);
        }
        free(file);
        free(entries[i]);
    }
    free(entries);
    return status;
}

lead_status lead_sndlib_demands_read(const char *path, const lead_tm_reading *reading,
                                     lead_tm_series **out) {
    gathering all = {.reading = reading};
    lead_status status =
        lead_path_is_topology(path) ? add_file(&all, path) : add_folder(&all, path);
    lead_topology_free(all.nodes);
    if (status == LEAD_OK)
        return lead_tm_reading_finish(path, reading, all.series, out);
    lead_tm_series_free(all.series);
    return status;
}
