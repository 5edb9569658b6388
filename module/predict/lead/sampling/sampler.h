/* sampler: all samples of a forecast, in batches of a fixed size that threads share out, so that
 * neither the number of threads nor which of them does what changes a number. (Torch's own threads
 * do change sums; here it gets one.) */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_SAMPLER_H
#define LEAD_PREDICT_LEAD_SAMPLING_SAMPLER_H

#include "predict/lead/checkpoint/manifest.h"
#include "torch/torchc.h"

typedef struct lead_sampler {
    const torchc_api *torch;
    torchc_module *denoiser;
    const char *device;
    const lead_schedule *schedule;
    int steps;                              /* diffusion steps */
    const torchc_tensor *const *conditions; /* what the denoiser is told after x and the step */
    int condition_count;
    int samples, horizon, node_count;
} lead_sampler;

/* From starting points z[samples][horizon][n][n] to samples, in place, on at most `threads`
 * threads. On a GPU all samples go in one batch. */
lead_status lead_sampler_run(const lead_sampler *sampler, int threads, float *z);

#endif
