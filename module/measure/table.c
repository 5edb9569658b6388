/* The estimators by name. To add one: its file, a line in measure/types.h and a row here. */
#include "base/table.h"
#include "base/expects.h"
#include "measure/types.h"
#include <stdlib.h>
#include <string.h>

static const void *const table[] = {
    &lead_estimator_od_counters, &lead_estimator_gravity,     &lead_estimator_tomogravity,
    &lead_estimator_minimum_kl,  &lead_estimator_state_space,
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

lead_status lead_estimator_estimate(lead_estimator *estimator, const lead_measurement *measured,
                                    const lead_estimate *out) {
    LEAD_EXPECTS(estimator && measured && measured->rates && out);
    LEAD_EXPECTS(out->tm && out->variance && out->gap);
    int n = estimator->node_count;
    size_t pairs = (size_t)n * (size_t)n;
    memset(out->gap, 0, pairs);
    memset(out->variance, 0, pairs * sizeof *out->variance);
    LEAD_TRY(estimator->type->estimate(estimator->state, measured, out));
    for (int v = 0; v < n; v++) {
        out->tm[v * n + v] = out->variance[v * n + v] = 0;
        out->gap[v * n + v] = 0;
    }
    LEAD_TRY(lead_tm_check(estimator->type->name, out->variance, 1, n));
    return lead_tm_check(estimator->type->name, out->tm, 1, n);
}
