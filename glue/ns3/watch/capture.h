// The packets that a device puts on the wire, as a pcap file.
#ifndef LEAD_NS3_WATCH_CAPTURE_H
#define LEAD_NS3_WATCH_CAPTURE_H

#include "ns3/pcap-file-wrapper.h"
#include "ns3/point-to-point-net-device.h"

#include <string>

namespace lead {

class Capture {
  public:
    // Writes from now on: headers alone, the first SNAP bytes of each, in ns-3's time.
    Capture(ns3::Ptr<ns3::PointToPointNetDevice> device, const std::string &path);
    // False when something could not be written; nothing is from then on.
    bool close();

    static constexpr uint32_t SNAP = 96;

  private:
    ns3::Ptr<ns3::PcapFileWrapper> file_;
    ns3::Ptr<ns3::PointToPointNetDevice> device_;
};

} // namespace lead

#endif
