/* lead: the LEAD model of a checkpoint (models/export.py). Images of the past TMs -> encoder ->
 * conditioner (the frozen LLM with its adapters) -> conditions, computed once -> DDIM over the
 * denoiser for all samples at once -> residuals on the base forecast. */
#include "predict/manifest.h"
#include "predict/sampler.h"
#include "predict/tm_image.h"
#include "predict/torch_runtime.h"
#include "predict/types.h"

#include <math.h>
#include <stdlib.h>

enum { CONDITIONS = 3 }; /* g, c, map: what the denoiser is told */

typedef struct lead_state {
    lead_predictor_options options;
    const torchc_api *torch;
    char device[TORCHC_DEVICE];
    int threads;
    lead_manifest *manifest;
    torchc_module *modules[LEAD_COMPONENT_DENOISER + 1];
    lead_window *window;
    float *z; /* [samples][H][p] */
    uint64_t stream;
} lead_state;

static void free_lead(void *self) {
    lead_state *state = self;
    for (int i = 0; state->torch && i <= LEAD_COMPONENT_DENOISER; i++)
        state->torch->module_free(state->modules[i]);
    lead_window_free(state->window);
    lead_manifest_free(state->manifest);
    free(state->z);
}

static lead_status check_options(const lead_manifest *manifest,
                                 const lead_predictor_options *options) {
    if (options->node_count != manifest->node_count)
        return lead_fail(LEAD_INVALID, "%s: the model is for %d nodes, asked for %d",
                         options->checkpoint, manifest->node_count, options->node_count);
    if (options->step != manifest->step)
        return lead_fail(LEAD_INVALID, "%s: the model's TMs are %lld s apart, asked for %lld s",
                         options->checkpoint, (long long)manifest->step, (long long)options->step);
    if (options->horizon < 1 || options->horizon > manifest->horizon)
        return lead_fail(LEAD_INVALID, "%s: the model forecasts %d steps, asked for %d",
                         options->checkpoint, manifest->horizon, options->horizon);
    if (options->samples < 1)
        return lead_fail(LEAD_INVALID, "samples: %d is not positive", options->samples);
    if (options->diffusion_steps < 0 ||
        options->diffusion_steps > manifest->schedule.training_steps)
        return lead_fail(LEAD_INVALID, "%s: %d diffusion steps, the model was trained with %d",
                         options->checkpoint, options->diffusion_steps,
                         manifest->schedule.training_steps);
    return LEAD_OK;
}

static lead_status load_modules(lead_state *state) {
    const torchc_api *torch = state->torch;
    for (int i = 0; i <= LEAD_COMPONENT_DENOISER; i++) {
        char *path = NULL;
        LEAD_TRY(
            lead_manifest_path(state->options.checkpoint, state->manifest->files[i].name, &path));
        lead_status status = torch->module_load(path, state->device, &state->modules[i]);
        if (status == LEAD_OK)
            status = torch->module_freeze(state->modules[i]);
        free(path);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}

static size_t value_count(const lead_state *state) {
    const size_t n = (size_t)state->manifest->node_count;
    return (size_t)state->options.samples * (size_t)state->manifest->horizon * n * n;
}

static lead_status set_up(lead_state *state, const lead_predictor_options *options) {
    if (!options->checkpoint)
        return lead_fail(LEAD_INVALID,
                         "predictor lead needs a checkpoint: the folder with manifest.json");
    LEAD_TRY(lead_manifest_load(options->checkpoint, &state->manifest));
    LEAD_TRY(check_options(state->manifest, options));
    LEAD_TRY(lead_torch_runtime(&state->torch));
    LEAD_TRY(state->torch->find_device(options->device, state->device));
    state->threads = options->threads > 0 ? options->threads : state->torch->default_threads();
    LEAD_TRY(load_modules(state));
    LEAD_TRY(lead_window_alloc(state->manifest, &state->window));
    return lead_calloc(value_count(state), sizeof *state->z, &state->z);
}

static lead_status alloc_lead(void *self, const lead_predictor_options *options) {
    lead_state *state = self;
    *state = (lead_state){.options = *options, .stream = lead_random_seed(options->seed, "lead")};
    const lead_status status = set_up(state, options);
    if (status != LEAD_OK) {
        free_lead(state);
        *state = (lead_state){0};
    }
    return status;
}

/* --- one forecast ---------------------------------------------------------------------------- */

/* (images, context) -> tokens [1, F, E] and map [1, M, n, n]. */
static lead_status encode(lead_state *state, torchc_tensor *outputs[2]) {
    const torchc_api *torch = state->torch;
    const lead_manifest *manifest = state->manifest;
    const int64_t n = manifest->node_count, frames = state->window->frame_count;
    const int64_t image_shape[5] = {1, frames, 3, n, n},
                  context_shape[4] = {1, manifest->horizon + 1, n, n};
    const int64_t token_shape[3] = {1, frames, manifest->token},
                  map_shape[4] = {1, manifest->map, n, n};
    torchc_tensor *images = NULL, *context = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(
        torch->tensor_from_floats(state->window->images, image_shape, 5, state->device, &images));
    LEAD_TRY_FREE(torch->tensor_from_floats(state->window->context, context_shape, 4, state->device,
                                            &context));
    const torchc_tensor *inputs[2] = {images, context};
    LEAD_TRY_FREE(
        torch->module_forward(state->modules[LEAD_COMPONENT_ENCODER], inputs, 2, outputs, 2));
    LEAD_TRY_FREE(torch->tensor_expect(outputs[0], "the encoder's tokens", token_shape, 3));
    LEAD_TRY_FREE(torch->tensor_expect(outputs[1], "the encoder's map", map_shape, 4));
fail:
    torch->tensor_free(images);
    torch->tensor_free(context);
    return status;
}

/* (tokens, features) -> g [1, D] and c [1, F + 1, D]. */
static lead_status condition(lead_state *state, const torchc_tensor *tokens,
                             torchc_tensor *outputs[2]) {
    const torchc_api *torch = state->torch;
    const int64_t width = state->manifest->condition, length = state->window->frame_count + 1;
    const int64_t feature_shape[3] = {1, length, LEAD_FEATURES};
    const int64_t g_shape[2] = {1, width}, c_shape[3] = {1, length, width};
    torchc_tensor *features = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(torch->tensor_from_floats(state->window->features, feature_shape, 3,
                                            state->device, &features));
    const torchc_tensor *inputs[2] = {tokens, features};
    LEAD_TRY_FREE(
        torch->module_forward(state->modules[LEAD_COMPONENT_CONDITIONER], inputs, 2, outputs, 2));
    LEAD_TRY_FREE(torch->tensor_expect(outputs[0], "the conditioner's g", g_shape, 2));
    LEAD_TRY_FREE(torch->tensor_expect(outputs[1], "the conditioner's c", c_shape, 3));
fail:
    torch->tensor_free(features);
    return status;
}

/* conditions[CONDITIONS] receives g, c and map. On one thread: torch adds up differently on
 * several, and threads must not change a result. */
static lead_status make_conditions(lead_state *state, torchc_tensor *conditions[CONDITIONS]) {
    torchc_tensor *encoded[2] = {NULL, NULL};
    LEAD_TRY(state->torch->set_threads(1));
    lead_status status = encode(state, encoded);
    if (status == LEAD_OK)
        status = condition(state, encoded[0], conditions);
    state->torch->tensor_free(encoded[0]);
    conditions[2] = encoded[1];
    return status;
}

static lead_status denoise(lead_state *state, uint64_t draw,
                           torchc_tensor *const conditions[CONDITIONS]) {
    const lead_manifest *manifest = state->manifest;
    const int asked = state->options.diffusion_steps;
    const lead_sampler sampler = {
        .torch = state->torch,
        .denoiser = state->modules[LEAD_COMPONENT_DENOISER],
        .device = state->device,
        .schedule = &manifest->schedule,
        .steps = asked > 0 ? asked : manifest->schedule.sampling_steps,
        .conditions = (const torchc_tensor *const *)conditions,
        .condition_count = CONDITIONS,
        .samples = state->options.samples,
        .horizon = manifest->horizon,
        .node_count = manifest->node_count,
        .seed = state->stream + draw,
    };
    return lead_sampler_run(&sampler, state->threads, state->z);
}

static lead_status write_samples(const lead_state *state, double *samples) {
    const size_t n = (size_t)state->manifest->node_count, p = n * n;
    const size_t asked = (size_t)state->options.horizon, made = (size_t)state->manifest->horizon;
    for (size_t i = 0; i < value_count(state); i++)
        if (!isfinite(state->z[i]))
            return lead_fail(LEAD_MODEL, "%s: the denoiser gave %g", state->options.checkpoint,
                             (double)state->z[i]);
    for (size_t s = 0; s < (size_t)state->options.samples; s++)
        for (size_t h = 0; h < asked; h++)
            lead_window_restore(state->window, (int)h, state->z + (s * made + h) * p,
                                samples + (s * asked + h) * p);
    return LEAD_OK;
}

static lead_status forecast_lead(void *self, const lead_tm_series *history, int now, uint64_t draw,
                                 double *samples) {
    lead_state *state = self;
    torchc_tensor *conditions[CONDITIONS] = {NULL};
    LEAD_TRY(lead_window_fill(state->window, history, now));
    lead_status status = make_conditions(state, conditions);
    if (status == LEAD_OK)
        status = denoise(state, draw, conditions);
    for (int i = 0; i < CONDITIONS; i++)
        state->torch->tensor_free(conditions[i]);
    return status == LEAD_OK ? write_samples(state, samples) : status;
}

const lead_predictor_type lead_predictor_lead = {
    .name = "lead",
    .summary = "LLM-adapter conditional diffusion model from a checkpoint (needs torch)",
    .size = sizeof(lead_state),
    .alloc = alloc_lead,
    .forecast = forecast_lead,
    .free = free_lead,
};
