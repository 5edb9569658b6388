/* Forecasts of several epochs against what came: scores of whole paths, of plans that stay for
 * more than one epoch. Link loads are those of inverse-capacity ECMP on the network as it began. */
#ifndef LEAD_RUN_LAP_PATHS_H
#define LEAD_RUN_LAP_PATHS_H

#include <lead/control.h>

typedef struct lead_lap_paths {
    lead_path_scores *scores; /* NULL: there are no forecasts of several epochs */
    lead_routing *routing;
    bool even; /* the predictor's samples are, see lead_predictor_is_even */
    int steps, samples, done;
    size_t tm;      /* entries of a TM */
    double *paths;  /* [samples][steps][n*n] of the plan in force; NULL: it has none */
    double *truth;  /* [steps][n*n], `done` of them so far */
    double *copied; /* room for `paths` */
} lead_lap_paths;

/* For a policy that plans for `every` epochs at a time by forecasts of `predictor`; nothing where
 * that is 1, or there is none (NULL). */
lead_status lead_lap_paths_alloc(const lead_topology *network, const lead_policy *policy,
                                 const lead_predictor *predictor, lead_lap_paths *self);
void lead_lap_paths_free(lead_lap_paths *self);

/* The decision that the next epoch passes under. One that comes before the last plan's time is over
 * ends that one's path, which is not scored. */
lead_status lead_lap_paths_decide(lead_lap_paths *self, const lead_decision *decision);
/* An epoch has passed, with tm[n*n]. */
lead_status lead_lap_paths_pass(lead_lap_paths *self, const double *tm);
/* NaN everywhere where nothing was scored. */
lead_path_result lead_lap_paths_result(const lead_lap_paths *self);

#endif
