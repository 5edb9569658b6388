// TCP traffic: flows of heavy-tailed sizes arrive at each pair as a Poisson process and are sent
// over ns-3's TCP as it comes (congestion control by its default), with one listening socket per
// router. A flow's memory goes when it is over.
#include "flows/stamp.h"
#include "network.h"
#include "traffic.h"

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <unordered_map>

using namespace ns3;

namespace lead {

namespace {

constexpr uint16_t SINK_PORT = 9;
constexpr uint32_t IP_HEADER = 20, TCP_HEADER = 32; // the latter with its time-stamp option
constexpr int OPEN_LIMIT = 8192;                    // of one source; ephemeral ports are 16,384
constexpr uint32_t CHUNK = 65536;
constexpr double SEGMENT_LIFETIME = 0.05; // s; 120 s would keep every closed socket for two minutes

class Tcp;

class Arrivals : public Ticker {
  public:
    Arrivals(Tcp &tcp, uint64_t seed, int source, int destination)
        : Ticker(seed), tcp_(tcp), source_(source), destination_(destination) {}

  private:
    double first_gap() override {
        return next_gap();
    }
    double next_gap() override {
        return -std::log(random_.uniform());
    }
    void tick() override;
    Tcp &tcp_;
    int source_, destination_;
};

struct TcpFlow {
    int source, destination;
    uint64_t size, handed_over = 0, received = 0;
    Time start;
    Ptr<Socket> sender, receiver;
    uint64_t key = 0; // by which the receiver's side knows it
    bool over = false;
};

void close_socket(Ptr<Socket> socket) {
    socket->Close();
}

void ignore_socket(Ptr<Socket>) {}

// Leaves the socket to itself: it answers its peer's close with its own, and ns-3 frees it.
void abandon(Ptr<Socket> socket) {
    if (!socket)
        return;
    socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
    socket->SetRecvCallback(MakeCallback(&ignore_socket));
    socket->SetConnectCallback(MakeCallback(&ignore_socket), MakeCallback(&ignore_socket));
    socket->SetCloseCallbacks(MakeCallback(&close_socket), MakeCallback(&ignore_socket));
    socket->Close();
}

class Tcp : public Traffic {
  public:
    Tcp(ns3c_network &network, const ns3c_traffic &options)
        : network_(network),
          segment_(static_cast<uint32_t>(options.packet_bytes) - IP_HEADER - TCP_HEADER),
          mean_(options.mean_flow_bytes), size_(options.mean_flow_bytes, options.shape),
          arrivals_(network.nodes.size() * network.nodes.size()), open_(network.nodes.size(), 0) {
        hook_->network = &network;
        for (int i = 0; i < network.node_count(); i++)
            listen(i);
    }

    ~Tcp() override {
        hook_->network = nullptr;
    }

    void set(const double *tm) override {
        size_t n = network_.nodes.size();
        for (size_t source = 0; source < n; source++)
            for (size_t destination = 0; destination < n; destination++) {
                auto &slot = arrivals_[source * n + destination];
                double rate = tm[source * n + destination];
                if (source == destination || (rate == 0 && !slot))
                    continue;
                int s = static_cast<int>(source), d = static_cast<int>(destination);
                if (!slot)
                    slot = std::make_unique<Arrivals>(*this, pair_seed(network_, s, d), s, d);
                slot->set_rate(rate / (8 * mean_) * 1e-9);
            }
    }

    bool flows(ns3c_flow_statistics *statistics) override {
        *statistics = statistics_;
        statistics->open = flows_.size();
        statistics->time_mean = times_.mean();
        statistics->time_p99 = times_.quantile(0.99);
        times_.clear();
        return true;
    }

    void start(int source, int destination, Random &random) {
        uint64_t size = static_cast<uint64_t>(std::fmax(1, std::nearbyint(size_.draw(random))));
        statistics_.started++;
        network_.count_offered(source, destination, size);
        // ns-3 never frees a socket that was bound but found no route, so none is made then.
        bool routed =
            network_.nodes[static_cast<size_t>(source)].routing->entry(destination).link(0) !=
            Entry::NONE;
        if (!routed || open_[static_cast<size_t>(source)] >= OPEN_LIMIT) {
            statistics_.failed++;
            return;
        }
        open_[static_cast<size_t>(source)]++;
        uint64_t id = ++last_id_;
        TcpFlow &flow = flows_[id];
        flow.source = source;
        flow.destination = destination;
        flow.size = size;
        flow.start = Simulator::Now();
        connect(id, flow);
    }

  private:
    static uint64_t key_of(Ipv4Address source, uint16_t port, int destination) {
        return mix(uint64_t{source.Get()} << 32 | uint64_t{port} << 16) ^
               static_cast<uint64_t>(destination);
    }

    Ptr<Socket> make_socket(int node) {
        Ptr<Socket> socket = Socket::CreateSocket(network_.nodes[static_cast<size_t>(node)].node,
                                                  TcpSocketFactory::GetTypeId());
        socket->SetAttribute("SegmentSize", UintegerValue(segment_));
        socket->SetAttribute("MaxSegLifetime", DoubleValue(SEGMENT_LIFETIME));
        return socket;
    }

    void listen(int node) {
        Router &router = network_.nodes[static_cast<size_t>(node)];
        Ptr<Socket> socket = make_socket(node);
        socket->Bind(InetSocketAddress(router.address, SINK_PORT));
        socket->Listen();
        socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address &>(),
                                  MakeBoundCallback(&Tcp::accepted, this, node));
        listeners_.push_back(socket);
        router.ip->TraceConnectWithoutContext("LocalDeliver",
                                              MakeBoundCallback(&Tcp::arrived, hook_, node));
    }

    void connect(uint64_t id, TcpFlow &flow) {
        Ipv4Address from = network_.nodes[static_cast<size_t>(flow.source)].address;
        Ipv4Address to = network_.nodes[static_cast<size_t>(flow.destination)].address;
        flow.sender = make_socket(flow.source);
        flow.sender->SetConnectCallback(MakeCallback(&ignore_socket),
                                        MakeBoundCallback(&Tcp::broken, this, id));
        flow.sender->SetCloseCallbacks(MakeCallback(&ignore_socket),
                                       MakeBoundCallback(&Tcp::broken, this, id));
        flow.sender->SetSendCallback(MakeBoundCallback(&Tcp::room, this, id));
        if (flow.sender->Bind(InetSocketAddress(from, 0)) != 0 ||
            flow.sender->Connect(InetSocketAddress(to, SINK_PORT)) != 0) {
            finish(id, false);
            return;
        }
        Address local;
        flow.sender->GetSockName(local);
        flow.key = key_of(from, InetSocketAddress::ConvertFrom(local).GetPort(), flow.destination);
        by_key_[flow.key] = id;
        push(flow);
    }

    void push(TcpFlow &flow) {
        while (flow.handed_over < flow.size && flow.sender->GetTxAvailable() > 0) {
            uint64_t part = std::min<uint64_t>(
                {flow.size - flow.handed_over, flow.sender->GetTxAvailable(), CHUNK});
            int sent = flow.sender->Send(Create<Packet>(static_cast<uint32_t>(part)));
            if (sent <= 0)
                return;
            flow.handed_over += static_cast<uint64_t>(sent);
        }
        if (flow.handed_over == flow.size)
            flow.sender->Close();
    }

    static void room(Tcp *tcp, uint64_t id, Ptr<Socket>, uint32_t) {
        auto found = tcp->flows_.find(id);
        if (found != tcp->flows_.end() && found->second.handed_over < found->second.size)
            tcp->push(found->second);
    }

    static void accepted(Tcp *tcp, int node, Ptr<Socket> socket, const Address &from) {
        InetSocketAddress peer = InetSocketAddress::ConvertFrom(from);
        auto found = tcp->by_key_.find(key_of(peer.GetIpv4(), peer.GetPort(), node));
        if (found == tcp->by_key_.end()) {
            abandon(socket);
            return;
        }
        tcp->flows_.at(found->second).receiver = socket;
        socket->SetRecvCallback(MakeBoundCallback(&Tcp::readable, tcp, found->second));
        socket->SetCloseCallbacks(MakeCallback(&close_socket), MakeCallback(&ignore_socket));
    }

    static void readable(Tcp *tcp, uint64_t id, Ptr<Socket> socket) {
        auto found = tcp->flows_.find(id);
        Ptr<Packet> data;
        while ((data = socket->Recv())) {
            if (data->GetSize() == 0)
                break;
            if (found == tcp->flows_.end())
                continue;
            TcpFlow &flow = found->second;
            flow.received += data->GetSize();
            tcp->network_.count_delivered(flow.source, flow.destination, data->GetSize());
        }
        if (found != tcp->flows_.end() && found->second.received >= found->second.size)
            tcp->finish(id, true);
    }

    static void broken(Tcp *tcp, uint64_t id, Ptr<Socket>) {
        tcp->finish(id, false);
    }

    // Settles the flow's account now; its sockets' callbacks, one of which may be what called us,
    // are undone when it is over.
    void finish(uint64_t id, bool completed) {
        auto found = flows_.find(id);
        if (found == flows_.end() || found->second.over)
            return;
        TcpFlow &flow = found->second;
        flow.over = true;
        if (completed)
            times_.add((Simulator::Now() - flow.start).GetNanoSeconds());
        (completed ? statistics_.completed : statistics_.failed)++;
        std::weak_ptr<char> living = network_.alive;
        Simulator::ScheduleNow([this, living, id]() {
            if (!living.expired())
                erase(id);
        });
    }

    void erase(uint64_t id) {
        auto found = flows_.find(id);
        TcpFlow flow = found->second;
        open_[static_cast<size_t>(flow.source)]--;
        by_key_.erase(flow.key);
        flows_.erase(found);
        abandon(flow.receiver);
        abandon(flow.sender);
    }

    // One-way delay of what carries data, at the IP layer.
    static void arrived(Ptr<Hook> hook, int node, const Ipv4Header &header,
                        Ptr<const Packet> packet, uint32_t) {
        uint8_t bytes[13];
        int64_t age = 0;
        if (!hook->network || header.GetProtocol() != TCP_NUMBER ||
            packet->CopyData(bytes, sizeof bytes) != sizeof bytes ||
            packet->GetSize() <= 4u * (bytes[12] >> 4) || !StampTag::age(*packet, &age))
            return;
        int source = hook->network->node_of(header.GetSource());
        if (source >= 0)
            hook->network->count_delay(source, node, age);
    }

    ns3c_network &network_;
    uint32_t segment_;
    double mean_;
    BoundedPareto size_;
    std::vector<std::unique_ptr<Arrivals>> arrivals_;
    std::vector<int> open_; // flows by source
    std::vector<Ptr<Socket>> listeners_;
    std::unordered_map<uint64_t, TcpFlow> flows_;
    std::unordered_map<uint64_t, uint64_t> by_key_;
    uint64_t last_id_ = 0;
    ns3c_flow_statistics statistics_ = {};
    Histogram times_;
    Ptr<Hook> hook_ = Create<Hook>();
};

void Arrivals::tick() {
    tcp_.start(source_, destination_, random_);
}

} // namespace

std::unique_ptr<Traffic> make_tcp(ns3c_network &network, const ns3c_traffic &options) {
    return std::make_unique<Tcp>(network, options);
}

} // namespace lead
