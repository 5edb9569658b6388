// The C entry points: every one catches what is thrown behind it and turns it into a status with a
// message.
#include "network.h"

#include "ns3/node-list.h"
#include "ns3/priority-queue-scheduler.h"
#include "ns3/simulator.h"

#include <set>

using namespace lead;

namespace {

// ns-3 has one simulator per process.
ns3c_network *the_network = nullptr;

template <typename Body> lead_status guard(Body body) {
    try {
        body();
        return LEAD_OK;
    } catch (const Failure &failure) {
        return lead_fail(failure.status, "%s", failure.what());
    } catch (const std::bad_alloc &) {
        return lead_fail(LEAD_MEMORY, "ns-3: out of memory");
    } catch (const std::exception &error) {
        return lead_fail(LEAD_SIMULATOR, "ns-3: %s", error.what());
    } catch (...) {
        return lead_fail(LEAD_SIMULATOR, "ns-3: unknown exception");
    }
}

void check_free(const char *what) {
    if (the_network)
        fail(LEAD_INVALID, "%s: the process has a simulated network already (ns-3 allows one)",
             what);
}

template <typename Type> void check_pointer(Type *pointer, const char *name) {
    if (!pointer)
        fail(LEAD_INVALID, "%s is NULL", name);
}

void check_link(const ns3c_network &network, const ns3c_link &link) {
    network.check_index("link's source", link.source, network.node_count());
    network.check_index("link's destination", link.destination, network.node_count());
    if (link.source == link.destination)
        fail(LEAD_INVALID, "link from node %d to itself", link.source);
    if (!(link.rate >= 1 && link.rate <= 1e15))
        fail(LEAD_INVALID, "link %d-%d: rate %g bit/s is not in 1..1e15", link.source,
             link.destination, link.rate);
    if (!(link.delay >= 0 && link.delay <= 1e3))
        fail(LEAD_INVALID, "link %d-%d: delay %g s is not in 0..1000", link.source,
             link.destination, link.delay);
    std::string queue = link.queue ? link.queue : "";
    if (queue != "fifo" && queue != "red" && queue != "codel")
        fail(LEAD_INVALID, "link %d-%d: queue \"%.40s\" is none of fifo, red, codel", link.source,
             link.destination, queue.c_str());
    bool packets = link.queue_packets > 0 && link.queue_bytes == 0;
    bool bytes = link.queue_bytes > 0 && link.queue_packets == 0;
    if (!packets && !bytes)
        fail(LEAD_INVALID,
             "link %d-%d: a queue of %d packets and %d bytes; one of the two is to be > 0",
             link.source, link.destination, link.queue_packets, link.queue_bytes);
}

void check_range(const char *what, double value, double low, double high) {
    if (!(value >= low && value <= high))
        fail(LEAD_INVALID, "traffic: %s %g is not in %g..%g", what, value, low, high);
}

void check_traffic(const ns3c_network &network, const ns3c_traffic &traffic) {
    std::string model = traffic.model ? traffic.model : "";
    bool pareto = model == "pareto", tcp = model == "tcp";
    if (model != "cbr" && model != "poisson" && !pareto && !tcp)
        fail(LEAD_INVALID, "traffic model \"%.40s\" is none of cbr, poisson, pareto, tcp",
             model.c_str());
    check_range("packet size in bytes", traffic.packet_bytes, tcp ? 100 : 36, network.mtu);
    if (!tcp)
        check_range("micro-flows per pair", traffic.flows_per_pair, 1, 60000);
    if (pareto) {
        check_range("mean on time in s", traffic.on_seconds, 1e-6, 1e6);
        check_range("mean off time in s", traffic.off_seconds, 1e-6, 1e6);
    }
    if (tcp)
        check_range("mean flow size in bytes", traffic.mean_flow_bytes, 1, 1e12);
    if (pareto || tcp)
        check_range("Pareto shape", traffic.shape, 1.001, 10);
}

// The same text for good, outliving links that move and networks that go.
const char *constant(const std::string &text) {
    static std::set<std::string> texts;
    return texts.insert(text).first->c_str();
}

// The fastest of ns-3's event lists for our mix of events (bench_ns3: 5 to 10 % over its default).
void use_own_scheduler() {
    ns3::ObjectFactory factory;
    factory.SetTypeId(ns3::PriorityQueueScheduler::GetTypeId());
    ns3::Simulator::SetScheduler(factory);
}

} // namespace

lead_status ns3c_network_alloc(uint64_t seed, ns3c_network **out) {
    return guard([&] {
        check_pointer(out, "out");
        *out = nullptr;
        check_free("ns3c_network_alloc");
        if (ns3::NodeList::GetNNodes() > 0)
            fail(LEAD_INVALID, "the process has %u ns-3 nodes of its own; adopt them",
                 ns3::NodeList::GetNNodes());
        auto network = std::make_unique<ns3c_network>();
        network->seed = seed;
        use_own_scheduler();
        *out = the_network = network.release();
    });
}

lead_status ns3c_adopt(ns3c_network **out) {
    return guard([&] {
        check_pointer(out, "out");
        *out = nullptr;
        check_free("ns3c_adopt");
        auto network = std::make_unique<ns3c_network>();
        network->adopt();
        *out = the_network = network.release();
    });
}

void ns3c_network_free(ns3c_network *network) {
    if (!network)
        return;
    guard([&] {
        network->alive.reset();
        if (network->hook)
            network->hook->network = nullptr;
        for (Router &node : network->nodes)
            if (node.routing)
                node.routing->detach();
        if (!network->adopted)
            ns3::Simulator::Destroy();
    });
    guard([&] { delete network; });
    if (the_network == network)
        the_network = nullptr;
}

lead_status ns3c_add_node(ns3c_network *network, const char *name, int *index) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(name, "name");
        if (network->built)
            fail(LEAD_INVALID, "node \"%.80s\": the network is built already", name);
        if (!*name || network->names.count(name))
            fail(LEAD_INVALID, "node name \"%.80s\" is empty or taken", name);
        if (network->node_count() >= 65000)
            fail(LEAD_INVALID, "node \"%.80s\": more than 65000 nodes", name);
        Router node;
        node.name = name;
        network->names[name] = network->node_count();
        if (index)
            *index = network->node_count();
        network->nodes.push_back(std::move(node));
    });
}

lead_status ns3c_add_link(ns3c_network *network, const ns3c_link *link, int *index) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(link, "link");
        if (network->built)
            fail(LEAD_INVALID, "link %d-%d: the network is built already", link->source,
                 link->destination);
        check_link(*network, *link);
        Link made;
        made.options = *link;
        made.queue_name = link->queue;
        made.options.queue = nullptr;
        if (index)
            *index = network->link_count();
        network->links.push_back(std::move(made));
    });
}

lead_status ns3c_build(ns3c_network *network, int mtu) {
    return guard([&] {
        check_pointer(network, "network");
        network->check_alive();
        network->build(mtu);
    });
}

int ns3c_node_count(const ns3c_network *network) {
    return network ? network->node_count() : 0;
}

int ns3c_link_count(const ns3c_network *network) {
    return network ? network->link_count() : 0;
}

const char *ns3c_node_name(const ns3c_network *network, int node) {
    if (!network || node < 0 || node >= network->node_count())
        return nullptr;
    return network->nodes[static_cast<size_t>(node)].name.c_str();
}

int ns3c_find_node(const ns3c_network *network, const char *name) {
    if (!network || !name)
        return -1;
    auto found = network->names.find(name);
    return found == network->names.end() ? -1 : found->second;
}

int ns3c_find_node_id(const ns3c_network *network, unsigned id) {
    for (int i = 0; network && i < network->node_count(); i++) {
        const Router &node = network->nodes[static_cast<size_t>(i)];
        if (node.node && node.node->GetId() == id)
            return i;
    }
    return -1;
}

lead_status ns3c_link_get(const ns3c_network *network, int link, ns3c_link *out) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(out, "out");
        network->check_index("link", link, network->link_count());
        *out = network->links[static_cast<size_t>(link)].options;
        out->queue = constant(network->links[static_cast<size_t>(link)].queue_name);
    });
}

bool ns3c_link_is_up(const ns3c_network *network, int link) {
    return network && network->built && link >= 0 && link < network->link_count() &&
           network->up[static_cast<size_t>(link)];
}

double ns3c_now(const ns3c_network *network) {
    return network ? ns3::Simulator::Now().GetSeconds() : 0;
}

lead_status ns3c_run(ns3c_network *network, double seconds) {
    return guard([&] {
        check_pointer(network, "network");
        network->run(seconds);
    });
}

lead_status ns3c_schedule(ns3c_network *network, double delay, lead_status (*callback)(void *),
                          void *data) {
    return guard([&] {
        check_pointer(network, "network");
        network->schedule(delay, callback, data);
    });
}

lead_status ns3c_failure(const ns3c_network *network) {
    return guard([&] {
        check_pointer(network, "network");
        if (network->failure != LEAD_OK)
            throw Failure(network->failure, network->failure_message);
    });
}

lead_status ns3c_install(ns3c_network *network, const double *const *splits, const double *delays) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(splits, "splits");
        network->install(splits, delays);
    });
}

lead_status ns3c_install_paths(ns3c_network *network, const ns3c_path *paths, int count,
                               const double *delays) {
    return guard([&] {
        check_pointer(network, "network");
        if (count > 0)
            check_pointer(paths, "paths");
        network->install_paths(paths, count, delays);
    });
}

lead_status ns3c_next_hops(const ns3c_network *network, int node, int destination, int room,
                           int *links, double *shares, int *count) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(links, "links");
        check_pointer(shares, "shares");
        check_pointer(count, "count");
        network->check_built();
        network->check_index("node", node, network->node_count());
        network->check_index("destination", destination, network->node_count());
        *count = 0;
        const Entry &entry = network->nodes[static_cast<size_t>(node)].routing->entry(destination);
        std::vector<int> buckets = entry.in_force();
        for (size_t i = 0; i < buckets.size(); i++) {
            if (buckets[i] == 0)
                continue;
            if (*count >= room)
                fail(LEAD_INVALID, "node %d has more than %d next hops for %d", node, room,
                     destination);
            links[*count] = entry.hops()[i].link;
            shares[*count] = static_cast<double>(buckets[i]) / NS3C_BUCKETS;
            ++*count;
        }
    });
}

int ns3c_next_hop_of_flow(const ns3c_network *network, int node, int source, int destination,
                          int protocol, int source_port, int destination_port) {
    int n = network && network->built ? network->node_count() : 0;
    if (node < 0 || node >= n || source < 0 || source >= n || destination < 0 || destination >= n)
        return -1;
    const Routing &routing = *network->nodes[static_cast<size_t>(node)].routing;
    Flow flow = {network->nodes[static_cast<size_t>(source)].address.Get(),
                 network->nodes[static_cast<size_t>(destination)].address.Get(),
                 static_cast<uint8_t>(protocol), static_cast<uint16_t>(source_port),
                 static_cast<uint16_t>(destination_port)};
    return routing.link_of(flow, destination);
}

uint64_t ns3c_buckets_moved(const ns3c_network *network) {
    return network ? network->buckets_moved : 0;
}

lead_status ns3c_set_link(ns3c_network *network, int link, bool up) {
    return guard([&] {
        check_pointer(network, "network");
        network->set_link(link, up);
    });
}

lead_status ns3c_set_rate(ns3c_network *network, int link, double rate) {
    return guard([&] {
        check_pointer(network, "network");
        if (!(rate >= 1 && rate <= 1e15))
            fail(LEAD_INVALID, "link %d: rate %g bit/s is not in 1..1e15", link, rate);
        network->set_rate(link, rate);
    });
}

lead_status ns3c_capture(ns3c_network *network, int link, const char *path) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(path, "path");
        network->check_built();
        network->check_index("link", link, network->link_count());
        network->captures.push_back(
            std::make_unique<Capture>(network->links[static_cast<size_t>(link)].device, path));
    });
}

lead_status ns3c_captures_finish(ns3c_network *network) {
    return guard([&] {
        check_pointer(network, "network");
        bool whole = true;
        for (auto &capture : network->captures)
            whole = capture->close() && whole;
        network->captures.clear();
        if (!whole)
            fail(LEAD_IO, "a pcap file could not be written");
    });
}

lead_status ns3c_watch_flows(ns3c_network *network) {
    return guard([&] {
        check_pointer(network, "network");
        network->check_built();
        if (network->adopted || network->traffic || network->flow_watch)
            fail(LEAD_INVALID,
                 "flows are watched once, before the traffic, in a network made here");
        ns3::NodeContainer nodes;
        for (const Router &router : network->nodes)
            nodes.Add(router.node);
        network->flow_watch = std::make_unique<FlowWatch>(nodes);
    });
}

lead_status ns3c_write_flows(ns3c_network *network, const char *path) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(path, "path");
        network->check_alive();
        if (!network->flow_watch)
            fail(LEAD_INVALID, "no flows are watched (ns3c_watch_flows)");
        if (!network->flow_watch->write(path))
            fail(LEAD_IO, "%s: cannot be written", path);
    });
}

lead_status ns3c_traffic_start(ns3c_network *network, const ns3c_traffic *traffic) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(traffic, "traffic");
        network->check_built();
        if (network->adopted)
            fail(LEAD_INVALID, "an adopted simulation has its own traffic");
        if (network->traffic)
            fail(LEAD_INVALID, "the traffic model is in place already");
        check_traffic(*network, *traffic);
        bool tcp = std::string(traffic->model) == "tcp";
        network->traffic = tcp ? make_tcp(*network, *traffic) : make_udp(*network, *traffic);
    });
}

lead_status ns3c_traffic_set(ns3c_network *network, const double *tm) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(tm, "tm");
        network->check_built();
        if (!network->traffic)
            fail(LEAD_INVALID, "no traffic model is in place (ns3c_traffic_start)");
        size_t n = network->nodes.size();
        for (size_t i = 0; i < n * n; i++)
            if (i / n != i % n && !(tm[i] >= 0 && tm[i] <= 1e18))
                fail(LEAD_NUMERIC, "rate %g bit/s from node %zu to %zu is not in 0..1e18", tm[i],
                     i / n, i % n);
        network->traffic->set(tm);
    });
}

lead_status ns3c_read(ns3c_network *network, ns3c_counters *counters) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(counters, "counters");
        network->read(counters);
    });
}

lead_status ns3c_flows(ns3c_network *network, ns3c_flow_statistics *statistics) {
    return guard([&] {
        check_pointer(network, "network");
        check_pointer(statistics, "statistics");
        network->check_built();
        if (!network->traffic || !network->traffic->flows(statistics))
            fail(LEAD_INVALID, "the network has no TCP traffic");
    });
}
