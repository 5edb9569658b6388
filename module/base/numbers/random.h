/* Random streams of GSL's generators. */
#ifndef LEAD_BASE_NUMBERS_RANDOM_H
#define LEAD_BASE_NUMBERS_RANDOM_H

#include <gsl/gsl_rng.h>
#include <lead/base.h>

/* A new random stream (mt19937) that depends on the seed and the consumer's name alone, so that
 * adding a consumer changes no other's draws. Free with gsl_rng_free(). */
lead_status lead_random_alloc(uint64_t seed, const char *name, gsl_rng **out);

#endif
