/* From the text of a scenario file to checked values, with defaults. */
#include "base/array.h"
#include "base/expects.h"
#include "base/table.h"
#include "formats/text/text.h"
#include "record/files.h"
#include "scenario/find.h"
#include "scenario/heeded.h"
#include "scenario/overrides.h"
#include "scenario/raw.h"
#include <lead/formats.h>
#include <lead/scenario.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is being read, for errors with file, line and key. */
typedef struct reader {
    const char *path, *data;
    lead_scenario *scenario;
} reader;

/* A copy that lives as long as the scenario. */
static lead_status keep(const reader *in, char *text) {
    lead_scenario *scenario = in->scenario;
    lead_status status = lead_grow(&scenario->strings, sizeof *scenario->strings,
                                   scenario->string_count, 1, &scenario->string_room);
    if (status != LEAD_OK) {
        free(text);
        return status;
    }
    scenario->strings[scenario->string_count++] = text;
    return LEAD_OK;
}

static lead_status keep_copy(const reader *in, const char *text, const char **out) {
    char *copy = NULL;
    *out = NULL;
    if (!text)
        return LEAD_OK;
    LEAD_TRY(lead_string_copy(text, &copy));
    *out = copy;
    return keep(in, copy);
}

static lead_status find(const reader *in, const char *key, const char *name, char **out) {
    lead_status status = lead_find_file(in->path, in->data, name, out);
    return status == LEAD_OK ? LEAD_OK : lead_yaml_fail_within(in->path, key, status);
}

static lead_status row_fail(const reader *in, const char *where, const lead_option *row,
                            lead_status status) {
    char key[120];
    snprintf(key, sizeof key, "%s%s%s", where, *where ? "." : "", row->name);
    return lead_yaml_fail_within(in->path, key, status);
}

static lead_status read_row(const reader *in, const lead_option *row, const char *text,
                            void *values) {
    if (strcmp(row->usual_text, "needed") == 0 && (!text || !*text))
        return lead_fail(LEAD_FORMAT, "is needed: %s", row->help);
    if (!text || row->kind == LEAD_OPTION_OWN || row->kind == LEAD_OPTION_FILE)
        return LEAD_OK;
    if (row->kind == LEAD_OPTION_TEXT)
        return keep_copy(in, text, (const char **)((char *)values + row->at));
    return lead_option_set(row, values, text);
}

/* The rows of a section from their texts; FILE and OWN ones are their reader's business. Where
 * nothing is stated the default stands. */
static lead_status read_rows(const reader *in, const char *where,
                             const lead_option_section *section, char *const *texts, void *values) {
    lead_options_reset(section, values);
    for (int i = 0; i < section->count; i++) {
        lead_status status = read_row(in, &section->rows[i], texts[i], values);
        if (status != LEAD_OK)
            return row_fail(in, where, &section->rows[i], status);
    }
    return LEAD_OK;
}

static lead_status read_topology(const reader *in, const raw_topology *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(
        read_rows(in, "topology", &lead_topology_section, &raw->file, &scenario->topology_reading));
    return find(in, "topology.file", raw->file, &scenario->topology_file);
}

static lead_status read_tm(const reader *in, const raw_tm *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(read_rows(in, "traffic.tm", &lead_tm_section, &raw->file, scenario));
    LEAD_TRY(find(in, "traffic.tm.file", raw->file, &scenario->tm_file));
    if (raw->suspect)
        LEAD_TRY(find(in, "traffic.tm.suspect", raw->suspect, &scenario->suspect_file));
    if (raw->history && !raw->start)
        return lead_yaml_fail(in->path, "traffic.tm.history", LEAD_INVALID,
                              "without a start the run begins with the file's first TM: state "
                              "start, or leave history out");
    return LEAD_OK;
}

static lead_status read_synthetic(const reader *in, const raw_synthetic *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(read_rows(in, "traffic.synthetic", &lead_span_section, &raw->start, in->scenario));
    return read_rows(in, "traffic.synthetic", &lead_synthetic_section, &raw->mean_total,
                     &scenario->synthetic);
}

static lead_status read_traffic(const reader *in, const raw_traffic *raw) {
    lead_scenario *scenario = in->scenario;
    if (!raw->tm == !raw->synthetic)
        return lead_yaml_fail(in->path, "traffic", LEAD_FORMAT, "needs one of tm and synthetic");
    LEAD_TRY(raw->tm ? read_tm(in, raw->tm) : read_synthetic(in, raw->synthetic));
    LEAD_TRY(
        read_rows(in, "traffic.load", &lead_load_section, &raw->load.optimal_mlu_peak, scenario));
    if (raw->load.optimal_mlu_peak && raw->load.factor)
        return lead_yaml_fail(in->path, "traffic.load", LEAD_FORMAT,
                              "optimal_mlu_peak and factor exclude one another");
    return read_rows(in, "traffic.packets", &lead_packets_section, &raw->packets.model,
                     &scenario->engine_options);
}

static lead_status read_time(const reader *in, const raw_time *raw) {
    lead_engine_options *options = &in->scenario->engine_options;
    LEAD_TRY(read_rows(in, "time", &lead_time_section, &raw->epoch, options));
    if (options->epoch != floor(options->epoch))
        return lead_yaml_fail(in->path, "time.epoch", LEAD_INVALID,
                              "%s is not a whole number of seconds", raw->epoch);
    if (!raw->simulated)
        options->simulated = options->epoch;
    return LEAD_OK;
}

static lead_status read_queue(const reader *in, const raw_queue *raw) {
    lead_engine_options *options = &in->scenario->engine_options;
    if (raw->packets && raw->bytes)
        return lead_yaml_fail(in->path, "queue", LEAD_FORMAT,
                              "packets and bytes exclude one another");
    LEAD_TRY(read_rows(in, "queue", &lead_queue_section, &raw->kind, options));
    if (!raw->bytes && !raw->packets)
        options->queue_packets = 100;
    return !raw->bytes || options->queue_bytes >= options->packet_bytes
               ? LEAD_OK
               : lead_yaml_fail(in->path, "queue.bytes", LEAD_INVALID,
                                "%s is less than one packet of %d B (traffic.packets.size_bytes)",
                                raw->bytes, options->packet_bytes);
}

/* What a look for a file gave: its path, kept, or the failure at `key`. */
static lead_status keep_found(const reader *in, const char *key, lead_status status,
                              char *const *found, const char **out) {
    if (status != LEAD_OK)
        return lead_yaml_fail_within(in->path, key, status);
    *out = *found;
    return keep(in, *found);
}

/* "20", "bootstrap" or "bootstrap 20": these keep what OD pairs have in common. */
static lead_status read_samples(const char *text, int usual, lead_predictor_options *options) {
    static const char word[] = "bootstrap";
    const lead_option_section *section = &lead_predict_section;
    lead_option row = section->rows[lead_option_find(section, "samples")];
    row.kind = LEAD_OPTION_WHOLE;
    options->joint = text && strncmp(text, word, sizeof word - 1) == 0;
    if (options->joint)
        text += sizeof word - 1;
    if (options->joint && *text == ' ')
        text++;
    options->samples = options->joint ? 20 : usual;
    return text && (*text || !options->joint) ? lead_option_set(&row, options, text) : LEAD_OK;
}

/* A key that the model does not heed is a mistake. */
static lead_status check_heeded(const reader *in, const char *where, const raw_predict *raw,
                                const lead_predictor_type *type) {
    const lead_option_section *section = &lead_predict_section;
    char *const *texts = &raw->samples;
    char heeded[400];
    for (int i = 0; i < section->count; i++) {
        if (!texts[i] || lead_option_is_heeded(&section->rows[i], type->name))
            continue;
        lead_option_list(section, type->name, heeded, sizeof heeded);
        return row_fail(in, where, &section->rows[i],
                        lead_fail(LEAD_INVALID, "model %s heeds %s, not this", type->name, heeded));
    }
    return LEAD_OK;
}

/* Where none is named, the one for any network stands in. */
static lead_status read_checkpoint(const reader *in, const char *where, const raw_predict *raw,
                                   lead_policy *out) {
    const char *usual = out->predictor->usual_checkpoint,
               *name = raw->checkpoint ? raw->checkpoint : usual;
    char key[80], *found = NULL;
    snprintf(key, sizeof key, "%s.checkpoint", where);
    if (!name)
        return LEAD_OK;
    if (!raw->checkpoint)
        lead_log(
            LEAD_LOG_WARNING,
            "%s: none is named: takes `%s`, the one for any network; `lead info` lists those of "
            "known networks, docs/tutorial-train.md trains one",
            key, usual);
    return keep_found(in, key, lead_find_checkpoint(in->path, name, &found), &found,
                      &out->predictor_options.checkpoint);
}

static lead_status read_predict(const reader *in, const char *policy, const raw_predict *raw,
                                lead_policy *out) {
    lead_predictor_options *options = &out->predictor_options;
    char where[60], key[80], *found = NULL;
    snprintf(where, sizeof where, "%s.predict", policy);
    LEAD_TRY(read_rows(in, where, &lead_model_section, &raw->model, out));
    snprintf(key, sizeof key, "%s.model", where);
    out->predictor = lead_predictor_find(raw->model);
    if (!out->predictor)
        return lead_yaml_fail_within(in->path, key,
                                     lead_fail_unknown(raw->model, lead_predictor_names()));
    LEAD_TRY(check_heeded(in, where, raw, out->predictor));
    LEAD_TRY(read_rows(in, where, &lead_predict_section, &raw->samples, options));
    int usual = out->predictor->usual_samples;
    lead_status status = read_samples(raw->samples, usual > 0 ? usual : 1, options);
    snprintf(key, sizeof key, "%s.samples", where);
    if (status != LEAD_OK)
        return lead_yaml_fail_within(in->path, key, status);
    snprintf(key, sizeof key, "%s.fit", where);
    if (raw->fit)
        LEAD_TRY(keep_found(in, key, lead_find_file(in->path, in->data, raw->fit, &found), &found,
                            &options->fit_file));
    return read_checkpoint(in, where, raw, out);
}

/* Files are looked for. */
static lead_status read_te_option(const reader *in, int option, const char *text,
                                  lead_policy *out) {
    char *found;
    if (!lead_te_option_is_file(option))
        return lead_te_option_set(out->te, &out->te_options, option, text);
    LEAD_TRY(lead_find_file(in->path, in->data, text, &found));
    LEAD_TRY(keep(in, found));
    return lead_te_option_set(out->te, &out->te_options, option, found);
}

static lead_status read_te(const reader *in, const char *policy, const raw_te *raw,
                           lead_policy *out) {
    char *const *texts = &raw->weights;
    char where[60], key[80];
    snprintf(where, sizeof where, "%s.te", policy);
    LEAD_TRY(read_rows(in, where, &lead_choice_section, &raw->algorithm, out));
    snprintf(key, sizeof key, "%s.algorithm", where);
    out->te = lead_te_find(raw->algorithm);
    if (!out->te)
        return lead_yaml_fail_within(in->path, key,
                                     lead_fail_unknown(raw->algorithm, lead_te_names()));
    for (int i = 0; i < lead_te_option_count(); i++) {
        lead_status status = texts[i] ? read_te_option(in, i, texts[i], out) : LEAD_OK;
        if (status != LEAD_OK)
            return row_fail(in, where, &lead_te_section.rows[i], status);
    }
    snprintf(key, sizeof key, "%s.when", where);
    LEAD_TRY(read_rows(in, key, &lead_when_section, &raw->when.gain, out));
    snprintf(key, sizeof key, "%s.when.surprise", where);
    if (out->surprise > 0 && !out->predictor)
        return lead_yaml_fail(in->path, key, LEAD_INVALID,
                              "there is no forecast to be surprised by: write predict, or leave "
                              "this out");
    return LEAD_OK;
}

static lead_status read_measure(const reader *in, const char *key, const raw_measure *raw,
                                const lead_estimator_type **out) {
    const char *name = raw->from ? raw->from : "od-counters";
    *out = lead_estimator_find(name);
    if (*out)
        return LEAD_OK;
    return lead_yaml_fail_within(in->path, key, lead_fail_unknown(name, lead_estimator_names()));
}

static bool plain_name(const char *name) {
    return name[0] != '.' && strlen(name) <= 100 &&
           name[strspn(
               name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-")] == '\0';
}

static lead_status check_name(const reader *in, const char *key, const char *name) {
    if (plain_name(name))
        return LEAD_OK;
    return lead_yaml_fail(in->path, key, LEAD_INVALID,
                          "\"%.60s\" cannot name a folder (letters, digits, . _ + -, no dot first, "
                          "100 at most)",
                          name);
}

static lead_status read_policy(const reader *in, const raw_scenario *raw, unsigned index) {
    const raw_policy *from = &raw->policies[index];
    lead_policy *to = &in->scenario->policies[index];
    char policy[40], key[80];
    snprintf(policy, sizeof policy, "policies[%u]", index);
    LEAD_TRY(read_rows(in, policy, &lead_policy_section, &from->name, to));
    snprintf(key, sizeof key, "%s.name", policy);
    LEAD_TRY(check_name(in, key, from->name));
    if (lead_file_is_of_run(from->name))
        return lead_yaml_fail(in->path, key, LEAD_INVALID,
                              "\"%.60s\" is a file of the run itself; take another name",
                              from->name);
    for (unsigned i = 0; i < index; i++)
        if (strcmp(raw->policies[i].name, from->name) == 0)
            return lead_yaml_fail(in->path, key, LEAD_INVALID, "\"%s\" is there twice", from->name);
    LEAD_TRY(keep_copy(in, from->name, &to->name));
    snprintf(key, sizeof key, from->measure ? "%s.measure.from" : "measure.from", policy);
    LEAD_TRY(read_measure(in, key, from->measure ? from->measure : &raw->measure, &to->estimator));
    if (from->predict)
        LEAD_TRY(read_predict(in, policy, from->predict, to));
    to->detect = in->scenario->detect;
    to->predictor_options.seed = to->te_options.seed = in->scenario->seed;
    return read_te(in, policy, &from->te, to);
}

/* A key that the kind does not heed is a mistake. */
static lead_status check_event_keys(const reader *in, const char *where, const raw_event *from) {
    const lead_option_section *section = &lead_event_section;
    char *const *texts = &from->kind;
    char heeded[400];
    for (int i = 0; i < section->count; i++) {
        if (!texts[i] || lead_option_is_heeded(&section->rows[i], from->kind))
            continue;
        lead_option_list(section, from->kind, heeded, sizeof heeded);
        return row_fail(in, where, &section->rows[i],
                        lead_fail(LEAD_INVALID, "%s heeds %s, not this", from->kind, heeded));
    }
    return LEAD_OK;
}

static lead_status read_event(const reader *in, const raw_event *from, unsigned index,
                              lead_event *to) {
    char where[40], key[60];
    const char *at;
    snprintf(where, sizeof where, "events[%u]", index);
    LEAD_TRY(read_rows(in, where, &lead_event_section, &from->kind, to));
    LEAD_TRY(check_event_keys(in, where, from));
    lead_status status = lead_event_check(to, &at);
    snprintf(key, sizeof key, "%s.%s", where, at);
    return status == LEAD_OK ? LEAD_OK : lead_yaml_fail_within(in->path, key, status);
}

/* The engine by name; without one ns-3, or what a build without it has. */
static lead_status read_engine(const reader *in, const char *name) {
    in->scenario->engine = lead_engine_find(name ? name : "ns3");
    if (!name && !in->scenario->engine)
        in->scenario->engine = lead_engine_find("fluid");
    if (in->scenario->engine)
        return LEAD_OK;
    return lead_yaml_fail_within(in->path, "engine", lead_fail_unknown(name, lead_engine_names()));
}

/* What every kind of file says: who decides, how time passes. */
static lead_status read_policies(const reader *in, const raw_scenario *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(lead_string_copy(in->path, &scenario->path));
    LEAD_TRY(read_rows(in, "", &lead_scenario_section, &raw->name, scenario));
    LEAD_TRY(check_name(in, "name", raw->name));
    LEAD_TRY(lead_string_copy(raw->name, &scenario->name));
    LEAD_TRY(read_time(in, &raw->time));
    LEAD_TRY(read_rows(in, "detect", &lead_detect_section, &raw->detect.level, &scenario->detect));
    unsigned count = raw->policies_chosen > 0 ? raw->policies_chosen : raw->policies_count;
    LEAD_TRY(lead_calloc(count, sizeof(lead_policy), &scenario->policies));
    scenario->policy_count = (int)count;
    for (unsigned i = 0; i < count; i++)
        LEAD_TRY(read_policy(in, raw, i));
    return LEAD_OK;
}

static lead_status read_simulation(const reader *in, const raw_scenario *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(read_policies(in, raw));
    LEAD_TRY(read_topology(in, &raw->topology));
    LEAD_TRY(read_traffic(in, &raw->traffic));
    LEAD_TRY(read_queue(in, &raw->queue));
    LEAD_TRY(
        read_rows(in, "", &lead_convergence_section, &raw->convergence, &scenario->engine_options));
    LEAD_TRY(read_rows(in, "outputs", &lead_plans_section, &raw->outputs.plans, scenario));
    LEAD_TRY(read_rows(in, "outputs", &lead_outputs_section, &raw->outputs.flow_monitor,
                       &scenario->engine_options));
    LEAD_TRY(read_engine(in, raw->engine));
    LEAD_TRY(lead_calloc(raw->events_count, sizeof(lead_event), &scenario->events));
    scenario->event_count = (int)raw->events_count;
    for (unsigned i = 0; i < raw->events_count; i++)
        LEAD_TRY(read_event(in, &raw->events[i], i, &scenario->events[i]));
    lead_scenario_warn_idle(scenario);
    return LEAD_OK;
}

static lead_status read_attached(const reader *in, const raw_scenario *raw) {
    LEAD_TRY(read_policies(in, raw));
    lead_scenario_warn_idle_policies(in->scenario);
    return LEAD_OK;
}

static lead_status read_by(const cyaml_schema_value_t *schema,
                           lead_status (*take)(const reader *, const raw_scenario *),
                           const char *path, const char *data, const lead_overrides *overrides,
                           lead_scenario **out) {
    raw_scenario *raw = NULL;
    reader in = {path, data, NULL};
    LEAD_TRY(lead_yaml_read(path, schema, &raw));
    lead_status status = overrides ? lead_overrides_apply(overrides, raw) : LEAD_OK;
    if (status == LEAD_OK)
        status = lead_calloc(1, sizeof *in.scenario, &in.scenario);
    if (status == LEAD_OK)
        status = take(&in, raw);
    lead_yaml_free(schema, raw);
    if (status == LEAD_OK)
        *out = in.scenario;
    else
        lead_scenario_free(in.scenario);
    return status;
}

lead_status lead_scenario_read(const char *path, const char *data, lead_scenario **out) {
    LEAD_EXPECTS(path && out);
    LEAD_TRY(lead_find_check_folder(data));
    return read_by(&raw_scenario_schema, read_simulation, path, data, NULL, out);
}

lead_status lead_scenario_read_with(const char *path, const char *data,
                                    const lead_overrides *overrides, lead_scenario **out) {
    LEAD_EXPECTS(path && overrides && out);
    LEAD_TRY(lead_find_check_folder(data));
    lead_status status = read_by(&raw_scenario_schema, read_simulation, path, data, overrides, out);
    bool told = strncmp(lead_last_message(), "--", 2) == 0;
    if (status == LEAD_OK || told || (overrides->set_count == 0 && overrides->event_count == 0))
        return status;
    return lead_fail_within(status, overrides->set_count > 0 ? "with --set" : "with --event");
}

lead_status lead_scenario_read_attached(const char *path, lead_scenario **out) {
    LEAD_EXPECTS(path && out);
    return read_by(&raw_attached_schema, read_attached, path, NULL, NULL, out);
}

void lead_scenario_free(lead_scenario *scenario) {
    if (!scenario)
        return;
    for (int i = 0; i < scenario->string_count; i++)
        free(scenario->strings[i]);
    free(scenario->strings);
    free(scenario->events);
    free(scenario->policies);
    free(scenario->path);
    free(scenario->name);
    free(scenario->topology_file);
    free(scenario->tm_file);
    free(scenario->suspect_file);
    free(scenario);
}
