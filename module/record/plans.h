/* plans.csv: the routings that were in force. */
#ifndef LEAD_RECORD_PLANS_H
#define LEAD_RECORD_PLANS_H

#include "record/files.h"
#include <lead/net.h>

typedef struct lead_plan_rows {
    const lead_topology *topology;
    lead_rows rows;
    char *last; /* what was written last, without epochs; NULL: nothing yet */
} lead_plan_rows;

/* `topology` is borrowed. LEAD_UNAVAILABLE for names that cannot stand in it; LEAD_IO. */
lead_status lead_plan_rows_open(const char *folder, const lead_topology *topology,
                                lead_plan_rows *out);
/* The routing in force from `offset` s of an epoch on: nothing where it is the one before. LEAD_IO.
 */
lead_status lead_plan_rows_add(lead_plan_rows *self, int epoch, double offset,
                               const lead_routing *routing);
void lead_plan_rows_close(lead_plan_rows *self);

#endif
