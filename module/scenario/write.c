/* A scenario with everything filled in, as YAML that reads back to the same run. */
#include "base/expects.h"
#include "formats/yaml.h"
#include <lead/scenario.h>

static const char *const packet_models[] = {"cbr", "poisson", "pareto", "tcp"};
static const char *const queue_kinds[] = {"fifo", "red", "codel"};

static void field(lead_file_writer *writer, const char *before, const char *text) {
    lead_file_printf(writer, "%s", before);
    lead_yaml_print(writer, text);
}

static void write_topology(lead_file_writer *writer, const lead_topology_reading *reading) {
    if (reading->capacity > 0)
        lead_file_printf(writer, "  capacity: %.17g bit/s\n", reading->capacity);
    if (reading->unit > 0)
        lead_file_printf(writer, "  unit: %.17g bit/s\n", reading->unit);
    if (reading->directions != LEAD_DIRECTIONS_FILE)
        lead_file_printf(writer, "  directions: %s\n",
                         reading->directions == LEAD_DIRECTIONS_BOTH ? "both" : "one-way");
}

static void write_tms(lead_file_writer *writer, const lead_scenario *scenario) {
    char start[LEAD_TIME_LENGTH + 1];
    const lead_synthetic *model = &scenario->synthetic;
    lead_time_format(scenario->start, start);
    if (scenario->tm_file)
        field(writer, "  tm:\n    file: ", scenario->tm_file);
    else
        lead_file_printf(
            writer,
            "  synthetic:\n    seed: %llu\n    mean_total: %.17g bit/s\n    gravity_sigma: %.17g\n"
            "    daily_swing: %.17g\n    weekend: %.17g\n    noise_sigma: %.17g\n    noise_memory: "
            "%.17g\n"
            "    burst_rate: %.17g\n    burst_shape: %.17g\n    burst_steps: %.17g",
            (unsigned long long)model->seed, model->mean_total, model->gravity_sigma,
            model->daily_swing, model->weekend, model->noise_sigma, model->noise_memory,
            model->burst_rate, model->burst_shape, model->burst_steps);
    if (scenario->suspect_file)
        field(writer, "\n    suspect: ", scenario->suspect_file);
    if (scenario->start != INT64_MIN)
        lead_file_printf(writer, "\n    start: %s", start);
    if (scenario->epochs > 0)
        lead_file_printf(writer, "\n    epochs: %d", scenario->epochs);
    if (scenario->start != INT64_MIN)
        lead_file_printf(writer, "\n    history: %d", scenario->history);
    lead_file_printf(writer, "\n");
    if (scenario->unit > 0)
        lead_file_printf(writer, "    unit: %.17g bit/s\n", scenario->unit);
    if (scenario->aggregate)
        lead_file_printf(writer, "    aggregate: mean\n");
}

static void write_traffic(lead_file_writer *writer, const lead_scenario *scenario) {
    const lead_engine_options *options = &scenario->engine_options;
    lead_file_printf(writer, "traffic:\n");
    write_tms(writer, scenario);
    if (scenario->load_peak > 0)
        lead_file_printf(writer, "  load: { optimal_mlu_peak: %.17g }\n", scenario->load_peak);
    else
        lead_file_printf(writer, "  load: { factor: %.17g }\n", scenario->load_factor);
    lead_file_printf(
        writer,
        "  packets: { model: %s, size_bytes: %d, flows_per_pair: %d, mean_flow_bytes: %.17g B }\n",
        packet_models[options->packets], options->packet_bytes, options->flows_per_pair,
        options->mean_flow_bytes);
    lead_file_printf(writer, "time: { epoch: %.17g s, simulated: %.17g s, rate_scale: %.17g }\n",
                     options->epoch, options->simulated, options->rate_scale);
    lead_file_printf(writer, "queue: { kind: %s, ", queue_kinds[options->queue]);
    if (options->queue_packets > 0)
        lead_file_printf(writer, "packets: %d }\n", options->queue_packets);
    else
        lead_file_printf(writer, "bytes: %d B }\n", options->queue_bytes);
    lead_file_printf(writer, "convergence: %.17g s\n", options->convergence);
    lead_file_printf(writer, "watchdog: %.17g s\n", scenario->watchdog);
    if (scenario->memory > 0)
        lead_file_printf(writer, "memory: %.17g B\n", scenario->memory);
}

static void write_predict(lead_file_writer *writer, const lead_policy *policy) {
    const lead_predictor_options *options = &policy->predictor_options;
    lead_file_printf(writer, "    predict: { model: %s, samples: %s%d", policy->predictor->name,
                     options->joint ? "bootstrap " : "", options->samples);
    if (options->checkpoint)
        field(writer, ", checkpoint: ", options->checkpoint);
    if (policy->fit_file)
        field(writer, ", fit: ", policy->fit_file);
    if (options->diffusion_steps > 0)
        lead_file_printf(writer, ", steps: %d", options->diffusion_steps);
    if (options->budget > 0)
        lead_file_printf(writer, ", budget: %.17g s", options->budget);
    if (options->window > 0)
        lead_file_printf(writer, ", window: %d", options->window);
    if (options->alpha > 0)
        lead_file_printf(writer, ", alpha: %.17g", options->alpha);
    if (options->device)
        field(writer, ", device: ", options->device);
    if (options->threads > 0)
        lead_file_printf(writer, ", threads: %d", options->threads);
    lead_file_printf(writer, " }\n");
}

static void write_policy(lead_file_writer *writer, const lead_policy *policy) {
    char text[64];
    lead_file_printf(writer, "  - name: \"%s\"\n    measure: { from: %s }\n", policy->name,
                     policy->estimator->name);
    if (policy->predictor)
        write_predict(writer, policy);
    lead_file_printf(writer, "    te: { algorithm: %s, every: %d", policy->te->name, policy->every);
    for (int i = 0; i < lead_te_option_count(); i++)
        if (lead_te_option_get(&policy->te_options, i, text, sizeof text))
            lead_file_printf(writer, ", %s: %s", lead_te_option_name(i), text);
    if (policy->gain > 0)
        lead_file_printf(writer, ", when: { gain: %.17g }", policy->gain);
    lead_file_printf(writer, " }\n");
    if (policy->budget > 0)
        lead_file_printf(writer, "    budget: %.17g s\n", policy->budget);
}

lead_status lead_scenario_write(const lead_scenario *scenario, const char *path) {
    LEAD_EXPECTS(scenario && path);
    lead_file_writer *writer = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_file_writer_alloc(path, false, &writer));
    field(writer, "name: ", scenario->name);
    field(writer, "\ntopology:\n  file: ", scenario->topology_file);
    lead_file_printf(writer, "\n");
    write_topology(writer, &scenario->topology_reading);
    write_traffic(writer, scenario);
    lead_file_printf(writer, "policies:\n");
    for (int i = 0; i < scenario->policy_count; i++)
        write_policy(writer, &scenario->policies[i]);
    if (scenario->event_count > 0)
        lead_file_printf(writer, "events:\n");
    for (int i = 0; i < scenario->event_count; i++) {
        const lead_scenario_event *event = &scenario->events[i];
        lead_file_printf(writer, "  - { epoch: %d, offset: %.17g s, link: %s", event->epoch,
                         event->offset, event->up ? "up" : "down");
        field(writer, ", from: ", event->from);
        field(writer, ", to: ", event->to);
        lead_file_printf(writer, " }\n");
    }
    lead_file_printf(writer, "engine: %s\nseed: %llu\n", scenario->engine->name,
                     (unsigned long long)scenario->seed);
    status = lead_file_writer_finish(writer);
fail:
    lead_file_writer_free(writer);
    return status;
}
