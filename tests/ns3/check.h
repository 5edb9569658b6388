// What the tests of the ns-3 glue share: checks that say what they saw, and networks made from a
// topology.
#ifndef LEAD_TESTS_NS3_CHECK_H
#define LEAD_TESTS_NS3_CHECK_H

#include "ns3/ns3c.h"

#include <lead/formats.h>
#include <lead/net.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

static int failures = 0;

#define CHECK(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            failures++;                                                                            \
            std::printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);                            \
            std::printf(__VA_ARGS__);                                                              \
            std::printf("\n");                                                                     \
        }                                                                                          \
    } while (0)

#define CHECK_NEAR(value, expected, tolerance, what)                                               \
    CHECK(std::fabs((value) - (expected)) <= (tolerance), "%s: %g, expected %g +- %g", what,       \
          static_cast<double>(value), static_cast<double>(expected),                               \
          static_cast<double>(tolerance))

// For calls that must not fail: nothing after them would make sense.
#define MUST(call)                                                                                 \
    do {                                                                                           \
        lead_status must_status = (call);                                                          \
        if (must_status != LEAD_OK) {                                                              \
            std::printf("%s:%d: %s: %s (%s)\n", __FILE__, __LINE__, #call, lead_last_message(),    \
                        lead_status_name(must_status));                                            \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

#define TEST(name)                                                                                 \
    do {                                                                                           \
        int before = failures;                                                                     \
        name();                                                                                    \
        std::printf("%s %s\n", failures == before ? "ok  " : "FAIL", #name);                       \
        std::fflush(stdout);                                                                       \
    } while (0)

struct Spec {
    double rate = 1e8, delay = 1e-3;
    const char *queue = "fifo";
    int queue_packets = 1000, queue_bytes = 0;
};

// A pair of opposite links in the topology.
inline void connect(lead_topology *topology, int a, int b, double capacity = 1e8,
                    double delay = 1e-3, double weight = 1) {
    MUST(lead_topology_add_link(topology, {a, b, capacity, delay, weight, true, 0}, nullptr));
    MUST(lead_topology_add_link(topology, {b, a, capacity, delay, weight, true, 0}, nullptr));
}

inline lead_topology *nodes_only(int count) {
    lead_topology *topology;
    MUST(lead_topology_alloc(&topology));
    for (int i = 0; i < count; i++)
        MUST(lead_topology_add_node(topology, ("r" + std::to_string(i)).c_str(), nullptr));
    return topology;
}

// Abilene's twelve routers and OSPF weights (facts), 10 Gbit/s scaled to 100 Mbit/s, in SNDlib's
// node order.
inline lead_topology *abilene(double capacity = 1e8) {
    static const char *const names[] = {"ATLAM5", "ATLAng", "CHINng", "DNVRng", "HSTNng", "IPLSng",
                                        "KSCYng", "LOSAng", "NYCMng", "SNVAng", "STTLng", "WASHng"};
    static const struct {
        int a, b;
        double weight;
    } links[] = {{0, 1, 1},    {1, 4, 1176}, {1, 5, 587},  {1, 11, 846},  {2, 5, 260},
                 {2, 8, 700},  {3, 6, 639},  {3, 9, 1295}, {3, 10, 2095}, {4, 6, 902},
                 {4, 7, 1893}, {5, 6, 548},  {7, 9, 366},  {8, 11, 233},  {9, 10, 861}};
    lead_topology *topology;
    MUST(lead_topology_alloc(&topology));
    for (const char *name : names)
        MUST(lead_topology_add_node(topology, name, nullptr));
    for (auto &link : links)
        connect(topology, link.a, link.b, capacity, 1e-3, link.weight);
    return topology;
}

// A connected graph with many equal-cost paths: a ring with chords and small whole-number weights.
inline lead_topology *ring_with_chords(int nodes, int chords, unsigned seed) {
    lead_topology *topology = nodes_only(nodes);
    auto draw = [&seed](unsigned below) {
        seed = seed * 1664525u + 1013904223u;
        return static_cast<int>((seed >> 8) % below);
    };
    for (int i = 0; i < nodes; i++)
        connect(topology, i, (i + 1) % nodes, 1e8, 1e-3, 1 + draw(3));
    while (chords > 0) {
        int a = draw(static_cast<unsigned>(nodes)), b = draw(static_cast<unsigned>(nodes));
        if (a == b || lead_topology_find_link(topology, a, b) >= 0)
            continue;
        connect(topology, a, b, 1e8, 1e-3, 1 + draw(3));
        chords--;
    }
    return topology;
}

inline ns3c_network *make_network(const lead_topology *topology, const Spec &spec = Spec(),
                                  uint64_t seed = 1, int mtu = 1500) {
    ns3c_network *network;
    MUST(ns3c_network_alloc(seed, &network));
    for (int i = 0; i < lead_topology_node_count(topology); i++)
        MUST(ns3c_add_node(network, lead_topology_node_name(topology, i), nullptr));
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        ns3c_link made = {link->source, link->destination,  link->capacity,  link->delay,
                          spec.queue,   spec.queue_packets, spec.queue_bytes};
        MUST(ns3c_add_link(network, &made, nullptr));
    }
    MUST(ns3c_build(network, mtu));
    return network;
}

inline void install(ns3c_network *network, const lead_routing *routing,
                    const double *delays = nullptr) {
    std::vector<const double *> rows;
    for (int i = 0; i < lead_routing_node_count(routing); i++)
        rows.push_back(lead_routing_splits(routing, i));
    MUST(ns3c_install(network, rows.data(), delays));
}

inline lead_routing *ecmp(const lead_topology *topology) {
    std::vector<double> weights(static_cast<size_t>(lead_topology_link_count(topology)));
    MUST(lead_link_weights(topology, LEAD_WEIGHTS_FILE, weights.data()));
    lead_routing *routing;
    MUST(lead_routing_from_weights(topology, weights.data(), &routing));
    return routing;
}

inline void start_traffic(ns3c_network *network, const char *model, int packet_bytes, int flows,
                          bool through_stack = false) {
    ns3c_traffic traffic = {model, packet_bytes, flows, 0.05, 0.05, 1.5, 2e4, through_stack};
    MUST(ns3c_traffic_start(network, &traffic));
}

// One reading with room for everything.
struct Reading {
    std::vector<uint64_t> link_bytes, link_dropped, node_unrouted, od_offered, od_delivered;
    std::vector<double> od_delay_mean, od_delay_p99;
    ns3c_counters counters = {};

    explicit Reading(ns3c_network *network) {
        size_t n = static_cast<size_t>(ns3c_node_count(network));
        size_t m = static_cast<size_t>(ns3c_link_count(network));
        link_bytes.resize(m);
        link_dropped.resize(m);
        node_unrouted.resize(n);
        od_offered.resize(n * n);
        od_delivered.resize(n * n);
        od_delay_mean.resize(n * n);
        od_delay_p99.resize(n * n);
        counters.link_bytes = link_bytes.data();
        counters.link_dropped = link_dropped.data();
        counters.node_unrouted = node_unrouted.data();
        counters.od_offered = od_offered.data();
        counters.od_delivered = od_delivered.data();
        counters.od_delay_mean = od_delay_mean.data();
        counters.od_delay_p99 = od_delay_p99.data();
        MUST(ns3c_read(network, &counters));
    }
};

inline int finish() {
    std::printf(failures ? "%d checks failed\n" : "all checks passed\n", failures);
    return failures != 0;
}

#endif
