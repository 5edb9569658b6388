// A program as a user of ns-3 writes it (own nodes, links, queue discs, TCP and UDP applications,
// global routing), which lets us take over its routing and read its counters.
#include "check.h"

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <algorithm>
#include <sstream>

namespace {

using std::size_t;

// src - a - {b, c} - d - dst, and a host that only a knows how to reach by a static route.
struct Program {
    ns3::NodeContainer nodes;
    ns3::NetDeviceContainer devices[6];
    ns3::Ipv4InterfaceContainer interfaces[6];
    ns3::ApplicationContainer sinks;

    explicit Program(bool queue_discs = true, bool lone_static = false) {
        using namespace ns3;
        nodes.Create(6);
        Names::Add("src", nodes.Get(0));
        Names::Add("a", nodes.Get(1));
        InternetStackHelper internet;
        if (lone_static) {
            Ipv4GlobalRoutingHelper global;
            internet.SetRoutingHelper(global);
        }
        internet.Install(nodes);
        static const int ends[6][2] = {{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}, {4, 5}};
        PointToPointHelper p2p;
        p2p.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        p2p.SetChannelAttribute("Delay", StringValue("2ms"));
        p2p.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("50p"));
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        for (int i = 0; i < 6; i++) {
            devices[i] = p2p.Install(nodes.Get(static_cast<uint32_t>(ends[i][0])),
                                     nodes.Get(static_cast<uint32_t>(ends[i][1])));
            interfaces[i] = addresses.Assign(devices[i]);
            addresses.NewNetwork();
            if (!queue_discs) {
                TrafficControlHelper control;
                control.Uninstall(devices[i]);
            }
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }
    ~Program() {
        ns3::Simulator::Destroy();
        ns3::Names::Clear();
    }

    ns3::Ipv4Address address_of_destination() {
        return interfaces[5].GetAddress(1);
    }

    void tcp(double start, uint64_t bytes) {
        using namespace ns3;
        PacketSinkHelper sink("ns3::TcpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), 5000));
        if (sinks.GetN() == 0)
            sinks.Add(sink.Install(nodes.Get(5)));
        BulkSendHelper bulk("ns3::TcpSocketFactory",
                            InetSocketAddress(address_of_destination(), 5000));
        bulk.SetAttribute("MaxBytes", UintegerValue(bytes));
        bulk.Install(nodes.Get(0)).Start(Seconds(start));
    }

    void udp(int flows, const char *rate) {
        using namespace ns3;
        PacketSinkHelper sink("ns3::UdpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), 6000));
        sinks.Add(sink.Install(nodes.Get(5)));
        OnOffHelper source("ns3::UdpSocketFactory",
                           InetSocketAddress(address_of_destination(), 6000));
        source.SetConstantRate(DataRate(rate), 500);
        for (int i = 0; i < flows; i++)
            source.Install(nodes.Get(0)).Start(MilliSeconds(static_cast<uint64_t>(i)));
    }

    double received() {
        double bytes = 0;
        for (uint32_t i = 0; i < sinks.GetN(); i++)
            bytes +=
                static_cast<double>(ns3::DynamicCast<ns3::PacketSink>(sinks.Get(i))->GetTotalRx());
        return bytes;
    }
};

int find_link(ns3c_network *network, int source, int destination) {
    for (int i = 0; i < ns3c_link_count(network); i++) {
        ns3c_link link;
        MUST(ns3c_link_get(network, i, &link));
        if (link.source == source && link.destination == destination)
            return i;
    }
    CHECK(false, "no link %d-%d", source, destination);
    return 0;
}

// Everything to node 5 along src - a - {b: part, c: rest} - d - dst; ways back are left to the
// program.
void route(ns3c_network *network, double part) {
    std::vector<double> splits(static_cast<size_t>(ns3c_link_count(network)), 0.0);
    auto set = [&](int from, int to, double value) {
        splits[static_cast<size_t>(find_link(network, from, to))] = value;
    };
    set(0, 1, 1);
    set(1, 2, part);
    set(1, 3, 1 - part);
    set(2, 4, 1);
    set(3, 4, 1);
    set(4, 5, 1);
    const double *rows[6] = {nullptr, nullptr, nullptr, nullptr, nullptr, splits.data()};
    MUST(ns3c_install(network, rows, nullptr));
}

void what_is_there() {
    Program program;
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    CHECK(ns3c_node_count(network) == 6 && ns3c_link_count(network) == 12, "%d nodes, %d links",
          ns3c_node_count(network), ns3c_link_count(network));
    CHECK(std::string(ns3c_node_name(network, 0)) == "src", "node 0 is %s",
          ns3c_node_name(network, 0));
    CHECK(std::string(ns3c_node_name(network, 5)) == "node5", "node 5 is %s",
          ns3c_node_name(network, 5));
    CHECK(ns3c_find_node(network, "a") == 1 && ns3c_find_node(network, "x") == -1, "names");
    CHECK(ns3c_find_node_id(network, 4) == 4 && ns3c_find_node_id(network, 99) == -1,
          "ns-3 numbers");
    ns3c_link link;
    MUST(ns3c_link_get(network, find_link(network, 1, 2), &link));
    CHECK(link.rate == 1e7 && std::fabs(link.delay - 2e-3) < 1e-12, "rate %g, delay %g", link.rate,
          link.delay);
    CHECK(std::string(link.queue) == "ns3::FqCoDelQueueDisc", "queue disc %s", link.queue);
    int links[4], count = 99;
    double shares[4];
    MUST(ns3c_next_hops(network, 1, 5, 4, links, shares, &count));
    CHECK(count == 0, "%d next hops before a table came", count);
    ns3c_network *second;
    CHECK(ns3c_adopt(&second) == LEAD_INVALID, "adopted twice");
    CHECK(ns3c_run(network, 1) == LEAD_INVALID, "ran somebody's simulation");
    ns3c_network_free(network);
    MUST(ns3c_adopt(&network));
    ns3c_network_free(network);
}

void tcp_follows_our_tables(bool queue_discs, bool no_list) {
    using namespace ns3;
    Program program(queue_discs, no_list);
    program.tcp(0.1, 2000000);
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    route(network, 0); // all by c
    size_t by_b = static_cast<size_t>(find_link(network, 1, 2)),
           by_c = static_cast<size_t>(find_link(network, 1, 3));
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Reading reading(network);
    CHECK(program.received() == 2e6, "%g bytes received", program.received());
    CHECK(reading.link_bytes[by_b] == 0, "%llu bytes by b",
          (unsigned long long)reading.link_bytes[by_b]);
    CHECK(reading.link_bytes[by_c] > 2000000, "%llu bytes by c",
          (unsigned long long)reading.link_bytes[by_c]);
    uint64_t offered = reading.od_offered[5], delivered = reading.od_delivered[5];
    CHECK(offered >= delivered && delivered > 2000000 && delivered < 2400000,
          "%llu offered, %llu delivered", (unsigned long long)offered,
          (unsigned long long)delivered);
    size_t first = static_cast<size_t>(find_link(network, 0, 1));
    CHECK(reading.link_bytes[first] + reading.link_dropped[first] == offered,
          "first link: %llu + %llu of %llu", (unsigned long long)reading.link_bytes[first],
          (unsigned long long)reading.link_dropped[first], (unsigned long long)offered);
    CHECK(reading.od_delivered[30] > 0, "no acknowledgements on the way back");
    CHECK(reading.od_delay_mean[5] > 8e-3 && reading.od_delay_mean[5] < 0.5, "mean delay %g s",
          reading.od_delay_mean[5]);
    ns3c_network_free(network);
    std::printf(
        "     delivered %llu of %llu IP bytes, mean delay %.1f ms, first link dropped %llu bytes\n",
        (unsigned long long)delivered, (unsigned long long)offered, reading.od_delay_mean[5] * 1e3,
        (unsigned long long)reading.link_dropped[first]);
}

void tcp_under_us() {
    tcp_follows_our_tables(true, false);
    tcp_follows_our_tables(false,
                           false); // the device's queue alone: drops of the traffic control layer
    tcp_follows_our_tables(true, true); // nodes without an Ipv4ListRouting
}

void udp_splits_by_flow() {
    using namespace ns3;
    Program program;
    program.udp(200, "20kbps");
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    route(network, 0.25);
    Simulator::Stop(Seconds(5));
    Simulator::Run();
    Reading reading(network);
    double b =
        static_cast<double>(reading.link_bytes[static_cast<size_t>(find_link(network, 1, 2))]);
    double c =
        static_cast<double>(reading.link_bytes[static_cast<size_t>(find_link(network, 1, 3))]);
    CHECK_NEAR(b / (b + c), 0.25, 0.03, "share of the first way");
    CHECK(reading.od_delivered[5] > 0.95 * static_cast<double>(reading.od_offered[5]), "delivered");
    ns3c_network_free(network);
}

// UDP sockets ask for a route before their ports are known: the split must still be by flow, at the
// source itself. Two nodes, two links, 70 % by the first.
struct TwoLinks {
    ns3::NodeContainer nodes{2};
    ns3::Ipv4InterfaceContainer last;
    ns3c_network *network;

    TwoLinks() {
        using namespace ns3;
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        for (int i = 0; i < 2; i++) {
            PointToPointHelper p2p;
            p2p.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
            last = addresses.Assign(p2p.Install(nodes));
            addresses.NewNetwork();
        }
        PacketSinkHelper sink("ns3::UdpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), 6000));
        sink.Install(nodes.Get(1));
    }
    ~TwoLinks() {
        ns3c_network_free(network);
        ns3::Simulator::Destroy();
    }

    ns3::InetSocketAddress there() {
        return {last.GetAddress(1), 6000};
    }

    void run() {
        MUST(ns3c_adopt(&network));
        double splits[4] = {0.7, 0.3, 0.5, 0.5};
        const double *rows[2] = {nullptr, splits};
        MUST(ns3c_install(network, rows, nullptr));
        ns3::Simulator::Stop(ns3::Seconds(10));
        ns3::Simulator::Run();
    }
};

void check_share(const Reading &reading, size_t link, double share) {
    double all = static_cast<double>(reading.od_offered[1]);
    CHECK(all > 200 * 10 * 128, "%g bytes offered", all);
    CHECK_NEAR(static_cast<double>(reading.link_bytes[link]) / all, share, 0.02 * share,
               "share of the link");
}

void udp_splits_at_the_source() {
    TwoLinks two;
    ns3::OnOffHelper source("ns3::UdpSocketFactory", two.there());
    source.SetConstantRate(ns3::DataRate("1kbps"), 100);
    for (int i = 0; i < 1000; i++)
        source.Install(two.nodes.Get(0));
    two.run();
    Reading reading(two.network);
    check_share(reading, 0, 0.7);
    check_share(reading, 1, 0.3);
    CHECK(reading.counters.delay_mean > 0, "delay %g", reading.counters.delay_mean);
}

// Sockets that know their own address and port.
void bound_udp_splits_at_the_source() {
    using namespace ns3;
    TwoLinks two;
    std::vector<Ptr<Socket>> sockets;
    for (uint16_t i = 0; i < 200; i++) {
        sockets.push_back(Socket::CreateSocket(two.nodes.Get(0), UdpSocketFactory::GetTypeId()));
        sockets.back()->Bind(InetSocketAddress(two.last.GetAddress(0), 10000 + i));
        for (int j = 0; j < 13; j++)
            Simulator::Schedule(MilliSeconds(100 * j + i), [socket = sockets.back(), &two] {
                socket->SendTo(Create<Packet>(100), 0, two.there());
            });
    }
    two.run();
    Reading reading(two.network);
    check_share(reading, 0, 0.7);
    check_share(reading, 1, 0.3);
}

// A flow keeps its link, whatever its packets begin with (here, a number that counts up).
void a_udp_flow_keeps_its_link() {
    using namespace ns3;
    TwoLinks two;
    UdpClientHelper client(two.there());
    client.SetAttribute("Interval", TimeValue(MilliSeconds(5)));
    client.SetAttribute("MaxPackets", UintegerValue(1000));
    client.Install(two.nodes.Get(0));
    two.run();
    Reading reading(two.network);
    uint64_t first = reading.link_bytes[0], second = reading.link_bytes[1];
    CHECK(first + second == reading.od_offered[1] && reading.od_offered[1] >= 1000 * 1024,
          "%llu bytes offered", (unsigned long long)reading.od_offered[1]);
    CHECK(first == 0 || second == 0, "%llu bytes by one link, %llu by the other",
          (unsigned long long)first, (unsigned long long)second);
}

// What a controller does: at every epoch read, decide, install.
struct Controller {
    ns3c_network *network;
    int epochs = 0, stop_after = 100;
    std::vector<uint64_t> by_b;
};

lead_status on_epoch(void *data) {
    Controller *controller = static_cast<Controller *>(data);
    Reading reading(controller->network);
    controller->by_b.push_back(
        reading.link_bytes[static_cast<size_t>(find_link(controller->network, 1, 2))]);
    if (++controller->epochs >= controller->stop_after)
        return lead_fail(LEAD_INFEASIBLE, "epoch %d went wrong", controller->epochs);
    CHECK(ns3c_run(controller->network, 1) == LEAD_INVALID, "ran inside a run");
    route(controller->network, controller->epochs % 2 ? 1 : 0);
    return ns3c_schedule(controller->network, 1, on_epoch, controller);
}

void callbacks_inside_the_simulation() {
    using namespace ns3;
    Program program;
    program.udp(50, "40kbps");
    Controller controller = {};
    MUST(ns3c_adopt(&controller.network));
    MUST(ns3c_schedule(controller.network, 0, on_epoch, &controller));
    Simulator::Stop(Seconds(6.5));
    Simulator::Run();
    CHECK(controller.epochs == 7, "%d epochs", controller.epochs);
    MUST(ns3c_failure(controller.network));
    for (size_t i = 1; i < controller.by_b.size(); i++) {
        uint64_t sent = controller.by_b[i] - controller.by_b[i - 1];
        CHECK(i % 2 ? sent > 200000 : sent < 20000, "epoch %zu: %llu bytes by b", i,
              (unsigned long long)sent);
    }
    // A callback that fails stops the simulation.
    controller.stop_after = 9;
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    CHECK(controller.epochs == 9 && Simulator::Now() < Seconds(9), "%d epochs, now %g s",
          controller.epochs, Simulator::Now().GetSeconds());
    CHECK(ns3c_failure(controller.network) == LEAD_INFEASIBLE, "the failure was not kept");
    CHECK(std::string(lead_last_message()) == "epoch 9 went wrong", "message: %s",
          lead_last_message());
    ns3c_network_free(controller.network);
}

// After we are gone the program's own routing is back; and a network that outlives the simulation
// says so.
void leaving_and_outliving() {
    using namespace ns3;
    Program *program = new Program();
    program->udp(50, "40kbps");
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    route(network, 1);
    Controller controller = {};
    controller.network = network;
    MUST(ns3c_schedule(network, 2, on_epoch, &controller));
    Simulator::Stop(Seconds(1));
    Simulator::Run();
    CHECK(program->received() > 0, "nothing received");
    ns3c_network_free(network);
    double before = program->received();
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    CHECK(controller.epochs == 0, "a call was made after the network was freed");
    CHECK(program->received() > before + 2e5, "nothing received without us");
    MUST(ns3c_adopt(&network));
    delete program;
    double splits[12] = {0};
    const double *rows[6] = {splits, splits, splits, splits, splits, splits};
    CHECK(ns3c_install(network, rows, nullptr) == LEAD_INVALID,
          "installed into a destroyed simulation");
    CHECK(ns3c_schedule(network, 1, on_epoch, nullptr) == LEAD_INVALID,
          "scheduled in a destroyed simulation");
    ns3c_network_free(network);
    CHECK(ns3c_adopt(&network) == LEAD_INVALID, "adopted nothing");
}

// We take a link down; and what ns-3 prints of its routing tables shows ours.
void link_down_by_us() {
    using namespace ns3;
    Program program;
    program.udp(50, "40kbps");
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    route(network, 0.5);
    int there = find_link(network, 1, 2), back = find_link(network, 2, 1);
    std::ostringstream table;
    program.nodes.Get(1)->GetObject<Ipv4>()->GetRoutingProtocol()->PrintRoutingTable(
        Create<OutputStreamWrapper>(&table));
    CHECK(table.str().find("node5: node2 512/1024 node3 512/1024") != std::string::npos,
          "table: %s", table.str().c_str());
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    MUST(ns3c_set_link(network, there, false));
    MUST(ns3c_set_link(network, back, false));
    CHECK(!program.nodes.Get(1)->GetObject<Ipv4>()->IsUp(2), "the interface is up");
    Reading before(network);
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    Reading during(network);
    CHECK(during.link_bytes[static_cast<size_t>(there)] ==
              before.link_bytes[static_cast<size_t>(there)],
          "bytes on a link that is down");
    CHECK(during.od_delivered[5] - before.od_delivered[5] > 400000,
          "not delivered by the other way");
    MUST(ns3c_set_link(network, there, true));
    MUST(ns3c_set_link(network, back, true));
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    Reading after(network);
    CHECK(after.link_bytes[static_cast<size_t>(there)] >
              during.link_bytes[static_cast<size_t>(there)] + 200000,
          "the link is not used again");
    ns3c_network_free(network);
}

// Two nodes and a source of UDP packets of 60,000 bytes from one to the other.
struct Heavy {
    ns3::NodeContainer nodes;
    ns3::ApplicationContainer sinks;

    explicit Heavy(const char *rate) {
        using namespace ns3;
        nodes.Create(2);
        InternetStackHelper().Install(nodes);
        PointToPointHelper p2p;
        p2p.SetDeviceAttribute("DataRate", StringValue("100Gbps"));
        p2p.SetDeviceAttribute("Mtu", UintegerValue(65535));
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        Ipv4InterfaceContainer interfaces = addresses.Assign(p2p.Install(nodes));
        PacketSinkHelper sink("ns3::UdpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), 6000));
        sinks = sink.Install(nodes.Get(1));
        OnOffHelper source("ns3::UdpSocketFactory",
                           InetSocketAddress(interfaces.GetAddress(1), 6000));
        source.SetConstantRate(DataRate(rate), 60000);
        source.Install(nodes.Get(0));
    }
    ~Heavy() {
        ns3::Simulator::Destroy();
    }
};

// Totals count from the adoption on, beyond 32 bits, and what the program routes by itself as well.
void totals_of_the_programs_own_routes() {
    using namespace ns3;
    Heavy program("4Gbps");
    Simulator::Stop(Seconds(1));
    Simulator::Run();
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    Reading before(network);
    CHECK(before.link_bytes[0] == 0 && before.counters.packets_forwarded == 0,
          "%llu bytes, %llu packets before the adoption", (unsigned long long)before.link_bytes[0],
          (unsigned long long)before.counters.packets_forwarded);
    Simulator::Stop(Seconds(20));
    Simulator::Run();
    Reading reading(network);
    CHECK(reading.od_offered[1] > (uint64_t{1} << 32), "%llu bytes offered",
          (unsigned long long)reading.od_offered[1]);
    CHECK(reading.link_bytes[0] == reading.od_offered[1], "%llu bytes on the link, %llu offered",
          (unsigned long long)reading.link_bytes[0], (unsigned long long)reading.od_offered[1]);
    ns3c_network_free(network);
}

// What the traffic control layer drops is counted at the link that had no room, also when the
// program routed it.
void drops_above_the_programs_own_routes() {
    using namespace ns3;
    Program program(false);
    program.udp(2, "8Mbps"); // 16 Mbit/s to node 5
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    // A table for the way back only, which acknowledgements of TCP take.
    program.tcp(0.1, 100000);
    std::vector<double> splits(12, 0.0);
    for (int i = 0; i < 12; i++) {
        ns3c_link link;
        MUST(ns3c_link_get(network, i, &link));
        splits[static_cast<size_t>(i)] = link.source > link.destination;
    }
    const double *rows[6] = {splits.data()};
    MUST(ns3c_install(network, rows, nullptr));
    Simulator::Stop(Seconds(5));
    Simulator::Run();
    Reading reading(network);
    size_t first = static_cast<size_t>(find_link(network, 0, 1));
    CHECK(reading.link_dropped[first] > 1000000, "%llu bytes dropped at the source",
          (unsigned long long)reading.link_dropped[first]);
    double carried = static_cast<double>(reading.link_bytes[first] + reading.link_dropped[first]);
    CHECK_NEAR(carried, static_cast<double>(reading.od_offered[5]), 51 * 600, "bytes offered");
    for (size_t i = 0; i < 12; i++)
        CHECK(i == first || reading.link_dropped[i] == 0, "link %zu: %llu bytes dropped", i,
              (unsigned long long)reading.link_dropped[i]);
    ns3c_network_free(network);
}

// A queue disc that has no limit of its own.
void queue_disc_without_a_limit() {
    using namespace ns3;
    NodeContainer nodes(2);
    InternetStackHelper().Install(nodes);
    NetDeviceContainer devices = PointToPointHelper().Install(nodes);
    TrafficControlHelper control;
    uint16_t root = control.SetRootQueueDisc("ns3::PrioQueueDisc");
    for (uint16_t id : control.AddQueueDiscClasses(root, 3, "ns3::QueueDiscClass"))
        control.AddChildQueueDisc(root, id, "ns3::FifoQueueDisc");
    control.Install(devices);
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    addresses.Assign(devices);
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    ns3c_link link;
    MUST(ns3c_link_get(network, 0, &link));
    CHECK(std::string(link.queue) == "ns3::PrioQueueDisc" && link.queue_packets == 0 &&
              link.queue_bytes == 0,
          "queue disc %s of %d packets, %d bytes", link.queue, link.queue_packets,
          link.queue_bytes);
    ns3c_network_free(network);
    Simulator::Destroy();
}

// A table without next hops drops at the source as well, although the program has a route there.
void tables_that_drop() {
    using namespace ns3;
    for (bool no_list : {false, true}) {
        Program program(true, no_list);
        program.udp(20, "40kbps");
        ns3c_network *network;
        MUST(ns3c_adopt(&network));
        std::vector<double> none(12, 0.0);
        const double *rows[6] = {nullptr, nullptr, nullptr, nullptr, nullptr, none.data()};
        MUST(ns3c_install(network, rows, nullptr));
        Simulator::Stop(Seconds(2));
        Simulator::Run();
        Reading reading(network);
        CHECK(program.received() == 0, "%g bytes received", program.received());
        CHECK(reading.link_bytes[0] == 0, "%llu bytes left the source",
              (unsigned long long)reading.link_bytes[0]);
        CHECK(reading.od_offered[5] > 150000 && reading.node_unrouted[0] == reading.od_offered[5],
              "%llu of %llu bytes unrouted", (unsigned long long)reading.node_unrouted[0],
              (unsigned long long)reading.od_offered[5]);
        ns3c_network_free(network);
    }
}

// The program takes an interface down: our tables go round it.
void interface_down_by_the_program() {
    using namespace ns3;
    Program program;
    program.udp(50, "40kbps");
    ns3c_network *network;
    MUST(ns3c_adopt(&network));
    route(network, 0.5);
    Simulator::Schedule(Seconds(2), [&program]() {
        Ptr<Ipv4> ipv4 = program.nodes.Get(2)->GetObject<Ipv4>();
        ipv4->SetDown(1); // b's end of a - b
    });
    Simulator::Stop(Seconds(2.5));
    Simulator::Run();
    int link = find_link(network, 1, 2);
    CHECK(!ns3c_link_is_up(network, link), "a - b is up although b's interface is down");
    Reading before(network);
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    Reading after(network);
    CHECK(after.link_bytes[static_cast<size_t>(link)] ==
              before.link_bytes[static_cast<size_t>(link)],
          "bytes towards an interface that is down");
    CHECK_NEAR(static_cast<double>(after.od_delivered[5] - before.od_delivered[5]) /
                   static_cast<double>(after.od_offered[5] - before.od_offered[5]),
               1, 0.02, "delivered");
    ns3c_network_free(network);
}

} // namespace

int main() {
    TEST(what_is_there);
    TEST(tcp_under_us);
    TEST(udp_splits_by_flow);
    TEST(udp_splits_at_the_source);
    TEST(bound_udp_splits_at_the_source);
    TEST(a_udp_flow_keeps_its_link);
    TEST(callbacks_inside_the_simulation);
    TEST(leaving_and_outliving);
    TEST(link_down_by_us);
    TEST(totals_of_the_programs_own_routes);
    TEST(drops_above_the_programs_own_routes);
    TEST(tables_that_drop);
    TEST(queue_disc_without_a_limit);
    TEST(interface_down_by_the_program);
    return finish();
}
