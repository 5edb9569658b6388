/* The network of a draft: its file, what it leaves open, and whether the TMs are of its nodes. */
#include "cli/cli.h"
#include "cli/new/draft.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the file --------------------------------------------------------------------------------- */

lead_status lead_cli_find_input(const char *name, const char *out, char **path, char **file) {
    LEAD_TRY(lead_find_file(NULL, NULL, name, path));
    lead_status status =
        access(name, F_OK) == 0 ? lead_cli_relative(name, out, file) : lead_string_copy(name, file);
    return status == LEAD_OK ? lead_cli_yaml_check(*file) : status;
}

/* Whether the file would be in order if its links had a capacity. */
static bool lacks_capacities(const lead_cli_draft *draft) {
    lead_topology_reading reading = draft->reading;
    lead_topology *topology = NULL;
    reading.capacity = 1e9;
    lead_log_pause(true);
    lead_status status = lead_topology_read(draft->topology_path, &reading, &topology);
    lead_log_pause(false);
    lead_topology_free(topology);
    return status == LEAD_OK;
}

static lead_status read_topology(lead_cli_draft *draft) {
    char message[700];
    lead_status status =
        lead_topology_read(draft->topology_path, &draft->reading, &draft->topology);
    if (status == LEAD_OK || draft->reading.capacity > 0)
        return status;
    snprintf(message, sizeof message, "%s", lead_last_message());
    if (!lacks_capacities(draft))
        return lead_fail(status, "%s", message);
    return lead_fail(status,
                     "%s; here: --capacity '10 Gbit/s', which is for all links that state none",
                     message);
}

/* How many links were given a capacity: those that have another one where another one is given. */
static lead_status say_given(lead_cli_draft *draft) {
    lead_topology_reading reading = draft->reading;
    lead_topology *other;
    int given = 0, count = lead_topology_link_count(draft->topology);
    if (!(reading.capacity > 0))
        return LEAD_OK;
    reading.capacity *= 2;
    lead_log_pause(true);
    lead_status status = lead_topology_read(draft->topology_path, &reading, &other);
    lead_log_pause(false);
    LEAD_TRY(status);
    for (int e = 0; e < count; e++)
        given += lead_topology_link(other, e)->capacity !=
                 lead_topology_link(draft->topology, e)->capacity;
    lead_topology_free(other);
    if (given == 0)
        lead_cli_note_add(draft, LEAD_CLI_AT_TOPOLOGY,
                          "--capacity changes nothing: each of the %d directed links states one.",
                          count);
    else
        lead_cli_note_add(draft, LEAD_CLI_AT_TOPOLOGY,
                          "%d of the %d directed links state no capacity and are given %s.", given,
                          count, draft->wishes.capacity);
    return LEAD_OK;
}

lead_status lead_cli_draft_topology(lead_cli_draft *draft) {
    const lead_cli_wishes *wishes = &draft->wishes;
    LEAD_TRY(lead_cli_topology(wishes->capacity, wishes->topology_unit, wishes->directions,
                               &draft->reading));
    LEAD_TRY(lead_cli_find_input(wishes->topology, draft->out, &draft->topology_path,
                                 &draft->topology_file));
    LEAD_TRY(read_topology(draft));
    if (wishes->tm)
        LEAD_TRY(lead_cli_find_input(wishes->tm, draft->out, &draft->tm_path, &draft->tm_file));
    if (lead_topology_link_count(draft->topology) == 0)
        return lead_fail(LEAD_INVALID, "%s: the network has no links", wishes->topology);
    return say_given(draft);
}

/* --- names of nodes --------------------------------------------------------------------------- */

/* Whether two names are the same but for letter case, blanks and marks. */
static bool nearly_same(const char *a, const char *b) {
    static const char marks[] = " \t-_.'\"()/";
    for (;; a++, b++) {
        a += strspn(a, marks);
        b += strspn(b, marks);
        if (!*a || !*b || tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return !*a && !*b;
    }
}

/* The one node of the network that a name of the TMs is nearly; -1: none, or several. */
static int nearly_node(const lead_topology *topology, const char *name) {
    int found = -1, count = 0;
    for (int v = 0; v < lead_topology_node_count(topology); v++)
        if (nearly_same(name, lead_topology_node_name(topology, v))) {
            found = v;
            count++;
        }
    return count == 1 ? found : -1;
}

static void append(char *text, size_t size, const char *format, const char *a, const char *b) {
    size_t used = strlen(text);
    if (used + 130 < size)
        snprintf(text + used, size - used, format, *text ? ", " : "", a, b);
    else if (used + 5 < size && strcmp(text + used - 4, " ...") != 0)
        strcat(text, " ...");
}

/* What each unknown name may mean; *obvious: all are a node's but for letter case and marks. */
static int explain_unknown(const lead_cli_draft *draft, char *text, size_t size, bool *obvious) {
    int unknown = 0;
    *obvious = true;
    for (int i = 0; i < lead_tm_series_node_count(draft->series); i++) {
        const char *name = lead_tm_series_node_name(draft->series, i);
        if (lead_topology_find_node(draft->topology, name) >= 0)
            continue;
        lead_nearest nearest = {.word = name};
        int near = nearly_node(draft->topology, name);
        for (int v = 0; v < lead_topology_node_count(draft->topology); v++)
            lead_nearest_offer(&nearest, lead_topology_node_name(draft->topology, v));
        const char *known =
            near >= 0 ? lead_topology_node_name(draft->topology, near) : nearest.known;
        *obvious = *obvious && near >= 0;
        unknown++;
        append(text, size, *known ? "%s\"%.40s\" (\"%.40s\"?)" : "%s\"%.40s\"", name, known);
    }
    return unknown;
}

/* Whether the names are numbers from `base` on, as files have them that number the nodes. */
static bool is_numbered(const lead_tm_series *series, int base) {
    int n = lead_tm_series_node_count(series);
    for (int i = 0; i < n; i++) {
        char *end;
        long number = strtol(lead_tm_series_node_name(series, i), &end, 10);
        if (*end || number < base || number >= base + n)
            return false;
    }
    return true;
}

static lead_status fail_unknown(const lead_cli_draft *draft) {
    char text[560] = "", numbers[160] = "";
    bool obvious;
    int base = is_numbered(draft->series, 0) ? 0 : 1;
    int unknown = explain_unknown(draft, text, sizeof text, &obvious);
    if (unknown == 0)
        return LEAD_OK;
    if (is_numbered(draft->series, base))
        snprintf(numbers, sizeof numbers,
                 "; if they count the network's nodes in the order of its file, %d is \"%.60s\"",
                 base, lead_topology_node_name(draft->topology, 0));
    return lead_fail(LEAD_INVALID,
                     "%s: %d of its %d nodes are none of %s: %s%s. %s, so that both files have the "
                     "same names",
                     draft->wishes.tm, unknown, lead_tm_series_node_count(draft->series),
                     draft->wishes.topology, text, numbers,
                     obvious ? "They differ in letter case, blanks and marks only: rename them"
                             : "Rename them");
}

static lead_status fail_lacking(const lead_cli_draft *draft) {
    char text[560] = "";
    int lacking = 0;
    for (int v = 0; v < lead_topology_node_count(draft->topology); v++) {
        const char *name = lead_topology_node_name(draft->topology, v);
        bool there = false;
        for (int i = 0; i < lead_tm_series_node_count(draft->series) && !there; i++)
            there = strcmp(lead_tm_series_node_name(draft->series, i), name) == 0;
        if (there)
            continue;
        lacking++;
        append(text, sizeof text, "%s\"%.40s\"%s", name, "");
    }
    if (lacking == 0)
        return LEAD_OK;
    return lead_fail(LEAD_INVALID,
                     "%s: %d nodes of %s are not in it: %s. A node without traffic needs columns "
                     "of 0, or, in rows of time,src,dst,value, one row with the value 0",
                     draft->wishes.tm, lacking, draft->wishes.topology, text);
}

lead_status lead_cli_draft_names(lead_cli_draft *draft) {
    if (lead_tm_series_node_name(draft->series, 0)) {
        LEAD_TRY(fail_unknown(draft));
        LEAD_TRY(fail_lacking(draft));
    } else
        lead_cli_note_add(draft, LEAD_CLI_AT_TRAFFIC,
                          "%s has no names of nodes: its rows are taken for the network's nodes in "
                          "the order of %s.",
                          draft->wishes.tm, draft->wishes.topology);
    lead_status status = lead_tm_series_arrange(draft->series, draft->topology);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s", draft->wishes.tm);
}
