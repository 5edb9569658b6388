/* slurm: the rows of a table that are not done, as jobs of Slurm. */
#ifndef LEAD_CLI_STUDY_SLURM_SLURM_H
#define LEAD_CLI_STUDY_SLURM_SLURM_H

#include "cli/cli.h"
#include <lead/study.h>

typedef struct lead_slurm_options {
    bool submit;                 /* run sbatch; else print what to type */
    const lead_cli_list *sbatch; /* options of sbatch */
    int threads, jobs;           /* cores of a row, rows of an array at a time; 0: not said */
    int tasks;                   /* most of the table in the queue; 0: as many as Slurm takes */
} lead_slurm_options;

/* Prints, as a script for a shell, or submits arrays of the rows that are not done, that are their
 * own run and that no task in Slurm's queue is for, and a job that gathers when they have ended.
 * Rows for which there is no room are said, and what to type then. LEAD_UNAVAILABLE where there is
 * no Slurm to submit to, LEAD_IO where it refuses. */
lead_status lead_whatif_slurm(const lead_study *study, const lead_slurm_options *options);

#endif
