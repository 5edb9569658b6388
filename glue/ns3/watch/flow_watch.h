// ns-3's FlowMonitor over the routers; its headers, whose names are ours too, stay behind this one.
#ifndef LEAD_NS3_WATCH_FLOW_WATCH_H
#define LEAD_NS3_WATCH_FLOW_WATCH_H

#include "ns3/node-container.h"

#include <memory>
#include <string>

namespace lead {

class FlowWatch {
  public:
    explicit FlowWatch(const ns3::NodeContainer &nodes);
    ~FlowWatch();
    // What was seen so far as FlowMonitor's XML, without histograms and probes; false when the file
    // could not be written.
    bool write(const std::string &path);

  private:
    struct Monitor;
    std::unique_ptr<Monitor> monitor_;
};

} // namespace lead

#endif
