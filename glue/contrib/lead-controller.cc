// Attributes to a controller's file, and the file to lead_attach(); see lead-controller.h.
#include "lead-controller.h"

#include "ns3/fatal-error.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <lead/attach.h>
#include <unistd.h>

namespace ns3 {

NS_OBJECT_ENSURE_REGISTERED(LeadController);

TypeId LeadController::GetTypeId() {
    static TypeId id =
        TypeId("ns3::LeadController")
            .SetParent<Object>()
            .SetGroupName("Lead")
            .AddConstructor<LeadController>()
            .AddAttribute("File",
                          "A controller's file, which decides instead of the attributes below; "
                          "none when empty",
                          StringValue(""), MakeStringAccessor(&LeadController::file_),
                          MakeStringChecker())
            .AddAttribute("Output", "Folder of the records; none are kept when empty",
                          StringValue(""), MakeStringAccessor(&LeadController::output_),
                          MakeStringChecker())
            .AddAttribute("Lap", "Simulated time between two laps", TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&LeadController::lap_), MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Epoch", "What a lap stands for in the forecasts", TimeValue(Seconds(1)),
                          MakeTimeAccessor(&LeadController::epoch_),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Predict", "The forecaster, as `predict` of a scenario",
                          StringValue("{ model: last }"),
                          MakeStringAccessor(&LeadController::predict_), MakeStringChecker())
            .AddAttribute("Te", "The traffic engineering, as `te` of a scenario",
                          StringValue("{ algorithm: mcf }"),
                          MakeStringAccessor(&LeadController::algorithm_), MakeStringChecker());
    return id;
}

LeadController::~LeadController() {
    lead_detach(attachment_);
}

std::string LeadController::write_file() const {
    const char *folder = std::getenv("TMPDIR");
    std::string path = std::string(folder && *folder ? folder : "/tmp") + "/lead-controller-XXXXXX";
    int made = mkstemp(path.data());
    if (made < 0)
        NS_FATAL_ERROR("lead: " << path << " (TMPDIR says where): " << std::strerror(errno));
    close(made);
    std::ofstream file(path);
    file << "name: controller\ntime: { epoch: " << epoch_.GetNanoSeconds()
         << " ns, simulated: " << lap_.GetNanoSeconds()
         << " ns }\npolicies:\n  - { name: lead, predict: " << predict_ << ", te: " << algorithm_
         << " }\n";
    if (!file.flush())
        NS_FATAL_ERROR("lead: " << path << ": cannot be written: " << std::strerror(errno));
    return path;
}

void LeadController::Attach() {
    std::string path = file_.empty() ? write_file() : file_;
    const char *output = output_.empty() ? nullptr : output_.c_str();
    lead_status status = lead_attach(path.c_str(), output, &attachment_);
    if (file_.empty())
        std::remove(path.c_str());
    if (status != LEAD_OK)
        NS_FATAL_ERROR("lead: " << lead_last_message());
}

void LeadController::Detach() {
    lead_attachment *attachment = attachment_;
    attachment_ = nullptr;
    if (lead_detach(attachment) != LEAD_OK)
        NS_FATAL_ERROR("lead: " << lead_last_message());
}

void LeadController::DoDispose() {
    Detach();
    Object::DoDispose();
}

} // namespace ns3
