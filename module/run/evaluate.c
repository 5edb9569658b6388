/* Predictors on past traffic: which windows, and every predictor over all of them. */
#include <lead/evaluate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the data --------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static lead_status append_clean(const lead_tm_series *series, int row, double *tm,
                                lead_tm_series *clean) {
    size_t n = (size_t)lead_tm_series_node_count(series);
    memcpy(tm, lead_tm_series_tm(series, row), n * n * sizeof *tm);
    for (size_t v = 0; v < n; v++)
        tm[v * n + v] = 0;
    return lead_tm_series_append(clean, lead_tm_series_time(series, row), tm);
}

lead_status lead_evaluate_clean(const lead_tm_series *series, const int64_t *suspects, int count,
                                lead_tm_series **out) {
    int n = lead_tm_series_node_count(series);
    const char **names = NULL;
    double *tm = NULL;
    lead_tm_series *clean = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n, sizeof *names, &names));
    LEAD_TRY_FREE(lead_calloc((size_t)n * (size_t)n, sizeof *tm, &tm));
    for (int v = 0; v < n; v++)
        names[v] = lead_tm_series_node_name(series, v);
    LEAD_TRY_FREE(lead_tm_series_alloc(n, names[0] ? names : NULL, &clean));
    for (int i = 0; i < lead_tm_series_length(series); i++) {
        int64_t time = lead_tm_series_time(series, i);
        if (count == 0 || !bsearch(&time, suspects, (size_t)count, sizeof time, compare))
            LEAD_TRY_FREE(append_clean(series, i, tm, clean));
    }
    *out = clean;
    clean = NULL;
fail:
    lead_tm_series_free(clean);
    free(names);
    free(tm);
    return status;
}

/* A new topology of the same links whose nodes stand in the order of the series' columns. */
static lead_status reorder(const lead_topology *topology, const lead_tm_series *series,
                           lead_topology **out) {
    int n = lead_topology_node_count(topology);
    lead_topology *ordered = NULL;
    lead_status status = LEAD_OK;
    if (!lead_tm_series_node_name(series, 0))
        return lead_topology_copy(topology, out);
    LEAD_TRY(lead_topology_alloc(&ordered));
    for (int v = 0; v < lead_tm_series_node_count(series); v++)
        LEAD_TRY_FREE(lead_topology_add_node(ordered, lead_tm_series_node_name(series, v), NULL));
    for (int v = 0; v < n; v++)
        if (lead_topology_find_node(ordered, lead_topology_node_name(topology, v)) < 0) {
            status = lead_fail(LEAD_INVALID, "node %s of the network is not in the TMs",
                               lead_topology_node_name(topology, v));
            goto fail;
        }
    for (int v = 0; v < lead_topology_node_count(ordered); v++)
        if (lead_topology_find_node(topology, lead_topology_node_name(ordered, v)) < 0) {
            status = lead_fail(LEAD_INVALID, "node %s of the TMs is not in the network",
                               lead_topology_node_name(ordered, v));
            goto fail;
        }
    for (int e = 0; e < lead_topology_link_count(topology); e++) {
        lead_link link = *lead_topology_link(topology, e);
        link.source =
            lead_topology_find_node(ordered, lead_topology_node_name(topology, link.source));
        link.destination =
            lead_topology_find_node(ordered, lead_topology_node_name(topology, link.destination));
        LEAD_TRY_FREE(lead_topology_add_link(ordered, link, NULL));
    }
    *out = ordered;
    return LEAD_OK;
fail:
    lead_topology_free(ordered);
    return status;
}

lead_status lead_evaluate_routing(const lead_topology *topology, const lead_tm_series *series,
                                  lead_routing **out) {
    lead_topology *ordered = NULL;
    double *weights = NULL;
    lead_status status = LEAD_OK;
    if (!lead_tm_series_node_name(series, 0) &&
        lead_topology_node_count(topology) != lead_tm_series_node_count(series))
        return lead_fail(LEAD_INVALID, "the network has %d nodes, the TMs %d",
                         lead_topology_node_count(topology), lead_tm_series_node_count(series));
    LEAD_TRY_FREE(reorder(topology, series, &ordered));
    LEAD_TRY_FREE(
        lead_calloc((size_t)lead_topology_link_count(ordered), sizeof *weights, &weights));
    LEAD_TRY_FREE(lead_link_weights(ordered, LEAD_WEIGHTS_INVERSE_CAPACITY, weights));
    LEAD_TRY_FREE(lead_routing_from_weights(ordered, weights, out));
fail:
    free(weights);
    lead_topology_free(ordered);
    return status;
}

/* --- windows ---------------------------------------------------------------------------------- */

/* Times increase by at least a step, so as many steps as rows apart means: no gap between. */
static bool is_window(const lead_tm_series *series, int now, int horizon, int64_t step,
                      int64_t from, int64_t to) {
    int first = now - LEAD_EVALUATE_HISTORY + 1, target = now + horizon;
    int64_t time = lead_tm_series_time(series, target);
    return time >= from && time < to &&
           time - lead_tm_series_time(series, first) == (target - first) * step;
}

lead_status lead_evaluate_windows(const lead_tm_series *series, int horizon, int64_t from,
                                  int64_t to, int most, int **now, int *count) {
    int length = lead_tm_series_length(series), found = 0, *rows;
    int64_t step = lead_tm_series_step(series);
    LEAD_TRY(lead_calloc((size_t)length, sizeof *rows, &rows));
    for (int row = LEAD_EVALUATE_HISTORY - 1; row < length - horizon; row++)
        if (is_window(series, row, horizon, step, from, to))
            rows[found++] = row;
    if (found == 0) {
        free(rows);
        return lead_fail(LEAD_INVALID,
                         "no window of %d TMs without a gap has its target, %d steps ahead, in the "
                         "time to report on",
                         LEAD_EVALUATE_HISTORY + horizon, horizon);
    }
    if (most > 0 && most < found) {
        for (int i = 0; i < most; i++) /* the middle of each of `most` equal parts */
            rows[i] = rows[(2 * (int64_t)i + 1) * found / (2 * (int64_t)most)];
        found = most;
    }
    *now = rows;
    *count = found;
    return LEAD_OK;
}

/* --- one predictor at one horizon ------------------------------------------------------------- */

typedef struct trial {
    const lead_evaluate_options *options;
    const char *name;
    const lead_predictor_type *type;
    char *checkpoint; /* NULL: none */
    int horizon, count;
    int64_t step;     /* of the series */
    int *now;         /* [count] */
    size_t tm, steps; /* entries of a TM and of a whole sample */
    lead_predictor *predictor;
    lead_evaluation *evaluation;
    double *samples, *target, *joint_target; /* the last two at the horizon only */
    double seconds;
} trial;

static void trial_free(trial *self) {
    free(self->checkpoint);
    free(self->now);
    lead_predictor_free(self->predictor);
    lead_evaluation_free(self->evaluation);
    free(self->samples);
    free(self->target);
    free(self->joint_target);
}

/* "NAME[:CHECKPOINT]" -> type and checkpoint. */
static lead_status find_predictor(trial *self) {
    const char *colon = strchr(self->name, ':');
    size_t length = colon ? (size_t)(colon - self->name) : strlen(self->name);
    char name[64];
    if (length < sizeof name) {
        memcpy(name, self->name, length);
        name[length] = '\0';
        self->type = lead_predictor_find(name);
    }
    if (!self->type)
        return lead_fail(LEAD_INVALID, "predictor \"%.80s\": %.*s is none of %s", self->name,
                         (int)(length < 40 ? length : 40), self->name, lead_predictor_names());
    return colon ? lead_string_copy(colon + 1, &self->checkpoint) : LEAD_OK;
}

static lead_status find_windows(trial *self) {
    const lead_evaluate_options *in = self->options;
    return lead_evaluate_windows(in->series, self->horizon, in->from, in->to, in->windows,
                                 &self->now, &self->count);
}

static lead_status make_predictor(trial *self) {
    const lead_evaluate_options *in = self->options;
    lead_predictor_options options = {.node_count = lead_tm_series_node_count(in->series),
                                      .horizon = self->horizon,
                                      .samples = in->samples,
                                      .step = self->step,
                                      .seed = in->seed,
                                      .fit = in->fit,
                                      .truth = in->series,
                                      .checkpoint = self->checkpoint,
                                      .diffusion_steps = in->steps,
                                      .threads = in->threads,
                                      .joint = true};
    return lead_predictor_alloc(self->type, &options, &self->predictor);
}

static lead_status make_evaluation(trial *self) {
    const lead_tm_series *fit = self->options->fit;
    double *most;
    LEAD_TRY(lead_calloc(self->tm, sizeof *most, &most));
    for (int i = 0; i < lead_tm_series_length(fit); i++)
        for (size_t od = 0; od < self->tm; od++)
            most[od] = fmax(most[od], lead_tm_series_tm(fit, i)[od]);
    lead_status status = lead_evaluation_alloc(lead_tm_series_node_count(fit), most,
                                               self->options->routing, &self->evaluation);
    free(most);
    return status;
}

/* What scoring needs beside the predictor. */
static lead_status make_room(trial *self) {
    size_t n = (size_t)lead_tm_series_node_count(self->options->series),
           samples = (size_t)self->options->samples;
    self->tm = n * n;
    self->steps = (size_t)self->horizon * self->tm;
    LEAD_TRY(find_windows(self));
    LEAD_TRY(make_evaluation(self));
    LEAD_TRY(lead_calloc(samples * self->steps, sizeof(double), &self->samples));
    LEAD_TRY(lead_calloc(samples * self->tm, sizeof(double), &self->target));
    return lead_calloc(samples * self->tm, sizeof(double), &self->joint_target);
}

/* Samples [sample][n*n] of the TM at the horizon. */
static lead_status forecast(trial *self, bool joint, int now, double *target) {
    const lead_tm_series *series = self->options->series;
    /* By time, so that a window's draws are the same however many windows there are. */
    uint64_t draw = (uint64_t)(lead_tm_series_time(series, now) / self->step);
    LEAD_TRY((joint ? lead_predictor_forecast_joint
                    : lead_predictor_forecast)(self->predictor, series, now, draw, self->samples));
    for (size_t k = 0; k < (size_t)self->options->samples; k++)
        memcpy(target + k * self->tm, self->samples + (k + 1) * self->steps - self->tm,
               self->tm * sizeof *target);
    return LEAD_OK;
}

static lead_status score_window(trial *self, int now) {
    const double *truth = lead_tm_series_tm(self->options->series, now + self->horizon);
    bool apart = self->type->forecast_joint && self->options->samples > 1;
    double started = lead_clock_seconds();
    LEAD_TRY(forecast(self, false, now, self->target));
    self->seconds += lead_clock_seconds() - started;
    if (apart)
        LEAD_TRY(forecast(self, true, now, self->joint_target));
    return lead_evaluation_add(self->evaluation, self->target, apart ? self->joint_target : NULL,
                               self->options->samples, truth, self->type->even);
}

static lead_status score_all(trial *self, lead_evaluate_row *row) {
    LEAD_TRY(make_room(self));
    for (int i = 0; i < self->count; i++) {
        lead_status status = score_window(self, self->now[i]);
        char time[LEAD_TIME_LENGTH + 1];
        lead_time_format(lead_tm_series_time(self->options->series, self->now[i]), time);
        if (status != LEAD_OK)
            return lead_fail_within(status, "%s, forecast made at %s", self->name, time);
        if (self->options->progress)
            self->options->progress(self->name, self->horizon, i + 1, self->count,
                                    self->options->data);
    }
    row->seconds_per_forecast = self->seconds / self->count;
    return lead_evaluation_get_result(self->evaluation, &row->scores);
}

/* *scored: the predictor could serve the horizon. */
static lead_status run_trial(const lead_evaluate_options *options, const char *name, int horizon,
                             bool *scored) {
    trial self = {.options = options,
                  .name = name,
                  .horizon = horizon,
                  .step = lead_tm_series_step(options->series)};
    lead_evaluate_row row = {.predictor = name, .horizon = horizon};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(find_predictor(&self));
    status = make_predictor(&self);
    *scored = status == LEAD_OK;
    if (status == LEAD_INVALID) { /* by its contract: cannot serve what is asked for */
        row.unserved = lead_last_message();
        status = LEAD_OK;
    }
    LEAD_TRY_FREE(status);
    if (*scored)
        LEAD_TRY_FREE(score_all(&self, &row));
    if (options->row)
        options->row(&row, options->data);
fail:
    trial_free(&self);
    return status;
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

/* Windows there are, and a warning when their targets were fitted on. */
static lead_status check_windows(const lead_evaluate_options *options) {
    const lead_tm_series *fit = options->fit;
    int fitted = lead_tm_series_length(fit), leaks = 0;
    for (int h = 0; h < options->horizon_count; h++) {
        trial self = {.options = options, .horizon = options->horizons[h]};
        if (self.horizon < 1)
            return lead_fail(LEAD_INVALID, "a horizon of %d steps", self.horizon);
        LEAD_TRY(find_windows(&self));
        for (int i = 0; i < self.count; i++) {
            int64_t time = lead_tm_series_time(options->series, self.now[i] + self.horizon);
            leaks +=
                time >= lead_tm_series_time(fit, 0) && time <= lead_tm_series_time(fit, fitted - 1);
        }
        trial_free(&self);
    }
    if (leaks > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%d targets lie in the time that predictors are fitted on: their scores flatter",
                 leaks);
    return LEAD_OK;
}

lead_status lead_evaluate(const lead_evaluate_options *options) {
    int scored = 0;
    LEAD_TRY(check_sizes(options));
    LEAD_TRY(check_names(options));
    LEAD_TRY(check_windows(options));
    for (int i = 0; i < options->predictor_count; i++)
        for (int h = 0; h < options->horizon_count; h++) {
            bool more;
            LEAD_TRY(run_trial(options, options->predictors[i], options->horizons[h], &more));
            scored += more;
        }
    return scored > 0 ? LEAD_OK
                      : lead_fail_within(LEAD_INVALID, "no predictor can serve what is asked for");
}
