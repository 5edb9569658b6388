/* How far two forecasts are apart; without cmocka, for programs that are no unit tests, too. */
#ifndef TEST_DISTANCE_H
#define TEST_DISTANCE_H

#include <math.h>
#include <stddef.h>

/* Sum of |a - b| over sum of |b|. */
static inline double distance(const double *a, const double *b, size_t count) {
    double away = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        away += fabs(a[i] - b[i]);
        size += fabs(b[i]);
    }
    return away / size;
}

#endif
