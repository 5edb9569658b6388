/* Predictors on past traffic, every one over the same windows. */
#include "base/expects.h"
#include "options/predict_options.h"
#include "run/evaluate/against.h"
#include "scenario/find.h"
#include <lead/evaluate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- one predictor ---------------------------------------------------------------------------- */

/* One predictor at one of the horizons. */
typedef struct score_sheet {
    char *unserved; /* why the predictor cannot serve it; NULL: it can */
    lead_evaluation *evaluation;
} score_sheet;

typedef struct trial {
    const lead_evaluate_options *options;
    const char *name;
    const lead_predictor_type *type;
    char *checkpoint;           /* NULL: none */
    bool stands_in;             /* it was not named */
    lead_predictor_options own; /* what its name says after commas */
    int longest;                /* horizon that the predictor serves */
    const int *now;             /* [count], borrowed */
    int count;
    int64_t step; /* of the series */
    size_t tm;    /* entries of a TM */
    lead_predictor *predictor;
    score_sheet *sheets;              /* [horizons] */
    lead_path_scores *paths;          /* up to the longest; NULL: it is one step */
    double *truth;                    /* [longest][n*n] */
    lead_evaluate_windows_sums *kept; /* [horizons], borrowed */
    double *samples, *joint;          /* [samples][longest][n*n] */
    double *target, *joint_target;    /* [samples][n*n] at one horizon */
    double seconds;
    long diffusion_steps; /* of all forecasts */
} trial;

static void trial_free(trial *self) {
    for (int h = 0; self->sheets && h < self->options->horizon_count; h++) {
        free(self->sheets[h].unserved);
        lead_evaluation_free(self->sheets[h].evaluation);
    }
    free(self->sheets);
    lead_path_scores_free(self->paths);
    free(self->truth);
    free(self->checkpoint);
    lead_predictor_free(self->predictor);
    free(self->samples);
    free(self->joint);
    free(self->target);
    free(self->joint_target);
}

/* The type in "NAME[:CHECKPOINT][,KEY=VALUE...]"; NULL when there is none. */
static const lead_predictor_type *type_of(const char *predictor) {
    size_t length = strcspn(predictor, ":,");
    char name[64];
    if (length >= sizeof name)
        return NULL;
    memcpy(name, predictor, length);
    name[length] = '\0';
    return lead_predictor_find(name);
}

bool lead_evaluate_heeds(const char *predictor, const char *key) {
    LEAD_EXPECTS(predictor && key);
    const lead_predictor_type *type = type_of(predictor);
    int row = lead_option_find(&lead_predict_section, key);
    return type && row >= 0 && lead_option_is_heeded(&lead_predict_section.rows[row], type->name);
}

static lead_status fail_predictor(const char *predictor) {
    char name[61];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(predictor, ":,"), predictor);
    return lead_fail_within(lead_fail_unknown(name, lead_predictor_names()), "predictor \"%.80s\"",
                            predictor);
}

static lead_status take_usual_checkpoint(trial *self) {
    const lead_status status =
        lead_find_checkpoint(NULL, self->type->usual_checkpoint, &self->checkpoint);
    if (status != LEAD_OK)
        return lead_fail_within(status, "predictor \"%.80s\"", self->name);
    self->stands_in = true;
    return LEAD_OK;
}

static lead_status find_checkpoint(trial *self) {
    const char *colon = strchr(self->name, ':');
    size_t length = strcspn(self->name, ",");
    if (!colon || colon > self->name + length)
        return self->type->usual_checkpoint ? take_usual_checkpoint(self) : LEAD_OK;
    if (!lead_evaluate_heeds(self->name, "checkpoint"))
        return lead_fail(LEAD_INVALID,
                         "predictor \"%.80s\": %s has no checkpoint: leave out \"%.40s\"",
                         self->name, self->type->name, colon);
    char *stated;
    LEAD_TRY(lead_string_copy(colon + 1, &stated));
    stated[strcspn(stated, ",")] = '\0';
    lead_status status = lead_find_checkpoint(NULL, stated, &self->checkpoint);
    free(stated);
    return status == LEAD_OK ? LEAD_OK
                             : lead_fail_within(status, "predictor \"%.80s\"", self->name);
}

/* One "KEY=VALUE", a key of `predict:` whose value is a number or a word. */
static lead_status set_own(trial *self, char *text) {
    char keys[400], *equals = strchr(text, '=');
    if (!equals)
        return lead_fail(LEAD_INVALID, "\"%.40s\" is not KEY=VALUE", text);
    *equals = '\0';
    int index = lead_option_find(&lead_predict_section, text);
    if (index < 0 || !lead_option_is_heeded(&lead_predict_section.rows[index], self->type->name)) {
        lead_option_list(&lead_predict_section, self->type->name, keys, sizeof keys);
        return lead_fail_within(lead_fail_unknown(text, keys), "what %s heeds", self->type->name);
    }
    const lead_option *row = &lead_predict_section.rows[index];
    if (row->kind == LEAD_OPTION_OWN || row->kind == LEAD_OPTION_TEXT ||
        row->kind == LEAD_OPTION_FILE)
        return lead_fail(LEAD_INVALID, "%s is told by an option of its own: `lead help evaluate`",
                         text);
    lead_status status = lead_option_set(row, &self->own, equals + 1);
    return status == LEAD_OK ? LEAD_OK : lead_fail_within(status, "%s", row->name);
}

/* What stands after the commas. */
static lead_status read_own(trial *self) {
    const char *comma = strchr(self->name, ',');
    char *text, *rest = NULL;
    lead_status status = LEAD_OK;
    if (!comma)
        return LEAD_OK;
    LEAD_TRY(lead_string_copy(comma + 1, &text));
    for (char *at = strtok_r(text, ",", &rest); at && status == LEAD_OK;
         at = strtok_r(NULL, ",", &rest))
        status = set_own(self, at);
    free(text);
    return status == LEAD_OK ? LEAD_OK
                             : lead_fail_within(status, "predictor \"%.80s\"", self->name);
}

/* "NAME[:CHECKPOINT][,KEY=VALUE...]" -> type, checkpoint and its own options. */
static lead_status find_predictor(trial *self) {
    self->type = type_of(self->name);
    if (!self->type)
        return fail_predictor(self->name);
    LEAD_TRY(read_own(self));
    return find_checkpoint(self);
}

static lead_status alloc_predictor(trial *self, int horizon) {
    const lead_evaluate_options *in = self->options;
    lead_predictor_options options = self->own;
    options.node_count = lead_tm_series_node_count(in->series);
    options.horizon = horizon;
    options.samples = in->samples;
    options.step = self->step;
    options.seed = in->seed;
    options.fit = in->fit;
    options.truth = in->series;
    options.checkpoint = self->checkpoint;
    options.diffusion_steps = options.diffusion_steps > 0 ? options.diffusion_steps : in->steps;
    options.budget = options.budget > 0 ? options.budget : in->budget;
    options.threads = options.threads > 0 ? options.threads : in->threads;
    options.joint = true;
    return lead_predictor_alloc(self->type, &options, &self->predictor);
}

/* Index of the longest horizon not yet found unserved; -1: none. */
static int longest_left(const trial *self) {
    int best = -1;
    for (int h = 0; h < self->options->horizon_count; h++)
        if (!self->sheets[h].unserved &&
            (best < 0 || self->options->horizons[h] > self->options->horizons[best]))
            best = h;
    return best;
}

/* Makes the predictor for the longest horizon that it can serve: the shorter ones are parts of the
 * same forecast. LEAD_INVALID is by contract: cannot serve what is asked for. */
static lead_status make_predictor(trial *self) {
    for (int h = longest_left(self); h >= 0; h = longest_left(self)) {
        self->longest = self->options->horizons[h];
        lead_status status = alloc_predictor(self, self->longest);
        if (status != LEAD_INVALID)
            return status;
        LEAD_TRY(lead_string_copy(lead_last_message(), &self->sheets[h].unserved));
    }
    return LEAD_OK;
}

/* Largest value of every OD pair in the fitting TMs. */
static lead_status largest(const trial *self, double **out) {
    const lead_tm_series *fit = self->options->fit;
    LEAD_TRY(lead_calloc(self->tm, sizeof **out, out));
    for (int i = 0; i < lead_tm_series_length(fit); i++)
        for (size_t od = 0; od < self->tm; od++)
            (*out)[od] = fmax((*out)[od], lead_tm_series_tm(fit, i)[od]);
    return LEAD_OK;
}

static lead_status make_evaluations(trial *self) {
    const lead_evaluate_options *in = self->options;
    double *most;
    LEAD_TRY(largest(self, &most));
    lead_status status = LEAD_OK;
    for (int h = 0; h < in->horizon_count && status == LEAD_OK; h++)
        if (!self->sheets[h].unserved)
            status = lead_evaluation_alloc(lead_tm_series_node_count(in->fit), most, in->routing,
                                           &self->sheets[h].evaluation);
    free(most);
    return status;
}

/* What scoring needs beside the predictor. */
static lead_status make_room(trial *self) {
    size_t samples = (size_t)self->options->samples, all = samples * (size_t)self->longest;
    LEAD_TRY(make_evaluations(self));
    if (self->longest > 1)
        LEAD_TRY(lead_path_scores_alloc(lead_tm_series_node_count(self->options->series),
                                        self->longest, self->options->routing, &self->paths));
    LEAD_TRY(lead_calloc((size_t)self->longest * self->tm, sizeof(double), &self->truth));
    LEAD_TRY(lead_calloc(all * self->tm, sizeof(double), &self->samples));
    LEAD_TRY(lead_calloc(all * self->tm, sizeof(double), &self->joint));
    LEAD_TRY(lead_calloc(samples * self->tm, sizeof(double), &self->target));
    return lead_calloc(samples * self->tm, sizeof(double), &self->joint_target);
}

/* target [sample][n*n] = the samples' TMs at the horizon. */
static void pick_horizon(const trial *self, const double *samples, int horizon, double *target) {
    size_t whole = (size_t)self->longest * self->tm, at = (size_t)(horizon - 1) * self->tm;
    for (size_t k = 0; k < (size_t)self->options->samples; k++)
        memcpy(target + k * self->tm, samples + k * whole + at, self->tm * sizeof *target);
}

static lead_status score_horizon(trial *self, int now, int h, bool apart) {
    int horizon = self->options->horizons[h];
    const double *truth = lead_tm_series_tm(self->options->series, now + horizon),
                 *point = lead_predictor_point(self->predictor);
    if (self->sheets[h].unserved)
        return LEAD_OK;
    pick_horizon(self, self->samples, horizon, self->target);
    if (apart)
        pick_horizon(self, self->joint, horizon, self->joint_target);
    return lead_evaluation_add(self->sheets[h].evaluation, self->target,
                               apart ? self->joint_target : NULL, self->options->samples,
                               point ? point + (size_t)(horizon - 1) * self->tm : NULL, truth,
                               lead_predictor_is_even(self->predictor));
}

static lead_status score_path(trial *self, int now, bool apart) {
    for (int step = 0; self->paths && step < self->longest; step++)
        memcpy(self->truth + (size_t)step * self->tm,
               lead_tm_series_tm(self->options->series, now + 1 + step), self->tm * sizeof(double));
    return self->paths ? lead_path_scores_add(self->paths, apart ? self->joint : self->samples,
                                              self->options->samples, self->truth,
                                              lead_predictor_is_even(self->predictor) && !apart)
                       : LEAD_OK;
}

/* What the windows have added up to so far, of each horizon. */
static void keep_sums(trial *self, int window) {
    for (int h = 0; h < self->options->horizon_count; h++) {
        lead_score_sums *sums = &self->kept[h].sums[window];
        if (self->sheets[h].unserved)
            continue;
        lead_evaluation_sums(self->sheets[h].evaluation, sums);
        if (self->paths && self->options->horizons[h] == self->longest)
            lead_path_scores_sums(self->paths, sums);
        self->kept[h].count = window + 1;
    }
}

static lead_status score_window(trial *self, int now) {
    const lead_tm_series *series = self->options->series;
    /* By time, so that a window's draws are the same however many windows there are. */
    uint64_t draw = (uint64_t)(lead_tm_series_time(series, now) / self->step);
    bool apart = self->type->forecast_joint && self->options->samples > 1;
    double started = lead_clock_seconds();
    LEAD_TRY(lead_predictor_forecast(self->predictor, series, now, draw, self->samples));
    self->seconds += lead_clock_seconds() - started;
    self->diffusion_steps += lead_predictor_get_steps(self->predictor);
    if (apart)
        LEAD_TRY(lead_predictor_forecast_joint(self->predictor, series, now, draw, self->joint));
    for (int h = 0; h < self->options->horizon_count; h++)
        LEAD_TRY(score_horizon(self, now, h, apart));
    return score_path(self, now, apart);
}

static lead_status score_all(trial *self) {
    LEAD_TRY(make_room(self));
    for (int i = 0; i < self->count; i++) {
        lead_status status = score_window(self, self->now[i]);
        char time[LEAD_TIME_LENGTH + 1];
        lead_time_format(lead_tm_series_time(self->options->series, self->now[i]), time);
        if (status != LEAD_OK)
            return lead_fail_within(status, "%s, forecast made at %s", self->name, time);
        keep_sums(self, i);
        if (self->options->progress)
            self->options->progress(self->name, i + 1, self->count, self->options->data);
    }
    return LEAD_OK;
}

static lead_status tell_rows(const trial *self) {
    const lead_evaluate_options *in = self->options;
    for (int h = 0; h < in->horizon_count; h++) {
        lead_evaluate_row row = {.predictor = self->name,
                                 .horizon = in->horizons[h],
                                 .unserved = self->sheets[h].unserved,
                                 .seconds_per_forecast = self->seconds / self->count,
                                 .diffusion_steps = (double)self->diffusion_steps / self->count};
        if (!row.unserved)
            LEAD_TRY(lead_evaluation_get_result(self->sheets[h].evaluation, &row.scores));
        if (!row.unserved && self->paths && row.horizon == self->longest)
            row.paths = lead_path_scores_result(self->paths);
        if (in->row)
            in->row(&row, in->data);
    }
    return LEAD_OK;
}

/* Warns when a model is scored on what it learnt from. */
static void warn_of_seen(const trial *self) {
    const lead_evaluate_options *in = self->options;
    int seen = 0;
    for (int h = 0; h < in->horizon_count; h++)
        for (int i = 0; i < self->count; i++)
            seen += lead_predictor_has_seen(
                self->predictor, lead_tm_series_time(in->series, self->now[i] + in->horizons[h]));
    if (seen > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d of %d targets lie in the time that it was trained on: its scores flatter",
                 self->name, seen, self->count * in->horizon_count);
}

/* *scored: the predictor could serve a horizon. */
static lead_status run_trial(trial *self, bool *scored) {
    size_t n = (size_t)lead_tm_series_node_count(self->options->series);
    self->tm = n * n;
    self->step = lead_tm_series_step(self->options->series);
    LEAD_TRY(
        lead_calloc((size_t)self->options->horizon_count, sizeof *self->sheets, &self->sheets));
    LEAD_TRY(find_predictor(self));
    if (self->stands_in)
        lead_log(LEAD_LOG_WARNING,
                 "%s: no checkpoint is named: takes `%s`, the one for any network", self->name,
                 self->type->usual_checkpoint);
    LEAD_TRY(make_predictor(self));
    *scored = self->predictor;
    if (self->predictor) {
        warn_of_seen(self);
        LEAD_TRY(score_all(self));
    }
    return tell_rows(self);
}

/* --- all -------------------------------------------------------------------------------------- */

static lead_status check_sizes(const lead_evaluate_options *options) {
    int n = lead_tm_series_node_count(options->series),
        fitted = lead_tm_series_length(options->fit);
    int64_t step = lead_tm_series_step(options->series),
            fit_step = lead_tm_series_step(options->fit);
    if (fitted < 1 || lead_tm_series_node_count(options->fit) != n)
        return lead_fail(LEAD_INVALID, "%d TMs of %d nodes to fit on, for a network of %d", fitted,
                         lead_tm_series_node_count(options->fit), n);
    if (fitted > 1 && fit_step != step)
        return lead_fail(LEAD_INVALID, "the TMs to fit on are %lld s apart, those to forecast %lld",
                         (long long)fit_step, (long long)step);
    if (options->samples < 1 || options->predictor_count < 1 || options->horizon_count < 1)
        return lead_fail(LEAD_INVALID, "%d samples, %d predictors and %d horizons to evaluate",
                         options->samples, options->predictor_count, options->horizon_count);
    if (options->windows < 0 || options->at_count < 0 || (options->at_count > 0 && !options->at))
        return lead_fail(LEAD_INVALID, "windows of %d or at_count of %d is no number of them",
                         options->windows, options->at_count);
    return LEAD_OK;
}

static lead_status check_names(const lead_evaluate_options *options) {
    for (int i = 0; i < options->predictor_count; i++) {
        trial self = {.options = options, .name = options->predictors[i]};
        lead_status status = find_predictor(&self);
        trial_free(&self);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}

static lead_status span_of(const lead_evaluate_options *options, lead_evaluate_span *span) {
    *span = (lead_evaluate_span){.shortest = options->horizons[0],
                                 .longest = options->horizons[0],
                                 .from = options->from,
                                 .to = options->to,
                                 .at = options->at,
                                 .at_count = options->at_count};
    for (int h = 0; h < options->horizon_count; h++) {
        int horizon = options->horizons[h];
        if (horizon < 1)
            return lead_fail(LEAD_INVALID, "a horizon of %d steps", horizon);
        span->shortest = horizon < span->shortest ? horizon : span->shortest;
        span->longest = horizon > span->longest ? horizon : span->longest;
    }
    return LEAD_OK;
}

/* Warns when targets were fitted on. */
static void warn_of_leaks(const lead_evaluate_options *options, const int *now, int count) {
    int64_t first = lead_tm_series_time(options->fit, 0),
            last = lead_tm_series_time(options->fit, lead_tm_series_length(options->fit) - 1);
    int leaks = 0;
    for (int h = 0; h < options->horizon_count; h++)
        for (int i = 0; i < count; i++) {
            int64_t time = lead_tm_series_time(options->series, now[i] + options->horizons[h]);
            leaks += time >= first && time <= last;
        }
    if (leaks > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%d targets lie in the time that predictors are fitted on: their scores flatter",
                 leaks);
}

static lead_status run_trials(const lead_evaluate_options *options, const int *now, int count,
                              lead_evaluate_kept *kept) {
    int scored = 0;
    for (int i = 0; i < options->predictor_count; i++) {
        trial self = {.options = options,
                      .name = options->predictors[i],
                      .now = now,
                      .count = count,
                      .kept = lead_evaluate_kept_of(kept, i)};
        bool more = false;
        lead_status status = run_trial(&self, &more);
        scored += more;
        trial_free(&self);
        LEAD_TRY(status);
    }
    return scored > 0 ? LEAD_OK
                      : lead_fail_within(LEAD_INVALID, "no predictor can serve what is asked for");
}

lead_status lead_evaluate(const lead_evaluate_options *options) {
    LEAD_EXPECTS(options);
    lead_evaluate_span span;
    lead_evaluate_kept *kept = NULL;
    int count, *now = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(check_sizes(options));
    LEAD_TRY(check_names(options));
    LEAD_TRY(lead_evaluate_check_against(options));
    LEAD_TRY(span_of(options, &span));
    LEAD_TRY(lead_evaluate_windows(options->series, &span, options->windows, &now, &count));
    LEAD_TRY_FREE(lead_evaluate_kept_alloc(options, count, &kept));
    warn_of_leaks(options, now, count);
    LEAD_TRY_FREE(run_trials(options, now, count, kept));
    status = lead_evaluate_compare(options, kept);
fail:
    lead_evaluate_kept_free(kept);
    free(now);
    return status;
}
