// The test suite of contrib/lead: ./test.py -s lead in an ns-3 tree (docs/ns3.md). Our own build
// runs it as well.
#include "contrib/lead-helper.h"
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/ns3c.h"
#include "ns3/point-to-point-module.h"
#include "ns3/test.h"

#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace ns3;

// Two ways from the first node to the last, UDP sockets at the one that are bound to no address.
class Network {
  public:
    NodeContainer nodes{4};
    ApplicationContainer sink;

    Network() {
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        const uint32_t ends[4][2] = {{0, 1}, {1, 3}, {0, 2}, {2, 3}};
        Ipv4Address there;
        for (const auto &end : ends) {
            NetDeviceContainer devices = link.Install(nodes.Get(end[0]), nodes.Get(end[1]));
            there = addresses.Assign(devices).GetAddress(1);
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        server_ = InetSocketAddress(there, 9000);
        sink = PacketSinkHelper("ns3::UdpSocketFactory", server_).Install(nodes.Get(3));
    }

    void load(int flows, const char *rate) {
        OnOffHelper source("ns3::UdpSocketFactory", server_);
        source.SetConstantRate(DataRate(rate), 500);
        for (int flow = 0; flow < flows; flow++)
            source.Install(nodes.Get(0)).Start(MilliSeconds(static_cast<uint64_t>(flow)));
    }

    double received() const {
        return static_cast<double>(DynamicCast<PacketSink>(sink.Get(0))->GetTotalRx());
    }

  private:
    Address server_;
};

// The index of a link between two nodes.
int find_link(ns3c_network *network, int source, int destination) {
    for (int i = 0; i < ns3c_link_count(network); i++) {
        ns3c_link link;
        if (ns3c_link_get(network, i, &link) == LEAD_OK && link.source == source &&
            link.destination == destination)
            return i;
    }
    return 0;
}

class SplitTestCase : public TestCase {
  public:
    SplitTestCase() : TestCase("Flows of UDP sockets split within 2 percent of the shares") {}

  private:
    void DoRun() override {
        Network program;
        program.load(1000, "8kbps");
        ns3c_network *network;
        NS_TEST_ASSERT_MSG_EQ(ns3c_adopt(&network), LEAD_OK, lead_last_message());
        size_t b = static_cast<size_t>(find_link(network, 0, 1));
        size_t c = static_cast<size_t>(find_link(network, 0, 2));
        std::vector<double> splits(static_cast<size_t>(ns3c_link_count(network)), 0.0);
        splits[b] = 0.7;
        splits[c] = 0.3;
        splits[static_cast<size_t>(find_link(network, 1, 3))] = 1;
        splits[static_cast<size_t>(find_link(network, 2, 3))] = 1;
        const double *rows[4] = {nullptr, nullptr, nullptr, splits.data()};
        NS_TEST_ASSERT_MSG_EQ(ns3c_install(network, rows, nullptr), LEAD_OK, lead_last_message());
        Simulator::Stop(Seconds(6));
        Simulator::Run();
        std::vector<uint64_t> bytes(splits.size());
        ns3c_counters counters = {};
        counters.link_bytes = bytes.data();
        ns3c_read(network, &counters);
        double all = static_cast<double>(bytes[b] + bytes[c]);
        NS_TEST_EXPECT_MSG_GT(all, 5e6, "bytes sent");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(bytes[b]) / all, 0.7, 0.014, "first way");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(bytes[c]) / all, 0.3, 0.006, "second way");
        ns3c_network_free(network);
        Simulator::Destroy();
    }
};

class HelperTestCase : public TestCase {
  public:
    HelperTestCase()
        : TestCase("What one way cannot carry goes by two under the helper controller") {}

  private:
    void DoRun() override {
        Network program;
        program.load(160, "100kbps");
        LeadHelper helper;
        helper.SetAttribute("Lap", TimeValue(MilliSeconds(250)));
        std::string records = CreateTempDirFilename("records");
        helper.SetAttribute("Output", StringValue(records));
        Ptr<LeadController> controller = helper.Install();
        TimeValue lap;
        controller->GetAttribute("Lap", lap);
        NS_TEST_EXPECT_MSG_EQ(lap.Get(), MilliSeconds(250), "attribute");
        Simulator::Stop(Seconds(5));
        Simulator::Run();
        double rate = 8 * program.received() / 5;
        NS_TEST_EXPECT_MSG_GT(rate, 14e6, "bit/s arrived");
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_EQ(std::ifstream(records + "/epochs.csv").good(), true, records);
    }
};

class LeadTestSuite : public TestSuite {
  public:
    LeadTestSuite() : TestSuite("lead") {
        AddTestCase(new SplitTestCase);
        AddTestCase(new HelperTestCase);
    }
};

LeadTestSuite suite;

} // namespace
