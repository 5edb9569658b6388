/* A scenario file as libcyaml reads it: every scalar still the text that stands in the file, NULL
 * where there is none. */
#ifndef LEAD_SCENARIO_RAW_H
#define LEAD_SCENARIO_RAW_H

#include "formats/yaml.h"
#include "te/options.h"

typedef struct raw_topology {
    char *file, *capacity, *unit, *directions;
} raw_topology;

typedef struct raw_tm {
    char *file, *start, *epochs, *unit, *history, *suspect, *aggregate;
} raw_tm;

typedef struct raw_synthetic {
    char *start, *epochs, *history, *mean_total, *gravity_sigma, *daily_swing, *weekend,
        *noise_sigma, *noise_memory, *burst_rate, *burst_shape, *burst_steps, *seed;
} raw_synthetic;

typedef struct raw_load {
    char *optimal_mlu_peak, *factor;
} raw_load;

typedef struct raw_packets {
    char *model, *size_bytes, *flows_per_pair, *mean_flow_bytes;
} raw_packets;

typedef struct raw_traffic {
    raw_tm *tm;
    raw_synthetic *synthetic;
    raw_load load;
    raw_packets packets;
} raw_traffic;

typedef struct raw_time {
    char *epoch, *simulated, *rate_scale;
} raw_time;

typedef struct raw_queue {
    char *kind, *packets, *bytes;
} raw_queue;

typedef struct raw_measure {
    char *from;
} raw_measure;

typedef struct raw_predict {
    char *model, *checkpoint, *fit, *samples, *steps, *budget, *alpha, *window, *device, *threads;
} raw_predict;

typedef struct raw_when {
    char *gain;
} raw_when;

typedef struct raw_te {
    char *algorithm, *every;
    raw_when when;
#define X(key, member, kind, least, most, words) char *key;
    LEAD_TE_OPTION_LIST(X)
#undef X
} raw_te;

typedef struct raw_policy {
    char *name;
    raw_measure *measure;
    raw_predict *predict;
    raw_te te;
    char *budget;
} raw_policy;

typedef struct raw_event {
    char *epoch, *offset, *from, *to, *link_state;
} raw_event;

typedef struct raw_scenario {
    char *name, *engine, *seed, *convergence, *watchdog, *memory;
    raw_topology topology;
    raw_traffic traffic;
    raw_time time;
    raw_queue queue;
    raw_measure measure;
    raw_policy *policies;
    unsigned policies_count;
    raw_event *events;
    unsigned events_count;
} raw_scenario;

extern const cyaml_schema_value_t raw_scenario_schema, raw_attached_schema;

#endif
