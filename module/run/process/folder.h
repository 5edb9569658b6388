/* folder: what a run writes into its folder, and what an earlier run left there. */
#ifndef LEAD_RUN_PROCESS_FOLDER_H
#define LEAD_RUN_PROCESS_FOLDER_H

#include <lead/scenario.h>

/* Makes the folder, holds it (*lock, to be closed; -1: none) and removes what an earlier run of
 * ours left in it: its summary and scenario, and its policies' folders, which are known by what
 * they hold. Nothing else is touched. LEAD_IO while another run holds it. */
lead_status lead_folder_take(const lead_scenario *scenario, const char *out, int *lock);

#endif
