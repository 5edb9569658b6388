// A program of somebody's: three routers in a ring, UDP flows from the first to the third.
#ifndef LEAD_TESTS_RING_H
#define LEAD_TESTS_RING_H

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

struct Ring {
    const char *link_rate, *flow_rate;
    uint32_t packet_bytes;
    int flows, first_ms; // the flows begin a millisecond apart from there on
};

// Builds it; the sink of all flows.
inline ns3::Ptr<ns3::PacketSink> build_ring(const Ring &ring) {
    using namespace ns3;
    NodeContainer routers;
    routers.Create(3);
    InternetStackHelper().Install(routers);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue(ring.link_rate));
    Ipv4Address last;
    for (uint32_t i = 0; i < 3; i++) {
        last =
            addresses.Assign(link.Install(routers.Get(i), routers.Get((i + 1) % 3))).GetAddress(0);
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    InetSocketAddress server(last, 9000);
    ApplicationContainer sink =
        PacketSinkHelper("ns3::UdpSocketFactory", server).Install(routers.Get(2));
    OnOffHelper source("ns3::UdpSocketFactory", server);
    source.SetConstantRate(DataRate(ring.flow_rate), ring.packet_bytes);
    for (int i = 0; i < ring.flows; i++)
        source.Install(routers.Get(0)).Start(MilliSeconds(ring.first_ms + i));
    return DynamicCast<PacketSink>(sink.Get(0));
}

#endif
