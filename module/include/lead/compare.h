/* compare: whether one run, or one policy, is better than another, or chance. Metrics of the same
 * epochs in pairs, intervals by the stationary bootstrap, one correction for all that is asked.
 * docs/compare-runs.md has the words and what was measured.
 *
 * Threads: as lead/base.h has it. */
#ifndef LEAD_COMPARE_H
#define LEAD_COMPARE_H

#include <lead/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- statistics ------------------------------------------------------------------------------ */

/* The block length, in values, with which the stationary bootstrap's variance of the mean has the
 * least expected error: Politis and White 2004, corrected by Patton, Politis and White 2009.
 * `count` values in their order, none NaN. At least 1, at most min(3 sqrt(count), count / 3); 1 for
 * fewer than 8 values and for values that are all the same. LEAD_MEMORY. O(count sqrt(count)). */
LEAD_API lead_status lead_compare_block_length(const double *values, int count, double *length);

/* Holm's correction (1979): adjusted[i] is the least level of the whole family, all p[count], at
 * which the i-th null hypothesis is rejected. `adjusted` may be p. LEAD_MEMORY.
 * O(count log count). */
LEAD_API lead_status lead_compare_holm(const double *p, int count, double *adjusted);

/* What of a metric's values over epochs is compared. */
typedef enum lead_compare_statistic {
    LEAD_COMPARE_MEAN,
    LEAD_COMPARE_P99,
    LEAD_COMPARE_MAX, /* never judged: one epoch decides it */
} lead_compare_statistic;

/* Consecutive epochs in which A and B met the same traffic: values [seeds][epochs] of each, NaN
 * where there is none; borrowed. Seeds of one stretch met the same traffic, too, so that they say
 * less than as many stretches would: they are drawn together. Stretches are drawn apart. */
typedef struct lead_compare_stretch {
    const double *a, *b;
    int seeds, epochs;
} lead_compare_stretch;

/* How sure one wants to be of what. */
typedef struct lead_compare_options {
    double effect;     /* smallest effect of interest, a fraction of A's statistic; 0..1 */
    double confidence; /* of intervals and of all verdicts together, above 0.5 and below 1 */
    int resamples;     /* 99..1000000; 0: 9999, or more where Holm's correction needs them */
    uint64_t seed;
} lead_compare_options;

/* 0.5 %, 95 %, seed 1. O(1). */
LEAD_API lead_compare_options lead_compare_defaults(void);

/* One comparison by itself; the unit is that of the values. NaN where there is nothing. */
typedef struct lead_compare_estimate {
    double a, b, difference; /* statistic of each; B's less A's */
    double low, high;        /* of the difference, an interval of options->confidence */
    double p;                /* two-sided, of "there is no difference" */
    double p_beyond;         /* of "the difference is `effect` or more" */
    double block;            /* mean block length, epochs; that of the longest stretch */
    int epochs, used;        /* used: pairs of epochs in which no value is missing */
    bool enough;             /* used suffice for an interval; else low, high, p are NaN */
} lead_compare_estimate;

/* Compares a statistic over `count` > 0 stretches. Pairs with a missing value are left out. The
 * random draws depend on options->seed and `name` alone. The mean: symmetric intervals of the
 * bootstrap of the studentised difference (standard error by overlapping batches, in each resample
 * anew). p99: of the pooled epochs, symmetric intervals of the difference itself. The maximum has
 * none. `enough` asks for LEAD_COMPARE_EPOCHS_MIN epochs and LEAD_COMPARE_BLOCKS_MIN blocks, for
 * p99 for LEAD_COMPARE_P99_BLOCKS_MIN blocks beyond it. LEAD_INVALID for options out of range,
 * LEAD_MEMORY. O(resamples x epochs). */
LEAD_API lead_status lead_compare_estimate_of(const lead_compare_stretch *stretches, int count,
                                              lead_compare_statistic statistic, const char *name,
                                              const lead_compare_options *options,
                                              lead_compare_estimate *out);

enum { LEAD_COMPARE_EPOCHS_MIN = 30, LEAD_COMPARE_BLOCKS_MIN = 5, LEAD_COMPARE_P99_BLOCKS_MIN = 5 };

/* What is said of B. */
typedef enum lead_compare_verdict {
    LEAD_COMPARE_NO_VERDICT, /* of what is not judged */
    LEAD_COMPARE_BETTER,
    LEAD_COMPARE_WORSE,
    LEAD_COMPARE_NO_DIFFERENCE, /* none of `effect` or more */
    LEAD_COMPARE_TOO_FEW,
} lead_compare_verdict;

/* "better", "worse", "no difference", "too few epochs to tell", "" for none. O(1). */
LEAD_API const char *lead_compare_verdict_text(lead_compare_verdict verdict);

/* One row of a comparison. Of every metric less is better. */
typedef struct lead_compare_row {
    char *policy_a, *policy_b;
    const char *metric; /* a column of epochs.csv; static */
    lead_compare_statistic statistic;
    bool judged; /* whether it gets a verdict, and belongs to the family that Holm corrects for */
    lead_compare_estimate estimate;
    double p_holm, p_beyond_holm;
    lead_compare_verdict verdict;
} lead_compare_row;

/* Corrects p and p_beyond of all judged rows, and says what holds of each at options->confidence:
 * no difference, where one of `effect` or more is ruled out; better or worse, where 0 is ruled out
 * and the difference found is `effect` or more; else too few epochs to tell. LEAD_INVALID for
 * options out of range, LEAD_MEMORY. O(count log count). */
LEAD_API lead_status lead_compare_judge(lead_compare_row *rows, int count,
                                        const lead_compare_options *options);

/* --- runs ------------------------------------------------------------------------------------ */

enum { LEAD_COMPARE_METRICS = 14 };

/* The metrics: columns of epochs.csv (docs/results.md); NULL behind the last. O(1). */
LEAD_API const char *lead_compare_metric(int index);

/* A policy's epochs.csv. */
typedef struct lead_compare_epochs {
    int count;
    int *epoch;
    int64_t *time;
    double *offered;                      /* bit/s */
    double *values[LEAD_COMPARE_METRICS]; /* [count] each; NaN: missing */
} lead_compare_epochs;

/* Reads an epochs.csv by the names of its columns; a metric's column may be missing, and columns
 * that are no metric are not looked at. LEAD_FORMAT with file and line for epochs that do not
 * ascend, for what is no number or time and for a row that is cut; LEAD_IO, LEAD_MEMORY. O(size of
 * the file). */
LEAD_API lead_status lead_compare_epochs_read(const char *path, lead_compare_epochs **out);
/* Frees it. NULL is allowed. */
LEAD_API void lead_compare_epochs_free(lead_compare_epochs *epochs);

/* "mean", "p99" or "max". */
LEAD_API const char *lead_compare_statistic_name(lead_compare_statistic statistic);

/* What is compared with what; all borrowed. */
typedef struct lead_compare_request {
    const char *const *runs_a, *const *runs_b; /* folders that `lead run` wrote, a seed each;
                                                  runs_b NULL: policies of runs_a with each other */
    int run_count;                             /* of A, and of B: the k-th belong together */
    const char *const *policies; /* with runs_b: which ones, none: all that both have; without: A,
                                    then each that is compared with it */
    int policy_count;
    const char *const *metrics; /* none: all */
    int metric_count;
    lead_compare_options options;
} lead_compare_request;

/* All rows, policy by policy, judged together. */
typedef struct lead_compare_table {
    lead_compare_row *rows;
    int row_count;
    int epochs;          /* of all stretches */
    int seeds, distinct; /* runs a side; stretches of different traffic or times among them */
    int resamples;
} lead_compare_table;

/* Reads the runs' summary.json and NAME/epochs.csv, pairs their epochs and compares. A metric that
 * one of the two never has is no row. LEAD_INVALID, with what to type, where epochs, times or
 * offered traffic differ, where a policy or metric is unknown and for options out of range;
 * LEAD_IO, LEAD_FORMAT, LEAD_MEMORY. O(rows x resamples x epochs). */
LEAD_API lead_status lead_compare_runs(const lead_compare_request *request,
                                       lead_compare_table **out);
/* Writes all of it as JSON (docs/compare-runs.md). LEAD_MEMORY, LEAD_IO. */
LEAD_API lead_status lead_compare_write_json(const lead_compare_request *request,
                                             const lead_compare_table *table, const char *path);
/* Frees it. NULL is allowed. */
LEAD_API void lead_compare_table_free(lead_compare_table *table);

#ifdef __cplusplus
}
#endif
#endif
