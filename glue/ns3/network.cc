// The network's life: building it, time, tables, readings. Links are in links.cc, adopted networks
// in adopt.cc.
#include "network.h"

#include "ns3/internet-stack-helper.h"
#include "ns3/node-list.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <cstdarg>

using namespace ns3;

namespace lead {

void fail(lead_status status, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    throw Failure(status, text);
}

void AddressMap::add(uint32_t address, int node) {
    if (address == 0)
        return;
    if (2 * (count_ + 1) > keys_.size())
        grow();
    size_t slot = hash(address) & mask_;
    while (keys_[slot] != 0 && keys_[slot] != address)
        slot = (slot + 1) & mask_;
    count_ += keys_[slot] == 0;
    keys_[slot] = address;
    nodes_[slot] = node;
}

void AddressMap::grow() {
    AddressMap bigger;
    bigger.keys_.assign(2 * keys_.size(), 0);
    bigger.nodes_.assign(2 * keys_.size(), -1);
    bigger.mask_ = 2 * keys_.size() - 1;
    for (size_t i = 0; i < keys_.size(); i++)
        bigger.add(keys_[i], nodes_[i]);
    *this = std::move(bigger);
}

} // namespace lead

using namespace lead;

void ns3c_network::check_index(const char *what, int index, int count) const {
    if (index < 0 || index >= count)
        fail(LEAD_INVALID, "%s %d is not in 0..%d", what, index, count - 1);
}

void ns3c_network::check_alive() const {
    if (destroyed)
        fail(LEAD_INVALID, "the simulation was destroyed (Simulator::Destroy)");
}

void ns3c_network::check_built() const {
    check_alive();
    if (!built)
        fail(LEAD_INVALID, "the network was not built yet (ns3c_build)");
}

// ns-3's clock has 63 bits of nanoseconds, and goes on below 0.
void ns3c_network::check_clock(double seconds) const {
    double now = Simulator::Now().GetSeconds();
    if (now + seconds > 9.2e9)
        fail(LEAD_INVALID, "%g s after %g s are beyond the simulator's clock, 9.2e9 s", seconds,
             now);
}

void ns3c_network::build(int largest_packet) {
    if (built)
        fail(LEAD_INVALID, "the network is built already");
    if (nodes.empty())
        fail(LEAD_INVALID, "a network without nodes cannot be built");
    if (largest_packet < 68 || largest_packet > 65535)
        fail(LEAD_INVALID, "mtu %d bytes is not in 68..65535", largest_packet);
    mtu = largest_packet;
    // RED draws from ns-3's own streams, which depend on this seed and the stream's number alone.
    // A seed of MRG32k3a is to be below its smaller modulus; ns-3 ends the process over another
    // one.
    constexpr uint32_t SEEDS = 4294944442u;
    uint64_t ns3_seed = lead_random_seed(seed, "ns3.streams");
    uint32_t number = static_cast<uint32_t>(ns3_seed % 4294967086u) + 1;
    RngSeedManager::SetSeed(number > SEEDS ? number - SEEDS : number);
    RngSeedManager::SetRun(ns3_seed >> 32);
    InternetStackHelper internet;
    internet.SetIpv6StackInstall(false);
    internet.SetRoutingHelper(RoutingHelper());
    for (size_t i = 0; i < nodes.size(); i++) {
        Router &node = nodes[i];
        node.node = CreateObject<ns3::Node>();
        internet.Install(node.node);
        node.ip = node.node->GetObject<Ipv4L3Protocol>();
        node.routing = DynamicCast<Routing>(node.ip->GetRoutingProtocol());
        node.address = Ipv4Address(0x0a000001u | static_cast<uint32_t>(i + 1) << 8);
        node.ip->AddAddress(0, Ipv4InterfaceAddress(node.address, Ipv4Mask::GetOnes()));
        addresses.add(node.address.Get(), static_cast<int>(i));
    }
    make_links();
    pairs.resize(nodes.size() * nodes.size());
    index_links();
    std::vector<FlowHash> hashes = flow_hashes(lead_random_seed(seed, "ns3.routers"), node_count());
    for (int i = 0; i < node_count(); i++)
        nodes[static_cast<size_t>(i)].routing->attach(this, i, hashes[static_cast<size_t>(i)],
                                                      nullptr);
    built = true;
}

// The tables are made before anything changes, so that an error leaves all as it was.
lead::Table ns3c_network::table_for(int node, const double *const *splits) const {
    Table table(nodes.size());
    for (size_t destination = 0; destination < nodes.size(); destination++) {
        if (!splits[destination] || static_cast<int>(destination) == node)
            continue;
        Hops hops;
        double sum = 0;
        for (int link : out[static_cast<size_t>(node)])
            sum += splits[destination][link];
        double kept = 0;
        for (int link : out[static_cast<size_t>(node)]) {
            double share = splits[destination][link];
            if (share <= 0 || share < 1e-9 * sum)
                continue;
            hops.push_back({link, share});
            kept += share;
        }
        for (HopShare &hop : hops)
            hop.share /= kept;
        if (hops.size() > 255)
            fail(LEAD_INVALID, "node %d (%s) has %zu next hops for destination %zu, more than 255",
                 node, nodes[static_cast<size_t>(node)].name.c_str(), hops.size(), destination);
        table[destination] = std::move(hops);
    }
    return table;
}

void ns3c_network::check_delays(const double *delays) const {
    for (size_t i = 0; delays && i < nodes.size(); i++) {
        if (!(delays[i] >= 0 && delays[i] <= 1e9))
            fail(LEAD_INVALID, "delay %g s of node %zu is not in 0..1e9", delays[i], i);
        check_clock(delays[i]);
    }
}

void ns3c_network::install(const double *const *splits, const double *delays) {
    check_built();
    check_delays(delays);
    for (size_t i = 0; i < nodes.size(); i++) {
        for (size_t link = 0; splits[i] && link < links.size(); link++)
            if (!(splits[i][link] >= 0) || !std::isfinite(splits[i][link]))
                fail(LEAD_NUMERIC, "fraction %g of link %zu for destination %zu is not in 0..1",
                     splits[i][link], link, i);
    }
    std::vector<std::shared_ptr<Table>> tables;
    for (int i = 0; i < node_count(); i++)
        tables.push_back(std::make_shared<Table>(table_for(i, splits)));
    version++;
    for (size_t i = 0; i < nodes.size(); i++) {
        if (!delays || delays[i] == 0) {
            buckets_moved +=
                static_cast<uint64_t>(nodes[i].routing->take_over(version, *tables[i]));
            continue;
        }
        std::weak_ptr<char> living = alive;
        uint64_t number = version;
        std::shared_ptr<Table> table = tables[i];
        Simulator::Schedule(Seconds(delays[i]), [this, living, i, number, table]() {
            if (!living.expired() && !destroyed)
                buckets_moved += static_cast<uint64_t>(nodes[i].routing->take_over(number, *table));
        });
    }
}

void ns3c_network::schedule(double delay, lead_status (*callback)(void *), void *data) {
    check_alive();
    if (!(delay >= 0 && delay <= 1e9))
        fail(LEAD_INVALID, "delay %g s is not in 0..1e9", delay);
    check_clock(delay);
    if (!callback)
        fail(LEAD_INVALID, "no callback");
    std::weak_ptr<char> living = alive;
    Simulator::Schedule(Seconds(delay), [this, living, callback, data]() {
        if (living.expired() || failure != LEAD_OK)
            return;
        bool was_running = running;
        running = true;
        lead_status status = callback(data);
        if (living.expired())
            return;
        running = was_running;
        if (status == LEAD_OK)
            return;
        failure = status;
        failure_message = lead_last_message();
        Simulator::Stop();
    });
}

void ns3c_network::run(double seconds) {
    check_built();
    if (adopted)
        fail(LEAD_INVALID, "an adopted simulation is run by its own program");
    if (running)
        fail(LEAD_INVALID, "the simulation is running already");
    if (!(seconds > 0 && seconds <= 1e9))
        fail(LEAD_INVALID, "%g s to run is not in 0..1e9", seconds);
    check_clock(seconds);
    if (failure != LEAD_OK)
        throw Failure(failure, failure_message);
    running = true;
    Simulator::Stop(Seconds(seconds));
    try {
        Simulator::Run();
    } catch (const std::exception &error) {
        running = false;
        failure = LEAD_SIMULATOR;
        failure_message = error.what();
    }
    running = false;
    if (failure != LEAD_OK)
        throw Failure(failure, failure_message);
}

void ns3c_network::read(ns3c_counters *counters) {
    check_built();
    poll();
    counters->time = Simulator::Now().GetSeconds();
    counters->packets_delivered = packets_delivered;
    counters->packets_forwarded = 0;
    for (size_t i = 0; i < links.size(); i++) {
        if (counters->link_bytes)
            counters->link_bytes[i] = link_bytes(links[i]);
        if (counters->link_dropped)
            counters->link_dropped[i] = link_dropped(links[i]);
        counters->packets_forwarded += links[i].received_packets.total - links[i].packets_before;
    }
    for (size_t i = 0; i < nodes.size() && counters->node_unrouted; i++)
        counters->node_unrouted[i] = nodes[i].unrouted;
    Histogram all;
    for (size_t i = 0; i < pairs.size(); i++) {
        Pair &pair = pairs[i];
        if (counters->od_offered)
            counters->od_offered[i] = pair.offered;
        if (counters->od_delivered)
            counters->od_delivered[i] = pair.delivered;
        if (counters->od_delay_mean)
            counters->od_delay_mean[i] = pair.delay.mean();
        if (counters->od_delay_p99)
            counters->od_delay_p99[i] = pair.delay.quantile(0.99);
        all.merge(pair.delay);
        pair.delay.clear();
    }
    counters->delay_mean = all.mean();
    counters->delay_p99 = all.quantile(0.99);
}
