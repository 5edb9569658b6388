/* run: a scenario's policies on the same traffic and seeds, each in a process of its own.
 *
 * Threads: lead_run starts processes and holds SIGINT, SIGTERM and SIGHUP while it goes: one at a
 * time in a process, and from one thread. The rest as lead/base.h has it. */
#ifndef LEAD_RUN_H
#define LEAD_RUN_H

#include <lead/record.h>
#include <lead/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Told now and then how far a run is: epochs done of all policies together, of how many, and the
 * seconds it has taken. */
typedef void (*lead_run_progress)(long done, long all, double seconds, void *data);

/* Where a run writes, and how many policies run at a time. */
typedef struct lead_run_options {
    const char *out;     /* folder for the results */
    const char *program; /* the `lead` program; NULL: the one that is running */
    int jobs;            /* policies at a time; 0: one a core */
    lead_run_progress progress;
    void *progress_data;
} lead_run_options;

/* Runs every policy of the scenario and merges their summaries into OUT/summary.json and
 * OUT/summary.csv; OUT/scenario.yaml is the scenario with everything filled in, OUT/NAME/ holds a
 * policy's records. The program itself is started anew for each policy, since ns-3's simulator is
 * one a process. A policy that fails is in the summary with why, its failure is logged and the
 * result LEAD_SIMULATOR; the others run on, and *out is their summary then, too (NULL when there is
 * none). OUT is held meanwhile: LEAD_IO while another run writes there. What an earlier run left in
 * it is removed. TERM, INT and HUP end the policies, then, as ever, the program. */
LEAD_API lead_status lead_run(const lead_scenario *scenario, const lead_run_options *options,
                              lead_summary **out);

/* What the program does when lead_run, in process `parent`, starts it for one policy: file
 * descriptors 3 (the TMs and the optimum, run/process/shared.h) and 4 (what it tells,
 * run/process/news.h) are open. *told: the parent heard why it failed, and will say so. */
LEAD_API lead_status lead_run_child(const char *scenario_path, int policy, const char *out,
                                    long parent, bool *told);

/* What a listener is told of. */
typedef enum lead_run_event {
    LEAD_RUN_LAP_BEGINS, /* the controller measures, forecasts and plans for that epoch */
    LEAD_RUN_LAP_ENDS,
    LEAD_RUN_EPOCH_DONE /* and is in the records */
} lead_run_event;

/* Told of a run as it goes; what is not LEAD_OK ends it. */
typedef lead_status (*lead_run_listener)(lead_run_event event, int epoch, void *data);

/* One policy in this process over what lead_scenario_load gave: records into `folder`; `optimum`
 * [epochs] of the epochs' TMs. The listener may be NULL. The summary's texts are the caller's
 * (lead_policy_summary_clear); on failure it is empty. */
LEAD_API lead_status lead_run_policy(const lead_scenario *scenario, int policy,
                                     const lead_subject *subject, const double *optimum,
                                     const char *folder, lead_run_listener listener, void *data,
                                     lead_policy_summary *summary);

/* The least possible MLU of each epoch's TM over the network that the timeline makes (NULL: as it
 * is), optimum[epochs]; `epoch`: its length, s. NaN where the network changes inside an epoch,
 * since no one routing is the best for it then. One linear program an epoch. */
LEAD_API lead_status lead_run_optimum(const lead_timeline *timeline, double epoch,
                                      const lead_topology *topology, const lead_tm_series *series,
                                      int first, int epochs, double *optimum);

/* What trying a policy's first lap told. */
typedef struct lead_trial {
    double seconds; /* wall clock of the lap */
    char
        fallback[400]; /* "PREDICT: why" when it fell back, since there is too little history; "" */
} lead_trial;

/* Makes all that a policy needs and its first lap, over what lead_scenario_load gave. Fails as the
 * run would, and with LEAD_MODEL when the policy would fall back in every epoch. */
LEAD_API lead_status lead_run_try(const lead_scenario *scenario, int policy,
                                  const lead_subject *subject, lead_trial *trial);

/* "0.1.0 (gcc 12.2.0)": what built this library. */
LEAD_API const char *lead_build(void);
/* The version of "ns-3", with which this library was built, "GSL" or "Clp", which it found; static.
 * NULL: it has none of that name. libtorch's: lead_torch_find. */
LEAD_API const char *lead_library_version(const char *library);

#ifdef __cplusplus
}
#endif
#endif
