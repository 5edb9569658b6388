/* noise: the even normal scores that samples have in every cell, a function of (seed, number of
 * samples, place) alone. The twin of noise() in models/lead/diffusion.py. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_NOISE_H
#define LEAD_PREDICT_LEAD_SAMPLING_NOISE_H

#include <lead/base.h>

/* x[samples][cells], standard normal. The cells of one sample are independent; the samples of one
 * cell lie one in each of `samples` equally likely intervals, in random order (Latin hypercube
 * sampling; McKay, Beckman and Conover 1979), so that few of them show the whole distribution.
 * O(samples log(samples) cells). */
lead_status lead_noise_fill(uint64_t seed, int samples, size_t cells, float *x);

#endif
