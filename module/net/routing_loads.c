/* What a routing does to a TM: link loads, and how two routings differ. */
#include "base/expects.h"
#include "net/routing.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What follows the splits of one destination: sends through[n] (changed) along them. What has no
 * route ends where it is and adds to *unrouted; where that is NULL it is a failure. */
static lead_status send_on(const lead_routing *routing, int destination, double *through,
                           double *loads, double *unrouted) {
    const lead_topology *topology = routing->topology;
    int n = lead_topology_node_count(topology);
    const int *order = lead_routing_order(routing, destination);
    const double *splits = lead_routing_splits(routing, destination);
    const unsigned char *routed = routing->routed + (size_t)destination * (size_t)n;
    for (int i = 0; i < n; i++) {
        int v = order[i], degree;
        if (v == destination || through[v] == 0)
            continue;
        if (!routed[v] && unrouted) {
            *unrouted += through[v];
            continue;
        }
        if (!routed[v])
            return lead_fail(LEAD_INFEASIBLE, "no route from %s to %s",
                             lead_topology_node_name(topology, v),
                             lead_topology_node_name(topology, destination));
        const int *links = lead_topology_links_out(topology, v, &degree);
        for (int k = 0; k < degree; k++) {
            double part = through[v] * splits[links[k]];
            loads[links[k]] += part;
            through[lead_topology_link(topology, links[k])->destination] += part;
        }
    }
    return LEAD_OK;
}

static void add_paths(const lead_path *paths, int count, double traffic, double *loads) {
    for (int i = 0; i < count; i++)
        for (int k = 0; k < paths[i].length; k++)
            loads[paths[i].links[k]] += traffic * paths[i].share;
}

/* Adds to loads[m] what the traffic for one destination puts on each link; through[n] is working
 * space. */
static lead_status add_destination_loads(const lead_routing *routing, const double *tm,
                                         int destination, double *through, double *loads,
                                         double *unrouted) {
    int n = lead_routing_node_count(routing);
    for (int v = 0; v < n; v++) {
        const lead_path *paths;
        double traffic = v == destination ? 0 : tm[v * n + destination];
        int count = lead_routing_paths(routing, v, destination, &paths);
        if (count > 0)
            add_paths(paths, count, traffic, loads);
        through[v] = count > 0 ? 0 : traffic;
    }
    return send_on(routing, destination, through, loads, unrouted);
}

void lead_routing_trace(const lead_routing *routing, int source, int destination, double *through,
                        double *share) {
    LEAD_EXPECTS(routing && through && share);
    const lead_path *paths;
    int count = lead_routing_paths(routing, source, destination, &paths);
    add_paths(paths, count, 1, share);
    if (count > 0)
        return;
    memset(through, 0, (size_t)lead_routing_node_count(routing) * sizeof *through);
    through[source] = 1;
    double unrouted = 0;
    if (send_on(routing, destination, through, share, &unrouted) != LEAD_OK)
        return; /* never: what has no route ends there */
}

static lead_status add_loads(const lead_routing *routing, const double *tm, double *loads,
                             double *unrouted) {
    int n = lead_routing_node_count(routing);
    double *through;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc((size_t)n, sizeof *through, &through));
    memset(loads, 0, (size_t)lead_routing_link_count(routing) * sizeof *loads);
    for (int t = 0; t < n && status == LEAD_OK; t++)
        status = add_destination_loads(routing, tm, t, through, loads, unrouted);
    free(through);
    return status;
}

lead_status lead_routing_loads(const lead_routing *routing, const double *tm, double *loads) {
    LEAD_EXPECTS(routing && tm && loads);
    return add_loads(routing, tm, loads, NULL);
}

lead_status lead_routing_loads_reached(const lead_routing *routing, const double *tm, double *loads,
                                       double *unrouted) {
    LEAD_EXPECTS(routing && tm && loads && unrouted);
    *unrouted = 0;
    return add_loads(routing, tm, loads, unrouted);
}

/* --- how two routings differ ------------------------------------------------------------------ */

typedef struct difference {
    const lead_routing *before, *after;
    double *through, *old, *new; /* [n], [m], [m] */
    unsigned char *changed;      /* [m] */
} difference;

/* Marks the links by which the pair's paths differ. */
static void compare_paths(difference *self, int source, int destination) {
    const lead_path *paths;
    int m = lead_routing_link_count(self->before);
    memset(self->old, 0, (size_t)m * sizeof(double));
    int count = lead_routing_paths(self->before, source, destination, &paths);
    add_paths(paths, count, 1, self->old);
    count = lead_routing_paths(self->after, source, destination, &paths);
    add_paths(paths, count, -1, self->old);
    for (int e = 0; e < m; e++)
        self->changed[e] |= fabs(self->old[e]) > 1e-6;
}

static lead_status compare_destination(difference *self, const double *tm, int t, double *moved,
                                       double *total) {
    int n = lead_routing_node_count(self->before), m = lead_routing_link_count(self->before);
    const double *a = lead_routing_splits(self->before, t),
                 *b = lead_routing_splits(self->after, t);
    bool paths = lead_routing_has_paths(self->before) || lead_routing_has_paths(self->after);
    for (int s = 0; paths && s < n; s++)
        compare_paths(self, s, t);
    memset(self->old, 0, (size_t)m * sizeof(double));
    memset(self->new, 0, (size_t)m * sizeof(double));
    double unrouted = 0; /* of pairs that are cut off: it moves nowhere */
    LEAD_TRY(add_destination_loads(self->before, tm, t, self->through, self->old, &unrouted));
    LEAD_TRY(add_destination_loads(self->after, tm, t, self->through, self->new, &unrouted));
    for (int e = 0; e < m; e++) {
        self->changed[e] |= fabs(a[e] - b[e]) > 1e-6;
        *moved += fabs(self->new[e] - self->old[e]);
        *total += self->old[e];
    }
    return LEAD_OK;
}

lead_status lead_routing_change(const lead_routing *before, const lead_routing *after,
                                const double *tm, int *links_changed, double *moved_fraction) {
    LEAD_EXPECTS(before && after && tm && links_changed && moved_fraction);
    int n = lead_routing_node_count(before), m = lead_routing_link_count(before);
    difference self = {.before = before, .after = after};
    double moved = 0, total = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof(double), &self.through));
    LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof(double), &self.old));
    LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof(double), &self.new));
    LEAD_TRY_FREE(lead_calloc((size_t)m, 1, &self.changed));
    for (int t = 0; t < n; t++)
        LEAD_TRY_FREE(compare_destination(&self, tm, t, &moved, &total));
    *links_changed = 0;
    for (int e = 0; e < m; e++)
        *links_changed += self.changed[e];
    *moved_fraction = total > 0 ? moved / 2 / total : 0;
fail:
    free(self.through);
    free(self.old);
    free(self.new);
    free(self.changed);
    return status;
}
