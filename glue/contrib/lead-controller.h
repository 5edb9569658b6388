// The controller as an object of ns-3: what lead_attach() is told in a file, as attributes.
#ifndef LEAD_CONTROLLER_H
#define LEAD_CONTROLLER_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <string>

struct lead_attachment;

namespace ns3 {

/**
 * Measures, forecasts and re-routes the network of the simulation, once a lap. One lives at a time.
 */
class LeadController : public Object {
  public:
    static TypeId GetTypeId();
    ~LeadController() override;

    /// Takes over; to be called when nodes, links, addresses and applications are there.
    void Attach();
    /// Gives the program's own routing back; a failure inside the simulation ends the program here.
    void Detach();

  protected:
    void DoDispose() override;

  private:
    std::string write_file() const;

    std::string file_, output_, predict_, algorithm_;
    Time epoch_, lap_;
    lead_attachment *attachment_ = nullptr;
};

} // namespace ns3

#endif
