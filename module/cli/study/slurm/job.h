/* job: one call of sbatch. */
#ifndef LEAD_CLI_STUDY_SLURM_JOB_H
#define LEAD_CLI_STUDY_SLURM_JOB_H

#include "cli/study/slurm/arrays.h"
#include <lead/base.h>

enum { LEAD_SLURM_WORDS = 96 };

/* The words of the call, owned; NULL behind the last. */
typedef struct lead_slurm_job {
    char *words[LEAD_SLURM_WORDS + 1];
    int count;
} lead_slurm_job;

/* What all calls for one table have in common; borrowed. */
typedef struct lead_slurm_common {
    const char *program, *out; /* absolute */
    const char *name;          /* of jobs */
    const char *const *extra;  /* texts with options of the user's, blanks between them */
    int extra_count;
    int threads; /* of a task; 0: not said */
    int jobs;    /* tasks of an array at a time; 0: not said */
} lead_slurm_common;

/* The call that submits an array, or the job that gathers: job->count is 0 before. LEAD_INVALID for
 * options that are not the user's to say, LEAD_MEMORY; the job is to be cleared in any case. */
lead_status lead_slurm_job_array(const lead_slurm_common *common, const lead_slurm_array *array,
                                 lead_slurm_job *job);
lead_status lead_slurm_job_gather(const lead_slurm_common *common, lead_slurm_job *job);
/* One more word, "--dependency=%s". */
lead_status lead_slurm_job_add(lead_slurm_job *job, const char *format, ...) LEAD_PRINTF(2, 3);
void lead_slurm_job_clear(lead_slurm_job *job);

/* A text as a word for a shell: in quotes where it needs them. */
void lead_slurm_print_word(FILE *to, const char *word);
/* The words, blanks between them. */
void lead_slurm_job_print(FILE *to, const lead_slurm_job *job);

#endif
