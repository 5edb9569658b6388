#include "capture.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

using namespace ns3;

namespace lead {

namespace {

constexpr uint32_t LINK_TYPE_PPP = 9; // of PointToPointNetDevice, as PointToPointHelper has it

void write(Ptr<PcapFileWrapper> file, Ptr<const Packet> packet) {
    file->Write(Simulator::Now(), packet);
}

} // namespace

Capture::Capture(Ptr<PointToPointNetDevice> device, const std::string &path)
    : file_(CreateObject<PcapFileWrapper>()), device_(device) {
    file_->SetAttribute("CaptureSize", UintegerValue(SNAP));
    file_->Open(path, std::ios::out | std::ios::binary);
    if (!file_->Fail())
        file_->Init(LINK_TYPE_PPP, SNAP);
    device_->TraceConnectWithoutContext("PhyTxBegin", MakeBoundCallback(&write, file_));
}

bool Capture::close() {
    device_->TraceDisconnectWithoutContext("PhyTxBegin", MakeBoundCallback(&write, file_));
    bool whole = !file_->Fail();
    file_->Close();
    return whole && !file_->Fail();
}

} // namespace lead
