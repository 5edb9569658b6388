/* The least possible MLU of every epoch: what all policies are compared with, and what demands are
 * scaled by. */
#include "base/expects.h"
#include "run/events.h"
#include <lead/run.h>
#include <math.h>
#include <stdlib.h>

static lead_status apply_events(const lead_scenario *scenario, int epoch, lead_topology *topology,
                                lead_link_event *events) {
    int count;
    LEAD_TRY(lead_events_of(scenario, topology, epoch, events, &count));
    for (int i = 0; i < count; i++)
        LEAD_TRY(lead_topology_set_up(topology, events[i].link, events[i].up));
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

lead_status lead_run_optimum(const lead_scenario *scenario, const lead_topology *topology,
                             const lead_tm_series *series, int first, int epochs, double *optimum) {
    LEAD_EXPECTS(scenario && topology && series && optimum);
    lead_topology *network = NULL;
    lead_te *te = NULL;
    lead_link_event *events = NULL;
    lead_te_options options = {0};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_topology_copy(topology, &network));
    LEAD_TRY_FREE(lead_calloc(lead_events_room(scenario, topology), sizeof *events, &events));
    LEAD_TRY_FREE(lead_te_alloc(lead_te_find("mcf"), network, &options, &te));
    for (int i = 0; i < epochs; i++) {
        LEAD_TRY_FREE(apply_events(scenario, i, network, events));
        LEAD_TRY_FREE(solve(te, lead_tm_series_tm(series, first + i), i, &optimum[i]));
    }
fail:
    lead_te_free(te);
    lead_topology_free(network);
    free(events);
    return status;
}
