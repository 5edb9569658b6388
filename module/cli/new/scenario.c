/* A draft as a scenario file, as a person would write it. */
#include "cli/new/draft.h"
#include <string.h>

/* "  key: VALUE", quoted where it must be. */
static void field(lead_file_writer *writer, const char *key, const char *value) {
    if (!value || !*value)
        return;
    lead_file_printf(writer, "%s: ", key);
    lead_cli_yaml_write(writer, value);
    lead_file_printf(writer, "\n");
}

static void write_topology(const lead_cli_draft *draft, lead_file_writer *writer) {
    lead_file_printf(writer, "topology:\n");
    lead_cli_notes_write(draft, LEAD_CLI_AT_TOPOLOGY, 2, writer);
    field(writer, "  file", draft->topology_file);
    field(writer, "  capacity", draft->wishes.capacity);
    field(writer, "  unit", draft->wishes.topology_unit);
    field(writer, "  directions", draft->wishes.directions);
}

static void write_traffic(const lead_cli_draft *draft, lead_file_writer *writer) {
    char start[LEAD_TIME_LENGTH + 1];
    lead_time_format(draft->start, start);
    lead_file_printf(writer, "traffic:\n");
    lead_cli_notes_write(draft, LEAD_CLI_AT_TRAFFIC, 2, writer);
    if (draft->series) {
        lead_file_printf(writer, "  tm:\n");
        field(writer, "    file", draft->tm_file);
        field(writer, "    unit", draft->unit);
        field(writer, "    suspect", draft->suspect_file);
    } else
        lead_file_printf(writer, "  synthetic:\n");
    lead_file_printf(writer, "    start: %s\n    epochs: %d\n    history: %d\n", start,
                     draft->epochs, draft->history);
    lead_cli_notes_write(draft, LEAD_CLI_AT_LOAD, 2, writer);
    if (draft->load > 0)
        lead_file_printf(writer, "  load: { optimal_mlu_peak: %g }\n", draft->load);
}

static void write_time(const lead_cli_draft *draft, lead_file_writer *writer) {
    lead_cli_notes_write(draft, LEAD_CLI_AT_TIME, 0, writer);
    lead_file_printf(writer, "time: { epoch: %lld s, simulated: %g s, rate_scale: %g }\n",
                     (long long)draft->step, draft->simulated, draft->rate_scale);
}

/* What plans robustly over samples, and moves traffic only where they speak clearly for it. */
static void write_plan(const lead_cli_draft *draft, lead_file_writer *writer) {
    lead_file_printf(writer, "te: { algorithm: robust, paths: %d, ", LEAD_CLI_NEW_PATHS);
    if (draft->path_choice)
        lead_file_printf(writer, "path_choice: %s, ", draft->path_choice);
    lead_file_printf(writer, "moved_cost: 0.3");
    if (draft->plan_limit > 0)
        lead_file_printf(writer, ", time_limit: %g s", draft->plan_limit);
    lead_file_printf(writer, " } }\n");
}

static void write_robust(const lead_cli_draft *draft, lead_file_writer *writer, const char *name,
                         const char *predict) {
    lead_file_printf(writer, "  - { name: %s, predict: { %s }, ", name, predict);
    write_plan(draft, writer);
}

static void write_forecast(const lead_cli_draft *draft, lead_file_writer *writer) {
    char predict[80];
    if (!draft->forecast)
        return;
    if (*draft->checkpoint) {
        lead_file_printf(writer, "  - { name: lead, predict: { model: lead, checkpoint: ");
        lead_cli_yaml_write(writer, draft->checkpoint);
        lead_file_printf(writer, ", samples: 20 }, ");
        write_plan(draft, writer);
        return;
    }
    snprintf(predict, sizeof predict, "model: %s, samples: bootstrap", draft->forecast);
    write_robust(draft, writer, "forecast", predict);
}

static void write_policies(const lead_cli_draft *draft, lead_file_writer *writer) {
    lead_cli_notes_write(draft, LEAD_CLI_AT_POLICIES, 0, writer);
    lead_file_printf(writer, "policies:\n  # never re-planned: shortest paths\n"
                             "  - { name: static, te: { algorithm: ecmp } }\n");
    if (draft->reactive)
        lead_file_printf(writer, "  # the best routing for the last TM\n  - { name: reactive, "
                                 "predict: { model: last }, te: { algorithm: mcf } }\n");
    if (draft->hedged) {
        lead_file_printf(writer, "  # for 20 samples around the last TM\n");
        write_robust(draft, writer, "hedged", "model: last, samples: bootstrap");
    }
    if (draft->forecast)
        lead_file_printf(writer, "  # for 20 samples of a forecast\n");
    write_forecast(draft, writer);
    if (draft->reactive)
        lead_file_printf(
            writer, "  # knows the next TM: how good any forecast can be\n"
                    "  - { name: oracle, predict: { model: oracle }, te: { algorithm: mcf } }\n");
}

static void write_all(const lead_cli_draft *draft, lead_file_writer *writer) {
    lead_file_printf(
        writer, "# Written by `lead new`. What it found and guessed stands above the key that it "
                "decides; all keys\n# are in docs/scenario.md, and `lead explain KEY` says what "
                "one is.\nname: ");
    lead_cli_yaml_write(writer, draft->name);
    lead_file_printf(writer, "\n");
    write_topology(draft, writer);
    write_traffic(draft, writer);
    write_time(draft, writer);
    write_policies(draft, writer);
    lead_cli_notes_write(draft, LEAD_CLI_AT_ENGINE, 0, writer);
    lead_file_printf(writer, "engine: %s%s\nseed: 1\n", draft->engine,
                     strcmp(draft->engine, "ns3") == 0
                         ? " # packets; fluid: loads, thousands of epochs a second"
                         : "");
}

lead_status lead_cli_draft_write(const lead_cli_draft *draft) {
    lead_file_writer *writer;
    LEAD_TRY(lead_file_writer_alloc(draft->out, false, &writer));
    write_all(draft, writer);
    lead_status status = lead_file_writer_finish(writer);
    lead_file_writer_free(writer);
    return status;
}
