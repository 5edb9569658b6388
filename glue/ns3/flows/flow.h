// Where a flow stands on each router's circle. Buckets are the top bits of
//   position = mix(addresses, protocol, destination port, router's salt) + source port * router's
//   multiplier  (mod 2^64),
// so that the consecutive source ports of one pair of hosts are a Kronecker sequence: their shares
// at a router differ from the asked ones by O(log N / N) instead of the O(1 / sqrt N) of a random
// hash. The multipliers are the fractional parts of square roots of primes, independent over the
// rationals, so that this holds jointly over several routers as well (Niederreiter 1992, ch. 3) and
// a router's split says nothing about the next one's.
#ifndef LEAD_NS3_FLOWS_FLOW_H
#define LEAD_NS3_FLOWS_FLOW_H

#include <cstdint>
#include <vector>

namespace lead {

struct Flow {
    uint32_t source, destination; // addresses
    uint8_t protocol;
    uint16_t source_port, destination_port; // 0 when the protocol has none
};

// Finalizer of SplitMix64 (Steele, Lea and Flood 2014).
inline uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

struct FlowHash {
    uint64_t salt = 0, multiplier = 1;

    uint64_t base(const Flow &flow) const {
        uint64_t hosts = (uint64_t{flow.source} << 32) | flow.destination;
        uint64_t service = (uint64_t{flow.protocol} << 16) | flow.destination_port;
        return mix(mix(hosts ^ salt) + service * 0x9e3779b97f4a7c15u);
    }
    uint64_t position(const Flow &flow) const {
        return base(flow) + flow.source_port * multiplier;
    }
};

// One hash per router. O(count^2).
std::vector<FlowHash> flow_hashes(uint64_t seed, int count);

// A small generator (SplitMix64), one per traffic source.
struct Random {
    uint64_t state;
    uint64_t next() {
        return mix(state += 0x9e3779b97f4a7c15u);
    }
    // Uniform in (0, 1].
    double uniform() {
        return static_cast<double>((next() >> 11) + 1) * 0x1p-53;
    }
};

} // namespace lead

#endif
