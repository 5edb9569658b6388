/* What the fuzzers of planning draw from their input: numbers, extreme ones too, and networks. */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <lead/net.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct fuzz_bytes {
    const uint8_t *at;
    size_t left;
} fuzz_bytes;

/* 0 when all is used up. */
static inline unsigned fuzz_byte(fuzz_bytes *in) {
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static inline int fuzz_below(fuzz_bytes *in, int most) {
    return (int)(fuzz_byte(in) % (unsigned)most);
}

static inline unsigned fuzz_word(fuzz_bytes *in) {
    unsigned high = fuzz_byte(in);
    return high << 8 | fuzz_byte(in);
}

/* Most are up to 6.5e9, some beyond all measure. */
static inline double fuzz_value(fuzz_bytes *in) {
    static const double odd[] = {0,    1,    1e3,   1e6,     1e9,    1e12,  1e15,   1e17, 1e-3,
                                 1e-9, 1e18, 1e300, 1.7e308, 5e-324, 3.3e9, 1e-300, 1e20};
    unsigned choice = fuzz_byte(in);
    return choice < 200 ? fuzz_word(in) * 1e5 : odd[choice % (sizeof odd / sizeof *odd)];
}

/* 2 to `most` nodes, a ring in most cases, up to 15 more links of any kind; NULL without memory. */
static inline lead_topology *fuzz_network(fuzz_bytes *in, int most) {
    lead_topology *topology;
    int n = 2 + fuzz_below(in, most - 1), ring = fuzz_below(in, 4), more = fuzz_below(in, 16);
    if (lead_topology_alloc(&topology) != LEAD_OK)
        return NULL;
    for (int v = 0; v < n; v++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", v % 1000);
        if (lead_topology_add_node(topology, name, NULL) != LEAD_OK)
            abort();
    }
    for (int i = 0; ring > 0 && i < 2 * n; i++) {
        int a = i / 2, b = (i / 2 + 1) % n;
        lead_link link = {i % 2 ? b : a, i % 2 ? a : b, 1e9, 1e-3, 0, true, 0};
        if (lead_topology_add_link(topology, link, NULL) != LEAD_OK)
            abort();
    }
    for (int i = 0; i < more; i++) {
        lead_link link = {.source = fuzz_below(in, n), .destination = fuzz_below(in, n)};
        link.capacity = fuzz_value(in);
        link.delay = fuzz_value(in) * 1e-12;
        link.weight = fuzz_byte(in) & 1 ? fuzz_value(in) : 0;
        link.up = true;
        link.risk_group = fuzz_below(in, 4);
        (void)lead_topology_add_link(topology, link, NULL); /* some are refused */
    }
    return topology;
}

/* What must hold. */
#define FUZZ_HOLDS(condition, ...)                                                                 \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fprintf(stderr, ": %s\n", #condition);                                                 \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
