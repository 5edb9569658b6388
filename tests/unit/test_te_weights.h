/* What the tests of te/weights share: a plan of that algorithm. */
#ifndef TEST_TE_WEIGHTS_H
#define TEST_TE_WEIGHTS_H

#include "support.h"
#include <lead/te.h>

static inline lead_te_plan plan_for(const lead_topology *topology, lead_te_demand demand,
                                    lead_te_options options) {
    lead_te_plan plan;
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find("weights"), topology, &options, &te));
    assert_ok(lead_te_plan_for(te, &demand, &plan));
    lead_te_free(te);
    return plan;
}

static inline lead_te_plan plan_one(const lead_topology *topology, const double *tm,
                                    lead_te_options options) {
    return plan_for(topology, (lead_te_demand){.tms = tm, .samples = 1}, options);
}

#endif
