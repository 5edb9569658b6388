/* What is changed of a controller from outside between its laps: the network, and faults. */
#include "base/expects.h"
#include "control/controller.h"

/* What an algorithm has worked out of the capacities is worked out again. */
lead_status lead_controller_set_capacity(lead_controller *controller, int link, double capacity) {
    LEAD_EXPECTS(controller);
    lead_te *te;
    LEAD_TRY(lead_topology_set_capacity(controller->topology, link, capacity));
    LEAD_TRY(lead_te_alloc(controller->policy.te, controller->topology,
                           &controller->policy.te_options, &te));
    lead_te_free(controller->te);
    controller->te = te;
    controller->topology_changed = true;
    return LEAD_OK;
}

void lead_controller_set_faults(lead_controller *controller, const lead_fault_how *forecast,
                                const lead_fault_how *plan) {
    LEAD_EXPECTS(controller);
    if (forecast)
        controller->faults[0] = *forecast;
    if (plan)
        controller->faults[1] = *plan;
    controller->forecast_fault = forecast ? &controller->faults[0] : NULL;
    controller->plan_fault = plan ? &controller->faults[1] : NULL;
}

lead_status lead_controller_set_up(lead_controller *controller, int link, bool up) {
    LEAD_EXPECTS(controller);
    LEAD_TRY(lead_topology_set_up(controller->topology, link, up));
    controller->topology_changed = true;
    return LEAD_OK;
}
