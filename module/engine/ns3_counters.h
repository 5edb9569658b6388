/* The counters of an ns-3 network, made here or adopted, as the measure room takes them. */
#ifndef LEAD_ENGINE_NS3_COUNTERS_H
#define LEAD_ENGINE_NS3_COUNTERS_H

#include "ns3/ns3c.h"
#include <lead/measure.h>

/* Reads all counters and starts new delay statistics. LEAD_INVALID when `reading` has other sizes
 * than the network. O(n^2 + m). */
lead_status lead_ns3_read(ns3c_network *network, double rate_scale, lead_counters *reading);

#endif
