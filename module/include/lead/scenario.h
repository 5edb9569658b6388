/* scenario: a YAML file that says what is simulated and which policies compete (docs/scenario.md),
 * as structs.
 *
 * Threads: as lead/base.h has it; the environment must not change meanwhile. */
#ifndef LEAD_SCENARIO_H
#define LEAD_SCENARIO_H

#include <lead/control.h>
#include <lead/engine.h>
#include <lead/events.h>
#include <lead/formats.h>
#include <lead/traffic.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is kept of a run beside its tables. */
typedef enum lead_scenario_record {
    LEAD_RECORD_TABLES,
    LEAD_RECORD_TRAFFIC, /* tm.h5 with the forecasts' quantiles */
    LEAD_RECORD_SAMPLES  /* and their samples */
} lead_scenario_record;

/* Which of the routings in force are kept. */
typedef enum lead_scenario_plans {
    LEAD_PLANS_NONE,
    LEAD_PLANS_CHANGES /* each that is another one than the one before: plans.csv */
} lead_scenario_plans;

/* A scenario, with every default filled in. Its texts are its own. */
typedef struct lead_scenario {
    char *path, *name;
    char *topology_file; /* as found */
    lead_topology_reading topology_reading;
    char *tm_file;            /* as found; NULL: synthetic */
    char *suspect_file;       /* as found; NULL: none: times of TMs that are taken for missing */
    lead_synthetic synthetic; /* start, step and epochs are those below */
    int64_t start;            /* of the first epoch, s since 1970 UTC */
    int epochs;               /* 0: to the end of the file */
    int aggregate;            /* 1: the file's TMs are averaged over an epoch */
    int history;              /* TMs before the start that policies know at the start */
    double unit;              /* bit/s that 1 in the TM file means; 0: the format's own */
    double load_peak;         /* the best routing's MLU in the busiest epoch; 0: not scaled by it */
    double load_factor;       /* demands are multiplied by it */
    lead_engine_options engine_options; /* topology and seed are set when it runs */
    const lead_engine_type *engine;
    lead_event *events;
    int event_count;
    lead_policy *policies;
    int policy_count;
    double reconvergence; /* s after a failure until traffic goes around it */
    uint64_t seed;
    int record;                 /* a lead_scenario_record */
    int plans;                  /* a lead_scenario_plans */
    lead_detect_options detect; /* of all policies that forecast */
    double watchdog;            /* s that a policy's lap, or its start, may take; 0: any time */
    double memory;              /* bytes that a policy may take; 0: a part of what is free */
    char **strings;             /* owns what policies point to */
    int string_count, string_room;
} lead_scenario;

/* Reads and checks a scenario. Relative files are looked for beside it, then in `data` (may be
 * NULL), $LEAD_DATA and the folder data/ beside it; checkpoints by name there, in $LEAD_MODELS
 * and in the folder of shipped ones, which is found from that of the library. Errors are
 * "file:line: key: what is wrong". */
LEAD_API lead_status lead_scenario_read(const char *path, const char *data, lead_scenario **out);
/* What is to be other than in the file. */
typedef struct lead_overrides {
    const char *const *sets; /* [set_count] "policies.lead.te.moved_cost=0.1" */
    int set_count;
    const char *policies; /* those to keep, "lead,hedged"; NULL: all */
    const char *const
        *events; /* [event_count] more of them, "kind: link-failure, link: A-B, at: 12:00" */
    int event_count;
    bool quiet; /* without the file's own events */
} lead_overrides;

/* The same with overrides. LEAD_INVALID for a path that is no key or a policy that is not there,
 * LEAD_FORMAT for an event that cannot be read. */
LEAD_API lead_status lead_scenario_read_with(const char *path, const char *data,
                                             const lead_overrides *overrides, lead_scenario **out);
/* Reads a file that says how a controller works, for a program that has its own network and
 * traffic: name, time, measure, policies and seed of a scenario. The rest of the scenario is empty.
 */
LEAD_API lead_status lead_scenario_read_attached(const char *path, lead_scenario **out);
/* Frees the scenario and its texts. NULL is allowed. */
LEAD_API void lead_scenario_free(lead_scenario *scenario);

/* A file named in the scenario at `scenario` (NULL: by the user, beside whom is the current
 * folder): absolute, beside it, in `data` (may be NULL), $LEAD_DATA or data/ beside it, as a new
 * text in *out, freed with free(). LEAD_IO with the places that were looked at. */
LEAD_API lead_status lead_find_file(const char *scenario, const char *data, const char *name,
                                    char **out);

/* Writes the scenario with every default and file name filled in; reading that gives the same run.
 */
LEAD_API lead_status lead_scenario_write(const lead_scenario *scenario, const char *path);
/* The same as a text in *text, freed with free(). LEAD_MEMORY. */
LEAD_API lead_status lead_scenario_text(const lead_scenario *scenario, char **text);

/* What a scenario is about. */
typedef struct lead_subject {
    lead_topology *topology;
    lead_tm_series *series;  /* `history` TMs (less where the file begins later), then the epochs */
    int first;               /* the index of the first epoch */
    lead_timeline *timeline; /* of its events, over this network */
} lead_subject;

/* The network and the TMs that a scenario is about, scaled by load_factor, and with what its events
 * make of the traffic: the two steps below. Free with lead_subject_free. */
LEAD_API lead_status lead_scenario_load(const lead_scenario *scenario, lead_subject *out);
/* The network and the TMs as they are in the files, or made; `timeline` is NULL. Free with
 * lead_subject_free. */
LEAD_API lead_status lead_scenario_read_traffic(const lead_scenario *scenario, lead_subject *out);
/* Makes the timeline of a subject that has none, scales its TMs, and makes of them what the events
 * do. On failure the subject is half done: free it. */
LEAD_API lead_status lead_scenario_shape_traffic(const lead_scenario *scenario,
                                                 lead_subject *subject);
/* Whether the scenario's events can happen over what was read for it, or for another one of the
 * same traffic: as lead_scenario_shape_traffic fails for what cannot. */
LEAD_API lead_status lead_scenario_check_events(const lead_scenario *scenario,
                                                const lead_subject *subject);
/* Whether two scenarios are over the same network, TMs and epochs, before load and events. */
LEAD_API bool lead_scenario_same_traffic(const lead_scenario *a, const lead_scenario *b);
/* Frees what it holds, and empties it; an empty one (all zero) is allowed. */
LEAD_API void lead_subject_free(lead_subject *subject);

/* In how many folders a checkpoint is looked for by its name. */
enum { LEAD_CHECKPOINT_FOLDERS = 5 };
/* One of them, as it is for a user in the current folder: this one, $LEAD_MODELS, those of the
 * shipped ones; in path[size]. False where there is none. */
LEAD_API bool lead_find_checkpoint_folder(int index, char *path, size_t size);

/* --- what the keys of scenario files are ------------------------------------------------------ */

/* Prints every key whose path is `key` or ends with it ("survive", "te.survive"), with its range,
 * its default and who heeds it; with NULL the paths of all, a line each. How many were printed. */
LEAD_API int lead_scenario_explain(const char *key, FILE *to);
/* Prints in the same way the keys that an algorithm, a model or an engine heeds and not all others
 * do ("robust", "nlinear", "ns3"), but for those that lead_scenario_explain() prints by this name.
 * How many were printed. */
LEAD_API int lead_scenario_explain_heeded(const char *by, FILE *to);
/* The keys of a part ("policies[].te"; "" for the top) as a Markdown table, or of those keys the
 * ones that an algorithm heeds and not all others do ("policies[].te:robust", with its own
 * defaults), or that all heed ("policies[].te:all"); false when there are none. */
LEAD_API bool lead_scenario_print_keys(const char *part, FILE *to);
/* A JSON Schema (draft 2020-12) of scenario files. LEAD_MEMORY, LEAD_IO. */
LEAD_API lead_status lead_scenario_print_schema(FILE *to);

/* --- options of TE algorithms by name --------------------------------------------------------- */

/* How many options there are, of all algorithms together. */
LEAD_API int lead_te_option_count(void);
/* "time_limit"; 0 <= index < count. */
LEAD_API const char *lead_te_option_name(int index);

/* Whether the option is a file's name. O(1). */
LEAD_API bool lead_te_option_is_file(int index);

/* What an option is, in words; `words` are what it may be, "a, b", `heeded_by` the algorithms that
 * heed it; both "": anything, all. */
typedef struct lead_te_option_text {
    const char *help, *words, *heeded_by;
    char range[200], usual[200]; /* "a whole number, 1 to 16"; the default */
} lead_te_option_text;

/* Describes an option; 0 <= index < count. O(1). */
LEAD_API void lead_te_option_describe(int index, lead_te_option_text *text);
/* Sets an option from its text (borrowed, where the option is a file: lead_te_option_is_file);
 * LEAD_FORMAT or LEAD_INVALID, without the option's name, also when the algorithm does not heed it.
 */
LEAD_API lead_status lead_te_option_set(const lead_te_type *type, lead_te_options *options,
                                        int index, const char *text);
/* Why an option that is set changes nothing under the others, as text to be shown; NULL: it does,
 * or is not set. */
LEAD_API const char *lead_te_option_idle(const lead_te_type *type, const lead_te_options *options,
                                         int index);

#ifdef __cplusplus
}
#endif
#endif
