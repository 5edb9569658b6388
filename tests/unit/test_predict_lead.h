/* What the tests of the LEAD model share: fixtures of models/tests/make_fixtures.py and small
 * histories. */
#ifndef TEST_PREDICT_LEAD_H
#define TEST_PREDICT_LEAD_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lead/net.h>
#include <lead/predict.h>

enum { TINY_NODES = 5, TINY_STEP = 3600, TINY_LENGTH = 40, TINY_HORIZON = 2 };

static const char *const tiny_names[TINY_NODES] = {"A", "B", "C", "D", "E"};

#define assert_fails(call, expected, words)                                                        \
    do {                                                                                           \
        lead_status status_ = (call);                                                              \
        if (status_ != (expected) || !strstr(lead_last_message(), words))                          \
            fail_msg("expected %s with \"%s\", got %s: %s", lead_status_name(expected), words,     \
                     lead_status_name(status_), lead_last_message());                              \
    } while (0)

#define assert_ok(call)                                                                            \
    do {                                                                                           \
        lead_status status_ = (call);                                                              \
        if (status_ != LEAD_OK)                                                                    \
            fail_msg("%s: %s", lead_status_name(status_), lead_last_message());                    \
    } while (0)

/* The path of a fixture in a static buffer (four take turns). */
static inline const char *fixture(const char *name) {
    static char paths[4][1024];
    static int turn;
    const char *source = getenv("LEAD_SOURCE");
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/models/tests/fixtures/%s", source ? source : ".", name);
    return path;
}

/* The numbers of one line of window.txt, new; exactly `count` of them. */
static inline double *numbers(const char *name, size_t count) {
    FILE *file = fopen(fixture("window.txt"), "r");
    char word[64];
    size_t there;
    assert_non_null(file);
    while (fscanf(file, "%63s %zu", word, &there) == 2) {
        double *values = calloc(there, sizeof *values);
        for (size_t i = 0; i < there; i++)
            assert_int_equal(fscanf(file, "%lf", &values[i]), 1);
        if (strcmp(word, name) == 0) {
            fclose(file);
            assert_int_equal(there, count);
            return values;
        }
        free(values);
    }
    fail_msg("window.txt has no \"%s\"", name);
    return NULL;
}

/* The fixture's history without the rows gone[0..gone_count-1], every entry times `factor`, with
 * node `order[i]` of the fixture as its i-th (NULL: as it is). */
static inline lead_tm_series *tiny_history(const int *gone, int gone_count, double factor,
                                           const int *order) {
    const size_t p = TINY_NODES * TINY_NODES;
    double *times = numbers("times", TINY_LENGTH), *tms = numbers("tms", TINY_LENGTH * p),
           tm[TINY_NODES * TINY_NODES];
    const char *names[TINY_NODES];
    lead_tm_series *series = NULL;
    for (int i = 0; i < TINY_NODES; i++)
        names[i] = tiny_names[order ? order[i] : i];
    assert_ok(lead_tm_series_alloc(TINY_NODES, names, &series));
    for (int row = 0; row < TINY_LENGTH; row++) {
        bool skip = false;
        for (int k = 0; k < gone_count; k++)
            skip = skip || gone[k] == row;
        for (int i = 0; i < TINY_NODES; i++)
            for (int j = 0; j < TINY_NODES; j++) {
                const int from = order ? order[i] : i, to = order ? order[j] : j;
                tm[i * TINY_NODES + j] =
                    i == j ? 1e8 : factor * tms[(size_t)row * p + (size_t)(from * TINY_NODES + to)];
            }
        if (!skip)
            assert_ok(lead_tm_series_append(series, (int64_t)times[row], tm));
    }
    free(times);
    free(tms);
    return series;
}

/* Twelve nodes' waves with a weekly rhythm, `factor` times; without names the model's order is
 * taken. */
static inline lead_tm_series *abilene_like(double factor) {
    enum { NODES = 12, LENGTH = 320 };
    lead_tm_series *series = NULL;
    double tm[NODES * NODES];
    assert_ok(lead_tm_series_alloc(NODES, NULL, &series));
    for (int row = 0; row < LENGTH; row++) {
        for (int i = 0; i < NODES * NODES; i++)
            tm[i] = factor * 1e5 * (1 + i) * (1.5 + sin(0.02 * row + i) + 0.2 * sin(1.7 * row * i));
        assert_ok(lead_tm_series_append(series, 1090000200 + 300 * row, tm));
    }
    return series;
}

/* |a - b| <= tolerance * (|b| + small) for all values, or the test fails telling the first that is
 * not. */
static inline void assert_close(const char *what, const double *a, const double *b, size_t count,
                                double tolerance, double small) {
    for (size_t i = 0; i < count; i++)
        if (!(fabs(a[i] - b[i]) <= tolerance * (fabs(b[i]) + small)))
            fail_msg("%s[%zu]: %.9g, expected %.9g", what, i, a[i], b[i]);
}

#endif
