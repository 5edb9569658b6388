// The simulated network behind ns3c_network: routers, directed links, addresses, link states and
// counters.
#ifndef LEAD_NS3_NETWORK_H
#define LEAD_NS3_NETWORK_H

#include "flows/histogram.h"
#include "forwarder.h"
#include "ns3c.h"
#include "routing.h"
#include "traffic.h"
#include "watch/capture.h"
#include "watch/flow_watch.h"

#include "ns3/node.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/queue-disc.h"
#include "ns3/queue.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

static_assert(lead::BUCKETS == NS3C_BUCKETS, "the C interface promises as many");

namespace lead {

// What every function behind the C header throws; the C entry points turn it into a status and its
// message.
struct Failure : std::runtime_error {
    Failure(lead_status code, const std::string &text) : std::runtime_error(text), status(code) {}
    lead_status status;
};
[[noreturn]] void fail(lead_status status, const char *format, ...) LEAD_PRINTF(2, 3);

// Address -> router, open addressing: a handful of nanoseconds for every packet on every hop.
class AddressMap {
  public:
    void add(uint32_t address, int node);
    int find(uint32_t address) const {
        size_t slot = hash(address) & mask_;
        while (keys_[slot] != 0) {
            if (keys_[slot] == address)
                return nodes_[slot];
            slot = (slot + 1) & mask_;
        }
        return -1;
    }

  private:
    static size_t hash(uint32_t address) {
        return (address * 0x9e3779b97f4a7c15u) >> 32;
    }
    void grow();
    std::vector<uint32_t> keys_ = std::vector<uint32_t>(16, 0);
    std::vector<int> nodes_ = std::vector<int>(16, -1);
    size_t mask_ = 15, count_ = 0;
};

struct Router {
    std::string name;
    ns3::Ptr<ns3::Node> node;
    ns3::Ptr<ns3::Ipv4L3Protocol> ip;
    ns3::Ptr<Routing> routing;
    ns3::Ipv4Address address; // made: the host address; adopted: the first one
    uint64_t unrouted = 0;    // bytes without a next hop
    int last_link = -1;       // adopted: by which its IP sent last; -1: by what is no link
};

// Addresses behind a router, on a network of its own that is no link (a LAN, Wi-Fi, LTE): what
// comes from or goes to them enters or leaves at the router (adopted).
struct Subnet {
    uint32_t mask, network;
    int node; // -1: several routers have it, so no one
};

// Follows a 32-bit counter of ns-3 that wraps.
struct Tally {
    uint64_t total = 0;
    uint32_t last = 0;
    void follow(uint32_t now) {
        total += static_cast<uint32_t>(now - last);
        last = now;
    }
};

struct Link {
    ns3c_link options;
    std::string queue_name; // what options.queue points at
    ns3::Ptr<ns3::PointToPointNetDevice> device, peer;
    ns3::Ptr<ns3::Queue<ns3::Packet>> queue;
    ns3::Ptr<ns3::QueueDisc> disc; // none: the device's queue alone
    uint32_t interface = 0, peer_interface = 0;
    int reverse = -1;      // the link that shares the channel
    bool wanted_up = true; // by ns3c_set_link
    ns3::Ptr<ns3::Ipv4Route> route;
    ns3::Address broadcast; // of the device, which asks for one
    Tally received, received_packets, dropped_before, dropped_before_packets, dropped_after,
        dropped_after_packets;
    uint64_t flushed = 0;       // bytes taken out of the queue disc when the link went down
    uint64_t dropped_above = 0; // bytes that the traffic control layer dropped (adopted)
    uint64_t bytes_before = 0, packets_before = 0, lost_before = 0; // counted when it was adopted
};

// Outlives the network in trace sinks that ns-3 keeps; without a network they do nothing.
struct Hook : ns3::SimpleRefCount<Hook> {
    ns3c_network *network = nullptr;
};

struct Pair {
    uint64_t offered = 0, delivered = 0;
    Histogram delay;
};

} // namespace lead

struct ns3c_network {
    uint64_t seed = 0;
    bool adopted = false;
    bool built = false;
    bool destroyed = false; // Simulator::Destroy was called by somebody
    bool running = false;
    int mtu = 0;
    std::vector<lead::Router> nodes;
    std::vector<lead::Link> links;
    std::unordered_map<std::string, int> names;
    lead::AddressMap addresses; // of the routers themselves
    std::vector<lead::Subnet> subnets;
    lead::AddressMap hosts;            // those in the subnets that were met so far
    std::vector<std::vector<int>> out; // [n] links out of a node, ascending
    std::vector<char> up;              // [m] usable: wanted, and both interfaces up
    std::vector<lead::Pair> pairs;     // [n * n]
    std::map<std::pair<int, uint32_t>, std::vector<int>> links_of_interface; // (node, interface)
    uint64_t packets_delivered = 0;
    uint64_t buckets_moved = 0;
    uint64_t version = 0; // of the tables installed last
    lead::PathPool path_pool;
    std::shared_ptr<lead::PathTable> paths;                  // installed last; none: never any
    std::vector<std::weak_ptr<lead::PathTable>> path_tables; // that some router may have
    lead_status failure = LEAD_OK;
    std::string failure_message;
    std::vector<ns3::Ptr<lead::Forwarder>> forwarders; // empty: packets take ns-3's way
    std::vector<std::unique_ptr<lead::Capture>> captures;
    std::unique_ptr<lead::FlowWatch> flow_watch;            // none: FlowMonitor is not asked for
    std::unique_ptr<lead::Traffic> traffic;                 // goes first
    ns3::Ptr<lead::Hook> hook;                              // what our trace sinks know of us
    std::shared_ptr<char> alive = std::make_shared<char>(); // scheduled calls check that it lives

    int node_count() const {
        return static_cast<int>(nodes.size());
    }
    int link_count() const {
        return static_cast<int>(links.size());
    }
    size_t index_of(int source, int destination) const {
        return static_cast<size_t>(source) * nodes.size() + static_cast<size_t>(destination);
    }
    lead::Pair &pair(int source, int destination) {
        return pairs[index_of(source, destination)];
    }
    // The router that has the address, or that it is behind; -1: none.
    int node_of(ns3::Ipv4Address address) {
        int node = addresses.find(address.Get());
        return node >= 0 || subnets.empty() ? node : node_of_host(address.Get());
    }
    bool is_link(int node, uint32_t interface) const {
        return links_of_interface.count({node, interface}) > 0;
    }

    // Counters of sources and sinks. count_put() must be told of everything that goes onto a link,
    // at each (twice does no harm): device counters have 32 bits and are read in time.
    void count_offered(int source, int destination, uint64_t bytes) {
        pair(source, destination).offered += bytes;
    }
    void count_put(uint64_t bytes) {
        put_ += bytes;
        if (put_ > POLL_BYTES)
            poll();
    }
    void count_delivered(int source, int destination, uint64_t bytes) {
        pair(source, destination).delivered += bytes;
    }
    void count_delay(int source, int destination, int64_t nanoseconds) {
        pair(source, destination).delay.add(nanoseconds);
        packets_delivered++;
    }

    // Reads the device counters of all links. O(m).
    void poll();

    void check_index(const char *what, int index, int count) const;
    void check_alive() const;
    void check_built() const;
    void check_clock(double seconds) const; // that many from now

    // Interfaces and links (links.cc).
    void make_links();
    void index_links();
    void refresh(int link);
    void interface_changed(int node, uint32_t interface);
    void set_link(int link, bool want_up);
    void set_rate(int link, double rate);
    uint64_t link_bytes(const lead::Link &link) const;
    uint64_t link_dropped(const lead::Link &link) const;

    void build(int largest_packet);
    void adopt();
    void attach(int node, const lead::FlowHash &hash);
    void install(const double *const *splits, const double *delays);
    void install_paths(const ns3c_path *paths, int count, const double *delays);
    void repair_paths();
    void schedule(double delay, lead_status (*callback)(void *), void *data);
    void run(double seconds);
    void read(ns3c_counters *counters);

  private:
    static constexpr uint64_t POLL_BYTES = uint64_t{1} << 30;
    uint64_t put_ = 0;
    int node_of_host(uint32_t address);
    void flush(lead::Link &link);
    void check_delays(const double *delays) const;
    lead::HopShare hop_for(const ns3c_path &path, int number);
    lead::Table table_for(int node, const double *const *splits) const;
};

#endif
