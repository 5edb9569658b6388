/* weights_cost: what the weight search minimises, of the loads that te/spf keeps. */
#ifndef LEAD_TE_WEIGHTS_COST_H
#define LEAD_TE_WEIGHTS_COST_H

#include "te/common/failures.h"
#include "te/weights/spf.h"
#include "te/weights/spf_change.h"

/* A weight setting's worth. Each is a functional over the TMs; with failures to survive it is the
 * largest over no failure and those that are looked at, and half of that without failure (after
 * Nucci et al. 2003, who weigh the two). */
typedef struct lead_te_value {
    double mlu, phi;
    double soft; /* what guides the search: MLU or Phi, made smooth */
} lead_te_value;

/* A failure that leaves all traffic a way. */
typedef struct lead_te_failure {
    int number;    /* among all */
    bool critical; /* looked at for every candidate */
} lead_te_failure;

typedef struct lead_te_cost {
    lead_te_objective objective; /* not DEFAULT */
    int m, tms, failure_count;
    double cvar_weight, cvar_level;
    const double *probability; /* [tms], borrowed */
    double *capacity;          /* [m], 0 for a link that is down */
    double *per_quantum;       /* [tms][m] utilisation of a link by one quantum */
    double reference;          /* MLU of the start: keeps the powers in range */
    double *mlus, *phis, *softs;
    int *order;                                  /* [tms] */
    double *utilisation, *candidate_utilisation; /* [m], largest over the TMs: of the worst state of
                                                    the last evaluation; scratch */
    lead_failures all;
    int *kept_weights;         /* of the links that have failed: scratch */
    lead_te_failure *failures; /* [failure_count] */
    int *critical; /* [critical_count] of them: what turned a candidate down last comes first */
    int critical_count;
    long evaluations; /* routings looked at so far */
} lead_te_cost;

/* `probability` of the spf's TMs, borrowed. With `survive` the failures that cut no traffic off are
 * found, by trying each on `spf`, which is left as it was. O(m) changes. */
lead_status lead_te_cost_alloc(const lead_topology *topology, lead_te_spf *spf,
                               const lead_te_options *options, lead_te_objective objective,
                               const double *probability, lead_te_cost **out);
void lead_te_cost_free(lead_te_cost *cost);

/* Of the weights in `spf` as they are, changed or kept: without failure and under the critical
 * ones. phi is filled with `with_phi`, or when it is the objective. Changes for the sake of
 * failures are taken back. It may stop where the soft cost is above `enough`; all values are then
 * too low. */
lead_te_value lead_te_cost_of(lead_te_cost *cost, lead_te_spf *spf, bool with_phi, double enough);
/* Under all failures; one that is worse than the critical ones becomes one. */
lead_te_value lead_te_cost_check(lead_te_cost *cost, lead_te_spf *spf, bool with_phi);
/* Whether a is better than b by the objective, by more than rounding. */
bool lead_te_value_better(lead_te_objective objective, lead_te_value a, lead_te_value b);

#endif
