/* Forecasts on a GPU against those of the CPU, and their seconds: tests/gpu/check.sh. Prints a
 * table; ends with 77 where there is no CUDA, with 1 where samples are too far away. */
#include "predict/lead/checkpoint/manifest.h"
#include "predict/torch/torch_runtime.h"
#include "unit/distance.h"

#include <lead/predict.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NODES = 12, SAMPLES = 20, HORIZON = 20, STEP = 300, LENGTH = 320, TIMES = 20, NO_CUDA = 77 };
enum { VALUES = SAMPLES * HORIZON * NODES * NODES, RUNS = 200, INPUTS = 5 };

static const double SINGLE_MOST = 1e-3, HALF_MOST = 1e-2; /* of the CPU's mean */
static const char *const gpu = "cuda:0";

/* Waves with a daily rhythm. */
static lead_status make_history(lead_tm_series **out) {
    double tm[NODES * NODES];
    LEAD_TRY(lead_tm_series_alloc(NODES, NULL, out));
    for (int row = 0; row < LENGTH; row++) {
        for (int i = 0; i < NODES * NODES; i++)
            tm[i] = 1e5 * (1 + i) * (1.5 + sin(0.02 * row + i) + 0.2 * sin(1.7 * row * i));
        LEAD_TRY(lead_tm_series_append(*out, 1090000200 + STEP * row, tm));
    }
    return LEAD_OK;
}

/* Samples of the last forecast, and s of one without the first, which optimises and captures. */
static lead_status forecast(const char *folder, const char *device, lead_precision precision,
                            const lead_tm_series *history, double *samples, double *seconds) {
    const lead_predictor_options options = {.node_count = NODES,
                                            .horizon = HORIZON,
                                            .samples = SAMPLES,
                                            .step = STEP,
                                            .seed = 5,
                                            .checkpoint = folder,
                                            .device = device,
                                            .precision = precision};
    lead_predictor *predictor = NULL;
    double started = 0;
    LEAD_TRY(lead_predictor_alloc(lead_predictor_find("lead"), &options, &predictor));
    lead_status status = LEAD_OK;
    for (int i = 0; i <= TIMES && status == LEAD_OK; i++) {
        if (i == 1)
            started = lead_clock_seconds();
        status = lead_predictor_forecast(predictor, history, LENGTH - 1, 1, samples);
    }
    *seconds = (lead_clock_seconds() - started) / TIMES;
    lead_predictor_free(predictor);
    return status;
}

static void tell(const char *name, const char *how, double seconds, double away, double most,
                 bool *good) {
    const bool near = away <= most;
    printf("%-12s %-28s %10.3f ms  %8.2g (at most %g)%s\n", name, how, 1e3 * seconds, away, most,
           near ? "" : "  TOO FAR");
    *good = *good && near;
}

static lead_status check_checkpoint(const char *name, const char *folder,
                                    const lead_tm_series *history, bool *good) {
    static double cpu[VALUES], samples[VALUES];
    double seconds;
    LEAD_TRY(forecast(folder, "cpu", LEAD_PRECISION_SINGLE, history, cpu, &seconds));
    tell(name, "a forecast, cpu, single", seconds, 0, 0, good);
    LEAD_TRY(forecast(folder, gpu, LEAD_PRECISION_SINGLE, history, samples, &seconds));
    tell(name, "a forecast, cuda, single", seconds, distance(samples, cpu, VALUES), SINGLE_MOST,
         good);
    LEAD_TRY(forecast(folder, gpu, LEAD_PRECISION_HALF, history, samples, &seconds));
    tell(name, "a forecast, cuda, half", seconds, distance(samples, cpu, VALUES), HALF_MOST, good);
    return LEAD_OK;
}

/* --- one step of the denoiser, kernel by kernel and as a graph ---------------------------------
 */

typedef struct denoiser {
    const torchc_api *torch;
    const char *path;
    torchc_tensor *inputs[INPUTS]; /* x, step, g, c, map */
} denoiser;

static lead_status make_inputs(denoiser *self, const lead_manifest *manifest) {
    const int64_t frames = manifest->history + manifest->day_offsets.count + 1,
                  width = manifest->condition;
    const int64_t shapes[INPUTS][4] = {{SAMPLES, HORIZON, NODES, NODES},
                                       {1},
                                       {1, width},
                                       {1, frames, width},
                                       {1, manifest->map, NODES, NODES}};
    const int dimensions[INPUTS] = {4, 1, 2, 3, 4};
    for (int i = 0; i < INPUTS; i++) {
        size_t count = 1;
        double *values;
        for (int d = 0; d < dimensions[i]; d++)
            count *= (size_t)shapes[i][d];
        LEAD_TRY(lead_calloc(count, sizeof *values, &values));
        for (size_t v = 0; v < count; v++)
            values[v] = i == 1 ? 500 : sin(1.3 * (double)v + i);
        const lead_status status = self->torch->tensor_from_doubles(
            values, shapes[i], dimensions[i], gpu, &self->inputs[i]);
        free(values);
        LEAD_TRY(status);
    }
    return LEAD_OK;
}

/* The last output of RUNS runs, and s of one; copying the output waits for the GPU. */
static lead_status run(const denoiser *self, torchc_module *module, double *output,
                       double *seconds) {
    const size_t count = VALUES;
    double started = 0;
    for (int i = 0; i <= RUNS; i++) {
        torchc_tensor *v = NULL;
        LEAD_TRY(self->torch->module_forward(module, (const torchc_tensor *const *)self->inputs,
                                             INPUTS, &v, 1));
        const lead_status status =
            i == 0 || i == RUNS ? self->torch->tensor_to_doubles(v, output, count) : LEAD_OK;
        self->torch->tensor_free(v);
        LEAD_TRY(status);
        if (i == 0)
            started = lead_clock_seconds();
    }
    *seconds = (lead_clock_seconds() - started) / RUNS;
    return LEAD_OK;
}

static lead_status run_as(const denoiser *self, lead_precision precision, bool graph,
                          double *output, double *seconds) {
    torchc_module *module = NULL;
    LEAD_TRY(lead_torch_load(self->torch, self->path, gpu, precision, &module));
    lead_status status = self->torch->module_freeze(module);
    if (status == LEAD_OK && graph)
        status = self->torch->module_capture(module);
    if (status == LEAD_OK)
        status = run(self, module, output, seconds);
    self->torch->module_free(module);
    return status;
}

static lead_status check_graphs(denoiser *self, const char *folder, bool *good) {
    static double plain[VALUES], output[VALUES];
    lead_manifest *manifest = NULL;
    double seconds;
    LEAD_TRY(lead_manifest_load(folder, &manifest));
    const lead_status status = make_inputs(self, manifest);
    lead_manifest_free(manifest);
    LEAD_TRY(status);
    for (int half = 0; half < 2; half++) {
        const lead_precision precision = half ? LEAD_PRECISION_HALF : LEAD_PRECISION_SINGLE;
        LEAD_TRY(run_as(self, precision, false, plain, &seconds));
        tell("denoiser", half ? "a step, cuda, half" : "a step, cuda, single", seconds, 0, 0, good);
        LEAD_TRY(run_as(self, precision, true, output, &seconds));
        tell("denoiser", half ? "a step, cuda, half, graph" : "a step, cuda, single, graph",
             seconds, distance(output, plain, VALUES), half ? HALF_MOST : SINGLE_MOST, good);
    }
    return LEAD_OK;
}

static lead_status check(const char *checkpoints, const torchc_api *torch, bool *good) {
    static const char *const names[] = {"abilene-80", "synthetic"};
    char folder[1024], path[1100];
    denoiser self = {torch, path, {NULL}};
    lead_tm_series *history = NULL;
    lead_status status = make_history(&history);
    for (int i = 0; i < 2 && status == LEAD_OK; i++) {
        snprintf(folder, sizeof folder, "%s/%s", checkpoints, names[i]);
        status = check_checkpoint(names[i], folder, history, good);
    }
    lead_tm_series_free(history);
    snprintf(path, sizeof path, "%s/denoiser.pt", folder); /* of the last, which has one */
    if (status == LEAD_OK)
        status = check_graphs(&self, folder, good);
    for (int i = 0; i < INPUTS; i++)
        torch->tensor_free(self.inputs[i]);
    return status;
}

/* A module that could not be captured runs all the same, and would pass. */
static void note_warning(lead_log_level level, const char *line, void *good) {
    fprintf(stderr, "check_gpu: %s\n", line);
    if (level == LEAD_LOG_WARNING)
        *(bool *)good = false;
}

int main(int argc, char **argv) {
    const torchc_api *torch;
    char device[TORCHC_DEVICE];
    bool good = true;
    if (argc != 2)
        return fprintf(stderr, "usage: check_gpu FOLDER-OF-CHECKPOINTS\n"), EXIT_FAILURE;
    lead_log_set_sink(note_warning, &good);
    lead_status status = lead_torch_runtime(&torch);
    if (status == LEAD_OK && torch->find_device(gpu, device) == LEAD_UNAVAILABLE) {
        printf("no CUDA: %s. Nothing was checked.\n", lead_last_message());
        return NO_CUDA;
    }
    if (status == LEAD_OK)
        status = check(argv[1], torch, &good);
    if (status != LEAD_OK)
        fprintf(stderr, "check_gpu: %s\n", lead_last_message());
    return status == LEAD_OK && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
