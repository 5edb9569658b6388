/* States of the network: see states.h. */
#include "study/answers/states.h"
#include "base/array.h"
#include "study/answers/betweenness.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- what fails together ---------------------------------------------------------------------- */

static bool are_parallel(const lead_link *a, const lead_link *b) {
    return (a->source == b->source && a->destination == b->destination) ||
           (a->source == b->destination && a->destination == b->source);
}

/* The first link between the same two nodes, either way. */
static int first_between(const lead_topology *topology, int link) {
    const lead_link *of = lead_topology_link(topology, link);
    int there = lead_topology_find_link(topology, of->source, of->destination),
        back = lead_topology_find_link(topology, of->destination, of->source);
    return back >= 0 && back < there ? back : there;
}

/* The risk group of a link, or of one parallel to it; 0: none. */
static int group_of(const lead_topology *topology, int link) {
    const lead_link *of = lead_topology_link(topology, link);
    for (int i = 0; i < lead_topology_link_count(topology) && of->risk_group == 0; i++)
        if (are_parallel(of, lead_topology_link(topology, i)) &&
            lead_topology_link(topology, i)->risk_group > 0)
            return lead_topology_link(topology, i)->risk_group;
    return of->risk_group;
}

static lead_status join(lead_states *self) {
    int *groups;
    LEAD_TRY(lead_calloc((size_t)self->links, sizeof *groups, &groups));
    for (int e = 0; e < self->links; e++) {
        double p = lead_topology_link_probability(self->topology, e);
        groups[e] = group_of(self->topology, e);
        int first = groups[e] > 0 ? e : first_between(self->topology, e);
        for (int i = 0; i < e && first == e && groups[e] > 0; i++)
            first = groups[i] == groups[e] ? i : first;
        self->fails_with[e] = first;
        self->probability[first] = fmax(self->probability[first], p);
        self->any = self->any || p > 0;
    }
    free(groups);
    return LEAD_OK;
}

/* The product over all that fail together; 0 where only a part of them is down. */
static double probability_of(const lead_states *self, const unsigned char *down) {
    double product = 1;
    for (int e = 0; e < self->links; e++) {
        int first = self->fails_with[e];
        if (down[e] != down[first])
            return 0;
        if (first == e)
            product *= down[e] ? self->probability[e] : 1 - self->probability[e];
    }
    return product;
}

/* --- betweenness ------------------------------------------------------------------------------ */

static lead_status measure(lead_states *self) {
    double *weights, *each = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)self->links, sizeof *weights, &weights));
    LEAD_TRY_FREE(lead_calloc((size_t)self->links, sizeof *each, &each));
    if (lead_link_weights(self->topology, LEAD_WEIGHTS_DEFAULT, weights) != LEAD_OK)
        LEAD_TRY_FREE(lead_link_weights(self->topology, LEAD_WEIGHTS_UNIT, weights));
    LEAD_TRY_FREE(lead_betweenness(self->topology, weights, self->node_betweenness, each));
    for (int e = 0; e < self->links; e++)
        self->link_betweenness[first_between(self->topology, e)] += each[e];
fail:
    free(weights);
    free(each);
    return status;
}

int lead_states_rank(const lead_states *states, const lead_state *of) {
    const double *all = of->node >= 0 ? states->node_betweenness : states->link_betweenness;
    double own = all[of->node >= 0 ? of->node : of->link];
    int rank = 1;
    for (int i = 0; i < (of->node >= 0 ? states->nodes : states->links); i++)
        rank +=
            (of->node >= 0 || first_between(states->topology, i) == i) && all[i] > own * (1 + 1e-9);
    return rank;
}

/* --- states ----------------------------------------------------------------------------------- */

void lead_states_free(lead_states *states) {
    if (!states)
        return;
    for (int i = 0; i < states->count; i++)
        free(states->list[i].down);
    free(states->list);
    free(states->fails_with);
    free(states->probability);
    free(states->link_betweenness);
    free(states->node_betweenness);
    lead_topology_free(states->topology);
    free(states);
}

lead_status lead_states_alloc(const char *scenario, lead_states **out) {
    lead_states *self;
    lead_scenario *of = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    LEAD_TRY_FREE(lead_scenario_read(scenario, NULL, &of));
    LEAD_TRY_FREE(lead_topology_read(of->topology_file, &of->topology_reading, &self->topology));
    self->links = lead_topology_link_count(self->topology);
    self->nodes = lead_topology_node_count(self->topology);
    LEAD_TRY_FREE(lead_calloc((size_t)self->links, sizeof(int), &self->fails_with));
    LEAD_TRY_FREE(lead_calloc((size_t)self->links, sizeof(double), &self->probability));
    LEAD_TRY_FREE(lead_calloc((size_t)self->links, sizeof(double), &self->link_betweenness));
    LEAD_TRY_FREE(lead_calloc((size_t)self->nodes, sizeof(double), &self->node_betweenness));
    LEAD_TRY_FREE(join(self));
    LEAD_TRY_FREE(measure(self));
    *out = self;
    self = NULL;
fail:
    lead_scenario_free(of);
    lead_states_free(self);
    return status;
}

/* Whether two scenarios are the same but for their events. */
static lead_status differ_by_events(const lead_scenario *a, const lead_scenario *b, bool *out) {
    lead_scenario x = *a, y = *b; /* borrowed */
    char *one, *other;
    x.event_count = y.event_count = 0;
    LEAD_TRY(lead_scenario_text(&x, &one));
    lead_status status = lead_scenario_text(&y, &other);
    if (status == LEAD_OK) {
        *out = strcmp(one, other) == 0;
        free(other);
    }
    free(one);
    return status;
}

static bool is_drawn(const char *name) {
    return name && strcmp(name, "random") == 0;
}

static bool is_failure(const lead_event *event) {
    return !is_drawn(event->link) && !is_drawn(event->node) &&
           (event->kind == LEAD_EVENT_LINK_FAILURE || event->kind == LEAD_EVENT_NODE_FAILURE ||
            event->kind == LEAD_EVENT_GROUP_FAILURE) &&
           event->duration == 0 && event->every == 0;
}

/* down[links], *node: what the scenario's events take down; false: they do something else, too. */
static lead_status take_down(const lead_states *self, const lead_scenario *scenario, int64_t start,
                             int epochs, unsigned char *down, int *node, bool *pure) {
    lead_event_span span = {start, scenario->engine_options.epoch, epochs, scenario->seed};
    lead_timeline *timeline;
    char key[LEAD_EVENT_KEY];
    *node = -1;
    *pure = true;
    for (int i = 0; i < scenario->event_count; i++)
        *pure = *pure && is_failure(&scenario->events[i]);
    if (!*pure)
        return LEAD_OK;
    LEAD_TRY(lead_timeline_alloc(scenario->events, scenario->event_count, self->topology, &span,
                                 key, &timeline));
    for (int t = 0; t < epochs; t++) {
        const lead_network_change *changes;
        int count = lead_timeline_changes(timeline, t, &changes);
        for (int i = 0; i < count; i++)
            if (changes[i].node >= 0)
                *node = changes[i].node;
            else
                down[changes[i].link] = 1;
    }
    lead_timeline_free(timeline);
    return LEAD_OK;
}

/* The first link between the two nodes that all links which are down are between; -1: more are. */
static int only_link(const lead_states *self, const unsigned char *down) {
    int first = -1;
    for (int e = 0; e < self->links; e++) {
        if (!down[e])
            continue;
        int between = first_between(self->topology, e);
        if (first >= 0 && between != first)
            return -1;
        first = between;
    }
    return first;
}

static lead_status add(lead_states *self, const char *variant, const lead_scenario *scenario,
                       int64_t start, int epochs) {
    lead_state state = {.variant = variant, .link = -1};
    bool pure;
    size_t size = (size_t)self->links;
    LEAD_TRY(lead_grow(&self->list, sizeof *self->list, self->count, 1, &self->room));
    LEAD_TRY(lead_calloc(size, 1, &state.down));
    lead_status status = take_down(self, scenario, start, epochs, state.down, &state.node, &pure);
    if (status != LEAD_OK || !pure) {
        free(state.down);
        return status;
    }
    state.counts = state.node < 0;
    if (state.node < 0)
        state.link = only_link(self, state.down);
    else if (scenario->event_count > 1)
        state.node = -1;
    for (int i = 0; i < self->count && state.counts; i++)
        state.counts = !self->list[i].counts || memcmp(self->list[i].down, state.down, size) != 0;
    state.probability = probability_of(self, state.down);
    self->list[self->count++] = state;
    return LEAD_OK;
}

lead_status lead_states_add(lead_states *states, const char *variant, const char *scenario,
                            const char *against, int64_t start, int epochs) {
    lead_scenario *of = NULL, *quiet = NULL;
    bool same = false;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_scenario_read(scenario, NULL, &of));
    LEAD_TRY_FREE(lead_scenario_read(against, NULL, &quiet));
    LEAD_TRY_FREE(differ_by_events(of, quiet, &same));
    if (same)
        status = add(states, variant, of, start, epochs);
fail:
    lead_scenario_free(of);
    lead_scenario_free(quiet);
    return status;
}

const lead_state *lead_states_find(const lead_states *states, const char *variant) {
    for (int i = states->count - 1; i >= 0; i--)
        if (strcmp(states->list[i].variant, variant) == 0)
            return &states->list[i];
    return NULL;
}
