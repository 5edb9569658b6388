// Explicit paths; see paths.h.
#include "paths.h"

namespace lead {

int PathPool::add(const std::vector<int> &links, const std::vector<int> &nodes,
                  const std::vector<char> &up) {
    auto [at, fresh] = numbers_.try_emplace(links, static_cast<int>(steps_.size()));
    if (!fresh)
        return at->second;
    std::vector<std::pair<int, int>> steps;
    char whole = 1;
    for (size_t i = 0; i < links.size(); i++) {
        steps.emplace_back(nodes[i], links[i]);
        whole = whole && up[static_cast<size_t>(links[i])];
    }
    steps_.push_back(std::move(steps));
    up_.push_back(whole);
    return at->second;
}

void PathPool::refresh(const std::vector<char> &link_up) {
    for (size_t i = 0; i < steps_.size(); i++) {
        up_[i] = 1;
        for (const std::pair<int, int> &step : steps_[i])
            up_[i] = up_[i] && link_up[static_cast<size_t>(step.second)];
    }
}

PathTable::PathTable(const PathTable &before) : entries_(before.entries_.size()) {
    for (size_t i = 0; i < entries_.size(); i++)
        if (before.entries_[i])
            entries_[i] = std::make_unique<Entry>(*before.entries_[i]);
}

int PathTable::set(size_t pair, const Hops &paths, const std::vector<char> &up) {
    if (paths.empty()) {
        entries_[pair].reset();
        return 0;
    }
    if (!entries_[pair])
        entries_[pair] = std::make_unique<Entry>();
    return entries_[pair]->set(paths, up);
}

void PathTable::repair(const std::vector<char> &up) {
    for (auto &entry : entries_)
        if (entry)
            entry->repair(up);
}

} // namespace lead
