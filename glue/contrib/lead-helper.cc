// See lead-helper.h.
#include "lead-helper.h"

#include "ns3/simulator.h"

namespace ns3 {

LeadHelper::LeadHelper() {
    factory_.SetTypeId(LeadController::GetTypeId());
}

void LeadHelper::SetAttribute(const std::string &name, const AttributeValue &value) {
    factory_.Set(name, value);
}

Ptr<LeadController> LeadHelper::Install() const {
    Ptr<LeadController> controller = factory_.Create<LeadController>();
    controller->Attach();
    Simulator::ScheduleDestroy(&LeadController::Dispose, controller);
    return controller;
}

} // namespace ns3
