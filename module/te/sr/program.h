/* Two-segment routing as a linear program. */
#ifndef LEAD_TE_SR_PROGRAM_H
#define LEAD_TE_SR_PROGRAM_H

#include "te/sr/segments.h"

/* What an OD pair's traffic takes: ways first[od] .. first[od + 1] - 1. */
typedef struct lead_sr_ways {
    int *first; /* [n*n + 1] */
    lead_waypoint *ways;
    long evaluations; /* simplex iterations, or moves tried */
} lead_sr_ways;

void lead_sr_ways_free(lead_sr_ways *ways);

/* Least MLU of tm[n*n] over shares of one intermediate node each (Bhatia, Hao, Kodialam and
 * Lakshman 2015), then few links. A time limit ends it with what it has, which is a routing at all
 * times. Columns are generated: of the n^3 that there are some for each pair are needed. */
lead_status lead_sr_solve(const lead_segments *segments, const double *tm, double time_limit,
                          lead_sr_ways *ways);

/* A local search over one intermediate node for each OD pair, in the manner of SRLS (Gay, Hartert
 * and Vissicchio 2017): a pair on a most loaded link takes the way that lowers the sum of
 * utilisations to a high power most. `evaluations` moves at most. */
lead_status lead_sr_search(const lead_segments *segments, const double *tm, double time_limit,
                           long evaluations, uint64_t seed, lead_sr_ways *ways);

#endif
