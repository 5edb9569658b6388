/* answers: what scontrol and squeue print, as far as it matters here. */
#ifndef LEAD_CLI_STUDY_SLURM_ANSWERS_H
#define LEAD_CLI_STUDY_SLURM_ANSWERS_H

#include <lead/base.h>

/* Of `scontrol show config`. */
typedef struct lead_slurm_config {
    int array_size;    /* MaxArraySize: an array's indices are below it; 0: there are no arrays */
    int array_tasks;   /* max_array_tasks of SchedulerParameters; array_size without */
    int job_count;     /* MaxJobCount: jobs that there may be, of all users */
    bool other_limits; /* AccountingStorageEnforce: users have limits of their own */
} lead_slurm_config;

/* As Slurm is when nobody configured it. */
lead_slurm_config lead_slurm_defaults(void);
/* What the text says; defaults for what it does not say. LEAD_FORMAT for a limit that is no number.
 * O(length). */
lead_status lead_slurm_read_config(const char *text, lead_slurm_config *config);

/* How squeue is to print, for lead_slurm_read_queue: user, array, index, state, name. */
#define LEAD_SLURM_QUEUE_FORMAT "%U %F %K %t %j"

/* What a queue has of a table. */
typedef struct lead_slurm_queue {
    int jobs;     /* in Slurm's memory, tasks of arrays one by one, of all users */
    int *waiting; /* [rows]: the array that has a task of that row, from 0, which has not ended; 0:
                     none has; borrowed */
    int rows;
} lead_slurm_queue;

/* Reads squeue's lines; tasks of the table are those of `user` whose job is called "NAME+OFFSET".
 * What is no such line counts as a job. O(length). */
void lead_slurm_read_queue(const char *text, long user, const char *name, lead_slurm_queue *queue);

#endif
