// Two ways between A and D, A-B-D and A-C-D, of 10 Mbit/s each, and 16 Mbit/s of UDP from A to D.
// ns-3's own routing takes one of them; with the controller both carry. Its attributes can be set
// on the command line, for instance --ns3::LeadController::Lap=250ms.
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/lead-module.h"
#include "ns3/point-to-point-module.h"

#include <iostream>

using namespace ns3;

int main(int argc, char **argv) {
    bool attach = true;
    CommandLine command(__FILE__);
    command.AddValue("attach", "whether the controller is attached", attach);
    command.Parse(argc, argv);

    NodeContainer nodes(4);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    link.SetChannelAttribute("Delay", StringValue("2ms"));
    Ipv4Address there;
    const uint32_t ends[4][2] = {{0, 1}, {1, 3}, {0, 2}, {2, 3}};
    for (const auto &end : ends) {
        there = addresses.Assign(link.Install(nodes.Get(end[0]), nodes.Get(end[1]))).GetAddress(1);
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    InetSocketAddress server(there, 9000);
    ApplicationContainer sink =
        PacketSinkHelper("ns3::UdpSocketFactory", server).Install(nodes.Get(3));
    OnOffHelper source("ns3::UdpSocketFactory", server);
    source.SetConstantRate(DataRate("100kbps"), 500);
    for (int flow = 0; flow < 160; flow++)
        source.Install(nodes.Get(0)).Start(MilliSeconds(100 + flow));

    LeadHelper lead;
    if (attach)
        lead.Install();
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    double bytes = static_cast<double>(DynamicCast<PacketSink>(sink.Get(0))->GetTotalRx());
    std::cout << 8e-6 * bytes / 9.9 << " of 16 Mbit/s arrived" << std::endl;
    Simulator::Destroy();
    return 0;
}
