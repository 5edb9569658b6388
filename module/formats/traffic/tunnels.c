/* The paths that OD pairs may take, as DOTE (Perry et al., NSDI 2023) and FIGRET (2024) have them:
 * a line "0 1:0-1,0-2-1" a pair, of nodes by number. */
#include "base/expects.h"
#include "formats/text/text.h"
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    lead_lines *lines;
    const char *path;
    const lead_topology *topology;
    lead_routing *routing;
    lead_path *paths; /* [LEAD_WAYS_MAX] of the pair at hand */
    int *links;       /* [LEAD_WAYS_MAX * n] theirs */
    int *seen;        /* [n] number of the path that met the node last */
    int n, number;    /* paths so far */
    int again;        /* paths that are there twice */
    int parallel;     /* hops that have several links */
} reader;

static void reader_free(reader *in) {
    lead_lines_free(in->lines);
    lead_routing_free(in->routing);
    free(in->paths);
    free(in->links);
    free(in->seen);
}

static lead_status reader_alloc(const char *path, const lead_topology *topology, reader *in) {
    const size_t n = (size_t)lead_topology_node_count(topology);
    *in = (reader){.path = path, .topology = topology, .n = (int)n};
    LEAD_TRY(lead_lines_alloc(path, &in->lines));
    LEAD_TRY(lead_routing_alloc(topology, &in->routing));
    LEAD_TRY(lead_calloc(LEAD_WAYS_MAX, sizeof *in->paths, &in->paths));
    LEAD_TRY(lead_calloc(LEAD_WAYS_MAX * n, sizeof *in->links, &in->links));
    return lead_calloc(n, sizeof *in->seen, &in->seen);
}

static lead_status read_node(const reader *in, const char *text, int *node) {
    if (!text || !lead_integer_parse(text, node))
        return lead_lines_fail(in->lines, LEAD_FORMAT,
                               "\"%.40s\" is no number of a node: a line is \"0 1:0-1,0-2-1\", a "
                               "pair and its paths",
                               text ? text : "");
    if (*node < 0 || *node >= in->n)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "node %d: the network has the nodes 0 to %d",
                               *node, in->n - 1);
    return LEAD_OK;
}

static lead_status add_hop(reader *in, int from, int to, lead_path *path, int *links) {
    const int link = lead_topology_find_link(in->topology, from, to);
    if (link < 0)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "the network has no link %d-%d (%s to %s)",
                               from, to, lead_topology_node_name(in->topology, from),
                               lead_topology_node_name(in->topology, to));
    if (in->seen[to] == in->number)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "the path meets node %d twice", to);
    in->seen[to] = in->number;
    in->parallel += lead_is_parallel(in->topology, link);
    links[path->length++] = link;
    return LEAD_OK;
}

/* "0-2-1" */
static lead_status read_path(reader *in, char *text, int source, int destination, lead_path *path,
                             int *links) {
    int from, to;
    *path = (lead_path){.share = 1, .links = links};
    LEAD_TRY(read_node(in, lead_field_next(&text, '-'), &from));
    if (from != source)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "a path of %d to %d begins at node %d",
                               source, destination, from);
    in->seen[from] = ++in->number;
    for (; text; from = to) {
        LEAD_TRY(read_node(in, lead_field_next(&text, '-'), &to));
        LEAD_TRY(add_hop(in, from, to, path, links));
    }
    return from == destination
               ? LEAD_OK
               : lead_lines_fail(in->lines, LEAD_FORMAT, "a path of %d to %d ends at node %d",
                                 source, destination, from);
}

static bool is_there(const lead_path *paths, int count) {
    const lead_path *last = &paths[count];
    for (int i = 0; i < count; i++)
        if (paths[i].length == last->length &&
            memcmp(paths[i].links, last->links, (size_t)last->length * sizeof(int)) == 0)
            return true;
    return false;
}

static lead_status read_pair(reader *in, char *text, int *source, int *destination) {
    const lead_path *paths;
    LEAD_TRY(read_node(in, lead_field_next(&text, ' '), source));
    LEAD_TRY(read_node(in, text ? lead_field_next(&text, ' ') : NULL, destination));
    if (text && text[strspn(text, " \t")])
        return lead_lines_fail(in->lines, LEAD_FORMAT, "\"%.40s\" before the ':' is too much",
                               text);
    if (*source == *destination)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "a pair of node %d and itself", *source);
    if (lead_routing_paths(in->routing, *source, *destination, &paths) > 0)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "the pair %d %d is there twice", *source,
                               *destination);
    return LEAD_OK;
}

static lead_status read_line(reader *in, char *text) {
    int source, destination, count = 0;
    char *pair = lead_field_next(&text, ':');
    if (!text)
        return lead_lines_fail(
            in->lines, LEAD_FORMAT,
            "there is no ':': a line is \"0 1:0-1,0-2-1\", a pair and its paths");
    LEAD_TRY(read_pair(in, pair, &source, &destination));
    while (text) {
        char *path = lead_field_next(&text, ',');
        if (count == LEAD_WAYS_MAX)
            return lead_lines_fail(in->lines, LEAD_FORMAT, "a pair has more than %d paths",
                                   LEAD_WAYS_MAX);
        LEAD_TRY(read_path(in, path, source, destination, &in->paths[count],
                           in->links + (size_t)count * (size_t)in->n));
        if (is_there(in->paths, count))
            in->again++;
        else
            count++;
    }
    lead_status status = lead_routing_set_paths(in->routing, source, destination, in->paths, count);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(in->lines, status);
}

static lead_status read_lines(reader *in) {
    for (;;) {
        char *text;
        LEAD_TRY(lead_lines_next(in->lines, &text));
        if (!text)
            return LEAD_OK;
        if (text[strspn(text, " \t\r")])
            LEAD_TRY(read_line(in, text));
    }
}

static int count_without(const lead_routing *routing, int n) {
    const lead_path *paths;
    int count = 0;
    for (int od = 0; od < n * n; od++)
        count += od / n != od % n && lead_routing_paths(routing, od / n, od % n, &paths) == 0;
    return count;
}

static void warn(const reader *in) {
    const int without = count_without(in->routing, in->n);
    if (in->again > 0)
        lead_log(LEAD_LOG_WARNING, "%s: %d paths are there twice for a pair: once is enough",
                 in->path, in->again);
    if (in->parallel > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d hops have parallel links, which nodes do not tell apart: the first one is "
                 "taken",
                 in->path, in->parallel);
    if (without > 0)
        lead_log(LEAD_LOG_WARNING, "%s: %d of %d OD pairs have no path in it", in->path, without,
                 in->n * (in->n - 1));
}

lead_status lead_tunnels_read(const char *path, const lead_topology *topology, lead_routing **out) {
    LEAD_EXPECTS(path && topology && out);
    reader in = {0};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(reader_alloc(path, topology, &in));
    LEAD_TRY_FREE(read_lines(&in));
    if (in.number == 0) {
        status = lead_fail(LEAD_FORMAT, "%s:1: there is no path in it", path);
        goto fail;
    }
    warn(&in);
    *out = in.routing;
    in.routing = NULL;
fail:
    reader_free(&in);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_path(lead_file_writer *writer, const lead_topology *topology, int source,
                       const lead_path *path) {
    lead_file_printf(writer, "%d", source);
    for (int i = 0; i < path->length; i++)
        lead_file_printf(writer, "-%d", lead_topology_link(topology, path->links[i])->destination);
}

lead_status lead_tunnels_write(const lead_routing *routing, const lead_topology *topology,
                               const char *path) {
    LEAD_EXPECTS(routing && topology && path);
    const int n = lead_topology_node_count(topology);
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    for (int od = 0; od < n * n; od++) {
        const lead_path *paths;
        const int count = lead_routing_paths(routing, od / n, od % n, &paths);
        if (count > 0)
            lead_file_printf(writer, "%d %d:", od / n, od % n);
        for (int i = 0; i < count; i++) {
            write_path(writer, topology, od / n, &paths[i]);
            lead_file_printf(writer, i + 1 < count ? "," : "\n");
        }
    }
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
