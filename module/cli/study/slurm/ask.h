/* ask: other programs, without a shell. */
#ifndef LEAD_CLI_STUDY_SLURM_ASK_H
#define LEAD_CLI_STUDY_SLURM_ASK_H

#include <lead/base.h>

/* Runs a program of the PATH and waits for its end; what it prints to standard output goes to
 * *text, freed with free(); its standard error is this one's. LEAD_UNAVAILABLE where there is no
 * such program, LEAD_IO for one that does not end with status 0, LEAD_MEMORY. */
lead_status lead_slurm_ask(const char *const *arguments, char **text);

#endif
