/* The least possible MLU of every epoch: what all policies are compared with, and what demands are
 * scaled by. */
#include "base/expects.h"
#include <lead/run.h>
#include <math.h>

/* The network at the epoch's end. *inside: it was another one for a part of the epoch; *resized:
 * capacities changed. */
static lead_status apply_changes(const lead_timeline *timeline, int epoch, double begin,
                                 lead_topology *network, bool *inside, bool *resized) {
    const lead_network_change *changes;
    int count = timeline ? lead_timeline_changes(timeline, epoch, &changes) : 0;
    *inside = *resized = false;
    for (int i = 0; i < count; i++) {
        const lead_network_change *it = &changes[i];
        *inside = *inside || it->time > begin;
        if (it->link < 0)
            continue;
        *resized = *resized || it->capacity > 0;
        LEAD_TRY(it->capacity > 0 ? lead_topology_set_capacity(network, it->link, it->capacity)
                                  : lead_topology_set_up(network, it->link, it->up));
    }
    return LEAD_OK;
}

/* Of the pairs that a path joins; NaN, and said, where rounding leaves none to be found. */
static lead_status solve(lead_te *te, const double *tm, int epoch, double *optimum) {
    lead_te_demand demand = {.tms = tm, .samples = 1};
    lead_te_plan plan;
    lead_status status = lead_te_plan_for(te, &demand, &plan);
    *optimum = status == LEAD_OK ? plan.mlu : NAN;
    if (status == LEAD_OK && !plan.optimal)
        lead_log(LEAD_LOG_WARNING,
                 "epoch %d: the optimum is not proven: the least MLU lies between %g and %g, which "
                 "counts as it",
                 epoch, plan.bound, plan.mlu);
    lead_te_plan_clear(&plan);
    if (status != LEAD_INFEASIBLE && status != LEAD_NUMERIC)
        return status;
    lead_log(LEAD_LOG_WARNING, "epoch %d has no optimum: %s", epoch, lead_last_message());
    return LEAD_OK;
}

/* What it has worked out of the capacities is worked out again. */
static lead_status make_te(const lead_topology *network, lead_te **te) {
    lead_te_options options = {0};
    lead_te_free(*te);
    *te = NULL;
    return lead_te_alloc(lead_te_find("mcf"), network, &options, te);
}

lead_status lead_run_optimum(const lead_timeline *timeline, double epoch,
                             const lead_topology *topology, const lead_tm_series *series, int first,
                             int epochs, double *optimum) {
    LEAD_EXPECTS(topology && series && optimum);
    lead_topology *network = NULL;
    lead_te *te = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_topology_copy(topology, &network));
    LEAD_TRY_FREE(make_te(network, &te));
    for (int i = 0; i < epochs; i++) {
        bool inside, resized;
        LEAD_TRY_FREE(apply_changes(timeline, i, epoch * i, network, &inside, &resized));
        if (resized)
            LEAD_TRY_FREE(make_te(network, &te));
        optimum[i] = NAN;
        if (!inside)
            LEAD_TRY_FREE(solve(te, lead_tm_series_tm(series, first + i), i, &optimum[i]));
    }
fail:
    lead_te_free(te);
    lead_topology_free(network);
    return status;
}
