/* Nodes and directed links, with the links out of and into each node at hand. */
#include "base/array.h"
#include "base/expects.h"
#include <lead/net.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NODES = 46340 }; /* so that an int holds source * n + destination */

typedef struct node {
    char *name;
    double longitude, latitude;
    int *out, *in;
    int out_count, in_count;
} node;

struct lead_topology {
    node *nodes;
    lead_link *links;
    double *probabilities; /* NULL: no link has one, or [m] */
    char **labels;         /* links' own names; NULL: no link has one, or [m] with NULLs */
    int *slots;            /* open-addressing hash of names: node index + 1, 0 when empty */
    int node_count, node_room, link_count, link_room, slot_count;
};

lead_status lead_topology_alloc(lead_topology **out) {
    LEAD_EXPECTS(out);
    return lead_calloc(1, sizeof **out, out);
}

void lead_topology_free(lead_topology *topology) {
    if (!topology)
        return;
    for (int i = 0; i < topology->node_count; i++) {
        free(topology->nodes[i].name);
        free(topology->nodes[i].out);
        free(topology->nodes[i].in);
    }
    for (int i = 0; topology->labels && i < topology->link_count; i++)
        free(topology->labels[i]);
    free(topology->labels);
    free(topology->probabilities);
    free(topology->nodes);
    free(topology->links);
    free(topology->slots);
    free(topology);
}

lead_status lead_topology_copy(const lead_topology *topology, lead_topology **out) {
    LEAD_EXPECTS(topology && out);
    lead_topology *copy = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_topology_alloc(&copy));
    for (int i = 0; i < topology->node_count; i++) {
        LEAD_TRY_FREE(lead_topology_add_node(copy, topology->nodes[i].name, NULL));
        copy->nodes[i].longitude = topology->nodes[i].longitude;
        copy->nodes[i].latitude = topology->nodes[i].latitude;
    }
    for (int i = 0; i < topology->link_count; i++) {
        LEAD_TRY_FREE(lead_topology_add_link(copy, topology->links[i], NULL));
        if (topology->labels && topology->labels[i])
            LEAD_TRY_FREE(lead_topology_name_link(copy, i, topology->labels[i]));
        if (topology->probabilities)
            LEAD_TRY_FREE(lead_topology_set_probability(copy, i, topology->probabilities[i]));
    }
    *out = copy;
    return LEAD_OK;
fail:
    lead_topology_free(copy);
    return status;
}

/* The slot that holds `name`, or the empty one where it belongs. */
static int slot_of(const lead_topology *topology, const char *name) {
    unsigned mask = (unsigned)topology->slot_count - 1;
    unsigned slot = (unsigned)lead_random_seed(0, name) & mask;
    while (topology->slots[slot] &&
           strcmp(topology->nodes[topology->slots[slot] - 1].name, name) != 0)
        slot = (slot + 1) & mask;
    return (int)slot;
}

static lead_status rehash(lead_topology *topology) {
    if (2 * (topology->node_count + 1) <= topology->slot_count)
        return LEAD_OK;
    int *slots, slot_count = topology->slot_count ? 2 * topology->slot_count : 32;
    LEAD_TRY(lead_calloc((size_t)slot_count, sizeof *slots, &slots));
    free(topology->slots);
    topology->slots = slots;
    topology->slot_count = slot_count;
    for (int i = 0; i < topology->node_count; i++)
        slots[slot_of(topology, topology->nodes[i].name)] = i + 1;
    return LEAD_OK;
}

static lead_status check_name(const char *what, const char *name) {
    if (!*name)
        return lead_fail(LEAD_INVALID, "a %s has an empty name", what);
    if (!lead_utf8_valid(name))
        return lead_fail(
            LEAD_INVALID,
            "%s name \"%.60s\" is not UTF-8 (from Latin-1: iconv -f latin1 -t utf8 FILE)", what,
            name);
    return LEAD_OK;
}

lead_status lead_topology_add_node(lead_topology *topology, const char *name, int *index) {
    LEAD_EXPECTS(topology && name);
    LEAD_TRY(check_name("node", name));
    if (topology->node_count == MOST_NODES)
        return lead_fail(LEAD_INVALID, "node \"%s\" is one more than %d", name, MOST_NODES);
    LEAD_TRY(rehash(topology));
    int slot = slot_of(topology, name);
    if (topology->slots[slot])
        return lead_fail(LEAD_INVALID, "node \"%s\" is there twice", name);
    LEAD_TRY(
        lead_grow(&topology->nodes, sizeof(node), topology->node_count, 1, &topology->node_room));
    node *added = &topology->nodes[topology->node_count];
    *added = (node){.longitude = NAN, .latitude = NAN};
    LEAD_TRY(lead_string_copy(name, &added->name));
    if (index)
        *index = topology->node_count;
    topology->slots[slot] = ++topology->node_count;
    return LEAD_OK;
}

static lead_status check_node(const lead_topology *topology, int node_index) {
    if (node_index < 0 || node_index >= topology->node_count)
        return lead_fail(LEAD_INVALID, "node index %d is not in 0..%d", node_index,
                         topology->node_count - 1);
    return LEAD_OK;
}

static lead_status check_link(const lead_topology *topology, int link) {
    if (link < 0 || link >= topology->link_count)
        return lead_fail(LEAD_INVALID, "link index %d is not in 0..%d", link,
                         topology->link_count - 1);
    return LEAD_OK;
}

lead_status lead_topology_place_node(lead_topology *topology, int node_index, double longitude,
                                     double latitude) {
    LEAD_EXPECTS(topology);
    LEAD_TRY(check_node(topology, node_index));
    if (!(fabs(longitude) <= 180 && fabs(latitude) <= 90))
        return lead_fail(LEAD_NUMERIC, "node %s: %g %g is no longitude and latitude in degrees",
                         topology->nodes[node_index].name, longitude, latitude);
    topology->nodes[node_index].longitude = longitude;
    topology->nodes[node_index].latitude = latitude;
    return LEAD_OK;
}

static lead_status check_values(const lead_topology *topology, const lead_link *link) {
    const char *from = topology->nodes[link->source].name,
               *to = topology->nodes[link->destination].name;
    if (link->source == link->destination)
        return lead_fail(LEAD_INVALID, "link %s-%s leads back to its own node", from, to);
    if (!isfinite(link->capacity) || link->capacity <= 0)
        return lead_fail(LEAD_NUMERIC, "link %s-%s: capacity %g bit/s is not positive", from, to,
                         link->capacity);
    if (!isfinite(link->delay) || link->delay < 0)
        return lead_fail(LEAD_NUMERIC, "link %s-%s: delay %g s is not a time", from, to,
                         link->delay);
    if (!isfinite(link->weight) || link->weight < 0)
        return lead_fail(LEAD_NUMERIC, "link %s-%s: weight %g is not positive", from, to,
                         link->weight);
    if (link->risk_group < 0)
        return lead_fail(LEAD_INVALID, "link %s-%s: risk group %d is not a number from 1 on", from,
                         to, link->risk_group);
    return LEAD_OK;
}

/* Appends to a node's list of links, which grows at powers of two. */
static lead_status append(int **list, int *count, int value) {
    int room = *count; /* where it is full */
    if ((*count & (*count - 1)) == 0)
        LEAD_TRY(lead_grow(list, sizeof **list, *count, 1, &room));
    (*list)[(*count)++] = value;
    return LEAD_OK;
}

/* Room for one more link, and for its label and probability where links have some. */
static lead_status grow_links(lead_topology *topology) {
    int room = topology->link_room, again = room;
    if (topology->probabilities)
        LEAD_TRY(lead_grow(&topology->probabilities, sizeof *topology->probabilities,
                           topology->link_count, 1, &again));
    if (topology->labels)
        LEAD_TRY(
            lead_grow(&topology->labels, sizeof *topology->labels, topology->link_count, 1, &room));
    LEAD_TRY(lead_grow(&topology->links, sizeof(lead_link), topology->link_count, 1,
                       &topology->link_room));
    if (topology->labels)
        topology->labels[topology->link_count] = NULL;
    if (topology->probabilities)
        topology->probabilities[topology->link_count] = 0;
    return LEAD_OK;
}

lead_status lead_topology_add_link(lead_topology *topology, lead_link link, int *index) {
    LEAD_EXPECTS(topology);
    LEAD_TRY(check_node(topology, link.source));
    LEAD_TRY(check_node(topology, link.destination));
    LEAD_TRY(check_values(topology, &link));
    LEAD_TRY(grow_links(topology));
    node *source = &topology->nodes[link.source], *destination = &topology->nodes[link.destination];
    LEAD_TRY(append(&source->out, &source->out_count, topology->link_count));
    lead_status status = append(&destination->in, &destination->in_count, topology->link_count);
    if (status != LEAD_OK) {
        source->out_count--; /* the link is at neither end */
        return status;
    }
    if (index)
        *index = topology->link_count;
    topology->links[topology->link_count++] = link;
    return LEAD_OK;
}

lead_status lead_topology_name_link(lead_topology *topology, int link, const char *name) {
    LEAD_EXPECTS(topology && name);
    char *copy;
    LEAD_TRY(check_link(topology, link));
    LEAD_TRY(check_name("link", name));
    if (!topology->labels)
        LEAD_TRY(
            lead_calloc((size_t)topology->link_room, sizeof *topology->labels, &topology->labels));
    LEAD_TRY(lead_string_copy(name, &copy));
    free(topology->labels[link]);
    topology->labels[link] = copy;
    return LEAD_OK;
}

const char *lead_topology_link_label(const lead_topology *topology, int link) {
    LEAD_EXPECTS(topology);
    return topology->labels ? topology->labels[link] : NULL;
}

lead_status lead_topology_set_probability(lead_topology *topology, int link, double probability) {
    LEAD_EXPECTS(topology);
    char name[96];
    LEAD_TRY(check_link(topology, link));
    if (!(probability >= 0 && probability <= 1))
        return lead_fail(LEAD_NUMERIC, "link %s: probability %g is not in 0..1",
                         lead_topology_link_name(topology, link, name), probability);
    if (!topology->probabilities && probability == 0)
        return LEAD_OK;
    if (!topology->probabilities)
        LEAD_TRY(lead_calloc((size_t)topology->link_room, sizeof *topology->probabilities,
                             &topology->probabilities));
    topology->probabilities[link] = probability;
    return LEAD_OK;
}

double lead_topology_link_probability(const lead_topology *topology, int link) {
    LEAD_EXPECTS(topology);
    return topology->probabilities ? topology->probabilities[link] : 0;
}

lead_status lead_topology_set_up(lead_topology *topology, int link, bool up) {
    LEAD_EXPECTS(topology);
    LEAD_TRY(check_link(topology, link));
    topology->links[link].up = up;
    return LEAD_OK;
}

lead_status lead_topology_set_capacity(lead_topology *topology, int link, double capacity) {
    LEAD_EXPECTS(topology);
    LEAD_TRY(check_link(topology, link));
    lead_link changed = topology->links[link];
    changed.capacity = capacity;
    LEAD_TRY(check_values(topology, &changed));
    topology->links[link] = changed;
    return LEAD_OK;
}

lead_status lead_topology_set_weight(lead_topology *topology, int link, double weight) {
    LEAD_EXPECTS(topology);
    LEAD_TRY(check_link(topology, link));
    lead_link changed = topology->links[link];
    changed.weight = weight;
    LEAD_TRY(check_values(topology, &changed));
    topology->links[link] = changed;
    return LEAD_OK;
}

int lead_topology_node_count(const lead_topology *topology) {
    LEAD_EXPECTS(topology);
    return topology->node_count;
}

int lead_topology_link_count(const lead_topology *topology) {
    LEAD_EXPECTS(topology);
    return topology->link_count;
}

const lead_link *lead_topology_link(const lead_topology *topology, int link) {
    LEAD_EXPECTS(topology && link >= 0 && link < topology->link_count);
    return &topology->links[link];
}

const char *lead_topology_node_name(const lead_topology *topology, int node_index) {
    LEAD_EXPECTS(topology && node_index >= 0 && node_index < topology->node_count);
    return topology->nodes[node_index].name;
}

void lead_topology_node_place(const lead_topology *topology, int node_index, double *longitude,
                              double *latitude) {
    LEAD_EXPECTS(topology && longitude && latitude && node_index >= 0 &&
                 node_index < topology->node_count);
    *longitude = topology->nodes[node_index].longitude;
    *latitude = topology->nodes[node_index].latitude;
}

int lead_topology_find_node(const lead_topology *topology, const char *name) {
    LEAD_EXPECTS(topology && name);
    return topology->slot_count ? topology->slots[slot_of(topology, name)] - 1 : -1;
}

int lead_topology_find_link(const lead_topology *topology, int source, int destination) {
    LEAD_EXPECTS(topology && source >= 0 && source < topology->node_count && destination >= 0 &&
                 destination < topology->node_count);
    const node *from = &topology->nodes[source];
    for (int i = 0; i < from->out_count; i++)
        if (topology->links[from->out[i]].destination == destination)
            return from->out[i];
    return -1;
}

const int *lead_topology_links_out(const lead_topology *topology, int node_index, int *count) {
    LEAD_EXPECTS(topology && count && node_index >= 0 && node_index < topology->node_count);
    *count = topology->nodes[node_index].out_count;
    return topology->nodes[node_index].out;
}

const int *lead_topology_links_in(const lead_topology *topology, int node_index, int *count) {
    LEAD_EXPECTS(topology && count && node_index >= 0 && node_index < topology->node_count);
    *count = topology->nodes[node_index].in_count;
    return topology->nodes[node_index].in;
}

/* As many bytes of a name as are whole characters within `most`. */
static int whole_characters(const char *name, int most) {
    int length = (int)strnlen(name, (size_t)most + 1);
    if (length <= most)
        return length;
    while (most > 0 && ((unsigned char)name[most] & 0xc0) == 0x80)
        most--;
    return most;
}

const char *lead_topology_link_name(const lead_topology *topology, int link, char text[96]) {
    LEAD_EXPECTS(topology && text && link >= 0 && link < topology->link_count);
    const lead_link *about = &topology->links[link];
    const char *from = topology->nodes[about->source].name,
               *to = topology->nodes[about->destination].name;
    snprintf(text, 96, "%.*s-%.*s", whole_characters(from, 46), from, whole_characters(to, 46), to);
    return text;
}

/* Marks the nodes that reach `destination` (breadth first over links into a node). */
static void mark_reaching(const lead_topology *topology, int destination, unsigned char *reaches,
                          int *queue) {
    memset(reaches, 0, (size_t)topology->node_count);
    int head = 0, tail = 0;
    queue[tail++] = destination;
    reaches[destination] = 1;
    while (head < tail) {
        const node *at = &topology->nodes[queue[head++]];
        for (int i = 0; i < at->in_count; i++) {
            const lead_link *link = &topology->links[at->in[i]];
            if (!link->up || reaches[link->source])
                continue;
            reaches[link->source] = 1;
            queue[tail++] = link->source;
        }
    }
}

lead_status lead_topology_reach(const lead_topology *topology, unsigned char *reach) {
    LEAD_EXPECTS(topology && reach);
    int n = topology->node_count, *queue = NULL;
    unsigned char *reaches = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *queue, &queue));
    LEAD_TRY_FREE(lead_calloc((size_t)n, 1, &reaches));
    for (int t = 0; t < n; t++) {
        mark_reaching(topology, t, reaches, queue);
        for (int s = 0; s < n; s++)
            reach[s * n + t] = reaches[s];
    }
fail:
    free(queue);
    free(reaches);
    return status;
}

lead_status lead_topology_check_connected(const lead_topology *topology, const double *tm) {
    LEAD_EXPECTS(topology);
    int n = topology->node_count;
    unsigned char *reach = NULL;
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, 1, &reach));
    lead_status status = lead_topology_reach(topology, reach);
    for (int i = 0; i < n * n && status == LEAD_OK; i++) {
        int t = i / n, s = i % n;
        if (!reach[s * n + t] && (!tm || tm[s * n + t] > 0))
            status = lead_fail(LEAD_INFEASIBLE, "no path from %s to %s over links that are up",
                               topology->nodes[s].name, topology->nodes[t].name);
    }
    free(reach);
    return status;
}

lead_status lead_topology_disconnected(const lead_topology *topology, const double *tm,
                                       double *rate) {
    LEAD_EXPECTS(topology && tm && rate);
    int n = topology->node_count;
    unsigned char *reach = NULL;
    *rate = 0;
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, 1, &reach));
    lead_status status = lead_topology_reach(topology, reach);
    for (int od = 0; od < n * n && status == LEAD_OK; od++)
        *rate += reach[od] ? 0 : tm[od];
    free(reach);
    return status;
}
