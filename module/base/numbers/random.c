/* Named random streams: what one consumer draws depends on the seed and its own name alone. */
#include "base/numbers/random.h"
#include "base/expects.h"
#include <stdlib.h>
#include <string.h>

uint64_t lead_random_seed(uint64_t seed, const char *name) {
    LEAD_EXPECTS(name);
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    uint64_t z =
        hash + seed * 0x9e3779b97f4a7c15u; /* SplitMix64's finaliser (Steele et al. 2014) */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* As gsl_rng_alloc, which ends the process when memory is short: GSL's error handler is the host's
 * to set. gsl_rng_free frees it. */
lead_status lead_random_alloc(uint64_t seed, const char *name, gsl_rng **out) {
    LEAD_EXPECTS(name && out);
    gsl_rng *random;
    LEAD_TRY(lead_calloc(1, sizeof *random, &random));
    lead_status status = lead_calloc(1, gsl_rng_mt19937->size, &random->state);
    if (status != LEAD_OK) {
        free(random);
        return status;
    }
    random->type = gsl_rng_mt19937;
    gsl_rng_set(random, (unsigned long)(lead_random_seed(seed, name) & 0xffffffffu));
    *out = random;
    return LEAD_OK;
}

void lead_philox(uint64_t key, uint64_t counter, uint32_t words[4]) {
    LEAD_EXPECTS(words);
    uint32_t c[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), 0, 0};
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        const uint64_t first = (uint64_t)0xD2511F53u * c[0], second = (uint64_t)0xCD9E8D57u * c[2];
        c[0] = (uint32_t)(second >> 32) ^ c[1] ^ k0;
        c[1] = (uint32_t)second;
        c[2] = (uint32_t)(first >> 32) ^ c[3] ^ k1;
        c[3] = (uint32_t)first;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    memcpy(words, c, sizeof c);
}

void lead_random_shuffle(uint64_t key, uint64_t counter, double *values, int count) {
    uint32_t words[4];
    for (int k = count - 1; k > 0; k--) {
        lead_philox(key, counter + (uint64_t)k, words);
        int other = (int)(words[0] % (uint32_t)(k + 1));
        double swap = values[k];
        values[k] = values[other];
        values[other] = swap;
    }
}
