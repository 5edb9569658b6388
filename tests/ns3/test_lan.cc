// A program whose hosts are on LANs behind their routers: what enters at a router counts for it,
// and routes follow it; what no pair explains is said.
#include "attached.h"
#include "check.h"

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

namespace {

using namespace ns3;

// r0 - {r1, r2} - r3, each link 10 Mbit/s; four hosts on a LAN at r0 send 16 Mbit/s to four at r3.
// With `deep`, the senders are on a second LAN, behind a host of the first.
struct Lan {
    NodeContainer routers, left, right;
    Ptr<Node> gate;
    ApplicationContainer sinks;
    Ipv4AddressHelper addresses{"10.0.0.0", "255.255.255.0"};

    Ipv4InterfaceContainer lan(NodeContainer nodes) {
        CsmaHelper helper;
        helper.SetChannelAttribute("DataRate", StringValue("100Mbps"));
        helper.SetChannelAttribute("Delay", StringValue("10us"));
        NetDeviceContainer devices = helper.Install(nodes);
        Ipv4InterfaceContainer given = addresses.Assign(devices);
        addresses.NewNetwork();
        return given;
    }

    void join(uint32_t a, uint32_t b) {
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        link.SetChannelAttribute("Delay", StringValue("2ms"));
        addresses.Assign(link.Install(routers.Get(a), routers.Get(b)));
        addresses.NewNetwork();
    }

    explicit Lan(bool deep) {
        routers.Create(4);
        left.Create(4);
        right.Create(4);
        gate = CreateObject<Node>();
        InternetStackHelper stack;
        stack.Install(routers);
        stack.Install(left);
        stack.Install(right);
        stack.Install(gate);
        join(0, 1);
        join(1, 3);
        join(0, 2);
        join(2, 3);
        // The program's own routes take one way: with two, ns-3's asserts end it when it meets a
        // LAN.
        routers.Get(0)->GetObject<Ipv4>()->SetMetric(2, 2);
        routers.Get(3)->GetObject<Ipv4>()->SetMetric(2, 2);
        if (deep) {
            lan(NodeContainer(routers.Get(0), gate));
            lan(NodeContainer(NodeContainer(gate), left));
        } else
            lan(NodeContainer(NodeContainer(routers.Get(0)), left));
        Ipv4InterfaceContainer there = lan(NodeContainer(NodeContainer(routers.Get(3)), right));
        for (uint32_t i = 0; i < 4; i++)
            for (uint16_t port = 9000; port < 9004; port++) {
                PacketSinkHelper sink("ns3::UdpSocketFactory",
                                      InetSocketAddress(Ipv4Address::GetAny(), port));
                sinks.Add(sink.Install(right.Get(i)));
                OnOffHelper source("ns3::UdpSocketFactory",
                                   InetSocketAddress(there.GetAddress(i + 1), port));
                source.SetConstantRate(DataRate("1Mbps"), 1000);
                source.Install(left.Get(i)).Start(MilliSeconds(100 + 4 * i + port - 9000));
            }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }
    ~Lan() {
        Simulator::Destroy();
    }

    // Mbit/s that arrived in the five seconds of a run.
    double arrived() const {
        double bytes = 0;
        for (uint32_t i = 0; i < sinks.GetN(); i++)
            bytes += static_cast<double>(DynamicCast<PacketSink>(sinks.Get(i))->GetTotalRx());
        return 8e-6 * bytes / 4.9;
    }
};

void hosts_count_for_their_router() {
    Lan lan(false);
    Attached run("near", 5);
    double delay = run.last("delay_mean_s");
    CHECK(lan.arrived() > 15, "%g of 16 Mbit/s arrived", lan.arrived());
    CHECK_NEAR(run.last("offered_bps"), 16.4e6, 0.3e6, "bit/s offered");
    CHECK_NEAR(run.last("mlu"), 0.82, 0.03, "MLU");
    CHECK(delay > 0.004 && delay < 0.1, "a delay of %g s", delay);
    CHECK(run.said.empty(), "said: %s", run.said.c_str());
}

// The senders' addresses are of no router's network, but where they enter is seen.
void hosts_further_away() {
    Lan lan(true);
    Attached run("deep", 5);
    CHECK(lan.arrived() > 15, "%g of 16 Mbit/s arrived", lan.arrived());
    CHECK_NEAR(run.last("offered_bps"), 16.4e6, 0.3e6, "bit/s offered");
    CHECK(run.said.empty(), "said: %s", run.said.c_str());
}

// Two routers on the receivers' LAN: whose they are, nobody can tell, and that is said, once.
void hosts_of_two_routers() {
    Lan lan(false);
    Ptr<CsmaChannel> channel =
        DynamicCast<CsmaChannel>(lan.right.Get(0)->GetDevice(1)->GetChannel());
    NetDeviceContainer second = CsmaHelper().Install(lan.routers.Get(2), channel);
    Ptr<Ipv4> ip = lan.routers.Get(2)->GetObject<Ipv4>();
    uint32_t interface = ip->AddInterface(second.Get(0));
    ip->AddAddress(interface, Ipv4InterfaceAddress("10.0.5.99", "255.255.255.0"));
    ip->SetUp(interface);
    Attached run("two", 5);
    const std::string &said = run.said;
    CHECK_NEAR(run.last("offered_bps"), 0, 1, "bit/s offered");
    size_t first = said.find("node node0 sends are no node's");
    CHECK(first != std::string::npos, "said: %s", said.c_str());
    CHECK(said.find("are no node's", first + 40) == std::string::npos, "said twice: %s",
          said.c_str());
}

} // namespace

int main() {
    TEST(hosts_count_for_their_router);
    TEST(hosts_further_away);
    TEST(hosts_of_two_routers);
    return finish();
}
