/* ns3c: what the library uses of the packet simulator ns-3, in C. A network of routers and
 * point-to-point links (made here, or adopted from somebody's own ns-3 program), routing tables
 * with weighted next hops, traffic from a matrix, counters.
 *
 * Rules for all calls. Nothing of C++ crosses this header: a failure is a lead_status with its
 * message in lead_last_message(). Pointers that are given are borrowed for the call, unless it says
 * "kept". Units: seconds, bit/s, bytes of IP packets (header included, the link's own 2-byte PPP
 * header not). n = nodes, m = directed links; a matrix is [n * n], row = source. Arguments that
 * make no sense give LEAD_INVALID with their value in the message.
 *
 * ns-3's simulator is one per process, and so is this: a second network while one lives is refused
 * with LEAD_INVALID. One thread at a time may call; that is not checked. */
#ifndef LEAD_NS3C_H
#define LEAD_NS3C_H

#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ns3c_network ns3c_network;

/* --- building -------------------------------------------------------------------------------- */

/* A directed link. Two opposite links with the same delay share one PointToPointChannel (each with
 * its own device, rate and queue); any other link has a channel of its own, whose way back is in no
 * table. Its queue, by name: "fifo", a DropTailQueue in the device; "red" or "codel", that queue
 * disc over a device queue of one packet. The packet in transmission is in no queue. RED's
 * thresholds are a sixth and a half of the limit, all else is as ns-3 has it. */
typedef struct ns3c_link {
    int source, destination; /* nodes, not equal */
    double rate;             /* bit/s on the wire, 1 .. 1e15; rounded to whole bit/s */
    double delay;            /* propagation, s, 0 .. 1e3; rounded to nanoseconds */
    const char *queue;       /* "fifo", "red" or "codel" */
    int queue_packets;       /* limit in packets, or 0 */
    int queue_bytes;         /* limit in bytes, or 0; exactly one of the two is given */
} ns3c_link;

/* A new, empty network in *out, to be freed with ns3c_network_free(). All draws depend on `seed`
 * alone. LEAD_INVALID while another network lives or when the process already has ns-3 nodes of its
 * own (adopt those). */
lead_status ns3c_network_alloc(uint64_t seed, ns3c_network **out);

/* A new network in *out that stands for the simulation which the calling program has built: every
 * ns3::Node with IPv4 and a point-to-point link to another such node, in the order of
 * ns3::NodeList; every such link in both directions. Names come from ns3::Names, else "node3" (a
 * name that is taken twice gets its node number). Routes are installed into the nodes'
 * Ipv4ListRouting with the highest priority (a node with another protocol gets ours in front of
 * it); a destination for which ns3c_install() never gave a table keeps the routes that the program
 * has. The network may be freed before or after Simulator::Destroy(), in any case before it the
 * program's own routing is back in force. LEAD_INVALID when there are no
 * such nodes. Links and addresses are looked up once, here: call it when they are all there. O(n^2
 * + m). */
lead_status ns3c_adopt(ns3c_network **out);

/* Frees the network; one that was made here takes the simulation with it (Simulator::Destroy), and
 * a new one can be made. NULL is allowed. Not to be called from an ns3c_schedule() callback. */
void ns3c_network_free(ns3c_network *network);

/* Adds a router before ns3c_build(). `name` is copied; not empty, not taken. *index may be NULL.
 * O(1). At most 65,000. */
lead_status ns3c_add_node(ns3c_network *network, const char *name, int *index);

/* Adds a directed link before ns3c_build(); parallel links are allowed. `link` is copied. *index
 * may be NULL. O(1). */
lead_status ns3c_add_link(ns3c_network *network, const ns3c_link *link, int *index);

/* Makes the nodes, IP stacks, channels and devices. `mtu`: the largest IP packet, 68 .. 65535
 * bytes. Router i has the host address 10.H.L.1 with 256 H + L = i + 1. No next hop is known yet.
 * O(n^2 + m). */
lead_status ns3c_build(ns3c_network *network, int mtu);

/* --- what is there --------------------------------------------------------------------------- */

int ns3c_node_count(const ns3c_network *network);
int ns3c_link_count(const ns3c_network *network);
/* Borrowed, as long as the network lives; NULL for an index out of range. */
const char *ns3c_node_name(const ns3c_network *network, int node);
/* The node's index, or -1. O(n). */
int ns3c_find_node(const ns3c_network *network, const char *name);
/* Node number `id` of ns3::NodeList as an index of ours, or -1. O(n). */
int ns3c_find_node_id(const ns3c_network *network, unsigned id);
/* A copy of the link in *out; its queue is a constant string ("fifo" for an adopted link without a
 * queue disc, else the queue disc's ns-3 name), a limit that it does not have or not in that unit
 * is 0. O(1). */
lead_status ns3c_link_get(const ns3c_network *network, int link, ns3c_link *out);
/* True when packets can leave by the link: set up here and both interfaces up. False for an index
 * out of range. O(1). */
bool ns3c_link_is_up(const ns3c_network *network, int link);

/* --- time ------------------------------------------------------------------------------------ */

/* The simulation's clock, s. */
double ns3c_now(const ns3c_network *network);

/* Lets `seconds` > 0 (at most 1e9) of simulated time pass; what is in flight stays. LEAD_INVALID in
 * an adopted simulation (its program calls Simulator::Run) or from a callback; the status of a
 * callback that failed; LEAD_SIMULATOR when ns-3 throws. */
lead_status ns3c_run(ns3c_network *network, double seconds);

/* Calls callback(data) `delay` >= 0 seconds from now, inside the running simulation, on its thread.
 * `data` is kept. When the callback fails the simulation is stopped and the failure is told by
 * ns3c_run() and ns3c_failure(). A call that is still due when the network is freed is not made.
 * O(log events). */
lead_status ns3c_schedule(ns3c_network *network, double delay, lead_status (*callback)(void *),
                          void *data);

/* LEAD_OK, or the status of the first callback that failed, with its message again in
 * lead_last_message(). */
lead_status ns3c_failure(const ns3c_network *network);

/* --- routing --------------------------------------------------------------------------------- */

/* A router's entry for a destination spreads the flows (hash of source, destination, protocol and
 * both ports) over this many buckets, each with one next hop: the resolution of a split ratio. A
 * flow keeps its next hop until its bucket moves. */
#define NS3C_BUCKETS 1024

/* Installs routing tables. splits[t] (t < n): fractions [m], fraction of the traffic for t at a
 * link's source that leaves by the link; they are normalised per router, and what is below 1e-9 of
 * it counts as 0. A router whose fractions are all 0 drops what it has for t. splits[t] == NULL
 * leaves destination t as it is. `delays`: NULL, all routers take over now, or [n] seconds >= 0
 * after which each does, all its entries at once; for no destination does a router go back to a
 * table that was installed earlier than the one it has. All is copied. The fewest possible buckets
 * move. LEAD_NUMERIC for a fraction that is negative or not finite, LEAD_INVALID for more than 255
 * next hops; then nothing changes. Loops are not looked for. O(n m) and, for entries that change,
 * O(NS3C_BUCKETS). */
lead_status ns3c_install(ns3c_network *network, const double *const *splits, const double *delays);

/* A path of a pair of routers: links[length] lead from source to destination. */
typedef struct ns3c_path {
    int source, destination;
    double share; /* > 0; those of a pair are normalised */
    int length;
    const int *links;
} ns3c_path;

/* Installs the paths of all pairs, those of a pair in a row; a pair without any (all, with count 0)
 * follows the tables of ns3c_install, and so do flows whose pair's paths are all down. A flow keeps
 * its path, and while a path is down its flows spread over the pair's others. `delays` as there: a
 * router that has not heard of a path yet sends its packets on by its older paths or its tables.
 * LEAD_INVALID for a path that is broken, meets a node twice or is one of more than 255 of its
 * pair, or a pair that stands in two places; LEAD_NUMERIC for a share that is not positive; then
 * nothing changes. O(n^2 + total length + NS3C_BUCKETS for pairs that change). */
lead_status ns3c_install_paths(ns3c_network *network, const ns3c_path *paths, int count,
                               const double *delays);

/* The next hops in force at `node` for `destination`, links that are down left out: *count of them
 * into links[] (ascending) and shares[] (parts of the buckets; sum 1), each with room for `room`.
 * *count = 0: dropped, or left to the program's own routing. LEAD_INVALID when room is too small.
 * O(NS3C_BUCKETS). */
lead_status ns3c_next_hops(const ns3c_network *network, int node, int destination, int room,
                           int *links, double *shares, int *count);

/* The link by which `node` sends a flow of IP protocol `protocol` between these nodes' own
 * addresses and ports, or -1. O(1). */
int ns3c_next_hop_of_flow(const ns3c_network *network, int node, int source, int destination,
                          int protocol, int source_port, int destination_port);

/* Buckets that installs have moved from one next hop to another since the network was made (new
 * entries not counted). */
uint64_t ns3c_buckets_moved(const ns3c_network *network);

/* Takes a link down or up, now. Down: what is queued for it is dropped and counted as such, its
 * router spreads its buckets over the other next hops of each entry (in proportion to their shares)
 * until it is up again; entries without another next hop drop. When both directions of a channel
 * are down, ns-3's interfaces are set down as well and what is on the wire is lost. O(n
 * NS3C_BUCKETS). */
lead_status ns3c_set_link(ns3c_network *network, int link, bool up);

/* Sets a link's rate on the wire, 1 .. 1e15 bit/s, from its next packet on. O(1). */
lead_status ns3c_set_rate(ns3c_network *network, int link, double rate);

/* --- traffic --------------------------------------------------------------------------------- */

typedef struct ns3c_traffic {
    const char *model; /* "cbr": a pair's packets evenly spaced from a random phase on, micro-flows
                          in turn; "poisson": exponential gaps per pair, the micro-flow drawn
                          uniformly; "pareto": each micro-flow on and off by turns, both times
                          Pareto, evenly spaced while on; "tcp": flows arrive as a Poisson process
                          per pair, sizes bounded Pareto, TCP as ns-3 has it */
    int packet_bytes; /* size of a packet (tcp: of a full segment) on the IP layer; udp 36 .. 65535,
                         tcp 100 .. 65535; at most the network's mtu */
    int flows_per_pair; /* udp: micro-flows of a pair, 1 .. 60000, told apart by their source port
                         */
    double on_seconds;  /* pareto: mean on and off times, > 0 */
    double off_seconds;
    double shape; /* pareto: of on and off times; tcp: of flow sizes; 1 < shape <= 10. The bound is
                     1000 times the smallest value, and the mean is exact */
    double mean_flow_bytes; /* tcp: mean flow size, 1 .. 1e12 */
    bool through_stack; /* udp: packets take every step of ns3::Ipv4L3Protocol, whose traces then
                           fire. Otherwise they go from device to device by our tables, with the
                           same results in less than half of the time; networks with a "red" or
                           "codel" link always take ns-3's way */
} ns3c_traffic;

/* Puts the traffic model in place, once, after ns3c_build(); all rates are 0. Not for adopted
 * networks (LEAD_INVALID). */
lead_status ns3c_traffic_start(ns3c_network *network, const ns3c_traffic *traffic);

/* Sets all rates from tm[n * n] (bit/s of IP packets; tcp: of application bytes) from now on; the
 * diagonal is ignored. What is left of a gap between two packets is stretched by old rate / new
 * rate, so that phases go on. LEAD_NUMERIC for an entry that is negative or not finite; then
 * nothing changes. O(n^2 + pairs log events). */
lead_status ns3c_traffic_set(ns3c_network *network, const double *tm);

/* --- ns-3's own outputs -------------------------------------------------------------------------
 */

/* Writes the packets that the link puts on the wire from now on into a pcap file: PPP, the first 96
 * bytes of each, at the simulation's time. After ns3c_build(). LEAD_IO. */
lead_status ns3c_capture(ns3c_network *network, int link, const char *path);
/* Ends all captures. LEAD_IO when one of them could not be written. */
lead_status ns3c_captures_finish(ns3c_network *network);
/* Puts ns-3's FlowMonitor on all routers, after ns3c_build() and before ns3c_traffic_start(): UDP
 * packets take every step of ns3::Ipv4L3Protocol then. Not for adopted networks, whose program may
 * have its own (LEAD_INVALID). */
lead_status ns3c_watch_flows(ns3c_network *network);
/* What FlowMonitor saw so far as its XML. LEAD_INVALID when it was not asked for, LEAD_IO. */
lead_status ns3c_write_flows(ns3c_network *network, const char *path);

/* --- counters -------------------------------------------------------------------------------- */

/* One reading, into the caller's arrays; an array that is NULL is not wanted. Totals count from the
 * network's start. */
typedef struct ns3c_counters {
    double time;             /* the simulation's clock, s */
    uint64_t *link_bytes;    /* [m] bytes that left the queue of the link */
    uint64_t *link_dropped;  /* [m] bytes dropped by its queue or queue disc. What is queued is in
                                neither */
    uint64_t *node_unrouted; /* [n] bytes that found no next hop here */
    uint64_t *od_offered; /* [n * n] bytes handed over by the sources (tcp: sizes of the flows that
                             started; adopted: bytes of IP packets sent by the node that owns the
                             source address) */
    uint64_t *od_delivered; /* [n * n] bytes that arrived (tcp: at the application; adopted: IP
                               packets at the node) */
    double *od_delay_mean;  /* [n * n] one-way delay of packets (tcp: of those with data) that
                               arrived since the last reading,  s; NaN when none did */
    double *od_delay_p99;   /* [n * n] s, within 1.6 % */
    double delay_mean, delay_p99; /* s, over all pairs */
    uint64_t packets_delivered;   /* total */
    uint64_t packets_forwarded;   /* total of packets put on links, hop by hop */
} ns3c_counters;

/* Reads the counters and starts new delay statistics. O(n^2 (1 + bins in use) + m). */
lead_status ns3c_read(ns3c_network *network, ns3c_counters *counters);

/* TCP flows. Times are from the first SYN to the last byte at the receiver. */
typedef struct ns3c_flow_statistics {
    uint64_t started, completed, failed; /* totals; failed: gave up, or refused because the source
                                            had no next hop or 8,192 open flows */
    uint64_t open;                       /* now */
    double time_mean, time_p99; /* s, of flows completed since the last call; NaN when none did */
} ns3c_flow_statistics;

/* Reads the flow statistics and starts new ones for the times. LEAD_INVALID unless the traffic is
 * "tcp". O(bins). */
lead_status ns3c_flows(ns3c_network *network, ns3c_flow_statistics *statistics);

#ifdef __cplusplus
}
#endif
#endif
