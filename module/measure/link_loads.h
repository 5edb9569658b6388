/* What every estimate from link counters starts from: measured loads and node totals, the routing
 * matrix, gravity. */
#ifndef LEAD_MEASURE_LINK_LOADS_H
#define LEAD_MEASURE_LINK_LOADS_H

#include <lead/measure.h>

/* One measurement A x = b of the TM x[n*n]: a row for each link (its load), then one for each
 * node's traffic into the network and one for each node's traffic out of it. Node totals are what
 * the access interfaces count: the sums of the per-pair totals, which is all that link-counter
 * estimators see of them. */
typedef struct lead_link_loads {
    const lead_topology *topology;
    int n, m, rows; /* rows = m + 2 n */
    double *b;      /* [rows] bit/s; NaN for a link that did not answer (what it carried under an
                       earlier routing tells nothing); a node total that is not whole stays as it was */
    double *
        share; /* [n*n][m] fraction of the pair's traffic on each link under the routing in force */
    double *gravity; /* [n*n] gravity TM of the node totals, bit/s */
    double *through; /* [n] working space */
} lead_link_loads;

lead_status lead_link_loads_alloc(lead_link_loads *self, const lead_topology *topology);
void lead_link_loads_free(lead_link_loads *self);
/* Takes over a reading and the routing it was made under; marks the pairs of nodes whose totals are
 * not whole in gap[n*n]. LEAD_INVALID without a routing. O(n^2 m). */
lead_status lead_link_loads_update(lead_link_loads *self, const lead_rates *rates,
                                   const lead_routing *in_force, unsigned char *gap);
/* Entry of A: row r, pair od. */
double lead_link_loads_entry(const lead_link_loads *self, int row, int od);

/* Scales rows and columns of tm[n*n] in turn until its row and column sums are those of the node
 * totals (iterative proportional fitting, Deming and Stephan 1940); at most 100 rounds, less when
 * the sums agree to 1e-9. */
void lead_fit_node_totals(const lead_link_loads *self, double *tm);

#endif
