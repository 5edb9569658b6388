/* The TE algorithms by name. To add one: its file, a line in te/types.h and a row here. */
#include "base/table.h"
#include "base/expects.h"
#include "options/te_options.h"
#include "te/common/demand.h"
#include "te/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const void *const table[] = {
    &lead_te_ecmp,   &lead_te_mcf, &lead_te_weights,   &lead_te_paths,
    &lead_te_robust, &lead_te_sr,  &lead_te_oblivious, &lead_te_smore,
};

enum { COUNT = sizeof table / sizeof *table };

struct lead_te {
    const lead_te_type *type;
    const lead_topology *topology;
    double *mean, *loads, *from; /* [n*n], [m], [n] capacity out of a node */
    unsigned char *reach;        /* [n*n] */
    bool has_warned;
    void *state;
};

const lead_te_type *lead_te_find(const char *name) {
    LEAD_EXPECTS(name);
    return lead_table_find(table, COUNT, name);
}

const char *lead_te_names(void) {
    static _Thread_local char names[256];
    return lead_table_names(table, COUNT, names, sizeof names);
}

/* --- options --------------------------------------------------------------------------------- */

bool lead_te_plans_for_samples(const lead_te_type *type, const lead_te_options *options) {
    LEAD_EXPECTS(type && options);
    return options->plan_for == LEAD_TE_PLAN_FOR_DEFAULT
               ? type->plans_for_samples
               : options->plan_for == LEAD_TE_PLAN_FOR_SAMPLES;
}

/* --- states ---------------------------------------------------------------------------------- */

lead_status lead_te_check(const lead_te_type *type, const lead_te_options *options) {
    return lead_options_check(&lead_te_section, type->name, options);
}

lead_status lead_te_alloc(const lead_te_type *type, const lead_topology *topology,
                          const lead_te_options *options, lead_te **out) {
    LEAD_EXPECTS(type && topology && options && out);
    lead_te *te = NULL;
    lead_status status = LEAD_OK;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    LEAD_TRY(lead_te_check(type, options));
    LEAD_TRY(lead_calloc(1, sizeof *te, &te));
    te->topology = topology;
    LEAD_TRY_FREE(lead_calloc(1, type->size, &te->state));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *te->mean, &te->mean));
    LEAD_TRY_FREE(lead_calloc(m, sizeof *te->loads, &te->loads));
    LEAD_TRY_FREE(lead_calloc(n, sizeof *te->from, &te->from));
    LEAD_TRY_FREE(lead_calloc(n * n, 1, &te->reach));
    LEAD_TRY_FREE(type->alloc(te->state, topology, options));
    te->type = type;
    *out = te;
    return LEAD_OK;
fail:
    lead_te_free(te);
    return status;
}

void lead_te_free(lead_te *te) {
    if (!te)
        return;
    if (te->type)
        te->type->free(te->state);
    free(te->state);
    free(te->mean);
    free(te->loads);
    free(te->from);
    free(te->reach);
    free(te);
}

/* Utilisations, their squares and products must be numbers. */
static lead_status check_range(const lead_te *te, double total) {
    for (int e = 0; e < lead_topology_link_count(te->topology) && total != 0; e++) {
        double capacity = lead_topology_link(te->topology, e)->capacity,
               utilisation = total / capacity;
        if (!(utilisation > 1e-100 && utilisation < 1e100))
            return lead_fail(LEAD_NUMERIC,
                             "%s: %g bit/s of traffic over a link of %g bit/s is out "
                             "of range",
                             te->type->name, total, capacity);
    }
    return LEAD_OK;
}

static lead_status check_demand(const lead_te *te, const lead_te_demand *demand) {
    int n = lead_topology_node_count(te->topology);
    if (te->type->needs_demand && (demand->samples < 1 || !demand->tms))
        return lead_fail(LEAD_INVALID, "%s needs a traffic matrix", te->type->name);
    if (demand->samples < 0 || (demand->samples > 0 && !demand->tms))
        return lead_fail(LEAD_INVALID, "%s: there are no %d samples of a traffic matrix",
                         te->type->name, demand->samples);
    LEAD_TRY(lead_tm_check(te->type->name, demand->tms, (size_t)demand->samples, n));
    lead_te_mean_tm(demand, n, te->mean);
    return check_range(te, lead_tm_total(te->mean, n));
}

/* Logs the first value that is suspect, once for each state; their number. */
static int find_suspects(lead_te *te, const lead_te_demand *demand) {
    int n = lead_topology_node_count(te->topology), m = lead_topology_link_count(te->topology),
        count = 0;
    size_t pairs = (size_t)n * (size_t)n;
    memset(te->from, 0, (size_t)n * sizeof *te->from);
    for (int e = 0; e < m; e++) /* up or down: what fails makes nothing suspect */
        te->from[lead_topology_link(te->topology, e)->source] +=
            lead_topology_link(te->topology, e)->capacity;
    for (size_t i = 0; i < (size_t)demand->samples * pairs; i++) {
        int s = (int)(i % pairs) / n, t = (int)(i % pairs) % n;
        if (s == t || te->from[s] <= 0 || demand->tms[i] <= LEAD_TE_SUSPECT * te->from[s])
            continue;
        if (!te->has_warned)
            lead_log(LEAD_LOG_WARNING,
                     "suspect: %g bit/s from %s to %s, where the links out of %s carry %g bit/s (a "
                     "wrong unit, a counter that wrapped, a forecast gone astray?); it is planned "
                     "for as it is",
                     demand->tms[i], lead_topology_node_name(te->topology, s),
                     lead_topology_node_name(te->topology, t),
                     lead_topology_node_name(te->topology, s), te->from[s]);
        te->has_warned = true;
        count++;
    }
    return count;
}

/* A copy of the demand's TMs without the pairs that no path joins, in *copy; NULL when there is no
 * traffic to leave out. The mean is of what stays. */
static lead_status leave_out_cut_off(lead_te *te, const lead_te_demand *demand, double **copy,
                                     double *disconnected) {
    size_t n = (size_t)lead_topology_node_count(te->topology),
           all = (size_t)demand->samples * n * n;
    LEAD_TRY(lead_topology_reach(te->topology, te->reach));
    for (size_t od = 0; od < n * n; od++) {
        *disconnected += te->reach[od] ? 0 : te->mean[od];
        te->mean[od] = te->reach[od] ? te->mean[od] : 0;
    }
    if (*disconnected <= 0)
        return LEAD_OK;
    LEAD_TRY(lead_calloc(all, sizeof **copy, copy));
    for (size_t i = 0; i < all; i++)
        (*copy)[i] = te->reach[i % (n * n)] ? demand->tms[i] : 0;
    return LEAD_OK;
}

lead_status lead_te_plan_for(lead_te *te, const lead_te_demand *demand, lead_te_plan *plan) {
    LEAD_EXPECTS(te && demand && plan);
    lead_te_demand reached = *demand;
    double *copy = NULL, disconnected = 0;
    lead_status status = LEAD_OK;
    *plan = (lead_te_plan){0};
    LEAD_TRY_FREE(check_demand(te, demand));
    LEAD_TRY_FREE(leave_out_cut_off(te, demand, &copy, &disconnected));
    reached.tms = copy ? copy : demand->tms;
    int suspects = find_suspects(te, demand);
    LEAD_TRY_FREE(te->type->plan(te->state, &reached, plan));
    LEAD_TRY_FREE(lead_routing_loads(plan->routing, te->mean, te->loads));
    plan->mlu = lead_mlu(te->topology, te->loads);
    plan->phi = lead_phi(te->topology, te->loads);
    plan->disconnected = disconnected;
    plan->suspects = suspects;
fail:
    free(copy);
    if (status != LEAD_OK)
        lead_te_plan_clear(plan);
    return status;
}

void lead_te_plan_clear(lead_te_plan *plan) {
    LEAD_EXPECTS(plan);
    lead_routing_free(plan->routing);
    free(plan->weights);
    *plan = (lead_te_plan){0};
}
