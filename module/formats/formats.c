/* Which reader and writer belong to a path's ending, and what several readers share. */
#include "formats/text.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *ending;
    lead_status (*read)(const char *, double, lead_topology **);
    lead_status (*write)(const lead_topology *, const char *);
    bool parallel_links;
} topology_formats[] = {
    {".yaml", lead_topology_yaml_read, lead_topology_yaml_write, false},
    {".csv", lead_links_csv_read, lead_links_csv_write, false},
    {".graph", lead_repetita_read, lead_repetita_write, true},
    {".xml", lead_sndlib_read, lead_sndlib_write, true},
    {".graphml", lead_graph_read, lead_graph_write, true},
    {".gml", lead_graph_read, lead_graph_write, true},
};

static const struct {
    const char *ending;
    lead_status (*read)(const char *, const lead_tm_reading *, lead_tm_series **);
    lead_status (*write)(const lead_tm_series *, const char *);
} tm_formats[] = {
    {".csv", lead_tm_csv_read, lead_tm_csv_write},
    {".csv.gz", lead_tm_csv_read, lead_tm_csv_write},
    {".demands", lead_repetita_demands_read, lead_repetita_demands_write},
    {".xml", lead_sndlib_demands_read, NULL},
    {"/", lead_sndlib_demands_read, lead_sndlib_demands_write},
};

enum {
    TOPOLOGY_FORMATS = sizeof topology_formats / sizeof *topology_formats,
    TM_FORMATS = sizeof tm_formats / sizeof *tm_formats
};

static bool ends_with(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

static int topology_format(const char *path) {
    for (int i = 0; i < TOPOLOGY_FORMATS; i++)
        if (ends_with(path, topology_formats[i].ending))
            return i;
    return -1;
}

static int tm_format(const char *path) {
    struct stat about;
    for (int i = 0; i < TM_FORMATS; i++)
        if (ends_with(path, tm_formats[i].ending))
            return i;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? TM_FORMATS - 1 : -1;
}

bool lead_path_is_topology(const char *path) {
    return topology_format(path) >= 0;
}

bool lead_path_is_tm(const char *path) {
    return tm_format(path) >= 0;
}

lead_status lead_topology_read(const char *path, double default_capacity, lead_topology **out) {
    int format = topology_format(path);
    if (format < 0)
        return lead_fail(
            LEAD_INVALID,
            "%s: no topology format has this ending (.yaml .csv .graph .xml .graphml .gml)", path);
    lead_topology *topology;
    LEAD_TRY(topology_formats[format].read(path, default_capacity, &topology));
    if (lead_topology_node_count(topology) == 0) {
        lead_topology_free(topology);
        return lead_fail(LEAD_FORMAT, "%s:1: there are no nodes", path);
    }
    *out = topology;
    return LEAD_OK;
}

lead_status lead_topology_write(const lead_topology *topology, const char *path) {
    int format = topology_format(path);
    if (format < 0)
        return lead_fail(
            LEAD_INVALID,
            "%s: no topology format has this ending (.yaml .csv .graph .xml .graphml .gml)", path);
    for (int i = 0;
         i < lead_topology_link_count(topology) && !topology_formats[format].parallel_links; i++) {
        const lead_link *link = lead_topology_link(topology, i);
        char name[96];
        if (lead_topology_find_link(topology, link->source, link->destination) != i)
            return lead_fail(
                LEAD_UNAVAILABLE,
                "%s: the format holds one link from a node to another, but there are several %s",
                path, lead_topology_link_name(topology, i, name));
    }
    return topology_formats[format].write(topology, path);
}

lead_status lead_tm_series_read(const char *path, const lead_tm_reading *reading,
                                lead_tm_series **out) {
    int format = tm_format(path);
    if (format < 0)
        return lead_fail(
            LEAD_INVALID,
            "%s: no TM format has this ending (.csv .csv.gz .demands .xml, or a folder)", path);
    lead_tm_reading everything = {0};
    return tm_formats[format].read(path, reading ? reading : &everything, out);
}

lead_status lead_tm_series_write(const lead_tm_series *series, const char *path) {
    int format = tm_format(path);
    if (format < 0 || !tm_formats[format].write)
        return lead_fail(LEAD_INVALID,
                         "%s: no TM format has this ending (.csv .csv.gz .demands, or a folder "
                         "with / at its end)",
                         path);
    return tm_formats[format].write(series, path);
}

lead_status lead_csv_check_name(const char *path, const char *name, const char *more) {
    const char *last = name + strlen(name) - 1;
    if (!strpbrk(name, ",\n\r") && !strpbrk(name, more) && !strchr(" \t", *name) &&
        !strchr(" \t", *last))
        return LEAD_OK;
    return lead_fail(LEAD_UNAVAILABLE, "%s: node \"%s\" cannot stand in CSV", path, name);
}

double lead_delay_between(const lead_topology *topology, int source, int destination) {
    const double radius = 6371e3, speed = 2e8, degree = acos(-1.0) / 180;
    double x1, y1, x2, y2;
    lead_topology_node_place(topology, source, &x1, &y1);
    lead_topology_node_place(topology, destination, &x2, &y2);
    if (!isfinite(x1) || !isfinite(y1) || !isfinite(x2) || !isfinite(y2))
        return 0;
    double half_y = sin((y2 - y1) * degree / 2), half_x = sin((x2 - x1) * degree / 2);
    double a = half_y * half_y + cos(y1 * degree) * cos(y2 * degree) * half_x * half_x;
    return 2 * radius * asin(fmin(1, sqrt(fmax(0, a)))) / speed;
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
