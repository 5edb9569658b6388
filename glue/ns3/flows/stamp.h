// When a packet was handed to the network: as the first bytes of our own UDP payload (cheapest: no
// allocation), or as a packet tag where the payload is somebody else's.
#ifndef LEAD_NS3_FLOWS_STAMP_H
#define LEAD_NS3_FLOWS_STAMP_H

#include "ns3/header.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/tag.h"

namespace lead {

// UDP header and time stamp in one, 16 bytes. The UDP checksum is 0, "not computed" (RFC 768).
class StampHeader : public ns3::Header {
  public:
    static constexpr uint32_t SIZE = 16;
    static ns3::TypeId GetTypeId();
    ns3::TypeId GetInstanceTypeId() const override {
        return GetTypeId();
    }
    uint32_t GetSerializedSize() const override {
        return SIZE;
    }
    void Serialize(ns3::Buffer::Iterator start) const override;
    uint32_t Deserialize(ns3::Buffer::Iterator start) override;
    void Print(std::ostream &out) const override;

    uint16_t source_port = 0, destination_port = 0, length = 0;
    uint64_t nanoseconds = 0;
};

class StampTag : public ns3::Tag {
  public:
    static ns3::TypeId GetTypeId();
    ns3::TypeId GetInstanceTypeId() const override {
        return GetTypeId();
    }
    uint32_t GetSerializedSize() const override {
        return sizeof nanoseconds_;
    }
    void Serialize(ns3::TagBuffer buffer) const override;
    void Deserialize(ns3::TagBuffer buffer) override;
    void Print(std::ostream &out) const override;

    // Stamps the packet with the current time; a stamp that it has is replaced.
    static void put_once(const ns3::Packet &packet); // unless it has one
    static void put(ns3::Packet &packet);
    // Nanoseconds since the packet was stamped; false when it was not.
    static bool age(const ns3::Packet &packet, int64_t *nanoseconds);

  private:
    uint64_t nanoseconds_ = 0;
};

} // namespace lead

#endif
