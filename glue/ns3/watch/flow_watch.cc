#include "flow_watch.h"

#include "ns3/flow-monitor-helper.h"

#include <fstream>

namespace lead {

struct FlowWatch::Monitor {
    ns3::FlowMonitorHelper helper; // disposes of the monitor
    ns3::Ptr<ns3::FlowMonitor> all;
};

FlowWatch::FlowWatch(const ns3::NodeContainer &nodes) : monitor_(std::make_unique<Monitor>()) {
    monitor_->all = monitor_->helper.Install(nodes);
}

FlowWatch::~FlowWatch() = default;

bool FlowWatch::write(const std::string &path) {
    std::ofstream file(path);
    monitor_->all->CheckForLostPackets();
    file << "<?xml version=\"1.0\" ?>\n";
    monitor_->all->SerializeToXmlStream(file, 0, false, false);
    file.close();
    return !file.fail();
}

} // namespace lead
