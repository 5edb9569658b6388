/* arrays: see arrays.h. */
#include "cli/study/slurm/arrays.h"
#include "cli/text/ranges.h"

void lead_slurm_cut(const int *rows, int count, const lead_slurm_limits *limits,
                    lead_slurm_array *array) {
    int fit = 0;
    while (fit < count && fit < limits->tasks && rows[fit] - rows[0] < limits->indices)
        fit++;
    array->offset = rows[0];
    array->count = lead_cli_ranges(rows, fit, -rows[0], ",", array->indices, sizeof array->indices);
}
