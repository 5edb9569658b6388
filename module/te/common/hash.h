/* A hash of 64 bits (Steele, Lea and Flood 2014), for sums of hashes that stand for a set. */
#ifndef LEAD_TE_COMMON_HASH_H
#define LEAD_TE_COMMON_HASH_H

#include <stdint.h>

static inline uint64_t lead_te_hash(uint64_t z) {
    z = (z + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#endif
