/* What the unit tests share: cmocka, checks of a status and its message, small networks, files in a
 * folder of their own. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include "base/numbers/random.h"
#include "scratch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <lead/net.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The call succeeds; its message is shown when it does not. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        lead_status status_ = (call);                                                              \
        if (status_ != LEAD_OK)                                                                    \
            fail_msg("%s: %s: %s", #call, lead_status_name(status_), lead_last_message());         \
    } while (0)

/* The call fails with that status and a message that holds `part`. */
#define assert_fails(call, wanted, part)                                                           \
    do {                                                                                           \
        lead_status status_ = (call);                                                              \
        if (status_ != (wanted))                                                                   \
            fail_msg("%s: %s instead of %s (%s)", #call, lead_status_name(status_),                \
                     lead_status_name(wanted), lead_last_message());                               \
        if (!strstr(lead_last_message(), part))                                                    \
            fail_msg("%s: \"%s\" does not hold \"%s\"", #call, lead_last_message(), part);         \
    } while (0)

#define assert_near(a, b, tolerance)                                                               \
    do {                                                                                           \
        double a_ = (a), b_ = (b), tolerance_ = (tolerance);                                       \
        if (!(fabs(a_ - b_) <= tolerance_))                                                        \
            fail_msg("%s = %.12g, but %s = %.12g (tolerance %g)", #a, a_, #b, b_, tolerance_);     \
    } while (0)

/* A file in the program's scratch folder; the path holds for four calls. */
static inline const char *test_path(const char *name) {
    static char path[4][512];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", scratch_folder(NULL), name);
    return path[next];
}

/* Writes `text` into a file of that name and answers its path. */
static inline const char *test_file(const char *name, const char *text) {
    const char *path = test_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    return path;
}

/* A file of the real data, or NULL (the test is then skipped) where LEAD_DATA is not set. */
static inline const char *test_data(const char *name) {
    static char path[2][1024];
    static int next;
    const char *folder = getenv("LEAD_DATA");
    if (!folder)
        return NULL;
    next = !next;
    snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
    return access(path[next], R_OK) == 0 ? path[next] : NULL;
}

typedef struct test_edge {
    int source, destination;
    double capacity, weight;
} test_edge;

/* A network of n nodes "A", "B", ... with the given links in both directions. */
static inline lead_topology *test_network(int n, const test_edge *edges, int count) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int i = 0; i < n; i++)
        assert_ok(lead_topology_add_node(topology, (char[]){(char)('A' + i), '\0'}, NULL));
    for (int i = 0; i < count; i++) {
        lead_link link = {edges[i].source,
                          edges[i].destination,
                          edges[i].capacity,
                          1e-3,
                          edges[i].weight,
                          true,
                          0};
        assert_ok(lead_topology_add_link(topology, link, NULL));
        link.source = edges[i].destination;
        link.destination = edges[i].source;
        assert_ok(lead_topology_add_link(topology, link, NULL));
    }
    return topology;
}

/* A - B, A - C, B - D, C - D, all of capacity 10 and weight 1: two equal ways from A to D. Links: 0
 * AB, 1 BA, 2 AC, 3 CA, 4 BD, 5 DB, 6 CD, 7 DC. */
static inline lead_topology *test_diamond(void) {
    static const test_edge edges[] = {{0, 1, 10, 1}, {0, 2, 10, 1}, {1, 3, 10, 1}, {2, 3, 10, 1}};
    return test_network(4, edges, 4);
}

/* A connected network of nodes "n0", "n1", ...: a tree and chords, each in both directions, with
 * capacities from 1 Mbit/s on over `decades` orders of magnitude. */
static inline lead_topology *test_random_network(gsl_rng *random, int n, double decades) {
    lead_topology *topology;
    assert_ok(lead_topology_alloc(&topology));
    for (int v = 0; v < n; v++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", v % 1000);
        assert_ok(lead_topology_add_node(topology, name, NULL));
    }
    for (int i = 1; i < 3 * n; i++) {
        int a = i < n ? i : (int)gsl_rng_uniform_int(random, (unsigned long)n),
            b = (int)gsl_rng_uniform_int(random, (unsigned long)(i < n ? i : n));
        if (a == b)
            continue;
        lead_link link = {a, b, 1e6 * pow(10, decades * gsl_rng_uniform(random)), 1e-3, 0, true, 0};
        assert_ok(lead_topology_add_link(topology, link, NULL));
        link.source = b;
        link.destination = a;
        assert_ok(lead_topology_add_link(topology, link, NULL));
    }
    return topology;
}

/* `count` TMs of n nodes, up to 1 Mbit/s a pair; a third of the pairs have none. */
static inline double *test_random_tms(gsl_rng *random, int n, int count) {
    double *tms = calloc((size_t)(count * n * n), sizeof *tms);
    for (int i = 0; i < count * n * n; i++)
        tms[i] = gsl_rng_uniform_int(random, 3) ? 1e6 * gsl_rng_uniform(random) : 0;
    return tms;
}

/* A TM of up to 100 kbit/s a pair over `decades` orders of magnitude; three pairs in ten have none.
 */
static inline void test_random_tm(gsl_rng *random, int n, double decades, double *tm) {
    for (int od = 0; od < n * n; od++)
        tm[od] = od / n == od % n || gsl_rng_uniform(random) < 0.3
                     ? 0
                     : 1e5 * pow(10, -decades * gsl_rng_uniform(random));
}

/* The loads that link weights give, on 1000 links at most. */
static inline void test_route(const lead_topology *topology, const double *weights,
                              const double *tm, double *loads) {
    lead_routing *routing;
    assert_ok(lead_routing_from_weights(topology, weights, &routing));
    assert_ok(lead_routing_loads(routing, tm, loads));
    lead_routing_free(routing);
}

static inline double test_mlu_of_weights(const lead_topology *topology, const double *weights,
                                         const double *tm) {
    double loads[1000];
    test_route(topology, weights, tm, loads);
    return lead_mlu(topology, loads);
}

#endif
