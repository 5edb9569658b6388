/* shared: what a run's policies have in common, in an unnamed file of memory that their processes
 * inherit: the TMs as they were read, so that none reads them again, and the optimum. */
#ifndef LEAD_RUN_PROCESS_SHARED_H
#define LEAD_RUN_PROCESS_SHARED_H

#include <lead/scenario.h>

/* A new file with the subject's TMs. *descriptor: to be closed by the caller. LEAD_IO. */
lead_status lead_shared_make(const lead_subject *subject, int *descriptor);
/* Puts optimum[epochs] behind the TMs. LEAD_IO. */
lead_status lead_shared_add_optimum(int descriptor, const double *optimum);
/* The subject as lead_scenario_read_traffic gives it, over the topology that it has already, and
 * the optimum [epochs], freed with free(). LEAD_IO when the file is another one. */
lead_status lead_shared_read(int descriptor, lead_subject *subject, double **optimum);

#endif
