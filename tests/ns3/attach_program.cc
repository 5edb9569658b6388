// A small ns-3 program under the controller of the file argv[1], which writes to the folder
// argv[2]: three routers in a ring, 12 flows of 0.5 Mbit/s, five seconds in epochs of one. Prints
// the Mbit/s that arrived; ends with status 1 and the message when the controller cannot be had.
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

#include <cstdio>
#include <lead/attach.h>

using namespace ns3;

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    NodeContainer routers;
    routers.Create(3);
    InternetStackHelper().Install(routers);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
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
    source.SetConstantRate(DataRate("500kbps"), 1000);
    for (int i = 0; i < 12; i++)
        source.Install(routers.Get(0)).Start(MilliSeconds(10 + i));
    lead_attachment *attachment;
    if (lead_attach(argv[1], argv[2], &attachment) != LEAD_OK) {
        std::fprintf(stderr, "attach: %s\n", lead_last_message());
        return 1;
    }
    Simulator::Stop(Seconds(5));
    Simulator::Run();
    lead_status status = lead_detach(attachment);
    std::printf("%.2f\n",
                8e-6 / 4.9 *
                    static_cast<double>(DynamicCast<PacketSink>(sink.Get(0))->GetTotalRx()));
    Simulator::Destroy();
    return status == LEAD_OK ? 0 : 1;
}
