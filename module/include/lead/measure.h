/* measure: counters -> rates -> traffic matrix.
 *
 * Threads: as lead/base.h has it; an estimator is used by one thread at a time, and several may
 * have one each. */
#ifndef LEAD_MEASURE_H
#define LEAD_MEASURE_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One reading of a network's counters, as a device would answer it: running totals that may wrap,
 * restart or be missing. od = source * n + destination. Allocated by lead_counters_alloc, filled by
 * an engine. */
typedef struct lead_counters {
    int node_count, link_count;
    double time;          /* of the reading, s of the simulation's own clock */
    double rate_scale;    /* simulated rate over the rate it stands for (1e-3: 1 Mbit/s stands for 1
                             Gbit/s) */
    int bits;             /* width of the totals: 32 or 64 */
    uint64_t *link_bytes; /* [m] sent on the link */
    uint64_t *link_dropped;      /* [m] bytes dropped before the link */
    uint64_t unrouted;           /* bytes dropped for want of a route */
    unsigned char *link_missing; /* [m] 1: this link's counters did not answer */
    uint64_t *od_offered;        /* [n*n] bytes the sources handed to the network */
    uint64_t *od_delivered;      /* [n*n] bytes that arrived */
    unsigned char *od_missing;   /* [n*n] 1: this pair's counters did not answer */
    double
        *od_delay_mean; /* [n*n] s, of what arrived since the last reading; NaN when nothing did */
    double *od_delay_p99; /* [n*n] s */
    double delay_mean,
        delay_p99; /* s, of all that arrived since the last reading; NaN when nothing did */
    double flow_time_mean, flow_time_p99; /* s, of TCP flows completed since the last reading; NaN
                                             when there were none */
} lead_counters;

/* New counters in *out, all 0, of 64 bits at rate scale 1. LEAD_MEMORY. O(n^2 + m). */
LEAD_API lead_status lead_counters_alloc(int node_count, int link_count, lead_counters **out);
/* Frees the counters and their arrays. NULL is allowed. */
LEAD_API void lead_counters_free(lead_counters *counters);
/* Copies every value of `from` into `to`, which has the same sizes. */
LEAD_API lead_status lead_counters_assign(lead_counters *to, const lead_counters *from);

/* What the difference of two readings says. NaN marks a gap: a missing reading or a counter that
 * restarted. */
typedef struct lead_rates {
    int node_count, link_count;
    double interval;      /* s of the simulation's clock */
    double *link_carried; /* [m] bit/s sent */
    double *link_offered; /* [m] bit/s sent or dropped */
    double *od_offered;   /* [n*n] bit/s */
    double *od_delivered; /* [n*n] bit/s */
} lead_rates;

/* New rates in *out, all 0. LEAD_MEMORY. O(n^2 + m). */
LEAD_API lead_status lead_rates_alloc(int node_count, int link_count, lead_rates **out);
/* Frees the rates and their arrays. NULL is allowed. */
LEAD_API void lead_rates_free(lead_rates *rates);
/* Rates in full-scale bit/s from two readings. A total that went down has wrapped if the wrapped
 * difference is a rate the link can carry (3/2 of its capacity; for an OD pair: of the capacity out
 * of its source), else it has restarted and is a gap. LEAD_INVALID when time does not increase.
 * O(n^2 + m). */
LEAD_API lead_status lead_rates_update(lead_rates *rates, const lead_topology *topology,
                                       const lead_counters *before, const lead_counters *after);

/* --- estimators ------------------------------------------------------------------------------ */

/* What an estimate is made of. */
typedef struct lead_measurement {
    const lead_rates *rates;
    const lead_routing *in_force; /* that they were measured under; NULL: not known */
    int64_t time;                 /* of the TM: when its epoch began, s since 1970 */
} lead_measurement;

/* Where an estimate goes; arrays of the caller's. */
typedef struct lead_estimate {
    double *tm;         /* [n*n] bit/s, diagonal 0 */
    double *variance;   /* [n*n] (bit/s)^2 of the error of what was filled in; 0 where the pair was
                           measured, and everywhere with a type that does not tell it */
    unsigned char *gap; /* [n*n] 1: what the pair's rate is made of was not told; diagonal 0 */
} lead_estimate;

/* An algorithm that turns rates into a TM. To add one: one file, one row in measure/table.c. */
typedef struct lead_estimator_type {
    const char *name;
    const char *summary;
    size_t size;
    /* `prior`: past TMs to calibrate on (NULL when there are none). The topology is borrowed and
     * outlives the state; the prior is not kept. */
    lead_status (*alloc)(void *state, const lead_topology *topology, const lead_tm_series *prior);
    /* Sets out->tm; the rest is 0 before. Entries that cannot be told are filled with the last
     * known value, or what the type knows better, and marked gap[od] = 1. */
    lead_status (*estimate)(void *state, const lead_measurement *measured,
                            const lead_estimate *out);
    void (*free)(void *state);
    /* Tells variances. */
    bool tells_variance;
} lead_estimator_type;

/* An estimator at work on one network; it remembers what it told last. */
typedef struct lead_estimator lead_estimator;

/* The table's row of that name; NULL when there is none. lead_estimator_names: "od-counters,
 * gravity, ..." */
LEAD_API const lead_estimator_type *lead_estimator_find(const char *name);
/* Their names, "od-counters, gravity, ...", borrowed until this thread's next call. */
LEAD_API const char *lead_estimator_names(void);
/* A new estimator in *out; `topology` is borrowed and outlives it, `prior` (NULL: none) is read
 * now. LEAD_MEMORY, or what the type says. */
LEAD_API lead_status lead_estimator_alloc(const lead_estimator_type *type,
                                          const lead_topology *topology,
                                          const lead_tm_series *prior, lead_estimator **out);
/* The TM of what was measured, its gaps and their variances, into out's arrays. LEAD_NUMERIC where
 * it came out as no rate. O(n^2) but for "tomogravity", O((n + m)^2 n^2), "minimum-kl", which
 * iterates, and "state-space", O(gaps m^2). */
LEAD_API lead_status lead_estimator_estimate(lead_estimator *estimator,
                                             const lead_measurement *measured,
                                             const lead_estimate *out);
/* Frees the estimator. NULL is allowed. */
LEAD_API void lead_estimator_free(lead_estimator *estimator);

#ifdef __cplusplus
}
#endif
#endif
