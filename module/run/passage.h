/* How an epoch passes: what of the network, the traffic and the routing changes inside it, and
 * when. */
#ifndef LEAD_RUN_PASSAGE_H
#define LEAD_RUN_PASSAGE_H

#include <lead/control.h>
#include <lead/scenario.h>

typedef struct lead_passage {
    const lead_scenario *scenario;
    lead_timeline *timeline;
    lead_topology *now;          /* the network as the epoch passes */
    double *weights;             /* [m] of the routing protocol where a plan has none */
    const lead_routing *routing; /* in force at its beginning */
    const double *tm;            /* [n*n] bit/s offered at its beginning */
    lead_engine_change *changes; /* [count], of simulated time */
    int count, room;
    double disconnected; /* bit/s between pairs that no path joined, mean over the epoch */
    bool surprised;      /* something changed that the plan did not know of */
    struct {
        lead_routing **routings; /* [routing_count] detours */
        double **tms;            /* [tm_count] */
        int routing_count, routing_room, tm_count, tm_room;
        void *items; /* room for what is sorted */
        int item_room;
    } own;
} lead_passage;

/* Room for the epochs over a network; all borrowed. */
lead_status lead_passage_alloc(const lead_scenario *scenario, lead_timeline *timeline,
                               const lead_topology *topology, lead_passage *out);
void lead_passage_free(lead_passage *passage);
/* Works out the epoch that begins in `network` under a decision, and whose mean TM is tm[n*n]; what
 * it says is good until the next one. O(changes n m log n). */
lead_status lead_passage_make(lead_passage *passage, int epoch, const lead_topology *network,
                              const lead_decision *decision, const double *tm);

#endif
