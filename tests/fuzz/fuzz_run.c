/* Any bytes as a scenario beside a small network and its TMs: read or refused; what is small enough
 * is loaded, written back, and run whole on the fluid engine. */
#include "fuzz.h"
#include <lead/run.h>
#include <string.h>

static const char network[] =
    "nodes: [ { name: a, longitude: 1, latitude: 2 }, { name: b, longitude: 3, latitude: 2 }, { "
    "name: "
    "c } ]\nlinks:\n  - { from: a, to: b, capacity: 1 Gbit/s, both: true, risk_group: 1 }\n  - { "
    "from: b, to: c, capacity: 1 Gbit/s, both: true }\n  - { from: a, to: c, capacity: 500 Mbit/s, "
    "both: true }\n";

static char folder[160];

static FILE *open_in(const char *name) {
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file)
        abort();
    return file;
}

static void settle(void) {
    snprintf(folder, sizeof folder, "%s.d", fuzz_file((const uint8_t *)"", 0, ".run"));
    if (lead_directory_make(folder) != LEAD_OK)
        abort();
    FILE *file = open_in("net.yaml");
    fputs(network, file);
    fclose(file);
    file = open_in("tm.csv");
    fputs("time,a>b,a>c,b>a,b>c,c>a,c>b\n", file);
    for (int i = 0; i < 60; i++)
        fprintf(file, "2004-01-01T%02d:%02d:00Z,%d,3000,4,5,6,7\n", i / 12, i % 12 * 5,
                1000 + i * i % 77);
    fclose(file);
}

/* Whether a policy ends soon. */
static bool is_small(const lead_policy *policy) {
    const lead_te_options *te = &policy->te_options;
    return policy->predictor_options.samples <= 30 && policy->every <= 20 &&
           te->evaluation_limit <= 500 && te->scenarios <= 50 && te->time_limit <= 0.1 &&
           te->threads <= 4 && policy->predictor_options.threads <= 4 && te->paths <= 8;
}

static void run_policies(lead_scenario *scenario, const lead_subject *subject,
                         const double *optimum) {
    char out[200];
    snprintf(out, sizeof out, "%s/out", folder);
    for (int i = 0; i < scenario->policy_count && i < 2; i++) {
        lead_policy_summary summary = {0};
        if (!is_small(&scenario->policies[i]))
            continue;
        if (scenario->policies[i].te_options.evaluation_limit == 0)
            scenario->policies[i].te_options.evaluation_limit = 200;
        (void)lead_run_policy(scenario, i, subject, optimum, out, NULL, NULL, &summary);
        lead_policy_summary_clear(&summary);
    }
}

/* What was resolved reads back to the same. */
static void write_and_read(const lead_scenario *scenario) {
    char path[200];
    lead_scenario *again;
    snprintf(path, sizeof path, "%s/again.yaml", folder);
    if (lead_scenario_write(scenario, path) != LEAD_OK ||
        lead_scenario_read(path, NULL, &again) != LEAD_OK ||
        again->policy_count != scenario->policy_count || again->seed != scenario->seed ||
        again->event_count != scenario->event_count || strcmp(again->name, scenario->name) != 0) {
        fprintf(stderr, "a resolved scenario: %s\n", lead_last_message());
        abort();
    }
    lead_scenario_free(again);
}

static void run(lead_scenario *scenario) {
    lead_subject subject;
    double *optimum;
    if (scenario->epochs > 12 || scenario->history > 5000 ||
        lead_scenario_load(scenario, &subject) != LEAD_OK)
        return;
    scenario->epochs = lead_tm_series_length(subject.series) - subject.first;
    scenario->start = lead_tm_series_time(subject.series, subject.first);
    scenario->load_peak = 0;
    write_and_read(scenario);
    optimum = calloc((size_t)scenario->epochs + 1, sizeof *optimum);
    if (!optimum)
        abort();
    scenario->record = LEAD_RECORD_TABLES; /* a run here is a millisecond */
    scenario->engine = lead_engine_find("fluid");
    if (scenario->epochs <= 12 &&
        lead_run_optimum(subject.timeline, scenario->engine_options.epoch, subject.topology,
                         subject.series, subject.first, scenario->epochs, optimum) == LEAD_OK)
        run_policies(scenario, &subject, optimum);
    free(optimum);
    lead_subject_free(&subject);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[200];
    lead_scenario *scenario;
    if (!*folder)
        settle();
    FILE *file = open_in("s.yaml");
    if (fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    snprintf(path, sizeof path, "%s/s.yaml", folder);
    if (lead_scenario_read(path, NULL, &scenario) == LEAD_OK) {
        run(scenario);
        lead_scenario_free(scenario);
    }
    return 0;
}
