// Adopting somebody's own ns-3 program: finding its routers and links, putting our routing in front
// of theirs, and counting per pair at the IP layer, where nobody else does.
#include "flows/stamp.h"
#include "network.h"

#include "ns3/channel.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/names.h"
#include "ns3/node-list.h"
#include "ns3/simulator.h"
#include "ns3/traffic-control-layer.h"

#include <unordered_map>

using namespace ns3;
using namespace lead;

namespace {

// Above static (0), global (-10) and whatever else a program uses.
constexpr int16_t PRIORITY = 10000;

void on_sent(Ptr<Hook> hook, int node, const Ipv4Header &header, Ptr<const Packet> packet,
             uint32_t) {
    if (!hook->network)
        return;
    int destination = hook->network->node_of(header.GetDestination());
    if (destination >= 0 && destination != node)
        hook->network->count_offered(node, destination,
                                     packet->GetSize() + header.GetSerializedSize());
}

void on_delivered(Ptr<Hook> hook, int node, const Ipv4Header &header, Ptr<const Packet> packet,
                  uint32_t) {
    int source = hook->network ? hook->network->node_of(header.GetSource()) : -1;
    if (source < 0 || source == node)
        return;
    hook->network->count_delivered(source, node, packet->GetSize() + header.GetSerializedSize());
    int64_t age = 0;
    if (StampTag::age(*packet, &age))
        hook->network->count_delay(source, node, age);
}

// What comes from a network behind the router enters here, unless it was counted at another router.
void on_received(Ptr<Hook> hook, int node, Ptr<const Packet> packet, Ptr<Ipv4>,
                 uint32_t interface) {
    Ipv4Header header;
    if (!hook->network || hook->network->subnets.empty() ||
        hook->network->is_link(node, interface) || packet->PeekHeader(header) == 0)
        return;
    int source = hook->network->node_of(header.GetSource()),
        destination = hook->network->node_of(header.GetDestination());
    if (destination < 0 || destination == node || (source >= 0 && source != node))
        return;
    hook->network->count_offered(node, destination, packet->GetSize());
    StampTag::put_once(*packet);
}

// ... and what goes to one has arrived.
void on_leaving(ns3c_network &network, int node, const Packet &packet) {
    Ipv4Header header;
    if (packet.PeekHeader(header) == 0 || network.node_of(header.GetDestination()) != node)
        return;
    int source = network.node_of(header.GetSource());
    if (source < 0 || source == node)
        return;
    network.count_delivered(source, node, packet.GetSize());
    int64_t age = 0;
    if (StampTag::age(packet, &age))
        network.count_delay(source, node, age);
}

// Whoever routed it.
void on_put(Ptr<Hook> hook, int node, Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t interface) {
    if (!hook->network)
        return;
    hook->network->count_put(packet->GetSize());
    Router &router = hook->network->nodes[static_cast<size_t>(node)];
    router.last_link = -1;
    auto found = hook->network->links_of_interface.find({node, interface});
    if (found == hook->network->links_of_interface.end()) {
        if (!hook->network->subnets.empty())
            on_leaving(*hook->network, node, *packet);
        return;
    }
    for (int link : found->second)
        if (hook->network->links[static_cast<size_t>(link)].options.source == node)
            router.last_link = link;
}

// Without a queue disc, the traffic control layer itself drops what finds the device's queue
// stopped, in no one's counters. It does so within the call by which IP sent last.
void on_dropped_above(Ptr<Hook> hook, int node, Ptr<const Packet> packet) {
    if (!hook->network)
        return;
    int link = hook->network->nodes[static_cast<size_t>(node)].last_link;
    if (link >= 0)
        hook->network->links[static_cast<size_t>(link)].dropped_above += packet->GetSize();
}

Ptr<PointToPointNetDevice> peer_of(Ptr<PointToPointNetDevice> device) {
    Ptr<Channel> channel = device->GetChannel();
    if (!channel || channel->GetNDevices() != 2)
        return nullptr;
    Ptr<NetDevice> other = channel->GetDevice(channel->GetDevice(0) == device ? 1 : 0);
    return DynamicCast<PointToPointNetDevice>(other);
}

// The interface of a device that can be an end of a link; -1 for others.
int32_t interface_of(Ptr<NetDevice> device) {
    Ptr<Ipv4L3Protocol> ip =
        device->GetNode() ? device->GetNode()->GetObject<Ipv4L3Protocol>() : nullptr;
    int32_t interface = ip ? ip->GetInterfaceForDevice(device) : -1;
    if (interface < 0 || ip->GetNAddresses(static_cast<uint32_t>(interface)) == 0)
        return -1;
    return interface;
}

bool is_link(Ptr<NetDevice> candidate) {
    Ptr<PointToPointNetDevice> device = DynamicCast<PointToPointNetDevice>(candidate);
    Ptr<PointToPointNetDevice> peer = device ? peer_of(device) : nullptr;
    return peer && interface_of(device) >= 0 && interface_of(peer) >= 0;
}

Link make_link(Ptr<PointToPointNetDevice> device) {
    Link link;
    link.device = device;
    link.peer = peer_of(device);
    link.interface = static_cast<uint32_t>(interface_of(device));
    link.peer_interface = static_cast<uint32_t>(interface_of(link.peer));
    link.queue = device->GetQueue();
    DataRateValue rate;
    device->GetAttribute("DataRate", rate);
    TimeValue delay;
    device->GetChannel()->GetAttribute("Delay", delay);
    link.options = {};
    link.options.rate = static_cast<double>(rate.Get().GetBitRate());
    link.options.delay = delay.Get().GetSeconds();
    if (Ptr<TrafficControlLayer> layer = device->GetNode()->GetObject<TrafficControlLayer>())
        link.disc = layer->GetRootQueueDiscOnDevice(device);
    // Asked by name: a queue disc without a limit has no such attribute, and its function ends the
    // process.
    QueueSizeValue limit(link.queue->GetMaxSize());
    if (!link.disc || link.disc->GetAttributeFailSafe("MaxSize", limit)) {
        bool packets = limit.Get().GetUnit() == QueueSizeUnit::PACKETS;
        (packets ? link.options.queue_packets : link.options.queue_bytes) =
            static_cast<int>(std::min<uint32_t>(limit.Get().GetValue(), INT32_MAX));
    }
    link.queue_name = link.disc ? link.disc->GetInstanceTypeId().GetName() : "fifo";
    return link;
}

void find_nodes(ns3c_network &network) {
    for (auto i = NodeList::Begin(); i != NodeList::End(); ++i) {
        bool found = false;
        for (uint32_t d = 0; d < (*i)->GetNDevices() && !found; d++)
            found = is_link((*i)->GetDevice(d));
        if (!found)
            continue;
        Router router;
        router.node = *i;
        router.ip = router.node->GetObject<Ipv4L3Protocol>();
        router.name = Names::FindName(router.node);
        if (router.name.empty() || network.names.count(router.name))
            router.name = "node" + std::to_string(router.node->GetId());
        network.names[router.name] = network.node_count();
        network.nodes.push_back(router);
    }
}

void find_links(ns3c_network &network) {
    std::unordered_map<uint32_t, int> index_of; // ns-3's node number -> ours
    for (int i = 0; i < network.node_count(); i++)
        index_of[network.nodes[static_cast<size_t>(i)].node->GetId()] = i;
    std::unordered_map<const NetDevice *, int> link_of;
    for (int i = 0; i < network.node_count(); i++) {
        Ptr<ns3::Node> node = network.nodes[static_cast<size_t>(i)].node;
        for (uint32_t d = 0; d < node->GetNDevices(); d++) {
            if (!is_link(node->GetDevice(d)))
                continue;
            Link link = make_link(DynamicCast<PointToPointNetDevice>(node->GetDevice(d)));
            link.options.source = i;
            link.options.destination = index_of.at(link.peer->GetNode()->GetId());
            link_of[PeekPointer(link.device)] = network.link_count();
            network.links.push_back(link);
        }
    }
    for (Link &link : network.links)
        link.reverse = link_of.at(PeekPointer(link.peer));
}

void find_addresses(ns3c_network &network, int index) {
    Router &router = network.nodes[static_cast<size_t>(index)];
    bool first = true;
    for (uint32_t f = 0; f < router.ip->GetNInterfaces(); f++)
        for (uint32_t a = 0; a < router.ip->GetNAddresses(f); a++) {
            Ipv4Address address = router.ip->GetAddress(f, a).GetLocal();
            if (address == Ipv4Address::GetLoopback())
                continue;
            network.addresses.add(address.Get(), index);
            if (first)
                router.address = address;
            first = false;
        }
}

// The networks of a router's interfaces that are no ends of links. One that a router before has,
// too, is no one's: by which of them its hosts are reached, only the program knows.
void find_subnets(ns3c_network &network, int index) {
    const Router &router = network.nodes[static_cast<size_t>(index)];
    for (uint32_t f = 0; f < router.ip->GetNInterfaces(); f++) {
        if (is_link(router.ip->GetNetDevice(f)))
            continue;
        for (uint32_t a = 0; a < router.ip->GetNAddresses(f); a++) {
            Ipv4InterfaceAddress own = router.ip->GetAddress(f, a);
            Subnet subnet = {own.GetMask().Get(), own.GetLocal().Get() & own.GetMask().Get(),
                             index};
            if (own.GetLocal() == Ipv4Address::GetLoopback() || subnet.mask == 0 ||
                subnet.mask == UINT32_MAX)
                continue;
            bool known = false;
            for (Subnet &other : network.subnets)
                if (other.mask == subnet.mask && other.network == subnet.network) {
                    other.node = other.node == index ? index : -1;
                    known = true;
                }
            if (!known)
                network.subnets.push_back(subnet);
        }
    }
}

} // namespace

// By the longest prefix; remembered, since it is asked for every packet.
int ns3c_network::node_of_host(uint32_t address) {
    int known = hosts.find(address);
    if (known >= 0)
        return known;
    const Subnet *best = nullptr;
    for (const Subnet &subnet : subnets)
        if ((address & subnet.mask) == subnet.network && address != subnet.network &&
            address != (subnet.network | ~subnet.mask) && (!best || subnet.mask > best->mask))
            best = &subnet;
    if (!best || best->node < 0)
        return -1;
    hosts.add(address, best->node);
    return best->node;
}

void ns3c_network::attach(int index, const FlowHash &hash) {
    Router &node = nodes[static_cast<size_t>(index)];
    node.routing = CreateObject<Routing>();
    Ptr<Ipv4RoutingProtocol> theirs = node.ip->GetRoutingProtocol();
    if (Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(theirs)) {
        node.routing->attach(this, index, hash, nullptr);
        list->AddRoutingProtocol(node.routing, PRIORITY);
    } else {
        node.routing->attach(this, index, hash, theirs);
        node.ip->SetRoutingProtocol(node.routing);
    }
    node.ip->TraceConnectWithoutContext("SendOutgoing", MakeBoundCallback(&on_sent, hook, index));
    node.ip->TraceConnectWithoutContext("Tx", MakeBoundCallback(&on_put, hook, index));
    node.ip->TraceConnectWithoutContext("Rx", MakeBoundCallback(&on_received, hook, index));
    node.ip->TraceConnectWithoutContext("LocalDeliver",
                                        MakeBoundCallback(&on_delivered, hook, index));
    if (Ptr<TrafficControlLayer> layer = node.node->GetObject<TrafficControlLayer>())
        layer->TraceConnectWithoutContext("TcDrop",
                                          MakeBoundCallback(&on_dropped_above, hook, index));
}

void ns3c_network::adopt() {
    adopted = true;
    find_nodes(*this);
    if (nodes.empty())
        fail(LEAD_INVALID, "the simulation has no two nodes with IPv4 and a point-to-point link");
    find_links(*this);
    for (int i = 0; i < node_count(); i++) {
        find_addresses(*this, i);
        find_subnets(*this, i);
    }
    pairs.resize(nodes.size() * nodes.size());
    index_links();
    poll();
    for (Link &link : links) {
        link.bytes_before = link_bytes(link);
        link.packets_before = link.received_packets.total;
        link.lost_before = link_dropped(link);
    }
    hook = Create<Hook>();
    hook->network = this;
    std::vector<FlowHash> hashes = flow_hashes(0, node_count());
    for (int i = 0; i < node_count(); i++)
        attach(i, hashes[static_cast<size_t>(i)]);
    built = true;
    for (int i = 0; i < link_count(); i++)
        refresh(i);
    std::weak_ptr<char> living = alive;
    Simulator::ScheduleDestroy([this, living]() {
        if (!living.expired())
            destroyed = true;
    });
}
