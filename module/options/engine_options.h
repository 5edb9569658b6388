/* What is simulated of an epoch, and how: members of lead_engine_options. */
#ifndef LEAD_OPTIONS_ENGINE_OPTIONS_H
#define LEAD_OPTIONS_ENGINE_OPTIONS_H

#include "options/option.h"
#include <lead/engine.h>

#define LEAD_PACKETS_OPTIONS(X)                                                                    \
    X(model, packets, WORD, 0, 0, LEAD_PACKETS_POISSON, "cbr, poisson, pareto, tcp", "ns3", false, \
      "",                                                                                          \
      "`cbr`, `poisson`, `pareto` (on-off) over UDP; `tcp` (flows as a Poisson process, "          \
      "bounded-Pareto sizes)")                                                                     \
    X(size_bytes, packet_bytes, WHOLE, 64, 65000, 1000, "", "", false, "",                         \
      "of a packet on the IP layer")                                                               \
    X(flows_per_pair, flows_per_pair, WHOLE, 1, 10000, 16, "", "ns3", false, "",                   \
      "UDP micro-flows of an OD pair; a flow keeps its path, so more of them follow split ratios " \
      "more finely")                                                                               \
    X(mean_flow_bytes, mean_flow_bytes, SIZE, 100, 1e12, 1e5, "", "ns3", false, "100 kB",          \
      "of a TCP flow")

#define LEAD_TIME_OPTIONS(X)                                                                       \
    X(epoch, epoch, TIME, 1, 1e7, 300, "", "", false, "",                                          \
      "what an epoch stands for, whole seconds; the TMs' step")                                    \
    X(simulated, simulated, TIME, 1e-3, 1e7, 300, "", "", false, "the epoch",                      \
      "how much of it is simulated")                                                               \
    X(rate_scale, rate_scale, REAL, 1e-12, 1, 1, "", "", false, "",                                \
      "factor on all rates in the simulator, so that fewer packets stand for the traffic; delays " \
      "of queues grow by its inverse")

#define LEAD_QUEUE_OPTIONS(X)                                                                      \
    X(kind, queue, WORD, 0, 0, LEAD_QUEUE_FIFO, "fifo, red, codel", "ns3", false, "`fifo`",        \
      "which packet is dropped, and when")                                                         \
    X(packets, queue_packets, WHOLE, 1, 1e6, 0, "", "", false, "100, without `bytes`",             \
      "a link's limit")                                                                            \
    X(bytes, queue_bytes, BYTES, 64, 1e9, 0, "", "", false, "by `packets`", "a link's limit")

#define LEAD_CONVERGENCE_OPTIONS(X)                                                                \
    X(convergence, convergence, TIME, 0, 1e6, 0, "", "ns3", false, "0 s",                          \
      "router i takes over a new routing i times this after the epoch's start")

#define LEAD_OUTPUTS_OPTIONS(X)                                                                    \
    X(flow_monitor, flow_monitor, WORD, 0, 0, 0, "no, yes", "ns3", false, "`no`",                  \
      "`yes`: flowmon.xml of each policy, by ns-3's FlowMonitor; packets take all of ns-3's IP "   \
      "then, in up to five times the time")                                                        \
    X(pcap, pcap, TEXT, 0, 0, 0, "", "ns3", false, "none",                                         \
      "links (`A-B, C-D`): the packets that each direction puts on the wire as `A-B.pcap`, "       \
      "`B-A.pcap` of each policy")

extern const lead_option_section lead_outputs_section;
extern const lead_option_section lead_packets_section, lead_time_section, lead_queue_section,
    lead_convergence_section;

#endif
