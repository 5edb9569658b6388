/* TMs whose every value is given by a function. */
#ifndef TEST_SERIES_H
#define TEST_SERIES_H

#include "support.h"

/* value(i, od) is OD pair od's of TM i, at second step * i; 0 on the diagonal. */
static inline lead_tm_series *series_of(int nodes, int64_t step, int length,
                                        double (*value)(int i, int od)) {
    lead_tm_series *series;
    double *tm = calloc((size_t)(nodes * nodes), sizeof *tm);
    assert_ok(lead_tm_series_alloc(nodes, NULL, &series));
    for (int i = 0; i < length; i++) {
        for (int od = 0; od < nodes * nodes; od++)
            tm[od] = od / nodes == od % nodes ? 0 : value(i, od);
        assert_ok(lead_tm_series_append(series, step * i, tm));
    }
    free(tm);
    return series;
}

#endif
