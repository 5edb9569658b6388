/* The TM straight from per-OD flow counters at the sources (sampled NetFlow and its kin): exact but
 * for gaps. */
#include "measure/types.h"
#include <math.h>
#include <stdlib.h>

typedef struct od_counters {
    int pairs;
    double *last; /* [n*n] the last known rate of each pair, bit/s */
} od_counters;

static lead_status od_counters_alloc(void *state, const lead_topology *topology,
                                     const lead_tm_series *prior) {
    od_counters *self = state;
    int n = lead_topology_node_count(topology);
    self->pairs = n * n;
    LEAD_TRY(lead_calloc((size_t)self->pairs, sizeof(double), &self->last));
    int length = prior ? lead_tm_series_length(prior) : 0;
    for (int od = 0; od < self->pairs && length > 0; od++)
        self->last[od] = lead_tm_series_tm(prior, length - 1)[od];
    return LEAD_OK;
}

static lead_status od_counters_estimate(void *state, const lead_measurement *measured,
                                        const lead_estimate *out) {
    od_counters *self = state;
    const double *offered = measured->rates->od_offered;
    for (int od = 0; od < self->pairs; od++) {
        if (isnan(offered[od]))
            out->gap[od] = 1;
        else
            self->last[od] = offered[od];
        out->tm[od] = self->last[od];
    }
    return LEAD_OK;
}

static void od_counters_free(void *state) {
    free(((od_counters *)state)->last);
}

const lead_estimator_type lead_estimator_od_counters = {
    .name = "od-counters",
    .summary = "per-OD flow counters (exact)",
    .size = sizeof(od_counters),
    .alloc = od_counters_alloc,
    .estimate = od_counters_estimate,
    .free = od_counters_free,
};
