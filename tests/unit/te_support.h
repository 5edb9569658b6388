/* What the tests of TE algorithms share: a plan by name, links that are down. */
#ifndef TEST_TE_SUPPORT_H
#define TEST_TE_SUPPORT_H

#include "support.h"
#include <lead/te.h>

/* The plan of a fresh algorithm, which must succeed. */
static inline lead_te_plan test_plan_for(const char *algorithm, const lead_topology *topology,
                                         lead_te_options options, lead_te_demand demand) {
    lead_te_plan plan;
    lead_te *te;
    assert_ok(lead_te_alloc(lead_te_find(algorithm), topology, &options, &te));
    assert_ok(lead_te_plan_for(te, &demand, &plan));
    lead_te_free(te);
    return plan;
}

static inline lead_te_plan test_plan(const char *algorithm, const lead_topology *topology,
                                     lead_te_options options, const double *tms, int samples) {
    return test_plan_for(algorithm, topology, options,
                         (lead_te_demand){.tms = tms, .samples = samples});
}

/* One link in `part` at most, none that cuts anything off. */
static inline void test_take_links_down(gsl_rng *random, lead_topology *topology, int part) {
    int m = lead_topology_link_count(topology);
    for (int k = 0; k < m / part; k++) {
        int e = (int)gsl_rng_uniform_int(random, (unsigned long)m);
        assert_ok(lead_topology_set_up(topology, e, false));
        if (lead_topology_check_connected(topology, NULL) != LEAD_OK)
            assert_ok(lead_topology_set_up(topology, e, true));
    }
}

#endif
