/* What the interior-point method of interior.c holds, for its two files. */
#ifndef LEAD_TE_PATHS_PROGRAM_INTERIOR_STATE_H
#define LEAD_TE_PATHS_PROGRAM_INTERIOR_STATE_H

#include "te/paths/program/interior.h"

/* Variables and their prices. */
enum { X, M, W, T, Y, U, V, KINDS };
typedef struct couple {
    int count;
    double *a, *b, *da, *db; /* [count] */
    double *goal;            /* [count] what the step is to make of a b, less that */
    double *weight;          /* [count] what the products' ratio to each other is to be */
    double *scale;           /* [count] a b counts so much */
} couple;

/* What a pair has in a row. */
typedef struct entry {
    int row, link; /* link: in the pair's list */
    double value;
} entry;

typedef struct interior {
    const lead_path_solver *of;
    const double *target;
    double convexity, softness;
    int paths, pairs, rows, samples, size; /* size: of the equations of the MLUs */
    bool risk;
    couple of_kind[KINDS];
    int *kink;                      /* [paths] in M and W; -1: not there */
    double *cost, *diagonal, *half; /* [paths] */
    double *weight;                 /* [pairs] d and a little */
    double *nu, *dnu;               /* [pairs] */
    double *z, *dz;                 /* [size]: MLUs, and a */
    double *unit;                   /* [rows] a bit/s in the row */
    double *soft;                   /* [rows] */
    double *row_rest, *right;       /* [rows] */
    double *k, *kb, *schur, *schur_right;
    int *of_link, *first_of_link; /* rows by link */
    int *place;                   /* [m] of a link in the pair's list; -1 */
    int *links;                   /* [m] that list */
    double *gram;                 /* [m*m] */
    double *through;              /* [m] */
    entry *entries;               /* [rows] */
} interior;

/* The largest share of a path of the pair. */
double lead_interior_cap_of(const interior *self, int od);
/* Whether a pair has traffic and a path. */
bool lead_interior_has_traffic(const interior *self, int od);
/* The Cholesky factors of a step's equations, reduced to the rows of links and then to the MLUs;
 * false where they have none. */
bool lead_interior_factorise(interior *self);
/* Solves with a factor l[n][n], forwards or back, the right-hand side b[n] at distances of `step`.
 */
void lead_interior_substitute(const double *l, int n, bool back, double *b, int step);
/* What a row has of a pair, what paths put on the rows, and what the rows' prices make of a path.
 */
double lead_interior_coefficient(const interior *self, int row, int od);
void lead_interior_load_rows(const interior *self, const double *x, double *to);
double lead_interior_price_of(const interior *self, int p, const double *lambda);
/* What is to be 0. */
double lead_interior_kink_rest(const interior *self, int p);
double lead_interior_cap_rest(const interior *self, int p);
double lead_interior_path_rest(const interior *self, int p);
double lead_interior_pair_rest(const interior *self, int od);
double lead_interior_risk_rest(const interior *self, int s);

#endif
