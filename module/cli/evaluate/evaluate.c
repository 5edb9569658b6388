/* `lead evaluate`: forecasts of past traffic matrices against what came. */
#include "cli/evaluate/scores.h"
#include <jansson.h>
#include <lead/formats.h>
#include <lead/scenario.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double fit_share = 0.7, report_from = 0.8; /* nothing is chosen on what is between */

enum { MOST_HORIZONS = 64, LONGEST_HORIZON = 10000 };

typedef struct arguments {
    lead_cli_list predictors;
    const char *tm, *topology, *fit, *suspect, *at, *from, *to, *horizon, *samples, *steps, *budget,
        *windows, *unit, *step, *threads, *seed, *against, *json;
    char *found[5]; /* the files, where they are */
} arguments;

typedef struct evaluation {
    arguments in;
    lead_evaluate_options options;
    int horizons[MOST_HORIZONS];
    double unit, step;
    int64_t *suspects, *at;
    int suspect_count;
    lead_tm_series *series, *fit;
    lead_routing *routing;
    lead_cli_scores scores;
} evaluation;

/* --- arguments -------------------------------------------------------------------------------- */

static lead_status parse(int argc, char **argv, arguments *in) {
    const lead_cli_option options[] = {
        {"predictor", NULL, NULL, &in->predictors},
        {"tm", &in->tm, NULL, NULL},
        {"topology", &in->topology, NULL, NULL},
        {"fit", &in->fit, NULL, NULL},
        {"suspect", &in->suspect, NULL, NULL},
        {"at", &in->at, NULL, NULL},
        {"from", &in->from, NULL, NULL},
        {"to", &in->to, NULL, NULL},
        {"horizon", &in->horizon, NULL, NULL},
        {"samples", &in->samples, NULL, NULL},
        {"steps", &in->steps, NULL, NULL},
        {"budget", &in->budget, NULL, NULL},
        {"windows", &in->windows, NULL, NULL},
        {"unit", &in->unit, NULL, NULL},
        {"step", &in->step, NULL, NULL},
        {"threads", &in->threads, NULL, NULL},
        {"seed", &in->seed, NULL, NULL},
        {"against", &in->against, NULL, NULL},
        {"json", &in->json, NULL, NULL},
    };
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count));
    if (count > 0)
        return lead_fail(LEAD_INVALID, "evaluate: what is \"%s\"? (see `lead help evaluate`)",
                         rest[0]);
    if (in->predictors.count == 0 || !in->tm)
        return lead_fail(LEAD_INVALID, "evaluate needs --predictor (%s) and --tm",
                         lead_predictor_names());
    return LEAD_OK;
}

/* Files are where they are named or in $LEAD_DATA. */
static lead_status find_files(arguments *in) {
    const char **files[] = {&in->tm, &in->topology, &in->fit, &in->suspect, &in->at};
    for (int i = 0; i < 5; i++) {
        if (!*files[i] || access(*files[i], F_OK) == 0)
            continue;
        LEAD_TRY(lead_find_file(NULL, NULL, *files[i], &in->found[i]));
        *files[i] = in->found[i];
    }
    return LEAD_OK;
}

/* "1,20" -> horizons. */
static lead_status parse_horizons(const char *text, int *horizons, int *count) {
    *count = 0;
    for (const char *at = text;; at++) {
        char *end;
        long value = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : 0;
        if (value < 1 || value > LONGEST_HORIZON || (*end && *end != ',') ||
            *count == MOST_HORIZONS)
            return lead_fail(LEAD_INVALID,
                             "--horizon: \"%.40s\" is not a list of at most %d numbers in 1..%d",
                             text, MOST_HORIZONS, LONGEST_HORIZON);
        for (int i = 0; i < *count; i++)
            if (horizons[i] == value)
                return lead_fail(LEAD_INVALID, "--horizon: %ld is there twice in \"%.40s\"", value,
                                 text);
        horizons[(*count)++] = (int)value;
        if (!*end)
            return LEAD_OK;
        at = end;
    }
}

/* "60 ms" -> s. */
static lead_status parse_budget(const char *text, double *budget) {
    if (!text)
        return LEAD_OK;
    lead_status status = lead_quantity_parse(text, LEAD_QUANTITY_TIME, budget);
    if (status != LEAD_OK)
        return lead_fail_within(status, "--budget");
    if (*budget < 1e-6 || *budget > 1e6)
        return lead_fail(LEAD_INVALID, "--budget: %s is not in 1e-6..1e6 s", text);
    return LEAD_OK;
}

static lead_status read_numbers(evaluation *self) {
    const arguments *in = &self->in;
    lead_evaluate_options *options = &self->options;
    double samples = 40, steps = 0, windows = 0, threads = 0, seed = 1;
    lead_cli_number(in->samples, &samples);
    lead_cli_number(in->steps, &steps);
    lead_cli_number(in->windows, &windows);
    lead_cli_number(in->threads, &threads);
    lead_cli_number(in->seed, &seed);
    LEAD_TRY(lead_cli_unit("unit", in->unit, &self->unit));
    LEAD_TRY(lead_cli_step(in->step, &self->step));
    LEAD_TRY(parse_budget(in->budget, &options->budget));
    options->samples = (int)samples;
    options->steps = (int)steps;
    options->windows = (int)windows;
    options->threads = (int)threads;
    options->seed = (uint64_t)seed;
    options->predictors = in->predictors.values;
    options->predictor_count = in->predictors.count;
    options->horizons = self->horizons;
    LEAD_TRY(
        parse_horizons(in->horizon ? in->horizon : "1", self->horizons, &options->horizon_count));
    options->from = INT64_MIN;
    options->to = INT64_MAX;
    LEAD_TRY(lead_cli_time("from", in->from, &options->from));
    return lead_cli_time("to", in->to, &options->to);
}

/* --- data ------------------------------------------------------------------------------------- */

/* A file's TMs without suspect epochs and diagonals; *raw: its rows as they are, too. */
static lead_status read_tms(const evaluation *self, const char *path, const lead_topology *order,
                            lead_tm_series **clean, lead_tm_series **raw) {
    lead_tm_reading reading = {
        .topology = order, .unit = self->unit, .step = self->step, .from = INT64_MIN};
    LEAD_TRY(lead_tm_series_read(path, &reading, raw));
    if (lead_tm_series_length(*raw) < 2)
        return lead_fail(LEAD_INVALID, "%s: %d TMs are too few", path, lead_tm_series_length(*raw));
    return lead_evaluate_clean(*raw, self->suspects, self->suspect_count, clean);
}

/* Times of another year or another zone would leave every TM in. */
static void say_unmatched(const evaluation *self, const lead_tm_series *raw) {
    char text[LEAD_TIME_LENGTH + 1];
    if (self->suspect_count == 0 ||
        lead_tm_series_length(self->series) < lead_tm_series_length(raw))
        return;
    lead_time_format(self->suspects[0], text);
    lead_log(LEAD_LOG_WARNING,
             "--suspect: none of the %d times of %s (the first: %s) is one of a TM of %s",
             self->suspect_count, self->in.suspect, text, self->in.tm);
}

/* Options that none of the predictors heeds change nothing. */
static void say_unheeded(const evaluation *self) {
    const struct {
        const char *name, *key, *text;
    } options[] = {{"steps", "steps", self->in.steps},
                   {"budget", "budget", self->in.budget},
                   {"threads", "threads", self->in.threads},
                   {"fit", "fit", self->in.fit}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        bool heeded = !options[i].text;
        for (int k = 0; k < self->options.predictor_count && !heeded; k++)
            heeded = lead_evaluate_heeds(self->options.predictors[k], options[i].key);
        if (!heeded)
            lead_log(LEAD_LOG_WARNING, "--%s changes nothing: no predictor asked for heeds it",
                     options[i].name);
    }
}

/* The nodes of a series as a topology without links, so that another file is read in their order;
 * NULL without names. */
static lead_status nodes_of(const lead_tm_series *series, lead_topology **out) {
    *out = NULL;
    if (!lead_tm_series_node_name(series, 0))
        return LEAD_OK;
    LEAD_TRY(lead_topology_alloc(out));
    for (int v = 0; v < lead_tm_series_node_count(series); v++)
        LEAD_TRY(lead_topology_add_node(*out, lead_tm_series_node_name(series, v), NULL));
    return LEAD_OK;
}

static lead_status read_fit(evaluation *self) {
    lead_topology *nodes = NULL;
    lead_tm_series *raw = NULL;
    lead_status status = nodes_of(self->series, &nodes);
    if (status == LEAD_OK)
        status = read_tms(self, self->in.fit, nodes, &self->fit, &raw);
    lead_topology_free(nodes);
    lead_tm_series_free(raw);
    return status;
}

/* The parts are shares of the file's rows, suspect ones included. */
static lead_status split(evaluation *self, const lead_tm_series *raw) {
    int length = lead_tm_series_length(raw), fitted = 0;
    int64_t fit_end = lead_tm_series_time(raw, (int)(fit_share * length));
    if (!self->in.from && !self->in.to)
        self->options.from = lead_tm_series_time(raw, (int)(report_from * length));
    if (self->in.fit)
        return read_fit(self);
    while (fitted < lead_tm_series_length(self->series) &&
           lead_tm_series_time(self->series, fitted) < fit_end)
        fitted++;
    return lead_tm_series_slice(self->series, 0, fitted, &self->fit);
}

static lead_status read_routing(evaluation *self) {
    lead_topology *topology;
    if (!self->in.topology)
        return LEAD_OK;
    LEAD_TRY(lead_topology_read(self->in.topology, &(lead_topology_reading){0}, &topology));
    lead_status status = lead_evaluate_routing(topology, self->series, &self->routing);
    lead_topology_free(topology);
    return status;
}

static lead_status read_at(evaluation *self) {
    if (!self->in.at)
        return LEAD_OK;
    LEAD_TRY(lead_times_read(self->in.at, &self->at, &self->options.at_count));
    if (self->options.at_count == 0) /* NULL would mean any time */
        return lead_fail(LEAD_INVALID, "--at: %s lists no time", self->in.at);
    self->options.at = self->at;
    return LEAD_OK;
}

static lead_status load(evaluation *self) {
    lead_tm_series *raw = NULL;
    lead_status status = LEAD_OK;
    if (self->in.suspect)
        LEAD_TRY(lead_times_read(self->in.suspect, &self->suspects, &self->suspect_count));
    LEAD_TRY(read_at(self));
    LEAD_TRY_FREE(read_tms(self, self->in.tm, NULL, &self->series, &raw));
    say_unmatched(self, raw);
    say_unheeded(self);
    LEAD_TRY_FREE(split(self, raw));
    LEAD_TRY_FREE(read_routing(self));
    self->options.series = self->series;
    self->options.fit = self->fit;
    self->options.routing = self->routing;
fail:
    lead_tm_series_free(raw);
    return status;
}

/* --- the command ------------------------------------------------------------------------------ */

/* Writes the JSON, also of an evaluation that ended early with `status`: hours may be in it. Both
 * messages are told when that fails, too. */
static lead_status keep_json(const evaluation *self, lead_status status) {
    char message[1024];
    snprintf(message, sizeof message, "%s", lead_last_message());
    lead_status written = lead_evaluate_write_json(self->scores.rows, self->scores.row_count,
                                                   self->scores.differences,
                                                   self->scores.difference_count, self->in.json);
    if (status == LEAD_OK)
        return written;
    return written == LEAD_OK ? lead_fail(status, "%s", message)
                              : lead_fail(status, "%s; %s", message, lead_last_message());
}

static lead_status run(int argc, char **argv, evaluation *self) {
    LEAD_TRY(lead_calloc((size_t)argc, sizeof(char *), &self->in.predictors.values));
    LEAD_TRY(parse(argc, argv, &self->in));
    LEAD_TRY(find_files(&self->in));
    LEAD_TRY(read_numbers(self));
    LEAD_TRY(load(self));
    LEAD_TRY(lead_calloc((size_t)self->in.predictors.count * (size_t)self->options.horizon_count,
                         sizeof *self->scores.rows, &self->scores.rows));
    LEAD_TRY(lead_calloc((size_t)self->in.predictors.count * (size_t)self->options.horizon_count *
                             LEAD_SCORE_COUNT,
                         sizeof *self->scores.differences, &self->scores.differences));
    self->scores.predictors = &self->in.predictors;
    self->scores.against = self->in.against;
    self->scores.budget = self->options.budget;
    self->options.row = lead_cli_scores_row;
    self->options.against = self->in.against;
    self->options.difference = lead_cli_scores_difference;
    self->options.data = &self->scores;
    if (isatty(STDERR_FILENO))
        self->options.progress = lead_cli_scores_progress;
    lead_status status = lead_evaluate(&self->options);
    if (self->scores.row_count == 0) /* the table has the reasons */
        return status == LEAD_INVALID && *self->scores.reason
                   ? lead_fail(status, "no predictor can serve what is asked for")
                   : status;
    lead_cli_scores_print(&self->scores); /* of what was done, if it ended early; so the JSON */
    return self->in.json ? keep_json(self, status) : status;
}

lead_status lead_cli_evaluate(int argc, char **argv) {
    evaluation self = {0};
    lead_status status = run(argc, argv, &self);
    lead_tm_series_free(self.series);
    lead_tm_series_free(self.fit);
    lead_routing_free(self.routing);
    free(self.suspects);
    free(self.at);
    free(self.scores.rows);
    free(self.scores.differences);
    free(self.in.predictors.values);
    for (int i = 0; i < 5; i++)
        free(self.in.found[i]);
    return status;
}
