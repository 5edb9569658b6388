// Programs whose hosts are behind a Wi-Fi access point or an LTE core: what they send counts for
// the router where it enters the wired network, and routes follow it.
#include "attached.h"
#include "check.h"

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/lte-module.h"
#include "ns3/mobility-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/wifi-module.h"

namespace {

using namespace ns3;

// r0 - {r1, r2} - r3, each link 1 Mbit/s; sinks at r3.
struct Core {
    NodeContainer routers;
    ApplicationContainer sinks;
    Ipv4AddressHelper addresses{"172.16.0.0",
                                "255.255.255.0"}; // 10/8 and others are the LTE core's own
    Ipv4Address there;

    NetDeviceContainer join(Ptr<Node> a, Ptr<Node> b, const char *rate) {
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue(rate));
        link.SetChannelAttribute("Delay", StringValue("2ms"));
        NetDeviceContainer devices = link.Install(a, b);
        there = addresses.Assign(devices).GetAddress(1);
        addresses.NewNetwork();
        return devices;
    }

    Core() {
        routers.Create(4);
        InternetStackHelper().Install(routers);
        const uint32_t ends[4][2] = {{0, 1}, {1, 3}, {0, 2}, {2, 3}};
        for (auto &end : ends)
            join(routers.Get(end[0]), routers.Get(end[1]), "1Mbps");
        // The program's own routes take one way: with two, ns-3's asserts end it when it meets a
        // broadcast network.
        for (uint32_t i : {0, 3})
            routers.Get(i)->GetObject<Ipv4>()->SetMetric(2, 2);
    }
    ~Core() {
        Simulator::Destroy();
    }

    // So many flows of 100 kbit/s from each host to one port of r3: their source ports follow one
    // another, so shares are kept closely.
    void load(NodeContainer hosts, int flows) {
        const InetSocketAddress server(there, 9000);
        sinks = PacketSinkHelper("ns3::UdpSocketFactory", server).Install(routers.Get(3));
        OnOffHelper source("ns3::UdpSocketFactory", server);
        source.SetConstantRate(DataRate("100kbps"), 500);
        for (uint32_t i = 0; i < hosts.GetN(); i++)
            for (int flow = 0; flow < flows; flow++)
                source.Install(hosts.Get(i)).Start(MilliSeconds(300 + 7 * i + flow));
    }

    double arrived(double seconds) const {
        return 8 * static_cast<double>(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx()) /
               seconds;
    }
};

// Stations on a field, each hears the others.
void place(NodeContainer nodes) {
    MobilityHelper places;
    Ptr<ListPositionAllocator> list = CreateObject<ListPositionAllocator>();
    for (uint32_t i = 0; i < nodes.GetN(); i++)
        list->Add(Vector(5.0 * i, 0, 0));
    places.SetPositionAllocator(list);
    places.SetMobilityModel("ns3::ConstantPositionMobilityModel");
    places.Install(nodes);
}

void wifi() {
    Core core;
    NodeContainer hosts;
    hosts.Create(4);
    InternetStackHelper().Install(hosts);
    YansWifiPhyHelper phy;
    phy.SetChannel(YansWifiChannelHelper::Default().Create());
    WifiHelper helper;
    helper.SetStandard(WIFI_STANDARD_80211a);
    helper.SetRemoteStationManager("ns3::ConstantRateWifiManager", "DataMode",
                                   StringValue("OfdmRate24Mbps"));
    WifiMacHelper mac;
    mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(Ssid("edge")));
    NetDeviceContainer devices = helper.Install(phy, mac, core.routers.Get(0));
    mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(Ssid("edge")));
    devices.Add(helper.Install(phy, mac, hosts));
    place(NodeContainer(core.routers.Get(0), hosts));
    core.addresses.Assign(devices);
    core.addresses.NewNetwork();
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    core.load(hosts, 4); // 1.6 Mbit/s, more than one way carries
    Attached run("wifi", 6);
    CHECK(core.arrived(5.7) > 1.5e6, "%g of 1.6e6 bit/s arrived", core.arrived(5.7));
    CHECK_NEAR(run.last("offered_bps"), 1.69e6, 0.05e6, "bit/s offered");
    CHECK(run.last("mlu") < 1, "MLU %g", run.last("mlu"));
    CHECK(run.said.empty(), "said: %s", run.said.c_str());
}

// The users' packets leave the core by its gateway, which has an address of their network; on the
// way to it they travel inside packets between the core's own nodes, which are pairs of their own.
void lte() {
    Core core;
    Ptr<LteHelper> helper = CreateObject<LteHelper>();
    Ptr<PointToPointEpcHelper> epc = CreateObject<PointToPointEpcHelper>();
    helper->SetEpcHelper(epc);
    NodeContainer stations, users;
    stations.Create(1);
    users.Create(2);
    place(NodeContainer(stations, users));
    core.join(epc->GetPgwNode(), core.routers.Get(0), "100Mbps");
    core.there = core.routers.Get(3)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
    // Global routing does not know the core's nodes: static routes to r3, by r1 alone.
    Ipv4StaticRoutingHelper routes;
    Ptr<Ipv4> gateway = epc->GetPgwNode()->GetObject<Ipv4>();
    routes.GetStaticRouting(gateway)->AddNetworkRouteTo("172.16.0.0", "255.255.0.0",
                                                        gateway->GetNInterfaces() - 1);
    for (uint32_t router : {0, 1})
        routes.GetStaticRouting(core.routers.Get(router)->GetObject<Ipv4>())
            ->SetDefaultRoute(router == 0 ? "172.16.0.2" : "172.16.1.2", router == 0 ? 1 : 2);
    NetDeviceContainer cells = helper->InstallEnbDevice(stations),
                       phones = helper->InstallUeDevice(users);
    InternetStackHelper().Install(users);
    epc->AssignUeIpv4Address(phones);
    for (uint32_t i = 0; i < users.GetN(); i++)
        routes.GetStaticRouting(users.Get(i)->GetObject<Ipv4>())
            ->SetDefaultRoute(epc->GetUeDefaultGatewayAddress(), 1);
    helper->Attach(phones, cells.Get(0));
    core.load(users, 8); // 1.6 Mbit/s
    Attached run("lte", 6);
    CHECK(core.arrived(5.7) > 1.5e6, "%g of 1.6e6 bit/s arrived", core.arrived(5.7));
    CHECK(run.said.empty(), "said: %s", run.said.c_str());
    CHECK_NEAR(run.last("offered_bps"), 5.3e6, 0.2e6, "bit/s offered, on three ways");
    CHECK(run.last("mlu") < 1, "MLU %g", run.last("mlu"));
}

} // namespace

int main() {
    TEST(wifi);
    TEST(lte);
    return finish();
}
