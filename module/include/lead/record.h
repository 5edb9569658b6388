/* record: what is kept of a run. One row an epoch, one row an epoch and link, and the summary.
 *
 * Threads: as lead/base.h has it; a recorder is used by one thread at a time. */
#ifndef LEAD_RECORD_H
#define LEAD_RECORD_H

#include <lead/detect.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One epoch of one policy. NaN where there is nothing to tell. */
typedef struct lead_epoch_record {
    int epoch;
    int64_t time;
    double offered;               /* bit/s, of the epoch's TM */
    double mlu;                   /* largest offered load over capacity, as measured */
    double optimum;               /* the least possible MLU for the epoch's TM */
    double loss_fraction;         /* bytes dropped over bytes offered: the sum of ... */
    double loss_congestion;       /* dropped by full queues */
    double loss_transient;        /* had a path, but the routing had not heard of the failure yet */
    double loss_disconnected;     /* had no path */
    double delay_mean, delay_p99; /* s */
    double flow_time_mean, flow_time_p99; /* s, of TCP flows completed */
    int links_changed;                    /* links whose splits the routing of this epoch changed */
    double moved_fraction;                /* of the epoch's traffic that it moved */
    double forecast_nrmse, forecast_nmae, forecast_ncrps,
        forecast_coverage_90; /* of this epoch's TM, made before it */
    double disconnected;      /* bit/s between pairs that no path joined, mean over the epoch */
    double withdrawn;     /* bit/s that nodes which were down neither sent nor received, likewise */
    bool network_changed; /* links changed in the epoch that its plan did not know of */
    int suspects;         /* values planned for that are out of all proportion (te.h) */
    int gaps;             /* OD pairs whose own counters did not tell; no diagonal */
    char fallbacks[64];   /* what the lap before the epoch fell back on ("PREDICT+PLAN"), "" for
                             nothing */
    char why[256];
    double seconds_simulate, seconds_measure, seconds_predict,
        seconds_te;      /* wall clock: to timings.csv only */
    int diffusion_steps; /* of the forecast, which a time budget may decide: to timings.csv, too; 0:
                            none */
} lead_epoch_record;

/* The files of one policy under `folder`: epochs.csv, links.csv, timings.csv. Rows are
 * written as they come: a killed run, or a full disk, leaves whole lines. The folder is held for
 * this recorder (LEAD_IO while another one is), and files that are there are made anew; links and
 * what else is no regular file are refused. */
typedef struct lead_recorder lead_recorder;
/* A new recorder in *out; `topology` is borrowed and outlives it. LEAD_IO where the folder is held
 * or the files cannot be made, LEAD_MEMORY. */
LEAD_API lead_status lead_recorder_alloc(const char *folder, const lead_topology *topology,
                                         lead_recorder **out);
/* `offered` and `carried`: [m] bit/s, NaN where unknown. */
LEAD_API lead_status lead_recorder_add(lead_recorder *recorder, const lead_epoch_record *record,
                                       const double *offered, const double *carried);
/* One OD pair in one epoch. */
typedef struct lead_pair_record {
    int source, destination;
    double rate, without;       /* bit/s; without the scenario's bursts */
    double forecast, low, high; /* mean, 5 % and 95 % quantile of the samples; NaN: no forecast */
} lead_pair_record;
/* Begins a fourth file, pairs.csv, for pairs that somebody looks at. LEAD_IO, LEAD_MEMORY. */
LEAD_API lead_status lead_recorder_watch(lead_recorder *recorder);
/* Their rows of an epoch. LEAD_IO. */
LEAD_API lead_status lead_recorder_add_pairs(lead_recorder *recorder, int epoch,
                                             const lead_pair_record *pairs, int count);
/* Begins a file plans.csv. LEAD_UNAVAILABLE for names of nodes that cannot stand in it, LEAD_IO,
 * LEAD_MEMORY. */
LEAD_API lead_status lead_recorder_open_plans(lead_recorder *recorder);
/* The routing in force from `offset` s of the epoch on, in order of time; the same one as before
 * adds nothing, and where no plans.csv was begun none does. LEAD_IO. O(n m + total length of
 * paths). */
LEAD_API lead_status lead_recorder_add_plan(lead_recorder *recorder, int epoch, double offset,
                                            const lead_routing *routing);
/* Begins the files anomalies.csv and surprise.csv; epoch 0 begins at `start` (s since 1970 UTC),
 * and an epoch is `step` s. LEAD_IO, LEAD_MEMORY. */
LEAD_API lead_status lead_recorder_open_anomalies(lead_recorder *recorder, int64_t start,
                                                  int64_t step);
/* What of an epoch was not expected, and whether a plan was made anew because of it; nothing where
 * these files were not begun. LEAD_IO. */
LEAD_API lead_status lead_recorder_add_surprise(lead_recorder *recorder,
                                                const lead_surprise *surprise, bool replanned);
/* An anomaly that is over, or on when the run ends; nothing where these files were not begun.
 * LEAD_IO. */
LEAD_API lead_status lead_recorder_add_anomaly(lead_recorder *recorder,
                                               const lead_anomaly *anomaly);
/* What tm.h5 is to hold. */
typedef struct lead_traffic_options {
    int epochs;                 /* of the run */
    int steps;                  /* that its forecasts have */
    int samples;                /* of a forecast; 0: quantiles alone are kept */
    bool variances;             /* of what was filled in the measured TMs are told */
    const char *title, *source; /* what it is of, and what made it; borrowed for the call */
} lead_traffic_options;
/* Begins a file tm.h5, which is there once it is finished. LEAD_IO, LEAD_MEMORY. */
LEAD_API lead_status lead_recorder_open_traffic(lead_recorder *recorder,
                                                const lead_traffic_options *options);
/* The epoch's TM, tm[n*n] bit/s, and the forecast of it, samples[sample_count][n*n] (NULL: none).
 * LEAD_IO. O(n^2 samples log samples). */
LEAD_API lead_status lead_recorder_add_traffic(lead_recorder *recorder, int epoch, int64_t time,
                                               const double *tm, const double *samples,
                                               int sample_count);
/* The TM that was measured after an epoch, and variance[n*n] of the errors of what was filled in it
 * (NULL: not told). LEAD_IO. */
LEAD_API lead_status lead_recorder_add_measured(lead_recorder *recorder, int epoch,
                                                const double *tm, const double *variance);
/* The forecast made for an epoch and those after it, paths[samples][steps][n*n]; nothing where
 * samples are not kept. LEAD_IO. */
LEAD_API lead_status lead_recorder_add_paths(lead_recorder *recorder, int epoch,
                                             const double *paths);
/* Ends tm.h5. LEAD_IO. */
LEAD_API lead_status lead_recorder_finish_traffic(lead_recorder *recorder);
/* Frees the recorder and closes its files; a tm.h5 that is not finished is removed. NULL is
 * allowed. */
LEAD_API void lead_recorder_free(lead_recorder *recorder);

/* Mean and quantiles over epochs. */
typedef struct lead_spread {
    double mean, p50, p90, p95, p99, max;
} lead_spread;

/* One policy over the whole run. */
typedef struct lead_policy_summary {
    char *name;
    int epochs;
    lead_spread mlu, mlu_over_optimum;
    double loss_congestion, loss_transient,
        loss_disconnected; /* means, as the next one: their sum */
    double loss_fraction, delay_mean,
        delay_p99; /* means over epochs weighted by traffic; p99: the mean of the epochs' p99 */
    double flow_time_mean, flow_time_p99;   /* as delay */
    double links_changed, moved_fraction;   /* means over epochs */
    double nrmse, nmae, ncrps, coverage_90; /* over all epochs together */
    double link_peak_crps, peak_mlu_crps, peak_mlu_coverage_90, path_energy,
        variogram; /* lead_path_result, of plans of several epochs; else NaN */
    double seconds_simulate, seconds_measure, seconds_predict, seconds_te;
    double disconnected, withdrawn; /* bit/s, mean over epochs */
    int gap_epochs;                 /* epochs with gaps (lead_epoch_record.gaps) */
    double gap_pairs;               /* these, mean over all epochs; NaN: not known */
    int fallbacks;                  /* epochs with one */
    int fallback_why_epochs;        /* of these, epochs with the most frequent reason */
    char *fallback_why;             /* it: "PREDICT: ..."; NULL: none */
    int suspects;                   /* epochs with one */
    int anomalies;                  /* that began; -1: no forecast was judged */
} lead_policy_summary;

/* Of count > 0 values, NaNs left out; all NaN when none is left. O(count log count). */
LEAD_API lead_status lead_spread_of(const double *values, int count, lead_spread *out);

/* A policy whose run did not come to its end. */
typedef struct lead_policy_failure {
    char *name, *why;
} lead_policy_failure;

/* What a whole run came to, one entry a policy. */
typedef struct lead_summary {
    char *scenario, *engine, *build;
    uint64_t seed;
    lead_policy_summary *policies;
    int policy_count;
    lead_policy_failure *failures;
    int failure_count;
} lead_summary;

/* How many numbers a policy's summary holds, without those of the wall clock. O(1). */
LEAD_API int lead_summary_metrics(void);
/* The name of such a number, "mlu.p99" or "loss_fraction", in text[40]. O(1). */
LEAD_API const char *lead_summary_metric_name(int metric, char text[40]);
/* The number; NaN where there is none. O(1). */
LEAD_API double lead_summary_metric(const lead_policy_summary *policy, int metric);

/* Frees what a policy's summary owns; it is empty then. */
LEAD_API void lead_policy_summary_clear(lead_policy_summary *policy);
/* Frees the summary with its policies and texts. NULL is allowed. */
LEAD_API void lead_summary_free(lead_summary *summary);
/* summary.json (docs/results.md); NaN is null. */
LEAD_API lead_status lead_summary_write_json(const lead_summary *summary, const char *path);
/* The same as a table, a row a policy; nothing stands for NaN. LEAD_IO. */
LEAD_API lead_status lead_summary_write_csv(const lead_summary *summary, const char *path);
/* Reads what lead_summary_write_json wrote; LEAD_FORMAT with the file and the key. */
LEAD_API lead_status lead_summary_read_json(const char *path, lead_summary **out);

#ifdef __cplusplus
}
#endif
#endif
