/* Which keys a scenario has, and where. */
#include "scenario/raw.h"

#define TEXT(section, key)                                                                         \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, raw_##section, key, 0,  \
                           4000)
#define NEEDED(section, key)                                                                       \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER, raw_##section, key, 1, 4000)
#define PART(section, key, fields)                                                                 \
    CYAML_FIELD_MAPPING(#key, CYAML_FLAG_OPTIONAL, raw_##section, key, fields)
#define PART_PTR(section, key, fields)                                                             \
    CYAML_FIELD_MAPPING_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, raw_##section, key,    \
                            fields)

static const cyaml_schema_field_t topology_fields[] = {
    NEEDED(topology, file), TEXT(topology, capacity), TEXT(topology, unit),
    TEXT(topology, directions), CYAML_FIELD_END};

static const cyaml_schema_field_t tm_fields[] = {
    NEEDED(tm, file),  TEXT(tm, start),   TEXT(tm, epochs),    TEXT(tm, unit),
    TEXT(tm, history), TEXT(tm, suspect), TEXT(tm, aggregate), CYAML_FIELD_END};

static const cyaml_schema_field_t synthetic_fields[] = {
    TEXT(synthetic, start),         TEXT(synthetic, epochs),
    TEXT(synthetic, history),       TEXT(synthetic, mean_total),
    TEXT(synthetic, gravity_sigma), TEXT(synthetic, daily_swing),
    TEXT(synthetic, weekend),       TEXT(synthetic, noise_sigma),
    TEXT(synthetic, noise_memory),  TEXT(synthetic, burst_rate),
    TEXT(synthetic, burst_shape),   TEXT(synthetic, burst_steps),
    TEXT(synthetic, seed),          CYAML_FIELD_END};

static const cyaml_schema_field_t load_fields[] = {TEXT(load, optimal_mlu_peak), TEXT(load, factor),
                                                   CYAML_FIELD_END};

static const cyaml_schema_field_t packets_fields[] = {
    TEXT(packets, model), TEXT(packets, size_bytes), TEXT(packets, flows_per_pair),
    TEXT(packets, mean_flow_bytes), CYAML_FIELD_END};

static const cyaml_schema_field_t traffic_fields[] = {
    PART_PTR(traffic, tm, tm_fields), PART_PTR(traffic, synthetic, synthetic_fields),
    PART(traffic, load, load_fields), PART(traffic, packets, packets_fields), CYAML_FIELD_END};

static const cyaml_schema_field_t time_fields[] = {TEXT(time, epoch), TEXT(time, simulated),
                                                   TEXT(time, rate_scale), CYAML_FIELD_END};

static const cyaml_schema_field_t queue_fields[] = {TEXT(queue, kind), TEXT(queue, packets),
                                                    TEXT(queue, bytes), CYAML_FIELD_END};

static const cyaml_schema_field_t measure_fields[] = {TEXT(measure, from), CYAML_FIELD_END};

static const cyaml_schema_field_t predict_fields[] = {
    NEEDED(predict, model), TEXT(predict, fit),   TEXT(predict, checkpoint),
    TEXT(predict, samples), TEXT(predict, steps), TEXT(predict, budget),
    TEXT(predict, window),  TEXT(predict, alpha), TEXT(predict, device),
    TEXT(predict, threads), CYAML_FIELD_END};

static const cyaml_schema_field_t when_fields[] = {TEXT(when, gain), CYAML_FIELD_END};

static const cyaml_schema_field_t te_fields[] = {NEEDED(te, algorithm), TEXT(te, every),
                                                 PART(te, when, when_fields),
#define X(key, member, kind, least, most, words) TEXT(te, key),
                                                 LEAD_TE_OPTION_LIST(X)
#undef X
                                                     CYAML_FIELD_END};

static const cyaml_schema_field_t policy_fields[] = {
    NEEDED(policy, name),
    PART_PTR(policy, measure, measure_fields),
    PART_PTR(policy, predict, predict_fields),
    CYAML_FIELD_MAPPING("te", CYAML_FLAG_DEFAULT, raw_policy, te, te_fields),
    TEXT(policy, budget),
    CYAML_FIELD_END};
static const cyaml_schema_value_t policy_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_policy, policy_fields)};

static const cyaml_schema_field_t event_fields[] = {
    NEEDED(event, epoch),
    TEXT(event, offset),
    NEEDED(event, from),
    NEEDED(event, to),
    CYAML_FIELD_STRING_PTR("link", CYAML_FLAG_POINTER, raw_event, link_state, 1, 10),
    CYAML_FIELD_END};
static const cyaml_schema_value_t event_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_event, event_fields)};

static const cyaml_schema_field_t scenario_fields[] = {
    NEEDED(scenario, name),
    CYAML_FIELD_MAPPING("topology", CYAML_FLAG_DEFAULT, raw_scenario, topology, topology_fields),
    CYAML_FIELD_MAPPING("traffic", CYAML_FLAG_DEFAULT, raw_scenario, traffic, traffic_fields),
    PART(scenario, time, time_fields),
    PART(scenario, queue, queue_fields),
    PART(scenario, measure, measure_fields),
    CYAML_FIELD_SEQUENCE("policies", CYAML_FLAG_POINTER, raw_scenario, policies, &policy_value, 1,
                         64),
    CYAML_FIELD_SEQUENCE("events", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, raw_scenario, events,
                         &event_value, 0, 100000),
    TEXT(scenario, engine),
    TEXT(scenario, seed),
    TEXT(scenario, convergence),
    TEXT(scenario, watchdog),
    TEXT(scenario, memory),
    CYAML_FIELD_END};

const cyaml_schema_value_t raw_scenario_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_scenario, scenario_fields)};

/* What an attached controller needs of a scenario; rates are the program's own. */
static const cyaml_schema_field_t attached_time_fields[] = {TEXT(time, epoch),
                                                            TEXT(time, simulated), CYAML_FIELD_END};

static const cyaml_schema_field_t attached_fields[] = {
    NEEDED(scenario, name),
    PART(scenario, time, attached_time_fields),
    PART(scenario, measure, measure_fields),
    CYAML_FIELD_SEQUENCE("policies", CYAML_FLAG_POINTER, raw_scenario, policies, &policy_value, 1,
                         64),
    TEXT(scenario, seed),
    CYAML_FIELD_END};

const cyaml_schema_value_t raw_attached_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_scenario, attached_fields)};
