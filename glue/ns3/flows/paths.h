// Explicit paths of pairs of routers: which one a flow takes is decided by its place on the source
// router's circle, so every router on the way finds the same one from the packet's addresses and
// ports, without a mark on the packet. Knows nothing of ns-3.
#ifndef LEAD_NS3_FLOWS_PATHS_H
#define LEAD_NS3_FLOWS_PATHS_H

#include "buckets.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace lead {

// All paths that were ever installed, by number: the same links are the same path, so that buckets
// stay with it from one table to the next.
class PathPool {
  public:
    // The path's number; `nodes[i]` is where links[i] begins.
    int add(const std::vector<int> &links, const std::vector<int> &nodes,
            const std::vector<char> &up);
    // The link by which the path leaves a node, -1 where it does not pass. O(length).
    int next(int path, int node) const {
        for (const std::pair<int, int> &step : steps_[static_cast<size_t>(path)])
            if (step.first == node)
                return step.second;
        return -1;
    }
    // Whether all of a path's links are up, by path.
    const std::vector<char> &up() const {
        return up_;
    }
    // After a change of link states. O(total length).
    void refresh(const std::vector<char> &link_up);

  private:
    std::map<std::vector<int>, int> numbers_;
    std::vector<std::vector<std::pair<int, int>>> steps_; // (node, link) of each path
    std::vector<char> up_;
};

// The paths of all pairs as one install has them.
class PathTable {
  public:
    explicit PathTable(size_t pairs) : entries_(pairs) {}
    // All but the buckets that change stay where `before` has them.
    PathTable(const PathTable &before);

    // Gives a pair new paths (numbers and shares; none: no paths); gives the buckets that moved.
    int set(size_t pair, const Hops &paths, const std::vector<char> &up);
    void repair(const std::vector<char> &up);

    // The path of the flow at `position` of its source's circle; Entry::NONE for a pair without
    // paths, and where none of them is up. O(1).
    int path(size_t pair, uint64_t position) const {
        return entries_[pair] ? entries_[pair]->link(position) : Entry::NONE;
    }
    bool splits(size_t pair) const {
        return entries_[pair] && entries_[pair]->splits();
    }

  private:
    std::vector<std::unique_ptr<Entry>> entries_;
};

} // namespace lead

#endif
