/* What is to be routed, as the algorithms see it. */
#ifndef LEAD_TE_COMMON_DEMAND_H
#define LEAD_TE_COMMON_DEMAND_H

#include <lead/te.h>

/* tm[n*n] = mean of the demand's samples, diagonal 0. */
void lead_te_mean_tm(const lead_te_demand *demand, int node_count, double *tm);

#endif
