// Links: channels and queues, going down and up, and what their devices have counted.
#include "network.h"

#include "ns3/drop-tail-queue.h"
#include "ns3/ipv4-interface-address.h"
#include "ns3/mac48-address.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/red-queue-disc.h"
#include "ns3/simulator.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/traffic-control-layer.h"

#include <algorithm>

using namespace ns3;
using namespace lead;

namespace {

constexpr uint64_t PPP_HEADER = 2;

QueueSize limit_of(const ns3c_link &link) {
    if (link.queue_packets > 0)
        return QueueSize(QueueSizeUnit::PACKETS, static_cast<uint32_t>(link.queue_packets));
    return QueueSize(QueueSizeUnit::BYTES, static_cast<uint32_t>(link.queue_bytes));
}

// A device's FIFO whose limit is one of IP packets: a DropTailQueue counts their PPP headers as
// well, so a limit in bytes moves with the number of packets.
class Fifo : public DropTailQueue<Packet> {
  public:
    void set_limit(QueueSize limit) {
        limit_ = limit;
        SetMaxSize(limit);
    }
    bool Enqueue(Ptr<Packet> packet) override {
        if (limit_.GetUnit() == QueueSizeUnit::BYTES) {
            uint32_t headers = static_cast<uint32_t>(PPP_HEADER) * (GetNPackets() + 1);
            SetMaxSize(QueueSize(QueueSizeUnit::BYTES, limit_.GetValue() + headers));
        }
        return DropTailQueue<Packet>::Enqueue(packet);
    }

  private:
    QueueSize limit_;
};

Ptr<QueueDisc> make_disc(const Link &link, Ptr<PointToPointNetDevice> device, int stream) {
    TrafficControlHelper helper;
    QueueSizeValue limit(limit_of(link.options));
    if (link.queue_name == "red") {
        // Floyd's advice (2000): the upper threshold at three times the lower one, room for bursts
        // above.
        double most = static_cast<double>(limit.Get().GetValue());
        helper.SetRootQueueDisc("ns3::RedQueueDisc", "MaxSize", limit, "MinTh",
                                DoubleValue(most / 6), "MaxTh", DoubleValue(most / 2),
                                "LinkBandwidth",
                                DataRateValue(DataRate(static_cast<uint64_t>(link.options.rate))),
                                "LinkDelay", TimeValue(Seconds(link.options.delay)));
    } else {
        helper.SetRootQueueDisc("ns3::CoDelQueueDisc", "MaxSize", limit);
    }
    Ptr<QueueDisc> disc = helper.Install(device).Get(0);
    if (Ptr<RedQueueDisc> red = DynamicCast<RedQueueDisc>(disc))
        red->AssignStreams(stream);
    return disc;
}

Ptr<PointToPointNetDevice> make_device(Router &node, Ptr<PointToPointChannel> channel, double rate,
                                       int mtu, Ptr<Queue<Packet>> queue, bool flow_control,
                                       uint32_t address, uint32_t *interface) {
    Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
    device->SetAddress(Mac48Address::Allocate());
    device->SetDataRate(DataRate(static_cast<uint64_t>(std::max(1.0, std::nearbyint(rate)))));
    device->SetMtu(static_cast<uint16_t>(mtu));
    node.node->AddDevice(device);
    device->SetQueue(queue);
    device->Attach(channel);
    if (flow_control) {
        Ptr<NetDeviceQueueInterface> queues = CreateObject<NetDeviceQueueInterface>();
        queues->GetTxQueue(0)->ConnectQueueTraces(queue);
        device->AggregateObject(queues);
    }
    *interface = node.ip->AddInterface(device);
    node.ip->AddAddress(*interface, Ipv4InterfaceAddress(Ipv4Address(address), Ipv4Mask("/30")));
    node.ip->SetUp(*interface);
    return device;
}

// The first later link that goes the other way with the same delay and is free, or -1.
int find_reverse(const std::vector<Link> &links, const std::vector<std::vector<int>> &out,
                 int index) {
    const ns3c_link &link = links[static_cast<size_t>(index)].options;
    for (int other : out[static_cast<size_t>(link.destination)]) {
        const Link &candidate = links[static_cast<size_t>(other)];
        if (other > index && candidate.reverse < 0 &&
            candidate.options.destination == link.source && candidate.options.delay == link.delay)
            return other;
    }
    return -1;
}

} // namespace

void ns3c_network::make_links() {
    out.assign(nodes.size(), {});
    for (int i = 0; i < link_count(); i++)
        out[static_cast<size_t>(links[static_cast<size_t>(i)].options.source)].push_back(i);
    uint32_t subnet = 0;
    for (int i = 0; i < link_count(); i++) {
        Link &link = links[static_cast<size_t>(i)];
        if (link.device)
            continue;
        link.reverse = find_reverse(links, out, i);
        Link *back = link.reverse >= 0 ? &links[static_cast<size_t>(link.reverse)] : nullptr;
        Ptr<PointToPointChannel> channel = CreateObject<PointToPointChannel>();
        channel->SetAttribute("Delay", TimeValue(Seconds(link.options.delay)));
        uint32_t network = 0xac100000u + 4 * subnet++; // 172.16.0.0/12 in parts of four
        auto make = [&](Link *of, int node, uint32_t address, uint32_t *interface) {
            bool disc = of && of->queue_name != "fifo";
            Ptr<Fifo> queue = CreateObject<Fifo>();
            queue->set_limit(of && !disc ? limit_of(of->options) : QueueSize("1p"));
            return make_device(nodes[static_cast<size_t>(node)], channel,
                               of ? of->options.rate : link.options.rate, mtu, queue, disc, address,
                               interface);
        };
        link.device = make(&link, link.options.source, network + 1, &link.interface);
        link.peer = make(back, link.options.destination, network + 2, &link.peer_interface);
        if (back) {
            back->reverse = i;
            back->device = link.peer;
            back->peer = link.device;
            back->interface = link.peer_interface;
            back->peer_interface = link.interface;
        }
    }
    for (int i = 0; i < link_count(); i++) {
        Link &link = links[static_cast<size_t>(i)];
        link.queue = link.device->GetQueue();
        if (link.queue_name != "fifo")
            link.disc = make_disc(link, link.device, i);
    }
}

void ns3c_network::index_links() {
    up.assign(links.size(), 1);
    out.assign(nodes.size(), {});
    for (int i = 0; i < link_count(); i++) {
        Link &link = links[static_cast<size_t>(i)];
        Router &source = nodes[static_cast<size_t>(link.options.source)];
        Router &destination = nodes[static_cast<size_t>(link.options.destination)];
        out[static_cast<size_t>(link.options.source)].push_back(i);
        links_of_interface[{link.options.source, link.interface}].push_back(i);
        links_of_interface[{link.options.destination, link.peer_interface}].push_back(i);
        Ipv4Address near = source.ip->GetAddress(link.interface, 0).GetLocal();
        Ipv4Address far = destination.ip->GetAddress(link.peer_interface, 0).GetLocal();
        addresses.add(near.Get(), link.options.source);
        addresses.add(far.Get(), link.options.destination);
        link.route = Create<Ipv4Route>();
        link.route->SetSource(adopted ? near : source.address);
        link.route->SetGateway(far);
        link.route->SetOutputDevice(link.device);
        link.broadcast = link.device->GetBroadcast();
    }
}

void ns3c_network::refresh(int index) {
    Link &link = links[static_cast<size_t>(index)];
    bool usable =
        link.wanted_up &&
        nodes[static_cast<size_t>(link.options.source)].ip->IsUp(link.interface) &&
        nodes[static_cast<size_t>(link.options.destination)].ip->IsUp(link.peer_interface);
    if (usable == static_cast<bool>(up[static_cast<size_t>(index)]))
        return;
    up[static_cast<size_t>(index)] = usable;
    nodes[static_cast<size_t>(link.options.source)].routing->repair(index);
    repair_paths();
    if (!usable)
        flush(link);
}

void ns3c_network::interface_changed(int node, uint32_t interface) {
    auto found = links_of_interface.find({node, interface});
    if (!built || found == links_of_interface.end())
        return;
    for (int link : found->second)
        refresh(link);
}

// The queue disc first: a device queue that gets room asks it for more.
void ns3c_network::flush(Link &link) {
    while (link.disc) {
        Ptr<QueueDiscItem> item = link.disc->Dequeue();
        if (!item)
            break;
        link.flushed += item->GetSize();
    }
    link.queue->Flush();
}

void ns3c_network::set_link(int index, bool want_up) {
    check_built();
    check_index("link", index, link_count());
    Link &link = links[static_cast<size_t>(index)];
    link.wanted_up = want_up;
    bool dead =
        !want_up && (link.reverse < 0 || !links[static_cast<size_t>(link.reverse)].wanted_up);
    // The routers first: nothing must be put on a link whose interface is down.
    refresh(index);
    Ptr<Ipv4L3Protocol> near = nodes[static_cast<size_t>(link.options.source)].ip;
    Ptr<Ipv4L3Protocol> far = nodes[static_cast<size_t>(link.options.destination)].ip;
    if (dead) {
        near->SetDown(link.interface);
        far->SetDown(link.peer_interface);
    } else if (want_up) {
        if (!near->IsUp(link.interface))
            near->SetUp(link.interface);
        if (!far->IsUp(link.peer_interface))
            far->SetUp(link.peer_interface);
    }
    refresh(index);
}

void ns3c_network::set_rate(int index, double rate) {
    check_built();
    check_index("link", index, link_count());
    Link &link = links[static_cast<size_t>(index)];
    link.options.rate = rate;
    link.device->SetDataRate(DataRate(static_cast<uint64_t>(std::max(1.0, std::nearbyint(rate)))));
}

void ns3c_network::poll() {
    put_ = 0;
    for (Link &link : links) {
        const Queue<Packet> &queue = *link.queue;
        link.received.follow(queue.GetTotalReceivedBytes());
        link.received_packets.follow(queue.GetTotalReceivedPackets());
        link.dropped_before.follow(queue.GetTotalDroppedBytesBeforeEnqueue());
        link.dropped_before_packets.follow(queue.GetTotalDroppedPacketsBeforeEnqueue());
        link.dropped_after.follow(queue.GetTotalDroppedBytesAfterDequeue());
        link.dropped_after_packets.follow(queue.GetTotalDroppedPacketsAfterDequeue());
    }
}

uint64_t ns3c_network::link_bytes(const Link &link) const {
    uint64_t bytes = link.received.total - link.dropped_after.total - link.queue->GetNBytes();
    uint64_t packets =
        link.received_packets.total - link.dropped_after_packets.total - link.queue->GetNPackets();
    return bytes - PPP_HEADER * packets - link.bytes_before;
}

uint64_t ns3c_network::link_dropped(const Link &link) const {
    uint64_t bytes = link.dropped_before.total + link.dropped_after.total;
    uint64_t packets = link.dropped_before_packets.total + link.dropped_after_packets.total;
    uint64_t disc = link.disc ? link.disc->GetStats().nTotalDroppedBytes : 0;
    return bytes - PPP_HEADER * packets + disc + link.flushed + link.dropped_above -
           link.lost_before;
}
