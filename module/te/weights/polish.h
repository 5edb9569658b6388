/* weights_polish: lowers the MLU by two or three weight changes at once. */
#ifndef LEAD_TE_WEIGHTS_POLISH_H
#define LEAD_TE_WEIGHTS_POLISH_H

#include "te/weights/cost.h"

/* Says that an evaluation, or as much work, was done; answers whether it was the last. */
typedef bool lead_te_spend(void *budget);

/* Of the weights in `spf`, kept, for one TM and no failures to survive (else it does nothing):
 * takes the best of all sets of at most three changes, again and again, until none lowers the MLU
 * by 0.001 % or the budget is spent. A local search that changes one weight at a time ends where
 * several links are equally loaded, and every change that relieves one loads another.
 * Deterministic. LEAD_MEMORY. A round is O(m max_weight) evaluations, and adding up in between. */
lead_status lead_te_polish(lead_te_spf *spf, lead_te_cost *cost, int max_weight,
                           lead_te_spend *spend, void *budget);

#endif
