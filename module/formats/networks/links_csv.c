/* Links as CSV: one directed link a row, its columns named in the first line. */
#include "formats/text/decimal.h"
#include "formats/text/text.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a column means. */
typedef enum meaning {
    SOURCE,
    DESTINATION,
    CAPACITY,
    WEIGHT,
    DELAY,
    GROUP,
    PROBABILITY,
    NAME,
    MEANINGS
} meaning;

static const char *const words[MEANINGS] = {"src",     "dst",        "capacity_kbps", "igp_weight",
                                            "delay_s", "risk_group", "probability",   "name"};

/* Names of columns; bare numbers are in `unit`, those of a column with unit 0 say it themselves or
 * are in bit/s or s. */
static const struct {
    const char *name;
    meaning meaning;
    double unit;
} known[] = {{"src", SOURCE, 1},
             {"source", SOURCE, 1},
             {"from", SOURCE, 1},
             {"from_node", SOURCE, 1},
             {"dst", DESTINATION, 1},
             {"destination", DESTINATION, 1},
             {"target", DESTINATION, 1},
             {"to", DESTINATION, 1},
             {"to_node", DESTINATION, 1},
             {"capacity_kbps", CAPACITY, 1e3},
             {"capacity_bps", CAPACITY, 1},
             {"capacity_mbps", CAPACITY, 1e6},
             {"capacity_gbps", CAPACITY, 1e9},
             {"capacity", CAPACITY, 0},
             {"igp_weight", WEIGHT, 1},
             {"weight", WEIGHT, 1},
             {"delay_s", DELAY, 1},
             {"delay_ms", DELAY, 1e-3},
             {"delay_us", DELAY, 1e-6},
             {"delay", DELAY, 0},
             {"risk_group", GROUP, 1},
             {"probability", PROBABILITY, 1},
             {"prob_fail", PROBABILITY, 1},
             {"prob_failure", PROBABILITY, 1},
             {"name", NAME, 1}};

enum { KNOWN = sizeof known / sizeof *known };

typedef struct reader {
    const char *path;
    lead_lines *lines;
    const lead_topology_reading *reading;
    lead_topology *topology;
    int *columns; /* [count] rows of `known`, -1: not looked at */
    int count;
} reader;

static int find_known(const char *name) {
    for (int i = 0; i < KNOWN; i++)
        if (strcasecmp(known[i].name, name) == 0)
            return i;
    return -1;
}

static void add_word(char list[300], const char *word) {
    size_t used = strlen(list);
    snprintf(list + used, 300 - used, "%s%.60s", used > 0 ? ", " : "", word);
}

/* All that is wrong with the first line, in one message. */
static lead_status check_header(const reader *in, const char *unknown) {
    int seen[MEANINGS] = {0};
    char missing[300] = "", twice[300] = "";
    for (int i = 0; i < in->count; i++)
        if (in->columns[i] >= 0)
            seen[known[in->columns[i]].meaning]++;
    for (int i = 0; i < MEANINGS; i++) {
        if (seen[i] == 0 && (i < CAPACITY || (i == CAPACITY && in->reading->capacity == 0)))
            add_word(missing, words[i]);
        if (seen[i] > 1)
            add_word(twice, words[i]);
    }
    if (missing[0] || twice[0])
        return lead_lines_fail(
            in->lines, LEAD_FORMAT,
            "the first line needs src,dst,capacity_kbps and may have igp_weight,"
            "delay_s,risk_group,probability,name, with commas between%s%s%s%s%s%s",
            missing[0] ? "; missing: " : "", missing, twice[0] ? "; more than once: " : "", twice,
            unknown[0] ? "; not known: " : "", unknown);
    if (unknown[0])
        lead_log(LEAD_LOG_WARNING, "%s:1: columns that are not looked at: %s", in->path, unknown);
    return LEAD_OK;
}

static lead_status read_header(reader *in) {
    char *text, *field, unknown[300] = "";
    size_t room;
    LEAD_TRY(lead_csv_header(in->lines, &text, &room));
    LEAD_TRY(lead_calloc(room, sizeof *in->columns, &in->columns));
    for (;;) {
        LEAD_TRY(lead_csv_next(in->lines, &text, &field));
        if (!field)
            return check_header(in, unknown);
        in->columns[in->count] = find_known(field);
        if (in->columns[in->count++] < 0)
            add_word(unknown, field);
    }
}

/* A number of a column; `fallback` where the row has none. */
static lead_status number(const reader *in, char *const *fields, const int *at, meaning what,
                          double fallback, double *value) {
    const char *text = at[what] >= 0 ? fields[at[what]] : NULL;
    *value = fallback;
    if (!text || lead_is_missing(text))
        return LEAD_OK;
    const char *column = known[in->columns[at[what]]].name;
    double unit = known[in->columns[at[what]]].unit;
    lead_quantity kind = what == DELAY ? LEAD_QUANTITY_TIME : LEAD_QUANTITY_RATE;
    char advice[220];
    if (unit > 0 && !lead_number_parse(text, value))
        return lead_lines_fail(in->lines, LEAD_FORMAT, "%s \"%.40s\" is not a number%s", column,
                               text, lead_comma_advice(text));
    if (unit == 0 && lead_quantity_parse(text, kind, value) != LEAD_OK)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "%s \"%.40s\" is not a number with a unit%s",
                               column, text, lead_quantity_advice(text, kind, advice));
    *value *= unit > 0 ? unit : 1;
    return LEAD_OK;
}

static lead_status node_of(const reader *in, const char *name, int *node) {
    *node = lead_topology_find_node(in->topology, name);
    if (*node >= 0)
        return LEAD_OK;
    lead_status status = lead_topology_add_node(in->topology, name, node);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(in->lines, status);
}

static lead_status add_link(const reader *in, char *const *fields, const int *at) {
    lead_link link = {.up = true};
    double group, probability;
    const char *from = fields[at[SOURCE]], *to = fields[at[DESTINATION]],
               *name = at[NAME] >= 0 ? fields[at[NAME]] : NULL;
    if (!from || !to || !*from || !*to)
        return lead_lines_fail(in->lines, LEAD_FORMAT, "a link needs src,dst,capacity_kbps");
    LEAD_TRY(number(in, fields, at, CAPACITY, in->reading->capacity, &link.capacity));
    LEAD_TRY(number(in, fields, at, WEIGHT, 0, &link.weight));
    LEAD_TRY(number(in, fields, at, DELAY, 0, &link.delay));
    LEAD_TRY(number(in, fields, at, GROUP, 0, &group));
    LEAD_TRY(number(in, fields, at, PROBABILITY, 0, &probability));
    if (!(group >= 0 && group <= INT_MAX && group == floor(group)))
        return lead_lines_fail(in->lines, LEAD_FORMAT,
                               "risk group %g is not a whole number from 1 on", group);
    if (link.weight == 0 && at[WEIGHT] >= 0 && fields[at[WEIGHT]] &&
        !lead_is_missing(fields[at[WEIGHT]]))
        return lead_lines_fail(in->lines, LEAD_FORMAT,
                               "weight 0 is not positive (leave it empty where there is none)");
    const char *capacity = at[CAPACITY] >= 0 ? fields[at[CAPACITY]] : NULL;
    if (link.capacity == 0 && (!capacity || lead_is_missing(capacity)))
        return lead_lines_fail(in->lines, LEAD_FORMAT,
                               "link %s-%s has no capacity (state one for such links: capacity: 10 "
                               "Gbit/s)",
                               from, to);
    link.risk_group = (int)group;
    LEAD_TRY(node_of(in, from, &link.source));
    LEAD_TRY(node_of(in, to, &link.destination));
    lead_status status = lead_check_parallel(in->topology, &link, name);
    if (status != LEAD_OK)
        return lead_lines_fail_within(in->lines, status);
    int before = lead_topology_link_count(in->topology);
    LEAD_TRY(
        lead_add_link(in->topology, in->path, lead_lines_number(in->lines), link, false, name));
    status = lead_set_probabilities(in->topology, before, probability);
    return status == LEAD_OK ? LEAD_OK : lead_lines_fail_within(in->lines, status);
}

static lead_status read_row(const reader *in, char *text, char **fields, const int *at) {
    memset(fields, 0, (size_t)in->count * sizeof *fields);
    for (int i = 0; text; i++) {
        char *field;
        LEAD_TRY(lead_csv_next(in->lines, &text, &field));
        if (i >= in->count)
            return lead_lines_fail(in->lines, LEAD_FORMAT, "more fields than the %d of the header",
                                   in->count);
        fields[i] = field;
    }
    return add_link(in, fields, at);
}

static lead_status read_rows(const reader *in) {
    int at[MEANINGS];
    char **fields, *text;
    LEAD_TRY(lead_calloc((size_t)in->count, sizeof *fields, &fields));
    for (int i = 0; i < MEANINGS; i++)
        at[i] = -1;
    for (int i = 0; i < in->count; i++)
        if (in->columns[i] >= 0)
            at[known[in->columns[i]].meaning] = i;
    lead_status status;
    while ((status = lead_lines_next(in->lines, &text)) == LEAD_OK && text)
        if (*text && (status = read_row(in, text, fields, at)) != LEAD_OK)
            break;
    free(fields);
    return status;
}

lead_status lead_links_csv_read(const char *path, const lead_topology_reading *reading,
                                lead_topology **out) {
    reader in = {.path = path, .reading = reading};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_lines_alloc(path, &in.lines));
    LEAD_TRY_FREE(lead_topology_alloc(&in.topology));
    LEAD_TRY_FREE(read_header(&in));
    LEAD_TRY_FREE(read_rows(&in));
    *out = in.topology;
    in.topology = NULL;
fail:
    lead_topology_free(in.topology);
    lead_lines_free(in.lines);
    free(in.columns);
    return status;
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool any_label(const lead_topology *topology) {
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (lead_topology_link_label(topology, i))
            return true;
    return lead_has_parallel_links(topology);
}

static void print_link(lead_file_writer *writer, const lead_topology *topology, int index,
                       bool probabilities, bool labels) {
    const lead_link *link = lead_topology_link(topology, index);
    char name[160];
    lead_csv_print(writer, lead_topology_node_name(topology, link->source));
    lead_file_printf(writer, ",");
    lead_csv_print(writer, lead_topology_node_name(topology, link->destination));
    lead_file_printf(writer, ",%s,", LEAD_NUMBER(link->capacity / 1e3));
    if (link->weight > 0)
        lead_file_printf(writer, "%s", LEAD_NUMBER(link->weight));
    lead_file_printf(writer, ",%s,", LEAD_NUMBER(link->delay));
    if (link->risk_group > 0)
        lead_file_printf(writer, "%d", link->risk_group);
    if (probabilities)
        lead_file_printf(writer, ",");
    if (lead_topology_link_probability(topology, index) > 0)
        lead_file_printf(writer, "%s",
                         LEAD_NUMBER(lead_topology_link_probability(topology, index)));
    if (labels) {
        const char *label = lead_parallel_name(topology, index, name);
        lead_file_printf(writer, ",");
        if (*label)
            lead_csv_print(writer, label);
    }
    lead_file_printf(writer, "\n");
}

static bool any_probability(const lead_topology *topology) {
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (lead_topology_link_probability(topology, i) > 0)
            return true;
    return false;
}

lead_status lead_links_csv_write(const lead_topology *topology, const char *path) {
    lead_file_writer *writer = NULL;
    bool labels = any_label(topology), probabilities = any_probability(topology);
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        LEAD_TRY(lead_csv_check_name(path, lead_topology_node_name(topology, i), ""));
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        if (lead_topology_link_label(topology, i))
            LEAD_TRY(lead_csv_check_name(path, lead_topology_link_label(topology, i), ""));
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    lead_file_printf(writer, "src,dst,capacity_kbps,igp_weight,delay_s,risk_group%s%s\n",
                     probabilities ? ",probability" : "", labels ? ",name" : "");
    for (int i = 0; i < lead_topology_link_count(topology); i++)
        print_link(writer, topology, i, probabilities, labels);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
