// An ordinary ns-3 program: two offices behind routers A and D, joined by a short way (A-B-D) and a
// longer one (A-C-E-D), with TCP between their hosts. Global routing uses the short way only. With
// --controller=FILE the lead controller is attached and spreads the traffic; what that takes is
// marked with "lead:". Prints what arrived.
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

#include <lead/attach.h> // lead:

using namespace ns3;

namespace {

constexpr int HOSTS = 4; // of each office
constexpr double SECONDS = 20;

struct Office {
    NodeContainer routers, left, right;
    Ipv4AddressHelper addresses{"10.0.0.0", "255.255.255.0"};

    Ipv4InterfaceContainer join(Ptr<Node> a, Ptr<Node> b, const char *rate) {
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue(rate));
        link.SetChannelAttribute("Delay", StringValue("2ms"));
        Ipv4InterfaceContainer made = addresses.Assign(link.Install(a, b));
        addresses.NewNetwork();
        return made;
    }
};

} // namespace

int main(int argc, char **argv) {
    std::string controller;
    CommandLine command;
    command.AddValue("controller", "the controller's file", controller);
    command.Parse(argc, argv);

    Office office;
    office.routers.Create(5);
    office.left.Create(HOSTS);
    office.right.Create(HOSTS);
    const char *names[] = {"A", "B", "C", "D", "E"};
    for (int i = 0; i < 5; i++)
        Names::Add(names[i], office.routers.Get(i));
    InternetStackHelper stack;
    stack.Install(NodeContainer(office.routers, office.left, office.right));

    const int links[][2] = {{0, 1}, {1, 3}, {0, 2}, {2, 4}, {4, 3}};
    for (const auto &link : links)
        office.join(office.routers.Get(link[0]), office.routers.Get(link[1]), "10Mbps");

    ApplicationContainer sinks;
    for (int i = 0; i < HOSTS; i++) {
        office.join(office.left.Get(i), office.routers.Get(0), "100Mbps");
        Ipv4InterfaceContainer at =
            office.join(office.right.Get(i), office.routers.Get(3), "100Mbps");
        PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(at.GetAddress(0), 5000));
        sinks.Add(sink.Install(office.right.Get(i)));
        for (int flow = 0; flow < 4; flow++) {
            BulkSendHelper source("ns3::TcpSocketFactory",
                                  InetSocketAddress(at.GetAddress(0), 5000));
            ApplicationContainer app = source.Install(office.left.Get(i));
            app.Start(Seconds(0.1 + 0.05 * (4 * i + flow)));
        }
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    lead_attachment *attachment = nullptr; // lead:
    if (!controller.empty() &&
        lead_attach(controller.c_str(), "attached", &attachment) != LEAD_OK) // lead:
        NS_FATAL_ERROR(lead_last_message());                                 // lead:

    Simulator::Stop(Seconds(SECONDS));
    Simulator::Run();

    if (lead_detach(attachment) != LEAD_OK)  // lead:
        NS_FATAL_ERROR(lead_last_message()); // lead:

    double bytes = 0;
    for (uint32_t i = 0; i < sinks.GetN(); i++)
        bytes += DynamicCast<PacketSink>(sinks.Get(i))->GetTotalRx();
    std::cout << bytes * 8 / SECONDS / 1e6 << " Mbit/s arrived" << std::endl;
    Simulator::Destroy();
    return 0;
}
