/* The linear program over paths in the making, for its three files: path_program.c (rounds),
 * path_rows.c (columns and rows), path_basis.c (bases and prices). */
#ifndef LEAD_TE_PATHS_PROGRAM_SOLVER_H
#define LEAD_TE_PATHS_PROGRAM_SOLVER_H

#include "te/common/clp_lines.h"
#include "te/paths/program/program.h"

/* The part of the cost that the mean utilisation has. */
#define LEAD_PATH_TIDINESS 1e-5

typedef struct lead_survival_row {
    int od, failure;
} lead_survival_row;

typedef struct lead_link_row {
    int tm, link;
} lead_link_row;

struct lead_path_basis {
    int pair_count, samples, survival_rows, link_rows;
    int *first; /* [pair_count + 1] the set's */
    lead_survival_row *survival;
    lead_link_row *links;
    unsigned char *status; /* paths, TMs, pairs with paths, survival rows, link rows */
};

typedef struct lead_path_solver {
    const lead_path_program *in;
    Clp_Simplex *clp;
    int n, m, paths, columns;
    int z, a, u;         /* first column of each; -1: not there */
    bool moves;          /* what moves has a price or a bound: the first columns are m(p) */
    int *stay;           /* [path_count] column of stays(p), -1: not there */
    double peak;         /* MLU that z = 1 means */
    double *mean;        /* [n*n] over the samples, in parts of its total */
    double *loads;       /* [m] utilisation over peak of one TM */
    unsigned char *has;  /* [samples][m] the row is there */
    int *pair;           /* [path_count] */
    lead_clp_lines rows; /* that wait to be added */
    int *of_link, *first_of_link; /* the paths that use a link */
    bool survives;
    lead_survival_row *survival; /* the rows after those of the pairs, pair by pair */
    int survival_rows;
    lead_link_row *links; /* the rows of links, the last ones */
    int link_rows;
    int bound;        /* TMs whose rows are looked for so far */
    double *cheapest; /* [path_count] with a deadline: the shares of the rounds so far that cost */
    double least;     /* least, and what; else NULL */
    double deadline;
} lead_path_solver;

void lead_path_number_columns(lead_path_solver *self);
lead_status lead_path_add_columns(lead_path_solver *self);
/* Those that are there from the start: of pairs, survival, risk, what moves. */
lead_status lead_path_add_fixed_rows(lead_path_solver *self);
/* Collects the row of TM s and link e. */
lead_status lead_path_add_link_row(lead_path_solver *self, int s, int e);

/* Utilisations of TM s, over peak, in loads, and the largest of them. */
double lead_path_load_links(lead_path_solver *self, int s, const double *share);
/* What a path costs at that share, but for utilisations: its length and what moves to it. */
double lead_path_cost(const lead_path_solver *self, int p, double share);

/* All stay, or take their first paths: few pivots from feasible duals. */
lead_status lead_path_first_basis(lead_path_solver *self);
bool lead_path_basis_fits(const lead_path_solver *self, const lead_path_basis *basis);
/* Adds the basis's rows of links and goes on from it. What is new is as if it were not there: paths
 * at 0, rows basic. */
lead_status lead_path_take_basis(lead_path_solver *self, const lead_path_basis *basis);
lead_status lead_path_save_basis(const lead_path_solver *self, lead_path_basis **out);
/* From the duals of the rows (of one TM, without a bound on what moves or a price of risk). */
lead_status lead_path_read_prices(const lead_path_solver *self, lead_path_prices *prices);

#endif
