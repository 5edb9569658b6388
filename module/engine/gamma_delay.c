/* Delays that are gamma distributed. */
#include "engine/gamma_delay.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

static const double score_99 = 2.3263478740408408;

static bool is_broad(lead_gamma_delay delay) {
    return delay.ninth > 0.5;
}

/* The probability of a longer delay than x. */
double lead_gamma_above(lead_gamma_delay delay, double x) {
    if (x < delay.least)
        return 1;
    if (is_broad(delay))
        return gsl_cdf_gamma_Q(x, delay.mean * delay.mean / delay.variance,
                               delay.variance / delay.mean);
    if (delay.ninth <= 0)
        return x < delay.mean;
    return erfc((cbrt(x / delay.mean) - 1 + delay.ninth) / sqrt(2 * delay.ninth)) / 2;
}

double lead_gamma_p99(lead_gamma_delay delay) {
    double root = 1 - delay.ninth + score_99 * sqrt(delay.ninth);
    if (!is_broad(delay))
        return fmax(delay.least, delay.mean * root * root * root);
    double low = delay.least,
           high = delay.mean + 10 * sqrt(delay.variance); /* Cantelli's inequality */
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (lead_gamma_above(delay, middle) > 0.01)
            low = middle;
        else
            high = middle;
    }
    return high;
}
