/* torchscript: anybody's TorchScript module as a predictor. Its forward maps history [1, L, n, n]
 * (bit/s, float32, oldest first, nodes in the TMs' order, diagonal 0) to samples [S, H, n, n]
 * (bit/s), S the number of samples asked for, H at least the horizon (the first steps count); a
 * module that gives one sample only, [1, H, n, n], is deterministic: it stands for all samples.
 *
 * The module may say of itself, each by an integer attribute or method:
 *   history_length  L; 16 without it
 *   takes_context   1: forward(history, context) with context [3] = the number of samples asked
 *                   for, and of the newest TM the second of the day (UTC) and of the week, counted
 *                   from Thursday (the time since 1970 modulo 604800), float32
 *   even_samples    1: the samples of one OD pair and step lie one in each of equally likely
 *                   intervals, as LEAD's do, instead of at random; scores allow for it
 *   horizon, node_count, step_seconds   what it can serve: at most so many steps, exactly so many
 *                   nodes, TMs so many seconds apart; the predictor refuses anything else
 *
 * TMs missing in the history are replaced by the nearest earlier one, and a history that is too
 * short is refused. A module that takes the context gets all entries of a missing TM as NaN
 * instead, also of those before the history begins (the newest TM is always there): what it looks
 * at from yesterday may be missing, and only it knows what to put in its place.
 *
 * A rate below 0, beyond a millionth of the TM's largest, is an error, as NaN is: a module that may
 * give some cuts them itself.
 *
 * A module that draws random numbers does so from torch's own generator, seeded per draw. Torch
 * runs it on one thread unless options.threads says otherwise, since more of them may change the
 * last bits of a result. */
#include "predict/torch/torch_runtime.h"
#include "predict/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY_DEFAULT = 16, HISTORY_MAX = 4096, CONTEXT = 3, DAY = 86400, WEEK = 7 * DAY };

static const double ROUNDING = 1e-6; /* of float32, with something to spare */

typedef struct torchscript_state {
    lead_predictor_options options;
    const torchc_api *torch;
    char device[TORCHC_DEVICE];
    torchc_module *module;
    int history_length;
    bool takes_context;
    bool even;
    double *history; /* [L][p] */
    double *output;  /* room of the last output, grown as needed */
    size_t output_room;
    uint64_t stream;
} torchscript_state;

static void free_torchscript(void *self) {
    torchscript_state *state = self;
    if (state->torch)
        state->torch->module_free(state->module);
    free(state->history);
    free(state->output);
}

static lead_status read_history_length(torchscript_state *state) {
    int64_t length;
    LEAD_TRY(
        state->torch->module_integer(state->module, "history_length", HISTORY_DEFAULT, &length));
    if (length < 1 || length > HISTORY_MAX)
        return lead_fail(LEAD_MODEL, "%s: history_length is %lld, expected 1..%d",
                         state->options.checkpoint, (long long)length, HISTORY_MAX);
    state->history_length = (int)length;
    return LEAD_OK;
}

/* An attribute that is 1, or 0, which it is when it is not there. */
static lead_status read_flag(const torchscript_state *state, const char *name, bool *out) {
    int64_t value;
    LEAD_TRY(state->torch->module_integer(state->module, name, 0, &value));
    if (value != 0 && value != 1)
        return lead_fail(LEAD_MODEL, "%s: %s is %lld, expected 0 or 1", state->options.checkpoint,
                         name, (long long)value);
    *out = value == 1;
    return LEAD_OK;
}

/* LEAD_INVALID when the module says that it cannot serve what is asked for. */
static lead_status check_served(torchscript_state *state) {
    const lead_predictor_options *options = &state->options;
    int64_t nodes, step, horizon;
    LEAD_TRY(
        state->torch->module_integer(state->module, "node_count", options->node_count, &nodes));
    LEAD_TRY(state->torch->module_integer(state->module, "step_seconds", options->step, &step));
    LEAD_TRY(state->torch->module_integer(state->module, "horizon", options->horizon, &horizon));
    if (nodes != options->node_count)
        return lead_fail(LEAD_INVALID, "%s: the module is for %lld nodes, asked for %d",
                         options->checkpoint, (long long)nodes, options->node_count);
    if (step != options->step)
        return lead_fail(LEAD_INVALID, "%s: the module's TMs are %lld s apart, asked for %lld s",
                         options->checkpoint, (long long)step, (long long)options->step);
    if (horizon < options->horizon)
        return lead_fail(LEAD_INVALID, "%s: the module forecasts %lld steps, asked for %d",
                         options->checkpoint, (long long)horizon, options->horizon);
    return LEAD_OK;
}

static lead_status set_up(torchscript_state *state) {
    const lead_predictor_options *options = &state->options;
    if (!options->checkpoint)
        return lead_fail(LEAD_INVALID,
                         "predictor torchscript needs a checkpoint: the module's file");
    if (options->node_count < 1 || options->horizon < 1 || options->samples < 1)
        return lead_fail(LEAD_INVALID, "%d nodes, horizon %d, %d samples: all must be positive",
                         options->node_count, options->horizon, options->samples);
    LEAD_TRY(lead_torch_runtime(&state->torch));
    LEAD_TRY(state->torch->find_device(options->device, state->device));
    LEAD_TRY(lead_blas_reserve(options->threads > 0 ? options->threads : 1));
    LEAD_TRY(lead_torch_load(state->torch, options->checkpoint, state->device, options->precision,
                             &state->module));
    LEAD_TRY(check_served(state));
    LEAD_TRY(read_history_length(state));
    LEAD_TRY(read_flag(state, "takes_context", &state->takes_context));
    LEAD_TRY(read_flag(state, "even_samples", &state->even));
    const size_t n = (size_t)options->node_count;
    return lead_calloc((size_t)state->history_length * n * n, sizeof *state->history,
                       &state->history);
}

static lead_status alloc_torchscript(void *self, const lead_predictor_options *options) {
    torchscript_state *state = self;
    *state = (torchscript_state){.options = *options,
                                 .stream = lead_random_seed(options->seed, "torchscript")};
    const lead_status status = set_up(state);
    if (status != LEAD_OK) {
        free_torchscript(state);
        *state = (torchscript_state){0};
    }
    return status;
}

/* --- one forecast ---------------------------------------------------------------------------- */

static void copy_tm(const double *tm, int n, double *out) {
    memcpy(out, tm, (size_t)n * (size_t)n * sizeof *tm);
    for (int i = 0; i < n; i++)
        out[i * n + i] = 0;
}

static lead_status check_history(const torchscript_state *state, const lead_tm_series *history,
                                 int now) {
    const int n = state->options.node_count;
    if (now < 0 || now >= lead_tm_series_length(history) || lead_tm_series_node_count(history) != n)
        return lead_fail(LEAD_INVALID,
                         "now is %d in a history of %d TMs of %d nodes, expected %d nodes", now,
                         lead_tm_series_length(history), lead_tm_series_node_count(history), n);
    return LEAD_OK;
}

/* The last L TMs up to `now`, those that are missing NaN. */
static void read_sparse(torchscript_state *state, const lead_tm_series *history, int now) {
    const size_t p = (size_t)state->options.node_count * (size_t)state->options.node_count;
    const int length = state->history_length;
    for (int l = 0; l < length; l++) {
        const int64_t lag = (length - 1 - l) * state->options.step;
        const int row = lead_tm_series_find(history, lead_tm_series_time(history, now) - lag);
        double *tm = state->history + (size_t)l * p;
        if (row >= 0)
            copy_tm(lead_tm_series_tm(history, row), state->options.node_count, tm);
        else
            for (size_t i = 0; i < p; i++)
                tm[i] = NAN;
    }
}

/* The last L TMs up to `now`, gaps filled from before. */
static lead_status read_filled(torchscript_state *state, const lead_tm_series *history, int now) {
    const int n = state->options.node_count, length = state->history_length;
    const int64_t first = lead_tm_series_time(history, now) - (length - 1) * state->options.step;
    if (lead_tm_series_time(history, 0) > first)
        return lead_fail(LEAD_INVALID, "%s needs %d TMs of history", state->options.checkpoint,
                         length);
    int row = now;
    for (int l = length - 1; l >= 0; l--) {
        while (lead_tm_series_time(history, row) > first + l * state->options.step)
            row--;
        copy_tm(lead_tm_series_tm(history, row), n,
                state->history + (size_t)l * (size_t)n * (size_t)n);
    }
    return LEAD_OK;
}

static lead_status read_history(torchscript_state *state, const lead_tm_series *history, int now) {
    LEAD_TRY(check_history(state, history, now));
    if (!state->takes_context)
        return read_filled(state, history, now);
    read_sparse(state, history, now);
    return LEAD_OK;
}

/* The inputs of forward: the history just read and, for a module that takes it, the context of the
 * TM at `time`; the caller frees them, after a failure, too. */
static lead_status make_inputs(const torchscript_state *state, int64_t time,
                               torchc_tensor *inputs[2]) {
    const int64_t n = state->options.node_count, shape[4] = {1, state->history_length, n, n},
                  context_shape[1] = {CONTEXT};
    const double context[CONTEXT] = {state->options.samples, (double)((time % DAY + DAY) % DAY),
                                     (double)((time % WEEK + WEEK) % WEEK)};
    LEAD_TRY(
        state->torch->tensor_from_doubles(state->history, shape, 4, state->device, &inputs[0]));
    if (!state->takes_context)
        return LEAD_OK;
    return state->torch->tensor_from_doubles(context, context_shape, 1, state->device, &inputs[1]);
}

/* The output's S and H; LEAD_MODEL with expected and given shape when it cannot be samples. */
static lead_status check_output(const torchscript_state *state, const torchc_tensor *output,
                                int64_t *samples, int64_t *steps) {
    const lead_predictor_options *options = &state->options;
    int64_t shape[TORCHC_DIMENSIONS], expected[4] = {options->samples, options->horizon,
                                                     options->node_count, options->node_count};
    int dimensions = 0;
    LEAD_TRY(state->torch->tensor_shape(output, shape, &dimensions));
    if (dimensions == 4 && shape[0] == 1)
        expected[0] = 1;
    if (dimensions == 4 && shape[1] > options->horizon)
        expected[1] = shape[1];
    *samples = expected[0];
    *steps = expected[1];
    return state->torch->tensor_expect(output, options->checkpoint, expected, 4);
}

static lead_status make_room(torchscript_state *state, size_t count) {
    if (count <= state->output_room)
        return LEAD_OK;
    free(state->output);
    state->output = NULL;
    state->output_room = 0;
    LEAD_TRY(lead_calloc(count, sizeof *state->output, &state->output));
    state->output_room = count;
    return LEAD_OK;
}

/* Copies one TM out, diagonal 0. What is below 0 by no more than float32's rounding of the largest
 * value is 0; anything else that is no rate is no forecast. */
static lead_status write_tm(const torchscript_state *state, const double *from, double *tm) {
    const int n = state->options.node_count;
    double largest = 0;
    for (int i = 0; i < n * n; i++)
        largest = fmax(largest, i % (n + 1) == 0 ? 0 : from[i]);
    for (int i = 0; i < n * n; i++) {
        const bool diagonal = i % (n + 1) == 0;
        if (!isfinite(from[i]) || (!diagonal && from[i] < -ROUNDING * largest))
            return lead_fail(LEAD_MODEL,
                             "%s: forward gave %g from node %d to node %d, which is not a rate",
                             state->options.checkpoint, from[i], i / n, i % n);
        tm[i] = diagonal ? 0 : fmax(from[i], 0);
    }
    return LEAD_OK;
}

static lead_status write_samples(torchscript_state *state, const torchc_tensor *output,
                                 double *samples) {
    const size_t n = (size_t)state->options.node_count, p = n * n,
                 asked = (size_t)state->options.horizon;
    int64_t given_samples, given_steps;
    LEAD_TRY(check_output(state, output, &given_samples, &given_steps));
    const size_t made = (size_t)given_steps, count = (size_t)given_samples * made * p;
    LEAD_TRY(make_room(state, count));
    LEAD_TRY(state->torch->tensor_to_doubles(output, state->output, count));
    for (size_t s = 0; s < (size_t)state->options.samples; s++)
        for (size_t h = 0; h < asked; h++) {
            const size_t source = given_samples == 1 ? 0 : s;
            LEAD_TRY(write_tm(state, state->output + (source * made + h) * p,
                              samples + (s * asked + h) * p));
        }
    return LEAD_OK;
}

static lead_status forecast_torchscript(void *self, const lead_tm_series *history, int now,
                                        uint64_t draw, double *samples) {
    torchscript_state *state = self;
    const torchc_api *torch = state->torch;
    torchc_tensor *inputs[2] = {NULL}, *output = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(read_history(state, history, now));
    LEAD_TRY_FREE(make_inputs(state, lead_tm_series_time(history, now), inputs));
    LEAD_TRY_FREE(torch->seed(state->stream + draw));
    LEAD_TRY_FREE(torch->set_threads(state->options.threads > 0 ? state->options.threads : 1));
    const torchc_tensor *const given[2] = {inputs[0], inputs[1]};
    LEAD_TRY_FREE(
        torch->module_forward(state->module, given, state->takes_context ? 2 : 1, &output, 1));
    LEAD_TRY_FREE(write_samples(state, output, samples));
fail:
    torch->tensor_free(inputs[0]);
    torch->tensor_free(inputs[1]);
    torch->tensor_free(output);
    return status;
}

static bool is_torchscript_even(const void *self) {
    const torchscript_state *state = self;
    return state->even;
}

const lead_predictor_type lead_predictor_torchscript = {
    .name = "torchscript",
    .summary = "a TorchScript module from a file (needs torch)",
    .size = sizeof(torchscript_state),
    .alloc = alloc_torchscript,
    .forecast = forecast_torchscript,
    .free = free_torchscript,
    .is_even = is_torchscript_even,
};
