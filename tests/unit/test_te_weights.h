/* What the tests of te/weights share: a plan of that algorithm. */
#ifndef TEST_TE_WEIGHTS_H
#define TEST_TE_WEIGHTS_H

#include "te_support.h"

static inline lead_te_plan plan_for(const lead_topology *topology, lead_te_demand demand,
                                    lead_te_options options) {
    return test_plan_for("weights", topology, options, demand);
}

static inline lead_te_plan plan_one(const lead_topology *topology, const double *tm,
                                    lead_te_options options) {
    return plan_for(topology, (lead_te_demand){.tms = tm, .samples = 1}, options);
}

#endif
