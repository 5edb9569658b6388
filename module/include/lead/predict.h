/* predict: past TMs -> samples of the next ones.
 *
 * Threads: as lead/base.h has it; a predictor, like an evaluation, is used by one thread at a time,
 * and several may have one each over the same history. Those of TorchScript may start threads of
 * their own, and load libtorch into the process: its number of threads, and malloc's thresholds (64
 * MB are kept for the next forecast, unless the environment sets them), stay as a predictor sets
 * them; the threads of OpenBLAS and TorchScript's executor are changed while a forecast runs, and
 * put back. */
#ifndef LEAD_PREDICT_H
#define LEAD_PREDICT_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether place and spread of samples are set by how past forecasts of the predictor came true. */
typedef enum lead_recalibrate {
    LEAD_RECALIBRATE_DEFAULT, /* the predictor's own */
    LEAD_RECALIBRATE_DAILY,
    LEAD_RECALIBRATE_NEVER
} lead_recalibrate;

/* What a jump of the whole network's traffic, or of a node's, makes of the past. */
typedef enum lead_level_shifts {
    LEAD_LEVEL_SHIFTS_DEFAULT, /* the type's own */
    LEAD_LEVEL_SHIFTS_HEED, /* the past is brought to one level, the forecast to the present one */
    LEAD_LEVEL_SHIFTS_IGNORE
} lead_level_shifts;

/* Whether samples are taken towards those of a linear forecast, which is fitted on the network's
 * own last days, as far as that has paid in them. */
typedef enum lead_blend {
    LEAD_BLEND_DEFAULT, /* the predictor's own */
    LEAD_BLEND_LINEAR,
    LEAD_BLEND_NEVER
} lead_blend;

/* What a model's components compute in. */
typedef enum lead_precision {
    LEAD_PRECISION_SINGLE,
    LEAD_PRECISION_HALF /* matrix products in float16 on CUDA, in bfloat16 on the CPU */
} lead_precision;

/* What a predictor may be told; every field has a neutral value. Pointers are borrowed and outlive
 * the predictor. */
typedef struct lead_predictor_options {
    int node_count;
    int horizon;  /* steps ahead to forecast, >= 1 */
    int samples;  /* >= 1 */
    int64_t step; /* seconds between TMs */
    uint64_t seed;
    const lead_tm_series
        *fit; /* TMs to fit on, NULL: none (a predictor that must fit says LEAD_INVALID) */
    const char *fit_file;        /* where `fit` comes from, for whoever reads it; NULL: elsewhere */
    const lead_tm_series *truth; /* what `oracle` looks up, and types of its kind */
    int window;                  /* mean: TMs that it is of; 0: 3 */
    double season;               /* seasonal: s after which traffic comes again; 0: a day */
    double alpha;           /* ewma: smoothing factor in (0, 1]; 0: chosen on the fitting data */
    const char *checkpoint; /* lead: folder with manifest.json; torchscript: the module's file */
    const char *device;     /* "auto", "cpu", "cuda:N"; NULL: auto */
    int diffusion_steps;    /* lead: diffusion steps; 0: the manifest's default */
    double budget;          /* lead: wall-clock s of a forecast: of 1, 2, 4, 10, 25, 50 diffusion
                               steps, at most diffusion_steps if given, as many as fit by what earlier
                               forecasts took; 0: none (reproducible) */
    double (*clock)(void);  /* s, what a budget is measured with; NULL: lead_clock_seconds */
    int threads;            /* 0: the library's default */
    lead_level_shifts level_shifts; /* no type that reads `truth` or chooses heeds them */
    lead_recalibrate recalibrate;   /* nor these */
    lead_blend blend;               /* nor that */
    lead_precision precision;       /* lead, torchscript */
    bool joint;                     /* keep what lead_predictor_forecast_joint needs */
    const lead_topology
        *network; /* whose nodes' names a model's are compared with; NULL: unknown */
    const struct lead_predictor_expert *experts; /* auto: what it chooses among */
    int expert_count;
} lead_predictor_options;

/* For laps that have no time for the forecasts that are made once a day: recalibration only where
 * it is asked for. */
void lead_predictor_options_hurry(lead_predictor_options *options);

/* An algorithm. To add one: one file, one row in predict/table.c. */
typedef struct lead_predictor_type {
    const char *name;
    const char *summary;
    size_t size; /* of the state */
    /* LEAD_INVALID, and no other failure, when the predictor is in order but cannot serve what the
     * options ask for: that horizon, network or step between TMs. */
    lead_status (*alloc)(void *state, const lead_predictor_options *options);
    /* Samples [sample][step][source][destination], bit/s, of the TMs at time(now) + (1..horizon) *
     * step, given history[0..now] (the series may go on after `now`: reading past it is a leak and
     * forbidden). Diagonal 0. LEAD_INVALID when the history is too short. `draw` names this
     * forecast's random draws: same draw, same samples. */
    lead_status (*forecast)(void *state, const lead_tm_series *history, int now, uint64_t draw,
                            double *samples);
    void (*free)(void *state);
    /* The same with samples that keep what OD pairs and steps have in common, for a type whose
     * `forecast` samples each of them apart (the classical ones: whole residual vectors of past
     * windows instead of each pair's quantiles); NULL where it keeps that itself. Called with
     * options.joint only. */
    lead_status (*forecast_joint)(void *state, const lead_tm_series *history, int now,
                                  uint64_t draw, double *samples);
    /* The samples of one OD pair and step lie evenly over its distribution, one in each of equally
     * likely intervals, instead of at random; scores allow for it. Of a type whose predictors
     * differ in that: is_even. */
    bool even;
    bool (*is_even)(const void *state);
    /* [horizon][n*n], bit/s, borrowed until the next forecast: what the last one's samples are
     * spread around; NULL for a type whose point forecast is what its samples say. */
    const double *(*point)(const void *state);
    /* Samples where none are asked for; 0: one. */
    int usual_samples;
    /* The checkpoint that stands in where none is named; NULL: there is none for any network. */
    const char *usual_checkpoint;
    /* Chooses among the predictors of a scenario's other policies (options.experts). */
    bool chooses;
    /* Reads options.truth: nothing that may be compared with forecasts, or chosen among them. */
    bool knows_truth;
    /* Heeds changes of level unless told otherwise. */
    bool heeds_level_shifts;
    /* Blends with a linear forecast unless told otherwise; NULL: does not. */
    bool (*blends)(const void *state);
    /* Recalibrates every day unless told otherwise; NULL: does not. */
    bool (*recalibrates)(const void *state);
    /* Diffusion steps of the last forecast; NULL for a type that has none. */
    int (*steps)(const void *state);
    /* TMs up to now that a forecast looks at and makes up where they are not known yet; NULL for a
     * type that says LEAD_INVALID then. */
    int (*looks_back)(const void *state);
    /* Whether it has learnt from TMs of `time`; NULL for a type that comes without parameters. */
    bool (*has_seen)(const void *state, int64_t time);
} lead_predictor_type;

/* A predictor at work: fitted, or with its model loaded. */
typedef struct lead_predictor lead_predictor;

/* One of the predictors that `auto` chooses among; node_count, horizon, samples and step are
 * auto's.
 */
typedef struct lead_predictor_expert {
    const lead_predictor_type *type;
    lead_predictor_options options;
} lead_predictor_expert;

/* The predictor of that name, static; NULL: there is none. */
LEAD_API const lead_predictor_type *lead_predictor_find(const char *name);
/* Their names, "last, mean, ...", borrowed until this thread's next call. */
LEAD_API const char *lead_predictor_names(void);
/* A new predictor in *out, fitted on options.fit or loaded from options.checkpoint, which takes
 * time. LEAD_INVALID naming an option out of its range, or for what this predictor cannot serve;
 * LEAD_IO, LEAD_FORMAT or LEAD_MODEL for a checkpoint; LEAD_UNAVAILABLE without libtorch. */
LEAD_API lead_status lead_predictor_alloc(const lead_predictor_type *type,
                                          const lead_predictor_options *options,
                                          lead_predictor **out);
/* As the type's forecast, checked: samples[samples * horizon * n * n] are finite and not negative
 * on return (LEAD_NUMERIC otherwise), diagonals 0. A predictor is asked about one history, which
 * may only grow: what it learns of a day (blend, recalibrate) it keeps for the next ones. */
LEAD_API lead_status lead_predictor_forecast(lead_predictor *predictor,
                                             const lead_tm_series *history, int now, uint64_t draw,
                                             double *samples);
/* The same with joint samples, from the same fit; LEAD_INVALID without options.joint. */
LEAD_API lead_status lead_predictor_forecast_joint(lead_predictor *predictor,
                                                   const lead_tm_series *history, int now,
                                                   uint64_t draw, double *samples);
/* Whether the samples of its forecast are even (see lead_predictor_type). */
LEAD_API bool lead_predictor_is_even(const lead_predictor *predictor);
/* The point forecast that the last one's samples are spread around (see lead_predictor_type) before
 * recalibration, [horizon][n*n], bit/s, diagonals 0, borrowed until the next forecast. NULL: the
 * samples say it, their mean and their median; so, too, where they were blended or are at another
 * level than usual. */
LEAD_API const double *lead_predictor_point(const lead_predictor *predictor);
/* The diffusion steps of the last forecast; 0 where there are none. */
LEAD_API int lead_predictor_get_steps(const lead_predictor *predictor);
/* The TMs up to now that forecasts look at and, where the history is shorter, make up, which makes
 * them poorer; 0 for a predictor that fails then. */
LEAD_API int lead_predictor_looks_back(const lead_predictor *predictor);
/* Whether the predictor came with parameters that were learnt from TMs of `time`: there its scores
 * flatter it. */
LEAD_API bool lead_predictor_has_seen(const lead_predictor *predictor, int64_t time);
/* Frees the predictor; libtorch stays loaded. NULL is allowed. */
LEAD_API void lead_predictor_free(lead_predictor *predictor);

/* --- what models are and run on --------------------------------------------------------------- */

/* What a LEAD checkpoint says of itself. */
typedef struct lead_checkpoint {
    char data[64]; /* the name of what it was trained on; "": not told */
    int node_count;
    int64_t step; /* s between TMs */
    int horizon;  /* steps ahead */
    int64_t seen_from,
        seen_until; /* times that it was trained on, the end left out; equal: not told */
} lead_checkpoint;

/* Reads FOLDER/manifest.json; the files that it names are not looked at. LEAD_IO, LEAD_FORMAT. */
LEAD_API lead_status lead_checkpoint_read(const char *folder, lead_checkpoint *out);

/* The libtorch that is there, and the device that models run on where none is named. */
typedef struct lead_torch {
    char version[32], device[32]; /* "1.13.1"; "cpu", "cuda:0" */
} lead_torch;

/* Loads libtorch, which takes a third of a second. LEAD_UNAVAILABLE where there is none. */
LEAD_API lead_status lead_torch_find(lead_torch *out);

/* The row of `history` one `lag` (steps) before `now` by time, or -1 when it is missing. O(log
 * length). */
LEAD_API int lead_history_find(const lead_tm_series *history, int now, int lag, int64_t step);

/* --- scores ---------------------------------------------------------------------------------- */

/* Running sums behind the forecast scores; diagonals are left out. All zero to begin with. */
typedef struct lead_scores {
    long windows;
    double squared_error, squared_truth;   /* of the point forecast, or the samples' mean */
    double absolute_error, absolute_truth; /* of the point forecast, or the samples' median */
    double crps;                           /* summed over OD pairs, bit/s */
    long covered_90, intervals;            /* truths inside the central 90 % interval */
} lead_scores;

/* Adds one window: samples[count][n*n] of one TM, and the point forecast [n*n] that they are spread
 * around (NULL: they say it, by their mean and their median), against truth[n*n]. CRPS by the fair
 * (unbiased) estimator, E|X - y| - 1/2 E|X - X'| over distinct pairs (Ferro 2014). O(n^2 count log
 * count). */
LEAD_API lead_status lead_scores_add(lead_scores *scores, const double *samples, int count,
                                     const double *point, const double *truth, int node_count);
/* Adds the sums of `more`, which has seen other windows. */
LEAD_API void lead_scores_merge(lead_scores *scores, const lead_scores *more);
/* |error|2 / |truth|2 of the point forecast; NaN without traffic. O(1). */
LEAD_API double lead_scores_nrmse(const lead_scores *scores);
/* |error|1 / |truth|1 of the point forecast; NaN without traffic. O(1). */
LEAD_API double lead_scores_nmae(const lead_scores *scores);
/* CRPS / |truth|1; NaN without traffic. O(1). */
LEAD_API double lead_scores_ncrps(const lead_scores *scores);
/* The share of truths inside the central 90 % interval, 0..1; NaN when no window had several
 * samples. O(1). */
LEAD_API double lead_scores_coverage_90(const lead_scores *scores);

/* --- evaluation ------------------------------------------------------------------------------ */

/* The scores that windows add up: each is a sum over windows over another sum (nrmse and od_rmse
 * the root of that). The first seven are of one step ahead, the others of whole paths. */
typedef enum lead_score {
    LEAD_SCORE_NRMSE,
    LEAD_SCORE_NMAE,
    LEAD_SCORE_OD_RMSE,
    LEAD_SCORE_NCRPS,
    LEAD_SCORE_CRPS_SUM,
    LEAD_SCORE_LINK_NCRPS,
    LEAD_SCORE_ENERGY,
    LEAD_SCORE_LINK_PEAK_CRPS,
    LEAD_SCORE_PEAK_MLU_CRPS,
    LEAD_SCORE_PATH_ENERGY,
    LEAD_SCORE_VARIOGRAM,
    LEAD_SCORE_COUNT,
    LEAD_SCORE_FIRST_OF_PATHS = LEAD_SCORE_LINK_PEAK_CRPS
} lead_score;

/* "ncrps". O(1). */
LEAD_API const char *lead_score_name(lead_score score);
/* Whether the score is the root of what windows add up. O(1). */
LEAD_API bool lead_score_is_root(lead_score score);

/* What windows added up to. */
typedef struct lead_score_sums {
    double of[LEAD_SCORE_COUNT], over[LEAD_SCORE_COUNT];
} lead_score_sums;

/* All scores of forecasts over many windows, marginal ones (each OD pair for itself) and joint ones
 * (what TE needs: loads add up over OD pairs). Diagonals are left out. */
typedef struct lead_evaluation lead_evaluation;

enum { LEAD_COVERAGE_LEVELS = 4 }; /* central 50, 80, 90 and 95 % intervals */

/* NaN where a score has nothing to go by: no windows, no traffic, one sample (coverage, width,
 * collapse), no routing. */
typedef struct lead_evaluation_result {
    long windows;
    double nrmse;   /* |error|2 / |truth|2 of the point forecast; where there is none, of the
                       samples' mean */
    double nmae;    /* |error|1 / |truth|1 of the same; of the samples' median */
    double od_rmse; /* RMSE of the same, or the mean, each OD pair divided by its maximum */
    double ncrps;   /* CRPS over OD pairs and windows / |truth|1 */
    double coverage[LEAD_COVERAGE_LEVELS];
    double width_90;   /* mean width of the 90 % interval / mean truth */
    double collapse;   /* median over OD pairs of sqrt(sum var (1 + 1/S) / sum error^2) */
    double crps_sum;   /* CRPS of the TM's total / sum of true totals */
    double link_ncrps; /* CRPS of the link loads / sum of true link loads */
    double energy;     /* energy score of the TM (Gneiting and Raftery 2007) / |truth|2 */
} lead_evaluation_result;

/* `od_maximum` [n*n], copied: OD pairs with maximum 0 are left out of od_rmse. `routing` (borrowed,
 * may be NULL) gives the link loads. */
LEAD_API lead_status lead_evaluation_alloc(int node_count, const double *od_maximum,
                                           const lead_routing *routing, lead_evaluation **out);
/* Adds one window: samples[count][n*n], and the point forecast [n*n] (NULL: see lead_scores_add),
 * against truth[n*n]; `even`: see lead_predictor_is_even. The joint scores are those of `joint`
 * [count][n*n], random ones; NULL: of `samples` too.
 * LEAD_INFEASIBLE when an OD pair with traffic has no route; then the window is not counted.
 * O(n^2 count (count + log count) + n m count). */
LEAD_API lead_status lead_evaluation_add(lead_evaluation *evaluation, const double *samples,
                                         const double *joint, int count, const double *point,
                                         const double *truth, bool even);
/* The scores of all windows added so far. LEAD_MEMORY. O(n^2 log n). */
LEAD_API lead_status lead_evaluation_get_result(const lead_evaluation *evaluation,
                                                lead_evaluation_result *result);
/* Sets the sums of single steps. O(1). */
LEAD_API void lead_evaluation_sums(const lead_evaluation *evaluation, lead_score_sums *sums);
/* Frees the evaluation. NULL is allowed. */
LEAD_API void lead_evaluation_free(lead_evaluation *evaluation);

/* --- whole paths ------------------------------------------------------------------------------ */

/* Scores of samples of paths, all steps ahead together: what a plan meets that stays for so long.
 * Single steps do not show whether a sample that is high stays high. */
typedef struct lead_path_scores lead_path_scores;

/* NaN where a score has nothing to go by: no windows, no traffic, no routing, one step (variogram,
 * roughness), one sample (coverage). */
typedef struct lead_path_result {
    long windows;
    int steps;
    double link_peak_crps;       /* CRPS of each link's largest load on the way / sum of the true */
    double peak_mlu_crps;        /* CRPS of the largest MLU on the way / sum of the true ones */
    double peak_mlu_coverage_90; /* share of the true ones in the central 90 % interval */
    double path_energy;          /* energy score of the path as one vector / |truth|2 */
    double variogram; /* of order 1/2 over all pairs of steps of each link's load (Scheuerer and
                         Hamill 2015) / sum of the true |differences|; the samples' mean is not
                         corrected for their number: compare equal ones */
    double roughness; /* mean |change from step to step| of OD pairs over the truth's: 1 is right */
} lead_path_result;

/* `routing` (borrowed, may be NULL) gives the link loads, its topology the capacities. */
LEAD_API lead_status lead_path_scores_alloc(int node_count, int steps, const lead_routing *routing,
                                            lead_path_scores **out);
/* Adds one window: samples[count][steps][n*n] against truth[steps][n*n]; diagonals are left out;
 * `even`: see lead_predictor_is_even. LEAD_INFEASIBLE when an OD pair with traffic has no route;
 * then the window is not counted. O(steps (count^2 n^2 + count n m + count steps m)). */
LEAD_API lead_status lead_path_scores_add(lead_path_scores *scores, const double *samples,
                                          int count, const double *truth, bool even);
/* The scores of all windows added so far. */
LEAD_API lead_path_result lead_path_scores_result(const lead_path_scores *scores);
/* Sets the sums of paths. O(1). */
LEAD_API void lead_path_scores_sums(const lead_path_scores *scores, lead_score_sums *sums);
/* Frees the scores. NULL is allowed. */
LEAD_API void lead_path_scores_free(lead_path_scores *scores);

#ifdef __cplusplus
}
#endif
#endif
