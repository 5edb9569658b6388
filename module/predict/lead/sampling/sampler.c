/* sampler: see sampler.h. */
#include "predict/lead/sampling/sampler.h"
#include "base/jobs.h"
#include "predict/lead/sampling/probability_flow.h"

#include <string.h>

enum { BATCH = 10 };

/* All batches of a forecast. */
typedef struct batches {
    const lead_sampler *sampler;
    int count;
    float *z;
} batches;

/* Denoises samples [from, until) of z in place. */
static lead_status denoise(const lead_sampler *sampler, int from, int until, torchc_tensor *step,
                           float *z) {
    const torchc_api *torch = sampler->torch;
    const int64_t n = sampler->node_count, shape[4] = {until - from, sampler->horizon, n, n};
    const size_t each = (size_t)(shape[1] * n * n), count = (size_t)shape[0] * each;
    torchc_tensor *x = NULL;
    LEAD_TRY(torch->tensor_from_floats(z + (size_t)from * each, shape, 4, sampler->device, &x));
    lead_status status =
        lead_flow_sample(torch, sampler->denoiser, sampler->schedule, sampler->steps,
                         sampler->conditions, sampler->condition_count, step, x);
    if (status == LEAD_OK)
        status = torch->tensor_to_floats(x, z + (size_t)from * each, count);
    torch->tensor_free(x);
    return status;
}

static lead_status run_batch(void *argument, int index) {
    const batches *self = argument;
    const lead_sampler *sampler = self->sampler;
    const int64_t samples = sampler->samples, one = 1;
    const float zero = 0;
    torchc_tensor *step = NULL;
    LEAD_TRY(sampler->torch->tensor_from_floats(&zero, &one, 1, sampler->device, &step));
    const lead_status status = denoise(sampler, (int)(samples * index / self->count),
                                       (int)(samples * (index + 1) / self->count), step, self->z);
    sampler->torch->tensor_free(step);
    return status;
}

lead_status lead_sampler_run(const lead_sampler *sampler, int threads, float *z) {
    const bool cpu = strcmp(sampler->device, "cpu") == 0;
    batches all = {sampler, cpu ? (sampler->samples + BATCH - 1) / BATCH : 1, z};
    LEAD_TRY(sampler->torch->set_threads(1));
    return lead_jobs_run(run_batch, &all, all.count, threads);
}
