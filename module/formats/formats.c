/* Which reader and writer belong to a path's ending, and what several readers share. */
#include "base/expects.h"
#include "formats/text/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a topology format has room for: a bit each. */
enum {
    LONE_NODES = 1, /* nodes without a link */
    WEIGHTS = 2,
    DELAYS = 4,
    GROUPS = 8,
    LABELS = 16, /* names of links */
    EDGES = 32,  /* an edge may stand for both directions: `directions` is heeded */
    PLACES = 128,
    NO_UNIT = 64, /* capacities are bare numbers: `unit` is heeded */
    PROBABILITIES = 256,
    ALL = LONE_NODES | WEIGHTS | DELAYS | GROUPS | LABELS | PLACES
};

static const struct {
    const char *ending;
    lead_status (*read)(const char *, const lead_topology_reading *, lead_topology **);
    lead_status (*write)(const lead_topology *, const char *);
    int holds;
} topology_formats[] = {
    {".yaml", lead_topology_yaml_read, lead_topology_yaml_write, ALL | PROBABILITIES},
    {".csv", lead_links_csv_read, lead_links_csv_write,
     (ALL & ~(LONE_NODES | PLACES)) | PROBABILITIES},
    {".graph", lead_repetita_read, lead_repetita_write,
     LONE_NODES | WEIGHTS | DELAYS | PLACES | NO_UNIT},
    {".xml", lead_sndlib_read, lead_sndlib_write, LONE_NODES | PLACES | EDGES | NO_UNIT},
    {".graphml", lead_graph_read, lead_graphml_write, ALL | EDGES | NO_UNIT},
    {".gml", lead_graph_read, lead_gml_write, ALL | EDGES | NO_UNIT},
    {".json", lead_graph_read, lead_node_link_write, ALL | EDGES | NO_UNIT},
};

static lead_status read_folder(const char *path, const lead_tm_reading *reading,
                               lead_tm_series **out) {
    return lead_hist_is_folder(path) ? lead_hist_read(path, reading, out)
                                     : lead_sndlib_demands_read(path, reading, out);
}

static const struct {
    const char *ending;
    lead_status (*read)(const char *, const lead_tm_reading *, lead_tm_series **);
    lead_status (*write)(const lead_tm_series *, const char *);
} tm_formats[] = {
    {".csv", lead_tm_csv_read, lead_tm_csv_write},
    {".csv.gz", lead_tm_csv_read, lead_tm_csv_write},
    {".demands", lead_repetita_demands_read, lead_repetita_demands_write},
    {".xml", lead_sndlib_demands_read, NULL},
    {".hist", lead_hist_read, lead_hist_write},
    {"/", read_folder, lead_sndlib_demands_write},
};

enum {
    TOPOLOGY_FORMATS = sizeof topology_formats / sizeof *topology_formats,
    TM_FORMATS = sizeof tm_formats / sizeof *tm_formats
};

bool lead_path_ends(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

static int topology_format(const char *path) {
    for (int i = 0; i < TOPOLOGY_FORMATS; i++)
        if (lead_path_ends(path, topology_formats[i].ending))
            return i;
    return -1;
}

static int tm_format(const char *path) {
    struct stat about;
    for (int i = 0; i < TM_FORMATS; i++)
        if (lead_path_ends(path, tm_formats[i].ending))
            return i;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? TM_FORMATS - 1 : -1;
}

bool lead_path_is_topology(const char *path) {
    LEAD_EXPECTS(path);
    return topology_format(path) >= 0;
}

bool lead_path_is_tm(const char *path) {
    LEAD_EXPECTS(path);
    return tm_format(path) >= 0;
}

static lead_status no_topology(const char *path) {
    return lead_fail(
        LEAD_INVALID,
        "%s: no topology format has this ending (.yaml .csv .graph .xml .graphml .gml .json)",
        path);
}

/* What is stated for a format that does not ask is a mistake. */
static lead_status check_reading(const char *path, int holds,
                                 const lead_topology_reading *reading) {
    if (reading->unit > 0 && !(holds & NO_UNIT))
        return lead_fail(LEAD_INVALID,
                         "%s: the file states the unit of its capacities; leave `unit` out", path);
    if (reading->directions != LEAD_DIRECTIONS_FILE && !(holds & EDGES))
        return lead_fail(LEAD_INVALID,
                         "%s: the format lists directed links; leave `directions` out", path);
    return LEAD_OK;
}

static bool is_placed(const lead_topology *topology, int node) {
    double longitude, latitude;
    lead_topology_node_place(topology, node, &longitude, &latitude);
    return lead_is_place(longitude, latitude);
}

/* Where some nodes have places, a link of another has no delay but for want of one. */
static void warn_of_unplaced(const char *path, const lead_topology *topology) {
    int placed = 0, without = 0;
    for (int v = 0; v < lead_topology_node_count(topology); v++)
        placed += is_placed(topology, v);
    for (int e = 0; e < lead_topology_link_count(topology) && placed > 0; e++) {
        const lead_link *link = lead_topology_link(topology, e);
        without += link->delay == 0 &&
                   !(is_placed(topology, link->source) && is_placed(topology, link->destination));
    }
    if (without > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d links have a delay of 0 s: they state none or 0, and a node of theirs "
                 "has no place (%d of %d have one)",
                 path, without, placed, lead_topology_node_count(topology));
}

/* Whether two links fail together by themselves: they share a risk, or are directions of a link or
 * parallel ones without any. */
static bool fail_together(const lead_link *a, const lead_link *b) {
    bool between = (a->source == b->source && a->destination == b->destination) ||
                   (a->source == b->destination && a->destination == b->source);
    return a->risk_group > 0 || b->risk_group > 0 ? a->risk_group == b->risk_group : between;
}

/* What fails together is down with one probability. O(links with one x links). */
static lead_status check_probabilities(const char *path, const lead_topology *topology) {
    char a[96], b[96];
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        double p = lead_topology_link_probability(topology, i);
        for (int j = 0; j < i && p > 0; j++) {
            double other = lead_topology_link_probability(topology, j);
            if (other > 0 && other != p &&
                fail_together(lead_topology_link(topology, i), lead_topology_link(topology, j)))
                return lead_fail(LEAD_FORMAT,
                                 "%s: links %s and %s fail together, but are down with "
                                 "probabilities %g and %g",
                                 path, lead_topology_link_name(topology, j, a),
                                 lead_topology_link_name(topology, i, b), other, p);
        }
    }
    return LEAD_OK;
}

lead_status lead_set_probabilities(lead_topology *topology, int from, double probability) {
    for (int i = from; i < lead_topology_link_count(topology); i++)
        LEAD_TRY(lead_topology_set_probability(topology, i, probability));
    return LEAD_OK;
}

lead_status lead_topology_read(const char *path, const lead_topology_reading *reading,
                               lead_topology **out) {
    LEAD_EXPECTS(path && out);
    static const lead_topology_reading plain = {0};
    int format = topology_format(path);
    if (format < 0)
        return no_topology(path);
    reading = reading ? reading : &plain;
    LEAD_TRY(check_reading(path, topology_formats[format].holds, reading));
    lead_topology *topology;
    LEAD_TRY(topology_formats[format].read(path, reading, &topology));
    if (lead_topology_node_count(topology) == 0) {
        lead_topology_free(topology);
        return lead_fail(LEAD_FORMAT, "%s:1: there are no nodes", path);
    }
    lead_status status = check_probabilities(path, topology);
    if (status != LEAD_OK) {
        lead_topology_free(topology);
        return status;
    }
    warn_of_unplaced(path, topology);
    *out = topology;
    return LEAD_OK;
}

/* How many links have a property that a reader of the format would not find again. */
static int count_lost(const lead_topology *topology, int property) {
    int count = 0;
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        double by_place = lead_delay_between(topology, link->source, link->destination);
        count += property == WEIGHTS         ? link->weight > 0
                 : property == DELAYS        ? fabs(link->delay - by_place) > 1e-6 * link->delay
                 : property == GROUPS        ? link->risk_group > 0
                 : property == PROBABILITIES ? lead_topology_link_probability(topology, i) > 0
                                             : lead_topology_link_label(topology, i) != NULL;
    }
    return count;
}

static void warn_of_losses(const lead_topology *topology, const char *path, int holds) {
    static const struct {
        int property;
        const char *what;
    } properties[] = {{WEIGHTS, "weights"},
                      {DELAYS, "delays (but what places give)"},
                      {GROUPS, "risk groups"},
                      {PROBABILITIES, "probabilities"},
                      {LABELS, "link names"}};
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        int lost =
            holds & properties[i].property ? 0 : count_lost(topology, properties[i].property);
        if (lost > 0)
            lead_log(LEAD_LOG_WARNING, "%s: the format has no %s: those of %d links are not in it",
                     path, properties[i].what, lost);
    }
}

static int count_places(const lead_topology *topology) {
    int count = 0;
    for (int i = 0; i < lead_topology_node_count(topology); i++) {
        double x, y;
        lead_topology_node_place(topology, i, &x, &y);
        count += lead_is_place(x, y);
    }
    return count;
}

static lead_status check_lone_nodes(const lead_topology *topology, const char *path) {
    for (int i = 0; i < lead_topology_node_count(topology); i++) {
        int out, in;
        lead_topology_links_out(topology, i, &out);
        lead_topology_links_in(topology, i, &in);
        if (out + in == 0)
            return lead_fail(LEAD_UNAVAILABLE, "%s: node \"%s\" has no link and would be lost",
                             path, lead_topology_node_name(topology, i));
    }
    return LEAD_OK;
}

lead_status lead_topology_write(const lead_topology *topology, const char *path) {
    LEAD_EXPECTS(topology && path);
    int format = topology_format(path);
    if (format < 0)
        return no_topology(path);
    int holds = topology_formats[format].holds;
    if (!(holds & LONE_NODES))
        LEAD_TRY(check_lone_nodes(topology, path));
    LEAD_TRY(topology_formats[format].write(topology, path));
    warn_of_losses(topology, path, holds);
    if (!(holds & PLACES) && count_places(topology) > 0)
        lead_log(LEAD_LOG_WARNING, "%s: the format has no places: those of %d nodes are not in it",
                 path, count_places(topology));
    return LEAD_OK;
}

lead_status lead_tm_series_read(const char *path, const lead_tm_reading *reading,
                                lead_tm_series **out) {
    LEAD_EXPECTS(path && out);
    int format = tm_format(path);
    if (format < 0)
        return lead_fail(
            LEAD_INVALID,
            "%s: no TM format has this ending (.csv .csv.gz .demands .hist .xml, or a folder)",
            path);
    lead_tm_reading everything = {0};
    return tm_formats[format].read(path, reading ? reading : &everything, out);
}

lead_status lead_tm_series_write(const lead_tm_series *series, const char *path) {
    LEAD_EXPECTS(series && path);
    int format = tm_format(path);
    if (format < 0 || !tm_formats[format].write)
        return lead_fail(LEAD_INVALID,
                         "%s: no TM format has this ending (.csv .csv.gz .demands, or a folder "
                         "with / at its end)",
                         path);
    return tm_formats[format].write(series, path);
}

lead_status lead_csv_check_name(const char *path, const char *name, const char *more) {
    if (!strpbrk(name, "\n\r") && !strpbrk(name, more))
        return LEAD_OK;
    return lead_fail(LEAD_UNAVAILABLE, "%s: the name \"%s\" cannot stand in CSV", path, name);
}

bool lead_is_place(double longitude, double latitude) {
    return fabs(longitude) <= 180 && fabs(latitude) <= 90;
}

double lead_delay_between(const lead_topology *topology, int source, int destination) {
    const double radius = 6371e3, speed = 2e8, degree = acos(-1.0) / 180;
    double x1, y1, x2, y2;
    lead_topology_node_place(topology, source, &x1, &y1);
    lead_topology_node_place(topology, destination, &x2, &y2);
    if (!lead_is_place(x1, y1) || !lead_is_place(x2, y2))
        return 0;
    double half_y = sin((y2 - y1) * degree / 2), half_x = sin((x2 - x1) * degree / 2);
    double a = half_y * half_y + cos(y1 * degree) * cos(y2 * degree) * half_x * half_x;
    return 2 * radius * asin(fmin(1, sqrt(fmax(0, a)))) / speed;
}

void lead_warn_of_places(const char *path, int count) {
    if (count > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: the places of %d nodes are no longitude and latitude in degrees: not placed, "
                 "and their links have no delay but a stated one",
                 path, count);
}

lead_status lead_add_labelled(lead_topology *topology, lead_link link, const char *label) {
    int index;
    LEAD_TRY(lead_topology_add_link(topology, link, &index));
    return label && *label ? lead_topology_name_link(topology, index, label) : LEAD_OK;
}

bool lead_leaves_out(const char *place, const lead_topology *topology, const lead_link *link) {
    int n = lead_topology_node_count(topology);
    if (link->source < 0 || link->source >= n || link->destination < 0 || link->destination >= n)
        return false;
    const char *from = lead_topology_node_name(topology, link->source),
               *to = lead_topology_node_name(topology, link->destination);
    bool loop = link->source == link->destination;
    if (loop || link->capacity == 0)
        lead_log(LEAD_LOG_WARNING, "%s: link %s-%s %s: left out", place, from, to,
                 loop ? "leads back to its own node" : "has a capacity of 0 and carries nothing");
    return loop || link->capacity == 0;
}

/* Whether a link of these ends is called so. */
static bool is_called(const lead_topology *topology, const lead_link *ends, const char *name) {
    int count;
    const int *out = lead_topology_links_out(topology, ends->source, &count);
    for (int i = 0; i < count; i++) {
        const char *label = lead_topology_link_label(topology, out[i]);
        if (lead_topology_link(topology, out[i])->destination == ends->destination && label &&
            strcmp(label, name) == 0)
            return true;
    }
    return false;
}

/* A name of its own for a link whose label another one of the same ends has, which is said. */
static const char *name_apart(const lead_topology *topology, const char *place,
                              const lead_link *link, const char *label, char text[160]) {
    if (!label || !*label || !is_called(topology, link, label))
        return label;
    int length = (int)strnlen(label, 140);
    while ((label[length] & 0xc0) == 0x80) /* a whole character */
        length--;
    for (int number = 2; number == 2 || is_called(topology, link, text); number++)
        snprintf(text, 160, "%.*s#%d", length, label, number);
    lead_log(LEAD_LOG_WARNING, "%s: another link %s-%s is called %.60s: this one is %.70s", place,
             lead_topology_node_name(topology, link->source),
             lead_topology_node_name(topology, link->destination), label, text);
    return text;
}

lead_status lead_add_link(lead_topology *topology, const char *path, long line, lead_link link,
                          bool both, const char *label) {
    char place[400], own[160];
    snprintf(place, sizeof place, "%.350s:%ld", path, line);
    if (lead_leaves_out(place, topology, &link))
        return LEAD_OK;
    lead_link back = link;
    back.source = link.destination;
    back.destination = link.source;
    lead_status status =
        lead_add_labelled(topology, link, name_apart(topology, place, &link, label, own));
    if (status == LEAD_OK && both)
        status = lead_add_labelled(topology, back, name_apart(topology, place, &back, label, own));
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s:%ld", path, line);
}

lead_status lead_check_parallel(const lead_topology *topology, const lead_link *link,
                                const char *label) {
    int count;
    const int *out = lead_topology_links_out(topology, link->source, &count);
    for (int i = 0; i < count; i++) {
        const char *other = lead_topology_link_label(topology, out[i]);
        char name[96];
        if (lead_topology_link(topology, out[i])->destination != link->destination)
            continue;
        if (!label || !*label || !other || strcmp(label, other) == 0)
            return lead_fail(LEAD_FORMAT,
                             "link %s is there twice (parallel links need a name each: name)",
                             lead_topology_link_name(topology, out[i], name));
    }
    return LEAD_OK;
}

bool lead_is_parallel(const lead_topology *topology, int link) {
    const lead_link *about = lead_topology_link(topology, link);
    int count, same = 0;
    const int *out = lead_topology_links_out(topology, about->source, &count);
    for (int i = 0; i < count; i++)
        same += lead_topology_link(topology, out[i])->destination == about->destination;
    return same > 1;
}

bool lead_has_parallel_links(const lead_topology *topology) {
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (lead_is_parallel(topology, i))
            return true;
    return false;
}

const char *lead_parallel_name(const lead_topology *topology, int link, char text[160]) {
    const char *label = lead_topology_link_label(topology, link);
    const lead_link *about = lead_topology_link(topology, link);
    char ends[96];
    int count, number = 0;
    if (label)
        return label;
    if (!lead_is_parallel(topology, link))
        return "";
    const int *out = lead_topology_links_out(topology, about->source, &count);
    for (int i = 0; i < count && out[i] <= link; i++)
        number += lead_topology_link(topology, out[i])->destination == about->destination;
    int parallel = 0;
    for (int i = 0; i < count; i++)
        parallel += lead_topology_link(topology, out[i])->destination == about->destination;
    lead_topology_link_name(topology, link, ends);
    do { /* a stated name may read the same; the numbers of two links never do */
        snprintf(text, 160, "%s#%d", ends, number);
        number += parallel;
    } while (is_called(topology, about, text));
    return text;
}

/* By the two ends, whichever is first; then those that go up. */
static int compare_pairs(const void *a, const void *b) {
    const lead_pair *x = a, *y = b;
    int low_x = x->from < x->to ? x->from : x->to, low_y = y->from < y->to ? y->from : y->to;
    int high_x = x->from ^ x->to ^ low_x, high_y = y->from ^ y->to ^ low_y;
    if (low_x != low_y)
        return low_x < low_y ? -1 : 1;
    if (high_x != high_y)
        return high_x < high_y ? -1 : 1;
    return (x->from > x->to) - (y->from > y->to);
}

int lead_count_without_reverse(lead_pair *pairs, int count) {
    int alone = 0;
    if (count > 0)
        qsort(pairs, (size_t)count, sizeof *pairs, compare_pairs);
    for (int i = 0; i < count;) {
        int up = 0, down = 0, next = i;
        const int low = pairs[i].from < pairs[i].to ? pairs[i].from : pairs[i].to,
                  high = pairs[i].from ^ pairs[i].to ^ low;
        for (; next < count; next++) {
            if (pairs[next].from == low && pairs[next].to == high)
                up++;
            else if (pairs[next].from == high && pairs[next].to == low)
                down++;
            else
                break;
        }
        alone += low == high ? 0 : abs(up - down);
        i = next;
    }
    return alone;
}

lead_status lead_tm_reading_finish(const char *path, const lead_tm_reading *reading,
                                   lead_tm_series *series, lead_tm_series **out) {
    if (!reading->topology) {
        *out = series;
        return LEAD_OK;
    }
    lead_status status = lead_tm_series_arrange(series, reading->topology);
    if (status == LEAD_OK) {
        *out = series;
        return LEAD_OK;
    }
    lead_tm_series_free(series);
    return lead_fail_within(status, "%s", path);
}
