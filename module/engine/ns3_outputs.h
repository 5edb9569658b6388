/* What ns-3 itself writes down of a run: FlowMonitor's XML, packets as pcap files. */
#ifndef LEAD_ENGINE_NS3_OUTPUTS_H
#define LEAD_ENGINE_NS3_OUTPUTS_H

#include "ns3/ns3c.h"
#include <lead/engine.h>

typedef struct lead_ns3_outputs {
    char *
        *files; /* [count] of pcap files, which have ".part-PID" behind them until they are whole */
    char *flows; /* flowmon.xml; NULL: not asked for */
    int count;
} lead_ns3_outputs;

/* Begins what the options ask for, on a network that is built and has no traffic yet. LEAD_IO,
 * LEAD_INVALID. */
lead_status lead_ns3_outputs_begin(ns3c_network *network, const lead_engine_options *options,
                                   lead_ns3_outputs *out);
/* All files are there. LEAD_IO. */
lead_status lead_ns3_outputs_finish(ns3c_network *network, const lead_ns3_outputs *self);
/* Files that are not whole are removed. */
void lead_ns3_outputs_free(lead_ns3_outputs *self);

#endif
