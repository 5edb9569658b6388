/* The distribution that a pair's delay is taken for. */
#ifndef LEAD_ENGINE_GAMMA_DELAY_H
#define LEAD_ENGINE_GAMMA_DELAY_H

/* A pair's delay is gamma distributed with this mean and variance, but for what would come before
 * the propagation on its quickest way. Wilson and Hilferty's (1931)
 * normal approximation is good to a percent down to shapes of about 1/4 and senseless far below
 * (most packets quick, a few very slow): there the distribution itself is asked. */
typedef struct lead_gamma_delay {
    double least, mean, variance, ninth; /* ninth: 1 / (9 shape) */
} lead_gamma_delay;

/* The probability of a longer delay than x. */
double lead_gamma_above(lead_gamma_delay delay, double x);
double lead_gamma_p99(lead_gamma_delay delay);

#endif
