/* The linear program behind plans over paths: shares of every OD pair's paths, the same for all
 * TMs, that make the utilisation small over the TMs. */
#ifndef LEAD_TE_PATHS_PROGRAM_PROGRAM_H
#define LEAD_TE_PATHS_PROGRAM_PROGRAM_H

#include "te/common/path_set.h"

/* By how much more than the least one the cost of a smooth plan may be. */
#define LEAD_SMOOTH_TOLERANCE 0.01

typedef struct lead_path_program {
    const lead_topology *topology;
    const lead_path_set *set;
    const double *tms;         /* [samples][n*n] bit/s */
    int samples;               /* >= 1 */
    const double *probability; /* [samples], sum 1 */
    double cvar_weight;        /* (1 - weight) mean + weight CVaR(level) of the MLU */
    double cvar_level;
    double split_cap;       /* 0: none */
    const double *in_force; /* [path_count] shares in force, all 0 for a pair that has none in the
                               set; NULL: nothing is in force */
    double moved_cost;      /* what moving all of the mean TM costs, in parts of the largest
                              MLU that shortest paths give the TMs */
    double moved_limit;     /* 0: none */
    const lead_failures *failures; /* to survive; NULL or empty: none */
    double time_limit;             /* s; 0: none */
    bool smooth; /* the smooth plan (smooth.c), without failures and moved_limit */
    bool spread; /* it is to be near to all paths of a pair, not to the shortest */
} lead_path_program;

/* The dual prices of a program of one TM: a new path of pair od would better the plan if the sum of
 * length + link[e] tm[od] + what its failures cost over its links were below pair[od]. A failure
 * of survival[survival_of[od]] .. survival[survival_of[od + 1] - 1] costs its price once it takes
 * some link of the path. */
typedef struct lead_path_prices {
    double *link;     /* [m] */
    double *pair;     /* [n*n] */
    double *length;   /* [n*n] what a path's every link costs, for plans that are equal otherwise */
    int *survival_of; /* [n*n + 1] */
    struct lead_survival_price {
        int failure;
        double price;
    } * survival;
} lead_path_prices;

void lead_path_prices_free(lead_path_prices *prices);

/* Where a program ended, for a later one to go on from: of as many TMs, other ones or not, and of
 * the same set with or without more paths at the end of pairs. */
typedef struct lead_path_basis lead_path_basis;
void lead_path_basis_free(lead_path_basis *basis);

typedef struct lead_path_answer {
    double *share;   /* [path_count], the caller's; sums to 1 for every pair with paths */
    double cost;     /* of the MLU, without what is moved */
    double reserved; /* largest utilisation by what is reserved: the MLU after a failure at most */
    bool optimal;    /* proven, over this set of paths; but for the tolerance where it is smooth */
    bool smooth; /* it is the smooth plan; if it was asked for and is not, lead_last_message() says
                    why */
    long iterations;
    lead_path_basis **basis;  /* NULL, or from where to begin and then where it ended, if it is
                                 optimal; for programs without risk and prices of moving */
    lead_path_prices *prices; /* NULL, or the caller's, empty: filled if it is optimal */
} lead_path_answer;

/* Rows of links that no TM loads most are left out until they are violated (row generation), so the
 * time hardly grows with samples * links: a dual simplex over pairs + few rows. TMs join by and by,
 * one, two, four of them, which takes a third less time than all at once. Past the time limit the
 * cheapest of what the rounds came by, shortest paths and what is in force. Deterministic without a
 * time limit. LEAD_INFEASIBLE when moved_limit cannot be kept. */
lead_status lead_path_program_solve(const lead_path_program *program, lead_path_answer *answer);

#endif
