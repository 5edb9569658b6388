// Delay histograms: log-spaced bins (64 per octave, so at most 1.6 % wide) over the range that was
// seen, no allocation once that range is known.
#ifndef LEAD_NS3_FLOWS_HISTOGRAM_H
#define LEAD_NS3_FLOWS_HISTOGRAM_H

#include <cmath>
#include <cstdint>
#include <vector>

namespace lead {

class Histogram {
  public:
    // Counts one delay of `nanoseconds` (a negative one as 0). O(1).
    void add(int64_t nanoseconds) {
        uint64_t value = nanoseconds < 0 ? 0 : static_cast<uint64_t>(nanoseconds);
        size_t bin = bin_of(value);
        if (bin - first_ >= bins_.size())
            cover(bin);
        bins_[bin - first_]++;
        count_++;
        sum_ += static_cast<double>(value);
    }

    void merge(const Histogram &other) {
        if (other.count_ == 0)
            return;
        cover(other.first_);
        cover(other.first_ + other.bins_.size() - 1);
        for (size_t i = 0; i < other.bins_.size(); i++)
            bins_[other.first_ + i - first_] += other.bins_[i];
        count_ += other.count_;
        sum_ += other.sum_;
    }

    void clear() {
        if (count_ == 0)
            return;
        std::fill(bins_.begin(), bins_.end(), 0u);
        count_ = 0;
        sum_ = 0;
    }

    uint64_t count() const {
        return count_;
    }

    // Seconds; NaN when nothing was counted.
    double mean() const {
        return count_ ? sum_ / static_cast<double>(count_) * 1e-9 : NAN;
    }

    // The q-quantile in seconds, interpolated within its bin; NaN when nothing was counted.
    // O(bins).
    double quantile(double q) const {
        if (count_ == 0)
            return NAN;
        double rank = q * static_cast<double>(count_);
        double below = 0;
        size_t last = 0;
        for (size_t i = 0; i < bins_.size(); i++) {
            if (bins_[i] == 0)
                continue;
            last = i;
            if (below + bins_[i] >= rank)
                break;
            below += bins_[i];
        }
        double low = lower_bound(first_ + last), high = lower_bound(first_ + last + 1);
        double part = bins_[last] ? (rank - below) / bins_[last] : 0;
        return (low + (high - low) * std::fmin(std::fmax(part, 0.0), 1.0)) * 1e-9;
    }

  private:
    static constexpr int SUB_BITS = 6;

    // Values below 64 have a bin each; above, the position of the leading bit and the six bits
    // after it.
    static size_t bin_of(uint64_t value) {
        if (value < (1u << SUB_BITS))
            return value;
        int exponent = 63 - __builtin_clzll(value);
        size_t sub = (value >> (exponent - SUB_BITS)) & ((1u << SUB_BITS) - 1);
        return (static_cast<size_t>(exponent - SUB_BITS + 1) << SUB_BITS) + sub;
    }

    static double lower_bound(size_t bin) {
        size_t octave = bin >> SUB_BITS;
        double sub = static_cast<double>(bin & ((1u << SUB_BITS) - 1));
        if (octave == 0)
            return sub;
        return std::ldexp((1 << SUB_BITS) + sub, static_cast<int>(octave) - 1);
    }

    void cover(size_t bin) {
        if (bins_.empty()) {
            first_ = bin;
            bins_.assign(8, 0);
        } else if (bin < first_) {
            bins_.insert(bins_.begin(), first_ - bin, 0u);
            first_ = bin;
        } else if (bin - first_ >= bins_.size()) {
            bins_.resize(bin - first_ + 1 + bins_.size() / 4, 0);
        }
    }

    size_t first_ = 0; // bin of bins_[0]
    std::vector<uint32_t> bins_;
    uint64_t count_ = 0;
    double sum_ = 0; // ns
};

} // namespace lead

#endif
