/* SNDlib XML, written: networks with capacities, and a file of demands for each TM. */
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include "formats/text/xml.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_element(lead_file_writer *writer, const char *name, const char *text) {
    lead_file_printf(writer, "<%s>", name);
    lead_xml_print(writer, text);
    lead_file_printf(writer, "</%s>", name);
}

static void print_head(lead_file_writer *writer, const char *time) {
    lead_file_printf(writer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<network xmlns=\"http://sndlib.zib.de/network\" version=\"1.0\">\n"
                             "  <meta>");
    if (time)
        print_element(writer, "time", time);
    print_element(writer, "unit", "MBITPERSEC");
    lead_file_printf(writer, "</meta>\n  <networkStructure>\n");
}

static void print_nodes(lead_file_writer *writer, const lead_topology *topology) {
    double x, y;
    lead_file_printf(writer, "    <nodes coordinatesType=\"geographical\">\n");
    for (int i = 0; i < lead_topology_node_count(topology); i++) {
        lead_topology_node_place(topology, i, &x, &y);
        lead_file_printf(writer, "      <node id=\"");
        lead_xml_print(writer, lead_topology_node_name(topology, i));
        if (isfinite(x) && isfinite(y))
            lead_file_printf(writer, "\"><coordinates><x>%s</x><y>%s</y></coordinates></node>\n",
                             LEAD_NUMBER(x), LEAD_NUMBER(y));
        else
            lead_file_printf(writer, "\"/>\n");
    }
    lead_file_printf(writer, "    </nodes>\n");
}

/* The first link from `link`'s destination to its source that `used` does not mark, or -1; with
 * `alike` only one of its capacity. */
static int find_reverse(const lead_topology *topology, const bool *used, int link, bool alike) {
    const lead_link *about = lead_topology_link(topology, link);
    int count;
    const int *out = lead_topology_links_out(topology, about->destination, &count);
    for (int i = 0; i < count; i++) {
        const lead_link *other = lead_topology_link(topology, out[i]);
        if (!used[out[i]] && other->destination == about->source &&
            (!alike || other->capacity == about->capacity))
            return out[i];
    }
    return -1;
}

/* Marks one link of each cable in `left_out`; false when a link has no reverse for itself alone. */
static bool pair_up(const lead_topology *topology, bool alike, bool *left_out, bool *used,
                    int *alone) {
    int m = lead_topology_link_count(topology);
    memset(left_out, 0, (size_t)m);
    memset(used, 0, (size_t)m);
    for (*alone = 0; *alone < m; (*alone)++) {
        if (used[*alone])
            continue;
        int back = find_reverse(topology, used, *alone, alike);
        if (back < 0)
            return false;
        used[*alone] = used[back] = left_out[back] = true;
    }
    return true;
}

/* Cables all from the node of lower index, so that none looks like the reverse of another. */
static void print_links(lead_file_writer *writer, const lead_topology *topology, bool cables,
                        const bool *left_out) {
    lead_file_printf(writer, "    <links>\n");
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        int from = link->source, to = link->destination;
        if (cables && left_out[i])
            continue;
        if (cables && from > to) {
            from = link->destination;
            to = link->source;
        }
        lead_file_printf(writer, "      <link id=\"link_%d\">", i);
        print_element(writer, "source", lead_topology_node_name(topology, from));
        print_element(writer, "target", lead_topology_node_name(topology, to));
        lead_file_printf(writer,
                         "<preInstalledModule><capacity>%s</capacity></preInstalledModule>"
                         "</link>\n",
                         LEAD_NUMBER(link->capacity / 1e6));
    }
    lead_file_printf(writer, "    </links>\n");
}

/* SNDlib's links are cables: each link with a reverse of its capacity, written once. Where the two
 * capacities differ every link is written, as its directed networks do; one that has no reverse at
 * all cannot be. */
static lead_status choose_links(const char *path, const lead_topology *topology, bool *cables,
                                bool *left_out) {
    int m = lead_topology_link_count(topology), alone;
    bool *used;
    char name[96];
    LEAD_TRY(lead_calloc((size_t)m, sizeof *used, &used));
    *cables = pair_up(topology, true, left_out, used, &alone);
    bool directed = *cables || pair_up(topology, false, left_out, used, &alone);
    free(used);
    if (!directed)
        return lead_fail(LEAD_UNAVAILABLE, "%s: SNDlib links are undirected, but %s has no reverse",
                         path, lead_topology_link_name(topology, alone, name));
    return LEAD_OK;
}

static lead_status check_names(const lead_topology *topology, const char *path) {
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        LEAD_TRY(lead_xml_check(path, lead_topology_node_name(topology, i)));
    return LEAD_OK;
}

lead_status lead_sndlib_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    bool *left_out = NULL, cables;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(check_names(topology, path));
    LEAD_TRY_FREE(
        lead_calloc((size_t)lead_topology_link_count(topology), sizeof *left_out, &left_out));
    LEAD_TRY_FREE(choose_links(path, topology, &cables, left_out));
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    print_head(writer, NULL);
    print_nodes(writer, topology);
    print_links(writer, topology, cables, left_out);
    lead_file_printf(writer, "  </networkStructure>\n</network>\n");
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    free(left_out);
    return status;
}

static void print_demand(lead_file_writer *writer, int number, const char *from, const char *to,
                         double value) {
    lead_file_printf(writer, "    <demand id=\"%d\">", number);
    print_element(writer, "source", from);
    print_element(writer, "target", to);
    lead_file_printf(writer, "<demandValue>%s</demandValue></demand>\n", LEAD_NUMBER(value / 1e6));
}

static lead_status print_tm(const char *path, const lead_tm_series *series, int index,
                            const char *iso) {
    int n = lead_tm_series_node_count(series), number = 0;
    const double *tm = lead_tm_series_tm(series, index);
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    print_head(writer, iso);
    lead_file_printf(writer, "    <nodes>\n");
    for (int i = 0; i < n; i++) {
        lead_file_printf(writer, "      <node id=\"");
        lead_xml_print(writer, lead_tm_series_node_name(series, i));
        lead_file_printf(writer, "\"/>\n");
    }
    lead_file_printf(writer, "    </nodes>\n  </networkStructure>\n  <demands>\n");
    for (int od = 0; od < n * n; od++)
        if (tm[od] != 0)
            print_demand(writer, ++number, lead_tm_series_node_name(series, od / n),
                         lead_tm_series_node_name(series, od % n), tm[od]);
    lead_file_printf(writer, "  </demands>\n</network>\n");
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

static lead_status write_tm(const lead_tm_series *series, int index, const char *folder) {
    char iso[LEAD_TIME_LENGTH + 1], path[4096];
    lead_time_format(lead_tm_series_time(series, index), iso);
    int length = snprintf(path, sizeof path, "%s/demandMatrix-%.4s%.2s%.2s-%.2s%.2s%.2s.xml",
                          folder, iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
    if (length >= (int)sizeof path)
        return lead_fail(LEAD_IO, "the path %.80s... is too long", path);
    return print_tm(path, series, index, iso);
}

lead_status lead_sndlib_demands_write(const lead_tm_series *series, const char *path) {
    if (!lead_tm_series_node_name(series, 0))
        return lead_fail(LEAD_INVALID, "%s: the TMs' nodes have no names", path);
    for (int i = 0; i < lead_tm_series_node_count(series); i++)
        LEAD_TRY(lead_xml_check(path, lead_tm_series_node_name(series, i)));
    LEAD_TRY(lead_directory_make(path));
    for (int i = 0; i < lead_tm_series_length(series); i++)
        LEAD_TRY(write_tm(series, i, path));
    return LEAD_OK;
}
