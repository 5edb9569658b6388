/* The conditional value at risk of few values. */
#include "te/common/cvar.h"
#include <math.h>

double lead_te_functional(const double *values, const double *probability, int count, double weight,
                          double level, int *order) {
    double mean = 0, tail = 0, left = 1 - level;
    for (int i = 0; i < count; i++)
        mean += probability[i] * values[i];
    if (weight == 0 || level == 0 || count == 1)
        return mean;
    for (int i = 0; i < count; i++) {
        int at = i;
        for (; at > 0 && values[order[at - 1]] < values[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (int i = 0; i < count && left > 0; i++) {
        tail += values[order[i]] * fmin(left, probability[order[i]]);
        left -= probability[order[i]];
    }
    return (1 - weight) * mean + weight * tail / (1 - level);
}
