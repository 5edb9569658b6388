/* The gravity TM: what enters at s goes to t in proportion to what leaves at t. Needs node totals
 * only. */
#include "measure/link_loads.h"
#include "measure/types.h"
#include <string.h>

static lead_status gravity_alloc(void *state, const lead_topology *topology,
                                 const lead_tm_series *prior) {
    (void)prior;
    return lead_link_loads_alloc(state, topology);
}

static lead_status gravity_estimate(void *state, const lead_measurement *measured,
                                    const lead_estimate *out) {
    lead_link_loads *self = state;
    LEAD_TRY(lead_link_loads_update(self, measured->rates, measured->in_force, out->gap));
    memcpy(out->tm, self->gravity, (size_t)self->n * (size_t)self->n * sizeof *out->tm);
    return LEAD_OK;
}

static void gravity_free(void *state) {
    lead_link_loads_free(state);
}

const lead_estimator_type lead_estimator_gravity = {
    .name = "gravity",
    .summary = "gravity model of the node totals",
    .size = sizeof(lead_link_loads),
    .alloc = gravity_alloc,
    .estimate = gravity_estimate,
    .free = gravity_free,
};
