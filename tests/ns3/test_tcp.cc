// TCP traffic: flows arrive, deliver their bytes, are timed and leave nothing behind.
#include "check.h"

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"

#include <malloc.h>

namespace {

using std::size_t;

struct Pair {
    lead_topology *topology = nodes_only(3);
    lead_routing *routing = nullptr;
    ns3c_network *network = nullptr;

    explicit Pair(double mean_bytes, double rate = 1e7, int queue = 1000) {
        connect(topology, 0, 1, 1e9, 1e-3);
        connect(topology, 1, 2, rate, 5e-3);
        routing = ecmp(topology);
        network = make_network(topology, Spec{0, 0, "fifo", queue, 0});
        install(network, routing);
        ns3c_traffic traffic = {"tcp", 1000, 0, 0, 0, 1.5, mean_bytes, false};
        MUST(ns3c_traffic_start(network, &traffic));
    }
    ~Pair() {
        ns3c_network_free(network);
        lead_routing_free(routing);
        lead_topology_free(topology);
    }
    void offer(double rate) {
        double tm[9] = {0, 0, rate};
        MUST(ns3c_traffic_set(network, tm));
    }
    ns3c_flow_statistics flows() {
        ns3c_flow_statistics statistics;
        MUST(ns3c_flows(network, &statistics));
        return statistics;
    }
    // TCP sockets that ns-3 still keeps, listening ones left out.
    size_t sockets() {
        size_t count = 0;
        for (uint32_t i = 0; i < ns3::NodeList::GetNNodes(); i++) {
            ns3::ObjectVectorValue list;
            ns3::NodeList::GetNode(i)->GetObject<ns3::TcpL4Protocol>()->GetAttribute("SocketList",
                                                                                     list);
            count += list.GetN() - 1;
        }
        return count;
    }
};

void bytes_arrive() {
    Pair pair(2e4);
    pair.offer(3e6);
    MUST(ns3c_run(pair.network, 20));
    pair.offer(0);
    MUST(ns3c_run(pair.network, 20));
    Reading reading(pair.network);
    ns3c_flow_statistics flows = pair.flows();
    CHECK(flows.started > 250 && flows.started < 500, "%llu flows",
          (unsigned long long)flows.started);
    CHECK(flows.completed == flows.started && flows.failed == 0 && flows.open == 0,
          "%llu of %llu completed, %llu failed, %llu open", (unsigned long long)flows.completed,
          (unsigned long long)flows.started, (unsigned long long)flows.failed,
          (unsigned long long)flows.open);
    CHECK(reading.od_delivered[2] == reading.od_offered[2], "%llu of %llu bytes",
          (unsigned long long)reading.od_delivered[2], (unsigned long long)reading.od_offered[2]);
    CHECK_NEAR(static_cast<double>(reading.od_offered[2]) / (3e6 / 8 * 20), 1, 0.35,
               "offered bytes of heavy-tailed flows");
    CHECK(static_cast<double>(reading.link_bytes[2]) >
                  1.05 * static_cast<double>(reading.od_offered[2]) &&
              static_cast<double>(reading.link_bytes[2]) <
                  1.25 * static_cast<double>(reading.od_offered[2]),
          "%llu bytes on the link", (unsigned long long)reading.link_bytes[2]);
    // A flow of 20 kB takes a few round-trip times of 12 ms plus 16 ms of sending.
    CHECK(flows.time_mean > 0.024 && flows.time_mean < 0.3, "mean time %g s", flows.time_mean);
    CHECK(flows.time_p99 > flows.time_mean && flows.time_p99 < 5, "p99 time %g s", flows.time_p99);
    CHECK(reading.od_delay_mean[2] > 6e-3 && reading.od_delay_mean[2] < 0.1, "mean delay %g s",
          reading.od_delay_mean[2]);
    CHECK(std::isnan(reading.od_delay_mean[6]), "acknowledgements were counted as data");
    CHECK(std::isnan(pair.flows().time_mean), "times were not started anew");
    CHECK(pair.sockets() == 0, "%zu sockets are left", pair.sockets());
    std::printf("     %llu flows, mean time %.1f ms, p99 %.1f ms, mean delay %.2f ms\n",
                (unsigned long long)flows.started, flows.time_mean * 1e3, flows.time_p99 * 1e3,
                reading.od_delay_mean[2] * 1e3);
}

// A flow alone takes what slow start and the link allow.
void time_of_a_lonely_flow() {
    Pair pair(5e5, 1e7);
    pair.offer(5e4); // one flow in 80 s
    for (int i = 0; i < 400 && pair.flows().completed < 3; i++)
        MUST(ns3c_run(pair.network, 5));
    ns3c_flow_statistics flows = pair.flows();
    Reading reading(pair.network);
    CHECK(flows.completed >= 3, "%llu flows completed", (unsigned long long)flows.completed);
    CHECK(reading.link_dropped[2] == 0, "drops without congestion");
}

void losses_are_repaired() {
    Pair pair(5e4, 5e6, 10);
    pair.offer(4e6);
    MUST(ns3c_run(pair.network, 30));
    Reading busy(pair.network);
    CHECK(busy.link_dropped[2] > 0, "no packet was lost at 0.8 load and a queue of 10");
    pair.offer(0);
    MUST(ns3c_run(pair.network, 200));
    Reading reading(pair.network);
    CHECK(reading.od_delivered[2] == reading.od_offered[2], "%llu of %llu bytes",
          (unsigned long long)reading.od_delivered[2], (unsigned long long)reading.od_offered[2]);
    CHECK(pair.flows().open == 0, "%llu flows are open", (unsigned long long)pair.flows().open);
}

// A link that stays down: flows give up or wait, nothing crashes, and they go on when it is up
// again.
void flows_over_a_failure() {
    Pair pair(2e4);
    pair.offer(2e6);
    MUST(ns3c_run(pair.network, 5));
    MUST(ns3c_set_link(pair.network, 2, false));
    MUST(ns3c_set_link(pair.network, 3, false));
    MUST(ns3c_run(pair.network, 5));
    MUST(ns3c_set_link(pair.network, 2, true));
    MUST(ns3c_set_link(pair.network, 3, true));
    MUST(ns3c_run(pair.network, 5));
    pair.offer(0);
    MUST(ns3c_run(pair.network, 300));
    ns3c_flow_statistics flows = pair.flows();
    CHECK(flows.completed + flows.failed == flows.started && flows.open == 0,
          "%llu + %llu of %llu, %llu open", (unsigned long long)flows.completed,
          (unsigned long long)flows.failed, (unsigned long long)flows.started,
          (unsigned long long)flows.open);
    CHECK(flows.completed > flows.started / 2, "%llu of %llu completed",
          (unsigned long long)flows.completed, (unsigned long long)flows.started);
    CHECK(pair.sockets() == 0, "%zu sockets are left", pair.sockets());
}

uint64_t dropped_by_ip = 0;

void on_drop(const ns3::Ipv4Header &header, ns3::Ptr<const ns3::Packet> packet,
             ns3::Ipv4L3Protocol::DropReason reason, ns3::Ptr<ns3::Ipv4>, uint32_t) {
    if (reason == ns3::Ipv4L3Protocol::DROP_NO_ROUTE ||
        reason == ns3::Ipv4L3Protocol::DROP_ROUTE_ERROR)
        dropped_by_ip += packet->GetSize() + header.GetSerializedSize();
}

// Flows that start while their source has no way out fail at once and leave no socket; every packet
// without a next hop is counted once.
void sources_without_a_next_hop() {
    Pair pair(2e4);
    ns3::NodeList::GetNode(0)->GetObject<ns3::Ipv4L3Protocol>()->TraceConnectWithoutContext(
        "Drop", ns3::MakeCallback(&on_drop));
    pair.offer(8e6);
    MUST(ns3c_run(pair.network, 5));
    MUST(ns3c_set_link(pair.network, 0, false));
    MUST(ns3c_run(pair.network, 20));
    Reading reading(pair.network);
    CHECK(dropped_by_ip > 0 && reading.node_unrouted[0] == dropped_by_ip,
          "%llu bytes unrouted, IP dropped %llu", (unsigned long long)reading.node_unrouted[0],
          (unsigned long long)dropped_by_ip);
    MUST(ns3c_set_link(pair.network, 0, true));
    pair.offer(0);
    MUST(ns3c_run(pair.network, 300));
    ns3c_flow_statistics flows = pair.flows();
    CHECK(flows.failed > 500 && flows.completed + flows.failed == flows.started && flows.open == 0,
          "%llu + %llu of %llu, %llu open", (unsigned long long)flows.completed,
          (unsigned long long)flows.failed, (unsigned long long)flows.started,
          (unsigned long long)flows.open);
    CHECK(pair.sockets() == 0, "%zu sockets are left", pair.sockets());
}

void memory_does_not_grow() {
    Pair pair(3e3);
    pair.offer(2e6);
    size_t early = 0, late = 0;
    for (int epoch = 0; epoch < 60; epoch++) {
        MUST(ns3c_run(pair.network, 2));
        size_t used = mallinfo2().uordblks;
        if (epoch == 19)
            early = used;
        late = used;
    }
    ns3c_flow_statistics flows = pair.flows();
    CHECK(flows.started > 8000, "%llu flows", (unsigned long long)flows.started);
    CHECK(late < early + (1 << 20), "%zu bytes after 20 epochs, %zu after 60", early, late);
    std::printf("     %llu flows, %zu kB in use after 20 epochs, %zu kB after 60, %zu sockets\n",
                (unsigned long long)flows.started, early / 1024, late / 1024, pair.sockets());
}

} // namespace

int main() {
    TEST(bytes_arrive);
    TEST(time_of_a_lonely_flow);
    TEST(losses_are_repaired);
    TEST(flows_over_a_failure);
    TEST(sources_without_a_next_hop);
    TEST(memory_does_not_grow);
    return finish();
}
