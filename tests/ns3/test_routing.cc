// Routing tables in the simulator: against ns-3's own global routing, split shares, moved buckets,
// links going down and up.
#include "check.h"

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

#include <algorithm>
#include <map>
#include <set>

namespace {

using std::size_t;

// --- next hops against Ipv4GlobalRouting
// ---------------------------------------------------------------------------------

// A plain ns-3 network with the topology's links (both directions of a pair are one channel) and
// the metrics.
struct Plain {
    ns3::NodeContainer nodes;
    std::vector<int> adopted_link; // of the topology's link: its number when the network is adopted
};

Plain make_plain(const lead_topology *topology, const std::vector<double> &metrics) {
    using namespace ns3;
    Plain plain;
    plain.nodes.Create(static_cast<uint32_t>(lead_topology_node_count(topology)));
    InternetStackHelper().Install(plain.nodes);
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.252");
    std::vector<Ptr<NetDevice>> device_of(static_cast<size_t>(lead_topology_link_count(topology)));
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        if (link->source > link->destination)
            continue;
        int back = lead_topology_find_link(topology, link->destination, link->source);
        CHECK(back >= 0 && metrics[static_cast<size_t>(i)] == metrics[static_cast<size_t>(back)],
              "link %d has no reverse of metric %g", i, metrics[static_cast<size_t>(i)]);
        NetDeviceContainer devices =
            PointToPointHelper().Install(plain.nodes.Get(static_cast<uint32_t>(link->source)),
                                         plain.nodes.Get(static_cast<uint32_t>(link->destination)));
        Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
        addresses.NewNetwork();
        uint16_t metric = static_cast<uint16_t>(metrics[static_cast<size_t>(i)]);
        interfaces.SetMetric(0, metric);
        interfaces.SetMetric(1, metric);
        device_of[static_cast<size_t>(i)] = devices.Get(0);
        device_of[static_cast<size_t>(back)] = devices.Get(1);
    }
    std::map<Ptr<NetDevice>, int> number;
    int next = 0;
    for (uint32_t i = 0; i < plain.nodes.GetN(); i++)
        for (uint32_t d = 0; d < plain.nodes.Get(i)->GetNDevices(); d++)
            if (DynamicCast<PointToPointNetDevice>(plain.nodes.Get(i)->GetDevice(d)))
                number[plain.nodes.Get(i)->GetDevice(d)] = next++;
    for (const Ptr<NetDevice> &device : device_of)
        plain.adopted_link.push_back(number.at(device));
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    return plain;
}

// All equal-cost next hops of node for destination as global routing has them, as adopted link
// numbers.
std::set<int> global_next_hops(const Plain &plain, uint32_t node, uint32_t destination,
                               int first_link) {
    using namespace ns3;
    Ptr<Ipv4> ipv4 = plain.nodes.Get(node)->GetObject<Ipv4>();
    Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(ipv4->GetRoutingProtocol());
    Ptr<Ipv4GlobalRouting> global;
    int16_t priority;
    for (uint32_t i = 0; i < list->GetNRoutingProtocols(); i++)
        if (!global)
            global = DynamicCast<Ipv4GlobalRouting>(list->GetRoutingProtocol(i, priority));
    Ipv4Address address =
        plain.nodes.Get(destination)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
    std::set<int> links;
    for (uint32_t i = 0; i < global->GetNRoutes(); i++) {
        Ipv4RoutingTableEntry *route = global->GetRoute(i);
        if (route->IsHost() && route->GetDest() == address)
            links.insert(first_link + static_cast<int>(route->GetInterface()) - 1);
    }
    // A router with one link has but a default route there.
    for (uint32_t i = 0; links.empty() && i < global->GetNRoutes(); i++)
        if (global->GetRoute(i)->IsDefault() && ipv4->GetNInterfaces() == 2)
            links.insert(first_link);
    return links;
}

void compare_with_global(const char *name, const lead_topology *topology,
                         std::vector<double> metrics) {
    size_t m = static_cast<size_t>(lead_topology_link_count(topology));
    uint32_t n = static_cast<uint32_t>(lead_topology_node_count(topology));
    Plain plain = make_plain(topology, metrics);
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    CHECK(ns3c_node_count(network) == static_cast<int>(n), "%s: %d nodes", name,
          ns3c_node_count(network));
    CHECK(ns3c_link_count(network) == static_cast<int>(m), "%s: %d links", name,
          ns3c_link_count(network));
    lead_routing *routing;
    MUST(lead_routing_from_weights(topology, metrics.data(), &routing));
    std::vector<std::vector<double>> splits(n, std::vector<double>(m));
    std::vector<const double *> rows;
    for (uint32_t t = 0; t < n; t++) {
        for (size_t i = 0; i < m; i++)
            splits[t][static_cast<size_t>(plain.adopted_link[i])] =
                lead_routing_splits(routing, static_cast<int>(t))[i];
        rows.push_back(splits[t].data());
    }
    MUST(ns3c_install(network, rows.data(), nullptr));
    int wrong = 0, multiple = 0, first_link = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t t = 0; t < n; t++) {
            if (i == t)
                continue;
            int links[64], count = 0;
            double shares[64];
            MUST(ns3c_next_hops(network, static_cast<int>(i), static_cast<int>(t), 64, links,
                                shares, &count));
            std::set<int> ours(links, links + count);
            std::set<int> theirs = global_next_hops(plain, i, t, first_link);
            wrong += ours != theirs || ours.empty();
            multiple += count > 1;
            for (int j = 0; j < count; j++)
                CHECK_NEAR(shares[j], 1.0 / count, 1.0 / NS3C_BUCKETS,
                           "share of an equal-cost hop");
        }
        first_link += static_cast<int>(plain.nodes.Get(i)->GetNDevices()) - 1;
    }
    CHECK(wrong == 0, "%s: %d of %u entries differ from Ipv4GlobalRouting", name, wrong,
          n * (n - 1));
    std::printf(
        "     %s: %u entries equal to Ipv4GlobalRouting's, %d of them with several next hops\n",
        name, n * (n - 1) - static_cast<uint32_t>(wrong), multiple);
    lead_routing_free(routing);
    ns3c_network_free(network);
    ns3::Simulator::Destroy();
}

void compare_file(const char *file, lead_weight_rule rule) {
    const char *data = std::getenv("LEAD_DATA");
    if (!data) {
        std::printf("     LEAD_DATA is not set: %s is left out\n", file);
        return;
    }
    lead_topology *topology;
    MUST(lead_topology_read((std::string(data) + "/" + file).c_str(), 0, &topology));
    std::vector<double> metrics(static_cast<size_t>(lead_topology_link_count(topology)));
    MUST(lead_link_weights(topology, rule, metrics.data()));
    double largest = *std::max_element(metrics.begin(), metrics.end());
    for (double &metric : metrics) // ns-3's metrics have 16 bits
        metric = std::max(1.0, std::nearbyint(largest > 60000 ? metric * 60000 / largest : metric));
    compare_with_global(file, topology, metrics);
    lead_topology_free(topology);
}

void next_hops_equal_global_routing() {
    lead_topology *graphs[] = {abilene(), ring_with_chords(40, 30, 7)};
    const char *names[] = {"Abilene", "40 nodes"};
    for (size_t i = 0; i < 2; i++) {
        std::vector<double> metrics(static_cast<size_t>(lead_topology_link_count(graphs[i])));
        MUST(lead_link_weights(graphs[i], LEAD_WEIGHTS_FILE, metrics.data()));
        compare_with_global(names[i], graphs[i], metrics);
        lead_topology_free(graphs[i]);
    }
    compare_file("abilene-links.csv", LEAD_WEIGHTS_FILE);
    compare_file("geant-links.csv", LEAD_WEIGHTS_INVERSE_CAPACITY);
    compare_file("geant-links.csv", LEAD_WEIGHTS_UNIT);
    compare_file("repetita/Geant2012.graph", LEAD_WEIGHTS_UNIT);
}

// --- splits
// --------------------------------------------------------------------------------------------------------------

// 0 -> {1, 2, 3} -> 4, with links 0..2 out of node 0 and 3..5 into node 4 (and the way back).
ns3c_network *fan(uint64_t seed = 1, double capacity = 1e9) {
    lead_topology *topology = nodes_only(5);
    for (int i = 1; i <= 3; i++)
        MUST(lead_topology_add_link(topology, {0, i, capacity, 1e-3, 1, true, 0}, nullptr));
    for (int i = 1; i <= 3; i++)
        MUST(lead_topology_add_link(topology, {i, 4, capacity, 1e-3, 1, true, 0}, nullptr));
    ns3c_network *network = make_network(topology, Spec(), seed);
    lead_topology_free(topology);
    return network;
}

void set_shares(ns3c_network *network, double a, double b, double c,
                const double *delays = nullptr) {
    double splits[6] = {a, b, c, 1, 1, 1};
    const double *rows[5] = {nullptr, nullptr, nullptr, nullptr, splits};
    MUST(ns3c_install(network, rows, delays));
}

void offer(ns3c_network *network, int source, int destination, double rate) {
    int n = ns3c_node_count(network);
    std::vector<double> tm(static_cast<size_t>(n * n), 0.0);
    tm[static_cast<size_t>(source * n + destination)] = rate;
    MUST(ns3c_traffic_set(network, tm.data()));
}

void shares_are_met() {
    for (uint64_t seed = 1; seed <= 5; seed++) {
        const double asked[3] = {0.5, 0.3, 0.2};
        ns3c_network *network = fan(seed);
        set_shares(network, asked[0], asked[1], asked[2]);
        start_traffic(network, "cbr", 200, 1000);
        offer(network, 0, 4, 200 * 8 * 10000);
        MUST(ns3c_run(network, 2));
        Reading reading(network);
        double total = static_cast<double>(reading.od_offered[4]);
        for (size_t i = 0; i < 3; i++)
            CHECK_NEAR(static_cast<double>(reading.link_bytes[i]) / total / asked[i], 1, 0.03,
                       "share over asked share, 1,000 flows");
        ns3c_network_free(network);
    }
}

// Each bucket's flows know nothing of their bucket at the next router: all four combinations are
// equally frequent.
void splits_are_independent() {
    lead_topology *topology = ring_with_chords(40, 60, 3);
    ns3c_network *network = make_network(topology);
    size_t m = static_cast<size_t>(lead_topology_link_count(topology));
    std::vector<double> splits(m, 1.0);
    std::vector<const double *> rows(40, splits.data());
    MUST(ns3c_install(network, rows.data(), nullptr));
    double worst = 0;
    int checked = 0;
    for (int a = 0; a < 40; a++) {
        for (int b = 0; b < 40; b++) {
            int destination = a > 1 && b > 1 ? 0 : (a + b + 1) % 40;
            int links[64], out_a, out_b;
            double shares[64];
            if (a == b || destination == a || destination == b)
                continue;
            MUST(ns3c_next_hops(network, a, destination, 64, links, shares, &out_a));
            MUST(ns3c_next_hops(network, b, destination, 64, links, shares, &out_b));
            std::map<std::pair<int, int>, int> joint;
            for (int port = 1024; port < 1024 + 1024; port++)
                joint[{ns3c_next_hop_of_flow(network, a, a, destination, 17, port, 9),
                       ns3c_next_hop_of_flow(network, b, a, destination, 17, port, 9)}]++;
            CHECK(static_cast<int>(joint.size()) == out_a * out_b,
                  "routers %d and %d: %zu of %d combinations", a, b, joint.size(), out_a * out_b);
            for (auto &cell : joint)
                worst = std::max(worst, std::fabs(cell.second - 1024.0 / (out_a * out_b)) / 1024);
            checked++;
        }
    }
    // A random hash would have a standard deviation of up to 1.4 % per cell and a worst cell of 5
    // %.
    CHECK(worst < 0.03, "worst cell of %d pairs is off by %.4f", checked, worst);
    std::printf("     worst joint share of %d pairs of routers is off by %.4f\n", checked, worst);
    ns3c_network_free(network);
    lead_topology_free(topology);
}

std::vector<int> hops_of_flows(ns3c_network *network) {
    std::vector<int> hops;
    for (int port = 0; port < 65536; port += 7)
        hops.push_back(ns3c_next_hop_of_flow(network, 0, 0, 4, 6, port, 80));
    return hops;
}

void fewest_buckets_move() {
    ns3c_network *network = fan();
    set_shares(network, 0.5, 0.5, 0);
    CHECK(ns3c_buckets_moved(network) == 0, "new entries counted as moved");
    std::vector<int> before = hops_of_flows(network);
    set_shares(network, 0.5, 0.5, 0);
    CHECK(ns3c_buckets_moved(network) == 0, "the same table moved buckets");
    set_shares(network, 0.625, 0.375, 0);
    CHECK(ns3c_buckets_moved(network) == 128, "%llu moved",
          (unsigned long long)ns3c_buckets_moved(network));
    std::vector<int> after = hops_of_flows(network);
    size_t changed = 0;
    for (size_t i = 0; i < before.size(); i++) {
        changed += before[i] != after[i];
        CHECK(before[i] == after[i] || (before[i] == 1 && after[i] == 0),
              "flow moved from %d to %d", before[i], after[i]);
    }
    CHECK_NEAR(static_cast<double>(changed) / static_cast<double>(before.size()), 0.125, 0.01,
               "flows that moved");
    set_shares(network, 0.25, 0.25, 0.5);
    CHECK(ns3c_buckets_moved(network) == 128 + 512, "%llu moved",
          (unsigned long long)ns3c_buckets_moved(network));
    set_shares(network, 0, 0, 1);
    CHECK(ns3c_buckets_moved(network) == 128 + 1024, "%llu moved",
          (unsigned long long)ns3c_buckets_moved(network));
    ns3c_network_free(network);
}

void link_down_and_up() {
    ns3c_network *network = fan();
    set_shares(network, 0.5, 0.25, 0.25);
    std::vector<int> before = hops_of_flows(network);
    MUST(ns3c_set_link(network, 0, false));
    CHECK(!ns3c_link_is_up(network, 0), "still up");
    int links[4], count;
    double shares[4];
    MUST(ns3c_next_hops(network, 0, 4, 4, links, shares, &count));
    CHECK(count == 2 && links[0] == 1 && links[1] == 2, "%d next hops", count);
    CHECK_NEAR(shares[0], 0.5, 1e-3, "repaired share");
    std::vector<int> during = hops_of_flows(network);
    for (size_t i = 0; i < before.size(); i++)
        CHECK(before[i] == 0 ? during[i] > 0 : during[i] == before[i],
              "flow %zu of link %d went to %d", i, before[i], during[i]);
    // A table that arrives meanwhile is repaired as well.
    set_shares(network, 0.5, 0.5, 0);
    MUST(ns3c_next_hops(network, 0, 4, 4, links, shares, &count));
    CHECK(count == 1 && links[0] == 1 && shares[0] == 1, "%d next hops, first %d", count, links[0]);
    set_shares(network, 0.5, 0.25, 0.25);
    MUST(ns3c_set_link(network, 0, true));
    MUST(ns3c_next_hops(network, 0, 4, 4, links, shares, &count));
    CHECK(count == 3 && shares[0] == 0.5, "%d next hops after the repair", count);
    before = hops_of_flows(network);
    for (int i = 0; i < 3; i++)
        MUST(ns3c_set_link(network, i, false));
    CHECK(ns3c_next_hop_of_flow(network, 0, 0, 4, 6, 1, 80) == -1, "a next hop without links");
    for (int i = 0; i < 3; i++)
        MUST(ns3c_set_link(network, i, true));
    CHECK(hops_of_flows(network) == before, "flows did not come back");
    ns3c_network_free(network);
}

void traffic_during_a_failure() {
    ns3c_network *network = fan();
    set_shares(network, 0.5, 0.25, 0.25);
    start_traffic(network, "cbr", 500, 100);
    offer(network, 0, 4, 4e6); // 1,000 packets/s
    MUST(ns3c_run(network, 1));
    MUST(ns3c_set_link(network, 0, false));
    Reading before(network);
    MUST(ns3c_run(network, 1));
    Reading during(network);
    CHECK(during.link_bytes[0] == before.link_bytes[0], "bytes on a link that is down");
    CHECK(during.node_unrouted[0] == 0, "dropped although there are other ways");
    CHECK_NEAR(static_cast<double>(during.od_delivered[4] - before.od_delivered[4]), 5e5, 5e3,
               "delivered");
    MUST(ns3c_set_link(network, 3,
                       false)); // 1 -> 4: router 0 does not know and router 1 has no other way
    MUST(ns3c_set_link(network, 0, true));
    MUST(ns3c_run(network, 1));
    Reading blackhole(network);
    CHECK_NEAR(static_cast<double>(blackhole.node_unrouted[1]), 2.5e5, 1e4,
               "dropped without a next hop");
    CHECK_NEAR(static_cast<double>(blackhole.od_delivered[4] - during.od_delivered[4]), 2.5e5, 1e4,
               "delivered");
    ns3c_network_free(network);
}

// Two directions of a channel are separate until both are down.
void one_direction_down() {
    lead_topology *topology = nodes_only(2);
    connect(topology, 0, 1, 1e7, 0.1);
    lead_routing *routing = ecmp(topology);
    ns3c_network *network = make_network(topology);
    install(network, routing);
    start_traffic(network, "cbr", 1000, 1);
    double tm[4] = {0, 8e5, 8e5, 0};
    MUST(ns3c_traffic_set(network, tm));
    MUST(ns3c_run(network, 1));
    MUST(ns3c_set_link(network, 0, false));
    Reading first(network);
    MUST(ns3c_run(network, 1));
    Reading second(network);
    CHECK(second.link_bytes[0] == first.link_bytes[0], "bytes on the direction that is down");
    CHECK_NEAR(static_cast<double>(second.link_bytes[1] - first.link_bytes[1]), 1e5, 1e3,
               "other direction");
    CHECK_NEAR(static_cast<double>(second.od_delivered[1] - first.od_delivered[1]), 1e4, 1e3,
               "what was on the wire arrives");
    MUST(ns3c_set_link(network, 1, false));
    MUST(ns3c_run(network, 1));
    Reading third(network);
    CHECK(third.od_delivered[2] == second.od_delivered[2], "arrived over a channel that is down");
    CHECK_NEAR(static_cast<double>(third.node_unrouted[0]), 2e5, 2e3, "dropped at the source");
    MUST(ns3c_set_link(network, 1, true));
    MUST(ns3c_set_link(network, 0, true));
    MUST(ns3c_run(network, 1));
    Reading fourth(network);
    CHECK_NEAR(static_cast<double>(fourth.od_delivered[1] - third.od_delivered[1]), 9e4, 2e3,
               "after repair");
    ns3c_network_free(network);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

void convergence() {
    ns3c_network *network = fan();
    set_shares(network, 1, 0, 0);
    double delays[5] = {0.5, 0, 0, 0, 0};
    set_shares(network, 0, 1, 0, delays);
    MUST(ns3c_run(network, 0.25));
    CHECK(ns3c_next_hop_of_flow(network, 0, 0, 4, 6, 1, 2) == 0, "took over too early");
    MUST(ns3c_run(network, 0.5));
    CHECK(ns3c_next_hop_of_flow(network, 0, 0, 4, 6, 1, 2) == 1, "did not take over");
    set_shares(network, 1, 0, 0, delays);
    set_shares(network, 0, 0, 1); // newer, and at once
    MUST(ns3c_run(network, 1));
    CHECK(ns3c_next_hop_of_flow(network, 0, 0, 4, 6, 1, 2) == 2,
          "an old table came after a new one");
    ns3c_network_free(network);
}

// A router that has not heard of a destination yet has no next hop for it, and says so.
void unrouted_before_the_first_table() {
    for (bool through_stack : {false, true}) {
        ns3c_network *network = fan();
        double delays[5] = {0, 2, 2, 2, 0};
        set_shares(network, 1, 0, 0, delays);
        start_traffic(network, "cbr", 1000, 1, through_stack);
        offer(network, 0, 4, 8e5);
        MUST(ns3c_run(network, 1));
        offer(network, 0, 4, 0);
        MUST(ns3c_run(network, 0.5));
        Reading reading(network);
        CHECK(reading.od_delivered[4] == 0 && reading.od_offered[4] > 90000, "%llu delivered",
              (unsigned long long)reading.od_delivered[4]);
        CHECK(reading.node_unrouted[1] == reading.od_offered[4], "%llu of %llu bytes unrouted",
              (unsigned long long)reading.node_unrouted[1],
              (unsigned long long)reading.od_offered[4]);
        ns3c_network_free(network);
    }
}

// A table on its way is late for the destinations of a newer one only.
void tables_for_some_destinations() {
    ns3c_network *network = fan();
    double to_4[6] = {1, 0, 0, 1, 1, 1}, to_3[6] = {0, 0, 1, 0, 0, 0};
    double delays[5] = {1, 1, 1, 1, 1};
    const double *first[5] = {nullptr, nullptr, nullptr, nullptr, to_4},
                 *second[5] = {nullptr, nullptr, nullptr, to_3, nullptr};
    MUST(ns3c_install(network, first, delays));
    MUST(ns3c_install(network, second, nullptr));
    MUST(ns3c_run(network, 2));
    CHECK(ns3c_next_hop_of_flow(network, 0, 0, 3, 6, 1, 2) == 2, "no way to 3");
    CHECK(ns3c_next_hop_of_flow(network, 0, 0, 4, 6, 1, 2) == 0,
          "the table for 4 was lost to a newer one for 3");
    ns3c_network_free(network);
}

// Parallel links, unequal capacities, unequal delays, one direction only.
void odd_links() {
    lead_topology *topology = nodes_only(3);
    MUST(lead_topology_add_link(topology, {0, 1, 1e8, 1e-3, 1, true, 0}, nullptr));
    MUST(lead_topology_add_link(topology, {0, 1, 1e7, 1e-3, 1, true, 0}, nullptr));
    MUST(lead_topology_add_link(topology, {1, 0, 5e7, 1e-3, 1, true, 0}, nullptr));
    MUST(lead_topology_add_link(topology, {1, 2, 1e8, 2e-3, 1, true, 0}, nullptr));
    MUST(lead_topology_add_link(topology, {2, 1, 1e8, 3e-3, 1, true, 0}, nullptr));
    lead_routing *routing = ecmp(topology);
    ns3c_network *network = make_network(topology);
    install(network, routing);
    start_traffic(network, "cbr", 1000, 200);
    double tm[9] = {0, 0, 8e6, 0, 0, 0, 4e6, 0, 0};
    MUST(ns3c_traffic_set(network, tm));
    MUST(ns3c_run(network, 1));
    Reading reading(network);
    CHECK_NEAR(static_cast<double>(reading.link_bytes[0]), 5e5, 2.5e4,
               "first of two parallel links");
    CHECK_NEAR(static_cast<double>(reading.link_bytes[1]), 5e5, 2.5e4,
               "second of two parallel links");
    CHECK_NEAR(static_cast<double>(reading.od_delivered[2]), 1e6, 1e4, "0 to 2");
    CHECK_NEAR(static_cast<double>(reading.od_delivered[6]), 5e5, 5e3, "2 to 0");
    double to_0 = 3e-3 + 1e-3 + 1002 * 8 / 1e8 + 1002 * 8 / 5e7;
    CHECK_NEAR(reading.od_delay_mean[6], to_0, 1e-8, "delay over the links' own rates and delays");
    ns3c_network_free(network);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

// A table with a loop: packets go round until their TTL of 64 is used up, on both ways through a
// router.
void loops_end() {
    for (bool through_stack : {false, true}) {
        lead_topology *topology = nodes_only(3);
        connect(topology, 0, 1, 1e9, 1e-3);
        connect(topology, 1, 2, 1e9, 1e-3);
        ns3c_network *network = make_network(topology);
        double splits[4] = {1, 1, 0, 0}, back[4] = {0, 1, 0, 1};
        const double *rows[3] = {back, nullptr, splits};
        MUST(ns3c_install(network, rows, nullptr));
        start_traffic(network, "cbr", 1000, 1, through_stack);
        offer(network, 0, 2, 8e5);
        MUST(ns3c_run(network, 1));
        offer(network, 0, 2, 0);
        MUST(ns3c_run(network, 1));
        Reading reading(network);
        double trips = static_cast<double>(reading.link_bytes[0] + reading.link_bytes[1]) /
                       static_cast<double>(reading.od_offered[2]);
        // 64 links, and the router's ICMP message of 56 bytes back.
        CHECK(trips > 63.9 && trips < 64.2, "%g links a packet", trips);
        CHECK(reading.od_delivered[2] == 0, "delivered out of a loop");
        ns3c_network_free(network);
        lead_topology_free(topology);
    }
}

// The largest network that we say we can do: 315 routers, 1,944 links, every pair active.
void large_network() {
    lead_topology *topology = ring_with_chords(315, 657, 11);
    CHECK(lead_topology_link_count(topology) == 1944, "%d links",
          lead_topology_link_count(topology));
    lead_routing *routing = ecmp(topology);
    double start = lead_clock_seconds();
    ns3c_network *network = make_network(topology);
    double built = lead_clock_seconds();
    install(network, routing);
    double installed = lead_clock_seconds();
    start_traffic(network, "cbr", 1000, 64);
    std::vector<double> tm(315 * 315, 1e3);
    MUST(ns3c_traffic_set(network, tm.data()));
    double set = lead_clock_seconds();
    MUST(ns3c_run(network, 1));
    Reading reading(network);
    double done = lead_clock_seconds();
    CHECK(reading.counters.packets_delivered > 10000, "%llu packets",
          (unsigned long long)reading.counters.packets_delivered);
    CHECK(set - start < 20, "set up in %g s", set - start);
    std::printf(
        "     built in %.2f s, tables in %.2f s, traffic in %.2f s; ran %llu packets in %.2f s\n",
        built - start, installed - built, set - installed,
        (unsigned long long)reading.counters.packets_delivered, done - set);
    ns3c_network_free(network);
    lead_routing_free(routing);
    lead_topology_free(topology);
}

} // namespace

int main() {
    TEST(next_hops_equal_global_routing);
    TEST(shares_are_met);
    TEST(splits_are_independent);
    TEST(fewest_buckets_move);
    TEST(link_down_and_up);
    TEST(traffic_during_a_failure);
    TEST(one_direction_down);
    TEST(convergence);
    TEST(unrouted_before_the_first_table);
    TEST(tables_for_some_destinations);
    TEST(odd_links);
    TEST(loops_end);
    TEST(large_network);
    return finish();
}
