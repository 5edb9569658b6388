// Our routing protocol: one table per router, destination router -> weighted next hops, looked up
// by address in O(1). A destination that was never given a table is left to the routing that the
// node had before (adopted programs).
#ifndef LEAD_NS3_ROUTING_H
#define LEAD_NS3_ROUTING_H

#include "flows/buckets.h"
#include "flows/compat.h"
#include "flows/flow.h"
#include "flows/paths.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-helper.h"
#include "ns3/ipv4-routing-protocol.h"

#include <optional>

struct ns3c_network;

namespace lead {

// New next hops of one router, by destination; a destination without a value stays as it is.
using Table = std::vector<std::optional<Hops>>;

class Routing : public ns3::Ipv4RoutingProtocol {
  public:
    static ns3::TypeId GetTypeId();

    // Joins router `node` of the network, which must outlive this or call detach().
    void attach(ns3c_network *network, int node, const FlowHash &hash,
                ns3::Ptr<Ipv4RoutingProtocol> fallback);
    // From now on every destination is unknown here.
    void detach() {
        network_ = nullptr;
    }

    // Takes over a table, but for destinations that have one with a higher version; gives the
    // number of buckets that moved.
    int take_over(uint64_t version, const Table &table);
    // Takes over the paths of all pairs, unless it has those of a higher version.
    void take_over_paths(uint64_t version, const std::shared_ptr<const PathTable> &paths);
    // After a change of link states.
    void repair(int link);

    // The link by which a flow for `destination` leaves: along its path where its pair has paths
    // that are up and pass here, else by the next hops; Entry::NONE when there is none. O(1).
    int link_of(const Flow &flow, int destination) const {
        int link = paths_ ? link_of_path(flow, destination) : Entry::NONE;
        return link >= 0 ? link : entry(destination).link(hash_.position(flow));
    }
    // Whether the link depends on the flow's ports.
    bool splits(const Flow &flow, int destination) const;

    const Entry &entry(int destination) const {
        return entries_[static_cast<size_t>(destination)];
    }
    const FlowHash &hash() const {
        return hash_;
    }

    ns3::Ptr<ns3::Ipv4Route> RouteOutput(ns3::Ptr<ns3::Packet> packet,
                                         const ns3::Ipv4Header &header,
                                         ns3::Ptr<ns3::NetDevice> device,
                                         ns3::Socket::SocketErrno &error) override;
    bool RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv4Header &header,
                    ns3::Ptr<const ns3::NetDevice> device, RouteInputTypes::Forward forward,
                    RouteInputTypes::ForwardMulticast forward_multicast,
                    RouteInputTypes::Deliver deliver, RouteInputTypes::Fail fail) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, ns3::Ipv4InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, ns3::Ipv4InterfaceAddress address) override;
    void SetIpv4(ns3::Ptr<ns3::Ipv4> ipv4) override {
        ipv4_ = ipv4;
    }
    void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper> stream,
                           ns3::Time::Unit unit) const override;

  protected:
    void DoDispose() override;

  private:
    bool decides(int destination) const;
    int link_of_path(const Flow &flow, int destination) const;
    int destination_of(const ns3::Ipv4Header &header) const;
    ns3::Ptr<ns3::Ipv4Route> defer(const ns3::Ipv4Header &header);

    ns3c_network *network_ = nullptr;
    int node_ = -1;
    FlowHash hash_;
    std::vector<Entry> entries_;
    std::vector<uint64_t> versions_;         // of the entries
    std::shared_ptr<const PathTable> paths_; // none: no pair has any
    uint64_t paths_version_ = 0;
    ns3::Ptr<ns3::Ipv4> ipv4_;
    ns3::Ptr<Ipv4RoutingProtocol> fallback_;
};

// Lets InternetStackHelper give every node our protocol.
class RoutingHelper : public ns3::Ipv4RoutingHelper {
  public:
    RoutingHelper *Copy() const override {
        return new RoutingHelper(*this);
    }
    ns3::Ptr<ns3::Ipv4RoutingProtocol> Create(ns3::Ptr<ns3::Node>) const override {
        return ns3::CreateObject<Routing>();
    }
};

// The flow of a packet whose IP header has been taken off; without ports for fragments and
// protocols that have none.
Flow flow_of(const ns3::Ipv4Header &header, const ns3::Packet &packet);

} // namespace lead

#endif
