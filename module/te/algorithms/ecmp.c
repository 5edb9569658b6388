/* Shortest paths with equal splits over equal-cost next hops (OSPF/IS-IS ECMP) under conventional
 * weights. */
#include "te/types.h"
#include <string.h>

typedef struct ecmp {
    const lead_topology *topology;
    lead_weight_rule rule;
} ecmp;

static lead_status ecmp_alloc(void *state, const lead_topology *topology,
                              const lead_te_options *options) {
    *(ecmp *)state = (ecmp){topology, options->weight_rule};
    return LEAD_OK;
}

static lead_status ecmp_plan(void *state, const lead_te_demand *demand, lead_te_plan *plan) {
    const ecmp *self = state;
    (void)demand;
    LEAD_TRY(lead_calloc((size_t)lead_topology_link_count(self->topology), sizeof *plan->weights,
                         &plan->weights));
    LEAD_TRY(lead_link_weights(self->topology, self->rule, plan->weights));
    plan->evaluations = 1;
    return lead_routing_from_weights(self->topology, plan->weights, &plan->routing);
}

static void ecmp_free(void *state) {
    (void)state;
}

const lead_te_type lead_te_ecmp = {
    .name = "ecmp",
    .summary = "shortest paths with equal splits (given, inverse-capacity or unit weights)",
    .needs_demand = false,
    .size = sizeof(ecmp),
    .alloc = ecmp_alloc,
    .plan = ecmp_plan,
    .free = ecmp_free,
};
