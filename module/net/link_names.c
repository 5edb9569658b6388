/* Links by the names of their two nodes. */
#include "base/expects.h"
#include "base/table.h"
#include <lead/net.h>
#include <string.h>

bool lead_topology_find_ends(const lead_topology *topology, const char *text, char separator,
                             int *from, int *to) {
    LEAD_EXPECTS(topology && text && from && to);
    char name[400];
    for (const char *at = strchr(text, separator); at; at = strchr(at + 1, separator)) {
        snprintf(name, sizeof name, "%.*s", (int)(at - text), text);
        *from = lead_topology_find_node(topology, name);
        *to = lead_topology_find_node(topology, at + 1);
        if (*from >= 0 && *to >= 0)
            return true;
    }
    return false;
}

/* The link, by either direction of its name, that is near `name`. */
static void guess(const lead_topology *topology, const char *name, lead_nearest *nearest) {
    char known[2 * LEAD_NEAREST_LENGTH];
    *nearest = (lead_nearest){.word = name};
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        const lead_link *link = lead_topology_link(topology, e);
        snprintf(known, sizeof known, "%.79s-%.79s",
                 lead_topology_node_name(topology, link->source),
                 lead_topology_node_name(topology, link->destination));
        lead_nearest_offer(nearest, known);
    }
}

lead_status lead_topology_parse_link(const lead_topology *topology, const char *text, int *from,
                                     int *to) {
    LEAD_EXPECTS(topology && text && from && to);
    lead_nearest nearest;
    if (lead_topology_find_ends(topology, text, '-', from, to) &&
        (lead_topology_find_link(topology, *from, *to) >= 0 ||
         lead_topology_find_link(topology, *to, *from) >= 0))
        return LEAD_OK;
    guess(topology, text, &nearest);
    return lead_fail(LEAD_INVALID, "the network has no link \"%.80s\" (A-B, its two nodes)%s", text,
                     lead_nearest_hint(&nearest));
}

lead_status lead_topology_parse_links(const lead_topology *topology, const char *text,
                                      unsigned char *named) {
    LEAD_EXPECTS(topology && text && named);
    char word[820];
    memset(named, 0, (size_t)lead_topology_link_count(topology));
    if (!*text)
        return lead_fail(LEAD_INVALID, "no link is named (A-B, C-D)");
    for (int i = 0; lead_word_at(text, i, word, sizeof word), *word; i++) {
        int from, to;
        LEAD_TRY(lead_topology_parse_link(topology, word, &from, &to));
        for (int e = 0; e < lead_topology_link_count(topology); e++) {
            const lead_link *link = lead_topology_link(topology, e);
            named[e] |= (link->source == from && link->destination == to) ||
                        (link->source == to && link->destination == from);
        }
    }
    return LEAD_OK;
}
