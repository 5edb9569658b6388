/* sampler: see sampler.h. */
#include "predict/sampler.h"
#include "predict/flow.h"
#include "predict/noise.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 10, THREADS_MAX = 64, MESSAGE = 1024 };

/* What one thread does: every `stride`-th batch from `first` on. */
typedef struct worker {
    const lead_sampler *sampler;
    float *z;
    int first, stride, batches;
    lead_status status;
    char message[MESSAGE];
} worker;

/* Denoises samples [from, until) of z in place. */
static lead_status run_batch(const lead_sampler *sampler, int from, int until, torchc_tensor *step,
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

static lead_status run_batches(const worker *self) {
    const lead_sampler *sampler = self->sampler;
    const float zero = 0;
    const int64_t one = 1;
    torchc_tensor *step = NULL;
    LEAD_TRY(sampler->torch->tensor_from_floats(&zero, &one, 1, sampler->device, &step));
    lead_status status = LEAD_OK;
    for (int batch = self->first; batch < self->batches && status == LEAD_OK;
         batch += self->stride) {
        const int64_t samples = sampler->samples;
        const int from = (int)(samples * batch / self->batches),
                  until = (int)(samples * (batch + 1) / self->batches);
        status = run_batch(sampler, from, until, step, self->z);
    }
    sampler->torch->tensor_free(step);
    return status;
}

/* Runs a worker and keeps its message, which is this thread's own, for the thread that asked. */
static void *work(void *argument) {
    worker *self = argument;
    self->status = run_batches(self);
    if (self->status != LEAD_OK)
        snprintf(self->message, sizeof self->message, "%s", lead_last_message());
    return NULL;
}

static lead_status run_workers(worker *workers, int count) {
    pthread_t threads[THREADS_MAX];
    int started = 1;
    while (started < count && pthread_create(&threads[started], NULL, work, &workers[started]) == 0)
        started++;
    for (int i = started; i < count; i++) /* no thread to be had: here, then */
        work(&workers[i]);
    work(&workers[0]);
    for (int i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < count; i++)
        if (workers[i].status != LEAD_OK)
            return lead_fail(workers[i].status, "%s", workers[i].message);
    return LEAD_OK;
}

lead_status lead_sampler_run(const lead_sampler *sampler, int threads, float *z) {
    const bool cpu = strcmp(sampler->device, "cpu") == 0;
    const int batches = cpu ? (sampler->samples + BATCH - 1) / BATCH : 1;
    int count = threads < batches ? threads : batches;
    if (count > THREADS_MAX)
        count = THREADS_MAX;
    const size_t nodes = (size_t)sampler->node_count;
    worker *workers = NULL;
    LEAD_TRY(lead_noise_fill(sampler->seed, sampler->samples,
                             (size_t)sampler->horizon * nodes * nodes, z));
    LEAD_TRY(sampler->torch->set_threads(1));
    LEAD_TRY(lead_calloc((size_t)count, sizeof *workers, &workers));
    for (int i = 0; i < count; i++)
        workers[i] =
            (worker){.sampler = sampler, .z = z, .first = i, .stride = count, .batches = batches};
    lead_status status = run_workers(workers, count);
    free(workers);
    return status;
}
