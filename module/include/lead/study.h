/* study: many runs of one scenario, and what they say together. A scenario and what is varied of it
 * become a table of rows, one a (variant, policy, seed), in a folder OUT:
 *
 *     OUT/runs.csv             the table
 *     OUT/scenarios/KEY.yaml   the scenario of a row, with everything filled in
 *     OUT/runs/KEY/            the row's run; `done` in it says that it came to its end
 *     OUT/whatif.csv, .json    what the rows that are done say
 *
 * KEY is a hash of all that decides the run. Nothing else is kept anywhere, so that whatever ends
 * whom, the same call goes on where it was (docs/whatif.md).
 *
 * Threads: lead_study_run and lead_study_run_row as lead_run; the rest as lead/base.h has it. */
#ifndef LEAD_STUDY_H
#define LEAD_STUDY_H

#include <lead/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- what is asked ---------------------------------------------------------------------------- */

enum { LEAD_STUDY_KINDS = 7 };

/* A built-in study. */
typedef struct lead_study_kind {
    const char *name;  /* "single-link-failures" */
    const char *value; /* what it takes, for help: "F,F,..."; NULL: nothing */
    const char *help;
} lead_study_kind;

/* The built-in studies; NULL behind the last. O(1). */
LEAD_API const lead_study_kind *lead_study_kind_at(int index);

/* What is varied of a scenario; all borrowed. */
typedef struct lead_study_request {
    const char *scenario, *data; /* as lead_scenario_read has them */
    const char *out;             /* the folder, made where it is not there */
    lead_overrides overrides;    /* for all rows; events for all but the undisturbed ones */
    int seeds;                   /* the scenario's seed and those that follow it, 1..10000 */
    const char *kinds[LEAD_STUDY_KINDS]; /* by their index; NULL: not asked for, "" without value */
    int worst;         /* of a study whose engine is fluid, those that run on ns-3, too; 0: none */
    const char *at;    /* when a study's events begin: an epoch, or a time; NULL: epoch 1 */
    const char *lasts; /* how long, "1 h"; NULL: to the end */
    bool demand_limit; /* whether each row's is searched, by further rows */
} lead_study_request;

/* --- the table -------------------------------------------------------------------------------- */

enum { LEAD_STUDY_KEY = 17 }; /* 16 hexadecimal digits and a NUL */

/* A row; its texts are the table's. */
typedef struct lead_study_row {
    char *variant, *policy;
    uint64_t seed;
    char key[LEAD_STUDY_KEY];
    int same_as;   /* the first row of that key: the one that runs it; its own index otherwise */
    int against;   /* the row of the undisturbed run: same policy and seed; of a row that searches a
                      demand limit the row whose limit it is */
    double factor; /* of a row that searches a demand limit: that on all demands; 0: it is none */
    char *changes; /* what the variant changes, in words; "" for nothing */
} lead_study_row;

/* Rows are counted from 0 here, from 1 in files and for people. */
typedef struct lead_study {
    char *out; /* the folder */
    lead_study_row *rows;
    int count, runs; /* rows, and different runs among them */
    int room;
} lead_study;

/* Expands what is asked into rows and writes the table and the scenarios into request->out. First
 * comes "undisturbed", the scenario without any events; then "events", the scenario as it stands
 * and with the request's events, if it has any; then the variants that its `variants:` lists, and
 * those of the built-in studies, each with these events and its own. Where all double failures are
 * done on the fluid engine the `worst` of them are added on ns-3. With `demand_limit` and all these
 * rows done, the next rows of each search come, one a (variant, policy) and seed: planning and
 * running until no row is new ends it. LEAD_INVALID, LEAD_FORMAT with
 * file and line for what is wrong in the scenario or what a variant makes of it; LEAD_IO,
 * LEAD_MEMORY. One reading of the scenario a variant, and of each file that it names. */
LEAD_API lead_status lead_study_plan(const lead_study_request *request, lead_study **out);
/* The table that stands in a folder. LEAD_IO, LEAD_FORMAT, LEAD_MEMORY. */
LEAD_API lead_status lead_study_read(const char *folder, lead_study **out);
/* Frees it. NULL is allowed. */
LEAD_API void lead_study_free(lead_study *study);
/* Whether a row's run came to its end. O(1), asks the file system. */
LEAD_API bool lead_study_is_done(const lead_study *study, int row);
/* How many runs are in the folder that no row of the table wants; with `remove` they are removed,
 * and scenarios that no row wants.
 * LEAD_IO. */
LEAD_API lead_status lead_study_unwanted(const lead_study *study, bool remove, int *count);

/* --- runs ------------------------------------------------------------------------------------- */

/* Told now and then how far it is: runs done, of how many, and the seconds it has taken. */
typedef void (*lead_study_progress)(long done, long all, double seconds, void *data);

/* How the rows are run. */
typedef struct lead_study_options {
    int jobs;            /* runs at a time; 0: one a core */
    const char *program; /* the `lead` program; NULL: the one that is running */
    lead_study_progress progress;
    void *progress_data;
} lead_study_options;

/* A row that did not come to its end. */
typedef struct lead_study_failure {
    int row;
    char why[400];
} lead_study_failure;

/* Runs every row that is not done, `jobs` at a time, each by a process of its own that does not
 * outlive this one. A row that fails takes no other along; *failures, freed with free(), has
 * `count` of them, and the result is LEAD_SIMULATOR then. What a row warns of stands in its
 * log.txt. TERM, INT and HUP end the runs, then, as ever, the program. */
LEAD_API lead_status lead_study_run(const lead_study *study, const lead_study_options *options,
                                    lead_study_failure **failures, int *count);
/* Runs one row in this process (lead_run), unless it is done, and says so by its `done`. A row of
 * the same run as an earlier one is that one's to run: nothing happens, *ran is false. As
 * lead_run. */
LEAD_API lead_status lead_study_run_row(const lead_study *study, int row, bool *ran);
/* What the program does when lead_study_run, in process `parent`, starts it for one row. */
LEAD_API lead_status lead_study_child(const char *folder, int row, long parent);

/* --- what they say ---------------------------------------------------------------------------- */

/* A column of whatif.csv. */
typedef enum lead_study_value {
    LEAD_STUDY_MLU_MEAN,
    LEAD_STUDY_MLU_P99,
    LEAD_STUDY_MLU_MAX,
    LEAD_STUDY_OVER_MEAN, /* MLU over the optimum of the network as it is */
    LEAD_STUDY_OVER_P99,
    LEAD_STUDY_OVER_KNOWN, /* its mean over the epochs whose plan knew the network */
    LEAD_STUDY_LOSS,       /* bytes dropped over bytes offered */
    LEAD_STUDY_CONGESTION, /* parts of what was offered, by why it was lost */
    LEAD_STUDY_TRANSIENT,
    LEAD_STUDY_DISCONNECTED,
    LEAD_STUDY_CUT_OFF,   /* part of the demand between pairs that no path joins */
    LEAD_STUDY_DELAY,     /* s, of packets */
    LEAD_STUDY_DELAY_P99, /* s, mean of the epochs' */
    LEAD_STUDY_MOVED,     /* part of the traffic that new routings move, mean of epochs */
    LEAD_STUDY_CHANGED,   /* links whose splits they change, mean of epochs */
    LEAD_STUDY_RECOVERY,  /* epochs from a change of the network until the MLU is within 5 % of the
                             optimum: the longest */
    LEAD_STUDY_UNRECOVERED, /* changes after which it never was */
    LEAD_STUDY_VALUES,
} lead_study_value;

/* Its name in whatif.csv, "mlu_mean"; NULL behind the last. O(1). */
LEAD_API const char *lead_study_value_name(int value);

/* The values that are compared with the undisturbed run's, in the order of `changes`. */
enum { LEAD_STUDY_CHANGES = 4 };
/* Which value that is. 0 <= index < LEAD_STUDY_CHANGES. O(1). */
LEAD_API lead_study_value lead_study_change_of(int index);

/* The value less the undisturbed run's over the same epochs, by their plain means, and its 95 %
 * interval (lead/compare.h); NaN where there are too few epochs, or they are not the same. */
typedef struct lead_study_change {
    double difference, low, high;
} lead_study_change;

enum { LEAD_STUDY_LINK = 128 }; /* bytes of a link's name, cut where it has more */

/* Epochs by the variant's events. */
typedef enum lead_study_period {
    LEAD_STUDY_BEFORE, /* none has begun yet */
    LEAD_STUDY_DURING, /* at least one of them lasts; of a variant without any: all epochs */
    LEAD_STUDY_AFTER,  /* the others */
    LEAD_STUDY_PERIODS,
} lead_study_period;

/* "before", "during", "after". O(1). */
LEAD_API const char *lead_study_period_name(lead_study_period period);

/* A variant in one of them, beside the undisturbed run in the same epochs. */
typedef struct lead_study_part {
    int epochs;         /* of each seed; 0: there are none, nor anything else */
    int64_t begin, end; /* of the first epoch; of the last one's end; s since 1970, first seed */
    double values[LEAD_STUDY_VALUES], undisturbed[LEAD_STUDY_VALUES];
    lead_study_change changes[LEAD_STUDY_CHANGES];
    double lost, lost_undisturbed; /* bytes, mean of seeds */
    double lost_seconds; /* s in which the undisturbed run's traffic of these epochs is as much */
    double back; /* epochs from the first one until the MLU over the optimum was at most 1.05, or
                    1.05 times that of the undisturbed run, mean of seeds; NaN: in one of them it
                    never was */
} lead_study_part;

/* A line of whatif.csv. */
typedef struct lead_study_result {
    int row;                          /* of the table; of all seeds: the first of them */
    int seeds;                        /* 0: of this seed; else of so many together */
    int epochs;                       /* of each seed */
    double values[LEAD_STUDY_VALUES]; /* NaN: there is none; of seeds: their mean */
    lead_study_change changes[LEAD_STUDY_CHANGES]; /* intervals only of seeds together */
    char busiest[LEAD_STUDY_LINK]; /* the link of largest mean utilisation, "A-B"; "": none */
    lead_study_part parts[LEAD_STUDY_PERIODS]; /* only of seeds together */
    bool events;                               /* likewise: an event lasts in it */
    /* Of seeds together, of the epochs during the events whose plan knew the network: the part of
     * them in which all traffic was carried (loss at most LEAD_STUDY_CARRIED), and the part of
     * their traffic. */
    double all_carried, carried;
    double demand_limit, demand_limit_high; /* of seeds together: the largest factor on all demands
                                               that was tried with an MLU of at most 1 in all
                                               epochs, the least with more; NaN: not searched */
} lead_study_result;

#define LEAD_STUDY_CARRIED 1e-6 /* loss that counts as none */
#define LEAD_STUDY_LIMIT 1e-3   /* relative distance of demand_limit_high at which it is found */

/* A directed link under one policy, over all variants, seeds and epochs: a line of links.csv. */
typedef struct lead_study_load {
    int row;                    /* of the table: the policy's first */
    char name[LEAD_STUDY_LINK]; /* "A-B" */
    double undisturbed;         /* largest utilisation in undisturbed runs; NaN: none is known */
    double utilisation;         /* the largest one, ... */
    int worst, epoch;           /* ... the row that it is in, its epoch */
    double traffic;             /* bit/s, the most that was offered to it, ... */
    int traffic_worst;          /* ... the row that it is in */
    int *near; /* first rows of the variants in which its utilisation comes within so many
                  per cent of the largest one; the worst first */
    int near_count;
} lead_study_load;

/* What fails in a variant, beside how central it is: a line of critical.csv. */
typedef struct lead_study_critical {
    int line;           /* of the results' rows */
    bool node;          /* a node; else the link between two nodes */
    double betweenness; /* of the node, or of the links between the two */
    int rank;           /* by betweenness, 1: the largest; as many before it as have more */
    double mlu, loss;   /* damage: how much more mean MLU, and loss_fraction, while it is down */
    int mlu_rank;
} lead_study_critical;

/* A policy over the states of the network, where links have a `probability` to be down. */
typedef struct lead_study_availability {
    int row;            /* of the table: the policy's first */
    int states;         /* of the network that variants are: none, one, two failures */
    double probability; /* of these together */
    double low, high;   /* share of time with all traffic carried: in other states never; always */
    double carried_low, carried_high; /* expected part of the traffic that is carried: likewise */
} lead_study_availability;

/* All lines, and what they lack. */
typedef struct lead_study_results {
    lead_study_result *rows; /* variant by variant as in the table, then policy, seeds, all seeds */
    int count, room;
    int *
        missing; /* rows of the table that are not done, or whose files are not as they were left */
    int missing_count;
    lead_study_load *loads; /* policy by policy, in the order of the network's links */
    int load_count;
    lead_study_critical *critical; /* policy by policy, by damage, the largest first */
    int critical_count;
    lead_study_availability *availability; /* none where no link has a probability */
    int availability_count;
} lead_study_results;

/* Reads the runs that are done and writes whatif.csv, whatif.json, periods.csv, links.csv and,
 * where variants are failures, critical.csv. `within`: of lead_study_load.near, a fraction; 0.05 is
 * usual. A (variant, policy) some seed of which is missing, in it or in the undisturbed run, gets
 * no line of all seeds. The same runs give the same bytes. LEAD_IO, LEAD_FORMAT, LEAD_MEMORY.
 * O(rows x epochs x (1000 + links)). */
LEAD_API lead_status lead_study_gather(const lead_study *study, double within,
                                       lead_study_results **out);
/* Frees it. NULL is allowed. */
LEAD_API void lead_study_results_free(lead_study_results *results);

#ifdef __cplusplus
}
#endif
#endif
