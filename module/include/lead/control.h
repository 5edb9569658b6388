/* control: the lap of an epoch, measure -> predict -> plan, with a fallback for every stage. Knows
 * no engine: `lead run` and a user's own ns-3 program drive the same controller.
 *
 * Threads: as lead/base.h has it; a controller is used by one thread at a time, and several may
 * have one each. */
#ifndef LEAD_CONTROL_H
#define LEAD_CONTROL_H

#include <lead/detect.h>
#include <lead/events.h>
#include <lead/measure.h>
#include <lead/predict.h>
#include <lead/te.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who decides. Pointers are borrowed and outlive the controller. */
typedef struct lead_policy {
    const char *name;
    const lead_estimator_type *estimator;
    const lead_predictor_type *predictor; /* NULL: none; then the last TM is planned for */
    lead_predictor_options
        predictor_options; /* node_count, step and horizon are set by the controller */
    const lead_te_type *te;
    lead_te_options te_options;
    int every;   /* epochs that a plan is for: it is made from forecasts of so many steps, and stays
                  */
    double gain; /* a new plan is taken when it lowers the MLU of the TMs planned for by this
                    fraction; 0: always */
    double surprise; /* the plan that stands is made anew after an epoch whose network-wide tail
                        probability is below this; 0: never */
    lead_detect_options detect; /* level 0: there are no anomalies, and without `surprise` nothing
                                   is judged */
    double budget;              /* wall-clock s for a lap; 0: none (reproducible) */
    double (*clock)(void);      /* s, what laps are timed with; NULL: lead_clock_seconds */
} lead_policy;

/* What a lap fell back on; X(name, text). Several may happen in one lap. */
#define LEAD_FALLBACK_LIST(X)                                                                      \
    X(MEASURE, "the TM could not be estimated: the last one was taken")                            \
    X(PREDICT, "the forecast failed: the last TM was planned for")                                 \
    X(PREDICT_LATE, "the forecast came late: the last TM was planned for")                         \
    X(PLAN, "the plan failed: the routing in force stays")                                         \
    X(PLAN_LATE, "the plan came late: the routing in force stays")

/* The kinds of fallback; a lap's are bits (1u << kind). */
typedef enum lead_fallback {
#define X(name, text) LEAD_FALLBACK_##name,
    LEAD_FALLBACK_LIST(X)
#undef X
        LEAD_FALLBACK_COUNT
} lead_fallback;

/* The fallback's name ("PREDICT_LATE"), static; "?" for a value that is none. */
LEAD_API const char *lead_fallback_name(lead_fallback fallback);
/* What happened then, static; "?" for a value that is none. */
LEAD_API const char *lead_fallback_text(lead_fallback fallback);

/* What a lap decided. Pointers are borrowed from the controller until its next lap. */
typedef struct lead_decision {
    const lead_routing *routing; /* to be in force from now on; never NULL */
    const double *weights;       /* [m] link weights that it comes from; NULL: from none */
    const double *tm; /* [n*n] the TM as measured in the epoch that ended; NULL before the first */
    const double *variance; /* [n*n] of the errors of what was filled in it, (bit/s)^2; 0: measured;
                               NULL where the estimator does not tell */
    const double *samples;  /* [sample_count][n*n] of the next epoch's TM, as the plan in force was
                               made for; NULL without a forecast */
    int sample_count;
    const double *point; /* [n*n] that they are spread around; NULL: see lead_predictor_point */
    const double *paths; /* [sample_count][steps][n*n] where the forecast was made in this lap: of
                            the next epoch and those after it; else NULL */
    int steps;
    int gaps;               /* OD pairs, without the diagonal, whose own counters did not tell their
                               rate, whatever the estimator makes of it; all where MEASURE */
    int suspects;           /* lead_te_plan.suspects of the plan just made */
    unsigned fallbacks;     /* bit (1u << lead_fallback) for each */
    char why[256];          /* the message of the first of them */
    lead_surprise surprise; /* of the epoch that ended: by its forecast; epochs from 0 on */
    bool replanned;         /* a plan was made anew because of it */
    double seconds_measure, seconds_predict, seconds_te;
    int diffusion_steps; /* of the forecast, also of one that came late; 0: none */
} lead_decision;

/* A policy at work: its estimator, predictor and TE algorithm, the TMs measured so far and the
 * routing in force. */
typedef struct lead_controller lead_controller;

/* `history`: past TMs on a grid of `step` seconds, oldest first (taken over, also on failure; may
 * be empty; measured TMs are added, and those forgotten that no predictor looks back to). Also fits
 * the predictor, which can take seconds. */
LEAD_API lead_status lead_controller_alloc(const lead_topology *topology, const lead_policy *policy,
                                           lead_tm_series *history, int64_t step,
                                           lead_controller **out);
/* Frees the controller with its history and what its decisions lent. NULL is allowed. */
LEAD_API void lead_controller_free(lead_controller *controller);

/* The policy's predictor, borrowed; NULL: none. */
LEAD_API const lead_predictor *lead_controller_predictor(const lead_controller *controller);

/* What judges the forecasts, borrowed; NULL: none, since there is no forecast, or it is not asked
 * for. */
LEAD_API const lead_detector *lead_controller_detector(const lead_controller *controller);

/* A lap. `reading`: the counters at the end of an epoch, and `time`: when that epoch began (on the
 * history's grid); NULL for the lap before the first epoch, which decides from the history alone.
 * The routing of the last decision is taken to have been in force. Fails only when there is no
 * routing at all to give. */
LEAD_API lead_status lead_controller_step(lead_controller *controller, const lead_counters *reading,
                                          int64_t time, lead_decision *decision);

/* The first reading, before any traffic: what the first epoch's counters are compared with. */
LEAD_API lead_status lead_controller_baseline(lead_controller *controller,
                                              const lead_counters *reading);

/* Tells of a link whose capacity changed: the TE algorithm is set up anew, for the next plans. */
LEAD_API lead_status lead_controller_set_capacity(lead_controller *controller, int link,
                                                  double capacity);
/* What befalls the next lap's forecast and plan: pretended failures, for tests of what a network
 * does then. NULL: nothing. */
LEAD_API void lead_controller_set_faults(lead_controller *controller,
                                         const lead_fault_how *forecast,
                                         const lead_fault_how *plan);

/* Tells of a link that went down or came up: the next plans (not) use it. */
LEAD_API lead_status lead_controller_set_up(lead_controller *controller, int link, bool up);

#ifdef __cplusplus
}
#endif
#endif
