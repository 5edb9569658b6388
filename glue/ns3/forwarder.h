// The short way of our own UDP packets through a router: from the device that received them
// straight to the device that sends them on, with the same table, TTL and counters as on the way
// through Ipv4L3Protocol (a test compares the two). All other packets, and all routers with queue
// discs, take ns-3's way.
#ifndef LEAD_NS3_FORWARDER_H
#define LEAD_NS3_FORWARDER_H

#include "ns3/address.h"
#include "ns3/ipv4-interface.h"
#include "ns3/net-device.h"
#include "ns3/packet.h"
#include "ns3/simple-ref-count.h"
#include "ns3/traffic-control-layer.h"

struct ns3c_network;

namespace lead {

// What comes in by one interface of one router.
class Forwarder : public ns3::SimpleRefCount<Forwarder> {
  public:
    // Takes over the device's received packets. To be detached when the simulation is over: device,
    // stack and this hold each other.
    Forwarder(ns3c_network &network, int node, ns3::Ptr<ns3::NetDevice> device, uint32_t interface);
    void detach();

  private:
    static bool receive(ns3::Ptr<Forwarder> self, ns3::Ptr<ns3::NetDevice> device,
                        ns3::Ptr<const ns3::Packet> packet, uint16_t protocol,
                        const ns3::Address &from);
    bool take(const ns3::Packet &packet);
    void forward(const ns3::Packet &packet, uint8_t *header, int link);

    ns3c_network *network_;
    int node_;
    ns3::Ptr<ns3::Ipv4Interface> interface_;
    ns3::Ptr<ns3::TrafficControlLayer> above_;
};

} // namespace lead

#endif
