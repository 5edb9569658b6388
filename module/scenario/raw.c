/* Which keys a scenario has, and where. */
#include "scenario/raw.h"

/* Every row is optional here; the reader misses those that are needed. */
#define FIELD(section, name)                                                                       \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, raw_##section, name,   \
                           0, 4000),
#define PART(section, key, fields)                                                                 \
    CYAML_FIELD_MAPPING(#key, CYAML_FLAG_OPTIONAL, raw_##section, key, fields)
#define PART_PTR(section, key, fields)                                                             \
    CYAML_FIELD_MAPPING_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, raw_##section, key,    \
                            fields)

#define X(name, ...) FIELD(topology, name)
static const cyaml_schema_field_t topology_fields[] = {LEAD_TOPOLOGY_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(tm, name)
static const cyaml_schema_field_t tm_fields[] = {LEAD_TM_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(synthetic, name)
static const cyaml_schema_field_t synthetic_fields[] = {
    LEAD_SPAN_OPTIONS(X) LEAD_SYNTHETIC_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(load, name)
static const cyaml_schema_field_t load_fields[] = {LEAD_LOAD_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(packets, name)
static const cyaml_schema_field_t packets_fields[] = {LEAD_PACKETS_OPTIONS(X) CYAML_FIELD_END};
#undef X

static const cyaml_schema_field_t traffic_fields[] = {
    PART_PTR(traffic, tm, tm_fields), PART_PTR(traffic, synthetic, synthetic_fields),
    PART(traffic, load, load_fields), PART(traffic, packets, packets_fields), CYAML_FIELD_END};

#define X(name, ...) FIELD(time, name)
static const cyaml_schema_field_t time_fields[] = {LEAD_TIME_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(queue, name)
static const cyaml_schema_field_t queue_fields[] = {LEAD_QUEUE_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(measure, name)
static const cyaml_schema_field_t measure_fields[] = {LEAD_MEASURE_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(outputs, name)
static const cyaml_schema_field_t outputs_fields[] = {LEAD_PLANS_OPTIONS(X) LEAD_OUTPUTS_OPTIONS(X)
                                                          CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(detect, name)
static const cyaml_schema_field_t detect_fields[] = {LEAD_DETECT_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(predict, name)
static const cyaml_schema_field_t predict_fields[] = {LEAD_MODEL_OPTIONS(X) LEAD_PREDICT_OPTIONS(X)
                                                          CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(when, name)
static const cyaml_schema_field_t when_fields[] = {LEAD_WHEN_OPTIONS(X) CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(te, name)
static const cyaml_schema_field_t te_fields[] = {
    LEAD_CHOICE_OPTIONS(X) LEAD_TE_OPTIONS(X) PART(te, when, when_fields), CYAML_FIELD_END};
#undef X

#define X(name, ...) FIELD(policy, name)
static const cyaml_schema_field_t policy_fields[] = {
    LEAD_POLICY_OPTIONS(X) PART_PTR(policy, measure, measure_fields),
    PART_PTR(policy, predict, predict_fields),
    CYAML_FIELD_MAPPING("te", CYAML_FLAG_DEFAULT, raw_policy, te, te_fields), CYAML_FIELD_END};
#undef X
static const cyaml_schema_value_t policy_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_policy, policy_fields)};

#define X(name, ...) FIELD(event, name)
static const cyaml_schema_field_t event_fields[] = {LEAD_EVENT_OPTIONS(X) CYAML_FIELD_END};
#undef X
static const cyaml_schema_value_t event_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_event, event_fields)};

const cyaml_schema_value_t raw_event_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_event, event_fields)};

#define X(name, ...) FIELD(scenario, name)
static const cyaml_schema_field_t scenario_fields[] = {
    LEAD_SCENARIO_OPTIONS(X) LEAD_CONVERGENCE_OPTIONS(X) CYAML_FIELD_MAPPING(
        "topology", CYAML_FLAG_DEFAULT, raw_scenario, topology, topology_fields),
    CYAML_FIELD_MAPPING("traffic", CYAML_FLAG_DEFAULT, raw_scenario, traffic, traffic_fields),
    PART(scenario, time, time_fields),
    PART(scenario, queue, queue_fields),
    PART(scenario, measure, measure_fields),
    PART(scenario, outputs, outputs_fields),
    PART(scenario, detect, detect_fields),
    CYAML_FIELD_SEQUENCE("policies", CYAML_FLAG_POINTER, raw_scenario, policies, &policy_value, 1,
                         64),
    CYAML_FIELD_SEQUENCE("events", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, raw_scenario, events,
                         &event_value, 0, 100000),
    CYAML_FIELD_IGNORE("variants", CYAML_FLAG_OPTIONAL), /* free keys: see formats/text/tree.h */
    CYAML_FIELD_IGNORE("expect", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END};
#undef X

const cyaml_schema_value_t raw_scenario_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_scenario, scenario_fields)};

/* What an attached controller needs of a scenario; rates are the program's own. */
static const cyaml_schema_field_t attached_time_fields[] = {
    FIELD(time, epoch) FIELD(time, simulated) CYAML_FIELD_END};

static const cyaml_schema_field_t attached_fields[] = {
    FIELD(scenario, name) FIELD(scenario, seed) PART(scenario, time, attached_time_fields),
    PART(scenario, measure, measure_fields), PART(scenario, detect, detect_fields),
    CYAML_FIELD_SEQUENCE("policies", CYAML_FLAG_POINTER, raw_scenario, policies, &policy_value, 1,
                         64),
    CYAML_FIELD_END};

const cyaml_schema_value_t raw_attached_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_scenario, attached_fields)};
