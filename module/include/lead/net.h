/* net: the network and what flows through it. Topology, traffic matrices and their series, shortest
 * paths, routing (per-destination split ratios) and the link loads it gives.
 *
 * Units: bit/s, seconds. A traffic matrix (TM) of n nodes is n*n doubles, row-major: tm[source * n
 * + destination], bit/s; its diagonal is kept and ignored by routing. n = nodes, m = links in the
 * complexity notes.
 *
 * Threads: as lead/base.h has it. One thread changes a topology, series or routing; any number read
 * one that nobody changes. What is borrowed is good until the next change. */
#ifndef LEAD_NET_H
#define LEAD_NET_H

#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- topology -------------------------------------------------------------------------------- */

/* Nodes and directed links, each numbered from 0 in the order in which they were added. */
typedef struct lead_topology lead_topology;

/* A directed link. Parallel links are allowed; self-loops are not. */
typedef struct lead_link {
    int source, destination; /* node indices */
    double capacity;         /* bit/s, > 0 */
    double delay;            /* propagation, s, >= 0 */
    double weight;           /* routing metric of the file, > 0; 0 = the file gives none */
    bool up;                 /* a link that is down carries nothing and no algorithm uses it */
    int risk_group;          /* >= 1: links of one number fail together, with their opposite
                                directions (shared risk: one duct, one amplifier); 0: none */
} lead_link;

/* A new topology without nodes in *out. LEAD_MEMORY. */
LEAD_API lead_status lead_topology_alloc(lead_topology **out);
/* A new topology in *out that is equal to this one and shares nothing with it. LEAD_MEMORY. O(n +
 * m). */
LEAD_API lead_status lead_topology_copy(const lead_topology *topology, lead_topology **out);
/* Frees the topology and all that it lent. NULL is allowed. */
LEAD_API void lead_topology_free(lead_topology *topology);

/* Adds a node; *index may be NULL. LEAD_INVALID for a name that is empty, not UTF-8 or there
 * already, or more than 46,340 nodes. O(1). */
LEAD_API lead_status lead_topology_add_node(lead_topology *topology, const char *name, int *index);
/* Where a node stands on the map (longitude, latitude in degrees; LEAD_NUMERIC for other numbers);
 * NaN until set. */
LEAD_API lead_status lead_topology_place_node(lead_topology *topology, int node, double longitude,
                                              double latitude);
/* Adds a link (checked: nodes, capacity, delay, weight); *index may be NULL. Amortised O(1). */
LEAD_API lead_status lead_topology_add_link(lead_topology *topology, lead_link link, int *index);
/* A link's own name, which tells parallel links apart in files; NULL until set. Checked like a
 * node's, but not against the others'. */
LEAD_API lead_status lead_topology_name_link(lead_topology *topology, int link, const char *name);
/* That name, borrowed until it is set anew; NULL: none. */
LEAD_API const char *lead_topology_link_label(const lead_topology *topology, int link);
/* Sets the probability, 0..1, that a link is down at some time; links that fail together (the
 * directions of a cable, parallel links, a risk group) are down together with that of any of them
 * that has one. LEAD_NUMERIC for one out of range. O(1). */
LEAD_API lead_status lead_topology_set_probability(lead_topology *topology, int link,
                                                   double probability);
/* That probability; 0 until set. O(1). */
LEAD_API double lead_topology_link_probability(const lead_topology *topology, int link);
/* Takes a link down or up. LEAD_INVALID for a link that is not there. O(1). */
LEAD_API lead_status lead_topology_set_up(lead_topology *topology, int link, bool up);
/* Sets a link's capacity; LEAD_NUMERIC for one that is not positive or not finite. O(1). */
LEAD_API lead_status lead_topology_set_capacity(lead_topology *topology, int link, double capacity);
/* Sets a link's weight (0: none); LEAD_NUMERIC for one that is negative or not finite. O(1). */
LEAD_API lead_status lead_topology_set_weight(lead_topology *topology, int link, double weight);

/* How many nodes there are: n. O(1). */
LEAD_API int lead_topology_node_count(const lead_topology *topology);
/* How many links there are, with those that are down: m. O(1). */
LEAD_API int lead_topology_link_count(const lead_topology *topology);
/* A link, borrowed until the next one is added. O(1). */
LEAD_API const lead_link *lead_topology_link(const lead_topology *topology, int link);
/* A node's name, borrowed for the topology's life. O(1). */
LEAD_API const char *lead_topology_node_name(const lead_topology *topology, int node);
/* Where a node stands, degrees; both NaN: not placed. O(1). */
LEAD_API void lead_topology_node_place(const lead_topology *topology, int node, double *longitude,
                                       double *latitude);
/* The node's index, or -1. O(1) expected. */
LEAD_API int lead_topology_find_node(const lead_topology *topology, const char *name);
/* The lowest link index from source to destination, or -1. O(out-degree). */
LEAD_API int lead_topology_find_link(const lead_topology *topology, int source, int destination);
/* The indices of the links out of / into a node, ascending, borrowed; *count receives their number.
 */
LEAD_API const int *lead_topology_links_out(const lead_topology *topology, int node, int *count);
/* The same of the links into a node. */
LEAD_API const int *lead_topology_links_in(const lead_topology *topology, int node, int *count);
/* The two nodes that a text names on both sides of `separator`, "A>B"; names may hold it: the first
 * place at which both sides are nodes. False where there is none. O(length). */
LEAD_API bool lead_topology_find_ends(const lead_topology *topology, const char *text,
                                      char separator, int *from, int *to);
/* The two nodes of "DNVRng-KSCYng", which a link joins in either direction. LEAD_INVALID, with the
 * link whose name is near, where none does. O(n + m). */
LEAD_API lead_status lead_topology_parse_link(const lead_topology *topology, const char *text,
                                              int *from, int *to);
/* Sets named[m] to 1 for all links between the nodes of each of "A-B, C-D", parallel ones and both
 * directions, else to 0. Errors likewise. O(words (n + m)). */
LEAD_API lead_status lead_topology_parse_links(const lead_topology *topology, const char *text,
                                               unsigned char *named);
/* "DNVRng-KSCYng" into `text`, for messages. */
LEAD_API const char *lead_topology_link_name(const lead_topology *topology, int link,
                                             char text[96]);

/* reach[s * n + t] = 1 where a path leads from s to t over links that are up, else 0. O(n m). */
LEAD_API lead_status lead_topology_reach(const lead_topology *topology, unsigned char *reach);
/* *rate: the traffic, in bit/s, of the OD pairs that have no such path. O(n m). */
LEAD_API lead_status lead_topology_disconnected(const lead_topology *topology, const double *tm,
                                                double *rate);
/* LEAD_INFEASIBLE naming the first OD pair with traffic (tm > 0; NULL: every pair) and no path over
 * links that are up. O(n m). */
LEAD_API lead_status lead_topology_check_connected(const lead_topology *topology, const double *tm);

/* --- TM series ------------------------------------------------------------------------------- */

/* TMs over time, strictly increasing, all of one size. Kept in blocks: memory is the numbers' own.
 */
typedef struct lead_tm_series lead_tm_series;

/* `names`: the nodes' names in the order of rows and columns (copied), or NULL. LEAD_INVALID for an
 * empty name or one that is there twice. */
LEAD_API lead_status lead_tm_series_alloc(int node_count, const char *const *names,
                                          lead_tm_series **out);
/* Frees the series and its TMs. NULL is allowed. */
LEAD_API void lead_tm_series_free(lead_tm_series *series);
/* Appends a copy of tm[n*n] at `time` (seconds since 1970 UTC). LEAD_INVALID unless time increases,
 * LEAD_NUMERIC for a negative or non-finite entry. */
LEAD_API lead_status lead_tm_series_append(lead_tm_series *series, int64_t time, const double *tm);
/* Puts a copy of tm[n*n] in the place of the TM of that index. LEAD_NUMERIC as above. O(n^2). */
LEAD_API lead_status lead_tm_series_replace(lead_tm_series *series, int index, const double *tm);
/* n of its TMs. O(1). */
LEAD_API int lead_tm_series_node_count(const lead_tm_series *series);
/* How many TMs it has. O(1). */
LEAD_API int lead_tm_series_length(const lead_tm_series *series);
/* The name of a row and column, borrowed; NULL: the series has no names. O(1). */
LEAD_API const char *lead_tm_series_node_name(const lead_tm_series *series, int node);
/* The TM of that index, [n*n] bit/s, borrowed until the series is changed. O(1). */
LEAD_API const double *lead_tm_series_tm(const lead_tm_series *series, int index);
/* Its time, s since 1970 UTC. O(1). */
LEAD_API int64_t lead_tm_series_time(const lead_tm_series *series, int index);
/* The step of the grid in seconds: the smallest distance of two neighbours; 0 with fewer than two
 * TMs. O(length). */
LEAD_API int64_t lead_tm_series_step(const lead_tm_series *series);
/* The index of the TM at `time`, or -1. O(log length). */
LEAD_API int lead_tm_series_find(const lead_tm_series *series, int64_t time);
/* A new series without the TMs at times[count] (ascending): what was dropped is a gap like any
 * other. O(length (n^2 + log count)). */
LEAD_API lead_status lead_tm_series_without(const lead_tm_series *series, const int64_t *times,
                                            int count, lead_tm_series **out);
/* Sets all diagonals to 0, in place. O(length n). */
LEAD_API void lead_tm_series_clear_diagonals(lead_tm_series *series);
/* A new series of the TMs [first, first + count). */
LEAD_API lead_status lead_tm_series_slice(const lead_tm_series *series, int first, int count,
                                          lead_tm_series **out);
/* Puts rows and columns, in place, in the topology's node order. LEAD_INVALID naming a node that
 * one of the two lacks; a series without names must have the topology's size and keeps its order.
 */
LEAD_API lead_status lead_tm_series_arrange(lead_tm_series *series, const lead_topology *topology);
/* Multiplies every entry by `factor` >= 0, in place. */
LEAD_API lead_status lead_tm_series_scale(lead_tm_series *series, double factor);

/* Sum of a TM's off-diagonal entries, bit/s. */
LEAD_API double lead_tm_total(const double *tm, int node_count);
/* LEAD_NUMERIC for the first entry of tms[count][n*n] that is negative or not finite: "WHAT: -3
 * bit/s from node 2 to node 5 is not a rate", or with the TM's number when there are several. */
LEAD_API lead_status lead_tm_check(const char *what, const double *tms, size_t count,
                                   int node_count);

/* --- shortest paths -------------------------------------------------------------------------- */

/* Distances from every node to `destination` under weights[link] > 0 over links that are up;
 * INFINITY without a path, greater than at the next hop however small the weight. Dijkstra 1959
 * with a binary heap, O(m log n). */
LEAD_API lead_status lead_distances_to(const lead_topology *topology, const double *weights,
                                       int destination, double *distance);
/* True when `link` is on a shortest path to the destination of `distance` (relative tolerance
 * 1e-12). */
LEAD_API bool lead_on_shortest_path(const lead_topology *topology, const double *weights,
                                    const double *distance, int link);

/* Link weights by convention. weights[m]; inverse capacity is the largest capacity / capacity.
 * LEAD_INVALID naming a link without a weight where the file gives them for some links only, or,
 * by LEAD_WEIGHTS_FILE, for none; LEAD_NUMERIC for a weight out of 1e-100 to 1e100. */
typedef enum lead_weight_rule {
    LEAD_WEIGHTS_DEFAULT, /* the file's, and inverse capacity where it gives none at all */
    LEAD_WEIGHTS_FILE,
    LEAD_WEIGHTS_INVERSE_CAPACITY,
    LEAD_WEIGHTS_UNIT
} lead_weight_rule;
/* Fills weights[m] by that rule. Errors: see lead_weight_rule. O(m). */
LEAD_API lead_status lead_link_weights(const lead_topology *topology, lead_weight_rule rule,
                                       double *weights);

/* --- routing --------------------------------------------------------------------------------- */

/* Two layers. Destination-based splits: for every destination t and link e, the fraction of the
 * traffic for t at e's source that leaves by e; at a node with a path to t the fractions sum to 1;
 * no loops. Above them, for OD pairs that have any, explicit paths with shares that sum to 1
 * (tunnels, as MPLS-TE and segment routing have them); such a pair takes the splits only where none
 * of its paths is whole. */
typedef struct lead_routing lead_routing;

/* A path of an OD pair: links[length] lead from its source to its destination and meet no node
 * twice. */
typedef struct lead_path {
    double share;
    int length;
    const int *links;
} lead_path;

/* A routing without any splits set. */
LEAD_API lead_status lead_routing_alloc(const lead_topology *topology, lead_routing **out);
/* A new routing in *out that is equal to this one and shares nothing with it. LEAD_MEMORY. O(n m +
 * total length of paths). */
LEAD_API lead_status lead_routing_copy(const lead_routing *routing, lead_routing **out);
/* Frees the routing and all that it lent. NULL is allowed. */
LEAD_API void lead_routing_free(lead_routing *routing);
/* Sets the splits of one destination from splits[m] (copied; entries below 1e-9 become 0, the rest
 * is normalised per node). LEAD_NUMERIC for a negative or non-finite entry, LEAD_INVALID for a loop
 * (named). O(n + m). */
LEAD_API lead_status lead_routing_set(lead_routing *routing, int destination, const double *splits);
/* Sets the paths of one OD pair (copied; shares below 1e-9 are left out, the rest is normalised);
 * count 0: none, its traffic follows the splits. LEAD_NUMERIC for a share that is negative or not
 * finite, LEAD_INVALID for links that are no path without loops. O(total length). */
LEAD_API lead_status lead_routing_set_paths(lead_routing *routing, int source, int destination,
                                            const lead_path *paths, int count);
/* The paths of an OD pair, borrowed until they are set anew; their number, 0 for a pair that
 * follows the splits. */
LEAD_API int lead_routing_paths(const lead_routing *routing, int source, int destination,
                                const lead_path **paths);
/* Whether any pair has explicit paths. O(1). */
LEAD_API bool lead_routing_has_paths(const lead_routing *routing);
/* Adds to share[m] the fractions of the pair's traffic that pass each link; through[n] is working
 * space. Without a route the traffic ends where it is. O(n + m). */
LEAD_API void lead_routing_trace(const lead_routing *routing, int source, int destination,
                                 double *through, double *share);
/* Borrowed splits[m] of one destination. */
LEAD_API const double *lead_routing_splits(const lead_routing *routing, int destination);
/* A copy of the topology that it was made for, as that was then; borrowed. O(1). */
LEAD_API const lead_topology *lead_routing_topology(const lead_routing *routing);
/* n of the topology that it was made for. O(1). */
LEAD_API int lead_routing_node_count(const lead_routing *routing);
/* m of the topology that it was made for. O(1). */
LEAD_API int lead_routing_link_count(const lead_routing *routing);
/* ECMP over the shortest paths of `weights`, equal shares per next-hop link (parallel links count
 * each). LEAD_NUMERIC for a weight that is not positive, or so much smaller than a distance that
 * they add up to nothing. O(n m log n). */
LEAD_API lead_status lead_routing_from_weights(const lead_topology *topology, const double *weights,
                                               lead_routing **out);
/* What traffic does when links of `network` (the routing's, with some down) fail and nobody plans
 * anew: a new routing in *out. A node keeps the next hops that lead on to the destination, in
 * proportion; one that keeps none takes its shortest paths under weights[m]. Where `routing` is
 * ECMP over shortest paths of these weights, that is what the IGP comes to. Explicit paths stay as
 * they are: a pair takes the splits where none of its paths is whole. Errors: see lead_routing_set,
 * lead_distances_to. O(n m log n). */
LEAD_API lead_status lead_routing_reroute(const lead_routing *routing, const lead_topology *network,
                                          const double *weights, lead_routing **out);
/* loads[m] in bit/s of tm[n*n] without loss. LEAD_INFEASIBLE when an OD pair with traffic has no
 * route. O(n m). */
LEAD_API lead_status lead_routing_loads(const lead_routing *routing, const double *tm,
                                        double *loads);
/* The same, but traffic without a route (of pairs that are cut off) ends where it is: *unrouted
 * bit/s. */
LEAD_API lead_status lead_routing_loads_reached(const lead_routing *routing, const double *tm,
                                                double *loads, double *unrouted);
/* The nodes in an order in which traffic for `destination` only goes forward (borrowed, [n]);
 * destination last among those that reach it. */
LEAD_API const int *lead_routing_order(const lead_routing *routing, int destination);

/* max over links that are up of load / capacity. O(m). */
LEAD_API double lead_mlu(const lead_topology *topology, const double *loads);
/* Fortz and Thorup 2000: sum over links of the piecewise-linear congestion cost with slopes 1, 3,
 * 10, 70, 500, 5000 at utilisations 0, 1/3, 2/3, 9/10, 1, 11/10. In bit/s. O(m). */
LEAD_API double lead_phi(const lead_topology *topology, const double *loads);
/* Links whose split changed (by more than 1e-6) for some destination or whose share of some pair
 * with paths did, and the fraction of tm's traffic that moved: half the summed absolute change of
 * per-destination link loads over the summed loads of `before`; traffic without a route counts up
 * to where it ends. O(n m + total length of paths). */
LEAD_API lead_status lead_routing_change(const lead_routing *before, const lead_routing *after,
                                         const double *tm, int *links_changed,
                                         double *moved_fraction);

#ifdef __cplusplus
}
#endif
#endif
