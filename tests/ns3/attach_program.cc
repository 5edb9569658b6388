// A small ns-3 program under the controller of the file argv[1], which writes to the folder
// argv[2]: three routers in a ring, 12 flows of 0.5 Mbit/s, five seconds in epochs of one. Prints
// the Mbit/s that arrived; ends with status 1 and the message when the controller cannot be had.

#include "ring.h"

#include <cstdio>
#include <lead/attach.h>

using namespace ns3;

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    Ptr<PacketSink> sink = build_ring({"10Mbps", "500kbps", 1000, 12, 10});
    lead_attachment *attachment;
    if (lead_attach(argv[1], argv[2], &attachment) != LEAD_OK) {
        std::fprintf(stderr, "attach: %s\n", lead_last_message());
        return 1;
    }
    Simulator::Stop(Seconds(5));
    Simulator::Run();
    lead_status status = lead_detach(attachment);
    std::printf("%.2f\n", 8e-6 / 4.9 * static_cast<double>(sink->GetTotalRx()));
    Simulator::Destroy();
    return status == LEAD_OK ? 0 : 1;
}
