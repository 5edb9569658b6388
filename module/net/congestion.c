/* How loaded a network is: maximum link utilisation and the Fortz-Thorup congestion cost. */
#include "net/congestion.h"
#include "base/expects.h"
#include <lead/net.h>
#include <math.h>

double lead_mlu(const lead_topology *topology, const double *loads) {
    LEAD_EXPECTS(topology && loads);
    double mlu = 0;
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        if (link->up)
            mlu = fmax(mlu, loads[i] / link->capacity);
    }
    return mlu;
}

double lead_phi(const lead_topology *topology, const double *loads) {
    LEAD_EXPECTS(topology && loads);
    double phi = 0;
    for (int i = 0; i < lead_topology_link_count(topology); i++) {
        const lead_link *link = lead_topology_link(topology, i);
        for (int k = 0; k < LEAD_PHI_SEGMENTS && link->up; k++) {
            double above = loads[i] - lead_phi_from[k] * link->capacity;
            if (above > 0)
                phi += (lead_phi_slope[k] - (k ? lead_phi_slope[k - 1] : 0)) * above;
        }
    }
    return phi;
}
