/* A scenario with everything filled in, as YAML that reads back to the same run. */
#include "base/expects.h"
#include "base/table.h"
#include "formats/text/yaml.h"
#include "options/engine_options.h"
#include "options/event_options.h"
#include "options/predict_options.h"
#include "options/scenario_options.h"
#include "options/te_options.h"
#include "options/traffic_options.h"

static void text_field(lead_file_writer *writer, const char *key, const char *text) {
    lead_file_printf(writer, "%s: ", key);
    lead_yaml_print(writer, text);
}

/* "key: value" of every row that says something and that `by` heeds, each between `before` and
 * `after`. Texts are quoted. */
static void rows(lead_file_writer *writer, const lead_option_section *section, const char *by,
                 const void *values, const char *before, const char *after) {
    char text[4100];
    for (int i = 0; i < section->count; i++) {
        const lead_option *row = &section->rows[i];
        if (!lead_option_is_heeded(row, by) || !lead_option_get(row, values, text, sizeof text))
            continue;
        lead_file_printf(writer, "%s", before);
        if (row->kind == LEAD_OPTION_TEXT || row->kind == LEAD_OPTION_FILE)
            text_field(writer, row->name, text);
        else
            lead_file_printf(writer, "%s: %s", row->name, text);
        lead_file_printf(writer, "%s", after);
    }
}

static void write_tms(lead_file_writer *writer, const lead_scenario *scenario) {
    lead_option_section tm = lead_tm_section;
    lead_file_printf(writer, "  %s:\n", scenario->tm_file ? "tm" : "synthetic");
    if (!scenario->tm_file) {
        rows(writer, &lead_span_section, "", scenario, "    ", "\n");
        rows(writer, &lead_synthetic_section, "", &scenario->synthetic, "    ", "\n");
        return;
    }
    if (scenario->start == INT64_MIN) /* without a start no history, the last row */
        tm.count = lead_option_find(&lead_tm_section, "history");
    rows(writer, &tm, "", scenario, "    ", "\n");
}

static void write_traffic(lead_file_writer *writer, const lead_scenario *scenario) {
    lead_option_section load = lead_load_section;
    if (scenario->load_peak > 0) /* then no factor, the last row */
        load.count = lead_option_find(&lead_load_section, "factor");
    lead_file_printf(writer, "traffic:\n");
    write_tms(writer, scenario);
    lead_file_printf(writer, "  load:\n");
    rows(writer, &load, "", scenario, "    ", "\n");
    lead_file_printf(writer, "  packets:\n");
    rows(writer, &lead_packets_section, "ns3", &scenario->engine_options, "    ", "\n");
}

static void write_engine(lead_file_writer *writer, const lead_scenario *scenario) {
    const lead_engine_options *options = &scenario->engine_options;
    lead_file_printf(writer, "engine: %s\n", scenario->engine->name);
    rows(writer, &lead_scenario_section, "", scenario, "", "\n");
    rows(writer, &lead_convergence_section, "ns3", options, "", "\n");
    lead_file_printf(writer, "time:\n");
    rows(writer, &lead_time_section, "", options, "  ", "\n");
    lead_file_printf(writer, "queue:\n");
    rows(writer, &lead_queue_section, "ns3", options, "  ", "\n");
    lead_file_printf(writer, "outputs:\n");
    rows(writer, &lead_plans_section, "", scenario, "  ", "\n");
    rows(writer, &lead_outputs_section, "ns3", options, "  ", "\n");
    lead_file_printf(writer, "detect:\n");
    rows(writer, &lead_detect_section, "", &scenario->detect, "  ", "\n");
}

static void write_predict(lead_file_writer *writer, const lead_policy *policy) {
    const lead_predictor_options *options = &policy->predictor_options;
    lead_file_printf(writer, "    predict: { model: %s, samples: %s%d", policy->predictor->name,
                     options->joint ? "bootstrap " : "", options->samples);
    rows(writer, &lead_predict_section, policy->predictor->name, options, ", ", "");
    lead_file_printf(writer, " }\n");
}

static void write_policy(lead_file_writer *writer, const lead_policy *policy) {
    lead_file_printf(writer, "  - name: \"%s\"\n    measure: { from: %s }\n", policy->name,
                     policy->estimator->name);
    rows(writer, &lead_policy_section, "", policy, "    ", "\n");
    if (policy->predictor)
        write_predict(writer, policy);
    lead_file_printf(writer, "    te: { algorithm: %s", policy->te->name);
    rows(writer, &lead_choice_section, "", policy, ", ", "");
    rows(writer, &lead_te_section, policy->te->name, &policy->te_options, ", ", "");
    lead_file_printf(writer, ", when: {");
    rows(writer, &lead_when_section, "", policy, " ", ","); /* YAML passes over the last one */
    lead_file_printf(writer, " } }\n");
}

/* What an event states; most keys are another kind's. */
static void write_event(lead_file_writer *writer, const lead_event *event) {
    const char *before = "  - ";
    char kind[20];
    lead_word_at(lead_event_section.rows[0].words, (int)event->kind, kind, sizeof kind);
    for (int i = 0; i < lead_event_section.count; i++) {
        lead_option_section one = lead_event_section;
        one.rows += i;
        one.count = 1;
        if (i > 0 && lead_option_is_usual(one.rows, event))
            continue;
        rows(writer, &one, kind, event, before, "\n");
        before = "    ";
    }
}

static void write_all(lead_file_writer *writer, const lead_scenario *scenario) {
    text_field(writer, "name", scenario->name);
    lead_file_printf(writer, "\n");
    write_engine(writer, scenario);
    lead_file_printf(writer, "topology:\n  ");
    text_field(writer, "file", scenario->topology_file);
    lead_file_printf(writer, "\n");
    rows(writer, &lead_topology_section, "", &scenario->topology_reading, "  ", "\n");
    write_traffic(writer, scenario);
    lead_file_printf(writer, "policies:\n");
    for (int i = 0; i < scenario->policy_count; i++)
        write_policy(writer, &scenario->policies[i]);
    if (scenario->event_count > 0)
        lead_file_printf(writer, "events:\n");
    for (int i = 0; i < scenario->event_count; i++)
        write_event(writer, &scenario->events[i]);
}

lead_status lead_scenario_write(const lead_scenario *scenario, const char *path) {
    LEAD_EXPECTS(scenario && path);
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(path, false, &writer));
    write_all(writer, scenario);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}

lead_status lead_scenario_text(const lead_scenario *scenario, char **text) {
    LEAD_EXPECTS(scenario && text);
    lead_file_writer *writer;
    LEAD_TRY(lead_text_writer_alloc(&writer));
    write_all(writer, scenario);
    lead_status status = lead_text_writer_finish(writer, text);
    lead_file_writer_free(writer);
    return status;
}
