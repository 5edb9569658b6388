/* A run's folder on the page. */
#include "formats/text/json.h"
#include "report/parts.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_SUMMARY = 1 << 26 };

typedef struct run {
    const char *folder;
    json_t *json;
    lead_summary *summary;
    lead_scenario *scenario; /* NULL: `why` */
    lead_topology *topology;
    char why[1024];
} run;

/* The scenario and its network. Where one of its files is no more where it was, the network is what
 * links.csv tells, without places: a report is made also elsewhere than the run. */
static lead_status find_network(run *self) {
    char path[4200];
    snprintf(path, sizeof path, "%s/scenario.yaml", self->folder);
    lead_status status = lead_scenario_read(path, NULL, &self->scenario);
    if (status == LEAD_OK && self->scenario->topology_file)
        status = lead_topology_read(self->scenario->topology_file,
                                    &self->scenario->topology_reading, &self->topology);
    if (status == LEAD_MEMORY)
        return status;
    if (status != LEAD_OK)
        snprintf(self->why, sizeof self->why, "%s", lead_last_message());
    if (self->topology)
        return LEAD_OK;
    if (self->summary->policy_count == 0)
        return lead_topology_alloc(&self->topology);
    json_object_set_new(self->json, "network_missing", lead_page_text(self->why));
    snprintf(path, sizeof path, "%s/%s/links.csv", self->folder, self->summary->policies[0].name);
    return lead_report_network_of(path, &self->topology);
}

/* null where nobody looked for any. */
static lead_status put_anomalies(const char *folder, json_t *policy) {
    char path[4300];
    json_t *anomalies;
    snprintf(path, sizeof path, "%s/anomalies.csv", folder);
    LEAD_TRY(lead_report_table(path, &anomalies));
    json_object_set_new(policy, "anomalies", anomalies);
    return LEAD_OK;
}

static lead_status put_policies(lead_page *page, const run *self, json_t *policies) {
    char path[4200];
    for (int i = 0; i < self->summary->policy_count; i++) {
        json_t *policy = json_object();
        json_array_append_new(policies, policy);
        json_object_set_new(policy, "name", lead_page_text(self->summary->policies[i].name));
        snprintf(path, sizeof path, "%s/%s", self->folder, self->summary->policies[i].name);
        LEAD_TRY(lead_report_policy(page, path, self->topology, policy));
        LEAD_TRY(put_anomalies(path, policy));
    }
    return LEAD_OK;
}

static lead_status put_events(const run *self) {
    char path[4200];
    json_t *events;
    snprintf(path, sizeof path, "%s/events.csv", self->folder);
    LEAD_TRY(lead_report_table(path, &events));
    json_object_set_new(self->json, "events", events);
    if (self->scenario)
        json_object_set_new(self->json, "epoch_seconds",
                            json_real(self->scenario->engine_options.epoch));
    return LEAD_OK;
}

static lead_status read_summary(run *self) {
    char path[4200];
    json_t *summary;
    snprintf(path, sizeof path, "%s/summary.json", self->folder);
    if (access(path, F_OK) != 0)
        return lead_fail(LEAD_INVALID,
                         "%s: there is no summary.json in it: this is no folder of a `lead run` "
                         "that came to its end",
                         self->folder);
    LEAD_TRY(lead_summary_read_json(path, &self->summary));
    LEAD_TRY(lead_json_read(path, LARGEST_SUMMARY, &summary));
    json_object_set_new(self->json, "summary", summary);
    return LEAD_OK;
}

static lead_status put(lead_page *page, run *self) {
    json_t *policies = json_array();
    json_object_set_new(self->json, "folder", lead_page_text(self->folder));
    json_object_set_new(self->json, "policies", policies);
    LEAD_TRY(read_summary(self));
    LEAD_TRY(find_network(self));
    json_object_set_new(self->json, "network", lead_report_network(self->topology));
    LEAD_TRY(put_policies(page, self, policies));
    LEAD_TRY(put_events(self));
    LEAD_TRY(lead_report_matrices(page, self->folder, policies, self->json));
    json_object_set_new(self->json, "verdicts", lead_report_verdicts(self->folder, self->summary));
    return lead_report_origin(self->folder, self->scenario, *self->why ? self->why : NULL,
                              self->json);
}

/* Appends the run to root's "runs", and compares it with the first one there. */
lead_status lead_report_run(lead_page *page, const char *folder, json_t *root) {
    json_t *runs = json_object_get(root, "runs"), *first = json_array_get(runs, 0);
    run self = {.folder = folder, .json = json_object()};
    json_array_append_new(runs, self.json);
    lead_status status = put(page, &self);
    if (status == LEAD_OK && first)
        json_object_set_new(self.json, "verdicts_with_first",
                            lead_report_verdicts_between(
                                json_string_value(json_object_get(first, "folder")), folder));
    lead_topology_free(self.topology);
    lead_scenario_free(self.scenario);
    lead_summary_free(self.summary);
    return status;
}
