/* A routing into the routers that ns-3 simulates. */
#ifndef LEAD_ENGINE_NS3_INSTALL_H
#define LEAD_ENGINE_NS3_INSTALL_H

#include "ns3/ns3c.h"
#include <lead/net.h>

/* Splits and paths; `delays` as ns3c_install has them. O(n m + total length of paths). */
lead_status lead_ns3_install(ns3c_network *network, const lead_routing *routing,
                             const double *delays);

#endif
