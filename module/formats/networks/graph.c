/* Topologies from GraphML and GML files: the Internet Topology Zoo (Knight et al. 2011), and graphs
 * of networkx, FNSS, topohub and others, each with words of its own for the same things. */
#define _GNU_SOURCE /* strcasestr */
#include "formats/networks/graph_file.h"
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char weights[] = "weight,igp_weight", groups[] = "risk_group", link_names[] = "name",
                  longitudes[] = "Longitude,lon,lng,long", latitudes[] = "Latitude,lat";

/* Keys of edges that are a quantity, the first that an edge has counts. A bare number is in `unit`;
 * with 0 in what the graph's attribute `stated` or the reading says, `usual` otherwise. */
typedef struct quantity_key {
    const char *key;
    double unit;
    const char *stated;
    double usual;
} quantity_key;

static const quantity_key capacities[] = {
    {"capacity", 0, "capacity_unit", 1}, {"bandwidth", 0, "capacity_unit", 1},
    {"capacity_bps", 1, NULL, 0},        {"capacity_kbps", 1e3, NULL, 0},
    {"capacity_mbps", 1e6, NULL, 0},     {"capacity_gbps", 1e9, NULL, 0},
    {"LinkSpeedRaw", 1, NULL, 0}};
static const quantity_key delays[] = {{"delay", 0, "delay_unit", 1},
                                      {"delay_s", 1, NULL, 0},
                                      {"delay_ms", 1e-3, NULL, 0},
                                      {"delay_us", 1e-6, NULL, 0}};
enum {
    CAPACITIES = sizeof capacities / sizeof *capacities,
    DELAYS = sizeof delays / sizeof *delays
};

typedef struct reader {
    const lead_graph_file *file;
    const lead_topology_reading *reading;
    lead_topology *topology;
    bool cables;  /* every edge goes both ways */
    bool by_name; /* nodes go by their name before their label */
    int unnamed;  /* nodes whose label another node has */
    int half_placed, not_placed;
} reader;

/* A unit that the graph states for all its edges ("capacity_unit": "Mbps", as FNSS does). */
static lead_status unit_of(const lead_graph_file *file, const char *key, lead_quantity kind,
                           double fallback, double *unit) {
    char text[64], advice[220];
    const char *stated;
    *unit = fallback;
    LEAD_TRY(lead_graph_item_get(file, &file->graph, key, &stated));
    if (!stated)
        return LEAD_OK;
    snprintf(text, sizeof text, "1 %s", stated);
    lead_status status = lead_quantity_parse(text, kind, unit);
    return status == LEAD_OK
               ? LEAD_OK
               : lead_graph_file_fail(file, 1, LEAD_FORMAT, "%s \"%.40s\" is not known%s", key,
                                      stated, lead_quantity_advice(stated, kind, advice));
}

static const char *edge_name(const reader *in, const lead_graph_item *edge, char text[120]) {
    snprintf(text, 120, "%.50s-%.50s", lead_topology_node_name(in->topology, edge->source),
             lead_topology_node_name(in->topology, edge->target));
    return text;
}

static lead_status unreadable_quantity(const reader *in, const lead_graph_item *edge,
                                       const char *what, const char *text, lead_quantity kind) {
    char name[120], space[220];
    const char *advice = lead_quantity_advice(text, kind, space);
    return lead_graph_file_fail(in->file, edge->line, LEAD_FORMAT,
                                "edge %s: %s \"%.60s\" cannot be read%s", edge_name(in, edge, name),
                                what, text, *advice ? advice : " (correct it, or remove it)");
}

static lead_status unreadable(const reader *in, const lead_graph_item *edge, const char *what,
                              const char *text) {
    char name[120];
    return lead_graph_file_fail(in->file, edge->line, LEAD_FORMAT,
                                "edge %s: %s \"%.60s\" cannot be read (correct it, or remove it)",
                                edge_name(in, edge, name), what, text);
}

/* A number with a unit of that kind, or a bare one in `unit`, without the blanks around it. */
static bool parse_quantity(const char *text, lead_quantity kind, double unit, double *value) {
    char trimmed[100];
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length == 0 || length >= sizeof trimmed)
        return false;
    memcpy(trimmed, text, length);
    trimmed[length] = '\0';
    bool bare = lead_number_parse(trimmed, value);
    if (!bare && lead_quantity_parse(trimmed, kind, value) != LEAD_OK)
        return false;
    *value *= bare ? unit : 1;
    return isfinite(*value);
}

/* "100" and "M": the Zoo's words for 100 Mbit/s; or "Mbps". */
static bool parse_speed(const char *speed, const char *units, double *value) {
    char text[128];
    double plain;
    if (!units || !parse_quantity(speed, LEAD_QUANTITY_SIZE, 1, &plain))
        return false;
    snprintf(text, sizeof text, "%s %.40s%s", LEAD_NUMBER(plain), units, units[1] ? "" : "bit/s");
    return lead_quantity_parse(text, LEAD_QUANTITY_RATE, value) == LEAD_OK;
}

/* Text that stands for a missing number: igraph and pandas write NaN. */
static bool is_nan(const char *text) {
    return strcasecmp(text, "nan") == 0;
}

/* The number under a list of keys as text; NULL when there is none. */
static lead_status number_text(const reader *in, const lead_graph_item *item, const char *keys,
                               const char **text) {
    LEAD_TRY(lead_graph_item_get(in->file, item, keys, text));
    if (*text && is_nan(*text))
        *text = NULL;
    return LEAD_OK;
}

/* The quantity of the first key that the edge has; *text NULL when it has none. */
static lead_status quantity_of(const reader *in, const lead_graph_item *edge,
                               const quantity_key *keys, int count, lead_quantity kind,
                               double stated, double *value, const char **text) {
    *text = NULL;
    for (int i = 0; i < count && !*text; i++) {
        double unit = keys[i].unit;
        LEAD_TRY(number_text(in, edge, keys[i].key, text));
        if (!*text)
            continue;
        if (unit == 0)
            LEAD_TRY(unit_of(in->file, keys[i].stated, kind, keys[i].usual, &unit));
        if (keys[i].unit == 0 && stated > 0)
            unit = stated;
        if (!parse_quantity(*text, kind, unit, value) || *value < 0)
            return unreadable_quantity(in, edge, keys[i].key, *text, kind);
    }
    return LEAD_OK;
}

static lead_status capacity_of(const reader *in, const lead_graph_item *edge, double *capacity) {
    const char *text, *units;
    char name[120];
    *capacity = in->reading->capacity;
    LEAD_TRY(quantity_of(in, edge, capacities, CAPACITIES, LEAD_QUANTITY_RATE, in->reading->unit,
                         capacity, &text));
    if (!text) {
        LEAD_TRY(number_text(in, edge, "LinkSpeed", &text));
        LEAD_TRY(lead_graph_item_get(in->file, edge, "LinkSpeedUnits", &units));
        if (text && !parse_speed(text, units, capacity))
            return unreadable(in, edge, units ? "LinkSpeed" : "LinkSpeed without LinkSpeedUnits",
                              text);
    }
    if (text || *capacity > 0)
        return LEAD_OK;
    return lead_graph_file_fail(
        in->file, edge->line, LEAD_FORMAT,
        "edge %s has no capacity and no LinkSpeedRaw (state one for such links: capacity: 10 "
        "Gbit/s)",
        edge_name(in, edge, name));
}

/* A stated delay, else that of a stated length, else that of the places. */
static lead_status delay_of(const reader *in, const lead_graph_item *edge, double *delay) {
    const char *text, *stated;
    double metres;
    *delay = lead_delay_between(in->topology, edge->source, edge->target);
    LEAD_TRY(quantity_of(in, edge, delays, DELAYS, LEAD_QUANTITY_TIME, 0, delay, &text));
    if (text)
        return LEAD_OK;
    /* FNSS states the unit of its lengths; elsewhere a distance is in km, and a length may be any.
     */
    LEAD_TRY(lead_graph_item_get(in->file, &in->file->graph, "distance_unit", &stated));
    LEAD_TRY(number_text(in, edge, stated ? "dist,distance,length" : "dist,distance", &text));
    if (!text)
        return LEAD_OK;
    bool km = !stated || strcasecmp(stated, "km") == 0;
    if (!km && strcmp(stated, "m") != 0)
        return lead_graph_file_fail(in->file, 1, LEAD_FORMAT,
                                    "distance_unit \"%.40s\" is not known", stated);
    if (!parse_quantity(text, LEAD_QUANTITY_SIZE, km ? 1e3 : 1, &metres) || metres < 0)
        return unreadable(in, edge, km ? "distance in km" : "distance in m", text);
    *delay = metres / 2e8;
    return LEAD_OK;
}

static lead_status values_of(const reader *in, const lead_graph_item *edge, lead_link *link) {
    const char *text;
    double group = 0;
    LEAD_TRY(capacity_of(in, edge, &link->capacity));
    LEAD_TRY(delay_of(in, edge, &link->delay));
    LEAD_TRY(number_text(in, edge, weights, &text));
    if (text && (!parse_quantity(text, LEAD_QUANTITY_SIZE, 1, &link->weight) || link->weight <= 0))
        return unreadable(in, edge, "weight", text);
    LEAD_TRY(number_text(in, edge, groups, &text));
    if (text && (!parse_quantity(text, LEAD_QUANTITY_SIZE, 1, &group) || group < 0 ||
                 group > INT_MAX || group != floor(group)))
        return unreadable(in, edge, "risk_group", text);
    link->risk_group = (int)group;
    return LEAD_OK;
}

static bool is_number(const char *text) {
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* Whether a node's label says no more than its number, and its name says more. */
static lead_status name_says_more(const reader *in, int node, const lead_topology *names,
                                  const char **name, bool *more) {
    const lead_graph_item *item = &in->file->nodes[node];
    const char *label, *id;
    LEAD_TRY(lead_graph_item_get(in->file, item, "label", &label));
    LEAD_TRY(lead_graph_item_get(in->file, item, "id", &id));
    *more = label && (is_number(label) || (id && strcmp(label, id) == 0));
    if (!*more)
        return LEAD_OK;
    LEAD_TRY(lead_graph_item_get(in->file, item, "name", name));
    *more = *name && !is_number(*name) && strcmp(label, *name) != 0 &&
            lead_topology_find_node(names, *name) < 0;
    return LEAD_OK;
}

/* networkx writes label "0" where a node is a number, and what people call it as its name: names
 * count where this holds for all nodes and no two share one. */
static lead_status find_naming(reader *in) {
    lead_topology *names = NULL;
    lead_status status = LEAD_OK;
    bool more = in->file->node_count > 0;
    LEAD_TRY(lead_topology_alloc(&names));
    for (int i = 0; i < in->file->node_count && more; i++) {
        const char *name;
        LEAD_TRY_FREE(name_says_more(in, i, names, &name, &more));
        status = more ? lead_topology_add_node(names, name, NULL) : LEAD_OK;
        if (status != LEAD_OK) {
            status = lead_fail_within(status, "%s:%ld", in->file->path, in->file->nodes[i].line);
            goto fail;
        }
    }
    in->by_name = more;
    if (more)
        lead_log(LEAD_LOG_WARNING,
                 "%s: all labels of nodes are numbers or ids: nodes go by their name (the first: "
                 "%.60s)",
                 in->file->path, lead_topology_node_name(names, 0));
fail:
    lead_topology_free(names);
    return status;
}

/* The node's label, name (or name, label), yEd's label or id, the first it has and no other node
 * has taken; else one of its number in `made`. */
static lead_status name_of(reader *in, int node, char made[16], const char **name) {
    static const char *const usual[] = {"label", "name", "y:NodeLabel", "id"}, *const by_name[] = {
                                                                                   "name", "label",
                                                                                   "y:NodeLabel",
                                                                                   "id"};
    bool taken = false;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const char *key = in->by_name ? by_name[i] : usual[i];
        LEAD_TRY(lead_graph_item_get(in->file, &in->file->nodes[node], key, name));
        if (*name && lead_topology_find_node(in->topology, *name) < 0) {
            in->unnamed += taken;
            return LEAD_OK;
        }
        taken = taken || *name;
    }
    snprintf(made, 16, "n%d", node);
    *name = made;
    in->unnamed++;
    return LEAD_OK;
}

static lead_status place(reader *in, int node) {
    const lead_graph_item *item = &in->file->nodes[node];
    const char *x, *y;
    double longitude, latitude;
    LEAD_TRY(number_text(in, item, longitudes, &x));
    LEAD_TRY(number_text(in, item, latitudes, &y));
    in->half_placed += !x != !y;
    if (!x || !y)
        return LEAD_OK;
    if (!parse_quantity(x, LEAD_QUANTITY_SIZE, 1, &longitude) ||
        !parse_quantity(y, LEAD_QUANTITY_SIZE, 1, &latitude))
        return lead_graph_file_fail(in->file, item->line, LEAD_FORMAT,
                                    "the place \"%.40s\" \"%.40s\" of node %.60s cannot be read", x,
                                    y, lead_topology_node_name(in->topology, node));
    if (lead_is_place(longitude, latitude))
        return lead_topology_place_node(in->topology, node, longitude, latitude);
    in->not_placed++;
    return LEAD_OK;
}

static lead_status add_nodes(reader *in) {
    for (int i = 0; i < in->file->node_count; i++) {
        const char *name;
        char made[16];
        LEAD_TRY(name_of(in, i, made, &name));
        lead_status status = lead_topology_add_node(in->topology, name, NULL);
        if (status != LEAD_OK)
            return lead_fail_within(status, "%s:%ld", in->file->path, in->file->nodes[i].line);
        LEAD_TRY(place(in, i));
    }
    if (in->unnamed > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d nodes have a label that another has: they go by their id", in->file->path,
                 in->unnamed);
    if (in->half_placed > 0)
        lead_log(LEAD_LOG_WARNING, "%s: %d nodes have one of longitude and latitude: not placed",
                 in->file->path, in->half_placed);
    lead_warn_of_places(in->file->path, in->not_placed);
    return LEAD_OK;
}

/* The Zoo draws each cable once, and its files say `directed` or not by the tool that wrote them.
 * It is known by its own words. */
static bool from_zoo(const lead_graph_file *file) {
    static const char *const words[] = {"LinkSpeed", "LinkSpeedRaw", "LinkSpeedUnits",
                                        "LinkLabel", "LinkType",     "LinkNote"};
    for (int i = 0; i < file->graph.count; i++)
        if (strstr(file->graph.attributes[i].value, "Topology Zoo"))
            return true;
    for (int i = 0; i < file->edge_count; i++)
        for (int k = 0; k < file->edges[i].count; k++)
            for (size_t w = 0; w < sizeof words / sizeof *words; w++)
                if (strcmp(file->edges[i].attributes[k].key, words[w]) == 0)
                    return true;
    return false;
}

/* What the file says of directions, and what is made of it where that is not plain. */
static lead_status find_directions(reader *in) {
    const lead_graph_file *file = in->file;
    int directed = 0;
    for (int i = 0; i < file->edge_count; i++)
        directed += file->edges[i].directed;
    if (directed == 0 || in->reading->directions != LEAD_DIRECTIONS_FILE)
        return LEAD_OK;
    lead_pair *pairs;
    LEAD_TRY(lead_calloc((size_t)file->edge_count, sizeof *pairs, &pairs));
    for (int i = 0; i < file->edge_count; i++)
        pairs[i] = (lead_pair){file->edges[i].source, file->edges[i].target};
    int alone = lead_count_without_reverse(pairs, file->edge_count);
    free(pairs);
    in->cables = from_zoo(file) && alone > 0;
    if (in->cables && alone < file->edge_count)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d of %d edges have no reverse: all are taken for cables of both directions, "
                 "as in the Topology Zoo (else state directions: one-way)",
                 file->path, alone, file->edge_count);
    if (!in->cables && alone > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d of %d edges are directed and have no reverse: they are one-way (if edges "
                 "are cables of both directions, state directions: both)",
                 file->path, alone, file->edge_count);
    return LEAD_OK;
}

static bool goes_both_ways(const reader *in, const lead_graph_item *edge) {
    if (in->reading->directions != LEAD_DIRECTIONS_FILE)
        return in->reading->directions == LEAD_DIRECTIONS_BOTH;
    return in->cables || !edge->directed;
}

static lead_status add_edge(const reader *in, const lead_graph_item *edge) {
    lead_link link = {.source = edge->source, .destination = edge->target, .up = true};
    const char *label;
    if (link.source != link.destination)
        LEAD_TRY(values_of(in, edge, &link));
    LEAD_TRY(lead_graph_item_get(in->file, edge, link_names, &label));
    return lead_add_link(in->topology, in->file->path, edge->line, link, goes_both_ways(in, edge),
                         label);
}

/* Whether a key of edges sounds like something that is read under another name. */
static bool sounds_like_ours(const char *key) {
    static const char *const parts[] = {"capac", "bandw",  "speed",  "rate",
                                        "cost",  "metric", "weight", "delay",
                                        "laten", "dist",   "length", "y:EdgeLabel"},
                             *const known[] = {"LinkSpeed",  "LinkSpeedUnits", "weight",
                                               "igp_weight", "dist",           "distance"};
    bool sounds = strcasecmp(key, "bw") == 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        sounds = sounds || strcasestr(key, parts[i]);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        sounds = sounds && strcasecmp(key, known[i]) != 0;
    for (int i = 0; i < CAPACITIES; i++)
        sounds = sounds && strcasecmp(key, capacities[i].key) != 0;
    for (int i = 0; i < DELAYS; i++)
        sounds = sounds && strcasecmp(key, delays[i].key) != 0;
    return sounds;
}

/* One warning about all keys that may have been meant and are not read. */
static void warn_of_keys(const lead_graph_file *file) {
    char list[300] = "";
    for (int i = 0; i < file->edge_count; i++)
        for (int k = 0; k < file->edges[i].count; k++) {
            const char *key = file->edges[i].attributes[k].key;
            if (sounds_like_ours(key) && !strstr(list, key))
                snprintf(list + strlen(list), sizeof list - strlen(list), "%s%.40s",
                         *list ? ", " : "", key);
        }
    if (*list)
        lead_log(LEAD_LOG_WARNING, "%s: attributes of edges that are not looked at: %s", file->path,
                 list);
}

static lead_status parse(lead_graph_file *file, const char *text, size_t length) {
    if (length == 0)
        return lead_fail(LEAD_FORMAT, "%s:1: the file is empty", file->path);
    if (lead_path_ends(file->path, ".json"))
        return lead_node_link_parse(file);
    return lead_path_ends(file->path, ".gml") ? lead_gml_parse(text, file)
                                              : lead_graphml_parse(text, length, file);
}

lead_status lead_graph_read(const char *path, const lead_topology_reading *reading,
                            lead_topology **out) {
    lead_graph_file file = {.path = path};
    reader in = {.file = &file, .reading = reading};
    char *text;
    size_t length;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_file_read(path, 1 << 28, &text, &length));
    LEAD_TRY_FREE(parse(&file, text, length));
    LEAD_TRY_FREE(lead_topology_alloc(&in.topology));
    LEAD_TRY_FREE(find_naming(&in));
    LEAD_TRY_FREE(add_nodes(&in));
    LEAD_TRY_FREE(find_directions(&in));
    warn_of_keys(&file);
    for (int i = 0; i < file.edge_count; i++)
        LEAD_TRY_FREE(add_edge(&in, &file.edges[i]));
    *out = in.topology;
    in.topology = NULL;
fail:
    lead_topology_free(in.topology);
    lead_graph_file_clear(&file);
    free(text);
    return status;
}
