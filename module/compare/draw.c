/* Draws of the stationary bootstrap, and what is computed of one. */
#include "compare/bootstrap.h"
#include <math.h>
#include <string.h>

/* The standard error of a mean is taken from batches of `batch` blocks, and is larger by `widening`
 * times the share of the epochs that a block, and two epochs more, have: what is left of the error
 * of both, by measurement. With it series that differ by chance alone are told apart less often
 * than they may be (docs/compare-runs.md). */
static const double batch = 2.5, widening = 5, more = 2;

static void draw_piece(lead_compare_piece *piece, gsl_rng *random) {
    double stay = piece->block > 1 ? log1p(-1 / piece->block) : 0; /* log of staying in the block */
    unsigned long n = (unsigned long)piece->count;
    for (int i = 0; i < piece->count;) {
        double length = stay < 0 ? 1 + floor(log(gsl_rng_uniform_pos(random)) / stay) : 1;
        int epoch = (int)gsl_rng_uniform_int(random, n);
        for (; length >= 1 && i < piece->count; length--) {
            piece->drawn[i++] = epoch;
            epoch = epoch + 1 < piece->count ? epoch + 1 : 0;
        }
    }
}

void lead_compare_draw(lead_compare_pieces *pieces, gsl_rng *random) {
    for (int k = 0; k < pieces->count; k++)
        draw_piece(&pieces->pieces[k], random);
}

/* The variance of the mean from overlapping batches (Meketon and Schmeiser 1984). */
static double variance_of_mean(const double *values, int count, double mean, int length) {
    double sum = 0, squares = 0;
    for (int i = 0; i < count; i++) {
        sum += values[i] - mean;
        if (i >= length)
            sum -= values[i - length] - mean;
        if (i >= length - 1)
            squares += sum * sum;
    }
    return squares / ((double)length * (count - length + 1) * count);
}

lead_compare_moments lead_compare_moments_of(const lead_compare_pieces *pieces, bool drawn) {
    lead_compare_moments all = {0, 0};
    for (int k = 0; k < pieces->count; k++) {
        const lead_compare_piece *piece = &pieces->pieces[k];
        double *values = drawn ? piece->drawn_mean : piece->mean,
               share = (double)piece->count / pieces->epochs;
        for (int i = 0; drawn && i < piece->count; i++)
            values[i] = piece->mean[piece->drawn[i]];
        double mean = lead_sum(values, (size_t)piece->count) / piece->count,
               length = fmax(fmin(round(batch * piece->block), piece->count / 3), 1),
               wider = drawn ? 1 : 1 + widening * (piece->block + more) / piece->count;
        all.mean += share * mean;
        all.error += share * share * wider * wider *
                     variance_of_mean(values, piece->count, mean, (int)length);
    }
    all.error = sqrt(all.error);
    return all;
}

/* The value at the place `place` of the draw in its order, from the greatest one on. */
static double at_place(const lead_compare_pieces *pieces, int side, int place) {
    int rank = pieces->values - 1, above = (int)pieces->drawn[side][rank];
    while (above < pieces->values - place)
        above += (int)pieces->drawn[side][--rank];
    return pieces->sorted[side][rank];
}

double lead_compare_drawn_p99(lead_compare_pieces *pieces, int side) {
    uint32_t *times = pieces->drawn[side];
    memset(times, 0, (size_t)pieces->values * sizeof *times);
    for (int k = 0; k < pieces->count; k++) {
        const lead_compare_piece *piece = &pieces->pieces[k];
        for (int i = 0; i < piece->count; i++)
            for (int s = 0; s < piece->seeds; s++)
                times[piece->ranks[side][piece->drawn[i] * piece->seeds + s]]++;
    }
    double place = 0.99 * (pieces->values - 1);
    int below = (int)place;
    double low = at_place(pieces, side, below);
    if (below + 1 >= pieces->values)
        return low;
    return low + (place - below) * (at_place(pieces, side, below + 1) - low);
}
