// One call for programs of ns-3: LeadHelper().Install(), before Simulator::Run().
#ifndef LEAD_HELPER_H
#define LEAD_HELPER_H

#include "lead-controller.h"

#include "ns3/object-factory.h"

namespace ns3 {

/**
 * Puts a LeadController in force.
 */
class LeadHelper {
  public:
    LeadHelper();
    /// An attribute of ns3::LeadController.
    void SetAttribute(const std::string &name, const AttributeValue &value);
    /// The controller of all nodes with IPv4 and a point-to-point link, until Simulator::Destroy().
    Ptr<LeadController> Install() const;

  private:
    ObjectFactory factory_;
};

} // namespace ns3

#endif
