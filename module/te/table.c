/* The TE algorithms by name. To add one: its file, a line in te/types.h and a row here. */
#include "te/types.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const lead_te_type *const table[] = {
    &lead_te_ecmp,   &lead_te_mcf, &lead_te_weights,   &lead_te_paths,
    &lead_te_robust, &lead_te_sr,  &lead_te_oblivious, &lead_te_smore,
};

enum { COUNT = sizeof table / sizeof *table };

struct lead_te {
    const lead_te_type *type;
    const lead_topology *topology;
    double *mean, *loads;
    void *state;
};

const lead_te_type *lead_te_find(const char *name) {
    for (int i = 0; i < COUNT; i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}

const char *lead_te_names(void) {
    static _Thread_local char names[256];
    names[0] = '\0';
    for (int i = 0; i < COUNT; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "",
                 table[i]->name);
    return names;
}

lead_status lead_te_alloc(const lead_te_type *type, const lead_topology *topology,
                          const lead_te_options *options, lead_te **out) {
    lead_te *te = NULL;
    lead_status status = LEAD_OK;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    LEAD_TRY(lead_calloc(1, sizeof *te, &te));
    te->topology = topology;
    LEAD_TRY_FREE(lead_calloc(1, type->size, &te->state));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof *te->mean, &te->mean));
    LEAD_TRY_FREE(lead_calloc(m, sizeof *te->loads, &te->loads));
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
    free(te);
}

void lead_te_mean_tm(const lead_te_demand *demand, int node_count, double *tm) {
    int size = node_count * node_count;
    memset(tm, 0, (size_t)size * sizeof *tm);
    for (int k = 0; k < demand->samples; k++)
        for (int od = 0; od < size; od++)
            tm[od] += demand->tms[(size_t)k * (size_t)size + (size_t)od] / demand->samples;
    for (int v = 0; v < node_count; v++)
        tm[v * node_count + v] = 0;
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
    LEAD_TRY(check_range(te, lead_tm_total(te->mean, n)));
    return lead_topology_check_connected(te->topology, te->mean);
}

lead_status lead_te_plan_for(lead_te *te, const lead_te_demand *demand, lead_te_plan *plan) {
    lead_status status = LEAD_OK;
    *plan = (lead_te_plan){0};
    LEAD_TRY_FREE(check_demand(te, demand));
    LEAD_TRY_FREE(te->type->plan(te->state, demand, plan));
    LEAD_TRY_FREE(lead_routing_loads(plan->routing, te->mean, te->loads));
    plan->mlu = lead_mlu(te->topology, te->loads);
    plan->phi = lead_phi(te->topology, te->loads);
    return LEAD_OK;
fail:
    lead_te_plan_clear(plan);
    return status;
}

void lead_te_plan_clear(lead_te_plan *plan) {
    lead_routing_free(plan->routing);
    free(plan->weights);
    *plan = (lead_te_plan){0};
}
