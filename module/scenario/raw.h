/* A scenario file as libcyaml reads it: every scalar still the text that stands in the file, NULL
 * where there is none. The keys are those of the tables in options/. */
#ifndef LEAD_SCENARIO_RAW_H
#define LEAD_SCENARIO_RAW_H

#include "formats/text/yaml.h"
#include "options/engine_options.h"
#include "options/event_options.h"
#include "options/predict_options.h"
#include "options/scenario_options.h"
#include "options/te_options.h"
#include "options/traffic_options.h"

/* The texts of a section's rows, in their order. */
#define LEAD_RAW_MEMBER(name, ...) char *name;
#define LEAD_RAW(name, LIST)                                                                       \
    typedef struct raw_##name {                                                                    \
        LIST(LEAD_RAW_MEMBER)                                                                      \
    } raw_##name

LEAD_RAW(topology, LEAD_TOPOLOGY_OPTIONS);
LEAD_RAW(tm, LEAD_TM_OPTIONS);
LEAD_RAW(load, LEAD_LOAD_OPTIONS);
LEAD_RAW(packets, LEAD_PACKETS_OPTIONS);
LEAD_RAW(time, LEAD_TIME_OPTIONS);
LEAD_RAW(queue, LEAD_QUEUE_OPTIONS);
LEAD_RAW(measure, LEAD_MEASURE_OPTIONS);
LEAD_RAW(detect, LEAD_DETECT_OPTIONS);
LEAD_RAW(when, LEAD_WHEN_OPTIONS);
LEAD_RAW(event, LEAD_EVENT_OPTIONS);

/* Where one mapping has the rows of several structs, they follow one another. */
typedef struct raw_synthetic {
    LEAD_SPAN_OPTIONS(LEAD_RAW_MEMBER)
    LEAD_SYNTHETIC_OPTIONS(LEAD_RAW_MEMBER)
} raw_synthetic;

typedef struct raw_outputs {
    LEAD_PLANS_OPTIONS(LEAD_RAW_MEMBER)
    LEAD_OUTPUTS_OPTIONS(LEAD_RAW_MEMBER)
} raw_outputs;

typedef struct raw_predict {
    LEAD_MODEL_OPTIONS(LEAD_RAW_MEMBER)
    LEAD_PREDICT_OPTIONS(LEAD_RAW_MEMBER)
} raw_predict;

typedef struct raw_te {
    LEAD_CHOICE_OPTIONS(LEAD_RAW_MEMBER)
    LEAD_TE_OPTIONS(LEAD_RAW_MEMBER)
    raw_when when;
} raw_te;

typedef struct raw_policy {
    LEAD_POLICY_OPTIONS(LEAD_RAW_MEMBER)
    raw_measure *measure;
    raw_predict *predict;
    raw_te te;
} raw_policy;

typedef struct raw_traffic {
    raw_tm *tm;
    raw_synthetic *synthetic;
    raw_load load;
    raw_packets packets;
} raw_traffic;

typedef struct raw_scenario {
    LEAD_SCENARIO_OPTIONS(LEAD_RAW_MEMBER)
    LEAD_CONVERGENCE_OPTIONS(LEAD_RAW_MEMBER)
    raw_topology topology;
    raw_traffic traffic;
    raw_time time;
    raw_queue queue;
    raw_measure measure;
    raw_outputs outputs;
    raw_detect detect;
    raw_policy *policies;
    unsigned policies_count;
    unsigned policies_chosen; /* of them, the first ones; 0: all */
    raw_event *events;
    unsigned events_count;
} raw_scenario;

extern const cyaml_schema_value_t raw_scenario_schema, raw_attached_schema, raw_event_schema;

#endif
