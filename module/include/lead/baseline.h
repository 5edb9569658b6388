/* baseline: regression tests of routing policies. A scenario is run and compared with what it came
 * to when somebody last accepted it: `baselines/NAME.json` beside the scenario, and the rows of
 * then in `baselines/NAME/`, for saying what changed first (docs/regression.md).
 *
 * Threads: lead_baseline_test as lead_run; the rest as lead/base.h has it. */
#ifndef LEAD_BASELINE_H
#define LEAD_BASELINE_H

#include <lead/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a comparison comes to, from good to bad. */
typedef enum lead_verdict {
    LEAD_VERDICT_SAME,   /* the same bytes, the same number */
    LEAD_VERDICT_WITHIN, /* another number, within its tolerance */
    LEAD_VERDICT_BETTER, /* beyond its tolerance, on the good side: accept it */
    LEAD_VERDICT_WORSE   /* beyond it, or not to be compared */
} lead_verdict;

/* "same", "within", "better", "WORSE"; static. */
LEAD_API const char *lead_verdict_name(lead_verdict verdict);

/* One number of one policy. */
typedef struct lead_baseline_metric {
    char name[40]; /* "mlu.p99" */
    double before, after;
    lead_verdict verdict;
    char why[120]; /* "limit 0.5 %", "max 0.95", "below reactive (0.93)"; "" when it is the same */
} lead_baseline_metric;

/* One policy. */
typedef struct lead_baseline_policy {
    char *name;
    lead_verdict verdict;          /* the worst of its metrics, and of `problem` */
    lead_baseline_metric *metrics; /* [metric_count] */
    int metric_count;
    char *problem; /* why it cannot be compared; NULL: it was */
    char *first;   /* lines that say which epoch, decision and link changed first; NULL: none did */
} lead_baseline_policy;

/* One scenario. */
typedef struct lead_baseline_report {
    char *path, *name;
    lead_verdict verdict;
    char *problem; /* why the whole cannot be compared; NULL: it was */
    char *note;    /* what is other than then and may be why: build, data; NULL: nothing */
    lead_baseline_policy *policies;
    int policy_count;
    double seconds; /* wall clock, for people */
    bool updated;   /* the baseline is what this run came to now */
} lead_baseline_report;

/* How scenarios are tested; texts are borrowed. */
typedef struct lead_baseline_options {
    const char *data;                /* as lead_scenario_read has it */
    const char *out;                 /* folder for the runs, OUT/NAME; NULL: out/test */
    int jobs;                        /* policies at a time; 0: one a core */
    bool update;                     /* what it comes to becomes the baseline */
    const lead_overrides *overrides; /* NULL: none */
} lead_baseline_options;

/* Runs a scenario and compares it with its baseline, by the tolerances of its `expect:`. What is
 * worse is in the report, which is the caller's to free; LEAD_FORMAT, LEAD_INVALID, LEAD_IO for a
 * scenario, an `expect:` or a baseline that cannot be read. A run that fails is a problem in the
 * report. With `update` the baseline is written, unless the run failed. */
LEAD_API lead_status lead_baseline_test(const char *scenario, const lead_baseline_options *options,
                                        lead_baseline_report **out);
/* Frees it. NULL is allowed. */
LEAD_API void lead_baseline_report_free(lead_baseline_report *report);
/* JUnit XML of reports[count]: a suite a scenario, a case a metric, its class scenario.policy.
 * LEAD_IO, LEAD_MEMORY. */
LEAD_API lead_status lead_baseline_write_junit(lead_baseline_report *const *reports, int count,
                                               const char *path);
/* The same as JSON: {"scenarios": [{"name", "verdict", "problem", "note", "policies": [{"name",
 * "verdict", "problem", "first", "metrics": [...]}]}]}; what there is none of is left out. LEAD_IO,
 * LEAD_MEMORY. */
LEAD_API lead_status lead_baseline_write_json(lead_baseline_report *const *reports, int count,
                                              const char *path);

#ifdef __cplusplus
}
#endif
#endif
