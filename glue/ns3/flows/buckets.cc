// Bucket tables; see buckets.h.
#include "buckets.h"

#include <algorithm>
#include <numeric>

namespace lead {

std::vector<int> apportion(const Hops &hops, int buckets) {
    std::vector<int> count(hops.size());
    std::vector<double> remainder(hops.size());
    int left = buckets;
    for (size_t i = 0; i < hops.size(); i++) {
        double exact = hops[i].share * buckets;
        count[i] = std::min(static_cast<int>(exact), left);
        remainder[i] = exact - count[i];
        left -= count[i];
    }
    for (; left > 0; left--) {
        size_t best = static_cast<size_t>(std::max_element(remainder.begin(), remainder.end()) -
                                          remainder.begin());
        count[best]++;
        remainder[best] -= 1;
    }
    return count;
}

Entry::Entry(const Entry &other)
    : hops_(other.hops_), single_(other.single_), known_(other.known_),
      base_(other.base_ ? std::make_unique<Buckets>(*other.base_) : nullptr),
      repaired_(other.repaired_ ? std::make_unique<Buckets>(*other.repaired_) : nullptr) {}

int Entry::set(const Hops &hops, const std::vector<char> &up) {
    bool was_known = known_;
    known_ = true;
    if (was_known && hops == hops_)
        return 0;
    Hops old = std::move(hops_);
    hops_ = hops;
    int moved = 0;
    if (hops_.size() > 1) {
        moved = reassign(old);
    } else {
        if (!old.empty() && !hops_.empty())
            moved = BUCKETS;
        if (moved && base_)
            for (uint8_t hop : *base_)
                moved -= old[hop].link == hops_[0].link;
        else if (moved && old[0].link == hops_[0].link)
            moved = 0;
        base_.reset();
    }
    repair(up);
    return moved;
}

// Buckets stay with their link as long as it is not over its new count; the others go to links
// below theirs, in order, so that the parts of the circle stay few and long.
int Entry::reassign(const Hops &old) {
    std::vector<int> lack = apportion(hops_, BUCKETS);
    std::vector<int> hop_now(std::max<size_t>(old.size(), 1), -1);
    for (size_t i = 0; i < old.size(); i++)
        for (size_t j = 0; j < hops_.size(); j++)
            if (old[i].link == hops_[j].link)
                hop_now[i] = static_cast<int>(j);
    bool first = old.empty();
    std::unique_ptr<Buckets> fresh = std::make_unique<Buckets>();
    std::vector<int> free;
    for (int b = 0; b < BUCKETS; b++) {
        size_t before = base_ ? (*base_)[static_cast<size_t>(b)] : 0;
        int hop = hop_now[before];
        if (hop >= 0 && lack[static_cast<size_t>(hop)] > 0) {
            (*fresh)[static_cast<size_t>(b)] = static_cast<uint8_t>(hop);
            lack[static_cast<size_t>(hop)]--;
        } else {
            free.push_back(b);
        }
    }
    size_t hop = 0;
    for (int b : free) {
        while (lack[hop] == 0)
            hop++;
        (*fresh)[static_cast<size_t>(b)] = static_cast<uint8_t>(hop);
        lack[hop]--;
    }
    base_ = std::move(fresh);
    return first ? 0 : static_cast<int>(free.size());
}

void Entry::repair(const std::vector<char> &up) {
    Hops alive;
    std::vector<uint8_t> index;
    for (size_t i = 0; i < hops_.size(); i++) {
        if (!up[static_cast<size_t>(hops_[i].link)])
            continue;
        alive.push_back(hops_[i]);
        index.push_back(static_cast<uint8_t>(i));
    }
    repaired_.reset();
    if (alive.size() <= 1) {
        single_ = alive.empty() ? NONE : alive[0].link;
        return;
    }
    single_ = MANY;
    if (alive.size() == hops_.size())
        return;
    double sum = 0;
    for (const HopShare &hop : alive)
        sum += hop.share;
    for (HopShare &hop : alive)
        hop.share /= sum;
    repaired_ = std::make_unique<Buckets>(*base_);
    std::vector<char> is_alive(hops_.size(), 0);
    for (uint8_t i : index)
        is_alive[i] = 1;
    int homeless = 0;
    for (uint8_t hop : *base_)
        homeless += !is_alive[hop];
    std::vector<int> lack = apportion(alive, homeless);
    size_t next = 0;
    for (uint8_t &hop : *repaired_) {
        if (is_alive[hop])
            continue;
        while (lack[next] == 0)
            next++;
        hop = index[next];
        lack[next]--;
    }
}

std::vector<int> Entry::in_force() const {
    std::vector<int> count(hops_.size(), 0);
    if (single_ == MANY) {
        for (uint8_t hop : repaired_ ? *repaired_ : *base_)
            count[hop]++;
    } else if (single_ >= 0) {
        for (size_t i = 0; i < hops_.size(); i++)
            if (hops_[i].link == single_)
                count[i] = BUCKETS;
    }
    return count;
}

bool Entry::uses(int link) const {
    return std::any_of(hops_.begin(), hops_.end(),
                       [link](const HopShare &hop) { return hop.link == link; });
}

} // namespace lead
