/* torchscript: anybody's TorchScript module as a predictor. Its forward maps history [1, L, n, n]
 * (bit/s, float32, oldest first, diagonal 0) to samples [S, H, n, n] (bit/s), S the number of
 * samples asked for, H at least the horizon (the first steps count); a module that gives one sample
 * only, [1, H, n, n], is deterministic: it stands for all samples.
 *
 * L is 16 unless the module has an integer attribute or method "history_length". A module that
 * draws random numbers does so from torch's own generator, seeded per draw. TMs missing in the
 * history are replaced by the nearest earlier one. Torch runs it on one
 * thread unless options.threads says otherwise, since more of them may change the last bits of a
 * result. */
#include "predict/torch_runtime.h"
#include "predict/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY_DEFAULT = 16, HISTORY_MAX = 4096 };

typedef struct torchscript_state {
    lead_predictor_options options;
    const torchc_api *torch;
    char device[TORCHC_DEVICE];
    torchc_module *module;
    int history_length;
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
    LEAD_TRY(state->torch->module_load(options->checkpoint, state->device, &state->module));
    LEAD_TRY(read_history_length(state));
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

/* The last L TMs up to `now`, gaps filled from before. */
static lead_status read_history(torchscript_state *state, const lead_tm_series *history, int now) {
    const int n = state->options.node_count, length = state->history_length;
    if (now < 0 || now >= lead_tm_series_length(history) || lead_tm_series_node_count(history) != n)
        return lead_fail(LEAD_INVALID,
                         "now is %d in a history of %d TMs of %d nodes, expected %d nodes", now,
                         lead_tm_series_length(history), lead_tm_series_node_count(history), n);
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

/* Copies one TM out: finite, not below 0, diagonal 0. */
static lead_status write_tm(const torchscript_state *state, const double *from, double *tm) {
    const int n = state->options.node_count;
    for (int i = 0; i < n * n; i++) {
        if (!isfinite(from[i]))
            return lead_fail(LEAD_MODEL, "%s: forward gave %g", state->options.checkpoint, from[i]);
        tm[i] = i % (n + 1) == 0 ? 0 : fmax(from[i], 0);
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
    const int64_t n = state->options.node_count;
    torchc_tensor *input = NULL, *output = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(read_history(state, history, now));
    const int64_t shape[4] = {1, state->history_length, n, n};
    LEAD_TRY_FREE(torch->tensor_from_doubles(state->history, shape, 4, state->device, &input));
    LEAD_TRY_FREE(torch->seed(state->stream + draw));
    LEAD_TRY_FREE(torch->set_threads(state->options.threads > 0 ? state->options.threads : 1));
    const torchc_tensor *inputs[1] = {input};
    LEAD_TRY_FREE(torch->module_forward(state->module, inputs, 1, &output, 1));
    LEAD_TRY_FREE(write_samples(state, output, samples));
fail:
    torch->tensor_free(input);
    torch->tensor_free(output);
    return status;
}

const lead_predictor_type lead_predictor_torchscript = {
    .name = "torchscript",
    .summary = "a TorchScript module from a file (needs torch)",
    .size = sizeof(torchscript_state),
    .alloc = alloc_torchscript,
    .forecast = forecast_torchscript,
    .free = free_torchscript,
};
