// Bucket tables: how the weighted next hops of one entry share 1024 buckets of flows, with the
// fewest buckets moved when the shares change and a local repair while next hops are down. Knows
// nothing of ns-3.
#ifndef LEAD_NS3_FLOWS_BUCKETS_H
#define LEAD_NS3_FLOWS_BUCKETS_H

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace lead {

constexpr int BUCKETS = 1024; // NS3C_BUCKETS

struct HopShare {
    int link;
    double share;
    bool operator==(const HopShare &other) const {
        return link == other.link && share == other.share;
    }
};

// Next hops of one destination at one router: links ascending, shares positive with sum 1, at most
// 255 of them.
using Hops = std::vector<HopShare>;

// Whole buckets per hop by the largest-remainder method (Hamilton 1792); ties go to the lower
// index. O(hops^2).
std::vector<int> apportion(const Hops &hops, int buckets);

class Entry {
  public:
    static constexpr int NONE = -1; // no next hop: drop
    static constexpr int MANY = -2; // see the buckets

    Entry() = default;
    Entry(const Entry &other);
    Entry(Entry &&) = default;

    // Whether a table was ever given.
    bool known() const {
        return known_;
    }
    const Hops &hops() const {
        return hops_;
    }

    // The link of the flow at `position`, a fraction of 2^64 of the circle; NONE when there is
    // none. O(1).
    int link(uint64_t position) const {
        if (single_ != MANY)
            return single_;
        const uint8_t *buckets = repaired_ ? repaired_->data() : base_->data();
        return hops_[buckets[position >> SHIFT]].link;
    }
    // Whether every flow takes the same link.
    bool splits() const {
        return single_ == MANY;
    }

    // Takes over new next hops; gives the number of buckets that moved between next hops.
    // `up[link]` says what is usable.
    int set(const Hops &hops, const std::vector<char> &up);

    // Spreads the buckets of links that are down over the others, from the undisturbed table.
    void repair(const std::vector<char> &up);

    // Buckets per hop that are in force, 0 for a hop that is down.
    std::vector<int> in_force() const;

    bool uses(int link) const;

  private:
    using Buckets = std::array<uint8_t, BUCKETS>;
    static constexpr int SHIFT = 54; // 64 - log2(BUCKETS)
    static_assert(BUCKETS == 1 << (64 - SHIFT), "buckets are the top bits of the flow hash");

    int reassign(const Hops &old);

    Hops hops_;
    int single_ = NONE;
    bool known_ = false;
    std::unique_ptr<Buckets> base_;     // with two hops or more: hop index of each bucket, as asked
    std::unique_ptr<Buckets> repaired_; // while some of several hops are down
};

} // namespace lead

#endif
