// UDP traffic: one source per pair of routers (or per micro-flow, Pareto), one sink per router.
// Sources put their packets straight onto IP with the route in hand, or onto the device where there
// are forwarders; sinks are an IP protocol of their own; no sockets are in between.
#include "flows/stamp.h"
#include "network.h"
#include "traffic.h"

#include "ns3/ip-l4-protocol.h"
#include "ns3/ipv4-header.h"

using namespace ns3;

namespace lead {

namespace {

constexpr uint16_t FIRST_PORT = 1024, SINK_PORT = 9;
constexpr uint32_t IP_HEADER = 20;

// Takes the place of UDP at a router: counts what arrives and how old it is.
class UdpSink : public IpL4Protocol {
  public:
    static TypeId GetTypeId() {
        static TypeId id = TypeId("lead::UdpSink").SetParent<IpL4Protocol>();
        return id;
    }
    UdpSink(ns3c_network *network, int node) : network_(network), node_(node) {}
    void detach() {
        network_ = nullptr;
    }

    int GetProtocolNumber() const override {
        return UDP_NUMBER;
    }
    RxStatus Receive(Ptr<Packet> packet, const Ipv4Header &header, Ptr<Ipv4Interface>) override;
    RxStatus Receive(Ptr<Packet>, const Ipv6Header &, Ptr<Ipv6Interface>) override {
        return RX_ENDPOINT_CLOSED;
    }
    void SetDownTarget(DownTargetCallback) override {}
    void SetDownTarget6(DownTargetCallback6) override {}
    DownTargetCallback GetDownTarget() const override {
        return DownTargetCallback();
    }
    DownTargetCallback6 GetDownTarget6() const override {
        return DownTargetCallback6();
    }

  private:
    ns3c_network *network_;
    int node_;
};

IpL4Protocol::RxStatus UdpSink::Receive(Ptr<Packet> packet, const Ipv4Header &header,
                                        Ptr<Ipv4Interface>) {
    uint8_t bytes[StampHeader::SIZE];
    int source = network_ ? network_->node_of(header.GetSource()) : -1;
    if (source < 0 || packet->CopyData(bytes, sizeof bytes) != sizeof bytes)
        return RX_ENDPOINT_CLOSED;
    uint64_t sent = 0;
    for (int i = 8; i < 16; i++)
        sent = sent << 8 | bytes[i];
    int64_t age = Simulator::Now().GetNanoSeconds() - static_cast<int64_t>(sent);
    network_->count_delivered(source, node_, packet->GetSize() + IP_HEADER);
    network_->count_delay(source, node_, age);
    return RX_OK;
}

// Sends packets of one pair.
class Sender {
  public:
    Sender(ns3c_network &network, const ns3c_traffic &options, int source, int destination)
        : network_(network), bytes_(static_cast<uint32_t>(options.packet_bytes)), source_(source),
          destination_(destination), node_(network.nodes[static_cast<size_t>(source)]) {
        Ipv4Address from = node_.address,
                    to = network.nodes[static_cast<size_t>(destination)].address;
        ip_.SetSource(from);
        ip_.SetDestination(to);
        ip_.SetProtocol(UDP_NUMBER);
        ip_.SetTtl(64);
        ip_.SetPayloadSize(static_cast<uint16_t>(bytes_ - IP_HEADER));
        udp_.destination_port = SINK_PORT;
        udp_.length = static_cast<uint16_t>(bytes_ - IP_HEADER);
        flow_ = {from.Get(), to.Get(), UDP_NUMBER, 0, SINK_PORT};
    }

    void send(uint32_t flow) {
        network_.count_offered(source_, destination_, bytes_);
        udp_.source_port = static_cast<uint16_t>(FIRST_PORT + flow);
        flow_.source_port = udp_.source_port;
        int link = node_.routing->link_of(flow_, destination_);
        if (link < 0) {
            node_.unrouted += bytes_;
            return;
        }
        network_.count_put(bytes_);
        udp_.nanoseconds = static_cast<uint64_t>(Simulator::Now().GetNanoSeconds());
        Ptr<Packet> packet = Create<Packet>(bytes_ - IP_HEADER - StampHeader::SIZE);
        packet->AddHeader(udp_);
        Link &out = network_.links[static_cast<size_t>(link)];
        if (network_.flow_watch) { // its probes hear of no other way
            node_.ip->Send(packet, ip_.GetSource(), ip_.GetDestination(), UDP_NUMBER, out.route);
        } else if (network_.forwarders.empty()) {
            node_.ip->SendWithHeader(packet, ip_, out.route);
        } else {
            packet->AddHeader(ip_);
            out.device->Send(packet, out.broadcast, IPV4_NUMBER);
        }
    }

  private:
    ns3c_network &network_;
    uint32_t bytes_;
    int source_, destination_;
    Router &node_;
    Ipv4Header ip_;
    StampHeader udp_;
    Flow flow_;
};

class Source {
  public:
    virtual ~Source() = default;
    // Packets per nanosecond of the whole pair.
    virtual void set_packet_rate(double rate) = 0;
};

// The packets of all micro-flows by one clock.
class TickedSource : public Source, protected Ticker {
  public:
    TickedSource(ns3c_network &network, const ns3c_traffic &options, int source, int destination)
        : Ticker(pair_seed(network, source, destination)),
          sender_(network, options, source, destination),
          flows_(static_cast<uint32_t>(options.flows_per_pair)) {}
    void set_packet_rate(double rate) override {
        set_rate(rate);
    }

  protected:
    Sender sender_;
    uint32_t flows_;
};

// Constant bit rate: even gaps, micro-flows in turn.
class CbrSource : public TickedSource {
  public:
    using TickedSource::TickedSource;

  private:
    double first_gap() override {
        return random_.uniform();
    }
    double next_gap() override {
        return 1;
    }
    void tick() override {
        sender_.send(flow_);
        flow_ = flow_ + 1 < flows_ ? flow_ + 1 : 0;
    }
    uint32_t flow_ = 0;
};

// Poisson: the superposition of the micro-flows' Poisson processes.
class PoissonSource : public TickedSource {
  public:
    using TickedSource::TickedSource;

  private:
    double first_gap() override {
        return next_gap();
    }
    double next_gap() override {
        return -std::log(random_.uniform());
    }
    void tick() override {
        sender_.send(static_cast<uint32_t>(random_.next() % flows_));
    }
};

// One micro-flow that is on and off by turns and evenly paced while on.
class OnOffFlow : Alarm {
  public:
    OnOffFlow(Sender &sender, uint32_t flow, uint64_t seed, const BoundedPareto &on,
              const BoundedPareto &off, double duty)
        : sender_(sender), flow_(flow), random_{seed}, on_time_(on), off_time_(off), duty_(duty) {}

    // Packets per nanosecond on average.
    void set_mean_rate(double rate) {
        double now = static_cast<double>(Simulator::Now().GetNanoSeconds());
        bool was_running = peak_ > 0;
        if (was_running && on_)
            left_ -= (now - since_) * peak_;
        peak_ = rate / duty_;
        since_ = now;
        if (peak_ > 0 && !was_running)
            start(now);
        if (peak_ > 0)
            arm();
        else
            clear_alarm();
    }

  private:
    // In the middle of things, as the stationary process would be found.
    void start(double now) {
        on_ = random_.uniform() <= duty_;
        phase_end_ = now + (on_ ? on_time_ : off_time_).draw_rest(random_);
        left_ = random_.uniform();
    }

    void arm() {
        double packet = on_ ? since_ + std::fmax(left_, 0.0) / peak_ : INFINITY;
        packet_next_ = packet <= phase_end_;
        set_alarm(packet_next_ ? packet : phase_end_);
        wake_ = packet_next_ ? packet : phase_end_;
    }

    void ring() override {
        if (on_)
            left_ -= (wake_ - since_) * peak_;
        since_ = wake_;
        if (packet_next_) {
            left_ = 1;
            arm();
            sender_.send(flow_);
            return;
        }
        on_ = !on_;
        phase_end_ += (on_ ? on_time_ : off_time_).draw(random_);
        arm();
    }

    Sender &sender_;
    uint32_t flow_;
    Random random_;
    const BoundedPareto &on_time_, &off_time_;
    double duty_;
    double peak_ = 0;  // packets per ns while on
    double since_ = 0; // ns; when left_ was true
    double left_ = 0;  // packets to go (0..1) until the next one leaves
    double phase_end_ = 0, wake_ = 0;
    bool on_ = false, packet_next_ = false;
};

class ParetoSource : public Source {
  public:
    ParetoSource(ns3c_network &network, const ns3c_traffic &options, int source, int destination)
        : sender_(network, options, source, destination),
          on_(options.on_seconds * 1e9, options.shape),
          off_(options.off_seconds * 1e9, options.shape) {
        Random seeds{pair_seed(network, source, destination)};
        double duty = options.on_seconds / (options.on_seconds + options.off_seconds);
        for (int i = 0; i < options.flows_per_pair; i++)
            flows_.push_back(std::make_unique<OnOffFlow>(sender_, static_cast<uint32_t>(i),
                                                         seeds.next(), on_, off_, duty));
    }
    void set_packet_rate(double rate) override {
        if (rate == rate_)
            return;
        rate_ = rate;
        for (auto &flow : flows_)
            flow->set_mean_rate(rate / static_cast<double>(flows_.size()));
    }

  private:
    Sender sender_;
    BoundedPareto on_, off_; // ns
    double rate_ = 0;
    std::vector<std::unique_ptr<OnOffFlow>> flows_;
};

class Udp : public Traffic {
  public:
    Udp(ns3c_network &network, const ns3c_traffic &options)
        : network_(network), options_(options), model_(options.model),
          sources_(network.nodes.size() * network.nodes.size()) {
        for (int i = 0; i < network.node_count(); i++) {
            sinks_.push_back(CreateObject<UdpSink>(&network, i));
            network.nodes[static_cast<size_t>(i)].ip->Insert(sinks_.back());
        }
        bool through_stack = options.through_stack || network.flow_watch;
        for (const Link &link : network.links)
            through_stack = through_stack || link.disc;
        if (!through_stack)
            for (const Link &link : network.links)
                network.forwarders.push_back(Create<Forwarder>(network, link.options.destination,
                                                               link.peer, link.peer_interface));
    }

    ~Udp() override {
        for (auto &sink : sinks_)
            sink->detach();
        for (auto &forwarder : network_.forwarders)
            forwarder->detach();
    }

    void set(const double *tm) override {
        size_t n = network_.nodes.size();
        for (size_t source = 0; source < n; source++)
            for (size_t destination = 0; destination < n; destination++) {
                auto &slot = sources_[source * n + destination];
                double rate = tm[source * n + destination];
                if (source == destination || (rate == 0 && !slot))
                    continue;
                if (!slot)
                    slot = make(static_cast<int>(source), static_cast<int>(destination));
                slot->set_packet_rate(rate / (8.0 * options_.packet_bytes) * 1e-9);
            }
    }

  private:
    std::unique_ptr<Source> make(int source, int destination) {
        if (model_ == "cbr")
            return std::make_unique<CbrSource>(network_, options_, source, destination);
        if (model_ == "poisson")
            return std::make_unique<PoissonSource>(network_, options_, source, destination);
        return std::make_unique<ParetoSource>(network_, options_, source, destination);
    }

    ns3c_network &network_;
    ns3c_traffic options_;
    std::string model_;
    std::vector<std::unique_ptr<Source>> sources_;
    std::vector<Ptr<UdpSink>> sinks_;
};

} // namespace

std::unique_ptr<Traffic> make_udp(ns3c_network &network, const ns3c_traffic &options) {
    return std::make_unique<Udp>(network, options);
}

} // namespace lead
