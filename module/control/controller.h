/* What a controller holds between its laps, for the files of this room. */
#ifndef LEAD_CONTROL_CONTROLLER_H
#define LEAD_CONTROL_CONTROLLER_H

#include <lead/control.h>

struct lead_controller {
    lead_topology *topology; /* own copy: its links go down and up */
    lead_policy policy;
    lead_tm_series *history;
    int64_t step;
    lead_estimator *estimator;
    lead_predictor *predictor;
    lead_te *te;
    lead_detector *detector;                    /* NULL: nothing is judged */
    lead_counters *before;                      /* the last reading */
    bool has_before, topology_changed, planned; /* planned: in_force is a plan of `te` */
    lead_rates *rates;
    lead_routing *in_force;
    double *weights;      /* [m] link weights that in_force comes from; NULL: from none */
    double *tm, *samples; /* samples [sample][step][n*n] */
    double *variance;     /* [n*n] of the errors of what is filled in `tm`, (bit/s)^2 */
    double *shifts;       /* [sample] */
    double *next, *loads; /* [sample][n*n] of the coming epoch; [m] */
    bool told;            /* `next` holds a forecast of it */
    unsigned char *gap;
    unsigned char *stale, *unjudged; /* [n*n] pairs that the forecast did not have measured; that
                                        are not judged: these, and gaps */
    uint64_t laps;
    int steps, age;    /* epochs that a plan is for, and since the last one was made */
    unsigned standing; /* what the lap that decided in_force fell back on, and why */
    char standing_why[sizeof((lead_decision *)0)->why];
    bool forecast; /* samples hold the forecast that the last plan was made for */
    const lead_fault_how *forecast_fault, *plan_fault; /* of the next lap; NULL: none */
    lead_fault_how faults[2];                          /* what they point to */
};

#endif
