/* The lap of an epoch: read counters, record what passed, decide, take over. The same for a run,
 * which lets an engine pass the epoch, and for a program of the user's, whose epoch passes itself.
 *
 *     lead_lap_begin                 the first reading and decision
 *     for every epoch:
 *         lap->routing is in force; the epoch passes; `lap->after` is filled
 *         lead_lap_set_up            links that changed in it
 *         lead_lap_close             the record of the epoch
 *         lead_lap_decide            the decision for the next one */
#ifndef LEAD_RUN_LAP_LAP_H
#define LEAD_RUN_LAP_LAP_H

#include <lead/control.h>
#include <lead/record.h>

typedef struct lead_lap {
    lead_topology *network; /* with the links that are down now */
    lead_controller *controller;
    lead_recorder *recorder;         /* NULL: none */
    double (*clock)(void);           /* s */
    lead_counters *before, *after;   /* readings at the two ends of the epoch */
    lead_rates *rates;               /* of these two */
    lead_decision decision;          /* that the epoch passes under */
    lead_routing *routing, *earlier; /* in force in this epoch, in the one before; NULL: none */
    lead_scores scores;              /* of all forecasts so far */
    int *changed; /* [changed_count] links that changed since the last decision */
    int changed_count;
    unsigned char *resized; /* [m] the capacity of that link did */
    int anomalies;          /* that were recorded */
    double begun;           /* when the epoch began, by the clock */
} lead_lap;

/* Room for the laps of a network. The controller, the recorder (may be NULL) and the network are
 * borrowed; `clock` NULL: lead_clock_seconds. */
lead_status lead_lap_alloc(lead_topology *network, lead_controller *controller,
                           lead_recorder *recorder, double (*clock)(void), lead_lap *lap);
void lead_lap_free(lead_lap *lap);

/* Decides on the first epoch from the history alone. `lap->before` is the first reading. */
lead_status lead_lap_begin(lead_lap *lap);
/* Tells of a link that changed in the epoch; the controller hears of it when it decides. */
lead_status lead_lap_set_up(lead_lap *lap, int link, bool up);
/* The same of its capacity. */
lead_status lead_lap_set_capacity(lead_lap *lap, int link, double capacity);
/* The epoch is over and `lap->after` read: rates, and the record of the epoch, whose TM is tm[n*n]
 * (NULL: what the sources sent). row: epoch, time, optimum, disconnected, withdrawn and
 * network_changed are set, the rest is filled in. */
lead_status lead_lap_close(lead_lap *lap, const double *tm, lead_epoch_record *row);
/* Decides on the epoch that follows the one which began at `time`, and takes the decision over.
 * `reading`: what the controller sees of the counters; NULL: `lap->after`. */
lead_status lead_lap_decide(lead_lap *lap, int64_t time, const lead_counters *reading);
/* Records the anomaly that is on, when there will be no more laps. LEAD_IO. */
lead_status lead_lap_finish(lead_lap *lap);

#endif
