/* What an event is about: names of links, nodes and OD pairs. */
#include "events/timeline.h"
#include <string.h>

static const char random_word[] = "random";

/* The node whose name is near `name`. */
static void guess_node(const lead_topology *topology, const char *name, lead_nearest *nearest) {
    *nearest = (lead_nearest){.word = name};
    for (int v = 0; v < lead_topology_node_count(topology); v++)
        lead_nearest_offer(nearest, lead_topology_node_name(topology, v));
}

/* The pair of nodes, one of them perhaps "*", whose names are near the two sides of `name`. */
static void guess_pair(const lead_topology *topology, const char *name, lead_nearest *nearest) {
    char sides[2][LEAD_NEAREST_LENGTH + 1], known[2 * LEAD_NEAREST_LENGTH + 4];
    const char *arrow = strchr(name, '>');
    lead_nearest side[2];
    *nearest = (lead_nearest){.word = name};
    if (!arrow)
        return;
    snprintf(sides[0], sizeof sides[0], "%.*s", (int)(arrow - name), name);
    snprintf(sides[1], sizeof sides[1], "%s", arrow + 1);
    for (int i = 0; i < 2; i++) {
        guess_node(topology, sides[i], &side[i]);
        if (strcmp(sides[i], "*") == 0)
            snprintf(side[i].known, sizeof side[i].known, "*");
    }
    if (!side[0].known[0] || !side[1].known[0])
        return;
    snprintf(known, sizeof known, "%s>%s", side[0].known, side[1].known);
    lead_nearest_offer(nearest, known);
}

/* --- links ------------------------------------------------------------------------------------ */

/* Whether no link before this one joins the same nodes. */
static bool is_first(const lead_topology *topology, int e) {
    const lead_link *link = lead_topology_link(topology, e);
    int there = lead_topology_find_link(topology, link->source, link->destination),
        back = lead_topology_find_link(topology, link->destination, link->source);
    return there == e && (back < 0 || back > e);
}

static void draw_link(lead_timeline *self, int event, int round, target *out) {
    int count = 0, m = lead_topology_link_count(self->topology);
    for (int e = 0; e < m; e++)
        count += is_first(self->topology, e);
    int left = timeline_draw(self, event, "link", round, count);
    for (int e = 0; e < m; e++)
        if (is_first(self->topology, e) && left-- == 0) {
            out->from = lead_topology_link(self->topology, e)->source;
            out->to = lead_topology_link(self->topology, e)->destination;
        }
}

static lead_status find_link(lead_timeline *self, int event, int round, target *out) {
    const char *text = self->events[event].link;
    lead_status status = LEAD_OK;
    if (strcmp(text, random_word) == 0)
        draw_link(self, event, round, out);
    else
        status = lead_topology_parse_link(self->topology, text, &out->from, &out->to);
    if (status != LEAD_OK)
        return timeline_fail_at(self, event, "link", status);
    snprintf(out->text, sizeof out->text, "%.48s-%.48s",
             lead_topology_node_name(self->topology, out->from),
             lead_topology_node_name(self->topology, out->to));
    return LEAD_OK;
}

/* --- nodes, groups, pairs --------------------------------------------------------------------- */

static lead_status find_node(lead_timeline *self, int event, int round, target *out) {
    const char *text = self->events[event].node;
    out->node = lead_topology_find_node(self->topology, text); /* it may be called "random" */
    if (out->node < 0 && strcmp(text, random_word) == 0)
        out->node =
            timeline_draw(self, event, "node", round, lead_topology_node_count(self->topology));
    if (out->node < 0) {
        lead_nearest nearest;
        guess_node(self->topology, text, &nearest);
        return timeline_fail_at(self, event, "node",
                                lead_fail(LEAD_INVALID, "the network has no node \"%.80s\"%s", text,
                                          lead_nearest_hint(&nearest)));
    }
    snprintf(out->text, sizeof out->text, "%.90s",
             lead_topology_node_name(self->topology, out->node));
    return LEAD_OK;
}

static lead_status find_group(lead_timeline *self, int event, target *out) {
    out->group = self->events[event].group;
    snprintf(out->text, sizeof out->text, "group %d", out->group);
    for (int e = 0; e < lead_topology_link_count(self->topology); e++)
        if (lead_topology_link(self->topology, e)->risk_group == out->group)
            return LEAD_OK;
    return timeline_fail_at(
        self, event, "group",
        lead_fail(LEAD_INVALID, "no link of the network has risk_group %d", out->group));
}

/* "*>B", "A>*", "*". */
static bool find_many(const lead_topology *topology, const char *text, target *out) {
    size_t length = strlen(text);
    char name[400];
    if (strcmp(text, "*") == 0)
        return true;
    if (strncmp(text, "*>", 2) == 0) {
        out->destination = lead_topology_find_node(topology, text + 2);
        return out->destination >= 0;
    }
    if (length < 3 || strcmp(text + length - 2, ">*") != 0)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)length - 2, text);
    out->source = lead_topology_find_node(topology, name);
    return out->source >= 0;
}

static lead_status fail_pairs(lead_timeline *self, int event, const char *why, const char *hint) {
    return timeline_fail_at(
        self, event, "pairs",
        lead_fail(LEAD_INVALID, "\"%.80s\" is %s%s", self->events[event].pairs, why, hint));
}

static lead_status find_pairs(lead_timeline *self, int event, int round, target *out) {
    const char *text = self->events[event].pairs;
    int n = lead_topology_node_count(self->topology);
    lead_nearest nearest;
    if (strcmp(text, random_word) == 0 && n > 1) {
        int pair = timeline_draw(self, event, "pairs", round, n * (n - 1));
        out->source = pair / (n - 1);
        out->destination = pair % (n - 1);
        out->destination += out->destination >= out->source;
    } else if (!lead_topology_find_ends(self->topology, text, '>', &out->source,
                                        &out->destination)) {
        out->source = out->destination = -1;
        guess_pair(self->topology, text, &nearest);
        if (!find_many(self->topology, text, out))
            return fail_pairs(self, event, "none of A>B, A>*, *>B, * with nodes of the network",
                              lead_nearest_hint(&nearest));
    }
    if (out->source >= 0 && out->source == out->destination)
        return fail_pairs(self, event, "one node: it has no traffic to itself", "");
    const char *source =
                   out->source >= 0 ? lead_topology_node_name(self->topology, out->source) : "*",
               *destination = out->destination >= 0
                                  ? lead_topology_node_name(self->topology, out->destination)
                                  : "*";
    snprintf(out->text, sizeof out->text, "%.48s>%.48s", source, destination);
    return LEAD_OK;
}

lead_status timeline_target(lead_timeline *timeline, int event, int round, target *out) {
    const lead_event *it = &timeline->events[event];
    *out = (target){.from = -1, .to = -1, .node = -1, .group = -1, .source = -1, .destination = -1};
    if (it->link)
        return find_link(timeline, event, round, out);
    if (it->node)
        return find_node(timeline, event, round, out);
    if (it->group > 0)
        return find_group(timeline, event, out);
    if (it->pairs)
        return find_pairs(timeline, event, round, out);
    snprintf(out->text, sizeof out->text, "%.90s", it->policies ? it->policies : "");
    return LEAD_OK;
}
