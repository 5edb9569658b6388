/* lead: the LEAD model of a checkpoint (models/export.py). The past TMs -> base forecast; paths of
 * the past -> normal scores of all samples. Where the checkpoint has a denoiser: images of the past
 * TMs
 * -> encoder -> conditioner (the frozen LLM with its adapters) -> conditions, all computed once ->
 * the denoiser's flow moves the samples. Their normal scores, made even in every cell -> TMs under
 * the base forecast. */
#include "base/jobs.h"
#include "predict/lead/checkpoint/manifest.h"
#include "predict/lead/sampling/even.h"
#include "predict/lead/sampling/normal_score.h"
#include "predict/lead/sampling/pace.h"
#include "predict/lead/sampling/paths.h"
#include "predict/lead/sampling/sampler.h"
#include "predict/lead/window/tm_image.h"
#include "predict/torch/torch_runtime.h"
#include "predict/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONDITIONS = 3 };  /* g, c, map: what the denoiser is told */
enum { BASE_INPUTS = 5 }; /* relative, features, spans, known, size */
enum { STEPS_MOST = 50 }; /* that a budget is spent on, unless told otherwise */

typedef struct lead_state {
    lead_predictor_options options;
    const torchc_api *torch;
    char device[TORCHC_DEVICE];
    int threads;
    lead_manifest *manifest;
    torchc_module *modules[LEAD_COMPONENT_DENOISER + 1]; /* NULL: the checkpoint has none */
    lead_window *window;
    float *quantiles; /* [H][K][p] of the base forecast, over scale */
    float *z;         /* [samples][H][p] normal scores, even in every cell */
    float *moved;     /* the same where the denoiser moves them to; NULL without one */
    lead_even *even;
    double *relative; /* [p] */
    uint64_t stream;
    double (*clock)(void);
    lead_pace pace;
    int steps;   /* of diffusion, of the last forecast */
    bool warned; /* of a budget that is too small */
} lead_state;

static void free_lead(void *self) {
    lead_state *state = self;
    for (int i = 0; state->torch && i <= LEAD_COMPONENT_DENOISER; i++)
        state->torch->module_free(state->modules[i]);
    lead_window_free(state->window);
    lead_manifest_free(state->manifest);
    free(state->quantiles);
    free(state->z);
    free(state->moved);
    lead_even_free(state->even);
    free(state->relative);
}

static lead_status check_options(const lead_manifest *manifest,
                                 const lead_predictor_options *options) {
    if (manifest->nodes && options->node_count != manifest->node_count)
        return lead_fail(LEAD_INVALID,
                         "%s: the model is for %d nodes, asked for %d; the checkpoint `any` takes "
                         "any network",
                         options->checkpoint, manifest->node_count, options->node_count);
    if (manifest->step > 0 && options->step != manifest->step)
        return lead_fail(LEAD_INVALID,
                         "%s: the model's TMs are %lld s apart, asked for %lld s; the checkpoint "
                         "`any` takes any step",
                         options->checkpoint, (long long)manifest->step, (long long)options->step);
    if (options->horizon < 1 || options->horizon > manifest->horizon)
        return lead_fail(LEAD_INVALID, "%s: the model forecasts %d steps, asked for %d",
                         options->checkpoint, manifest->horizon, options->horizon);
    if (options->samples < 1)
        return lead_fail(LEAD_INVALID, "samples: %d is not positive", options->samples);
    if (options->diffusion_steps > 0 && manifest->schedule.sampling_steps == 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: %d diffusion steps are asked for, but this checkpoint has no denoiser (its "
                 "samples are paths of the past): they are not heeded",
                 options->checkpoint, options->diffusion_steps);
    else if (options->diffusion_steps < 0 ||
             options->diffusion_steps > manifest->schedule.training_steps)
        return lead_fail(LEAD_INVALID, "%s: %d diffusion steps, the model was trained with %d",
                         options->checkpoint, options->diffusion_steps,
                         manifest->schedule.training_steps);
    if (!(options->budget >= 0))
        return lead_fail(LEAD_INVALID, "budget: %g s is negative", options->budget);
    return LEAD_OK;
}

/* A model of other nodes forecasts another network's traffic, which no number would tell. */
static void warn_of_other_nodes(const lead_manifest *manifest,
                                const lead_predictor_options *options) {
    const lead_topology *network = options->network;
    const char *missing = NULL;
    int count = 0;
    for (int i = 0; network && manifest->nodes && i < manifest->node_count; i++)
        if (lead_topology_find_node(network, manifest->nodes[i]) < 0) {
            missing = missing ? missing : manifest->nodes[i];
            count++;
        }
    if (count > 0)
        lead_log(LEAD_LOG_WARNING,
                 "%s: the model is for other nodes: %d of its %d (\"%s\" is the first) are not in "
                 "this network, which has \"%s\"; its forecasts fail, or are another network's",
                 options->checkpoint, count, manifest->node_count, missing,
                 lead_topology_node_name(network, 0));
}

/* A model for any network is one for this network from now on. */
static void settle(lead_manifest *manifest, const lead_predictor_options *options) {
    manifest->node_count = options->node_count;
    manifest->step = options->step;
}

static lead_status load_modules(lead_state *state) {
    const torchc_api *torch = state->torch;
    for (int i = 0; i <= LEAD_COMPONENT_DENOISER; i++) {
        char *path = NULL;
        if (!state->manifest->files[i].name)
            continue;
        LEAD_TRY(
            lead_manifest_path(state->options.checkpoint, state->manifest->files[i].name, &path));
        lead_status status = lead_torch_load(torch, path, state->device, state->options.precision,
                                             &state->modules[i]);
        if (status == LEAD_OK)
            status = torch->module_freeze(state->modules[i]);
        if (status == LEAD_OK && i == LEAD_COMPONENT_DENOISER) /* a step each */
            status = torch->module_capture(state->modules[i]);
        free(path);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}

static size_t pair_count(const lead_state *state) {
    const size_t n = (size_t)state->manifest->node_count;
    return n * n;
}

/* H p: numbers of one sample. */
static size_t sample_size(const lead_state *state) {
    return (size_t)state->manifest->horizon * pair_count(state);
}

static size_t value_count(const lead_state *state) {
    return (size_t)state->options.samples * sample_size(state);
}

static size_t quantile_count(const lead_state *state) {
    return (size_t)state->manifest->knots * sample_size(state);
}

/* --- one forecast ---------------------------------------------------------------------------- */

/* Runs a component on its inputs, which it frees. */
static lead_status run_component(lead_state *state, lead_component component,
                                 torchc_tensor *inputs[], int input_count, torchc_tensor **outputs,
                                 int output_count) {
    const lead_status status = state->torch->module_forward(state->modules[component],
                                                            (const torchc_tensor *const *)inputs,
                                                            input_count, outputs, output_count);
    for (int i = 0; i < input_count; i++)
        state->torch->tensor_free(inputs[i]);
    return status;
}

/* images -> tokens [1, F, E]. */
static lead_status encode(lead_state *state, torchc_tensor **tokens) {
    const torchc_api *torch = state->torch;
    const int64_t n = state->manifest->node_count, frames = state->window->frame_count;
    const int64_t image_shape[5] = {1, frames, 3, n, n},
                  token_shape[3] = {1, frames, state->manifest->token};
    torchc_tensor *images;
    LEAD_TRY(
        torch->tensor_from_floats(state->window->images, image_shape, 5, state->device, &images));
    LEAD_TRY(run_component(state, LEAD_COMPONENT_ENCODER, &images, 1, tokens, 1));
    return torch->tensor_expect(*tokens, "the encoder's tokens", token_shape, 3);
}

static lead_status make_features(const lead_state *state, torchc_tensor **features) {
    const int64_t shape[3] = {1, state->window->frame_count + 1, LEAD_FEATURES};
    return state->torch->tensor_from_floats(state->window->features, shape, 3, state->device,
                                            features);
}

/* tokens, which it frees, and features -> outputs g [1, D] and c [1, F + 1, D]. */
static lead_status condition(lead_state *state, torchc_tensor *tokens, torchc_tensor *outputs[2]) {
    const torchc_api *torch = state->torch;
    const int64_t width = state->manifest->condition, length = state->window->frame_count + 1;
    const int64_t g_shape[2] = {1, width}, c_shape[3] = {1, length, width};
    torchc_tensor *inputs[2] = {tokens, NULL};
    const lead_status status = make_features(state, &inputs[1]);
    if (status != LEAD_OK) {
        torch->tensor_free(tokens);
        return status;
    }
    LEAD_TRY(run_component(state, LEAD_COMPONENT_CONDITIONER, inputs, 2, outputs, 2));
    LEAD_TRY(torch->tensor_expect(outputs[0], "the conditioner's g", g_shape, 2));
    return torch->tensor_expect(outputs[1], "the conditioner's c", c_shape, 3);
}

static lead_status make_base_inputs(const lead_state *state, torchc_tensor *inputs[BASE_INPUTS]) {
    const torchc_api *torch = state->torch;
    const lead_window *window = state->window;
    const int64_t n = state->manifest->node_count, spans = state->window->span_count;
    const int64_t relative[4] = {1, window->frame_count, n, n}, far[4] = {1, spans, n, n},
                  known[2] = {1, spans}, size[3] = {1, n, n};
    const char *device = state->device;
    LEAD_TRY(torch->tensor_from_floats(window->relative, relative, 4, device, &inputs[0]));
    LEAD_TRY(make_features(state, &inputs[1]));
    LEAD_TRY(torch->tensor_from_floats(window->spans, far, 4, device, &inputs[2]));
    LEAD_TRY(torch->tensor_from_floats(window->known, known, 2, device, &inputs[3]));
    return torch->tensor_from_floats(window->size, size, 3, device, &inputs[4]);
}

static lead_status run_base(lead_state *state, torchc_tensor *outputs[2]) {
    torchc_tensor *inputs[BASE_INPUTS] = {NULL};
    const lead_status status = make_base_inputs(state, inputs);
    if (status == LEAD_OK)
        return run_component(state, LEAD_COMPONENT_BASE, inputs, BASE_INPUTS, outputs, 2);
    for (int i = 0; i < BASE_INPUTS; i++)
        state->torch->tensor_free(inputs[i]);
    return status;
}

/* Fills state->quantiles; map [1, M, n, n]. */
static lead_status forecast_base(lead_state *state, torchc_tensor **map) {
    const torchc_api *torch = state->torch;
    const lead_manifest *manifest = state->manifest;
    const int64_t n = manifest->node_count, map_shape[4] = {1, manifest->map, n, n},
                  quantile_shape[5] = {1, manifest->horizon, manifest->knots, n, n};
    torchc_tensor *outputs[2] = {NULL, NULL};
    LEAD_TRY(run_base(state, outputs));
    *map = outputs[1];
    lead_status status = torch->tensor_expect(*map, "the base forecast's map", map_shape, 4);
    if (status == LEAD_OK)
        status =
            torch->tensor_expect(outputs[0], "the base forecast's quantiles", quantile_shape, 5);
    if (status == LEAD_OK)
        status = torch->tensor_to_floats(outputs[0], state->quantiles, quantile_count(state));
    torch->tensor_free(outputs[0]);
    return status;
}

static bool has_denoiser(const lead_state *state) {
    return state->modules[LEAD_COMPONENT_DENOISER] != NULL;
}

/* What a forecast is made from: g, c and map, and the paths in state->z. */
typedef struct beginning {
    lead_state *state;
    uint64_t draw;
    torchc_tensor *conditions[CONDITIONS];
} beginning;

static lead_status encode_and_condition(beginning *self) {
    torchc_tensor *tokens = NULL;
    if (!has_denoiser(self->state))
        return LEAD_OK;
    const lead_status status = encode(self->state, &tokens);
    if (status != LEAD_OK) {
        self->state->torch->tensor_free(tokens);
        return status;
    }
    return condition(self->state, tokens, self->conditions);
}

static lead_status forecast_base_and_draw(beginning *self) {
    lead_state *state = self->state;
    const uint64_t seed = state->stream + self->draw;
    const int samples = state->options.samples;
    const lead_manifest *manifest = state->manifest;
    const lead_paths paths = lead_paths_of(manifest);
    LEAD_TRY(forecast_base(state, &self->conditions[2]));
    lead_paths_take(seed, samples, pair_count(state), &paths, manifest->bank_pairs == 0, state->z);
    lead_even_make(state->even, sample_size(state), state->z);
    return LEAD_OK;
}

/* Two pieces that know nothing of one another, of about the same length. */
static lead_status begin_piece(void *argument, int index) {
    return index == 0 ? encode_and_condition(argument) : forecast_base_and_draw(argument);
}

/* Each piece on one thread: torch adds up differently on several, and threads must not change a
 * result. */
static lead_status begin(beginning *self) {
    LEAD_TRY(self->state->torch->set_threads(1));
    return lead_jobs_run(begin_piece, self, 2, self->state->threads);
}

static lead_status denoise(const beginning *self) {
    lead_state *state = self->state;
    const lead_manifest *manifest = state->manifest;
    const lead_sampler sampler = {
        .torch = state->torch,
        .denoiser = state->modules[LEAD_COMPONENT_DENOISER],
        .device = state->device,
        .schedule = &manifest->schedule,
        .steps = state->steps,
        .conditions = (const torchc_tensor *const *)self->conditions,
        .condition_count = CONDITIONS,
        .samples = state->options.samples,
        .horizon = manifest->horizon,
        .node_count = manifest->node_count,
    };
    memcpy(state->moved, state->z, value_count(state) * sizeof *state->moved);
    return lead_sampler_run(&sampler, state->threads, state->moved);
}

static lead_status check_finite(const lead_state *state, const char *what, const float *values,
                                size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return lead_fail(LEAD_MODEL, "%s: the %s gave %g", state->options.checkpoint, what,
                             (double)values[i]);
    return LEAD_OK;
}

/* Moves the samples by the denoiser; every cell keeps its numbers, in another order. */
static lead_status move(const beginning *self) {
    lead_state *state = self->state;
    LEAD_TRY(denoise(self));
    LEAD_TRY(check_finite(state, "denoiser", state->moved, value_count(state)));
    lead_even_reorder(state->even, sample_size(state), state->moved, state->z);
    return LEAD_OK;
}

static lead_status write_samples(const lead_state *state, double *samples) {
    const size_t n = (size_t)state->manifest->node_count, p = n * n;
    const size_t asked = (size_t)state->options.horizon;
    LEAD_TRY(check_finite(state, "base forecast", state->quantiles, quantile_count(state)));
    for (size_t s = 0; s < (size_t)state->options.samples; s++)
        for (size_t h = 0; h < asked; h++) {
            lead_normal_score_restore(state->manifest, state->window->level, state->quantiles,
                                      state->z + s * sample_size(state), (int)h, state->relative);
            lead_window_restore(state->window, state->relative, samples + (s * asked + h) * p);
        }
    return LEAD_OK;
}

/* From the window to samples in state->z, in state->steps steps. *began: when the first of them
 * began. */
static lead_status sample(lead_state *state, uint64_t draw, double *began) {
    beginning start = {.state = state, .draw = draw};
    lead_status status = begin(&start);
    *began = state->clock();
    if (status == LEAD_OK && has_denoiser(state))
        status = move(&start);
    for (int i = 0; i < CONDITIONS; i++)
        state->torch->tensor_free(start.conditions[i]);
    return status;
}

/* --- within a budget ------------------------------------------------------------------------- */

/* Without a budget no clock decides: the same samples every time. */
static int choose_steps(lead_state *state) {
    const lead_predictor_options *options = &state->options;
    if (!has_denoiser(state))
        return 0;
    if (options->budget <= 0)
        return options->diffusion_steps > 0 ? options->diffusion_steps
                                            : state->manifest->schedule.sampling_steps;
    const lead_pace_cost cost = lead_pace_expect(&state->pace);
    const int fitting = lead_pace_fit(cost, options->budget, state->pace.counts, state->pace.count);
    if (fitting == 0 && !state->warned) {
        lead_log(LEAD_LOG_WARNING,
                 "%s: a forecast of one diffusion step takes %.3g ms, the budget is %.3g ms: one "
                 "is taken nonetheless",
                 options->checkpoint, 1e3 * (cost.fixed + cost.step), 1e3 * options->budget);
        state->warned = true;
    }
    return fitting > 0 ? fitting : 1;
}

static int most_steps(const lead_state *state) {
    const int trained = state->manifest->schedule.training_steps;
    if (state->options.diffusion_steps > 0)
        return state->options.diffusion_steps;
    return trained < STEPS_MOST ? trained : STEPS_MOST;
}

/* Forecasts of an empty window, whose samples nobody sees. Torch optimises a module while it runs
 * for the first time, which doubles its time: the first forecast is for that, the next ones for the
 * costs. Before any epoch, since an epoch's budget is not there to be spent on it. */
static lead_status warm_up(lead_state *state) {
    lead_pace_allow(&state->pace, most_steps(state));
    state->steps = 1;
    for (int i = 0; i < 3; i++) {
        const double started = state->clock();
        double began;
        LEAD_TRY(sample(state, 0, &began));
        const lead_pace_cost cost = {began - started, state->clock() - began};
        if (i > 0)
            lead_pace_add(&state->pace, cost);
    }
    state->steps = 0;
    return LEAD_OK;
}

/* --- the predictor --------------------------------------------------------------------------- */

static lead_status set_up(lead_state *state, const lead_predictor_options *options) {
    if (!options->checkpoint)
        return lead_fail(LEAD_INVALID,
                         "predictor lead needs a checkpoint: the folder with manifest.json");
    LEAD_TRY(lead_manifest_load(options->checkpoint, &state->manifest));
    LEAD_TRY(check_options(state->manifest, options));
    settle(state->manifest, options);
    warn_of_other_nodes(state->manifest, options);
    const lead_paths paths = lead_paths_of(state->manifest);
    LEAD_TRY(lead_paths_smooth(&paths, state->manifest->smooth));
    LEAD_TRY(lead_torch_runtime(&state->torch));
    LEAD_TRY(state->torch->find_device(options->device, state->device));
    state->threads = options->threads > 0 ? options->threads : state->torch->default_threads();
    LEAD_TRY(lead_blas_reserve(state->threads));
    LEAD_TRY(load_modules(state));
    LEAD_TRY(lead_window_alloc(state->manifest, &state->window));
    LEAD_TRY(lead_calloc(quantile_count(state), sizeof *state->quantiles, &state->quantiles));
    LEAD_TRY(lead_calloc(sample_size(state), sizeof *state->relative, &state->relative));
    LEAD_TRY(lead_calloc(value_count(state), sizeof *state->z, &state->z));
    LEAD_TRY(lead_even_alloc(options->samples, &state->even));
    if (has_denoiser(state))
        LEAD_TRY(lead_calloc(value_count(state), sizeof *state->moved, &state->moved));
    return options->budget > 0 && has_denoiser(state) ? warm_up(state) : LEAD_OK;
}

static lead_status alloc_lead(void *self, const lead_predictor_options *options) {
    lead_state *state = self;
    *state = (lead_state){.options = *options,
                          .stream = lead_random_seed(options->seed, "lead"),
                          .clock = options->clock ? options->clock : lead_clock_seconds};
    const lead_status status = set_up(state, options);
    if (status != LEAD_OK) {
        free_lead(state);
        *state = (lead_state){0};
    }
    return status;
}

static lead_status forecast_lead(void *self, const lead_tm_series *history, int now, uint64_t draw,
                                 double *samples) {
    lead_state *state = self;
    const double started = state->clock();
    double began;
    state->steps = choose_steps(state);
    LEAD_TRY(lead_window_fill(state->window, history, now));
    LEAD_TRY(sample(state, draw, &began));
    const double denoised = state->clock();
    LEAD_TRY(write_samples(state, samples));
    const double each = state->steps > 0 ? (denoised - began) / state->steps : 0;
    lead_pace_add(&state->pace,
                  (lead_pace_cost){began - started + state->clock() - denoised, each});
    return LEAD_OK;
}

static int steps_of_lead(const void *self) {
    return ((const lead_state *)self)->steps;
}

static int lead_looks_back(const void *self) {
    return ((const lead_state *)self)->manifest->history;
}

static bool has_lead_seen(const void *self, int64_t time) {
    const lead_manifest *manifest = ((const lead_state *)self)->manifest;
    return time >= manifest->seen_from && time < manifest->seen_until;
}

/* What knows no network learns this one's linear forecast as it goes. */
static bool blends_lead(const void *self) {
    return !((const lead_state *)self)->manifest->nodes;
}

/* What knows this network learns how it did in its last days; a budget leaves no time for that. */
static bool recalibrates_lead(const void *self) {
    const lead_state *state = self;
    return state->manifest->nodes && !(state->options.budget > 0);
}

const lead_predictor_type lead_predictor_lead = {
    .usual_samples = 20,
    .usual_checkpoint = "any",
    .name = "lead",
    .summary =
        "LEAD: base forecast and paths of the past, or diffusion, from a checkpoint (needs torch)",
    .size = sizeof(lead_state),
    .alloc = alloc_lead,
    .forecast = forecast_lead,
    .free = free_lead,
    .even = true,
    .heeds_level_shifts = true,
    .blends = blends_lead,
    .recalibrates = recalibrates_lead,
    .steps = steps_of_lead,
    .looks_back = lead_looks_back,
    .has_seen = has_lead_seen,
};
