/* family: the processes of a run, one a policy, and what becomes of each. */
#ifndef LEAD_RUN_PROCESS_FAMILY_H
#define LEAD_RUN_PROCESS_FAMILY_H

#include <lead/run.h>

enum { LEAD_FAMILY_MOST = 64, LEAD_WHY = 1024 };

typedef struct lead_family_options {
    const lead_scenario *scenario;
    const lead_run_options *run;
    const char *scenario_path; /* what the processes read */
    int shared_fd;             /* lead_shared_make */
    int jobs;
} lead_family_options;

/* Another descriptor of the same file, none that a policy's process has a use for; -1 with errno.
 */
int lead_family_descriptor(int descriptor);

/* Runs every policy; whys[policy] is "" for one that ended well, and why it did not otherwise: it
 * takes none of the others along. A lap that overruns its limit (docs/scenario.md, watchdog) ends
 * its policy. A signal that ends this program ends the policies first. */
lead_status lead_family_run(const lead_family_options *options, char (*whys)[LEAD_WHY]);

#endif
