// The short way of UDP packets through a router; see forwarder.h.
#include "forwarder.h"

#include "flows/stamp.h"
#include "network.h"

using namespace ns3;

namespace lead {

namespace {

constexpr uint32_t IP_HEADER = 20;

uint32_t word(const uint8_t *bytes) {
    return static_cast<uint32_t>(bytes[0]) << 24 | static_cast<uint32_t>(bytes[1]) << 16 |
           static_cast<uint32_t>(bytes[2]) << 8 | bytes[3];
}

// An IP header as it lies on the wire.
class RawHeader : public Header {
  public:
    static TypeId GetTypeId() {
        static TypeId id =
            TypeId("lead::RawHeader").SetParent<Header>().AddConstructor<RawHeader>();
        return id;
    }
    TypeId GetInstanceTypeId() const override {
        return GetTypeId();
    }
    uint32_t GetSerializedSize() const override {
        return IP_HEADER;
    }
    void Serialize(Buffer::Iterator start) const override {
        start.Write(bytes, IP_HEADER);
    }
    uint32_t Deserialize(Buffer::Iterator) override {
        return IP_HEADER;
    }
    void Print(std::ostream &) const override {}
    const uint8_t *bytes = nullptr;
};

} // namespace

Forwarder::Forwarder(ns3c_network &network, int node, Ptr<NetDevice> device, uint32_t interface)
    : network_(&network), node_(node) {
    const Router &router = network.nodes[static_cast<size_t>(node)];
    interface_ = router.ip->GetInterface(interface);
    above_ = router.node->GetObject<TrafficControlLayer>();
    device->SetReceiveCallback(MakeBoundCallback(&Forwarder::receive, Ptr<Forwarder>(this)));
}

void Forwarder::detach() {
    network_ = nullptr;
    interface_ = nullptr;
    above_ = nullptr;
}

bool Forwarder::receive(Ptr<Forwarder> self, Ptr<NetDevice> device, Ptr<const Packet> packet,
                        uint16_t protocol, const Address &from) {
    if (!self->network_)
        return false;
    bool ours = protocol == IPV4_NUMBER && self->take(*packet);
    if (!ours)
        self->above_->Receive(device, packet, protocol, from, device->GetAddress(),
                              NetDevice::PACKET_HOST);
    return true;
}

// False when the packet is not for us to handle.
bool Forwarder::take(const Packet &packet) {
    uint8_t bytes[IP_HEADER + StampHeader::SIZE];
    bool whole = packet.CopyData(bytes, sizeof bytes) == sizeof bytes;
    bool fragment = (bytes[6] & 0x3f) | bytes[7];
    if (!whole || bytes[0] != 0x45 || bytes[9] != UDP_NUMBER || fragment || !interface_->IsUp())
        return false;
    Flow flow = {word(bytes + 12), word(bytes + 16), bytes[9],
                 static_cast<uint16_t>(bytes[20] << 8 | bytes[21]),
                 static_cast<uint16_t>(bytes[22] << 8 | bytes[23])};
    int destination = network_->addresses.find(flow.destination);
    int source = network_->addresses.find(flow.source);
    if (source < 0)
        return false;
    if (destination == node_) {
        uint64_t sent = static_cast<uint64_t>(word(bytes + 28)) << 32 | word(bytes + 32);
        network_->count_delivered(source, node_, packet.GetSize());
        network_->count_delay(source, node_,
                              Simulator::Now().GetNanoSeconds() - static_cast<int64_t>(sent));
        return true;
    }
    if (destination < 0 || bytes[8] <= 1)
        return false;
    const Routing &routing = *network_->nodes[static_cast<size_t>(node_)].routing;
    int link = routing.link_of(flow, destination);
    if (link < 0)
        return false;
    bytes[8]--;
    network_->count_put(packet.GetSize());
    forward(packet, bytes, link);
    return true;
}

void Forwarder::forward(const Packet &packet, uint8_t *header, int link) {
    Ptr<Packet> copy = packet.Copy();
    RawHeader raw;
    raw.bytes = header;
    copy->RemoveAtStart(IP_HEADER);
    copy->AddHeader(raw);
    Link &out = network_->links[static_cast<size_t>(link)];
    out.device->Send(copy, out.broadcast, IPV4_NUMBER);
}

} // namespace lead
