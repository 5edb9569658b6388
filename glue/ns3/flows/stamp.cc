// Time stamps on packets; see stamp.h.
#include "stamp.h"

#include <ostream>

using namespace ns3;

namespace lead {

TypeId StampHeader::GetTypeId() {
    static TypeId id =
        TypeId("lead::StampHeader").SetParent<Header>().AddConstructor<StampHeader>();
    return id;
}

void StampHeader::Serialize(Buffer::Iterator start) const {
    start.WriteHtonU16(source_port);
    start.WriteHtonU16(destination_port);
    start.WriteHtonU16(length);
    start.WriteHtonU16(0);
    start.WriteHtonU32(static_cast<uint32_t>(nanoseconds >> 32));
    start.WriteHtonU32(static_cast<uint32_t>(nanoseconds));
}

uint32_t StampHeader::Deserialize(Buffer::Iterator start) {
    source_port = start.ReadNtohU16();
    destination_port = start.ReadNtohU16();
    length = start.ReadNtohU16();
    start.ReadNtohU16();
    uint64_t high = start.ReadNtohU32();
    nanoseconds = high << 32 | start.ReadNtohU32();
    return SIZE;
}

void StampHeader::Print(std::ostream &out) const {
    out << source_port << " > " << destination_port << ", sent at " << nanoseconds << " ns";
}

TypeId StampTag::GetTypeId() {
    static TypeId id = TypeId("lead::StampTag").SetParent<Tag>().AddConstructor<StampTag>();
    return id;
}

void StampTag::Serialize(TagBuffer buffer) const {
    buffer.WriteU64(nanoseconds_);
}

void StampTag::Deserialize(TagBuffer buffer) {
    nanoseconds_ = buffer.ReadU64();
}

void StampTag::Print(std::ostream &out) const {
    out << "sent at " << nanoseconds_ << " ns";
}

void StampTag::put(Packet &packet) {
    StampTag tag;
    tag.nanoseconds_ = static_cast<uint64_t>(Simulator::Now().GetNanoSeconds());
    packet.ReplacePacketTag(tag);
}

void StampTag::put_once(const Packet &packet) {
    StampTag tag;
    if (packet.PeekPacketTag(tag))
        return;
    tag.nanoseconds_ = static_cast<uint64_t>(Simulator::Now().GetNanoSeconds());
    packet.AddPacketTag(tag);
}

bool StampTag::age(const Packet &packet, int64_t *nanoseconds) {
    StampTag tag;
    if (!packet.PeekPacketTag(tag))
        return false;
    *nanoseconds = Simulator::Now().GetNanoSeconds() - static_cast<int64_t>(tag.nanoseconds_);
    return true;
}

} // namespace lead
