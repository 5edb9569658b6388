/* te: topology and (samples of) TMs -> routing. Knows nothing of where the TMs come from. */
#ifndef LEAD_TE_H
#define LEAD_TE_H

#include <lead/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How an algorithm is set up. Zero everywhere is neutral. */
typedef struct lead_te_options {
    lead_weight_rule weight_rule; /* ecmp, and the start of weights */
    double time_limit;            /* s; 0: none */
    long evaluation_limit;        /* weights: routings to evaluate; 0: the default */
    int max_weight;               /* weights: largest integer weight; 0: the default */
    uint64_t seed;
} lead_te_options;

/* What is to be routed. */
typedef struct lead_te_demand {
    const double *tms;            /* [samples][n*n] bit/s; NULL when there is no forecast */
    int samples;                  /* 0 when there is none */
    const lead_routing *in_force; /* NULL: none yet */
} lead_te_demand;

/* An answer. `routing` and `weights` are the caller's to free (lead_te_plan_clear). */
typedef struct lead_te_plan {
    lead_routing *routing;
    double *weights;  /* [m]; NULL when the routing does not come from weights */
    double mlu, phi;  /* of the mean TM under `routing` */
    bool optimal;     /* the MLU is proven minimal for the mean TM */
    long evaluations; /* routings evaluated or simplex iterations done */
} lead_te_plan;

void lead_te_plan_clear(lead_te_plan *plan);

/* An algorithm. To add one: one file, one row in te/table.c. */
typedef struct lead_te_type {
    const char *name;
    const char *summary;
    bool needs_demand; /* false: the routing depends on the topology alone */
    size_t size;
    lead_status (*alloc)(void *state, const lead_topology *topology,
                         const lead_te_options *options);
    /* Links that are down (lead_link.up) are not used. Fills routing, weights, optimal,
     * evaluations. */
    lead_status (*plan)(void *state, const lead_te_demand *demand, lead_te_plan *plan);
    void (*free)(void *state);
} lead_te_type;

typedef struct lead_te lead_te;

const lead_te_type *lead_te_find(const char *name);
const char *lead_te_names(void);
/* `topology` is borrowed and outlives the state. */
lead_status lead_te_alloc(const lead_te_type *type, const lead_topology *topology,
                          const lead_te_options *options, lead_te **out);
/* Checks the demand (LEAD_NUMERIC for NaN or negative, LEAD_INFEASIBLE for a pair without a path),
 * plans, and fills mlu and phi. On failure *plan is empty. */
lead_status lead_te_plan_for(lead_te *te, const lead_te_demand *demand, lead_te_plan *plan);
void lead_te_free(lead_te *te);

#ifdef __cplusplus
}
#endif
#endif
