/* What `lead compare` says, and the files a run was made from. */
#include "base/digest/sha256.h"
#include "compare/json.h"
#include "formats/text/json.h"
#include "report/parts.h"
#include "scenario/files.h"
#include <lead/compare.h>
#include <stdlib.h>
#include <string.h>

/* --- verdicts --------------------------------------------------------------------------------- */

static const char *const metrics[] = {"mlu", "mlu_over_optimum", "loss_fraction", "delay_mean_s",
                                      "moved_fraction"};

enum { METRICS = sizeof metrics / sizeof *metrics, MOST_POLICIES = 12, MOST_REFERENCES = 6 };

/* {"rows", "epochs", "effect", "confidence"}, or {"missing": why}. */
static json_t *compare(lead_compare_request *request) {
    lead_compare_table *table;
    json_t *result = json_object(), *rows = json_array();
    request->options = lead_compare_defaults();
    request->metrics = metrics;
    request->metric_count = METRICS;
    json_object_set_new(result, "rows", rows);
    if (lead_compare_runs(request, &table) != LEAD_OK) {
        json_object_set_new(result, "missing", lead_page_text(lead_last_message()));
        return result;
    }
    for (int i = 0; i < table->row_count; i++)
        json_array_append_new(rows, lead_compare_row_to_json(&table->rows[i]));
    json_object_set_new(result, "epochs", json_integer(table->epochs));
    json_object_set_new(result, "effect", json_real(request->options.effect));
    json_object_set_new(result, "confidence", json_real(request->options.confidence));
    lead_compare_table_free(table);
    return result;
}

/* Of the policy `first` with all others. */
static json_t *compare_with(const char *run, const lead_summary *summary, int first, int count) {
    const char *names[MOST_POLICIES];
    int used = 1;
    names[0] = summary->policies[first].name;
    for (int i = 0; i < count; i++)
        if (i != first)
            names[used++] = summary->policies[i].name;
    json_t *result = compare(&(lead_compare_request){
        .runs_a = &run, .run_count = 1, .policies = names, .policy_count = used});
    json_object_set_new(result, "against", lead_page_text(names[0]));
    return result;
}

json_t *lead_report_verdicts(const char *run, const lead_summary *summary) {
    int count = summary->policy_count < MOST_POLICIES ? summary->policy_count : MOST_POLICIES;
    json_t *verdicts = json_array();
    for (int i = 0; i < count && i < MOST_REFERENCES && count > 1; i++)
        json_array_append_new(verdicts, compare_with(run, summary, i, count));
    if (count < 2)
        json_array_append_new(verdicts, json_pack("{s: [], s: s, s: s}", "rows", "missing",
                                                  "there is one policy only", "against", "none"));
    return verdicts;
}

json_t *lead_report_verdicts_between(const char *run_a, const char *run_b) {
    return compare(&(lead_compare_request){.runs_a = &run_a, .runs_b = &run_b, .run_count = 1});
}

/* --- where a run comes from ------------------------------------------------------------------- */

static bool is_listed(const json_t *files, const char *path) {
    size_t i;
    json_t *file;
    json_array_foreach(files, i, file) {
        const char *name = json_string_value(json_object_get(file, "path"));
        if (name && strcmp(name, path) == 0)
            return true;
    }
    return false;
}

static lead_status list_file(const char *what, const char *path, void *data) {
    json_t *files = data, *file;
    char hex[LEAD_SHA256_HEX];
    if (!path || is_listed(files, path))
        return LEAD_OK;
    file = json_object();
    json_object_set_new(file, "what", json_string(what));
    json_object_set_new(file, "path", lead_page_text(path));
    if (lead_sha256_path(path, hex) == LEAD_OK)
        json_object_set_new(file, "sha256", json_string(hex));
    else
        json_object_set_new(file, "missing", lead_page_text(lead_last_message()));
    json_array_append_new(files, file);
    return LEAD_OK;
}

enum { LARGEST_SCENARIO = 1 << 24 };

lead_status lead_report_origin(const char *folder, const lead_scenario *scenario, const char *why,
                               json_t *run) {
    char path[4200], *text;
    size_t length;
    json_t *files = json_array();
    json_object_set_new(run, "files", files);
    if (why)
        json_object_set_new(run, "files_missing", lead_page_text(why));
    snprintf(path, sizeof path, "%s/scenario.yaml", folder);
    lead_status status = lead_file_read(path, LARGEST_SCENARIO, &text, &length);
    if (status == LEAD_MEMORY)
        return status;
    if (status == LEAD_OK) { /* without it the page says that there is none */
        json_object_set_new(run, "scenario", lead_page_text(text));
        free(text);
    }
    return scenario ? lead_scenario_each_file(scenario, list_file, files) : LEAD_OK;
}
