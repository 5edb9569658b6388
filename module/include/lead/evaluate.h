/* evaluate: predictors on past traffic, all on the very same windows. A window is
 * LEAD_EVALUATE_HISTORY past TMs and all that follow up to its target, on the grid without a gap.
 *
 * Threads: as lead/base.h has it, but for what is said of predictors in lead/predict.h. */
#ifndef LEAD_EVALUATE_H
#define LEAD_EVALUATE_H

#include <lead/predict.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LEAD_EVALUATE_HISTORY = 16 };

/* A new series without the TMs at the `count` times (ascending), with diagonals 0. What was dropped
 * is a gap like any other. O(length (n^2 + log count)). */
LEAD_API lead_status lead_evaluate_clean(const lead_tm_series *series, const int64_t *suspects,
                                         int count, lead_tm_series **out);

/* The routing that link loads are scored under: ECMP over the topology's links, weights by inverse
 * capacity, nodes in the order of the series' columns. LEAD_INVALID naming a node that one of the
 * two lacks; without names in the series the topology's order is taken. */
LEAD_API lead_status lead_evaluate_routing(const lead_topology *topology,
                                           const lead_tm_series *series, lead_routing **out);

/* How far ahead is forecast, and the time to report on: from <= target's time < to, of forecasts
 * made at one of the times `at` (ascending, borrowed; NULL: at any). */
typedef struct lead_evaluate_span {
    int shortest, longest; /* steps ahead */
    int64_t from, to;
    const int64_t *at;
    int at_count;
} lead_evaluate_span;

/* The windows whose targets, `shortest` to `longest` steps after `now`, all lie in the time to
 * report on: their rows `now`, ascending, freed with free(). With most > 0 at most that many,
 * evenly spaced. LEAD_INVALID when there is none. O(length log at_count). */
LEAD_API lead_status lead_evaluate_windows(const lead_tm_series *series,
                                           const lead_evaluate_span *span, int most, int **now,
                                           int *count);

/* Whether a predictor, NAME[:CHECKPOINT][,KEY=VALUE...], heeds a key of `predict:`. */
LEAD_API bool lead_evaluate_heeds(const char *predictor, const char *key);

/* The scores of one predictor at one horizon. */
typedef struct lead_evaluate_row {
    const char *predictor; /* as it was asked for, NAME[:CHECKPOINT][,KEY=VALUE...] */
    int horizon;
    const char *unserved; /* why there are no scores; NULL: there are. Gone after the call */
    lead_evaluation_result scores;
    lead_path_result paths; /* of all steps up to this one; windows 0: it is not the longest that
                               the predictor serves, or the first */
    double seconds_per_forecast; /* of all steps up to the longest horizon, with those that are made
                                    again to recalibrate or blend */
    double diffusion_steps;      /* mean over forecasts; 0: the predictor has none */
} lead_evaluate_row;

/* One score of a row beside the same predictor's of comparison. */
typedef struct lead_evaluate_difference {
    const char *predictor, *against; /* as they were asked for */
    int horizon;
    lead_score score;
    double own, other;            /* the scores */
    double difference, low, high; /* own / other - 1, and its 95 % interval: of the mean over
        windows, in pairs (lead_compare_estimate_of); NaN where windows are too few */
} lead_evaluate_difference;

/* What is compared with what, and who is told. Pointers are borrowed for the call. */
typedef struct lead_evaluate_options {
    const lead_tm_series *series; /* history and targets */
    const lead_tm_series *fit;    /* what predictors fit on, and OD pairs' maxima come from */
    const lead_routing *routing;  /* for link loads; may be NULL */
    const char *const *predictors;
    int predictor_count;
    const int *horizons;
    int horizon_count;
    int64_t from, to;  /* of the targets' times, from <= time < to */
    const int64_t *at; /* times that forecasts are made at, ascending; NULL: any */
    int at_count;
    int windows; /* at most; 0: all */
    int samples;
    int steps;     /* of diffusion; 0: the checkpoint's own */
    double budget; /* s of a forecast, see lead_predictor_options; 0: none */
    int threads;   /* 0: the library's default */
    uint64_t seed;
    void (*row)(const lead_evaluate_row *row, void *data); /* told of each row as it is done */
    /* One of `predictors`, with which the others are compared when all are done; NULL: none. */
    const char *against;
    void (*difference)(const lead_evaluate_difference *difference, void *data);
    /* Told of each window as it is done; may be NULL. */
    void (*progress)(const char *predictor, int done, int all, void *data);
    void *data;
} lead_evaluate_options;

/* Scores every predictor, one after the other, at every horizon: all on the same windows, all
 * horizons of a predictor on the same forecasts. Joint scores of predictors that sample OD pairs
 * apart come from lead_predictor_forecast_joint. A warning is logged when targets lie within the
 * fitting TMs. The windows and the predictors' names are checked before the first forecast. A
 * predictor that cannot serve a horizon or network (LEAD_INVALID when it is made) gives a row that
 * says so; when no other row could be made, its status is the result. Any other failure ends the
 * evaluation after the rows told of. */
LEAD_API lead_status lead_evaluate(const lead_evaluate_options *options);

/* Writes rows, and differences of theirs, as JSON (docs/evaluate.md). LEAD_MEMORY, LEAD_IO. */
LEAD_API lead_status lead_evaluate_write_json(const lead_evaluate_row *rows, int count,
                                              const lead_evaluate_difference *differences,
                                              int difference_count, const char *path);

#ifdef __cplusplus
}
#endif
#endif
