/* How long the blocks of a bootstrap should be: Politis and White 2004, Patton, Politis and White
 * 2009. */
#include "base/expects.h"
#include <lead/compare.h>
#include <math.h>
#include <stdlib.h>

enum { FEWEST = 8 };

/* Autocovariances R(0..most) of the values about their mean. */
static void autocovariances(const double *values, int count, int most, double *r) {
    double mean = lead_sum(values, (size_t)count) / count;
    for (int k = 0; k <= most; k++) {
        r[k] = 0;
        for (int i = k; i < count; i++)
            r[k] += (values[i] - mean) * (values[i - k] - mean);
        r[k] /= count;
    }
}

/* The lag from which on correlations cannot be told from 0: the least m that `run` of them in a row
 * follow; where there is none, the last lag that can be told. */
static int last_lag(const double *r, int most, int run, double least) {
    int last = 0;
    for (int k = 1; k <= most; k++) {
        if (fabs(r[k]) >= least * r[0])
            last = k;
        else if (k - last == run)
            return last;
    }
    return last;
}

/* The flat-top window of Politis and Romano 1995. */
static double flat_top(double t) {
    return t <= 0.5 ? 1 : 2 * (1 - t);
}

static double best_length(const double *r, int window, int count) {
    double g = r[0], slope = 0; /* spectral density at 0, and what it lacks by short blocks */
    for (int k = 1; k <= window; k++) {
        double part = 2 * flat_top((double)k / window) * r[k];
        g += part;
        slope += k * part;
    }
    if (!(g > 0))
        return 1;
    return cbrt(slope / g * (slope / g) * count);
}

lead_status lead_compare_block_length(const double *values, int count, double *length) {
    LEAD_EXPECTS(values && length);
    double *r, first = count > 0 ? values[0] : 0;
    int run = (int)fmax(5, ceil(sqrt(log10(count)))), most = (int)ceil(sqrt(count)) + run;
    *length = 1;
    if (count < FEWEST)
        return LEAD_OK;
    most = most < count - 1 ? most : count - 1;
    LEAD_TRY(lead_calloc((size_t)most + 1, sizeof *r, &r));
    autocovariances(values, count, most, r);
    if (r[0] > 1e-24 * first * first) { /* else they are the same but for rounding */
        int lag = last_lag(r, most, run, 2 * sqrt(log10(count) / count));
        int window = 2 * (lag > 1 ? lag : 1);
        double longest = ceil(fmin(3 * sqrt(count), count / 3.0));
        *length = fmin(fmax(best_length(r, window < most ? window : most, count), 1), longest);
    }
    free(r);
    return LEAD_OK;
}
