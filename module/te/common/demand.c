#include "te/common/demand.h"
#include <string.h>

void lead_te_mean_tm(const lead_te_demand *demand, int node_count, double *tm) {
    int size = node_count * node_count;
    memset(tm, 0, (size_t)size * sizeof *tm);
    for (int k = 0; k < demand->samples; k++)
        for (int od = 0; od < size; od++)
            tm[od] += demand->tms[(size_t)k * (size_t)size + (size_t)od] / demand->samples;
    for (int v = 0; v < node_count; v++)
        tm[v * node_count + v] = 0;
}
