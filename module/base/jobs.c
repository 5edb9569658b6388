/* jobs: see jobs.h. */
#include "base/jobs.h"

#include <pthread.h>

enum { THREADS_MAX = 64, MESSAGE = 1024 };

/* One thread: pieces first, first + stride, ... */
typedef struct worker {
    lead_job run;
    void *argument;
    int first, stride, count;
    int failed; /* the piece that failed */
    lead_status status;
    char message[MESSAGE]; /* of that failure: messages are each thread's own */
} worker;

static void *work(void *argument) {
    worker *self = argument;
    for (int i = self->first; i < self->count && self->status == LEAD_OK; i += self->stride) {
        self->failed = i;
        self->status = self->run(self->argument, i);
    }
    if (self->status != LEAD_OK)
        snprintf(self->message, sizeof self->message, "%s", lead_last_message());
    return NULL;
}

static void run_all(worker *workers, int count) {
    pthread_t threads[THREADS_MAX];
    int started = 1;
    while (started < count && pthread_create(&threads[started], NULL, work, &workers[started]) == 0)
        started++;
    for (int i = started; i < count; i++) /* no thread to be had: here, then */
        work(&workers[i]);
    work(&workers[0]);
    for (int i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
}

lead_status lead_jobs_run(lead_job run, void *argument, int count, int threads) {
    worker workers[THREADS_MAX];
    int used = threads < count ? threads : count;
    const worker *failed = NULL;
    used = used < 1 ? 1 : used > THREADS_MAX ? THREADS_MAX : used;
    for (int i = 0; i < used; i++)
        workers[i] =
            (worker){.run = run, .argument = argument, .first = i, .stride = used, .count = count};
    run_all(workers, used);
    for (int i = 0; i < used; i++)
        if (workers[i].status != LEAD_OK && (!failed || workers[i].failed < failed->failed))
            failed = &workers[i];
    return failed ? lead_fail(failed->status, "%s", failed->message) : LEAD_OK;
}
