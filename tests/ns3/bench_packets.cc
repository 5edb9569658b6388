// How fast our network is against a plain ns-3 program that does the same: OnOff applications
// (CBR), packet sinks and Ipv4GlobalRouting over the same topology, rates, matrix and packet size.
// Both run by turns in processes of their own.
//
//   bench_ns3 [ROUNDS]      the comparison on a 12-node network, then the cost of ours against the
//   network's size bench_ns3 plain|ours|stack NODES DEGREE SECONDS      one run (stack: ours
//   through Ipv4L3Protocol): packets delivered, wall seconds of building and of running
#include "ns3/ns3c.h"

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr double RATE = 1e8, DELAY = 5e-3;
constexpr int PACKET = 1000, QUEUE = 100;

struct Edge {
    int a, b;
};

// A ring with chords: connected, symmetric, the same for both sides.
std::vector<Edge> make_edges(int nodes, int degree) {
    std::vector<Edge> edges;
    for (int i = 0; i < nodes; i++)
        edges.push_back({i, (i + 1) % nodes});
    unsigned state = 1;
    while (static_cast<int>(edges.size()) < nodes * degree / 2) {
        state = state * 1664525u + 1013904223u;
        int a = static_cast<int>(state >> 8) % nodes;
        state = state * 1664525u + 1013904223u;
        int b = static_cast<int>(state >> 8) % nodes;
        bool there = a == b;
        for (const Edge &edge : edges)
            there = there || (edge.a == a && edge.b == b) || (edge.a == b && edge.b == a);
        if (!there)
            edges.push_back({a, b});
    }
    return edges;
}

// A gravity matrix that loads the network moderately.
std::vector<double> make_tm(int nodes) {
    std::vector<double> tm(static_cast<size_t>(nodes * nodes), 0.0);
    double total = 0;
    for (int i = 0; i < nodes; i++)
        for (int j = 0; j < nodes; j++)
            if (i != j)
                total += tm[static_cast<size_t>(i * nodes + j)] = (1.0 + i % 3) * (1.0 + j % 4);
    for (double &rate : tm)
        rate *= 3e8 / total;
    return tm;
}

struct Result {
    double packets, hops, build, run;
};

void check(lead_status status) {
    if (status == LEAD_OK)
        return;
    std::fprintf(stderr, "bench_ns3: %s\n", lead_last_message());
    std::exit(1);
}

// Hop counts by breadth-first search; next hops of equal length share equally.
std::vector<std::vector<double>> shortest_splits(int nodes, const std::vector<Edge> &edges) {
    size_t links = 2 * edges.size();
    auto end = [&](size_t link, bool far) {
        const Edge &edge = edges[link / 2];
        return (link % 2 == 0) == far ? edge.b : edge.a;
    };
    std::vector<std::vector<double>> splits(static_cast<size_t>(nodes),
                                            std::vector<double>(links, 0.0));
    for (int t = 0; t < nodes; t++) {
        std::vector<int> distance(static_cast<size_t>(nodes), nodes + 1);
        distance[static_cast<size_t>(t)] = 0;
        for (int round = 0; round < nodes; round++)
            for (size_t link = 0; link < links; link++) {
                int &near = distance[static_cast<size_t>(end(link, false))];
                near = std::min(near, distance[static_cast<size_t>(end(link, true))] + 1);
            }
        for (size_t link = 0; link < links; link++)
            splits[static_cast<size_t>(t)][link] =
                distance[static_cast<size_t>(end(link, false))] ==
                distance[static_cast<size_t>(end(link, true))] + 1;
    }
    return splits;
}

Result run_ours(int nodes, int degree, double seconds, bool through_stack) {
    std::vector<Edge> edges = make_edges(nodes, degree);
    std::vector<std::vector<double>> splits = shortest_splits(nodes, edges);
    double start = lead_clock_seconds();
    ns3c_network *network;
    check(ns3c_network_alloc(1, &network));
    for (int i = 0; i < nodes; i++)
        check(ns3c_add_node(network, ("n" + std::to_string(i)).c_str(), nullptr));
    for (const Edge &edge : edges) {
        ns3c_link link = {edge.a, edge.b, RATE, DELAY, "fifo", QUEUE, 0};
        check(ns3c_add_link(network, &link, nullptr));
        std::swap(link.source, link.destination);
        check(ns3c_add_link(network, &link, nullptr));
    }
    check(ns3c_build(network, 1500));
    std::vector<const double *> rows;
    for (const auto &row : splits)
        rows.push_back(row.data());
    check(ns3c_install(network, rows.data(), nullptr));
    ns3c_traffic traffic = {"cbr", PACKET, 64, 0, 0, 0, 0, through_stack};
    check(ns3c_traffic_start(network, &traffic));
    check(ns3c_traffic_set(network, make_tm(nodes).data()));
    double built = lead_clock_seconds();
    check(ns3c_run(network, seconds));
    double done = lead_clock_seconds();
    ns3c_counters counters = {};
    check(ns3c_read(network, &counters));
    Result result = {static_cast<double>(counters.packets_delivered),
                     static_cast<double>(counters.packets_forwarded), built - start, done - built};
    ns3c_network_free(network);
    return result;
}

Result run_plain(int nodes, int degree, double seconds) {
    using namespace ns3;
    std::vector<Edge> edges = make_edges(nodes, degree);
    std::vector<double> tm = make_tm(nodes);
    double start = lead_clock_seconds();
    Config::SetDefault("ns3::Ipv4GlobalRouting::RandomEcmpRouting", BooleanValue(true));
    NodeContainer all;
    all.Create(static_cast<uint32_t>(nodes));
    InternetStackHelper internet;
    internet.Install(all);
    PointToPointHelper p2p;
    p2p.SetDeviceAttribute("DataRate", DataRateValue(DataRate(static_cast<uint64_t>(RATE))));
    p2p.SetChannelAttribute("Delay", TimeValue(Seconds(DELAY)));
    p2p.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue(std::to_string(QUEUE) + "p"));
    p2p.DisableFlowControl();
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.252");
    std::vector<NetDeviceContainer> devices;
    for (const Edge &edge : edges) {
        devices.push_back(p2p.Install(all.Get(static_cast<uint32_t>(edge.a)),
                                      all.Get(static_cast<uint32_t>(edge.b))));
        addresses.Assign(devices.back());
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    PacketSinkHelper sink("ns3::UdpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 9));
    ApplicationContainer sinks = sink.Install(all);
    Ptr<UniformRandomVariable> phase = CreateObject<UniformRandomVariable>();
    for (int i = 0; i < nodes; i++)
        for (int j = 0; j < nodes; j++) {
            double rate = tm[static_cast<size_t>(i * nodes + j)];
            if (rate == 0)
                continue;
            Ipv4Address to =
                all.Get(static_cast<uint32_t>(j))->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
            OnOffHelper source("ns3::UdpSocketFactory", InetSocketAddress(to, 9));
            // The OnOff application counts payload; ours counts IP packets of PACKET bytes.
            source.SetConstantRate(DataRate(static_cast<uint64_t>(rate * (PACKET - 28) / PACKET)),
                                   PACKET - 28);
            ApplicationContainer application = source.Install(all.Get(static_cast<uint32_t>(i)));
            application.Start(Seconds(phase->GetValue(0, PACKET * 8 / rate)));
        }
    double built = lead_clock_seconds();
    Simulator::Stop(Seconds(seconds));
    Simulator::Run();
    double done = lead_clock_seconds();
    double bytes = 0, hops = 0;
    for (uint32_t i = 0; i < sinks.GetN(); i++)
        bytes += static_cast<double>(DynamicCast<PacketSink>(sinks.Get(i))->GetTotalRx());
    for (const NetDeviceContainer &pair : devices)
        for (uint32_t i = 0; i < 2; i++)
            hops += DynamicCast<PointToPointNetDevice>(pair.Get(i))
                        ->GetQueue()
                        ->GetTotalReceivedPackets();
    Simulator::Destroy();
    return {bytes / (PACKET - 28), hops, built - start, done - built};
}

// This program again, for one run of one side.
Result spawn(const char *self, const char *side, int nodes, int degree, double seconds) {
    std::string command = std::string("'") + self + "' " + side + " " + std::to_string(nodes) +
                          " " + std::to_string(degree) + " " + std::to_string(seconds);
    FILE *pipe = popen(command.c_str(), "r");
    Result result = {};
    int read = pipe ? std::fscanf(pipe, "%lf %lf %lf %lf", &result.packets, &result.hops,
                                  &result.build, &result.run)
                    : 0;
    if (read != 4 || pclose(pipe) != 0) {
        std::fprintf(stderr, "bench_ns3: %s failed\n", command.c_str());
        std::exit(1);
    }
    return result;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(const char *self, int nodes, int degree, double seconds, int rounds) {
    static const char *const sides[] = {"plain", "ours", "stack"};
    std::vector<double> speeds[3];
    std::printf("%d nodes, %d directed links, %g s simulated; packets delivered per wall second\n",
                nodes, 2 * static_cast<int>(make_edges(nodes, degree).size()), seconds);
    for (int round = 0; round < rounds; round++) {
        std::printf("  round %d:", round + 1);
        for (int side = 0; side < 3; side++) {
            Result result = spawn(self, sides[side], nodes, degree, seconds);
            speeds[side].push_back(result.packets / result.run);
            std::printf("  %s %.0f (%.0f packets, %.2f hops, built in %.2f s)", sides[side],
                        speeds[side].back(), result.packets, result.hops / result.packets,
                        result.build);
        }
        std::printf("\n");
        std::fflush(stdout);
    }
    double plain = median(speeds[0]), ours = median(speeds[1]), stack = median(speeds[2]);
    std::printf(
        "  median: plain %.0f, ours %.0f (ratio %.2f), ours through ns-3's IP %.0f (ratio %.2f)\n",
        plain, ours, ours / plain, stack, stack / plain);
}

} // namespace

int main(int argc, char **argv) {
    if (argc == 5) {
        std::string side = argv[1];
        int nodes = std::atoi(argv[2]), degree = std::atoi(argv[3]);
        double seconds = std::atof(argv[4]);
        Result result = side == "plain" ? run_plain(nodes, degree, seconds)
                                        : run_ours(nodes, degree, seconds, side == "stack");
        std::printf("%.0f %.0f %.6f %.6f\n", result.packets, result.hops, result.build, result.run);
        return 0;
    }
    int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    compare(argv[0], 12, 3, 10, rounds);
    compare(argv[0], 40, 3, 5, rounds);
    compare(argv[0], 153, 3, 2, rounds);
    return 0;
}
