/* Measured loads and node totals, the routing matrix they were made by, and the gravity TM of the
 * totals. */
#include "measure/link_loads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

lead_status lead_link_loads_alloc(lead_link_loads *self, const lead_topology *topology) {
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    *self =
        (lead_link_loads){.topology = topology, .n = (int)n, .m = (int)m, .rows = (int)(m + 2 * n)};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(m + 2 * n, sizeof(double), &self->b));
    LEAD_TRY_FREE(lead_calloc(n * n * m, sizeof(double), &self->share));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->gravity));
    LEAD_TRY_FREE(lead_calloc(n, sizeof(double), &self->through));
    return LEAD_OK;
fail:
    lead_link_loads_free(self);
    return status;
}

void lead_link_loads_free(lead_link_loads *self) {
    free(self->b);
    free(self->share);
    free(self->gravity);
    free(self->through);
}

double lead_link_loads_entry(const lead_link_loads *self, int row, int od) {
    int s = od / self->n, t = od % self->n;
    if (s == t)
        return 0;
    if (row < self->m)
        return self->share[(size_t)od * (size_t)self->m + (size_t)row];
    return row - self->m == s || row - self->m - self->n == t;
}

/* Where one unit from s to t goes. */
static void trace(lead_link_loads *self, const lead_routing *routing, int s, int t) {
    double *share = self->share + (size_t)(s * self->n + t) * (size_t)self->m;
    memset(share, 0, (size_t)self->m * sizeof *share);
    lead_routing_trace(routing, s, t, self->through, share);
}

/* A node total: the sum over its pairs, NaN when one is missing. */
static double total(const lead_link_loads *self, const double *rates, int node, bool source) {
    double sum = 0;
    for (int v = 0; v < self->n; v++)
        if (v != node)
            sum += source ? rates[node * self->n + v] : rates[v * self->n + node];
    return sum;
}

/* A node's total out of or into it; what is not whole is a gap for all of the node's pairs. */
static void take_total(lead_link_loads *self, const lead_rates *rates, int node, bool source,
                       unsigned char *gap) {
    int n = self->n;
    double measured = total(self, rates->od_offered, node, source);
    if (!isnan(measured))
        self->b[self->m + (source ? 0 : n) + node] = measured;
    for (int v = 0; v < n && isnan(measured); v++)
        if (v != node)
            gap[source ? node * n + v : v * n + node] = 1;
}

/* out_s * in_t over the total, the diagonal empty, fitted to the totals. */
static void make_gravity(lead_link_loads *self) {
    const double *out = self->b + self->m, *in = out + self->n;
    double sum = lead_sum(in, (size_t)self->n);
    for (int od = 0; od < self->n * self->n; od++) {
        int s = od / self->n, t = od % self->n;
        self->gravity[od] = s == t || sum <= 0 ? 0 : out[s] * in[t] / sum;
    }
    lead_fit_node_totals(self, self->gravity);
}

lead_status lead_link_loads_update(lead_link_loads *self, const lead_rates *rates,
                                   const lead_routing *in_force, unsigned char *gap) {
    if (!in_force)
        return lead_fail(LEAD_INVALID,
                         "link counters tell nothing about OD pairs without the routing in force");
    memcpy(self->b, rates->link_offered, (size_t)self->m * sizeof(double));
    for (int v = 0; v < self->n; v++) {
        take_total(self, rates, v, true, gap);
        take_total(self, rates, v, false, gap);
    }
    for (int s = 0; s < self->n; s++)
        for (int t = 0; t < self->n; t++)
            if (s != t)
                trace(self, in_force, s, t);
    make_gravity(self);
    return LEAD_OK;
}

/* Scales one row or column of tm to its total; returns the relative distance it had. */
static double fit_line(int n, double *tm, int first, int stride, double wanted) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += tm[first + i * stride];
    for (int i = 0; i < n && sum > 0; i++)
        tm[first + i * stride] *= wanted / sum;
    return sum > 0 && wanted > 0 ? fabs(wanted / sum - 1) : 0;
}

void lead_fit_node_totals(const lead_link_loads *self, double *tm) {
    const double *out = self->b + self->m, *in = out + self->n;
    for (int round = 0; round < 100; round++) {
        double farthest = 0;
        for (int v = 0; v < self->n; v++)
            farthest = fmax(farthest, fit_line(self->n, tm, v * self->n, 1, out[v]));
        for (int v = 0; v < self->n; v++)
            farthest = fmax(farthest, fit_line(self->n, tm, v, self->n, in[v]));
        if (farthest < 1e-9)
            return;
    }
}
