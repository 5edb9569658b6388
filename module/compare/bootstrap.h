/* Stretches made ready to be drawn from, and the statistic of a draw. */
#ifndef LEAD_COMPARE_BOOTSTRAP_H
#define LEAD_COMPARE_BOOTSTRAP_H

#include <gsl/gsl_rng.h>
#include <lead/compare.h>

/* The pairs of a stretch in which nothing is missing. */
typedef struct lead_compare_piece {
    int seeds, count;  /* count: epochs, > 0 */
    double *values[2]; /* of A and of B, [count][seeds] */
    double *mean;      /* over seeds of B's less A's, [count] */
    double block;
    int *drawn;         /* [count] epochs of the draw */
    double *drawn_mean; /* [count] */
    uint32_t *ranks[2]; /* of values among all pieces' values of the side */
} lead_compare_piece;

typedef struct lead_compare_pieces {
    lead_compare_piece *pieces;
    int count, epochs, values; /* epochs, and values a side, of all pieces */
    double *sorted[2];         /* [values] of each side */
    uint32_t *drawn[2];        /* [values] how often the draw has each rank */
} lead_compare_pieces;

/* LEAD_INVALID for options that are out of range. */
lead_status lead_compare_options_check(const lead_compare_options *options);

/* The mean difference of a draw, or of what was given, with its standard error. */
typedef struct lead_compare_moments {
    double mean, error;
} lead_compare_moments;

lead_status lead_compare_pieces_alloc(const lead_compare_stretch *stretches, int count,
                                      lead_compare_statistic statistic, lead_compare_pieces *out);
void lead_compare_pieces_clear(lead_compare_pieces *pieces);

/* A draw of the stationary bootstrap (Politis and Romano 1994) from each piece: blocks of geometric
 * lengths that begin anywhere and go round at the end. O(epochs). */
void lead_compare_draw(lead_compare_pieces *pieces, gsl_rng *random);
/* O(epochs). */
lead_compare_moments lead_compare_moments_of(const lead_compare_pieces *pieces, bool drawn);
/* The 99th percentile of side 0 or 1 in the draw. O(values). */
double lead_compare_drawn_p99(lead_compare_pieces *pieces, int side);

#endif
