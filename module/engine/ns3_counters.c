/* The counters of an ns-3 network as the measure room takes them. */
#ifdef LEAD_NS3

#include "engine/ns3_counters.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

lead_status lead_ns3_read(ns3c_network *network, double rate_scale, lead_counters *reading) {
    int n = ns3c_node_count(network), m = ns3c_link_count(network);
    if (reading->node_count != n || reading->link_count != m)
        return lead_fail(LEAD_INVALID,
                         "counters for %d nodes and %d links, the network has %d and %d",
                         reading->node_count, reading->link_count, n, m);
    uint64_t *unrouted;
    LEAD_TRY(lead_calloc((size_t)n, sizeof *unrouted, &unrouted));
    ns3c_counters counters = {
        .link_bytes = reading->link_bytes,
        .link_dropped = reading->link_dropped,
        .node_unrouted = unrouted,
        .od_offered = reading->od_offered,
        .od_delivered = reading->od_delivered,
        .od_delay_mean = reading->od_delay_mean,
        .od_delay_p99 = reading->od_delay_p99,
    };
    lead_status status = ns3c_read(network, &counters);
    reading->time = counters.time;
    reading->rate_scale = rate_scale;
    reading->bits = 64;
    reading->delay_mean = counters.delay_mean;
    reading->delay_p99 = counters.delay_p99;
    reading->flow_time_mean = reading->flow_time_p99 = NAN;
    reading->unrouted = 0;
    for (int i = 0; i < n; i++)
        reading->unrouted += unrouted[i];
    memset(reading->link_missing, 0, (size_t)m);
    memset(reading->od_missing, 0, (size_t)n * (size_t)n);
    free(unrouted);
    return status;
}

#endif
