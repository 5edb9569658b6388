// Our routing protocol; see routing.h.
#include "routing.h"

#include "flows/stamp.h"
#include "network.h"

#include "ns3/loopback-net-device.h"
#include "ns3/names.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/simulator.h"

using namespace ns3;

namespace lead {

namespace {

bool has_ports(uint8_t protocol) {
    return protocol == TCP_NUMBER || protocol == UDP_NUMBER;
}

} // namespace

Flow flow_of(const Ipv4Header &header, const Packet &packet) {
    Flow flow = {header.GetSource().Get(), header.GetDestination().Get(), header.GetProtocol(), 0,
                 0};
    if (!has_ports(flow.protocol) || header.GetFragmentOffset() != 0 || !header.IsLastFragment())
        return flow;
    uint8_t ports[4];
    if (packet.CopyData(ports, sizeof ports) == sizeof ports) {
        flow.source_port = static_cast<uint16_t>(ports[0] << 8 | ports[1]);
        flow.destination_port = static_cast<uint16_t>(ports[2] << 8 | ports[3]);
    }
    return flow;
}

TypeId Routing::GetTypeId() {
    static TypeId id = TypeId("lead::Routing")
                           .SetParent<Ipv4RoutingProtocol>()
                           .SetGroupName("Internet")
                           .AddConstructor<Routing>();
    return id;
}

void Routing::attach(ns3c_network *network, int node, const FlowHash &hash,
                     Ptr<Ipv4RoutingProtocol> fallback) {
    network_ = network;
    node_ = node;
    hash_ = hash;
    fallback_ = fallback;
    entries_.resize(network->nodes.size());
    versions_.resize(network->nodes.size(), 0);
}

int Routing::take_over(uint64_t version, const Table &table) {
    int moved = 0;
    for (size_t i = 0; i < table.size(); i++) {
        if (!table[i] || version < versions_[i])
            continue;
        versions_[i] = version;
        moved += entries_[i].set(*table[i], network_->up);
    }
    return moved;
}

void Routing::take_over_paths(uint64_t version, const std::shared_ptr<const PathTable> &paths) {
    if (version < paths_version_)
        return;
    paths_version_ = version;
    paths_ = paths;
}

int Routing::link_of_path(const Flow &flow, int destination) const {
    int source = network_->node_of(Ipv4Address(flow.source));
    if (source < 0)
        return Entry::NONE;
    size_t pair = network_->index_of(source, destination);
    const FlowHash &hash = network_->nodes[static_cast<size_t>(source)].routing->hash();
    int path = paths_->path(pair, hash.position(flow));
    return path < 0 ? Entry::NONE : network_->path_pool.next(path, node_);
}

bool Routing::splits(const Flow &flow, int destination) const {
    int source = paths_ ? network_->node_of(Ipv4Address(flow.source)) : -1;
    return entry(destination).splits() ||
           (source >= 0 && paths_->splits(network_->index_of(source, destination)));
}

void Routing::repair(int link) {
    for (Entry &entry : entries_)
        if (entry.uses(link))
            entry.repair(network_->up);
}

// Whether a packet for this router of the network is ours to route: where we are alone all are, so
// that what has no table is dropped and counted here.
bool Routing::decides(int destination) const {
    return destination >= 0 && destination != node_ &&
           (entry(destination).known() || !network_->adopted);
}

// The router that the packet is for, when it is ours to route; else -1.
int Routing::destination_of(const Ipv4Header &header) const {
    if (!network_)
        return -1;
    int destination = network_->node_of(header.GetDestination());
    return decides(destination) ? destination : -1;
}

// A UDP socket asks for a route before it has put its header on, so the flow is not known yet. The
// packet is sent through the loopback device and forwarded when it comes back with its ports (as
// AODV and others of ns-3 do). So is what has no next hop, to be dropped in RouteInput(): if we
// gave no route here, ns-3 would ask the program's own routing, or us again.
Ptr<Ipv4Route> Routing::defer(const Ipv4Header &header) {
    int first = -1;
    const Entry &entry = this->entry(network_->node_of(header.GetDestination()));
    for (const HopShare &hop : entry.hops())
        if (network_->up[static_cast<size_t>(hop.link)] && first < 0)
            first = hop.link;
    Ptr<Ipv4Route> route = Create<Ipv4Route>();
    route->SetDestination(header.GetDestination());
    route->SetSource(first < 0 ? network_->nodes[static_cast<size_t>(node_)].address
                               : network_->links[static_cast<size_t>(first)].route->GetSource());
    route->SetGateway(Ipv4Address::GetLoopback());
    route->SetOutputDevice(ipv4_->GetNetDevice(0));
    return route;
}

Ptr<Ipv4Route> Routing::RouteOutput(Ptr<Packet> packet, const Ipv4Header &header,
                                    Ptr<NetDevice> device, Socket::SocketErrno &error) {
    int destination = destination_of(header);
    if (destination < 0 || device) {
        if (fallback_)
            return fallback_->RouteOutput(packet, header, device, error);
        error = Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
    bool whole = has_source(header);
    Flow flow = {header.GetSource().Get(), header.GetDestination().Get(), header.GetProtocol(), 0,
                 0};
    if (packet && whole)
        flow = flow_of(header, *packet);
    int link = link_of(flow, destination);
    if (link < 0 && !packet) {
        error = Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
    error = Socket::ERROR_NOTERROR;
    if (link < 0)
        return defer(header);
    if (packet) {
        StampTag::put(*packet);
        network_->count_put(packet->GetSize() + 20);
        if (!whole && splits(flow, destination) && has_ports(flow.protocol))
            return defer(header);
    }
    return network_->links[static_cast<size_t>(link)].route;
}

bool Routing::RouteInput(Ptr<const Packet> packet, const Ipv4Header &header,
                         Ptr<const NetDevice> device, RouteInputTypes::Forward forward,
                         RouteInputTypes::ForwardMulticast forward_multicast,
                         RouteInputTypes::Deliver deliver, RouteInputTypes::Fail fail) {
    int destination = network_ ? network_->node_of(header.GetDestination()) : -1;
    if (destination == node_ && network_ && !deliver.IsNull() &&
        network_->addresses.find(header.GetDestination().Get()) == node_) {
        deliver(packet, header, static_cast<uint32_t>(ipv4_->GetInterfaceForDevice(device)));
        return true;
    }
    if (!network_ || !decides(destination))
        return fallback_ && fallback_->RouteInput(packet, header, device, forward,
                                                  forward_multicast, deliver, fail);
    int link = link_of(flow_of(header, *packet), destination);
    uint32_t bytes = packet->GetSize() + header.GetSerializedSize();
    if (link < 0) {
        network_->nodes[static_cast<size_t>(node_)].unrouted += bytes;
        fail(packet, header, Socket::ERROR_NOROUTETOHOST);
        return true;
    }
    network_->count_put(bytes);
    forward(network_->links[static_cast<size_t>(link)].route, packet, header);
    return true;
}

void Routing::NotifyInterfaceUp(uint32_t interface) {
    if (network_)
        network_->interface_changed(node_, interface);
    if (fallback_)
        fallback_->NotifyInterfaceUp(interface);
}

void Routing::NotifyInterfaceDown(uint32_t interface) {
    if (network_)
        network_->interface_changed(node_, interface);
    if (fallback_)
        fallback_->NotifyInterfaceDown(interface);
}

void Routing::NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address) {
    if (network_ && network_->built)
        network_->addresses.add(address.GetLocal().Get(), node_);
    if (fallback_)
        fallback_->NotifyAddAddress(interface, address);
}

void Routing::NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address) {
    if (fallback_)
        fallback_->NotifyRemoveAddress(interface, address);
}

void Routing::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const {
    std::ostream &out = *stream->GetStream();
    out << "Node " << node_ << ", lead::Routing table at " << Simulator::Now().As(unit) << "\n";
    for (size_t i = 0; network_ && i < entries_.size(); i++) {
        if (!entries_[i].known())
            continue;
        out << "  " << network_->nodes[i].name << ":";
        std::vector<int> buckets = entries_[i].in_force();
        for (size_t j = 0; j < buckets.size(); j++) {
            const Link &link = network_->links[static_cast<size_t>(entries_[i].hops()[j].link)];
            out << " " << network_->nodes[static_cast<size_t>(link.options.destination)].name << " "
                << buckets[j] << "/" << NS3C_BUCKETS;
        }
        out << "\n";
    }
    if (fallback_)
        fallback_->PrintRoutingTable(stream, unit);
}

void Routing::DoDispose() {
    network_ = nullptr;
    ipv4_ = nullptr;
    fallback_ = nullptr;
    entries_.clear();
    paths_ = nullptr;
    Ipv4RoutingProtocol::DoDispose();
}

} // namespace lead
