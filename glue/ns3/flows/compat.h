// What differs between the versions of ns-3 that we build against, 3.37 on, told by the API itself
// and not by version numbers; see docs/ns3.md.
#ifndef LEAD_NS3_FLOWS_COMPAT_H
#define LEAD_NS3_FLOWS_COMPAT_H

#include "ns3/ipv4-routing-protocol.h"

#include <cstdint>

namespace lead {

// IANA's numbers; ns-3 has moved its own from class to class.
constexpr uint8_t TCP_NUMBER = 6;
constexpr uint8_t UDP_NUMBER = 17;
constexpr uint16_t IPV4_NUMBER = 0x0800;

// How RouteInput() takes its callbacks: by value up to 3.38, by reference since.
template <typename Function> struct RouteInputParameters;
template <typename Unicast, typename Multicast, typename Local, typename Error>
struct RouteInputParameters<bool (ns3::Ipv4RoutingProtocol::*)(
    ns3::Ptr<const ns3::Packet>, const ns3::Ipv4Header &, ns3::Ptr<const ns3::NetDevice>, Unicast,
    Multicast, Local, Error)> {
    using Forward = Unicast;
    using ForwardMulticast = Multicast;
    using Deliver = Local;
    using Fail = Error;
};
using RouteInputTypes = RouteInputParameters<decltype(&ns3::Ipv4RoutingProtocol::RouteInput)>;

// Whether the header has its source. Who has not put one in (a UDP socket, before it asks for its
// route) leaves the default: 102.102.102.102 up to 3.46, where IsInitialized() told it; 0.0.0.0
// since, where that is always true.
inline bool has_source(const ns3::Ipv4Header &header) {
    ns3::Ipv4Address source = header.GetSource();
    return source != ns3::Ipv4Address() && !source.IsAny();
}

} // namespace lead

#endif
