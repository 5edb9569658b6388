/* The estimators by name. To add one: its file, a line in measure/types.h and a row here. */
#include "base/table.h"
#include "base/expects.h"
#include "measure/types.h"
#include <stdlib.h>
#include <string.h>

static const void *const table[] = {
    &lead_estimator_od_counters,
    &lead_estimator_gravity,
    &lead_estimator_tomogravity,
    &lead_estimator_minimum_kl,
};

enum { COUNT = sizeof table / sizeof *table };

struct lead_estimator {
    const lead_estimator_type *type;
    int node_count;
    void *state;
};

const lead_estimator_type *lead_estimator_find(const char *name) {
    LEAD_EXPECTS(name);
    return lead_table_find(table, COUNT, name);
}

const char *lead_estimator_names(void) {
    static _Thread_local char names[256];
    return lead_table_names(table, COUNT, names, sizeof names);
}

lead_status lead_estimator_alloc(const lead_estimator_type *type, const lead_topology *topology,
                                 const lead_tm_series *prior, lead_estimator **out) {
    LEAD_EXPECTS(type && topology && out);
    lead_estimator *estimator = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *estimator, &estimator));
    estimator->node_count = lead_topology_node_count(topology);
    LEAD_TRY_FREE(lead_calloc(1, type->size, &estimator->state));
    LEAD_TRY_FREE(type->alloc(estimator->state, topology, prior));
    estimator->type = type;
    *out = estimator;
    return LEAD_OK;
fail:
    lead_estimator_free(estimator);
    return status;
}

void lead_estimator_free(lead_estimator *estimator) {
    if (!estimator)
        return;
    if (estimator->type)
        estimator->type->free(estimator->state);
    free(estimator->state);
    free(estimator);
}

lead_status lead_estimator_estimate(lead_estimator *estimator, const lead_rates *rates,
                                    const lead_routing *in_force, double *tm, unsigned char *gap) {
    LEAD_EXPECTS(estimator && rates && tm && gap);
    size_t pairs = (size_t)estimator->node_count * (size_t)estimator->node_count;
    memset(gap, 0, pairs);
    LEAD_TRY(estimator->type->estimate(estimator->state, rates, in_force, tm, gap));
    for (int v = 0; v < estimator->node_count; v++)
        tm[v * estimator->node_count + v] = 0;
    return lead_tm_check(estimator->type->name, tm, 1, estimator->node_count);
}
