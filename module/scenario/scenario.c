/* From the text of a scenario file to checked values, with defaults. */
#include "base/array.h"
#include "base/expects.h"
#include "base/words.h"
#include "formats/text.h"
#include "record/files.h"
#include "scenario/defaults.h"
#include "scenario/find.h"
#include "scenario/heeded.h"
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

typedef enum number_kind { PLAIN, RATE, TIME, SIZE, WHOLE } number_kind;

static lead_status parse_number(const char *text, number_kind kind, double *value) {
    static const lead_quantity quantity[] = {0, LEAD_QUANTITY_RATE, LEAD_QUANTITY_TIME,
                                             LEAD_QUANTITY_SIZE};
    if (kind == RATE || kind == TIME || kind == SIZE)
        return lead_quantity_parse(text, quantity[kind], value);
    if (!lead_number_parse(text, value) || (kind == WHOLE && *value != floor(*value)))
        return lead_fail(LEAD_FORMAT, "\"%.40s\" is not a%s number", text,
                         kind == WHOLE ? " whole" : "");
    return LEAD_OK;
}

/* A number at `key` within least..most; `fallback` where the file says nothing. */
static lead_status number(const reader *in, const char *key, const char *text, number_kind kind,
                          double least, double most, double fallback, double *value) {
    *value = fallback;
    if (!text)
        return LEAD_OK;
    lead_status status = parse_number(text, kind, value);
    if (status != LEAD_OK)
        return lead_yaml_fail_within(in->path, key, status);
    if (*value < least || *value > most)
        return lead_yaml_fail(in->path, key, LEAD_INVALID, "%s is not in %g..%g", text, least,
                              most);
    return LEAD_OK;
}

static lead_status whole(const reader *in, const char *key, const char *text, double least,
                         double most, int fallback, int *value) {
    double parsed;
    LEAD_TRY(number(in, key, text, WHOLE, least, most, fallback, &parsed));
    *value = (int)parsed;
    return LEAD_OK;
}

static lead_status seed_of(const reader *in, const char *key, const char *text, uint64_t fallback,
                           uint64_t *value) {
    double parsed;
    LEAD_TRY(number(in, key, text, WHOLE, 0, 9007199254740992.0, (double)fallback, &parsed));
    *value = (uint64_t)parsed;
    return LEAD_OK;
}

/* One of a list of words; its place in the list. */
static lead_status choice(const reader *in, const char *key, const char *text,
                          const char *const *words, int count, int fallback, int *value) {
    char known[256] = "";
    *value = fallback;
    if (!text)
        return LEAD_OK;
    for (int i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            *value = i;
            return LEAD_OK;
        }
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "",
                 words[i]);
    }
    return lead_yaml_fail(in->path, key, LEAD_INVALID, "\"%.60s\" is none of %s", text, known);
}

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

static lead_status unit_of(const reader *in, const char *key, const char *text, double *unit) {
    *unit = 0;
    lead_status status = text ? lead_unit_parse(text, unit) : LEAD_OK;
    return status == LEAD_OK ? LEAD_OK : lead_yaml_fail_within(in->path, key, status);
}

static lead_status read_topology(const reader *in, const raw_topology *raw) {
    static const char *const ways[] = {"both", "one-way"};
    lead_topology_reading *reading = &in->scenario->topology_reading;
    int way;
    LEAD_TRY(find(in, "topology.file", raw->file, &in->scenario->topology_file));
    LEAD_TRY(number(in, "topology.capacity", raw->capacity, RATE, 1, 1e18, 0, &reading->capacity));
    LEAD_TRY(unit_of(in, "topology.unit", raw->unit, &reading->unit));
    LEAD_TRY(choice(in, "topology.directions", raw->directions, ways, 2, -1, &way));
    reading->directions = way < 0    ? LEAD_DIRECTIONS_FILE
                          : way == 0 ? LEAD_DIRECTIONS_BOTH
                                     : LEAD_DIRECTIONS_ONE_WAY;
    return LEAD_OK;
}

static lead_status read_tm(const reader *in, const raw_tm *raw) {
    static const char *const ways[] = {"mean"};
    lead_scenario *scenario = in->scenario;
    int way;
    LEAD_TRY(find(in, "traffic.tm.file", raw->file, &scenario->tm_file));
    if (raw->suspect)
        LEAD_TRY(find(in, "traffic.tm.suspect", raw->suspect, &scenario->suspect_file));
    LEAD_TRY(whole(in, "traffic.tm.epochs", raw->epochs, 1, 1e7, 0, &scenario->epochs));
    LEAD_TRY(whole(in, "traffic.tm.history", raw->history, 0, 1e7, 4032, &scenario->history));
    if (raw->history && !raw->start)
        return lead_yaml_fail(in->path, "traffic.tm.history", LEAD_INVALID,
                              "without a start the run begins with the file's first TM: state "
                              "start, or leave history out");
    LEAD_TRY(unit_of(in, "traffic.tm.unit", raw->unit, &scenario->unit));
    LEAD_TRY(choice(in, "traffic.tm.aggregate", raw->aggregate, ways, 1, -1, &way));
    scenario->aggregate = way == 0;
    scenario->start = INT64_MIN;
    lead_status status = raw->start ? lead_time_parse(raw->start, &scenario->start) : LEAD_OK;
    return status == LEAD_OK ? LEAD_OK
                             : lead_yaml_fail_within(in->path, "traffic.tm.start", status);
}

static lead_status read_synthetic(const reader *in, const raw_synthetic *raw) {
    lead_scenario *scenario = in->scenario;
    lead_synthetic *model = &scenario->synthetic, usual = lead_synthetic_default();
    *model = usual;
    LEAD_TRY(whole(in, "traffic.synthetic.epochs", raw->epochs, 1, 1e7, 288, &scenario->epochs));
    LEAD_TRY(
        whole(in, "traffic.synthetic.history", raw->history, 0, 1e7, 4032, &scenario->history));
    LEAD_TRY(seed_of(in, "traffic.synthetic.seed", raw->seed, usual.seed, &model->seed));
    LEAD_TRY(number(in, "traffic.synthetic.mean_total", raw->mean_total, RATE, 0, 1e18,
                    usual.mean_total, &model->mean_total));
    LEAD_TRY(number(in, "traffic.synthetic.gravity_sigma", raw->gravity_sigma, PLAIN, 0, 5,
                    usual.gravity_sigma, &model->gravity_sigma));
    LEAD_TRY(number(in, "traffic.synthetic.daily_swing", raw->daily_swing, PLAIN, 0, 1,
                    usual.daily_swing, &model->daily_swing));
    LEAD_TRY(number(in, "traffic.synthetic.weekend", raw->weekend, PLAIN, 0, 10, usual.weekend,
                    &model->weekend));
    LEAD_TRY(number(in, "traffic.synthetic.noise_sigma", raw->noise_sigma, PLAIN, 0, 3,
                    usual.noise_sigma, &model->noise_sigma));
    LEAD_TRY(number(in, "traffic.synthetic.noise_memory", raw->noise_memory, PLAIN, 0, 0.9999,
                    usual.noise_memory, &model->noise_memory));
    LEAD_TRY(number(in, "traffic.synthetic.burst_rate", raw->burst_rate, PLAIN, 0, 1e4,
                    usual.burst_rate, &model->burst_rate));
    LEAD_TRY(number(in, "traffic.synthetic.burst_shape", raw->burst_shape, PLAIN, 1.01, 100,
                    usual.burst_shape, &model->burst_shape));
    LEAD_TRY(number(in, "traffic.synthetic.burst_steps", raw->burst_steps, PLAIN, 1, 1e6,
                    usual.burst_steps, &model->burst_steps));
    lead_status status =
        lead_time_parse(raw->start ? raw->start : "2004-07-20T00:00:00Z", &scenario->start);
    return status == LEAD_OK ? LEAD_OK
                             : lead_yaml_fail_within(in->path, "traffic.synthetic.start", status);
}

static lead_status read_traffic(const reader *in, const raw_traffic *raw) {
    static const char *const models[] = {"cbr", "poisson", "pareto", "tcp"};
    lead_engine_options *options = &in->scenario->engine_options;
    int model;
    if (!raw->tm == !raw->synthetic)
        return lead_yaml_fail(in->path, "traffic", LEAD_FORMAT, "needs one of tm and synthetic");
    LEAD_TRY(raw->tm ? read_tm(in, raw->tm) : read_synthetic(in, raw->synthetic));
    LEAD_TRY(number(in, "traffic.load.optimal_mlu_peak", raw->load.optimal_mlu_peak, PLAIN, 1e-6,
                    100, 0, &in->scenario->load_peak));
    LEAD_TRY(number(in, "traffic.load.factor", raw->load.factor, PLAIN, 1e-12, 1e12, 1,
                    &in->scenario->load_factor));
    if (raw->load.optimal_mlu_peak && raw->load.factor)
        return lead_yaml_fail(in->path, "traffic.load", LEAD_FORMAT,
                              "optimal_mlu_peak and factor exclude one another");
    LEAD_TRY(choice(in, "traffic.packets.model", raw->packets.model, models, 4,
                    LEAD_PACKETS_POISSON, &model));
    options->packets = (lead_packet_model)model;
    LEAD_TRY(whole(in, "traffic.packets.size_bytes", raw->packets.size_bytes, 64, 65000, 1000,
                   &options->packet_bytes));
    LEAD_TRY(whole(in, "traffic.packets.flows_per_pair", raw->packets.flows_per_pair, 1, 10000,
                   LEAD_DEFAULT_FLOWS_PER_PAIR, &options->flows_per_pair));
    return number(in, "traffic.packets.mean_flow_bytes", raw->packets.mean_flow_bytes, SIZE, 100,
                  1e12, LEAD_DEFAULT_FLOW_BYTES, &options->mean_flow_bytes);
}

static lead_status read_time(const reader *in, const raw_time *raw) {
    lead_engine_options *options = &in->scenario->engine_options;
    LEAD_TRY(number(in, "time.epoch", raw->epoch, TIME, 1, 1e7, 300, &options->epoch));
    if (options->epoch != floor(options->epoch))
        return lead_yaml_fail(in->path, "time.epoch", LEAD_INVALID,
                              "%s is not a whole number of seconds", raw->epoch);
    LEAD_TRY(number(in, "time.simulated", raw->simulated, TIME, 1e-3, 1e7, options->epoch,
                    &options->simulated));
    return number(in, "time.rate_scale", raw->rate_scale, PLAIN, 1e-12, 1, 1, &options->rate_scale);
}

static lead_status read_queue(const reader *in, const raw_queue *raw) {
    static const char *const kinds[] = {"fifo", "red", "codel"};
    lead_engine_options *options = &in->scenario->engine_options;
    int kind;
    LEAD_TRY(choice(in, "queue.kind", raw->kind, kinds, 3, LEAD_QUEUE_FIFO, &kind));
    options->queue = (lead_queue_kind)kind;
    if (raw->packets && raw->bytes)
        return lead_yaml_fail(in->path, "queue", LEAD_FORMAT,
                              "packets and bytes exclude one another");
    double bytes;
    LEAD_TRY(whole(in, "queue.packets", raw->packets, 1, 1e6, raw->bytes ? 0 : 100,
                   &options->queue_packets));
    LEAD_TRY(number(in, "queue.bytes", raw->bytes, SIZE, 64, 1e9, 0, &bytes));
    options->queue_bytes = (int)bytes;
    if (raw->bytes && bytes < options->packet_bytes)
        return lead_yaml_fail(in->path, "queue.bytes", LEAD_INVALID,
                              "%s is less than one packet of %d B (traffic.packets.size_bytes)",
                              raw->bytes, options->packet_bytes);
    return LEAD_OK;
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
static lead_status read_samples(const reader *in, const char *key, const char *text, bool many,
                                lead_predictor_options *options) {
    static const char word[] = "bootstrap";
    options->joint = text && strncmp(text, word, sizeof word - 1) == 0;
    if (options->joint)
        text += sizeof word - 1;
    if (options->joint && *text == ' ')
        text++;
    return whole(in, key, text && (*text || !options->joint) ? text : NULL, 1, 100000,
                 many || options->joint ? 20 : 1, &options->samples);
}

/* A key that the model does not heed is a mistake. */
static lead_status check_heeded(const reader *in, const char *policy, const raw_predict *raw,
                                const lead_predictor_type *type) {
    const struct {
        const char *name, *text;
    } keys[] = {{"checkpoint", raw->checkpoint}, {"fit", raw->fit},        {"steps", raw->steps},
                {"budget", raw->budget},         {"alpha", raw->alpha},    {"window", raw->window},
                {"device", raw->device},         {"threads", raw->threads}};
    char key[80];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!keys[i].text || lead_word_place(keys[i].name, type->heeds) >= 0)
            continue;
        snprintf(key, sizeof key, "%s.predict.%s", policy, keys[i].name);
        return lead_yaml_fail(in->path, key, LEAD_INVALID, "model %s heeds samples%s%s, not this",
                              type->name, *type->heeds ? ", " : "", type->heeds);
    }
    return LEAD_OK;
}

static lead_status read_predict(const reader *in, const char *policy, const raw_predict *raw,
                                lead_policy *out) {
    lead_predictor_options *options = &out->predictor_options;
    char key[80], *found = NULL;
    snprintf(key, sizeof key, "%s.predict.model", policy);
    out->predictor = lead_predictor_find(raw->model);
    if (!out->predictor)
        return lead_yaml_fail(in->path, key, LEAD_INVALID, "\"%.60s\" is none of %s", raw->model,
                              lead_predictor_names());
    LEAD_TRY(check_heeded(in, policy, raw, out->predictor));
    bool lead = strcmp(raw->model, "lead") == 0, many = lead || strcmp(raw->model, "auto") == 0;
    snprintf(key, sizeof key, "%s.predict.samples", policy);
    LEAD_TRY(read_samples(in, key, raw->samples, many, options));
    snprintf(key, sizeof key, "%s.predict.steps", policy);
    LEAD_TRY(whole(in, key, raw->steps, 1, 1000, 0, &options->diffusion_steps));
    snprintf(key, sizeof key, "%s.predict.budget", policy);
    LEAD_TRY(number(in, key, raw->budget, TIME, 1e-6, 1e6, 0, &options->budget));
    snprintf(key, sizeof key, "%s.predict.window", policy);
    LEAD_TRY(whole(in, key, raw->window, 1, 100000, 0, &options->window));
    snprintf(key, sizeof key, "%s.predict.alpha", policy);
    LEAD_TRY(number(in, key, raw->alpha, PLAIN, 1e-6, 1, 0, &options->alpha));
    snprintf(key, sizeof key, "%s.predict.threads", policy);
    LEAD_TRY(whole(in, key, raw->threads, 1, 1024, 0, &options->threads));
    LEAD_TRY(keep_copy(in, raw->device, &options->device));
    snprintf(key, sizeof key, "%s.predict.fit", policy);
    if (raw->fit)
        LEAD_TRY(keep_found(in, key, lead_find_file(in->path, in->data, raw->fit, &found), &found,
                            &out->fit_file));
    snprintf(key, sizeof key, "%s.predict.checkpoint", policy);
    if (raw->checkpoint)
        LEAD_TRY(keep_found(in, key, lead_find_checkpoint(in->path, raw->checkpoint, &found),
                            &found, &options->checkpoint));
    return LEAD_OK;
}

static lead_status read_te(const reader *in, const char *policy, const raw_te *raw,
                           lead_policy *out) {
    const char *const texts[] = {
#define X(key, member, kind, least, most, words) raw->key,
        LEAD_TE_OPTION_LIST(X)
#undef X
    };
    char key[80];
    snprintf(key, sizeof key, "%s.te.algorithm", policy);
    out->te = lead_te_find(raw->algorithm);
    if (!out->te)
        return lead_yaml_fail(in->path, key, LEAD_INVALID, "\"%.60s\" is none of %s",
                              raw->algorithm, lead_te_names());
    for (int i = 0; i < lead_te_option_count(); i++) {
        snprintf(key, sizeof key, "%s.te.%s", policy, lead_te_option_name(i));
        lead_status status =
            texts[i] ? lead_te_option_set(out->te, &out->te_options, i, texts[i]) : LEAD_OK;
        if (status != LEAD_OK)
            return lead_yaml_fail_within(in->path, key, status);
    }
    snprintf(key, sizeof key, "%s.te.every", policy);
    LEAD_TRY(whole(in, key, raw->every, 1, 100000, 1, &out->every));
    snprintf(key, sizeof key, "%s.te.when.gain", policy);
    return number(in, key, raw->when.gain, PLAIN, 0, 1, 0, &out->gain);
}

static lead_status read_measure(const reader *in, const char *key, const raw_measure *raw,
                                const lead_estimator_type **out) {
    const char *name = raw->from ? raw->from : "od-counters";
    *out = lead_estimator_find(name);
    if (*out)
        return LEAD_OK;
    return lead_yaml_fail(in->path, key, LEAD_INVALID, "\"%.60s\" is none of %s", name,
                          lead_estimator_names());
}

static bool plain_name(const char *name) {
    return name[0] != '.' && strlen(name) <= 100 &&
           name[strspn(
               name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-")] == '\0';
}

static lead_status read_policy(const reader *in, const raw_scenario *raw, unsigned index) {
    const raw_policy *from = &raw->policies[index];
    lead_policy *to = &in->scenario->policies[index];
    char policy[40], key[80];
    snprintf(policy, sizeof policy, "policies[%u]", index);
    snprintf(key, sizeof key, "%s.name", policy);
    if (!plain_name(from->name))
        return lead_yaml_fail(in->path, key, LEAD_INVALID,
                              "\"%.60s\" cannot name a folder (letters, digits, . _ + -)",
                              from->name);
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
    to->predictor_options.seed = to->te_options.seed = in->scenario->seed;
    snprintf(key, sizeof key, "%s.budget", policy);
    LEAD_TRY(number(in, key, from->budget, TIME, 1e-6, 1e6, 0, &to->budget));
    return read_te(in, policy, &from->te, to);
}

static lead_status read_event(const reader *in, const raw_event *from, unsigned index,
                              lead_scenario_event *to) {
    static const char *const states[] = {"down", "up"};
    char key[60];
    int state;
    snprintf(key, sizeof key, "events[%u].epoch", index);
    LEAD_TRY(whole(in, key, from->epoch, 0, 1e7, 0, &to->epoch));
    snprintf(key, sizeof key, "events[%u].offset", index);
    LEAD_TRY(number(in, key, from->offset, TIME, 0, in->scenario->engine_options.simulated, 0,
                    &to->offset));
    if (to->offset >= in->scenario->engine_options.simulated)
        return lead_yaml_fail(
            in->path, key, LEAD_INVALID,
            "%s is when the epoch's %g simulated seconds are over: state the next "
            "epoch",
            from->offset, in->scenario->engine_options.simulated);
    snprintf(key, sizeof key, "events[%u].link", index);
    LEAD_TRY(choice(in, key, from->link_state, states, 2, 0, &state));
    to->up = state == 1;
    LEAD_TRY(lead_string_copy(from->from, &to->from));
    return lead_string_copy(from->to, &to->to);
}

/* The engine by name; without one ns-3, or what a build without it has. */
static lead_status read_engine(const reader *in, const char *name) {
    in->scenario->engine = lead_engine_find(name ? name : "ns3");
    if (!name && !in->scenario->engine)
        in->scenario->engine = lead_engine_find("fluid");
    if (in->scenario->engine)
        return LEAD_OK;
    return lead_yaml_fail(in->path, "engine", LEAD_INVALID, "\"%.60s\" is none of %s", name,
                          lead_engine_names());
}

/* What every kind of file says: who decides, how time passes. */
static lead_status read_policies(const reader *in, const raw_scenario *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(lead_string_copy(in->path, &scenario->path));
    if (!plain_name(raw->name))
        return lead_yaml_fail(in->path, "name", LEAD_INVALID,
                              "\"%.60s\" cannot name a folder (letters, digits, . _ + -)",
                              raw->name);
    LEAD_TRY(lead_string_copy(raw->name, &scenario->name));
    LEAD_TRY(read_time(in, &raw->time));
    LEAD_TRY(seed_of(in, "seed", raw->seed, 1, &scenario->seed));
    LEAD_TRY(lead_calloc(raw->policies_count, sizeof(lead_policy), &scenario->policies));
    scenario->policy_count = (int)raw->policies_count;
    for (unsigned i = 0; i < raw->policies_count; i++)
        LEAD_TRY(read_policy(in, raw, i));
    return LEAD_OK;
}

static lead_status read_simulation(const reader *in, const raw_scenario *raw) {
    lead_scenario *scenario = in->scenario;
    LEAD_TRY(read_policies(in, raw));
    LEAD_TRY(read_topology(in, &raw->topology));
    LEAD_TRY(read_traffic(in, &raw->traffic));
    LEAD_TRY(read_queue(in, &raw->queue));
    LEAD_TRY(number(in, "convergence", raw->convergence, TIME, 0, 1e6, 0,
                    &scenario->engine_options.convergence));
    LEAD_TRY(number(in, "watchdog", raw->watchdog, TIME, 0, 1e9, 600, &scenario->watchdog));
    LEAD_TRY(number(in, "memory", raw->memory, SIZE, 1e6, 1e18, 0, &scenario->memory));
    LEAD_TRY(read_engine(in, raw->engine));
    LEAD_TRY(lead_calloc(raw->events_count, sizeof(lead_scenario_event), &scenario->events));
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
                           const char *path, const char *data, lead_scenario **out) {
    raw_scenario *raw = NULL;
    reader in = {path, data, NULL};
    LEAD_TRY(lead_yaml_read(path, schema, &raw));
    lead_status status = lead_calloc(1, sizeof *in.scenario, &in.scenario);
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
    return read_by(&raw_scenario_schema, read_simulation, path, data, out);
}

lead_status lead_scenario_read_attached(const char *path, lead_scenario **out) {
    LEAD_EXPECTS(path && out);
    return read_by(&raw_attached_schema, read_attached, path, NULL, out);
}

void lead_scenario_free(lead_scenario *scenario) {
    if (!scenario)
        return;
    for (int i = 0; i < scenario->string_count; i++)
        free(scenario->strings[i]);
    for (int i = 0; i < scenario->event_count; i++) {
        free(scenario->events[i].from);
        free(scenario->events[i].to);
    }
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
