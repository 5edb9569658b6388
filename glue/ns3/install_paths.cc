// Paths into the routers of a network.
#include "network.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

using namespace ns3;
using namespace lead;

// Checks one path and gives it its number.
HopShare ns3c_network::hop_for(const ns3c_path &path, int number) {
    check_index("source", path.source, node_count());
    check_index("destination", path.destination, node_count());
    if (!(path.share > 0) || !std::isfinite(path.share))
        fail(LEAD_NUMERIC, "path %d: share %g is not positive", number, path.share);
    std::vector<int> chain, at;
    int node = path.source;
    for (int i = 0; i < path.length; i++) {
        check_index("link", path.links[i], link_count());
        const ns3c_link &link = links[static_cast<size_t>(path.links[i])].options;
        bool seen = std::find(at.begin(), at.end(), node) != at.end();
        if (link.source != node || seen)
            fail(LEAD_INVALID, "path %d: link %d does not lead on from node %d", number,
                 path.links[i], node);
        chain.push_back(path.links[i]);
        at.push_back(node);
        node = link.destination;
    }
    if (node != path.destination || path.length == 0)
        fail(LEAD_INVALID, "path %d does not end at node %d", number, path.destination);
    return {path_pool.add(chain, at, up), path.share};
}

namespace {

// Shares of one pair, normalised, in the order of the paths' numbers.
void finish(Hops &hops) {
    double sum = 0;
    for (const HopShare &hop : hops)
        sum += hop.share;
    for (HopShare &hop : hops)
        hop.share /= sum;
    std::sort(hops.begin(), hops.end(),
              [](const HopShare &a, const HopShare &b) { return a.link < b.link; });
}

} // namespace

void ns3c_network::install_paths(const ns3c_path *given, int count, const double *delays) {
    check_built();
    check_delays(delays);
    if (!paths && count == 0)
        return;
    std::vector<Hops> hops(nodes.size() * nodes.size());
    size_t last = hops.size();
    for (int i = 0; i < count; i++) {
        HopShare hop = hop_for(given[i], i);
        size_t pair = index_of(given[i].source, given[i].destination);
        if (pair != last && !hops[pair].empty())
            fail(LEAD_INVALID, "path %d: its pair has paths before others' already", i);
        last = pair;
        hops[pair].push_back(hop);
        if (hops[pair].size() > 255)
            fail(LEAD_INVALID, "path %d: its pair has more than 255", i);
    }
    auto fresh =
        paths ? std::make_shared<PathTable>(*paths) : std::make_shared<PathTable>(hops.size());
    for (size_t pair = 0; pair < hops.size(); pair++) {
        finish(hops[pair]);
        buckets_moved += static_cast<uint64_t>(fresh->set(pair, hops[pair], path_pool.up()));
    }
    paths = fresh;
    path_tables.erase(std::remove_if(path_tables.begin(), path_tables.end(),
                                     [](const auto &table) { return table.expired(); }),
                      path_tables.end());
    path_tables.push_back(fresh);
    version++;
    for (size_t i = 0; i < nodes.size(); i++) {
        if (!delays || delays[i] == 0) {
            nodes[i].routing->take_over_paths(version, fresh);
            continue;
        }
        std::weak_ptr<char> living = alive;
        uint64_t number = version;
        Simulator::Schedule(Seconds(delays[i]), [this, living, i, number, fresh]() {
            if (!living.expired() && !destroyed)
                nodes[i].routing->take_over_paths(number, fresh);
        });
    }
}

// After a change of link states.
void ns3c_network::repair_paths() {
    path_pool.refresh(up);
    std::vector<std::weak_ptr<PathTable>> living;
    for (const std::weak_ptr<PathTable> &table : path_tables)
        if (std::shared_ptr<PathTable> there = table.lock()) {
            there->repair(path_pool.up());
            living.push_back(table);
        }
    path_tables = std::move(living);
}
