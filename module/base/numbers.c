/* Numbers: sums, sorting, and random streams. */
#include "base/expects.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <lead/base.h>
#include <stdlib.h>
#include <string.h>

double lead_sum(const double *values, size_t count) {
    LEAD_EXPECTS(values);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

enum { FEW = 64 }; /* up to that insertion is faster than any parting */

static void insert_all(double *values, size_t count) {
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

static double median_of(double a, double b, double c) {
    if (a > b)
        return a < c ? a : b > c ? b : c;
    return b < c ? b : a > c ? a : c;
}

/* Parts the values (Hoare 1962): all in [0, result) are at most those in [result, count), and
 * neither is empty, since the pivot is neither the only least nor the only greatest. */
static size_t part(double *values, size_t count) {
    double pivot = median_of(values[0], values[count / 2], values[count - 1]);
    size_t low = 0, high = count - 1;
    for (;; low++, high--) {
        while (values[low] < pivot)
            low++;
        while (values[high] > pivot)
            high--;
        if (low >= high)
            return high + 1;
        double swap = values[low];
        values[low] = values[high];
        values[high] = swap;
    }
}

/* `depth`: partings left, against orders that part badly. */
static void sort(double *values, size_t count, int depth) {
    for (; count > FEW; depth--) {
        if (depth == 0) {
            gsl_sort(values, 1, count);
            return;
        }
        size_t low = part(values, count);
        sort(values, low, depth - 1);
        values += low;
        count -= low;
    }
    insert_all(values, count);
}

void lead_sort(double *values, size_t count) {
    LEAD_EXPECTS(values);
    int depth = 2;
    for (size_t parts = count; parts > 1; parts /= 2)
        depth += 2;
    sort(values, count, depth);
}

double lead_quantile(double *values, size_t count, double q) {
    LEAD_EXPECTS(values);
    lead_sort(values, count);
    return gsl_stats_quantile_from_sorted_data(values, 1, count, q);
}

/* --- random streams --------------------------------------------------------------------------- */

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
