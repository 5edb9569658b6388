/* The cost of several TMs as one number. */
#ifndef LEAD_TE_COMMON_CVAR_H
#define LEAD_TE_COMMON_CVAR_H

/* (1 - weight) mean + weight CVaR(level) of values[count] with probabilities that sum to 1: the
 * mean of the largest values with 1 - level of the probability (Rockafellar and Uryasev 2002).
 * `order` is room for [count]. O(count^2), or O(count) with weight 0. */
double lead_te_functional(const double *values, const double *probability, int count, double weight,
                          double level, int *order);

#endif
