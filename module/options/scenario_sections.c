/* The rows of a scenario's own structs, and the list of all sections. */
#include "options/engine_options.h"
#include "options/event_options.h"
#include "options/predict_options.h"
#include "options/scenario_options.h"
#include "options/te_options.h"
#include "options/traffic_options.h"

#define SECTION(name, key, title)                                                                  \
    const lead_option_section lead_##name##_section = {key, title, name##_rows,                    \
                                                       sizeof name##_rows / sizeof *name##_rows}

#define X(...) LEAD_OPTION_ROW(lead_scenario, __VA_ARGS__),
static const lead_option scenario_rows[] = {LEAD_SCENARIO_OPTIONS(X)};
static const lead_option tm_rows[] = {LEAD_TM_OPTIONS(X)};
static const lead_option span_rows[] = {LEAD_SPAN_OPTIONS(X)};
static const lead_option load_rows[] = {LEAD_LOAD_OPTIONS(X)};
static const lead_option variant_rows[] = {LEAD_VARIANT_OPTIONS(X)};
static const lead_option plans_rows[] = {LEAD_PLANS_OPTIONS(X)};
#undef X
SECTION(scenario, "", "key");
SECTION(tm, "traffic.tm", "`tm:`");
SECTION(span, "traffic.synthetic", "`synthetic:`");
SECTION(load, "traffic.load", "`load:`");
SECTION(variant, "variants[]", "of a variant");
SECTION(plans, "outputs", "`outputs:`");

#define X(...) LEAD_OPTION_ROW(lead_detect_options, __VA_ARGS__),
static const lead_option detect_rows[] = {LEAD_DETECT_OPTIONS(X)};
#undef X
SECTION(detect, "detect", "`detect:`");

#define X(...) LEAD_OPTION_ROW(lead_topology_reading, __VA_ARGS__),
static const lead_option topology_rows[] = {LEAD_TOPOLOGY_OPTIONS(X)};
#undef X
SECTION(topology, "topology", "`topology:`");

#define X(...) LEAD_OPTION_ROW(lead_policy, __VA_ARGS__),
static const lead_option policy_rows[] = {LEAD_POLICY_OPTIONS(X)};
static const lead_option choice_rows[] = {LEAD_CHOICE_OPTIONS(X)};
static const lead_option when_rows[] = {LEAD_WHEN_OPTIONS(X)};
static const lead_option model_rows[] = {LEAD_MODEL_OPTIONS(X)};
static const lead_option measure_rows[] = {LEAD_MEASURE_OPTIONS(X)};
#undef X
SECTION(policy, "policies[]", "of a policy");
SECTION(choice, "policies[].te", "`te:`");
SECTION(when, "policies[].te.when", "`te: { when: }`");
SECTION(model, "policies[].predict", "`predict:`");
SECTION(measure, "measure", "`measure:`");

#define X(...) LEAD_OPTION_ROW(lead_event, __VA_ARGS__),
static const lead_option event_rows[] = {LEAD_EVENT_OPTIONS(X)};
#undef X
SECTION(event, "events[]", "of an event");

const lead_option_section *const lead_option_sections[] = {&lead_scenario_section,
                                                           &lead_convergence_section,
                                                           &lead_topology_section,
                                                           &lead_tm_section,
                                                           &lead_span_section,
                                                           &lead_synthetic_section,
                                                           &lead_load_section,
                                                           &lead_packets_section,
                                                           &lead_time_section,
                                                           &lead_queue_section,
                                                           &lead_measure_section,
                                                           &lead_plans_section,
                                                           &lead_outputs_section,
                                                           &lead_detect_section,
                                                           &lead_policy_section,
                                                           &lead_model_section,
                                                           &lead_predict_section,
                                                           &lead_choice_section,
                                                           &lead_when_section,
                                                           &lead_te_section,
                                                           &lead_event_section,
                                                           &lead_variant_section,
                                                           NULL};
