/* jobs: many pieces of one work, on several threads. */
#ifndef LEAD_BASE_JOBS_H
#define LEAD_BASE_JOBS_H

#include <lead/base.h>

/* Piece `index` of a work, which alone writes what it writes. */
typedef lead_status (*lead_job)(void *argument, int index);

/* Runs pieces 0..count-1 on at most `threads` threads, this one among them, and waits for all: one
 * thread takes every `threads`-th of them. A thread ends with its first piece that fails; the
 * result, with its message, is that of the failed piece with the lowest index. */
lead_status lead_jobs_run(lead_job run, void *argument, int count, int threads);

#endif
