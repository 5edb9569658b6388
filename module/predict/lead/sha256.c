/* sha256: FIPS 180-4, section 6.2. */
#include "predict/lead/sha256.h"

#include <errno.h>
#include <string.h>

enum { BLOCK = 64 };

typedef struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[BLOCK];
    size_t filled;
} sha256;

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, int bits) {
    return x >> bits | x << (32 - bits);
}

static void expand(const unsigned char *block, uint32_t w[64]) {
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

static void digest_block(uint32_t state[8], const unsigned char *block) {
    uint32_t w[64], v[8];
    expand(block, w);
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 64; t++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t first = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[t] + w[t];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t second = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += first;
        v[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

static void start(sha256 *sum) {
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(sum, 0, sizeof *sum);
    memcpy(sum->state, initial, sizeof initial);
}

static void add(sha256 *sum, const unsigned char *bytes, size_t length) {
    sum->length += length;
    while (length > 0) {
        size_t part = BLOCK - sum->filled < length ? BLOCK - sum->filled : length;
        memcpy(sum->block + sum->filled, bytes, part);
        sum->filled += part;
        bytes += part;
        length -= part;
        if (sum->filled == BLOCK) {
            digest_block(sum->state, sum->block);
            sum->filled = 0;
        }
    }
}

static void finish(sha256 *sum, char hex[LEAD_SHA256_HEX]) {
    const uint64_t bits = 8 * sum->length;
    const unsigned char one = 0x80, none = 0;
    add(sum, &one, 1);
    while (sum->filled != BLOCK - 8)
        add(sum, &none, 1);
    unsigned char size[8];
    for (int i = 0; i < 8; i++)
        size[i] = (unsigned char)(bits >> (56 - 8 * i));
    add(sum, size, sizeof size);
    for (int i = 0; i < 8; i++)
        snprintf(hex + 8 * i, 9, "%08x", sum->state[i]);
}

void lead_sha256_bytes(const void *bytes, size_t length, char hex[LEAD_SHA256_HEX]) {
    sha256 sum;
    start(&sum);
    add(&sum, bytes, length);
    finish(&sum, hex);
}

lead_status lead_sha256_file(const char *path, char hex[LEAD_SHA256_HEX]) {
    LEAD_TRY(lead_file_check(path));
    FILE *file = fopen(path, "rb");
    if (!file)
        return lead_fail(LEAD_IO, "%s: %s", path, strerror(errno));
    unsigned char bytes[16384];
    sha256 sum;
    start(&sum);
    size_t length;
    while ((length = fread(bytes, 1, sizeof bytes, file)) > 0)
        add(&sum, bytes, length);
    const bool broken = ferror(file) != 0;
    fclose(file);
    if (broken)
        return lead_fail(LEAD_IO, "%s: cannot be read", path);
    finish(&sum, hex);
    return LEAD_OK;
}
